using System.Collections.Immutable;
using BondDhcp.Bond.Interop;
using BondDhcp.Bond.Links;
using BondDhcp.Net;

namespace BondDhcp.Bond.Plan;

/// <summary>What is different from the last observation, and whose doing it was.</summary>
internal sealed partial class BondTurn
{
    private const string External = "external";

    private BondObserved? Seen => _plan.Seen;

    private void Observe()
    {
        ObserveMaster();
        ObserveDevices();
        if (Master is not { } master) return;
        if (Seen?.Master is { } before && before.Index == master.Index) Compare(before, master);
        else if (Seen is null || _plan.Owned.Created != master.Index) TellAdoption(master);
        FollowLink(master);
    }

    private void ObserveMaster()
    {
        MasterOwnership owned = _plan.Owned;
        Link? before = Seen?.Master;
        if (before is not null && Master?.Index != before.Index)
        {
            if (_plan.Expected is not BondAct.Delete) Tell("warning", ("actor", External), ("message", $"{before.Name} was deleted"));
            _plan = _plan with { LeftOutside = [], Followed = [], FollowsDown = false, MovedFrom = 0, MismatchedAt = Instant.Never };
        }
        if (Master is { } master)
        {
            if (owned.Created == MasterOwnership.BeingMade && _plan.Pending is null && WhyNotOurKind(master) is null)
                owned = owned with { Created = master.Index };
            else if (owned.Created != 0 && owned.Created != master.Index) owned = owned with { Created = 0 };
            _plan = _plan with { HasBeenThere = true };
        }
        else if (_plan.Pending is null && Seen is not null && owned.Created > 0) owned = owned with { Created = 0 };
        _plan = _plan with { Owned = owned };
    }

    private void ObserveDevices()
    {
        List<UnfinishedDevice> unfinished = [];
        foreach (ObservedDevice device in observed.Devices)
            if (!device.Facts.IsInitialized) unfinished.Add(Unfinished(device.Index) ?? new UnfinishedDevice(device.Index, now));

        HashSet<int> left = [.. _plan.LeftOutside];
        ImmutableArray<OwnedSlave> slaves = _plan.Owned.Slaves;
        foreach (ObservedDevice before in Seen?.Members ?? [])
        {
            ObservedDevice? device = observed.Find(before.Index);
            if (Master is { } master && device?.Link.MasterIndex == master.Index) continue;
            bool ours = IsOurRemoval(before.Index);
            TellRemoval(before, device, ours);
            if (Master?.Index == Seen?.Master?.Index) slaves = slaves.RemoveAll(slave => slave.Index == before.Index);
            if (!ours && device is { Link.MasterIndex: 0 } && Master?.Index == Seen?.Master?.Index) left.Add(before.Index);
        }
        // Away, elsewhere or back: the next time it is there it is wanted again.
        left.RemoveWhere(index => observed.Find(index) is not { Link.MasterIndex: 0 });
        foreach (ObservedDevice member in observed.Members)
            if (Seen is not null && !Seen.Members.Any(before => before.Index == member.Index)) TellAddition(member);
        foreach (ObservedDevice device in observed.Devices) CompareMtu(device);
        _plan = _plan with
        {
            Unfinished = [.. unfinished],
            LeftOutside = [.. left],
            Owned = _plan.Owned with { Slaves = slaves.RemoveAll(IsForgotten) },
        };
    }

    private UnfinishedDevice? Unfinished(int index) => _plan.Unfinished.FirstOrDefault(one => one.Index == index);

    private bool IsForgotten(OwnedSlave slave) =>
        _plan.Pending is null && (observed.Find(slave.Index) is not { } device || (_plan.IsStopping && (Master is not { } master || !IsMember(device, master))));

    private bool IsOurRemoval(int index) => _plan.Expected switch
    {
        BondAct.Release release => release.Slave == index,
        BondAct.Reselect reselect => reselect.Slave == index,
        BondAct.Delete => true,
        BondAct.Enslave => false,
        _ => false,
    };

    private void TellRemoval(ObservedDevice before, ObservedDevice? device, bool ours)
    {
        string why =
            Master is null ? $"{Settings.Name} is gone"
            : ours ? "released"
            : device is null ? "the interface is gone"
            : device.Link.MasterIndex == 0 ? "released"
            : $"it belongs to {device.MasterName ?? "another master"} now";
        bool outside = !ours && device is not null;
        Tell("slaveRemoved", ("slave", before.Name), ("why", why), ("actor", outside ? External : null));
    }

    private void TellAddition(ObservedDevice member)
    {
        bool ours = _plan.Expected is BondAct.Enslave enslave && enslave.Slave == member.Index
            || _plan.Expected is BondAct.Reselect reselect && reselect.Slave == member.Index;
        Tell("slaveAdded", ("slave", member.Name), ("mac", member.Link.Mac), ("actor", ours ? null : External));
    }

    private void CompareMtu(ObservedDevice device)
    {
        if (Seen?.Find(device.Index) is not { } before || before.Link.Mtu == device.Link.Mtu) return;
        Tell("mtuChanged", ("slave", device.Name), ("old", before.Link.Mtu), ("new", device.Link.Mtu));
    }

    private void TellAdoption(Link master) => Tell(
        "adopted",
        ("kind", master.Kind),
        ("mode", master.Bond is { } bond ? new BondSetting(BondOptionTable.Mode, bond.Mode, "").Text : null),
        ("slaves", string.Join(' ', observed.Members.Select(member => member.Name))),
        ("ours", _plan.Owned.Created == master.Index));

    private void Compare(Link before, Link master)
    {
        if (before.IsUp && !master.IsUp && _plan.Expected is not BondAct.SetDown) _plan = _plan with { FollowsDown = !Settings.Enforce };
        if (master.IsUp) _plan = _plan with { FollowsDown = false };
        if (before.Bond is not { } was || master.Bond is not { } bond) return;
        foreach (BondOption option in BondOptionTable.All)
        {
            var old = new BondSetting(option, was.Values.Number(option.Attribute) ?? 0, was.Values.Targets(option.Attribute));
            var present = new BondSetting(option, bond.Values.Number(option.Attribute) ?? 0, bond.Values.Targets(option.Attribute));
            if (old != present) CompareOption(option.Name, option.Attribute, old.Text, present.Text, IsOurChange(option));
        }
        ComparePrimary(was, bond);
        if (was.ActiveSlave != bond.ActiveSlave) CompareActive(was, bond);
    }

    // One change often brings others with it, because the driver fits its options to each other. num_grat_arp brings none, and is
    // set often enough for somebody else's change to come at the same moment.
    private bool IsOurChange(BondOption option) =>
        _plan.Expected is BondAct.SetOptions set
        && set.Settings.Any(setting => setting.Option == option || setting.Option != BondOptionTable.PeerNotifications);

    private void CompareOption(string name, ushort attribute, string old, string present, bool ours)
    {
        // Ours follows the paths, at each failover and back: no news to a person, as another option's change is.
        bool followsPaths = ours && attribute == BondOptionTable.PeerNotifications.Attribute;
        Tell(followsPaths ? "peerNotifications" : "optionChanged", ("option", name), ("old", old), ("new", present), ("actor", ours ? null : External));
        _plan = _plan with { Followed = ours ? _plan.Followed.Remove(attribute) : _plan.Followed.AddOnce(attribute) };
    }

    // The driver itself drops a primary that leaves or is renamed, and takes it again when it is back.
    private void ComparePrimary(BondState was, BondState bond)
    {
        if (was.Primary == bond.Primary) return;
        bool ours = _plan.Expected is BondAct.SetPrimary or BondAct.Enslave or BondAct.Release or BondAct.Reselect;
        bool drivers = Seen?.Find(was.Primary) is { } old && (NameOf(was.Primary) != old.Name || !observed.Members.Any(member => member.Index == was.Primary))
            || was.Primary == 0 && observed.Find(bond.Primary) is { } added && Seen?.Members.Any(member => member.Name == added.Name && member.Index == added.Index) != true;
        string? Named(int index) => index == 0 ? "" : NameOf(index);
        if (drivers) _plan = _plan with { Followed = _plan.Followed.Remove(Rtnl.IFLA_BOND_PRIMARY) };
        else CompareOption("primary", Rtnl.IFLA_BOND_PRIMARY, Seen?.Find(was.Primary)?.Name ?? "", Named(bond.Primary) ?? "", ours);
    }

    private void CompareActive(BondState was, BondState bond)
    {
        ObservedDevice? old = Seen?.Find(was.ActiveSlave);
        (string? why, bool external) = WhyActive(was, bond, old);
        string? previous = old?.Name ?? (was.ActiveSlave == 0 ? null : _plan.Failovers.Previous);
        if (bond.ActiveSlave != 0 && (old is not null || _plan.Failovers.Previous is not null || !_plan.LinkLostAt.IsNever))
        {
            TimeSpan without = _plan.LinkLostAt.IsNever ? TimeSpan.Zero : now - _plan.LinkLostAt;
            string? left = old?.Name ?? _plan.Failovers.Previous;
            if (left is not null)
                _plan = _plan with { Failovers = new FailoverRecord(_plan.Failovers.Count + 1, left, why, now, without) };
        }
        else if (bond.ActiveSlave == 0 && old is not null)
            _plan = _plan with { Failovers = _plan.Failovers with { Previous = old.Name, Reason = why, At = now } };
        if (external && Settings.Enforce) _plan = _plan with { Requested = new SlaveRequest(was.ActiveSlave, "somebody else changed it", Enforced: true) };
        Tell(
            "activeSlave",
            ("slave", bond.ActiveSlave == 0 ? null : NameOf(bond.ActiveSlave)), ("old", previous), ("why", why), ("actor", external ? External : null));
    }

    private (string? Why, bool External) WhyActive(BondState was, BondState bond, ObservedDevice? old)
    {
        if (_plan.Expected is BondAct.SetActive select && select.Slave == bond.ActiveSlave) return (select.Why, false);
        if (_plan.Expected is BondAct.Reselect) return ("its hardware address changed", false);
        if (_plan.Expected is BondAct.Enslave) return ("enslaved", false);
        if (_plan.Expected is BondAct.Release) return ("released", false);
        if (_plan.Expected is BondAct.SetPrimary or BondAct.SetOptions) return ("it is the primary", false);
        if (was.ActiveSlave == 0) return ("it has a link", false);
        if (old is null || observed.Find(was.ActiveSlave) is not { } present || (Master is { } master && !IsMember(present, master)))
            return ($"{old?.Name ?? "the slave before"} is gone", false);
        if (!present.Link.IsUp) return ($"{present.Name} is down", false);
        if (!present.Link.Carrier || present.Link.BondSlave is not { MiiStatus: 0 }) return ($"{present.Name} has no link", false);
        // The driver returns to the primary by itself when its link is back; it was not up then when we looked last.
        bool cameBack = Seen?.Find(bond.ActiveSlave) is not { } before || !IsDriversUp(before);
        if (bond.ActiveSlave == bond.Primary && cameBack) return ("the primary has a link again", false);
        return (null, true);
    }

    /// <summary>Keeps the time since which nothing could be sent through the slave in use.</summary>
    private void FollowLink(Link master)
    {
        if (master.Bond is not { Mode: BondState.ActiveBackup } bond) return;
        bool carries = observed.Find(bond.ActiveSlave) is { Link: { IsUp: true, Carrier: true } };
        if (carries) _plan = _plan with { LinkLostAt = Instant.Never };
        else if (_plan.LinkLostAt.IsNever) _plan = _plan with { LinkLostAt = now };
    }

    private string? NameOf(int index) => observed.Find(index)?.Name;
}
