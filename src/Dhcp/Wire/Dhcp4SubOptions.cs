using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Wire;

/// <summary>Reads the options inside options 43, 82, 124 and 125, for people; the client uses none of them.</summary>
public static class Dhcp4SubOptions
{
    /// <summary>Options inside one option; a datagram of fragments can hold thousands.</summary>
    public const int MaxSubOptions = 256;

    private const int EnterpriseLength = 4;

    /// <summary>All or nothing: empty for an option without inner options, and for one in which they are malformed.</summary>
    /// <param name="code">Option code.</param>
    /// <param name="data">Its data, fragments joined.</param>
    public static ImmutableArray<SubOption> Read(byte code, ReadOnlySpan<byte> data) =>
        Dhcp4OptionTable.Of(code).Kind switch
        {
            Dhcp4OptionKind.RelayAgent => ReadInner(data, padded: false, RelayAgent),
            // Only a vendor's own habit: RFC 2132 section 8.4 recommends the encoding and demands nothing.
            Dhcp4OptionKind.Encapsulated => ReadInner(data, padded: true, Unnamed),
            Dhcp4OptionKind.VendorClass => ReadEnterprises(data, inner: false),
            Dhcp4OptionKind.VendorOptions => ReadEnterprises(data, inner: true),
            _ => [],
        };

    private delegate SubOption Reader(byte code, ReadOnlySpan<byte> data);

    private static ImmutableArray<SubOption> ReadInner(ReadOnlySpan<byte> data, bool padded, Reader read)
    {
        const byte pad = 0, end = 255;
        ImmutableArray<SubOption>.Builder options = ImmutableArray.CreateBuilder<SubOption>();
        while (!data.IsEmpty)
        {
            if (padded && data[0] == end) break;
            if (padded && data[0] == pad)
            {
                data = data[1..];
                continue;
            }
            if (data.Length < 2 || data.Length < 2 + data[1] || options.Count == MaxSubOptions) return [];
            options.Add(read(data[0], data.Slice(2, data[1])));
            data = data[(2 + data[1])..];
        }
        return options.ToImmutable();
    }

    /// <summary>RFC 3925: enterprise number, length, and data: opaque (option 124) or options of that vendor (125).</summary>
    private static ImmutableArray<SubOption> ReadEnterprises(ReadOnlySpan<byte> data, bool inner)
    {
        ImmutableArray<SubOption>.Builder options = ImmutableArray.CreateBuilder<SubOption>();
        while (!data.IsEmpty)
        {
            const int headerLength = EnterpriseLength + 1;
            if (data.Length < headerLength || data.Length < headerLength + data[EnterpriseLength] || options.Count == MaxSubOptions)
                return [];
            uint enterprise = BinaryPrimitives.ReadUInt32BigEndian(data);
            ReadOnlySpan<byte> content = data.Slice(headerLength, data[EnterpriseLength]);
            options.Add(new SubOption(
                enterprise, string.Create(CultureInfo.InvariantCulture, $"enterprise-{enterprise}"), null, [.. content],
                inner ? ReadInner(content, padded: false, Unnamed) : []));
            data = data[(headerLength + content.Length)..];
        }
        return options.ToImmutable();
    }

    private static SubOption Unnamed(byte code, ReadOnlySpan<byte> data) =>
        new(code, string.Create(CultureInfo.InvariantCulture, $"option-{code}"), null, [.. data], []);

    /// <summary>The sub-options of RFC 3046 and of those that followed it.</summary>
    private static SubOption RelayAgent(byte code, ReadOnlySpan<byte> data) => code switch
    {
        1 => Text(code, "circuit-id", data),
        2 => Text(code, "remote-id", data),
        5 => Address(code, "link-selection", data), // RFC 3527
        6 => Text(code, "subscriber-id", data), // RFC 3993
        10 => Unnamed(code, data) with { Name = "relay-agent-flags" }, // RFC 5010
        11 => Address(code, "server-identifier-override", data), // RFC 5107
        12 => Unnamed(code, data) with { Name = "relay-agent-identifier" }, // RFC 6925
        151 => Unnamed(code, data) with { Name = "virtual-subnet-selection" }, // RFC 6607
        152 => Unnamed(code, data) with { Name = "virtual-subnet-selection-control" }, // RFC 6607
        _ => Unnamed(code, data),
    };

    private static SubOption Address(byte code, string name, ReadOnlySpan<byte> data) => Unnamed(code, data) with
    {
        Name = name,
        Value = data.Length == Ipv4Address.Length ? Ipv4Address.FromBytes(data).ToString() : null,
    };

    /// <summary>Opaque by its RFC; most relay agents put text in, and only such is shown.</summary>
    private static SubOption Text(byte code, string name, ReadOnlySpan<byte> data) => Unnamed(code, data) with
    {
        Name = name,
        Value = data.IsEmpty || data.ContainsAnyExceptInRange((byte)' ', (byte)'~') ? null : EscapedText.Of(data),
    };
}
