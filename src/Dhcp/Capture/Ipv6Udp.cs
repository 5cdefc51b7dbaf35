using System.Buffers.Binary;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Capture;

/// <summary>A UDP packet of a capture over IPv6, found behind whatever extension headers it has; nothing is checked yet but the bounds.</summary>
internal readonly ref struct Ipv6Udp
{
    private const int HeaderLength = 40;
    private const int UdpHeaderLength = 8;
    private const byte Udp = 17;

    // RFC 8200 section 4; RFC 4302 for the authentication header, which counts its length in other units.
    private const byte HopByHop = 0;
    private const byte Routing = 43;
    private const byte Fragment = 44;
    private const byte Authentication = 51;
    private const byte DestinationOptions = 60;

    /// <summary>Extension headers passed over; RFC 8200 section 4.1 has each at most once, destination options twice.</summary>
    private const int MaxExtensionHeaders = 8;

    private readonly ReadOnlySpan<byte> _udp;
    private readonly int _ipPayloadEnd;

    private Ipv6Udp(ReadOnlySpan<byte> packet, int offset, bool isFragment)
    {
        Source = Ipv6Address.FromBytes(packet[8..]);
        Destination = Ipv6Address.FromBytes(packet[24..]);
        IsFragment = isFragment;
        _udp = packet[offset..];
        _ipPayloadEnd = HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(packet[4..]) - offset;
    }

    /// <summary>IP source.</summary>
    public Ipv6Address Source { get; }

    /// <summary>IP destination.</summary>
    public Ipv6Address Destination { get; }

    /// <summary>The first of several fragments.</summary>
    public bool IsFragment { get; }

    /// <summary>UDP source port.</summary>
    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_udp);

    /// <summary>UDP destination port.</summary>
    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_udp[2..]);

    /// <summary>The UDP payload as far as the lengths agree; with lengths that do not, all that was captured.</summary>
    public ReadOnlySpan<byte> Payload => _udp[UdpHeaderLength..(HasWholeLengths ? UdpLength : _udp.Length)];

    /// <summary>The IP payload is all there, and no shorter than a UDP header.</summary>
    public bool HasWholeIpPayload => _ipPayloadEnd >= UdpHeaderLength && _ipPayloadEnd <= _udp.Length;

    /// <summary>The UDP length is within the IP payload too.</summary>
    public bool HasWholeLengths => HasWholeIpPayload && UdpLength >= UdpHeaderLength && UdpLength <= _ipPayloadEnd;

    private int UdpLength => BinaryPrimitives.ReadUInt16BigEndian(_udp[4..]);

    /// <summary>
    /// Right, or unfinished: the sum of the pseudo-header alone, as a packet has it inside the host that sends it, where the
    /// network card is to finish it. 0, which would be none, is not allowed over IPv6 (RFC 8200 section 8.1).
    /// </summary>
    public bool HasRightChecksum
    {
        get
        {
            ReadOnlySpan<byte> udp = _udp[..UdpLength];
            ushort sent = BinaryPrimitives.ReadUInt16BigEndian(udp[6..]);
            uint pseudoHeader = PseudoHeaderSum((uint)udp.Length);
            bool isUnfinished = sent == (ushort)~InternetChecksum.Finish(pseudoHeader);
            return isUnfinished || (sent != 0 && InternetChecksum.Finish(InternetChecksum.Add(pseudoHeader, udp)) == 0);
        }
    }

    /// <summary>False when it is no UDP, a later fragment, or cut before the end of the UDP header.</summary>
    public static bool TryParse(ReadOnlySpan<byte> packet, out Ipv6Udp udp)
    {
        udp = default;
        if (packet.Length < HeaderLength || packet[0] >> 4 != 6) return false;
        byte next = packet[6];
        int offset = HeaderLength;
        bool isFragment = false;
        for (int headers = 0; next != Udp; headers++)
        {
            const int shortest = 8;
            if (headers == MaxExtensionHeaders || packet.Length < offset + shortest) return false;
            ReadOnlySpan<byte> header = packet[offset..];
            switch (next)
            {
                case HopByHop or Routing or DestinationOptions:
                    offset += 8 * (header[1] + 1);
                    break;
                case Authentication:
                    offset += 4 * (header[1] + 2);
                    break;
                case Fragment:
                    const int offsetMask = 0xfff8;
                    int field = BinaryPrimitives.ReadUInt16BigEndian(header[2..]);
                    // Only the first fragment has the ports; one that is the first and the last is whole (RFC 6946).
                    if ((field & offsetMask) != 0) return false;
                    isFragment = (field & 1) != 0;
                    offset += shortest;
                    break;
                default:
                    return false;
            }
            next = header[0];
        }
        if (packet.Length < offset + UdpHeaderLength) return false;
        udp = new Ipv6Udp(packet, offset, isFragment);
        return true;
    }

    private uint PseudoHeaderSum(uint length)
    {
        Span<byte> addresses = stackalloc byte[2 * Ipv6Address.Length];
        Source.CopyTo(addresses);
        Destination.CopyTo(addresses[Ipv6Address.Length..]);
        return InternetChecksum.Add(Udp + length, addresses);
    }
}
