using System.Collections.Immutable;
using System.Globalization;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Capture;

/// <summary>A DHCPv4 packet of a capture: everything it says, and what the rules for received messages say about it.</summary>
public sealed record DecodedDhcp4 : DecodedPacket
{
    /// <summary>IP source.</summary>
    public required Ipv4Address Source { get; init; }

    /// <summary>IP destination.</summary>
    public required Ipv4Address Destination { get; init; }

    /// <summary>The message's fields; null when it is too short to have them.</summary>
    public DecodedFields? Fields { get; init; }
}

/// <summary>The fields of a message under RFC 2131's names, and its options.</summary>
public sealed record DecodedFields
{
    /// <summary>The magic cookie is there; without it the message is BOOTP and has no options.</summary>
    public bool HasCookie { get; init; }

    /// <summary>Option 53; null when it is missing or malformed.</summary>
    public Dhcp4MessageType? Type { get; init; }

    /// <summary>1 BOOTREQUEST, 2 BOOTREPLY.</summary>
    public byte Op { get; init; }

    /// <summary>Hardware type.</summary>
    public byte Htype { get; init; }

    /// <summary>Hardware address length.</summary>
    public byte Hlen { get; init; }

    /// <summary>Relay hops.</summary>
    public byte Hops { get; init; }

    /// <summary>Transaction identifier.</summary>
    public uint Xid { get; init; }

    /// <summary>Seconds.</summary>
    public ushort Secs { get; init; }

    /// <summary>The flags field; the highest bit is BROADCAST.</summary>
    public ushort Flags { get; init; }

    /// <summary>The BROADCAST flag.</summary>
    public bool Broadcast { get; init; }

    /// <summary>Client address.</summary>
    public Ipv4Address Ciaddr { get; init; }

    /// <summary>Address offered or granted.</summary>
    public Ipv4Address Yiaddr { get; init; }

    /// <summary>Next server.</summary>
    public Ipv4Address Siaddr { get; init; }

    /// <summary>Relay agent.</summary>
    public Ipv4Address Giaddr { get; init; }

    /// <summary>As many octets of chaddr as hlen says, 16 at most, as hexadecimal.</summary>
    public string Chaddr { get; init; } = "";

    /// <summary>Server host name, escaped; empty where there is none or the field holds options.</summary>
    public string Sname { get; init; } = "";

    /// <summary>Boot file name, escaped; empty where there is none or the field holds options.</summary>
    public string File { get; init; } = "";

    /// <summary>Every option, fragments joined, in order of first appearance; up to the damage in a malformed message.</summary>
    public ImmutableArray<Dhcp4Option> Options { get; init; } = [];

    /// <summary>What the message is called: of its type, <c>BOOTREQUEST</c> or <c>BOOTREPLY</c> without one.</summary>
    public string Name => Type is { } type
        ? Dhcp4MessageName.Of(type)
        : Op switch
        {
            1 => "BOOTREQUEST",
            2 => "BOOTREPLY",
            _ => string.Create(CultureInfo.InvariantCulture, $"op-{Op}"),
        };

    /// <summary>Reads the fields whatever the rules say about them; null when the message is too short to have them.</summary>
    internal static DecodedFields? Of(in Dhcp4MessageView view)
    {
        if (view.Octets.Length < Dhcp4MessageView.FixedLength) return null;
        // What stands where options would be is options only after the cookie.
        bool hasCookie = view.HasCookie;
        return new DecodedFields
        {
            HasCookie = hasCookie,
            Type = hasCookie && view.TryGetOption(53, out ReadOnlySpan<byte> type) && type.Length == 1 ? (Dhcp4MessageType)type[0] : null,
            Op = view.Op,
            Htype = view.Htype,
            Hlen = view.Hlen,
            Hops = view.Hops,
            Xid = view.Xid,
            Secs = view.Secs,
            Flags = view.Flags,
            Broadcast = view.Broadcast,
            Ciaddr = view.Ciaddr,
            Yiaddr = view.Yiaddr,
            Siaddr = view.Siaddr,
            Giaddr = view.Giaddr,
            Chaddr = HexText.Colons(view.ChaddrOctets[..Math.Min((int)view.Hlen, view.ChaddrOctets.Length)]),
            Sname = view.SnameHoldsOptions ? "" : FieldText(view.Sname),
            File = view.FileHoldsOptions ? "" : FieldText(view.File),
            Options = hasCookie ? view.CopyOptions() : [],
        };
    }

    /// <summary>Both fields hold a string that ends with NUL (RFC 2131 section 2).</summary>
    private static string FieldText(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return EscapedText.Of(end < 0 ? field : field[..end], Dhcp4OptionText.MaxTextLength);
    }
}
