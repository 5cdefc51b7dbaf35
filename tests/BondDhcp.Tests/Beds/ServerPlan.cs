namespace BondDhcp.Tests.Beds;

/// <summary>The twelve server configurations on which a lease must outlive a MAC change.</summary>
public enum ServerConfiguration
{
    DnsmasqDefault,
    DnsmasqIgnoreClientId,
    DnsmasqHost,
    IscDefault,
    IscIgnoreClientUids,
    IscHost,
    KeaDefault,
    KeaAuthoritative,
    KeaMatchClientIdFalse,
    KeaReservation,
    UdhcpdDefault,
    UdhcpdStaticLease,
}

/// <summary>What a server hands out.</summary>
public sealed record ServerPlan
{
    /// <summary>The server's address and identifier unless said otherwise.</summary>
    public const string DefaultAddress = "192.0.2.1";

    /// <summary>The default gateway: the server's host, but not under the server's address, which a successor does not keep.</summary>
    public const string DefaultRouter = "192.0.2.254";

    /// <summary>What configurations with a host entry give to MAC A.</summary>
    public const string ReservedAddress = "192.0.2.150";

    public string Address { get; init; } = DefaultAddress;

    public string PoolFirst { get; init; } = "192.0.2.50";

    public string PoolLast { get; init; } = "192.0.2.99";

    /// <summary>A former pool, "first last". ISC dhcpd is silent about addresses in its subnet that it has never heard of, and refuses these.</summary>
    public string? Retired { get; init; }

    public string Router { get; init; } = DefaultRouter;

    /// <summary>dnsmasq grants nothing shorter than 120 s, and takes -1 for infinite.</summary>
    public int LeaseSeconds { get; init; } = 600;

    /// <summary>Refuses what it does not know instead of staying silent, where that is an option of the server.</summary>
    public bool Authoritative { get; init; }

    /// <summary>RFC 4039; dnsmasq only.</summary>
    public bool RapidCommit { get; init; }

    /// <summary>Lines of the server's own configuration language added at its end (Kea: members of Dhcp4, each after a comma).</summary>
    public string Extra { get; init; } = "";
}
