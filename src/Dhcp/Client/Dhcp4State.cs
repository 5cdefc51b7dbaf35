using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client;

/// <summary>
/// The states of RFC 2131 figure 5 and the waits between them. Each holds only what belongs to it; what several states
/// share (the lease in force, announcements, the gateway probe) is the client's.
/// </summary>
public abstract record Dhcp4State
{
    private Dhcp4State()
    {
    }

    /// <summary>The name in JSON and in the journal.</summary>
    public abstract string Name { get; }

    /// <summary>Not started, stopped, or idle after a release.</summary>
    /// <param name="Why">Shown.</param>
    public sealed record Stopped(string Why) : Dhcp4State
    {
        /// <inheritdoc/>
        public override string Name => "stopped";
    }

    /// <summary>Started, but the link cannot carry a frame.</summary>
    /// <param name="Why">Shown.</param>
    public sealed record Waiting(string Why) : Dhcp4State
    {
        /// <inheritdoc/>
        public override string Name => "waiting";
    }

    /// <summary>DHCPDISCOVER sent, OFFERs are collected.</summary>
    public sealed record Selecting(Dhcp4Acquisition Acquisition) : Dhcp4State
    {
        /// <inheritdoc/>
        public override string Name => "selecting";
    }

    /// <summary>DHCPREQUEST for an offer sent.</summary>
    public sealed record Requesting(Dhcp4Acquisition Acquisition) : Dhcp4State
    {
        /// <inheritdoc/>
        public override string Name => "requesting";
    }

    /// <summary>Granted, and being checked for another owner before use (RFC 5227).</summary>
    public sealed record Probing(Dhcp4Acquisition Acquisition) : Dhcp4State
    {
        /// <inheritdoc/>
        public override string Name => "probing";
    }

    /// <summary>A stored lease, not configured, is being confirmed (INIT-REBOOT).</summary>
    public sealed record Rebooting(Dhcp4Lease Stored, Dhcp4Verification Verification) : Dhcp4State
    {
        /// <inheritdoc/>
        public override string Name => "rebooting";
    }

    /// <summary>The lease is in force.</summary>
    public sealed record Bound : Dhcp4State
    {
        /// <summary>The only value.</summary>
        public static readonly Bound Instance = new();

        /// <inheritdoc/>
        public override string Name => "bound";
    }

    /// <summary>The lease is in force, the path to its server changed, and the server is asked.</summary>
    public sealed record Verifying(Dhcp4Verification Verification) : Dhcp4State
    {
        /// <inheritdoc/>
        public override string Name => "verifying";
    }

    /// <summary>Past T1: the granting server is asked to extend.</summary>
    public sealed record Renewing(Dhcp4Extension Extension) : Dhcp4State
    {
        /// <inheritdoc/>
        public override string Name => "renewing";
    }

    /// <summary>Past T2: any server is asked to extend.</summary>
    public sealed record Rebinding(Dhcp4Extension Extension) : Dhcp4State
    {
        /// <inheritdoc/>
        public override string Name => "rebinding";
    }

    /// <summary>An address was declined; the next attempt waits (RFC 2131 section 3.1 (5)).</summary>
    public sealed record DeclineWait(Instant Until) : Dhcp4State
    {
        /// <inheritdoc/>
        public override string Name => "declineWait";
    }

    /// <summary>A server refused; the next attempt waits.</summary>
    public sealed record NakBackoff(Instant Until) : Dhcp4State
    {
        /// <inheritdoc/>
        public override string Name => "nakBackoff";
    }

    /// <summary>The network prefers IPv6 only (RFC 8925 section 3.2).</summary>
    public sealed record V6OnlyWait(Instant Until) : Dhcp4State
    {
        /// <inheritdoc/>
        public override string Name => "v6only";
    }

    /// <summary>DHCPRELEASE is on its way; the address stays until the kernel had the time to resolve its next hop.</summary>
    public sealed record Releasing(Instant Until) : Dhcp4State
    {
        /// <inheritdoc/>
        public override string Name => "releasing";
    }

    /// <summary>The acquisition of the states that have one; null in the others.</summary>
    public Dhcp4Acquisition? AcquisitionInState => this switch
    {
        Selecting selecting => selecting.Acquisition,
        Requesting requesting => requesting.Acquisition,
        Probing probing => probing.Acquisition,
        _ => null,
    };

    /// <summary>The verification of the states that have one; null in the others.</summary>
    public Dhcp4Verification? VerificationInState => this switch
    {
        Rebooting rebooting => rebooting.Verification,
        Verifying verifying => verifying.Verification,
        _ => null,
    };

    /// <summary>The extension of the states that have one; null in the others.</summary>
    public Dhcp4Extension? ExtensionInState => this switch
    {
        Renewing renewing => renewing.Extension,
        Rebinding rebinding => rebinding.Extension,
        _ => null,
    };
}
