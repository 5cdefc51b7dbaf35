using System.Collections.Immutable;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Plan;
using BondDhcp.Host.Runner;

namespace BondDhcp.Host.Masters;

/// <summary>What <c>status</c> shows of a master.</summary>
internal sealed partial class MasterRunner
{
    /// <summary><c>stopped</c>, <c>waiting</c>, <c>running</c> or <c>failed</c>.</summary>
    public string State => Fault is not null ? "failed" : !_started ? "stopped" : Plan.State switch
    {
        MasterState.Running => "running",
        MasterState.Failed => "failed",
        MasterState.Stopped => "stopped",
        _ => "waiting",
    };

    /// <summary>Why it is not running, or what is not as wanted although it is; empty when all is well.</summary>
    public string Why => Fault ?? Plan.Why;

    /// <summary>The master as netlink last described it; null while it is not there.</summary>
    public Link? Link => _network.Table.TryFind(Settings.Name, out Link? link) ? link : null;

    /// <summary>The slave in use; null for none.</summary>
    public string? ActiveSlave => NameOf(Link?.Bond?.ActiveSlave ?? 0);

    /// <summary>Failovers: how many, the slave before, why it was left, when, and how long there was no link.</summary>
    public FailoverRecord Failovers => Plan.Failovers;

    /// <summary>Options that would need the bond to be made anew.</summary>
    public ImmutableArray<RebuildNeed> NeedsRebuild => Plan.NeedsRebuild;

    /// <summary>A slave that is wanted no longer is still in it and will be taken out.</summary>
    public bool IsLeaving(string slave) =>
        _started && Link is { } master && _network.Table.TryFind(slave, out Link? link) && link.MasterIndex == master.Index
        && Plan.Releases(slave, link.Index);

    /// <summary>Configured slaves, there or not, and then those that others put in.</summary>
    public ImmutableArray<SlaveView> Slaves()
    {
        ImmutableArray<SlaveView>.Builder views = ImmutableArray.CreateBuilder<SlaveView>();
        Link? master = Link;
        HashSet<int> shown = [];
        foreach (SlaveSettings slave in Settings.Slaves)
        {
            string problem = Plan.SlaveProblems.GetValueOrDefault(slave.Name, "");
            if (_network.Table.TryFind(slave.Name, out Link? link)) shown.Add(link.Index);
            views.Add(link is null ? new SlaveView(slave.Name) { Why = problem } : ViewOf(slave.Name, link, master, problem));
        }
        if (master is not null)
        {
            foreach (Link link in _network.Table.Links.Values.Where(link => link.MasterIndex == master.Index).OrderBy(link => link.Index))
                if (shown.Add(link.Index)) views.Add(ViewOf(link.Name, link, master, ""));
        }
        return views.ToImmutable();
    }

    private SlaveView ViewOf(string name, Link link, Link? master, string problem)
    {
        (bool usable, string why) = _usability(link);
        return new SlaveView(name)
        {
            Index = link.Index,
            IsMember = master is not null && link.MasterIndex == master.Index,
            Mac = link.Mac,
            IsActive = master?.Bond is { } bond && bond.ActiveSlave == link.Index,
            Carrier = link.Carrier,
            OperState = InterfaceReports.OperStateOf(link),
            IsUsable = usable,
            MiiStatus = MiiStatusOf(link),
            LinkFailures = link.BondSlave?.LinkFailureCount ?? 0,
            Why = problem.Length > 0 ? problem : why,
        };
    }

    /// <summary>What the bond's monitor says of a slave, in the words of /proc/net/bonding; null where it is no bond's.</summary>
    public static string? MiiStatusOf(Link slave) =>
        slave.BondSlave?.MiiStatus switch { 0 => "up", 1 => "going down", 2 => "down", 3 => "going back", _ => null };

    private string? NameOf(int index) => _network.Table.Links.TryGetValue(index, out Link? link) ? link.Name : null;
}
