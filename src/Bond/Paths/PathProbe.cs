using System.Collections.Immutable;
using BondDhcp.Net;

namespace BondDhcp.Bond.Paths;

/// <summary>
/// Knows for every slave of a bond, before it is needed, whether it reaches the network of the lease: asks for the
/// lease's gateway by ARP on each usable backup slave, and looks at wireless network and 802.1X identity. Pure: no I/O,
/// no clock. A value; every step gives the next one and appends what is to be done.
/// </summary>
/// <remarks>
/// The known gateway's answer wins over that of any other station in a round: proxies of ARP answer for others. One
/// silent round changes nothing; a slave that was unusable for a moment starts anew, because its cable may be elsewhere,
/// and after a suspend every slave does.
/// </remarks>
public sealed record PathProbe
{
    /// <summary>A probe that knows no slave and no lease.</summary>
    /// <param name="pathFailover">Watch the gateway on the active slave too, and leave a slave on which it is silent (active-backup only).</param>
    public static PathProbe Create(bool pathFailover) => new() { PathFailover = pathFailover };

    /// <summary>The active slave is watched, and left when the gateway is silent on it.</summary>
    public bool PathFailover { get; init; }

    /// <summary>The lease's network; null without a lease.</summary>
    public LeaseNetwork? Lease { get; init; }

    /// <summary>Every slave, in the order in which it was told of.</summary>
    public ImmutableArray<SlaveProbe> Slaves { get; init; } = [];

    /// <summary>Every slave but the active one, usable or not, is <see cref="PathClass.Same"/>; true when there is none.</summary>
    public bool AllBackupsSame { get; init; } = true;

    /// <summary>A slave was to be made active, and the bond has not followed yet: not asked again before this.</summary>
    internal Instant SelectAgainAt { get; init; }

    /// <summary>A deadline handler that does not move its deadline is an error; this many turns show it.</summary>
    private const int MaxTurnsAtOnce = 16;

    /// <summary>The earliest instant at which something is to be done.</summary>
    public Instant NextDeadline
    {
        get
        {
            Instant earliest = Instant.Never;
            foreach (SlaveProbe slave in Slaves) earliest = Instant.Min(earliest, slave.NextAskAt);
            return earliest;
        }
    }

    /// <summary>The slave with this index; null when there is none.</summary>
    public SlaveProbe? Find(int slaveIndex)
    {
        foreach (SlaveProbe slave in Slaves)
            if (slave.Path.Index == slaveIndex) return slave;
        return null;
    }

    /// <summary>Takes an input; appends what is to be done to <paramref name="effects"/>, in order.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="now">The instant; never before that of the last step.</param>
    /// <param name="effects">Appended to.</param>
    public PathProbe Step(PathProbeInput input, Instant now, List<PathProbeEffect> effects)
    {
        var turn = new PathProbeTurn(this, now, effects);
        turn.Handle(input);
        for (int i = 0; turn.Probe.NextDeadline <= now; i++)
        {
            if (i == MaxTurnsAtOnce) throw new InvalidOperationException("A deadline of the path probe does not move.");
            turn.RunDue();
        }
        turn.Conclude();
        return turn.Probe;
    }
}
