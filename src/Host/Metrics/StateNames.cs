using BondDhcp.Bond.Wpa;

namespace BondDhcp.Host.Metrics;

/// <summary>The states there are: a state that is not the present one has a sample, too, with the value 0.</summary>
internal static class StateNames
{
    /// <summary>Of components.</summary>
    public static readonly string[] OfComponents = ["running", "waiting", "stopped", "failed"];

    /// <summary>Of what is known of a slave's network.</summary>
    public static readonly string[] OfNetworks = ["same", "unknown", "different"];

    /// <summary>Of a client of DHCPv4.</summary>
    public static readonly string[] OfDhcp4 =
    [
        "stopped", "waiting", "selecting", "requesting", "probing", "bound", "verifying", "renewing", "rebinding", "rebooting", "declineWait", "nakBackoff",
        "v6only", "releasing",
    ];

    /// <summary>Of a client of DHCPv6.</summary>
    public static readonly string[] OfDhcp6 =
    [
        "stopped", "waiting", "soliciting", "requesting", "confirming", "bound", "renewing", "rebinding", "declining", "releasing", "informationRequesting",
        "informationBound",
    ];

    /// <summary>Of wpa_supplicant, and what stands for it where it does not answer.</summary>
    public static readonly string[] OfSupplicants = ["absent", "attaching", "gone", .. Enum.GetValues<WpaState>().Select(WpaStatus.NameOf)];
}
