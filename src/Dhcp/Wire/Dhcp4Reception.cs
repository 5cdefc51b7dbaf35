using BondDhcp.Net;

namespace BondDhcp.Dhcp.Wire;

/// <summary>What the packet socket says about a received frame beside its octets.</summary>
/// <param name="PacketType">sll_pkttype: 0 host, 1 broadcast, 2 multicast, 3 other host, 4 outgoing.</param>
/// <param name="SourceMac">Ethernet source.</param>
/// <param name="ChecksumTrusted">TP_STATUS_CSUMNOTREADY or CSUM_VALID: the UDP checksum need not be right.</param>
/// <param name="VlanId">VLAN identifier of the tag the kernel stripped; 0 for none.</param>
public readonly record struct Dhcp4Reception(byte PacketType, MacAddress SourceMac, bool ChecksumTrusted, ushort VlanId);
