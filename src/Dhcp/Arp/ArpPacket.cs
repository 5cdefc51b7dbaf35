using System.Buffers.Binary;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Arp;

/// <summary>An ARP packet for IPv4 over Ethernet (RFC 826), 28 octets after the Ethernet header.</summary>
/// <param name="Operation">1 request, 2 reply.</param>
/// <param name="SenderHardware">ar$sha.</param>
/// <param name="SenderAddress">ar$spa; 0.0.0.0 in a probe (RFC 5227 section 2.1.1).</param>
/// <param name="TargetHardware">ar$tha.</param>
/// <param name="TargetAddress">ar$tpa.</param>
public readonly record struct ArpPacket(
    ushort Operation, MacAddress SenderHardware, Ipv4Address SenderAddress, MacAddress TargetHardware, Ipv4Address TargetAddress)
{
    /// <summary>Octets on the wire.</summary>
    public const int Length = 28;

    /// <summary>ar$op of a request.</summary>
    public const ushort Request = 1;

    /// <summary>ar$op of a reply.</summary>
    public const ushort Reply = 2;

    /// <summary>True for a probe: a request that claims no sender address (RFC 5227 section 1.1).</summary>
    public bool IsProbe => Operation == Request && SenderAddress.IsAny;

    /// <summary>Asks whether <paramref name="candidate"/> is in use, without claiming it (RFC 5227 section 2.1.1).</summary>
    public static ArpPacket Probe(MacAddress self, Ipv4Address candidate) =>
        new(Request, self, Ipv4Address.Any, MacAddress.Zero, candidate);

    /// <summary>Claims <paramref name="address"/> (RFC 5227 section 2.3).</summary>
    public static ArpPacket Announcement(MacAddress self, Ipv4Address address) =>
        new(Request, self, address, MacAddress.Zero, address);

    /// <summary>Asks for the owner of <paramref name="target"/>.</summary>
    public static ArpPacket RequestFor(MacAddress self, Ipv4Address sender, Ipv4Address target) =>
        new(Request, self, sender, MacAddress.Zero, target);

    /// <summary>Reads a packet; false when it is not IPv4 over Ethernet, neither request nor reply, or too short.</summary>
    public static bool TryParse(ReadOnlySpan<byte> data, out ArpPacket packet)
    {
        packet = default;
        if (data.Length < Length) return false;
        if (BinaryPrimitives.ReadUInt64BigEndian(data) >> 16 != 0x0001_0800_0604) return false;
        ushort operation = BinaryPrimitives.ReadUInt16BigEndian(data[6..]);
        if (operation is not (Request or Reply)) return false;
        packet = new ArpPacket(
            operation,
            MacAddress.FromBytes(data[8..]), Ipv4Address.FromBytes(data[14..]),
            MacAddress.FromBytes(data[18..]), Ipv4Address.FromBytes(data[24..]));
        return true;
    }

    /// <summary>Writes <see cref="Length"/> octets.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, 0x0001_0800_0604_0000UL | Operation);
        SenderHardware.CopyTo(destination[8..]);
        SenderAddress.CopyTo(destination[14..]);
        TargetHardware.CopyTo(destination[18..]);
        TargetAddress.CopyTo(destination[24..]);
    }
}
