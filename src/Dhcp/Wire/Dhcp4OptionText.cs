using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Wire;

/// <summary>
/// The data of an option as text for people, the same in every locale. Octets of the network never come through as they
/// are: what is not printable ASCII is escaped.
/// </summary>
public static partial class Dhcp4OptionText
{
    /// <summary>Characters of a text shown, but for option 56: what one option without fragments can hold.</summary>
    public const int MaxTextLength = 255;

    /// <inheritdoc cref="OptionItems.MaxItems"/>
    public const int MaxItems = OptionItems.MaxItems;

    private const byte MessageOption = 56;

    /// <summary>
    /// The value, or null where there is none to show: an option without a known structure, and one whose data is
    /// malformed. Callers show the octets in any case.
    /// </summary>
    /// <param name="code">Option code.</param>
    /// <param name="data">Its data, fragments joined.</param>
    public static string? Format(byte code, ReadOnlySpan<byte> data)
    {
        Dhcp4OptionInfo option = Dhcp4OptionTable.Of(code);
        if (!option.Length.Allows(data.Length)) return null;
        // What a server says in words goes into log lines; other texts are values.
        int limit = code == MessageOption ? EscapedText.DefaultLimit : MaxTextLength;
        return Format(option.Kind, data, limit);
    }

    private static string? Format(Dhcp4OptionKind kind, ReadOnlySpan<byte> data, int limit) => kind switch
    {
        Dhcp4OptionKind.Empty => "",
        Dhcp4OptionKind.Boolean => data[0] switch { 0 => "false", 1 => "true", _ => null },
        Dhcp4OptionKind.Byte => OptionItems.Number(data[0]),
        Dhcp4OptionKind.UInt16 => OptionItems.Number(BinaryPrimitives.ReadUInt16BigEndian(data)),
        Dhcp4OptionKind.UInt16List => OptionItems.List(data, 2, static item => OptionItems.Number(BinaryPrimitives.ReadUInt16BigEndian(item))),
        Dhcp4OptionKind.Int32 => BinaryPrimitives.ReadInt32BigEndian(data).ToString(CultureInfo.InvariantCulture),
        Dhcp4OptionKind.Seconds => OptionItems.Number(BinaryPrimitives.ReadUInt32BigEndian(data)),
        Dhcp4OptionKind.Address => Address(data),
        Dhcp4OptionKind.AddressList => OptionItems.List(data, Ipv4Address.Length, Address),
        Dhcp4OptionKind.AddressMaskList => OptionItems.List(data, 2 * Ipv4Address.Length, static item => $"{Address(item)} mask {Address(item[4..])}"),
        Dhcp4OptionKind.ClassfulRoutes => OptionItems.List(data, 2 * Ipv4Address.Length, static item => $"{Address(item)} via {Address(item[4..])}"),
        Dhcp4OptionKind.ClasslessRoutes => ClasslessRoutes(data),
        Dhcp4OptionKind.Text => EscapedText.Of(WithoutTerminator(data), limit),
        Dhcp4OptionKind.TimeZoneName => ReportedText.TimeZoneName(data),
        Dhcp4OptionKind.PortalUri => ReportedText.PortalUri(data),
        Dhcp4OptionKind.EncryptedResolvers => EncryptedResolvers(data),
        Dhcp4OptionKind.NameList => DomainNames.TextOfList(data, isCompressed: true),
        Dhcp4OptionKind.MessageType => Dhcp4MessageName.Of((Dhcp4MessageType)data[0]),
        Dhcp4OptionKind.CodeList => OptionItems.List(data, 1, static item => OptionItems.Number(item[0])),
        Dhcp4OptionKind.Identifier => HexText.Colons(data),
        Dhcp4OptionKind.FullyQualifiedName => FullyQualifiedName(data, limit),
        Dhcp4OptionKind.StringList => Strings(data, limit),
        _ => null,
    };

    private static string Address(ReadOnlySpan<byte> octets) => Ipv4Address.FromBytes(octets).ToString();

    /// <summary>Every route as sent: which of them are fit for use is not asked here.</summary>
    private static string? ClasslessRoutes(ReadOnlySpan<byte> data)
    {
        var text = new StringBuilder();
        Span<byte> destination = stackalloc byte[Ipv4Address.Length];
        for (int count = 0; !data.IsEmpty; count++)
        {
            int width = data[0];
            int octets = (width + 7) / 8;
            // RFC 3442: one wrong width shifts everything after it, so that nothing of it can be believed.
            if (width > 32 || data.Length < 1 + octets + Ipv4Address.Length) return null;
            destination.Clear();
            data.Slice(1, octets).CopyTo(destination);
            Ipv4Prefix prefix = new Ipv4Prefix(Ipv4Address.FromBytes(destination), width).Masked;
            Ipv4Address router = Ipv4Address.FromBytes(data[(1 + octets)..]);
            if (count <= MaxItems)
            {
                if (count > 0) text.Append(", ");
                text.Append(count == MaxItems ? OptionItems.Cut : router.IsAny ? $"{prefix} on-link" : $"{prefix} via {router}");
            }
            data = data[(1 + octets + Ipv4Address.Length)..];
        }
        return text.ToString();
    }

    /// <summary>Some servers send the NUL of a C string; RFC 2132 section 2 says that receivers are to expect it.</summary>
    private static ReadOnlySpan<byte> WithoutTerminator(ReadOnlySpan<byte> text) => text.TrimEnd((byte)0);
}
