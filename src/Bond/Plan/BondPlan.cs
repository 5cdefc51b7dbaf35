using System.Collections.Immutable;
using BondDhcp.Bond.Netlink;
using BondDhcp.Net;

namespace BondDhcp.Bond.Plan;

/// <summary>How a master is.</summary>
public enum MasterState
{
    /// <summary>Nothing of ours is left.</summary>
    Stopped,
    /// <summary>It cannot carry anything yet; it is followed until it can.</summary>
    Waiting,
    /// <summary>There, with a slave.</summary>
    Running,
    /// <summary>It could not be made, or somebody else insists on something different.</summary>
    Failed,
}

/// <summary>An option that is not as wanted and cannot be changed while the bond is in use.</summary>
/// <param name="Option">Its kernel name.</param>
/// <param name="Wanted">The wanted value.</param>
/// <param name="Present">The value it has.</param>
/// <param name="Why">What the driver needs for the change.</param>
public readonly record struct RebuildNeed(string Option, string Wanted, string Present, string Why);

/// <summary>A slave that is to be used, because somebody who knows more asked.</summary>
/// <param name="Slave">ifindex.</param>
/// <param name="Why">For the journal.</param>
/// <param name="Enforced">Somebody else chose another one.</param>
public readonly record struct SlaveRequest(int Slave, string Why, bool Enforced = false);

/// <summary>A device that udev has not finished with.</summary>
/// <param name="Index">ifindex.</param>
/// <param name="SeenAt">When it was first seen so.</param>
internal sealed record UnfinishedDevice(int Index, Instant SeenAt);

/// <summary>What a step of the plan gave.</summary>
/// <param name="Plan">The plan from now on.</param>
/// <param name="Act">What is to be done now; null when nothing is.</param>
/// <param name="Reports">What happened, for the journal.</param>
public sealed record BondStep(BondPlan Plan, BondAct? Act, ImmutableArray<Report> Reports);

/// <summary>
/// One bond or bridge: what is wanted, what was seen last, and what has been tried. Immutable; <see cref="Step"/>
/// compares the wanted with what is observed and gives the next act, run again at every event and after every act, so
/// that whatever happens outside needs no case of its own.
/// </summary>
public sealed record BondPlan
{
    private BondPlan(MasterSettings settings) => Settings = settings;

    /// <summary>What is wanted.</summary>
    public MasterSettings Settings { get; init; }

    /// <summary>Everything of ours is to go.</summary>
    public bool IsStopping { get; init; }

    /// <summary>What is ours; to be recorded before the act that makes it is carried out.</summary>
    public MasterOwnership Owned { get; init; } = MasterOwnership.None;

    /// <summary>How the master is.</summary>
    public MasterState State { get; init; } = MasterState.Waiting;

    /// <summary>Why it is not running, or what is not as wanted although it is; empty when all is well.</summary>
    public string Why { get; init; } = "";

    /// <summary>What is wrong with each configured slave that is not as wanted, by name.</summary>
    public IReadOnlyDictionary<string, string> SlaveProblems { get; internal init; } = new Dictionary<string, string>();

    /// <summary>Options that would need the bond to be made anew.</summary>
    public ImmutableArray<RebuildNeed> NeedsRebuild { get; init; } = [];

    /// <summary>Failovers so far.</summary>
    public FailoverRecord Failovers { get; init; } = FailoverRecord.None;

    /// <summary>When to step again although nothing happened; <see cref="Instant.Never"/> for not at all.</summary>
    public Instant NextDeadline { get; init; } = Instant.Never;

    /// <summary>The act that was given and not answered yet; no other is given until it is.</summary>
    public BondAct? Pending { get; init; }

    internal ActBudget Budget { get; init; } = ActBudget.Empty;

    /// <summary>The act whose echo is in the next observation.</summary>
    internal BondAct? Expected { get; init; }

    internal BondObserved? Seen { get; init; }

    internal bool DriverAsked { get; init; }

    /// <summary>The master has been there since the plan began.</summary>
    internal bool HasBeenThere { get; init; }

    /// <summary>Slaves that a person stopped, by name.</summary>
    internal ImmutableArray<string> StoppedSlaves { get; init; } = [];

    /// <summary>Those of <see cref="StoppedSlaves"/> that are to leave although somebody else put them in.</summary>
    internal ImmutableArray<string> ExpelledSlaves { get; init; } = [];

    /// <summary>The driver's own values of options that were configured and are so no longer.</summary>
    internal ImmutableArray<BondSetting> Reverted { get; init; } = [];

    /// <summary>A primary was configured and is so no longer.</summary>
    internal bool RevertsPrimary { get; init; }

    /// <summary>Slaves that somebody else took out, by index: left alone until they have been away.</summary>
    internal ImmutableArray<int> LeftOutside { get; init; } = [];

    /// <summary>Options that somebody else changed, by attribute: left as they are.</summary>
    internal ImmutableArray<ushort> Followed { get; init; } = [];

    /// <summary>Somebody else set the master down.</summary>
    internal bool FollowsDown { get; init; }

    /// <summary>Devices that udev has not finished with.</summary>
    internal ImmutableArray<UnfinishedDevice> Unfinished { get; init; } = [];

    /// <summary>Sentences that were told and still hold.</summary>
    internal ImmutableArray<string> Told { get; init; } = [];

    /// <summary>Value for num_grat_arp at present; null: as configured.</summary>
    internal byte? PeerNotifications { get; init; }

    internal SlaveRequest? Requested { get; init; }

    /// <summary>The slave that was left because it could not be used, though the driver would use it.</summary>
    internal int MovedFrom { get; init; }

    /// <summary>Since when the slave in use has another hardware address than the bond.</summary>
    internal Instant MismatchedAt { get; init; } = Instant.Never;

    /// <summary>Since when the bond has had no slave in use, or one without carrier.</summary>
    internal Instant LinkLostAt { get; init; } = Instant.Never;

    /// <summary>A plan that has seen nothing yet.</summary>
    /// <param name="settings">What is wanted.</param>
    /// <param name="owned">What an earlier run recorded as ours.</param>
    public static BondPlan Create(MasterSettings settings, MasterOwnership owned) => new(settings) { Owned = owned };

    /// <summary>Compares with what is observed and gives the next act.</summary>
    public BondStep Step(BondObserved observed, Instant now) => new BondTurn(this, observed, now).Take();

    /// <summary>The plan after <see cref="Pending"/> was carried out, or refused.</summary>
    /// <param name="result">The kernel's answer.</param>
    /// <param name="now">The time.</param>
    public BondPlan Done(RtnlResult result, Instant now)
    {
        if (Pending is not { } act) throw new InvalidOperationException("No act is pending.");
        BondPlan next = this with { Pending = null, Expected = act };
        if (result.Succeeded)
        {
            next = next with { Budget = Budget.Accepted(act.Key) };
            return act is BondAct.Release release
                ? next with { Owned = Owned with { Slaves = Owned.Slaves.RemoveAll(slave => slave.Index == release.Slave) } }
                : next;
        }
        next = next with { Expected = null, Budget = Budget.Refused(act.Key, now, result.ToString()) };
        return act switch
        {
            BondAct.Create => next with { Owned = Owned with { Created = 0 } },
            BondAct.Enslave enslave => next with { Owned = Owned with { Slaves = Owned.Slaves.RemoveAll(slave => slave.Index == enslave.Slave) } },
            _ => next,
        };
    }

    /// <summary>
    /// Goes on with other settings. What was given up or left to others is looked at again; slaves that are wanted no
    /// longer leave, where they were given their master here, and an option that is configured no longer is what the
    /// driver would have made of it.
    /// </summary>
    public BondPlan Reconfigure(MasterSettings settings)
    {
        ImmutableArray<BondSetting> wanted = settings.WantedOptions;
        IEnumerable<BondSetting> dropped = Settings.Options.Where(setting => setting.Option.Default is not null)
            .Select(setting => new BondSetting(setting.Option, setting.Option.Default!.Value, ""));
        return Forgiving() with
        {
            Settings = settings,
            Told = [],
            Reverted = [.. Reverted.Concat(dropped).Distinct().Where(setting => !wanted.Any(one => one.Option == setting.Option))],
            RevertsPrimary = settings.Primary is null && (RevertsPrimary || Settings.Primary is not null),
        };
    }

    /// <summary>What was given up or left to others is looked at again: a person asked for it.</summary>
    public BondPlan Retry() => Forgiving();

    /// <summary>Begins, or begins anew after a stop.</summary>
    /// <param name="owned">What is recorded as ours.</param>
    public BondPlan Start(MasterOwnership owned) => Forgiving() with
    {
        Owned = owned,
        IsStopping = false,
        Told = [],
        Pending = null,
        Expected = null,
        Seen = null,
        HasBeenThere = false,
        MovedFrom = 0,
        MismatchedAt = Instant.Never,
        LinkLostAt = Instant.Never,
        State = MasterState.Waiting,
        Why = "",
    };

    /// <summary>Everything of ours goes; <see cref="State"/> is <see cref="MasterState.Stopped"/> when it has.</summary>
    public BondPlan Stop() => Forgiving() with { IsStopping = true };

    /// <summary>A slave is wanted, or not any more.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="wanted">Whether it is.</param>
    /// <param name="expelled">It leaves although somebody else put it in: a person named it.</param>
    public BondPlan WantSlave(string name, bool wanted, bool expelled = false) => Forgiving() with
    {
        StoppedSlaves = wanted ? StoppedSlaves.Remove(name) : StoppedSlaves.AddOnce(name),
        ExpelledSlaves = expelled && !wanted ? ExpelledSlaves.AddOnce(name) : ExpelledSlaves.Remove(name),
    };

    /// <summary>A slave that is wanted no longer is taken out: it was put in here, or a person named it.</summary>
    /// <param name="name">As configured.</param>
    /// <param name="index">Its ifindex.</param>
    public bool Releases(string name, int index) =>
        StoppedSlaves.Contains(name) && (ExpelledSlaves.Contains(name) || Owned.Find(index) is not null);

    /// <summary>True when a person would see no difference.</summary>
    public bool ShowsAs(BondPlan other) =>
        State == other.State && Why == other.Why && NeedsRebuild.AsSpan().SequenceEqual(other.NeedsRebuild.AsSpan())
        && SlaveProblems.Count == other.SlaveProblems.Count
        && SlaveProblems.All(one => other.SlaveProblems.TryGetValue(one.Key, out string? why) && why == one.Value);

    /// <summary>Sets num_grat_arp from now on; it is no setting of the bond's.</summary>
    public BondPlan WithPeerNotifications(byte number) =>
        PeerNotifications == number ? this : this with { PeerNotifications = number, Followed = Followed.Remove(BondOptionTable.PeerNotifications.Attribute) };

    /// <summary>Uses this slave at the next step, if the driver can.</summary>
    public BondPlan Select(SlaveRequest request) => this with { Requested = request };

    private BondPlan Forgiving() => this with
    {
        Budget = ActBudget.Empty,
        LeftOutside = [],
        Followed = [],
        FollowsDown = false,
        DriverAsked = false,
    };
}
