using System.Collections.Immutable;
using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client;

/// <summary>How far an acquisition is.</summary>
public enum AcquisitionPhase
{
    /// <summary>DHCPDISCOVER is repeated.</summary>
    Discovering,
    /// <summary>DHCPREQUEST for an offer is repeated.</summary>
    Requesting,
    /// <summary>Granted, the conflict window is open.</summary>
    Probing,
}

/// <summary>
/// Getting a new lease, from DHCPDISCOVER to an address that is free. It makes up the states SELECTING, REQUESTING and
/// PROBING, and it also runs beside a lease that nobody confirms any more.
/// </summary>
public sealed record Dhcp4Acquisition
{
    /// <summary>OFFERs kept while the window is open; more are counted and dropped.</summary>
    public const int MaxOffers = 16;

    /// <summary>DHCPREQUESTs for one offer (RFC 2131 section 3.1 (5): a total delay of 60 s).</summary>
    public const int MaxRequests = 4;

    /// <summary>How far it is.</summary>
    public AcquisitionPhase Phase { get; init; }

    /// <summary>The transaction; a DHCPREQUEST goes on with its OFFER's.</summary>
    public required Dhcp4Exchange Exchange { get; init; }

    /// <summary>secs counts from here; a change of the path does not reset it.</summary>
    public required Instant SecsFrom { get; init; }

    /// <summary>secs of the last DHCPDISCOVER, repeated in the DHCPREQUEST (RFC 2131 section 3.1 (3)).</summary>
    public ushort Secs { get; init; }

    /// <summary>BROADCAST flag of the last DHCPDISCOVER.</summary>
    public bool Broadcast { get; init; }

    /// <summary>Transmissions in this phase.</summary>
    public int Sent { get; init; }

    /// <summary>The next transmission, or the end of the phase.</summary>
    public required Instant SendAt { get; init; }

    /// <summary>Option 50 of the DHCPDISCOVER.</summary>
    public Ipv4Address? Wanted { get; init; }

    /// <summary>Candidates in order of arrival.</summary>
    public ImmutableArray<Dhcp4Reply> Offers { get; init; } = [];

    /// <summary>When the best candidate is taken; Never while there is none.</summary>
    public Instant OffersCloseAt { get; init; } = Instant.Never;

    /// <summary>The offer requested.</summary>
    public Dhcp4Reply? Offer { get; init; }

    /// <summary>When the first DHCPREQUEST (or DHCPDISCOVER, for rapid commit) of this exchange was sent: the lease counts from here.</summary>
    public Instant RequestedAt { get; init; }

    /// <summary>The conflict window; null when none is open.</summary>
    public AddressProbe? Probe { get; init; }

    /// <summary>The lease granted, in <see cref="AcquisitionPhase.Probing"/>.</summary>
    public Dhcp4Lease? Granted { get; init; }

    /// <summary>Beside a lease: an offer of another address is taken as well, and replaces it.</summary>
    public bool MayReplace { get; init; }
}
