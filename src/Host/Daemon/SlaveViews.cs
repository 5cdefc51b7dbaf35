using System.Collections.Immutable;
using BondDhcp.Bond.Links;
using BondDhcp.Host.Masters;
using BondDhcp.Host.Paths;
using BondDhcp.Host.Runner;
using BondDhcp.Host.Status;

namespace BondDhcp.Host.Daemon;

/// <summary>The slaves of an interface as <c>status</c> shows them, whoever put them there.</summary>
internal static class SlaveViews
{
    /// <summary>Those of our own master, there or not; else those the kernel shows.</summary>
    public static ImmutableArray<SlaveSnapshot> Of(NetworkState network, Supervision supervision, string master)
    {
        if (supervision.Master(master) is { } runner) return [.. runner.Slaves().Select(view => Configured(network, supervision, view))];
        if (!network.Table.TryFind(master, out Link? link) || link is { Bond: null, Kind: not "bridge" }) return [];
        return [.. supervision.Gate.SlavesOf(link).Select(slave => Seen(supervision, slave, link))];
    }

    private static SlaveSnapshot Configured(NetworkState network, Supervision supervision, SlaveView view)
    {
        SupplicantSnapshot? supplicant = InterfaceView.SupplicantOf(supervision, view.Name);
        if (!network.Table.Links.TryGetValue(view.Index, out Link? link))
            return new SlaveSnapshot(view.Name) { Why = view.Why.Length > 0 ? view.Why : "the interface is not there", Supplicant = supplicant };
        return Facts(supervision, view.Name, link) with
        {
            IsActive = view.IsActive,
            MiiStatus = view.MiiStatus,
            Supplicant = supplicant,
            Why = view.Why.Length > 0 ? view.Why : null,
        };
    }

    private static SlaveSnapshot Seen(Supervision supervision, Link slave, Link master)
    {
        PathView path = supervision.Gate.LookAtDevice(slave);
        return Facts(supervision, slave.Name, slave) with
        {
            IsActive = master.Bond?.ActiveSlave == slave.Index,
            MiiStatus = MasterRunner.MiiStatusOf(slave),
            Supplicant = InterfaceView.SupplicantOf(supervision, slave.Name),
            Why = path.Usable ? null : path.Why,
        };
    }

    private static SlaveSnapshot Facts(Supervision supervision, string name, Link link) => new(name)
    {
        Mac = link.Mac,
        Carrier = link.Carrier,
        OperState = InterfaceReports.OperStateOf(link),
        IsUsable = supervision.Gate.LookAtDevice(link).Usable,
        Network = supervision.ClassOf(link),
    };
}
