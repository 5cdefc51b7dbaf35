using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Wire;

/// <summary>
/// The data of a DHCPv6 option as text for people, the same in every locale. Octets of the network never come through as
/// they are: what is not printable ASCII is escaped.
/// </summary>
public static class Dhcp6OptionText
{
    /// <summary>Characters of a text shown, but for the words of a status, which go into log lines.</summary>
    public const int MaxTextLength = 255;

    /// <summary>
    /// The value, or null where there is none to show: an option without a known structure, and one whose data is
    /// malformed. Callers show the octets in any case.
    /// </summary>
    /// <param name="code">Option code.</param>
    /// <param name="data">Its data.</param>
    public static string? Format(ushort code, ReadOnlySpan<byte> data)
    {
        Dhcp6OptionInfo option = Dhcp6OptionTable.Of(code);
        return option.Length.Allows(data.Length) ? Format(option.Kind, data) : null;
    }

    private static string? Format(Dhcp6OptionKind kind, ReadOnlySpan<byte> data) => kind switch
    {
        Dhcp6OptionKind.Empty => "",
        Dhcp6OptionKind.Byte => OptionItems.Number(data[0]),
        Dhcp6OptionKind.UInt16 => OptionItems.Number(BinaryPrimitives.ReadUInt16BigEndian(data)),
        Dhcp6OptionKind.UInt16List => OptionItems.List(data, 2, static item => OptionItems.Number(BinaryPrimitives.ReadUInt16BigEndian(item))),
        Dhcp6OptionKind.Seconds => OptionItems.Number(BinaryPrimitives.ReadUInt32BigEndian(data)),
        Dhcp6OptionKind.Address => Address(data),
        Dhcp6OptionKind.AddressList => OptionItems.List(data, Ipv6Address.Length, Address),
        Dhcp6OptionKind.Text => EscapedText.Of(data, MaxTextLength),
        Dhcp6OptionKind.TimeZoneName => ReportedText.TimeZoneName(data),
        Dhcp6OptionKind.PortalUri => ReportedText.PortalUri(data),
        Dhcp6OptionKind.Name => DomainNames.TryReadUncompressed(data, out string name) ? name : null,
        Dhcp6OptionKind.NameList => DomainNames.TextOfList(data, isCompressed: false),
        Dhcp6OptionKind.Identifier => HexText.Colons(data),
        Dhcp6OptionKind.Ia => Ia(data),
        Dhcp6OptionKind.IaTa => $"iaid {ReadIaid(data)}",
        Dhcp6OptionKind.IaAddress => $"{Address(data)} {Lifetimes(data[Ipv6Address.Length..])}",
        Dhcp6OptionKind.IaPrefix => IaPrefix(data),
        Dhcp6OptionKind.StatusCode => Status(data),
        Dhcp6OptionKind.MessageType => Dhcp6MessageName.Of((Dhcp6MessageType)data[0]),
        Dhcp6OptionKind.Message => Message(data),
        Dhcp6OptionKind.FullyQualifiedName => FullyQualifiedName(data),
        Dhcp6OptionKind.StringList => Strings(data),
        Dhcp6OptionKind.VendorClass => VendorClass(data),
        Dhcp6OptionKind.VendorOptions => Enterprise(data),
        Dhcp6OptionKind.RemoteId => $"{Enterprise(data)} {HexText.Colons(data[4..])}",
        Dhcp6OptionKind.NtpServer => NtpServers(data),
        Dhcp6OptionKind.LinkLayerAddress => LinkLayerAddress(data),
        Dhcp6OptionKind.EncryptedResolver => EncryptedResolverReader.ReadIpv6(data)?.ToString(),
        _ => null,
    };

    /// <summary>Option 67 says nothing without the prefix around it.</summary>
    internal static string? FormatExcluded(ReadOnlySpan<byte> data, Ipv6Prefix delegated) =>
        Dhcp6PdExclude.TryRead(data, delegated, out Ipv6Prefix excluded) ? excluded.ToString() : null;

    /// <summary>The sub-options of option 56.</summary>
    internal static string? FormatNtp(ushort code, ReadOnlySpan<byte> data) =>
        Dhcp6ReplyReader.TryReadNtpServer(code, data, out Dhcp6NtpServer server) ? server.ToString() : null;

    private static string Address(ReadOnlySpan<byte> octets) => Ipv6Address.FromBytes(octets).ToString();

    private static Iaid ReadIaid(ReadOnlySpan<byte> data) => new(BinaryPrimitives.ReadUInt32BigEndian(data));

    private static string Ia(ReadOnlySpan<byte> data) => string.Create(
        CultureInfo.InvariantCulture,
        $"iaid {ReadIaid(data)} t1 {BinaryPrimitives.ReadUInt32BigEndian(data[4..])} t2 {BinaryPrimitives.ReadUInt32BigEndian(data[8..])}");

    private static string Lifetimes(ReadOnlySpan<byte> data) => string.Create(
        CultureInfo.InvariantCulture,
        $"preferred {BinaryPrimitives.ReadUInt32BigEndian(data)} valid {BinaryPrimitives.ReadUInt32BigEndian(data[4..])}");

    private static string? IaPrefix(ReadOnlySpan<byte> data) =>
        data[8] > Ipv6Address.Bits ? null : $"{new Ipv6Prefix(Ipv6Address.FromBytes(data[9..]), data[8])} {Lifetimes(data)}";

    private static string Status(ReadOnlySpan<byte> data) =>
        new Dhcp6Status((Dhcp6StatusCode)BinaryPrimitives.ReadUInt16BigEndian(data), EscapedText.Of(data[2..])).ToString();

    private static string? Message(ReadOnlySpan<byte> data)
    {
        var type = (Dhcp6MessageType)data[0];
        if (type is not (Dhcp6MessageType.RelayForward or Dhcp6MessageType.RelayReply))
            return string.Create(CultureInfo.InvariantCulture, $"{Dhcp6MessageName.Of(type)} xid {BinaryPrimitives.ReadUInt32BigEndian(data) & Dhcp6MessageView.MaxXid:x6}");
        if (!Dhcp6RelayView.TryParse(data, out Dhcp6RelayView relay)) return null;
        return string.Create(CultureInfo.InvariantCulture, $"{Dhcp6MessageName.Of(type)} hops {relay.HopCount} link {relay.LinkAddress} peer {relay.PeerAddress}");
    }

    private static string? FullyQualifiedName(ReadOnlySpan<byte> data)
    {
        string? name = OptionItems.Labels(data[1..], MaxTextLength);
        if (name is null) return null;
        string flags = string.Create(CultureInfo.InvariantCulture, $"flags=0x{data[0]:x2}");
        return name.Length == 0 ? flags : $"{name} {flags}";
    }

    /// <summary>Strings, each after its length of two octets; null when one runs past the end.</summary>
    private static string? Strings(ReadOnlySpan<byte> data)
    {
        var text = new StringBuilder();
        while (!data.IsEmpty)
        {
            if (data.Length < 2 || BinaryPrimitives.ReadUInt16BigEndian(data) is var length && data.Length < 2 + length) return null;
            if (text.Length > 0) text.Append(", ");
            if (text.Length > MaxTextLength) return text.Append(OptionItems.Cut).ToString();
            text.Append(EscapedText.Of(data.Slice(2, length), MaxTextLength));
            data = data[(2 + length)..];
        }
        return text.ToString();
    }

    /// <summary>What the sub-options of one option 56 say; null where one of them is none.</summary>
    private static string? NtpServers(ReadOnlySpan<byte> data)
    {
        List<string> servers = [];
        var inner = new Dhcp6OptionWalker(data);
        while (inner.MoveNext())
        {
            if (FormatNtp(inner.Code, inner.Data) is not { } server) return null;
            if (servers.Count == OptionItems.MaxItems) return string.Join(", ", servers) + ", " + OptionItems.Cut;
            servers.Add(server);
        }
        return inner.IsMalformed ? null : string.Join(", ", servers);
    }

    private static string Enterprise(ReadOnlySpan<byte> data) =>
        string.Create(CultureInfo.InvariantCulture, $"enterprise-{BinaryPrimitives.ReadUInt32BigEndian(data)}");

    private static string? VendorClass(ReadOnlySpan<byte> data)
    {
        string? strings = Strings(data[4..]);
        return strings is null ? null : $"{Enterprise(data)} {strings}".TrimEnd();
    }

    private static string LinkLayerAddress(ReadOnlySpan<byte> data) => string.Create(
        CultureInfo.InvariantCulture, $"type {BinaryPrimitives.ReadUInt16BigEndian(data)} {HexText.Colons(data[2..])}");
}
