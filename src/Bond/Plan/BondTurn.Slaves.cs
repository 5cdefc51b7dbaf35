using BondDhcp.Bond.Interop;
using BondDhcp.Bond.Links;
using BondDhcp.Net;

namespace BondDhcp.Bond.Plan;

/// <summary>Slaves: those wanted and there get their master, those wanted no longer leave.</summary>
internal sealed partial class BondTurn
{
    // A udev that has not finished with a device after this is not going to.
    private static readonly TimeSpan s_udevDelay = TimeSpan.FromSeconds(10);

    // Netlink does not say when udev has finished.
    private static readonly TimeSpan s_udevLookDelay = TimeSpan.FromMilliseconds(100);

    // More would take a device that is in use down and up again for nothing.
    private const int MaxRefusalsWhileUp = 3;

    private BondAct? AdjustSlaves(Link master)
    {
        BondAct? act = null;
        foreach (SlaveSettings slave in Settings.Slaves)
        {
            if (_plan.StoppedSlaves.Contains(slave.Name)) _slaveProblems[slave.Name] = "stopped by command";
            else if (!observed.TryFind(slave.Name, out ObservedDevice? device)) _slaveProblems[slave.Name] = "the interface is not there";
            else if (device.Link.MasterIndex != master.Index) act ??= Enslave(master, slave, device);
        }
        return act ?? ReleaseUnwanted(master);
    }

    private BondAct? Enslave(Link master, SlaveSettings slave, ObservedDevice device)
    {
        Link link = device.Link;
        if (link.Index == master.Index) return Refuse(slave, "it is the master itself");
        if ((slave.IsWireless || device.Facts.IsWireless) && (master.Bond is null || master.Bond.Mode != BondMode.ActiveBackup))
            return Refuse(slave, "it is wireless: that works in a bond of mode active-backup alone");
        if (link.MaxMtu > 0 && master.Mtu > link.MaxMtu)
            return Refuse(slave, FormattableString.Invariant($"its largest MTU is {link.MaxMtu}, that of {master.Name} is {master.Mtu}"));
        if (link.MasterIndex != 0 && !Settings.Enforce)
            return Refuse(slave, $"it belongs to {device.MasterName ?? "another master"}");
        if (_plan.LeftOutside.Contains(link.Index) && !Settings.Enforce)
            return Refuse(slave, "somebody else took it out; it comes back when it has been away, or with 'start'");
        if (!device.Facts.IsInitialized && Unfinished(link.Index) is { } unfinished && now < unfinished.SeenAt + s_udevDelay)
        {
            _slaveProblems[slave.Name] = "udev has not finished with it";
            Wake(Instant.Min(unfinished.SeenAt + s_udevDelay, now + s_udevLookDelay));
            return null;
        }
        var act = new BondAct.Enslave(master.Index, link.Index, link.Name);
        if (WhyNot(act) is { } refusal)
        {
            _slaveProblems[slave.Name] = refusal;
            if (link.IsUp && _plan.Budget.TimesRefused(act.Key) >= MaxRefusalsWhileUp) return null;
        }
        if (May(act)) return act;
        if (_plan.Budget.IsContested(act.Key)) _slaveProblems[slave.Name] = "contested: somebody else takes it out again and again";
        return null;
    }

    private BondAct? Refuse(SlaveSettings slave, string why)
    {
        SlaveProblem(slave.Name, why);
        return null;
    }

    private BondAct.Release? ReleaseUnwanted(Link master)
    {
        foreach (ObservedDevice member in observed.Members)
        {
            SlaveSettings? wanted = SettingsOf(member);
            bool stopped = wanted is not null && _plan.StoppedSlaves.Contains(wanted.Name);
            if (wanted is not null && !stopped) continue;
            // What somebody else put in stays, unless other people's changes are to be undone, or it was named.
            bool goes = wanted is not null
                ? _plan.Releases(wanted.Name, member.Index)
                : _plan.Owned.Find(member.Index) is not null || (Settings.Enforce && Settings.Kind != MasterKind.Existing);
            if (!goes) continue;
            BondAct.Release act = Releasing(member);
            if (May(act)) return act;
        }
        return null;
    }

    private BondAct.Release Releasing(ObservedDevice member)
    {
        OwnedSlave? owned = _plan.Owned.Find(member.Index);
        int? mtu = owned is not null && owned.Mtu > 0 && owned.Mtu != member.Link.Mtu ? owned.Mtu : null;
        return new BondAct.Release(member.Index, member.Name, owned is { WasUp: true }, mtu);
    }

    private SlaveSettings? SettingsOf(ObservedDevice device)
    {
        foreach (SlaveSettings slave in Settings.Slaves)
            if (observed.TryFind(slave.Name, out ObservedDevice? named) && named.Index == device.Index) return slave;
        return null;
    }

    /// <summary>The driver remembers the primary by name and forgets it when the slave is renamed.</summary>
    private BondAct.SetPrimary? AdjustPrimary(Link master)
    {
        if (Settings.Kind != MasterKind.Bond || master.Bond is not { } bond) return null;
        if (Settings.Primary is not { } primary) return DropPrimary(master, bond);
        if (!BondOptionTable.HasPrimary(bond.Mode) || !observed.TryFind(primary, out ObservedDevice? device)) return null;
        if (device.Link.MasterIndex != master.Index || bond.Primary == device.Index) return null;
        if (_plan.Followed.Contains(Rtnl.IFLA_BOND_PRIMARY) && !Settings.Enforce) return null;
        var act = new BondAct.SetPrimary(master.Index, device.Index, device.Name);
        return May(act) ? act : null;
    }

    private BondAct.SetPrimary? DropPrimary(Link master, BondState bond)
    {
        if (!_plan.RevertsPrimary || bond.Primary == 0 || _plan.Followed.Contains(Rtnl.IFLA_BOND_PRIMARY)) return null;
        var act = new BondAct.SetPrimary(master.Index, 0, "");
        return May(act) ? act : null;
    }

    /// <summary>Teardown: what is ours goes, in the reverse order of how it came.</summary>
    private BondAct? Dismantle()
    {
        if (Master is not { } master || Settings.Kind == MasterKind.Existing) return null;
        bool made = _plan.Owned.Created == master.Index;
        foreach (ObservedDevice member in observed.Members)
        {
            if (!made && _plan.Owned.Find(member.Index) is null) continue;
            BondAct.Release release = Releasing(member);
            if (May(release)) return release;
            // The deletion would release it too, but nothing would be put back.
            return null;
        }
        if (!made) return null;
        var delete = new BondAct.Delete(master.Index, master.Name);
        if (May(delete)) return delete;
        _failure = WhyNot(delete);
        return null;
    }

    private bool Dismantled =>
        _plan.Pending is null && (Settings.Kind == MasterKind.Existing || Master is not { } master
            || (_plan.Owned.Created != master.Index && !observed.Members.Any(member => _plan.Owned.Find(member.Index) is not null)));
}
