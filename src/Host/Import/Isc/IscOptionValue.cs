using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using Kind4 = BondDhcp.Dhcp.Wire.Dhcp4OptionKind;
using Kind6 = BondDhcp.Dhcp.Wire.Dhcp6OptionKind;

namespace BondDhcp.Host.Import.Isc;

/// <summary>How the data of an option is written in ISC's files (the format letters of its common/tables.c).</summary>
internal enum IscValueKind
{
    /// <summary>Octets in hexadecimal with colons, or text.</summary>
    Octets,
    /// <summary>Text.</summary>
    Text,
    /// <summary>Addresses of IPv4.</summary>
    Ipv4,
    /// <summary>Addresses of IPv6.</summary>
    Ipv6,
    /// <summary>Numbers of one octet, in decimal.</summary>
    Byte,
    /// <summary>Numbers of two octets.</summary>
    UInt16,
    /// <summary>Numbers of four octets, signed ones too.</summary>
    UInt32,
    /// <summary>on, off, true, false.</summary>
    Flag,
    /// <summary>Domain names.</summary>
    Names,
    /// <summary>Nothing at all.</summary>
    Empty,
}

/// <summary>The octets of an option's value, read from the tokens of a statement. Pure; nothing is evaluated but literals.</summary>
internal static class IscOptionValue
{
    /// <summary>What a DHCPv4 option without fragments holds; no file of a client has more.</summary>
    private const int MaxLength = 1024;

    /// <summary>How the value of an option is written.</summary>
    public static IscValueKind KindOf(IscOption option) => option.Defined ?? (option.IsDhcp6 ? Of(Dhcp6OptionTable.Of(option.Code).Kind) : Of(Dhcp4OptionTable.Of((byte)option.Code).Kind));

    /// <summary>The kind that a definition names (dhcp-options(5), "defining new options"); null for records and what else it may say.</summary>
    public static IscValueKind? KindOf(IscStatement definition)
    {
        string[] words = [.. definition.Tokens.SkipWhile(static token => !token.Is('=')).Skip(1).Select(static token => token.Value.ToLowerInvariant())];
        if (words is ["array", "of", ..]) words = words[2..];
        if (words is ["unsigned" or "signed", ..]) words = words[1..];
        return words switch
        {
            ["integer", "8"] => IscValueKind.Byte,
            ["integer", "16"] => IscValueKind.UInt16,
            ["integer", "32"] => IscValueKind.UInt32,
            ["ip-address"] => IscValueKind.Ipv4,
            ["ip6-address"] => IscValueKind.Ipv6,
            ["boolean"] => IscValueKind.Flag,
            ["text"] => IscValueKind.Text,
            ["string"] => IscValueKind.Octets,
            ["domain-list", ..] => IscValueKind.Names,
            _ => null,
        };
    }

    /// <summary>
    /// The octets of the value that begins at a token; null, with the reason, where it is none. An equals sign before it is
    /// passed over.
    /// </summary>
    public static ImmutableArray<byte>? Read(IscOption option, IscStatement statement, int at, out string why)
    {
        ImmutableArray<IscToken> tokens = [.. statement.Tokens.Skip(at)];
        if (!tokens.IsEmpty && tokens[0].Is('=')) tokens = tokens.RemoveAt(0);
        return Read(KindOf(option), tokens, out why);
    }

    private static ImmutableArray<byte>? Read(IscValueKind kind, ImmutableArray<IscToken> tokens, out string why)
    {
        why = "";
        List<byte> octets = [];
        if (kind == IscValueKind.Empty) return [];
        foreach (IscToken token in tokens)
        {
            if (token.Is(',')) continue;
            if (token.Kind == IscTokenKind.Sign)
            {
                why = "it is an expression that is worked out while dhclient runs";
                return null;
            }
            if (!Append(octets, kind, token))
            {
                why = "it has a value that is not of this kind";
                return null;
            }
            if (octets.Count <= MaxLength) continue;
            why = "it is longer than an option";
            return null;
        }
        if (octets.Count > 0 || (tokens is [{ Kind: IscTokenKind.Text }] && kind is IscValueKind.Text or IscValueKind.Octets)) return [.. octets];
        why = "it has no value";
        return null;
    }

    /// <summary>Octets as ISC writes them: hexadecimal with colons, each of one or two digits; null for anything else.</summary>
    public static byte[]? ReadHex(string text)
    {
        string[] parts = text.Split(':');
        byte[] octets = new byte[parts.Length];
        for (int i = 0; i < parts.Length; i++)
            if (parts[i].Length is 0 or > 2 || !byte.TryParse(parts[i], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out octets[i])) return null;
        return octets;
    }

    private static bool Append(List<byte> octets, IscValueKind kind, IscToken token)
    {
        string text = token.Value;
        if (kind == IscValueKind.Names) return AppendNames(octets, text);
        if (token.Kind == IscTokenKind.Text)
        {
            octets.AddRange(token.Octets);
            return true;
        }
        switch (kind)
        {
            case IscValueKind.Ipv4:
                if (!Ipv4Address.TryParse(text, out Ipv4Address address)) return false;
                byte[] four = new byte[Ipv4Address.Length];
                address.CopyTo(four);
                octets.AddRange(four);
                return true;
            case IscValueKind.Ipv6:
                if (!IPAddress.TryParse(text, out IPAddress? six) || six.AddressFamily != AddressFamily.InterNetworkV6) return false;
                octets.AddRange(six.GetAddressBytes());
                return true;
            case IscValueKind.Flag:
                if (text.ToLowerInvariant() is not ("on" or "off" or "true" or "false" or "1" or "0")) return false;
                octets.Add(text.ToLowerInvariant() is "on" or "true" or "1" ? (byte)1 : (byte)0);
                return true;
            case IscValueKind.Byte or IscValueKind.UInt16 or IscValueKind.UInt32 when !text.Contains(':', StringComparison.Ordinal):
                return AppendNumber(octets, kind, text);
        }
        if (ReadHex(text) is not { } hex) return false;
        octets.AddRange(hex);
        return true;
    }

    private static bool AppendNumber(List<byte> octets, IscValueKind kind, string text)
    {
        if (text == "infinite") text = "0xffffffff";
        bool isHex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        long value;
        if (isHex ? !long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
            : !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)) return false;
        long most = kind switch { IscValueKind.Byte => byte.MaxValue, IscValueKind.UInt16 => ushort.MaxValue, _ => uint.MaxValue };
        if (value > most || value < (kind == IscValueKind.UInt32 ? int.MinValue : 0)) return false;
        Span<byte> four = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(four, unchecked((uint)value));
        octets.AddRange(kind switch { IscValueKind.Byte => four[3..], IscValueKind.UInt16 => four[2..], _ => four });
        return true;
    }

    // Written without compression: shorter is no better here, and every reader takes it.
    private static bool AppendNames(List<byte> octets, string text)
    {
        Span<byte> wire = stackalloc byte[DomainNames.MaxWireLength];
        foreach (string part in text.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries))
        {
            string name = part.TrimEnd('.');
            if (!DomainNames.IsValid(name)) return false;
            octets.AddRange(wire[..DomainNames.Write(name, wire)]);
        }
        return true;
    }

    private static IscValueKind Of(Kind4 kind) => kind switch
    {
        Kind4.Boolean => IscValueKind.Flag,
        Kind4.Byte or Kind4.CodeList or Kind4.MessageType or Kind4.ClasslessRoutes => IscValueKind.Byte,
        Kind4.UInt16 or Kind4.UInt16List => IscValueKind.UInt16,
        Kind4.Int32 or Kind4.Seconds => IscValueKind.UInt32,
        Kind4.Address or Kind4.AddressList or Kind4.AddressMaskList or Kind4.ClassfulRoutes => IscValueKind.Ipv4,
        Kind4.NameList => IscValueKind.Names,
        Kind4.Text or Kind4.TimeZoneName or Kind4.PortalUri => IscValueKind.Text,
        Kind4.Empty => IscValueKind.Empty,
        _ => IscValueKind.Octets,
    };

    private static IscValueKind Of(Kind6 kind) => kind switch
    {
        Kind6.Byte => IscValueKind.Byte,
        Kind6.UInt16 or Kind6.UInt16List => IscValueKind.UInt16,
        Kind6.Seconds => IscValueKind.UInt32,
        Kind6.Address or Kind6.AddressList => IscValueKind.Ipv6,
        Kind6.Name or Kind6.NameList => IscValueKind.Names,
        Kind6.Text or Kind6.TimeZoneName or Kind6.PortalUri => IscValueKind.Text,
        Kind6.Empty => IscValueKind.Empty,
        _ => IscValueKind.Octets,
    };
}
