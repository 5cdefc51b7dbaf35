using System.Collections.Immutable;
using BondDhcp.Bond.Links;
using BondDhcp.Net;

namespace BondDhcp.Bond.Wpa;

/// <summary>How far we are with a supplicant.</summary>
public enum WpaPresence
{
    /// <summary>None is there.</summary>
    Absent,
    /// <summary>One answers, and has not told its state yet.</summary>
    Attaching,
    /// <summary>It tells what happens.</summary>
    Attached,
    /// <summary>It was there and ended, or does not answer.</summary>
    Gone,
}

/// <summary>What is known of an interface's supplicant at present.</summary>
public sealed record WpaView
{
    /// <summary>Nothing is known.</summary>
    public static readonly WpaView Nothing = new();

    /// <summary>Whether it is there.</summary>
    public WpaPresence Presence { get; init; }

    /// <summary>wpa_state; what it last was when the supplicant is gone.</summary>
    public WpaState WpaState { get; init; }

    /// <summary>The network's name as text fit for a terminal; null when there is none.</summary>
    public string? Ssid { get; init; }

    /// <summary>The octets of the network's name.</summary>
    public ImmutableArray<byte>? SsidOctets { get; init; }

    /// <summary>The access point; null on a wire.</summary>
    public MacAddress? Bssid { get; init; }

    /// <summary>key_mgmt in the supplicant's words.</summary>
    public string? KeyMgmt { get; init; }

    /// <summary>The network grants access by an EAP exchange.</summary>
    public bool IsEap { get; init; }

    /// <summary>Who we said we are in it; null when unknown.</summary>
    public string? EapIdentity { get; init; }

    /// <summary>The interface is a wire.</summary>
    public bool IsWired { get; init; }

    /// <summary>Associated with all keys in place; on a wire: the port is authorised.</summary>
    public bool IsAuthorised { get; init; }

    /// <summary>On a wire: somebody there spoke 802.1X since the carrier came.</summary>
    public bool SawEapol { get; init; }

    /// <summary>
    /// Grows with each association, roaming and authorisation. While it is the same, the path through this interface is
    /// the same as far as the supplicant knows.
    /// </summary>
    public int PathGeneration { get; init; }

    /// <summary>Why frames do not pass, in words for <c>status</c>; null when they do.</summary>
    public string? Why { get; init; }

    /// <summary>For <c>status</c> and the journal: wpa_state in the supplicant's word, or absent, attaching, gone.</summary>
    public string State => Presence switch
    {
        WpaPresence.Attached => WpaStatus.NameOf(WpaState),
        WpaPresence.Attaching => "attaching",
        WpaPresence.Gone => "gone",
        _ => "absent",
    };

    /// <summary>Access was granted to an identity that is proven, not to a hardware address.</summary>
    public bool AuthenticatedByEap => IsEap && IsAuthorised;

    /// <summary>
    /// As far as the supplicant knows, ordinary frames pass. On a wire also where nobody asks for authentication, and
    /// while the supplicant is away: the switch's port stays as it was.
    /// </summary>
    public bool PermitsFrames => IsWired ? IsAuthorised || !SawEapol : Presence == WpaPresence.Attached && IsAuthorised;

    /// <summary>The gate for DHCP through a link that has a supplicant: both it and the kernel must have it open.</summary>
    public bool IsOpen(Link link) => link.IsUsable && PermitsFrames;
}
