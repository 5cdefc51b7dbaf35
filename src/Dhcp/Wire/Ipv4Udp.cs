using System.Buffers.Binary;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Wire;

/// <summary>A received UDP datagram, its headers checked.</summary>
public readonly ref struct Ipv4UdpDatagram
{
    /// <summary>IP source.</summary>
    public Ipv4Address Source { get; init; }

    /// <summary>IP destination.</summary>
    public Ipv4Address Destination { get; init; }

    /// <summary>UDP source port.</summary>
    public ushort SourcePort { get; init; }

    /// <summary>UDP destination port.</summary>
    public ushort DestinationPort { get; init; }

    /// <summary>UDP payload.</summary>
    public ReadOnlySpan<byte> Payload { get; init; }
}

/// <summary>IPv4 and UDP headers around a DHCP message: everything the socket filter checks is checked here again.</summary>
public static class Ipv4Udp
{
    /// <summary>The port a client listens on (RFC 2131 section 4.1).</summary>
    public const ushort ClientPort = 68;

    /// <summary>The port a server listens on.</summary>
    public const ushort ServerPort = 67;

    /// <summary>Both headers without options.</summary>
    public const int HeaderLength = IpHeaderLength + UdpHeaderLength;

    private const int IpHeaderLength = 20;
    private const int UdpHeaderLength = 8;
    private const byte Udp = 17;
    private const byte ClassSelector6 = 0xc0;
    private const byte TimeToLive = 64;
    private const byte OutgoingPacket = 4;

    /// <summary>Reads a packet for the client port: V1 to V5. A frame for another host passes; its chaddr decides.</summary>
    public static Dhcp4DropReason TryParse(ReadOnlySpan<byte> packet, in Dhcp4Reception reception, out Ipv4UdpDatagram datagram)
    {
        datagram = default;
        if (reception.PacketType >= OutgoingPacket) return Dhcp4DropReason.PacketType;
        if (reception.VlanId != 0) return Dhcp4DropReason.Vlan;
        return TryParse(packet, reception.ChecksumTrusted, Dhcp4MessageView.FixedLength, ClientPort, out datagram);
    }

    /// <summary>Reads any unfragmented UDP packet.</summary>
    public static Dhcp4DropReason TryParse(ReadOnlySpan<byte> packet, bool checksumTrusted, out Ipv4UdpDatagram datagram) =>
        TryParse(packet, checksumTrusted, leastPayload: 0, port: null, out datagram);

    private static Dhcp4DropReason TryParse(
        ReadOnlySpan<byte> packet, bool checksumTrusted, int leastPayload, ushort? port, out Ipv4UdpDatagram datagram)
    {
        datagram = default;
        if (packet.Length < HeaderLength || packet[0] >> 4 != 4) return Dhcp4DropReason.IpHeader;
        int headerLength = (packet[0] & 15) * 4;
        int totalLength = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        // The lengths are checked against each other and against what arrived: none of them is to be believed alone.
        if (headerLength < IpHeaderLength || totalLength > packet.Length || totalLength < headerLength + UdpHeaderLength)
            return Dhcp4DropReason.IpHeader;
        if ((BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & 0x3fff) != 0) return Dhcp4DropReason.Fragment;
        if (packet[9] != Udp) return Dhcp4DropReason.IpHeader;
        if (InternetChecksum.Finish(InternetChecksum.Add(0, packet[..headerLength])) != 0) return Dhcp4DropReason.IpChecksum;

        ReadOnlySpan<byte> udp = packet[headerLength..totalLength];
        int udpLength = BinaryPrimitives.ReadUInt16BigEndian(udp[4..]);
        if (udpLength < UdpHeaderLength + leastPayload || udpLength > udp.Length) return Dhcp4DropReason.UdpLength;
        udp = udp[..udpLength];
        ushort destinationPort = BinaryPrimitives.ReadUInt16BigEndian(udp[2..]);
        if (port is { } wanted && destinationPort != wanted) return Dhcp4DropReason.UdpPort;
        bool noChecksum = BinaryPrimitives.ReadUInt16BigEndian(udp[6..]) == 0;
        if (!noChecksum && !checksumTrusted && InternetChecksum.Finish(PseudoHeaderSum(packet, udp)) != 0) return Dhcp4DropReason.UdpChecksum;

        datagram = new Ipv4UdpDatagram
        {
            Source = Ipv4Address.FromBytes(packet[12..]),
            Destination = Ipv4Address.FromBytes(packet[16..]),
            SourcePort = BinaryPrimitives.ReadUInt16BigEndian(udp),
            DestinationPort = destinationPort,
            Payload = udp[UdpHeaderLength..],
        };
        return Dhcp4DropReason.None;
    }

    /// <summary>Writes headers and payload, port 68 to 67; returns the length of the IP packet.</summary>
    /// <exception cref="ArgumentException">The destination is too small.</exception>
    public static int Write(Ipv4Address source, Ipv4Address destination, ReadOnlySpan<byte> payload, Span<byte> packet)
    {
        int length = HeaderLength + payload.Length;
        packet = packet[..length];
        payload.CopyTo(packet[HeaderLength..]);

        packet[0] = 0x45;
        packet[1] = ClassSelector6;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)length);
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], 0);
        packet[8] = TimeToLive;
        packet[9] = Udp;
        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], 0);
        source.CopyTo(packet[12..]);
        destination.CopyTo(packet[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], InternetChecksum.Finish(InternetChecksum.Add(0, packet[..IpHeaderLength])));

        Span<byte> udp = packet[IpHeaderLength..];
        BinaryPrimitives.WriteUInt16BigEndian(udp, ClientPort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], ServerPort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)udp.Length);
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], 0);
        ushort checksum = InternetChecksum.Finish(PseudoHeaderSum(packet, udp));
        // 0 on the wire would mean that there is none (RFC 768).
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], checksum == 0 ? (ushort)0xffff : checksum);
        return length;
    }

    private static uint PseudoHeaderSum(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> udp) =>
        InternetChecksum.Add(InternetChecksum.Add(Udp + (uint)udp.Length, packet.Slice(12, 8)), udp);
}
