using BondDhcp.Bond.Plan;
using BondDhcp.Net;

namespace BondDhcp.Host.Configuration;

/// <summary>What can be said of masters and slaves only when every interface has been read.</summary>
internal static class MasterCheck
{
    /// <summary>Completes an interface: its <see cref="InterfaceConfiguration.Master"/> is made, and what cannot be is refused.</summary>
    /// <param name="draft">The interface.</param>
    /// <param name="all">Every interface.</param>
    public static void Complete(InterfaceDraft draft, IReadOnlyList<InterfaceDraft> all)
    {
        MasterDraft master = draft.Master;
        MasterKind kind = KindOf(draft);
        if (kind == MasterKind.Existing && draft.Slaves is [var first, ..])
            first.Value.Refuse("an interface of kind \"existing\" is left as it is and gets no slaves; remove the kind or the slaves");
        CheckOptions(draft, kind);
        CheckSlaves(draft, kind, all);
        CheckCycle(draft, all);
        if (master.Primary is { } primary && !draft.Slaves.Exists(slave => slave.Name == primary.Name))
            primary.Value.Refuse($"'{EscapedText.Of(primary.Name)}' is none of the slaves{HintFor(primary.Name, draft)}");
        if (kind == MasterKind.Existing) return;
        var settings = new MasterSettings
        {
            Name = draft.Configuration.Name,
            Kind = kind,
            Slaves = [.. draft.Slaves.Select(slave => new SlaveSettings(slave.Name, IsWireless(slave.Name, all)))],
            Primary = master.Primary?.Name,
            Options = kind == MasterKind.Bond ? [.. InOrder(master)] : [],
            Enforce = master.Enforce,
        };
        draft.Configuration = draft.Configuration with { Master = settings };
        if (kind == MasterKind.Bond) CheckBond(draft, settings);
    }

    private static string HintFor(string primary, InterfaceDraft draft)
    {
        if (draft.Slaves.Count == 0) return "; there are none: write slaves = [\"...\"]";
        string nearest = Text.Suggestion.Phrase(primary, draft.Slaves.Select(slave => slave.Name));
        return nearest.Length > 0 ? nearest : $", which are {string.Join(", ", draft.Slaves.Select(slave => EscapedText.Of(slave.Name)))}";
    }

    private static MasterKind KindOf(InterfaceDraft draft)
    {
        if (draft.Master.Kind is { } configured) return configured.Kind;
        if (draft.Slaves.Count == 0) return draft.Master.Primary is null ? MasterKind.Existing : MasterKind.Bond;
        return draft.Configuration.Name.Contains("br", StringComparison.Ordinal) ? MasterKind.Bridge : MasterKind.Bond;
    }

    // The driver takes them in this order, whatever the order of the file.
    private static List<BondSetting> InOrder(MasterDraft master) =>
        BondOptionTable.All.Select(master.Find).OfType<BondSetting>();

    private static void CheckOptions(InterfaceDraft draft, MasterKind kind)
    {
        if (kind == MasterKind.Bond) return;
        var defaults = new MasterSettings { Name = draft.Configuration.Name, Kind = MasterKind.Bond };
        string what = kind == MasterKind.Bridge ? "a bridge" : "left as it is, because it has no slaves and no kind \"bond\"";
        foreach ((BondSetting setting, ConfigurationValue value) in draft.Master.Options)
        {
            if (!defaults.WantedOptions.Contains(setting)) value.Refuse($"it is an option of bonds, and {draft.Configuration.Name} is {what}");
            else value.Warn($"has no effect: it is an option of bonds, and {draft.Configuration.Name} is {what}");
        }
        if (draft.Master.PathFailover is { } failover) failover.Refuse("only a bond of mode active-backup can leave a slave");
        if (kind == MasterKind.Bridge && draft.Master.Primary is { } primary) primary.Value.Refuse("a bridge has no primary");
    }

    private static void CheckSlaves(InterfaceDraft draft, MasterKind kind, IReadOnlyList<InterfaceDraft> all)
    {
        bool takesWireless = kind == MasterKind.Bond && ModeOf(draft) == BondMode.ActiveBackup;
        foreach ((string slave, ConfigurationValue value, ConfigurationValue.Item item) in draft.Slaves)
        {
            string shown = EscapedText.Of(slave);
            foreach (InterfaceDraft other in all)
            {
                if (other != draft && other.Slaves.Exists(one => one.Name == slave)) value.Refuse(item, $"'{shown}' is a slave of {other.Configuration.Name} too");
                if (other.Configuration.Name == slave && (other.Configuration.HasDhcp || other.Configuration.HasStatic))
                    value.Refuse(item, $"'{shown}' cannot have addresses of its own, or dhcp4, while it is a slave: they belong to {draft.Configuration.Name}");
            }
            if (!IsWireless(slave, all)) continue;
            // An access point forwards frames from the associated address only.
            if (!takesWireless) value.Refuse(item, $"'{shown}' is wireless: that works in a bond of mode \"active-backup\" alone");
            else if (draft.Master.Find(BondOptionTable.FailOverMac) is { } policy && policy.Number != BondOptionTable.FailOverMacActive)
                value.Refuse(item, $"'{shown}' is wireless: fail_over_mac must be \"active\"");
        }
        if (kind == MasterKind.Bond && draft.Slaves is [var single]) single.Value.Warn("a bond with one slave has nothing to fail over to");
    }

    // Told once, in the section of the first of them. An interface has one master: whoever has more was refused for that.
    private static void CheckCycle(InterfaceDraft draft, IReadOnlyList<InterfaceDraft> all)
    {
        List<InterfaceDraft> below = [draft];
        while (all.FirstOrDefault(one => one.Slaves.Exists(slave => slave.Name == below[^1].Configuration.Name)) is { } master && master != draft)
        {
            if (below.Contains(master)) return; // a cycle above this one
            below.Add(master);
        }
        InterfaceDraft last = below[^1];
        int at = draft.Slaves.FindIndex(slave => slave.Name == last.Configuration.Name);
        if (at < 0 || last == draft || all.First(below.Contains) != draft) return;
        string its = EscapedText.Of(draft.Configuration.Name);
        string chain = string.Join(", which is a slave of ", below.Append(draft).Skip(1).Select(static one => EscapedText.Of(one.Configuration.Name)));
        draft.Slaves[at].Value.Refuse(
            draft.Slaves[at].Item, $"'{EscapedText.Of(last.Configuration.Name)}' cannot be below {its}: {its} is a slave of {chain}; remove one of them");
    }

    private static void CheckBond(InterfaceDraft draft, MasterSettings settings)
    {
        long Of(BondOption option)
        {
            foreach (BondSetting wanted in settings.WantedOptions)
                if (wanted.Option == option) return wanted.Number;
            return 0;
        }

        long miimon = Of(BondOptionTable.Miimon);
        bool byArp = Of(BondOptionTable.ArpInterval) > 0;
        foreach ((BondSetting setting, ConfigurationValue value) in draft.Master.Options)
        {
            BondOption option = setting.Option;
            if (!option.IsKnownIn(settings.Mode)) value.Refuse($"mode \"{ModeName(settings)}\" does not know it");
            else if (option == BondOptionTable.Miimon && setting.Number > 0 && byArp)
                value.Refuse("miimon and arp_interval exclude each other: the slaves are watched by one of them");
            else if (option == BondOptionTable.ArpInterval && byArp && settings.Find(BondOptionTable.ArpTargets) is null)
                value.Refuse("it needs arp_ip_target: addresses to ask for");
            else if (option.Name == "arp_validate" && setting.Number > 0 && !byArp) value.Refuse("it needs arp_interval");
            else if (option.IsInMiimonTicks && setting.Number > 0 && miimon == 0) value.Refuse("it needs miimon, which counts it");
            else if (option.IsInMiimonTicks && miimon > 0 && setting.Number % miimon != 0)
                value.Warn(FormattableString.Invariant($"{setting.Number} is {setting.Number / miimon * miimon} in effect: the driver counts in steps of miimon {miimon}"));
            else if (option == BondOptionTable.Miimon && setting.Number == 0 && !byArp)
                value.Warn("without miimon or arp_interval the bond notices no failure");
        }
        if (draft.Master.Primary is { } primary && !BondOptionTable.HasPrimary(settings.Mode))
            primary.Value.Refuse($"mode \"{ModeName(settings)}\" has no primary");
        if (draft.Master.PathFailover is { } failover && settings.Mode != BondMode.ActiveBackup)
            failover.Refuse("only a bond of mode active-backup can leave a slave");
    }

    private static long ModeOf(InterfaceDraft draft) => draft.Master.Find(BondOptionTable.Mode)?.Number ?? BondMode.ActiveBackup;

    private static string ModeName(MasterSettings settings) => new BondSetting(BondOptionTable.Mode, settings.Mode, "").Text;

    private static bool IsWireless(string name, IReadOnlyList<InterfaceDraft> all) =>
        name.StartsWith("wl", StringComparison.Ordinal) || all.Any(other => other.HasSupplicant && other.Configuration.Name == name);
}
