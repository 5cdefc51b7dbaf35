using BondDhcp.Bond.Links;
using BondDhcp.Bond.Linux;
using BondDhcp.Host.Configuration;

namespace BondDhcp.Host.Import.Running;

/// <summary>The slaves of bonds and the ports of bridges: no client is wanted on them, addresses are the master's.</summary>
internal sealed class SlaveLinks
{
    private readonly Dictionary<string, string> _masters = [];

    /// <summary>As the configuration wants them, else as the kernel has them.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="links">What the kernel has.</param>
    public SlaveLinks(DaemonConfiguration configuration, IReadOnlyList<Link> links)
    {
        foreach (InterfaceConfiguration one in configuration.Interfaces)
            if (one.Master is { } master)
                foreach (BondDhcp.Bond.Plan.SlaveSettings slave in master.Slaves) _masters.TryAdd(slave.Name, one.Name);
        foreach (Link link in links)
        {
            if (link.MasterIndex == 0) continue;
            // A member of a VRF is enslaved as well, and has addresses of its own.
            foreach (Link master in links)
                if (master.Index == link.MasterIndex && master.Kind is ("bond" or "bridge")) _masters.TryAdd(link.Name, master.Name);
        }
    }

    /// <summary>The interfaces of this network namespace.</summary>
    public static IReadOnlyList<Link> Here()
    {
        using RtnlSocket rtnl = RtnlSocket.Open();
        List<Link> links = [];
        rtnl.ReadLinks(links);
        return links;
    }

    /// <summary>The master of an interface; null for one that is no slave.</summary>
    public string? MasterOf(string interfaceName) => _masters.GetValueOrDefault(interfaceName);

    /// <summary>The slaves whose master is in the configuration.</summary>
    public IReadOnlyList<string> Of(DaemonConfiguration configuration)
    {
        List<string> names = [];
        foreach ((string slave, string master) in _masters)
            if (configuration.Find(master) is not null) names.Add(slave);
        return names;
    }
}
