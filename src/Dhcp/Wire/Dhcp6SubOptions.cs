using System.Collections.Immutable;
using System.Globalization;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Wire;

/// <summary>Reads the options inside DHCPv6 options, for people: of IAs, relayed messages, vendors and time servers.</summary>
public static class Dhcp6SubOptions
{
    /// <summary>Options inside one option, at all depths together.</summary>
    public const int MaxSubOptions = 256;

    /// <summary>Eight relay agents, the most a message passes (RFC 9915 section 7.6), and an IA, its address and a status.</summary>
    public const int MaxDepth = 12;

    private const int EnterpriseLength = 4;

    /// <summary>
    /// Empty for an option without inner options, and for one in which they are malformed at this depth; one that is
    /// malformed further in has none itself.
    /// </summary>
    /// <param name="code">Option code.</param>
    /// <param name="data">Its data.</param>
    public static ImmutableArray<SubOption> Read(ushort code, ReadOnlySpan<byte> data)
    {
        int left = MaxSubOptions;
        return Read(code, data, depth: 1, ref left);
    }

    private static ImmutableArray<SubOption> Read(ushort code, ReadOnlySpan<byte> data, int depth, ref int left)
    {
        if (depth > MaxDepth) return [];
        Dhcp6OptionInfo option = Dhcp6OptionTable.Of(code);
        if (!option.Length.Allows(data.Length)) return [];
        switch (option.Kind)
        {
            case Dhcp6OptionKind.Ia: return ReadInner(data[Dhcp6MessageView.IaHeaderLength..], Common, depth, ref left);
            case Dhcp6OptionKind.IaTa: return ReadInner(data[Dhcp6MessageView.IaTaHeaderLength..], Common, depth, ref left);
            case Dhcp6OptionKind.IaAddress: return ReadInner(data[Dhcp6MessageView.IaAddressHeaderLength..], Common, depth, ref left);
            case Dhcp6OptionKind.IaPrefix: return ReadPrefix(data, depth, ref left);
            case Dhcp6OptionKind.Options: return ReadInner(data, Common, depth, ref left);
            case Dhcp6OptionKind.Message: return ReadMessage(data, depth, ref left);
            case Dhcp6OptionKind.NtpServer: return ReadInner(data, Ntp, depth, ref left);
            case Dhcp6OptionKind.VendorOptions: return ReadInner(data[EnterpriseLength..], Unnamed, depth, ref left);
            default: return [];
        }
    }

    private delegate SubOption Reader(ushort code, ReadOnlySpan<byte> data, int depth, ref int left);

    private static ImmutableArray<SubOption> ReadInner(ReadOnlySpan<byte> options, Reader read, int depth, ref int left)
    {
        ImmutableArray<SubOption>.Builder inner = ImmutableArray.CreateBuilder<SubOption>();
        var walker = new Dhcp6OptionWalker(options);
        while (walker.MoveNext())
        {
            if (left-- <= 0) return [];
            inner.Add(read(walker.Code, walker.Data, depth + 1, ref left));
        }
        return walker.IsMalformed ? [] : inner.ToImmutable();
    }

    private static SubOption Common(ushort code, ReadOnlySpan<byte> data, int depth, ref int left) => new(
        code, Dhcp6OptionTable.Of(code).Name, Dhcp6OptionText.Format(code, data), [.. data], Read(code, data, depth, ref left));

    private static SubOption Unnamed(ushort code, ReadOnlySpan<byte> data, int depth, ref int left) =>
        new(code, string.Create(CultureInfo.InvariantCulture, $"option-{code}"), null, [.. data], []);

    private static SubOption Ntp(ushort code, ReadOnlySpan<byte> data, int depth, ref int left) => Unnamed(code, data, depth, ref left) with
    {
        Name = (Dhcp6NtpKind)code switch
        {
            Dhcp6NtpKind.Address => "server-address",
            Dhcp6NtpKind.Multicast => "multicast-address",
            Dhcp6NtpKind.Name => "server-name",
            _ => string.Create(CultureInfo.InvariantCulture, $"option-{code}"),
        },
        Value = Dhcp6OptionText.FormatNtp(code, data),
    };

    /// <summary>Option 67 is shown as the prefix it stands for.</summary>
    private static ImmutableArray<SubOption> ReadPrefix(ReadOnlySpan<byte> data, int depth, ref int left)
    {
        ImmutableArray<SubOption> inner = ReadInner(data[Dhcp6MessageView.IaPrefixHeaderLength..], Common, depth, ref left);
        if (data[8] > Ipv6Address.Bits) return inner;
        Ipv6Prefix prefix = new Ipv6Prefix(Ipv6Address.FromBytes(data[9..]), data[8]).Masked;
        return [.. inner.Select(option => option.Code != Dhcp6OptionRequest.PdExclude
            ? option
            : option with { Value = Dhcp6OptionText.FormatExcluded(option.Data.AsSpan(), prefix) })];
    }

    private static ImmutableArray<SubOption> ReadMessage(ReadOnlySpan<byte> message, int depth, ref int left)
    {
        ReadOnlySpan<byte> options = (Dhcp6MessageType)message[0] is not (Dhcp6MessageType.RelayForward or Dhcp6MessageType.RelayReply)
            ? message[Dhcp6MessageView.HeaderLength..]
            : Dhcp6RelayView.TryParse(message, out Dhcp6RelayView relay) ? relay.OptionOctets : default;
        return ReadInner(options, Common, depth, ref left);
    }
}
