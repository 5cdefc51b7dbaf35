using BondDhcp.Bond.Links;
using BondDhcp.Net;

namespace BondDhcp.Bond.Plan;

/// <summary>Which slave is in use, where the driver cannot know better: it sees carriers and nothing else.</summary>
internal sealed partial class BondTurn
{
    // The first choice is at once; one that the driver undoes at the next change of a carrier is repeated more and more
    // slowly.
    private static readonly TimeSpan s_selectDelay = TimeSpan.FromMilliseconds(200);

    // The address of the bond follows that of its slave in an event of its own, which may come in the next datagram.
    private static readonly TimeSpan s_mismatchDelay = TimeSpan.FromMilliseconds(100);

    private BondAct? AdjustSelection(Link master)
    {
        if (master.Bond is not { Mode: BondState.ActiveBackup } bond)
        {
            _plan = _plan with { Requested = null };
            return null;
        }
        ObservedDevice? active = observed.Find(bond.ActiveSlave);
        if (active is null || !IsMember(active, master)) return null;
        if (_plan.Requested is { } request)
        {
            _plan = _plan with { Requested = null };
            if (request.Slave != active.Index && observed.Find(request.Slave) is { } asked && IsMember(asked, master) && IsDriversUp(asked))
                return Selecting(master, active, asked, request);
        }
        BondAct? leave = LeaveUnusable(master, active) ?? ReturnToPrimary(master, bond, active);
        return leave ?? Reselect(master, bond, active);
    }

    /// <summary>
    /// The driver takes a slave for good whose authentication has not finished, or failed. A carrier that is lost it sees
    /// itself, after the delays that were configured for that.
    /// </summary>
    private BondAct.SetActive? LeaveUnusable(Link master, ObservedDevice active)
    {
        if (active.Facts.IsUsable || !active.Link.Carrier || Best(master, active) is not { } better) return null;
        var act = new BondAct.SetActive(master.Index, better.Index, better.Name, $"{active.Name} cannot be used: {active.Facts.Why}");
        if (!May(act)) return null;
        _plan = _plan with { MovedFrom = active.Index };
        return act;
    }

    /// <summary>To the driver nothing happened to a primary that was left because it could not be used.</summary>
    private BondAct.SetActive? ReturnToPrimary(Link master, BondState bond, ObservedDevice active)
    {
        if (_plan.MovedFrom == 0) return null;
        if (active.Index == _plan.MovedFrom || observed.Find(_plan.MovedFrom) is not { } left || !IsMember(left, master))
        {
            // Back by itself, or gone.
            if (active.Index != _plan.MovedFrom || active.Facts.IsUsable) _plan = _plan with { MovedFrom = 0 };
            return null;
        }
        if (bond.Primary != left.Index || bond.PrimaryReselect != BondState.ReselectAlways || !left.Facts.IsUsable || !IsDriversUp(left)) return null;
        var act = new BondAct.SetActive(master.Index, left.Index, left.Name, $"{left.Name} is the primary and can be used again");
        return May(act) ? act : null;
    }

    /// <summary>
    /// A slave whose hardware address changes under the bond is deaf: the bond keeps the old one until the slave is
    /// selected anew.
    /// </summary>
    private BondAct.Reselect? Reselect(Link master, BondState bond, ObservedDevice active)
    {
        if (bond.FailOverMac != BondOptionTable.FailOverMacActive || active.Link.Mac is null || active.Link.Mac == master.Mac)
        {
            _plan = _plan with { MismatchedAt = Instant.Never };
            return null;
        }
        if (_plan.MismatchedAt.IsNever) _plan = _plan with { MismatchedAt = now };
        if (now < _plan.MismatchedAt + s_mismatchDelay)
        {
            Wake(_plan.MismatchedAt + s_mismatchDelay);
            return null;
        }
        ObservedDevice? other = observed.Members.FirstOrDefault(member => member.Index != active.Index && IsDriversUp(member));
        // Taking the slave out and in takes it down: what others made is not taken down.
        if (other is null && (Settings.Kind == MasterKind.Existing || SettingsOf(active) is null))
        {
            Problem($"{active.Name} has another hardware address than {master.Name}, which no frame to it will reach");
            return null;
        }
        var act = new BondAct.Reselect(master.Index, active.Index, active.Name, other?.Index ?? 0);
        return May(act) ? act : null;
    }

    private BondAct.SetActive? Selecting(Link master, ObservedDevice active, ObservedDevice slave, SlaveRequest request)
    {
        var act = new BondAct.SetActive(master.Index, slave.Index, slave.Name, request.Why) { Enforced = request.Enforced };
        if (!May(act))
        {
            // It is due again a little later, unless it was given up.
            if (request.Enforced && !_plan.Budget.IsContested(act.Key)) _plan = _plan with { Requested = request };
            return null;
        }
        if (!active.Facts.IsUsable) _plan = _plan with { MovedFrom = active.Index };
        return act;
    }

    /// <summary>The usable slave to go to: the primary, else the first in the order of the configuration.</summary>
    private ObservedDevice? Best(Link master, ObservedDevice active)
    {
        ObservedDevice? best = null;
        int bestRank = int.MaxValue;
        foreach (ObservedDevice member in observed.Members)
        {
            if (member.Index == active.Index || !member.Facts.IsUsable || !IsDriversUp(member)) continue;
            int rank = RankOf(member, master);
            if (rank >= bestRank) continue;
            best = member;
            bestRank = rank;
        }
        return best;
    }

    private int RankOf(ObservedDevice member, Link master)
    {
        if (member.Index == master.Bond!.Primary) return -1;
        int place = SettingsOf(member) is { } slave ? Settings.Slaves.IndexOf(slave) : -1;
        return place < 0 ? Settings.Slaves.Length : place;
    }

    private static bool IsMember(ObservedDevice device, Link master) => device.Link.MasterIndex == master.Index;

    // Of any other the driver refuses to make use.
    private static bool IsDriversUp(ObservedDevice device) => device.Link.IsUp && device.Link.BondSlave is { MiiStatus: 0 };
}
