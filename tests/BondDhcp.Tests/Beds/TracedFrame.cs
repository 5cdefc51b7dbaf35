using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace BondDhcp.Tests.Beds;

/// <summary>A DHCPv4 message as a capture shows it, decoded without any of the program's own code.</summary>
public sealed record TracedDhcp(
    string Source, string Destination, byte Op, uint Xid, ushort Secs, bool Broadcast, string Ciaddr, string Yiaddr, string Chaddr, IReadOnlyDictionary<byte, byte[]> Options)
{
    private static readonly string[] Names = ["?", "DISCOVER", "OFFER", "REQUEST", "DECLINE", "ACK", "NAK", "RELEASE", "INFORM"];

    /// <summary>The message type's name without DHCP.</summary>
    public string Message => Options.TryGetValue(53, out byte[]? type) && type is [< 9] ? Names[type[0]] : Names[0];

    public string? RequestedAddress => AddressOption(50);

    public string? ServerIdentifier => AddressOption(54);

    public string? ClientId => Options.TryGetValue(61, out byte[]? id) ? Convert.ToHexStringLower(id) : null;

    private string? AddressOption(byte code) => Options.TryGetValue(code, out byte[]? value) && value.Length == 4 ? new IPAddress(value).ToString() : null;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Message} xid {Xid:x8} secs {Secs}{(Broadcast ? " bc" : "")} {Source}>{Destination} chaddr {Chaddr} ciaddr {Ciaddr} yiaddr {Yiaddr} 50={RequestedAddress} 54={ServerIdentifier}");
}

/// <summary>An ARP packet as a capture shows it.</summary>
public sealed record TracedArp(ushort Op, string SenderMac, string SenderIp, string TargetMac, string TargetIp)
{
    /// <summary>RFC 5227 section 2.3: a request whose sender and target address are the same.</summary>
    public bool IsAnnouncement => Op == 1 && SenderIp == TargetIp;

    /// <summary>RFC 5227 section 2.1.1: a request with sender address 0.</summary>
    public bool IsProbe => Op == 1 && SenderIp == "0.0.0.0";

    public override string ToString() => $"ARP {(Op == 1 ? "request" : "reply")} {SenderMac} {SenderIp} > {TargetMac} {TargetIp}";
}

/// <summary>A DHCPv6 message between client and server as a capture shows it: RFC 9915 section 8.</summary>
public sealed record TracedDhcp6(string Source, string Destination, byte Type, uint Xid, IReadOnlyList<(ushort Code, byte[] Value)> Options)
{
    private static readonly string[] Names =
        ["?", "SOLICIT", "ADVERTISE", "REQUEST", "CONFIRM", "RENEW", "REBIND", "REPLY", "RELEASE", "DECLINE", "RECONFIGURE", "INFORMATION-REQUEST"];

    /// <summary>The message type's name.</summary>
    public string Message => Type < Names.Length ? Names[Type] : Names[0];

    /// <summary>Option 1, the client's DUID, in hexadecimal; null without one.</summary>
    public string? ClientDuid => Find(1) is { } duid ? Convert.ToHexStringLower(duid) : null;

    /// <summary>The IAIDs of its IA_NA and IA_PD.</summary>
    public IEnumerable<string> Iaids => Options.Where(option => option.Code is 3 or 25 && option.Value.Length >= 4).Select(option => Convert.ToHexStringLower(option.Value, 0, 4));

    private byte[]? Find(ushort code) => Options.Where(option => option.Code == code).Select(option => option.Value).FirstOrDefault();

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Message} xid {Xid:x6} {Source}>{Destination} duid {ClientDuid} iaids {string.Join(' ', Iaids)}");
}

/// <summary>A message of Neighbour Discovery as a capture shows it: RFC 4861 section 4.</summary>
/// <param name="Type">133 router solicitation, 134 advertisement, 135 neighbour solicitation, 136 advertisement.</param>
/// <param name="Source">From.</param>
/// <param name="Destination">To.</param>
/// <param name="Target">Of a neighbour's; empty of a router's.</param>
/// <param name="IsOverride">The advertisement replaces what its receiver has.</param>
public sealed record TracedNd(byte Type, string Source, string Destination, string Target, bool IsOverride)
{
    /// <summary>Section 7.2.6: told to all nodes by nobody's wish.</summary>
    public bool IsUnsolicitedAdvertisement => Type == 136 && Destination == "ff02::1";

    public override string ToString() => $"{Type switch { 133 => "RS", 134 => "RA", 135 => "NS", 136 => "NA", _ => $"ICMPv6 {Type}" }} {Source}>{Destination} {Target}";
}

/// <summary>One captured frame.</summary>
public sealed record TracedFrame(DateTime At, string SourceMac, string DestinationMac, TracedDhcp? Dhcp, TracedArp? Arp, string Other)
{
    /// <summary>Set when it is one.</summary>
    public TracedDhcp6? Dhcp6 { get; init; }

    /// <summary>Set when it is one.</summary>
    public TracedNd? Nd { get; init; }

    /// <summary>Destination of a frame to everybody.</summary>
    public const string ToAll = "ff:ff:ff:ff:ff:ff";

    public override string ToString() => $"{At:HH:mm:ss.ffffff} {SourceMac} > {DestinationMac} {Dhcp?.ToString() ?? Arp?.ToString() ?? Dhcp6?.ToString() ?? Nd?.ToString() ?? Other}";

    /// <summary>Reads an Ethernet frame.</summary>
    public static TracedFrame Read(DateTime at, ReadOnlySpan<byte> frame)
    {
        string destination = Mac(frame[..6]), source = Mac(frame[6..12]);
        ushort type = BinaryPrimitives.ReadUInt16BigEndian(frame[12..]);
        ReadOnlySpan<byte> payload = frame[14..];
        if (type == 0x0806 && payload.Length >= 28) return new(at, source, destination, null, ReadArp(payload), "");
        if (type == 0x0800 && payload.Length >= 20 && payload[9] == 17)
        {
            ReadOnlySpan<byte> udp = payload[((payload[0] & 15) * 4)..];
            if (udp.Length > 8 + 240 && BinaryPrimitives.ReadUInt16BigEndian(udp[2..]) is 67 or 68)
                return new(at, source, destination, ReadDhcp(payload, udp[8..]), null, "");
        }
        if (type == 0x86dd && payload.Length >= 40) return ReadIpv6(new(at, source, destination, null, null, $"IPv6 next header {payload[6]} {Ip6(payload[8..])} > {Ip6(payload[24..])}"), payload);
        string what = type == 0x0800 && payload.Length >= 20 ? $"IPv4 protocol {payload[9]} {Ip(payload[12..])} > {Ip(payload[16..])}" : $"type {type:x4}";
        return new(at, source, destination, null, null, what);
    }

    // Without extension headers, which neither has on a link.
    private static TracedFrame ReadIpv6(TracedFrame frame, ReadOnlySpan<byte> ip)
    {
        string source = Ip6(ip[8..]), destination = Ip6(ip[24..]);
        ReadOnlySpan<byte> payload = ip[40..];
        if (ip[6] == 58 && payload.Length >= 8 && payload[0] is >= 133 and <= 136)
        {
            bool neighbour = payload[0] >= 135 && payload.Length >= 24;
            return frame with { Nd = new(payload[0], source, destination, neighbour ? Ip6(payload[8..]) : "", (payload[4] & 0x20) != 0) };
        }
        if (ip[6] != 17 || payload.Length < 12 || BinaryPrimitives.ReadUInt16BigEndian(payload[2..]) is not (546 or 547)) return frame;
        ReadOnlySpan<byte> message = payload[8..];
        List<(ushort, byte[])> options = [];
        for (ReadOnlySpan<byte> rest = message[4..]; rest.Length >= 4;)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            if (rest.Length < 4 + length) break;
            options.Add((BinaryPrimitives.ReadUInt16BigEndian(rest), rest.Slice(4, length).ToArray()));
            rest = rest[(4 + length)..];
        }
        return frame with { Dhcp6 = new(source, destination, message[0], BinaryPrimitives.ReadUInt32BigEndian(message) & 0xffffff, options) };
    }

    private static TracedArp ReadArp(ReadOnlySpan<byte> arp) =>
        new(BinaryPrimitives.ReadUInt16BigEndian(arp[6..]), Mac(arp[8..14]), Ip(arp[14..]), Mac(arp[18..24]), Ip(arp[24..]));

    private static TracedDhcp ReadDhcp(ReadOnlySpan<byte> ip, ReadOnlySpan<byte> message)
    {
        Dictionary<byte, byte[]> options = [];
        ReadOnlySpan<byte> rest = message[240..];
        while (rest.Length > 0 && rest[0] != 255)
        {
            if (rest[0] == 0) { rest = rest[1..]; continue; }
            if (rest.Length < 2 || rest.Length < 2 + rest[1]) break;
            // RFC 3396: instances of one option are one value.
            options[rest[0]] = [.. options.GetValueOrDefault(rest[0], []), .. rest.Slice(2, rest[1])];
            rest = rest[(2 + rest[1])..];
        }
        return new(
            Ip(ip[12..]), Ip(ip[16..]), message[0], BinaryPrimitives.ReadUInt32BigEndian(message[4..]), BinaryPrimitives.ReadUInt16BigEndian(message[8..]),
            (message[10] & 0x80) != 0, Ip(message[12..]), Ip(message[16..]), Mac(message[28..34]), options);
    }

    private static string Mac(ReadOnlySpan<byte> bytes) => string.Join(':', bytes[..6].ToArray().Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));

    private static string Ip6(ReadOnlySpan<byte> bytes) => new IPAddress(bytes[..16]).ToString();

    private static string Ip(ReadOnlySpan<byte> bytes) => new IPAddress(bytes[..4]).ToString();
}
