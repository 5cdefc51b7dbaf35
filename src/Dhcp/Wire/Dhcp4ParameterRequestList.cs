using System.Collections.Immutable;

namespace BondDhcp.Dhcp.Wire;

/// <summary>Option 55: what a server is asked for, in order of preference.</summary>
public static class Dhcp4ParameterRequestList
{
    /// <summary>
    /// Mask, classless routes before static routes and routers (RFC 3442 wants 121 first), DNS, domain, search list, MTU,
    /// broadcast, NTP, T1, T2.
    /// </summary>
    public static readonly ImmutableArray<byte> Default = [1, 121, 3, 33, 6, 15, 119, 26, 28, 42, 58, 59];

    /// <summary>What is only reported: time zone (RFC 4833), captive portal (RFC 8910), encrypted resolvers (RFC 9463).</summary>
    public static readonly ImmutableArray<byte> Reported = [100, 101, 114, 162];

    /// <summary>IPv6-only preferred (RFC 8925): asked for only where the interface can do without IPv4.</summary>
    public const byte Ipv6OnlyPreferred = 108;

    /// <summary>
    /// Under the anonymity profile (RFC 7844 section 3.6, as few as possible): mask, routers, DNS servers, domain, classless
    /// routes, what nearly every client asks for and no connection does without.
    /// </summary>
    public static readonly ImmutableArray<byte> Anonymous = [1, 3, 6, 15, 121];

    /// <summary>The list of the anonymity profile, with option 108 where wanted, and then what the configuration asks for beside.</summary>
    public static ImmutableArray<byte> ForAnonymous(bool ipv6Only, IEnumerable<byte> beside) =>
        [.. Anonymous.Concat(ipv6Only ? [Ipv6OnlyPreferred] : []).Concat(beside).Distinct()];

    /// <summary>The default list and what is reported, with option 108 where wanted, and then what the configuration asks for beside.</summary>
    public static ImmutableArray<byte> For(bool ipv6Only, IEnumerable<byte>? beside = null) =>
        [.. Default.Concat(Reported).Concat(ipv6Only ? [Ipv6OnlyPreferred] : []).Concat(beside ?? []).Distinct()];
}
