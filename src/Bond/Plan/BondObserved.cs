using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using BondDhcp.Bond.Links;

namespace BondDhcp.Bond.Plan;

/// <summary>What is known of a device beside netlink's description of it.</summary>
/// <param name="IsInitialized">udev has finished with it, or there is no udev.</param>
/// <param name="IsWireless">It is a Wi-Fi device.</param>
/// <param name="IsUsable">It can carry the traffic of the bond: link, authentication.</param>
/// <param name="Why">Why it cannot; empty when it can.</param>
public readonly record struct DeviceFacts(bool IsInitialized, bool IsWireless, bool IsUsable, string Why);

/// <summary>A device with what is known of it.</summary>
/// <param name="Link">As netlink describes it.</param>
/// <param name="Facts">The rest.</param>
public sealed record ObservedDevice(Link Link, DeviceFacts Facts)
{
    /// <summary>ifindex.</summary>
    public int Index => Link.Index;

    /// <summary>The name at present.</summary>
    public string Name => Link.Name;

    /// <summary>The name of its master; null where it has none, or one that is not known.</summary>
    public string? MasterName { get; init; }
}

/// <summary>What the kernel shows of one master and of what is, or should be, its slaves. Immutable.</summary>
public sealed record BondObserved
{
    /// <summary>The link with the master's name; null while there is none.</summary>
    public Link? Master { get; init; }

    /// <summary>Configured slaves that are there, and everything that has the master as its master.</summary>
    public ImmutableArray<ObservedDevice> Devices { get; init; } = [];

    /// <summary>The kernel has the bonding driver.</summary>
    public bool HasBonding { get; init; } = true;

    /// <summary>The master's slaves, in the order of their indices.</summary>
    public IEnumerable<ObservedDevice> Members => Master is { } master ? Devices.Where(device => device.Link.MasterIndex == master.Index) : [];

    /// <summary>Looks at a table of links.</summary>
    /// <param name="table">The links.</param>
    /// <param name="settings">What is wanted, for the names.</param>
    /// <param name="hasBonding">The kernel has the bonding driver.</param>
    /// <param name="facts">What else is known of a device.</param>
    public static BondObserved Of(LinkTable table, MasterSettings settings, bool hasBonding, Func<Link, DeviceFacts> facts)
    {
        table.TryFind(settings.Name, out Link? master);
        List<ObservedDevice> devices = [];
        foreach (SlaveSettings slave in settings.Slaves)
            if (table.TryFind(slave.Name, out Link? link)) Observe(link);
        foreach (Link link in table.Links.Values)
            if (master is not null && link.MasterIndex == master.Index) Observe(link);
        return new BondObserved
        {
            Master = master,
            Devices = [.. devices.OrderBy(device => device.Index)],
            HasBonding = hasBonding,
        };

        void Observe(Link link)
        {
            if (devices.Any(device => device.Index == link.Index)) return;
            devices.Add(new ObservedDevice(link, facts(link)) { MasterName = table.Links.GetValueOrDefault(link.MasterIndex)?.Name });
        }
    }

    /// <summary>The device of a configured slave.</summary>
    public bool TryFind(string name, [NotNullWhen(true)] out ObservedDevice? device)
    {
        device = null;
        foreach (ObservedDevice candidate in Devices)
        {
            if (candidate.Name == name)
            {
                device = candidate;
                return true;
            }
            if (candidate.Link.IsNamed(name)) device = candidate;
        }
        return device is not null;
    }

    /// <summary>The device with this index; null when it is not there.</summary>
    public ObservedDevice? Find(int index)
    {
        foreach (ObservedDevice candidate in Devices)
            if (candidate.Index == index) return candidate;
        return null;
    }
}
