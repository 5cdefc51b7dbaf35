using System.Collections.Immutable;
using BondDhcp.Net;

namespace BondDhcp.Host.Import.Isc;

/// <summary>A <c>lease { }</c> of dhclient.</summary>
/// <param name="Line">Where it begins, from 1.</param>
/// <param name="Interface">The interface it is for.</param>
/// <param name="Address">fixed-address.</param>
internal sealed record DhclientLease(int Line, string Interface, Ipv4Address Address)
{
    /// <summary>The options of the DHCPACK, in the file's order.</summary>
    public ImmutableArray<(byte Code, ImmutableArray<byte> Data)> Options { get; init; } = [];

    /// <summary>T1; <see cref="DateTimeOffset.MaxValue"/> for never.</summary>
    public DateTimeOffset Renew { get; init; } = DateTimeOffset.MaxValue;

    /// <summary>T2.</summary>
    public DateTimeOffset Rebind { get; init; } = DateTimeOffset.MaxValue;

    /// <summary>The end.</summary>
    public DateTimeOffset Expire { get; init; } = DateTimeOffset.MaxValue;

    /// <summary>Of a BOOTP server: nothing can be asked about it.</summary>
    public bool IsBootp { get; init; }

    /// <summary>An option's octets; null where it is not there.</summary>
    public ImmutableArray<byte>? Find(byte code)
    {
        foreach ((byte known, ImmutableArray<byte> data) in Options)
            if (known == code) return data;
        return null;
    }
}

/// <summary>One address or prefix of a <c>lease6 { }</c>.</summary>
/// <param name="Prefix">With /128 for an address.</param>
/// <param name="Starts">From when its lifetimes count.</param>
/// <param name="PreferredSeconds">Its preferred lifetime; 0xffffffff is infinite.</param>
/// <param name="ValidSeconds">Its valid lifetime.</param>
internal readonly record struct DhclientBinding(Ipv6Prefix Prefix, DateTimeOffset Starts, uint PreferredSeconds, uint ValidSeconds)
{
    /// <summary>When it ends.</summary>
    public DateTimeOffset Until => DhclientLease6.After(Starts, ValidSeconds);
}

/// <summary>An <c>ia-na</c> or <c>ia-pd</c>.</summary>
/// <param name="Iaid">Its identifier as four octets.</param>
/// <param name="Starts">From when T1 and T2 count.</param>
/// <param name="RenewSeconds">T1.</param>
/// <param name="RebindSeconds">T2.</param>
/// <param name="Bindings">What it holds.</param>
internal sealed record DhclientAssociation(uint Iaid, DateTimeOffset Starts, uint RenewSeconds, uint RebindSeconds, ImmutableArray<DhclientBinding> Bindings);

/// <summary>A <c>lease6 { }</c> of dhclient.</summary>
/// <param name="Line">Where it begins, from 1.</param>
/// <param name="Interface">The interface it is for.</param>
internal sealed record DhclientLease6(int Line, string Interface)
{
    /// <summary>The IA_NA; null without one.</summary>
    public DhclientAssociation? Addresses { get; init; }

    /// <summary>The IA_PD; null without one.</summary>
    public DhclientAssociation? Prefixes { get; init; }

    /// <summary>The options of the REPLY, in the file's order.</summary>
    public ImmutableArray<(ushort Code, ImmutableArray<byte> Data)> Options { get; init; } = [];

    /// <summary>When the last of it ends.</summary>
    public DateTimeOffset Until =>
        (Addresses?.Bindings ?? []).Concat(Prefixes?.Bindings ?? []).Select(one => one.Until).DefaultIfEmpty(DateTimeOffset.MinValue).Max();

    /// <summary>A time and seconds after it; <see cref="DateTimeOffset.MaxValue"/> for an infinite span.</summary>
    public static DateTimeOffset After(DateTimeOffset from, uint seconds) =>
        seconds == uint.MaxValue || DateTimeOffset.MaxValue - from < TimeSpan.FromSeconds(seconds) ? DateTimeOffset.MaxValue : from.AddSeconds(seconds);
}
