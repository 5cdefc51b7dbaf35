using System.Collections.Immutable;
using BondDhcp.Bond.Interop;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Netlink;
using BondDhcp.Bond.Plan;
using BondDhcp.Net;

namespace BondDhcp.Tests.Plan;

/// <summary>The bonding driver's rules as far as the plan meets them: what it refuses, and what it does by itself.</summary>
internal sealed class ModelKernel
{
    private const int Eperm = 1, Enoent = 2, Eexist = 17, Enodev = 19, Einval = 22, Enotempty = 39;

    private readonly SortedDictionary<int, Link> _links = [];
    private readonly Dictionary<int, string> _primaryName = [];
    private int _nextIndex = 2;

    public IReadOnlyDictionary<int, Link> Links => _links;

    /// <summary>Devices whose authentication has not finished.</summary>
    public HashSet<string> Unusable { get; } = [];

    /// <summary>Devices udev has not finished with.</summary>
    public HashSet<string> Uninitialized { get; } = [];

    public HashSet<string> Wireless { get; } = [];

    public bool HasBonding { get; set; } = true;

    public Link this[string name] => _links.Values.Single(link => link.Name == name);

    public Link? Find(string name) => _links.Values.FirstOrDefault(link => link.Name == name);

    public int AddDevice(string name, bool up = false, bool carrier = true, int mtu = 1500, int maxMtu = 9000)
    {
        int index = _nextIndex++;
        _links[index] = new Link
        {
            Index = index,
            Name = name,
            Mtu = mtu,
            MaxMtu = maxMtu,
            Mac = new MacAddress(0x0200_0000_0000u + (ulong)index),
            Carrier = carrier,
            PermanentMac = new MacAddress(0x0200_0000_0000u + (ulong)index),
            HardwareType = 1,
        };
        Change(index, link => WithUp(link, up));
        return index;
    }

    public int AddBond(string name, params (string Option, string Value)[] options)
    {
        RtnlResult result = Do(new BondAct.Create(name, MasterKind.Bond, [.. options.Select(Setting)]));
        Assert(result);
        return this[name].Index;
    }

    public static BondSetting Setting((string Option, string Value) option)
    {
        Xunit.Assert.True(BondOptionTable.Find(option.Option)!.TryParse(option.Value, out BondSetting setting, out string why), why);
        return setting;
    }

    public void Remove(string name)
    {
        Link gone = this[name];
        foreach (Link slave in _links.Values.Where(link => link.MasterIndex == gone.Index).ToArray()) Detach(slave.Index);
        if (gone.MasterIndex != 0) Detach(gone.Index);
        _links.Remove(gone.Index);
    }

    public void Rename(string name, string other)
    {
        int index = this[name].Index;
        Change(index, link => link with { Name = other });
        Settle();
    }

    public void SetCarrier(string name, bool carrier)
    {
        Change(this[name].Index, link => WithUp(link with { Carrier = carrier }, link.IsUp));
        Settle();
    }

    public void SetMac(string name, ulong mac) => Change(this[name].Index, link => link with { Mac = new MacAddress(mac) });

    public void SetUp(string name, bool up)
    {
        Change(this[name].Index, link => WithUp(link, up));
        Settle();
    }

    public BondObserved Observe(MasterSettings settings)
    {
        Link? master = Find(settings.Name);
        List<ObservedDevice> devices = [];
        foreach (Link link in _links.Values)
        {
            bool wanted = settings.Slaves.Any(slave => slave.Name == link.Name);
            if (!wanted && (master is null || link.MasterIndex != master.Index)) continue;
            bool usable = !Unusable.Contains(link.Name) && link.IsUsable;
            devices.Add(new ObservedDevice(
                link, new DeviceFacts(!Uninitialized.Contains(link.Name), Wireless.Contains(link.Name), usable, usable ? "" : "not authenticated"))
            {
                MasterName = _links.GetValueOrDefault(link.MasterIndex)?.Name,
            });
        }
        return new BondObserved
        {
            Master = master,
            Devices = [.. devices],
            HasBonding = HasBonding,
        };
    }

    /// <summary>Carries out what a plan, or anybody else, asks for.</summary>
    public RtnlResult Do(BondAct act)
    {
        RtnlResult result = act switch
        {
            BondAct.LoadDriver => LoadDriver(),
            BondAct.Create create => Create(create),
            BondAct.SetOptions options => SetOptions(options.Master, options.Settings),
            BondAct.SetUp up => Exists(up.Link, () => Change(up.Link, link => WithUp(link, true))),
            BondAct.SetDown down => Exists(down.Link, () => Change(down.Link, link => WithUp(link, false))),
            BondAct.Enslave enslave => Enslave(enslave.Master, enslave.Slave),
            BondAct.Release release => Release(release.Slave, release.UpAgain, release.Mtu),
            BondAct.SetPrimary primary => SetPrimary(primary.Master, primary.Slave),
            BondAct.SetActive active => SetActive(active.Master, active.Slave),
            BondAct.Reselect reselect => Reselect(reselect),
            BondAct.Delete delete => Exists(delete.Master, () => Remove(_links[delete.Master].Name)),
            _ => throw new ArgumentOutOfRangeException(nameof(act)),
        };
        Settle();
        return result;
    }

    private RtnlResult LoadDriver()
    {
        HasBonding = true;
        return RtnlResult.Success;
    }

    private RtnlResult Create(BondAct.Create act)
    {
        if (Find(act.Name) is not null) return new RtnlResult(Eexist);
        int index = _nextIndex++;
        BondValues values = BondValues.None;
        foreach (BondOption option in BondOptionTable.All)
            if (!option.IsList) values = values.With(new BondSetting(option, option.Min, ""));
        _links[index] = new Link
        {
            Index = index,
            Name = act.Name,
            Kind = act.Kind == MasterKind.Bridge ? "bridge" : "bond",
            Mtu = 1500,
            HardwareType = 1,
            Mac = new MacAddress(0x0600_0000_0000u + (ulong)index),
            Bond = act.Kind == MasterKind.Bridge ? null : Bond(values, 0, 0),
        };
        RtnlResult result = act.Settings.IsEmpty ? RtnlResult.Success : SetOptions(index, act.Settings);
        if (!result.Succeeded) _links.Remove(index);
        return result;
    }

    private RtnlResult SetOptions(int index, ImmutableArray<BondSetting> settings)
    {
        if (!_links.TryGetValue(index, out Link? link) || link.Bond is not { } bond) return new RtnlResult(Enodev);
        bool slaves = _links.Values.Any(other => other.MasterIndex == index);
        BondValues values = bond.Values;
        foreach (BondSetting setting in settings)
        {
            BondOption option = setting.Option;
            long mode = values.Number(Rtnl.IFLA_BOND_MODE) ?? 0;
            if (!option.IsKnownIn(mode)) return new RtnlResult(Einval, "option not supported in mode");
            if (option.NeedsNoSlaves && slaves) return new RtnlResult(Enotempty, "unable to set option because the bond device has slaves.");
            if (option.NeedsBondDown && link.IsUp) return new RtnlResult(16, "unable to set option because the bond is up.");
            long miimon = values.Number(Rtnl.IFLA_BOND_MIIMON) ?? 0;
            if (option.IsInMiimonTicks && miimon == 0 && setting.Number > 0) return new RtnlResult(Eperm, "no MII monitoring");
            long number = option.IsInMiimonTicks && miimon > 0 ? setting.Number / miimon * miimon : setting.Number;
            values = values.With(setting with { Number = number });
            if (option == BondOptionTable.ArpInterval && number > 0) values = values.With(new BondSetting(BondOptionTable.Miimon, 0, ""));
            if (option == BondOptionTable.Miimon && number > 0) values = values.With(new BondSetting(BondOptionTable.ArpInterval, 0, ""));
        }
        Change(index, one => one with { Bond = Bond(values, bond.ActiveSlave, bond.Primary) });
        return RtnlResult.Success;
    }

    private RtnlResult Enslave(int master, int slave)
    {
        if (!_links.TryGetValue(slave, out Link? link) || !_links.TryGetValue(master, out Link? bond)) return new RtnlResult(Enodev);
        if (link.MasterIndex != 0) Detach(slave);
        if (link.MaxMtu > 0 && link.MaxMtu < bond.Mtu) return new RtnlResult(Einval, "mtu greater than device maximum");
        bool first = !_links.Values.Any(other => other.MasterIndex == master);
        Change(slave, one => WithUp(one with { MasterIndex = master, Mtu = bond.Mtu, BondSlave = bond.Bond is null ? null : new BondSlaveState(true, 2, 0, one.Mac) }, true));
        if (first && bond.Bond is not null) Change(master, one => one with { Mac = _links[slave].Mac });
        return RtnlResult.Success;
    }

    private RtnlResult Release(int slave, bool upAgain, int? mtu)
    {
        if (!_links.TryGetValue(slave, out Link? link)) return new RtnlResult(Enodev);
        if (link.MasterIndex == 0) return new RtnlResult(Einval);
        Detach(slave);
        Change(slave, one => WithUp(one with { Mtu = mtu ?? one.Mtu }, upAgain));
        return RtnlResult.Success;
    }

    private void Detach(int slave)
    {
        int master = _links[slave].MasterIndex;
        Change(slave, one => WithUp(one with { MasterIndex = 0, BondSlave = null }, false));
        if (_links.TryGetValue(master, out Link? bond) && bond.Bond is { } state && state.ActiveSlave == slave)
            Change(master, one => one with { Bond = Bond(state.Values, 0, state.Primary) });
        Settle();
    }

    private RtnlResult SetPrimary(int master, int slave)
    {
        if (slave == 0)
        {
            _primaryName.Remove(master);
            Change(master, one => one with { Bond = Bond(one.Bond!.Values, one.Bond.ActiveSlave, 0) });
            return RtnlResult.Success;
        }
        if (!_links.TryGetValue(slave, out Link? link) || !_links.TryGetValue(master, out Link? bond)) return new RtnlResult(Enodev);
        if (!BondOptionTable.HasPrimary(bond.Bond!.Mode)) return new RtnlResult(Einval);
        _primaryName[master] = link.Name;
        Change(master, one => one with { Bond = Bond(one.Bond!.Values, slave, one.Bond.Primary) });
        return RtnlResult.Success;
    }

    private RtnlResult SetActive(int master, int slave)
    {
        if (!_links.TryGetValue(slave, out Link? link) || !_links.TryGetValue(master, out Link? bond)) return new RtnlResult(Enodev);
        if (link.MasterIndex != master || !link.IsUp || !link.Carrier) return new RtnlResult(Einval, "could not set active slave; link down");
        Use(bond, slave);
        return RtnlResult.Success;
    }

    private RtnlResult Reselect(BondAct.Reselect act)
    {
        if (act.Other != 0)
        {
            RtnlResult result = SetActive(act.Master, act.Other);
            return result.Succeeded ? SetActive(act.Master, act.Slave) : result;
        }
        RtnlResult released = Release(act.Slave, false, null);
        return released.Succeeded ? Enslave(act.Master, act.Slave) : released;
    }

    private RtnlResult Exists(int index, Action change)
    {
        if (!_links.ContainsKey(index)) return new RtnlResult(Enodev);
        change();
        return RtnlResult.Success;
    }

    // miimon: links are looked at, and where the slave in use has none another is chosen.
    private void Settle()
    {
        foreach (Link link in _links.Values.Where(one => one.MasterIndex != 0).ToArray())
        {
            if (link.BondSlave is { } slave)
                Change(link.Index, one => one with { BondSlave = slave with { MiiStatus = (byte)(one.IsUp && one.Carrier ? 0 : 2) } });
        }
        foreach (Link bond in _links.Values.Where(one => one.Bond is not null).ToArray())
        {
            Link[] slaves = [.. _links.Values.Where(one => one.MasterIndex == bond.Index)];
            int primary = slaves.FirstOrDefault(one => one.Name == _primaryName.GetValueOrDefault(bond.Index))?.Index ?? 0;
            Change(bond.Index, one => one with { Bond = Bond(one.Bond!.Values, one.Bond.ActiveSlave, primary) });
            if (bond.Bond!.Values.Number(Rtnl.IFLA_BOND_MIIMON) == 0 || bond.Bond.Mode != BondState.ActiveBackup) continue;
            bool Up(int index) => slaves.Any(one => one.Index == index && one.BondSlave is { MiiStatus: 0 });
            int active = bond.Bond.ActiveSlave;
            if (active != 0 && Up(active)) continue;
            int next = Up(primary) ? primary : slaves.FirstOrDefault(one => Up(one.Index))?.Index ?? 0;
            if (next != active) Use(_links[bond.Index], next);
        }
    }

    private void Use(Link bond, int slave) => Change(bond.Index, one => one with
    {
        Bond = Bond(one.Bond!.Values, slave, one.Bond.Primary),
        Mac = slave != 0 && one.Bond.FailOverMac == 1 ? _links[slave].Mac : one.Mac,
    });

    private static BondState Bond(BondValues values, int active, int primary)
    {
        long Number(ushort attribute) => values.Number(attribute) ?? 0;
        return new BondState(
            (byte)Number(Rtnl.IFLA_BOND_MODE), active, primary, (byte)Number(Rtnl.IFLA_BOND_PRIMARY_RESELECT), (byte)Number(Rtnl.IFLA_BOND_FAIL_OVER_MAC),
            (uint)Number(Rtnl.IFLA_BOND_MIIMON), (uint)Number(Rtnl.IFLA_BOND_UPDELAY), (uint)Number(Rtnl.IFLA_BOND_DOWNDELAY),
            (byte)Number(Rtnl.IFLA_BOND_NUM_PEER_NOTIF))
        { Values = values };
    }

    private void Change(int index, Func<Link, Link> change) => _links[index] = change(_links[index]);

    private static Link WithUp(Link link, bool up)
    {
        LinkFlags flags = up ? LinkFlags.Up | (link.Carrier ? LinkFlags.LowerUp : 0) : 0;
        return link with { Flags = flags, OperationalState = up && link.Carrier ? OperationalState.Up : OperationalState.Down };
    }

    private static void Assert(RtnlResult result) => Xunit.Assert.True(result.Succeeded, result.ToString());
}
