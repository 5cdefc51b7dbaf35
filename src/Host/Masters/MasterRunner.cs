using BondDhcp.Bond.Links;
using BondDhcp.Bond.Linux;
using BondDhcp.Bond.Netlink;
using BondDhcp.Bond.Plan;
using BondDhcp.Host.Loop;
using BondDhcp.Host.Runner;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Masters;

/// <summary>
/// Runs the plan of one bond or bridge: what the kernel shows becomes observations, what the plan decides is carried
/// out, and its echo is taken in before the plan is asked again. Called on the loop's thread only.
/// </summary>
internal sealed partial class MasterRunner : IDisposable
{
    private const string Source = "master";

    // An act is one change towards what is wanted; a plan that wants more of them in one go turns in circles.
    private const int MaxActsPerTurn = 64;

    private static readonly TimeSpan s_faultDelay = TimeSpan.FromSeconds(1);

    // What fails twice in the same place fails for ever: who waits for the end is told of it.
    private const int MaxFaultsWhileStopping = 2;

    private readonly EventLoop _loop;
    private readonly NetworkState _network;
    private readonly Func<MasterRecordFile> _openRecord;
    private readonly Action<string, Report> _journal;
    private readonly DeviceHints _hints = new();
    private readonly MasterActs _acts;
    private readonly LoopDeadline _deadline;
    private readonly FaultHistory _faults = new();
    private readonly Queue<Action> _stops = new();
    private readonly Queue<Action> _settling = new();
    private Func<Link, (bool Usable, string Why)> _usability = DefaultUsability;
    private MasterRecordFile? _record;
    private MasterOwnership _written = MasterOwnership.None;
    private DriverLoading? _loading;
    private bool _started;
    private bool _posted;
    private bool _turning;
    private bool _disposed;
    private int _faultsWhileStopping;

    /// <summary>A runner that has not been started.</summary>
    /// <param name="loop">The loop it lives in.</param>
    /// <param name="network">Links and addresses.</param>
    /// <param name="settings">What is wanted.</param>
    /// <param name="openRecord">Opens the record of what is ours; called on the loop's thread.</param>
    /// <param name="journal">Is told of everything, with the part that tells: <c>master</c>.</param>
    public MasterRunner(
        EventLoop loop, NetworkState network, MasterSettings settings, Func<MasterRecordFile> openRecord, Action<string, Report> journal)
    {
        _loop = loop;
        _network = network;
        _openRecord = openRecord;
        _journal = journal;
        Plan = BondPlan.Create(settings, MasterOwnership.None);
        _acts = new MasterActs(new MasterRequests(network.Rtnl), Tell);
        _deadline = loop.AddDeadline(() => Guard(Turn));
        network.Changed += Follow;
    }

    /// <summary>Something in the snapshots differs.</summary>
    public event Action? Changed;

    /// <summary>What is wanted.</summary>
    public MasterSettings Settings => Plan.Settings;

    /// <summary>The plan as it is now.</summary>
    public BondPlan Plan { get; private set; }

    /// <summary>Why it does nothing although it should: a fault of this program. It goes on by itself.</summary>
    public string? Fault { get; private set; }

    /// <summary>Begins; what an earlier run recorded as ours is adopted as ours. Nothing when it is started already.</summary>
    public void Start()
    {
        if (_started || _disposed) return;
        _started = true;
        Guard(() =>
        {
            _record = _openRecord();
            MasterOwnership owned = _record.Read(out string? warning);
            if (warning is not null) Tell(Report.Of("warning", ("message", warning)));
            _written = owned;
            Plan = Plan.Start(owned);
        });
        Wake();
    }

    /// <summary>
    /// Takes everything of ours down: slaves are released and put back as they were, the master is deleted if it was
    /// made here. <paramref name="done"/> is told when nothing of ours is left, or can be taken away.
    /// </summary>
    public void Stop(Action done)
    {
        if (!_started)
        {
            done();
            return;
        }
        _stops.Enqueue(done);
        _faultsWhileStopping = 0;
        Plan = Plan.Stop();
        Wake();
    }

    /// <summary>Goes on with other settings, with the least disturbance.</summary>
    public void Reconfigure(MasterSettings settings)
    {
        Refresh();
        Plan = Plan.Reconfigure(settings);
        Wake();
    }

    /// <summary>What was given up, or left to others, is looked at again.</summary>
    public void Retry()
    {
        Refresh();
        Plan = Plan.Retry();
        Wake();
    }

    /// <inheritdoc cref="BondPlan.WantSlave"/>
    public void SetSlaveWanted(string slave, bool wanted, bool expelled = false)
    {
        Plan = Plan.WantSlave(slave, wanted, expelled);
        Wake();
    }

    /// <summary>Calls back when everything that can be done at present is done; at once where nothing runs.</summary>
    public void WhenSettled(Action settled)
    {
        if (!_started)
        {
            settled();
            return;
        }
        _settling.Enqueue(settled);
        Wake();
    }

    /// <summary>
    /// Replaces the judgement of whether a slave can carry traffic, by default <see cref="Link.IsUsable"/>. To be called
    /// again, or <see cref="Wake"/>, whenever its answer may be another.
    /// </summary>
    public void SetUsability(Func<Link, (bool Usable, string Why)> usability)
    {
        _usability = usability;
        Wake();
    }

    /// <summary>num_grat_arp at present: at most what is configured.</summary>
    public byte NumGratArp
    {
        set
        {
            BondPlan plan = Plan.WithPeerNotifications(value);
            if (ReferenceEquals(plan, Plan)) return;
            Plan = plan;
            Wake();
        }
    }

    /// <summary>Makes the bond use a slave, once; <paramref name="why"/> goes into the journal.</summary>
    public void SelectSlave(int interfaceIndex, string why)
    {
        Plan = Plan.Select(new SlaveRequest(interfaceIndex, why));
        Wake();
    }

    /// <summary>Looks again at the next turn of the loop; never within a caller that is itself told of a change.</summary>
    public void Wake()
    {
        if (_posted || _disposed) return;
        _posted = true;
        _loop.Post(() =>
        {
            _posted = false;
            Guard(Turn);
        });
    }

    /// <summary>Ends; everything stays as it is.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _started = false;
        _network.Changed -= Follow;
        _deadline.Dispose();
        _loading?.Dispose();
        Answer(_stops);
        Answer(_settling);
    }

    // Its own acts are taken in by the turn that made them.
    private void Follow(IReadOnlyList<LinkEvent> events)
    {
        if (_started && !_turning) Wake();
    }

    // The driver tells nobody of some changes, such as another mode of a bond that is down.
    private void Refresh()
    {
        if (_started && Link is { } master) _network.Drain(master.Index);
    }

    private void Turn()
    {
        if (!_started) return;
        _turning = true;
        try
        {
            BondPlan before = Plan;
            int acts = 0;
            bool told = false;
            while (Step(ref told) is { } act)
            {
                if (!TryCarry(act)) break;
                if (++acts < MaxActsPerTurn) continue;
                Wake();
                break;
            }
            _deadline.At = Plan.NextDeadline;
            if (acts > 0 || told || !before.ShowsAs(Plan)) Changed?.Invoke();
        }
        finally
        {
            _turning = false;
        }
        if (Plan is { IsStopping: true, State: MasterState.Stopped or MasterState.Failed }) AnswerStop();
        else if (Plan.Pending is null) Answer(_settling);
    }

    private BondAct? Step(ref bool told)
    {
        BondObserved observed = BondObserved.Of(_network.Table, Plan.Settings, DeviceHints.HasBonding, FactsOf);
        BondStep step = Plan.Step(observed, BoottimeClock.Now);
        Plan = step.Plan;
        told |= !step.Reports.IsEmpty;
        foreach (Report report in step.Reports) Tell(report);
        Record();
        return step.Act;
    }

    /// <summary>False when the answer comes later.</summary>
    private bool TryCarry(BondAct act)
    {
        if (act is BondAct.LoadDriver)
        {
            _loading = DriverLoading.Start(_loop, result => Guard(() =>
            {
                _loading = null;
                Plan = Plan.Done(result, BoottimeClock.Now);
                Wake();
            }));
            return false;
        }
        RtnlResult result = _acts.Carry(act);
        Plan = Plan.Done(result, BoottimeClock.Now);
        // The kernel queues its events before it answers: what the act changed is there now, or can be read.
        _network.Drain(Link?.Index ?? 0);
        return true;
    }

    private void Record()
    {
        if (Plan.Owned.SameAs(_written)) return;
        if (_record?.Write(Plan.Owned) is { } problem) Tell(Report.Of("warning", ("message", problem)));
        else _written = Plan.Owned;
    }

    private void AnswerStop()
    {
        _started = false;
        _deadline.At = Instant.Never;
        Answer(_stops);
        Answer(_settling);
    }

    private static void Answer(Queue<Action> waiting)
    {
        while (waiting.TryDequeue(out Action? one)) one();
    }

    private DeviceFacts FactsOf(Link link)
    {
        (bool usable, string why) = _usability(link);
        return new DeviceFacts(_hints.IsInitialized(link.Index), DeviceHints.IsWireless(link), usable, why);
    }

    private static (bool, string) DefaultUsability(Link link) =>
        link.IsUsable ? (true, "")
        : !link.IsUp ? (false, "it is down")
        : (link.Flags & LinkFlags.LowerUp) == 0 ? (false, "no carrier")
        : (false, $"operational state {InterfaceReports.OperStateOf(link)}");

    private void Tell(Report report) => _journal(Source, report);

    /// <summary>A fault here is this master's alone: it is named, and the plan goes on a little later.</summary>
    private void Guard(Action step)
    {
        if (_disposed) return;
        try
        {
            step();
            Fault = null;
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            TimeSpan delay = _faults.Note(BoottimeClock.Now, out _);
            Fault = fault.Message;
            // An act that was under way has no answer any more; what it did is seen.
            Plan = Plan with { Pending = null };
            Tell(Report.Of("fault", ("message", fault.Message), ("detail", fault.ToString())));
            _deadline.At = BoottimeClock.Now + (delay > s_faultDelay ? delay : s_faultDelay);
            if (Plan.IsStopping && ++_faultsWhileStopping >= MaxFaultsWhileStopping) AnswerStop();
            else Answer(_settling);
        }
    }
}
