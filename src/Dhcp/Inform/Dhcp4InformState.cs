using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Inform;

/// <summary>Where a client that asks by DHCPINFORM is (RFC 2131 section 4.4.3). Named as the states of a client with a lease.</summary>
public abstract record Dhcp4InformState
{
    private Dhcp4InformState()
    {
    }

    /// <summary>The name in JSON and in the journal.</summary>
    public abstract string Name { get; }

    /// <summary>Not started, stopped, or idle after a release.</summary>
    /// <param name="Why">Shown.</param>
    public sealed record Stopped(string Why) : Dhcp4InformState
    {
        /// <inheritdoc/>
        public override string Name => "stopped";
    }

    /// <summary>Without an address, or without a link.</summary>
    /// <param name="Why">Shown.</param>
    public sealed record Waiting(string Why) : Dhcp4InformState
    {
        /// <inheritdoc/>
        public override string Name => "waiting";
    }

    /// <summary>DHCPINFORM is sent until a server answers; what one said before stays in force meanwhile.</summary>
    /// <param name="Asking">The exchange.</param>
    /// <param name="Again">A server has answered before.</param>
    public sealed record Requesting(Dhcp4InformExchange Asking, bool Again) : Dhcp4InformState
    {
        /// <inheritdoc/>
        public override string Name => Again ? "renewing" : "requesting";
    }

    /// <summary>A server has answered.</summary>
    /// <param name="RefreshAt">When it is asked again.</param>
    public sealed record Bound(Instant RefreshAt) : Dhcp4InformState
    {
        /// <inheritdoc/>
        public override string Name => "bound";
    }
}

/// <summary>DHCPINFORM under way.</summary>
/// <param name="Exchange">Its xid and chaddrs.</param>
/// <param name="Sent">How often it was sent.</param>
/// <param name="SendAt">When it is sent next.</param>
/// <param name="SecsFrom">Where secs counts from.</param>
public sealed record Dhcp4InformExchange(Dhcp4Exchange Exchange, int Sent, Instant SendAt, Instant SecsFrom);

/// <summary>What a server said.</summary>
/// <param name="Reply">Its DHCPACK; as address it has the one that was asked for.</param>
/// <param name="Chaddr">The hardware address it was asked with.</param>
/// <param name="At">When it came.</param>
public sealed record Dhcp4Information(Dhcp4Reply Reply, MacAddress Chaddr, Instant At);
