using BondDhcp.Net;

namespace BondDhcp.Host.Status;

/// <summary>A slave as <c>status</c> shows it.</summary>
/// <param name="Name">The kernel's name.</param>
internal sealed record SlaveSnapshot(string Name)
{
    /// <summary>Its hardware address; null while it is not there.</summary>
    public MacAddress? Mac { get; init; }

    /// <summary>The bond sends through it.</summary>
    public bool IsActive { get; init; }

    /// <summary>It has a carrier; null while it is not there.</summary>
    public bool? Carrier { get; init; }

    /// <summary>The operational state in the kernel's words; null while it is not there.</summary>
    public string? OperState { get; init; }

    /// <summary>A frame sent through it gets into the network.</summary>
    public bool IsUsable { get; init; }

    /// <summary>The network it leads into, compared with the lease's.</summary>
    public PathClass Network { get; init; }

    /// <summary>Why nobody asks which network it leads into; null where somebody does.</summary>
    public string? NetworkWhy { get; init; }

    /// <summary>How the bond's link monitor sees it: up, going down, down, going back; null where there is no bond.</summary>
    public string? MiiStatus { get; init; }

    /// <summary>Its supplicant; null where it has none.</summary>
    public SupplicantSnapshot? Supplicant { get; init; }

    /// <summary>Why it is not as wanted; null when it is.</summary>
    public string? Why { get; init; }
}

/// <summary>A supplicant as <c>status</c> shows it.</summary>
/// <param name="State">wpa_supplicant's own word, such as COMPLETED or SCANNING.</param>
/// <param name="Ssid">Escaped; null while there is none.</param>
/// <param name="Bssid">The access point; null while there is none.</param>
internal sealed record SupplicantSnapshot(string State, string? Ssid, string? Bssid)
{
    /// <summary>How often it ended, or did not start, and was started again.</summary>
    public int Restarts { get; init; }
}

/// <summary>How often a bond's slave in use changed, and the last time.</summary>
/// <param name="Count">Changes since the daemon watches the bond.</param>
/// <param name="PreviousSlave">The slave in use before; null for none.</param>
/// <param name="Reason">Why it is not in use any more.</param>
/// <param name="WithoutLink">How long there was none in use.</param>
internal sealed record FailoverSnapshot(int Count, string? PreviousSlave, string? Reason, TimeSpan WithoutLink);
