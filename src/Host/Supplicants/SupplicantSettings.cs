namespace BondDhcp.Host.Supplicants;

/// <summary>What the configuration says of an interface's supplicant.</summary>
/// <param name="InterfaceName">The interface.</param>
/// <param name="ConfigurationFile">Absolute path of its wpa_supplicant.conf.</param>
/// <param name="Driver">Drivers to try, separated by commas.</param>
internal sealed record SupplicantSettings(string InterfaceName, string ConfigurationFile, string Driver)
{
    /// <summary>What wireless devices of today and of yesterday need.</summary>
    public const string DefaultDriver = "nl80211,wext";

    /// <summary>The driver that does 802.1X on a wire.</summary>
    public const string WiredDriver = "wired";

    /// <summary>The interface is a wire.</summary>
    public bool IsWired => Driver == WiredDriver;
}
