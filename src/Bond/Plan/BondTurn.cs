using BondDhcp.Bond.Links;
using BondDhcp.Net;

namespace BondDhcp.Bond.Plan;

/// <summary>
/// One step of a plan: what changed since the last one is told, then the first thing that is not as wanted, and may be
/// tried now, becomes the act.
/// </summary>
internal sealed partial class BondTurn(BondPlan plan, BondObserved observed, Instant now)
{
    private readonly List<Report> _reports = [];
    private readonly List<string> _problems = [];
    private readonly List<RebuildNeed> _rebuild = [];
    private readonly HashSet<string> _told = [];
    private readonly Dictionary<string, string> _slaveProblems = [];
    private BondPlan _plan = plan;
    private Instant _deadline = Instant.Never;
    private string? _failure;

    private MasterSettings Settings => _plan.Settings;

    private Link? Master => observed.Master;

    public BondStep Take()
    {
        Observe();
        BondAct? act = _plan.Pending is null ? Decide() : null;
        Conclude(act);
        return new BondStep(_plan, act, [.. _reports]);
    }

    private BondAct? Decide()
    {
        if (_plan.IsStopping) return Dismantle();
        if (Master is not { } master) return Make();
        if (WhyNotOurKind(master) is { } why)
        {
            _failure = why;
            return null;
        }
        // Every part is looked at, so that status tells of all that is not as wanted; the first act is the one.
        BondAct? act = AdjustOptions(master);
        act = Prefer(act, AdjustSlaves(master));
        act = Prefer(act, AdjustPrimary(master));
        act = Prefer(act, AdjustUp(master));
        return Prefer(act, AdjustSelection(master));
    }

    private static BondAct? Prefer(BondAct? first, BondAct? second) => first ?? second;

    private BondAct? Make()
    {
        if (Settings.Kind == MasterKind.Existing) return null;
        if (Settings.Kind == MasterKind.Bond && !observed.HasBonding && !_plan.DriverAsked) return new BondAct.LoadDriver();
        // Options that depend on slaves come when these are there.
        var create = new BondAct.Create(Settings.Name, Settings.Kind, [.. Settings.WantedOptions.Select(Present)]);
        if (May(create, master: true)) return create;
        _failure = WhyNot(create) ?? _failure;
        return null;
    }

    private string? WhyNotOurKind(Link master) => Settings.Kind switch
    {
        MasterKind.Bond when master.Bond is null => $"{Settings.Name} is there and is no bond{Kinded(master)}",
        MasterKind.Bridge when master.Kind != "bridge" => $"{Settings.Name} is there and is no bridge{Kinded(master)}",
        _ => null,
    };

    private static string Kinded(Link link) => link.Kind is { } kind ? $" but a {kind}" : "";

    private BondAct.SetUp? AdjustUp(Link master)
    {
        if (master.IsUp || _plan.FollowsDown) return null;
        var act = new BondAct.SetUp(master.Index, master.Name);
        return May(act, master: true) ? act : null;
    }

    /// <summary>True when the budget allows it now; otherwise the deadline is moved, or the contest named.</summary>
    private bool May(BondAct act, bool master = false)
    {
        string key = act.Key;
        if (!_plan.Budget.IsContested(key) && _plan.Budget.IsExhausted(key, now)) _plan = _plan with { Budget = _plan.Budget.Contest(key) };
        if (_plan.Budget.IsContested(key))
        {
            string why = FormattableString.Invariant(
                $"contested: {Describe(act)} was done {ActBudget.MaxActs} times within {ActBudget.Window.TotalSeconds} s and undone by somebody else");
            if (master) _failure ??= why;
            Problem(why);
            return false;
        }
        if (_plan.Budget.Refusal(key) is { } refusal) Problem($"{Describe(act)}: {refusal}");
        if (_plan.Budget.NextAt(key) <= now) return true;
        Wake(_plan.Budget.NextAt(key));
        return false;
    }

    private string? WhyNot(BondAct act) => _plan.Budget.Refusal(act.Key) is { } refusal ? $"{Describe(act)}: {refusal}" : null;

    private void Wake(Instant at) => _deadline = Instant.Min(_deadline, at);

    /// <summary>Something that is not as wanted: in status as long as it holds, in the journal once.</summary>
    private void Problem(string message)
    {
        if (!_problems.Contains(message)) _problems.Add(message);
        TellOnce(message);
    }

    private void SlaveProblem(string slave, string why)
    {
        _slaveProblems.TryAdd(slave, why);
        TellOnce($"{slave}: {why}", slave);
    }

    private void TellOnce(string message, string? slave = null)
    {
        _told.Add(message);
        if (!_plan.Told.Contains(message)) Tell("warning", ("slave", slave), ("message", message));
    }

    private void Tell(string name, params ReadOnlySpan<(string, object?)> fields) => _reports.Add(Report.Of(name, fields));

    private void Conclude(BondAct? act)
    {
        if (act is not null) Note(act);
        (MasterState state, string why) = Summarise();
        _plan = _plan with
        {
            Seen = observed,
            Expected = _plan.Pending is null || act is not null ? null : _plan.Expected,
            Pending = act ?? _plan.Pending,
            State = state,
            Why = why,
            SlaveProblems = _slaveProblems,
            NeedsRebuild = [.. _rebuild],
            Told = [.. _told],
            NextDeadline = _deadline,
        };
    }

    private (MasterState, string) Summarise()
    {
        if (_failure is not null) return (MasterState.Failed, _failure);
        if (_plan.IsStopping) return Dismantled ? (MasterState.Stopped, "") : (MasterState.Waiting, "being taken down");
        if (Master is not { } master) return (MasterState.Waiting, $"{Settings.Name} is not there");
        if (master.Bond is not null && !observed.Members.Any()) return (MasterState.Waiting, "no slave");
        if (!master.IsUp) return (MasterState.Waiting, $"{Settings.Name} is down");
        if (master.Bond is { Mode: BondState.ActiveBackup, ActiveSlave: 0 }) return (MasterState.Waiting, "no slave has a link");
        return (MasterState.Running, string.Join("; ", _problems));
    }

    /// <summary>Notes an act that is about to be carried out.</summary>
    private void Note(BondAct act)
    {
        _plan = act switch
        {
            BondAct.LoadDriver => _plan with { DriverAsked = true },
            // The first one is no answer to anybody.
            BondAct.Create => _plan with
            {
                Budget = _plan.HasBeenThere ? _plan.Budget.Taken(act.Key, now) : _plan.Budget,
                Owned = _plan.Owned with { Created = MasterOwnership.BeingMade },
            },
            BondAct.Enslave enslave => _plan with { Budget = _plan.Budget.Taken(act.Key, now), Owned = Owning(enslave) },
            BondAct.SetActive { Enforced: false } or BondAct.Reselect => _plan with { Budget = _plan.Budget.Damped(act.Key, now, s_selectDelay) },
            BondAct.SetOptions { Settings: [var one] } when one.Option == BondOptionTable.PeerNotifications =>
                _plan with { Budget = _plan.Budget.Damped(act.Key, now, s_peerNotificationsDelay) },
            _ => _plan with { Budget = _plan.Budget.Taken(act.Key, now) },
        };
    }

    private MasterOwnership Owning(BondAct.Enslave act)
    {
        Link link = observed.Find(act.Slave)!.Link;
        // One that a master's deletion set down is put back at last as it was before the first time.
        OwnedSlave owned = _plan.Owned.Find(act.Slave) ?? new OwnedSlave(act.Slave, act.Name, link.IsUp, link.Mtu);
        return _plan.Owned with { Slaves = _plan.Owned.Slaves.RemoveAll(slave => slave.Index == act.Slave).Add(owned) };
    }

    private static string Describe(BondAct act) => act switch
    {
        BondAct.LoadDriver => "loading the bonding driver",
        BondAct.Create create => $"making {create.Name}",
        BondAct.SetOptions options => "setting " + string.Join(", ", options.Settings.Select(setting => setting.ToString())),
        BondAct.SetUp up => $"setting {up.Name} up",
        BondAct.SetDown down => $"setting {down.Name} down",
        BondAct.Enslave enslave => $"enslaving {enslave.Name}",
        BondAct.Release release => $"releasing {release.Name}",
        BondAct.SetPrimary { Slave: 0 } => "having no primary",
        BondAct.SetPrimary primary => $"making {primary.Name} the primary",
        BondAct.SetActive active => $"changing to {active.Name}",
        BondAct.Reselect reselect => $"selecting {reselect.Name} again",
        BondAct.Delete delete => $"deleting {delete.Name}",
        _ => throw new ArgumentOutOfRangeException(nameof(act)),
    };
}
