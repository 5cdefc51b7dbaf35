using BondDhcp.Bond.Links;

namespace BondDhcp.Bond.Linux;

/// <summary>What netlink does not say of a device: whether it is wireless, whether udev has finished with it, whether there is a bonding driver.</summary>
public sealed class DeviceHints
{
    private const string UdevControl = "/run/udev/control";
    private const string UdevData = "/run/udev/data/n";
    private const string Devices = "/sys/class/net";
    private const string BondingModule = "/sys/module/bonding";

    private readonly bool _hasUdev;

    /// <summary>Looks whether udev is responsible for this network namespace, which is the first process's.</summary>
    public DeviceHints() => _hasUdev = File.Exists(UdevControl) && IsFirstNamespace();

    /// <summary>The kernel has the bonding driver, loaded or built in.</summary>
    public static bool HasBonding => Directory.Exists(BondingModule);

    /// <summary>udev knows the device and has applied its rules, its name among them; true where there is no udev.</summary>
    public bool IsInitialized(int interfaceIndex) =>
        !_hasUdev || File.Exists(FormattableString.Invariant($"{UdevData}{interfaceIndex}"));

    /// <summary>A Wi-Fi device.</summary>
    public static bool IsWireless(Link link)
    {
        string device = Path.Combine(Devices, link.Name);
        return Path.Exists(Path.Combine(device, "phy80211")) || Path.Exists(Path.Combine(device, "wireless"));
    }

    /// <summary>A device that is seen and is no Wi-Fi device.</summary>
    public static bool IsWired(Link link) => Path.Exists(Path.Combine(Devices, link.Name)) && !IsWireless(link);

    // Events about devices are sent to their own namespace, where no udev listens.
    private static bool IsFirstNamespace()
    {
        string? ours = new FileInfo("/proc/thread-self/ns/net").LinkTarget;
        string? first = ReadLink("/proc/1/ns/net");
        return first is null || first == ours;
    }

    private static string? ReadLink(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
