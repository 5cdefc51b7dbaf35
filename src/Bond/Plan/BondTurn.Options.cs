using BondDhcp.Bond.Links;

namespace BondDhcp.Bond.Plan;

/// <summary>Options of the bond: what can be changed live is, what cannot is named.</summary>
internal sealed partial class BondTurn
{
    // The value follows the paths; a path that flaps must not make a request of each change.
    private static readonly TimeSpan s_peerNotificationsDelay = TimeSpan.FromSeconds(1);

    private BondAct? AdjustOptions(Link master)
    {
        if (Settings.Kind != MasterKind.Bond || master.Bond is not { } bond) return null;
        bool hasSlaves = observed.Members.Any();
        List<BondSetting> live = [];
        List<BondSetting> needDown = [];
        foreach (BondSetting configured in Settings.WantedOptions.Concat(_plan.Reverted.Where(setting => setting.Option.IsKnownIn(Settings.Mode))))
        {
            BondSetting wanted = Present(configured);
            if (IsAsWanted(wanted, bond, out BondSetting present) || IsFollowed(wanted.Option)) continue;
            bool modeComesFirst = bond.Mode != Settings.Mode && hasSlaves;
            if (hasSlaves && wanted.Option.NeedsNoSlaves) NeedRebuild(wanted, present, "the driver changes it only while the bond has no slaves");
            else if (hasSlaves && wanted.Option.NeedsBondDown && master.IsUp) NeedRebuild(wanted, present, "the driver changes it only while the bond is down");
            else if (modeComesFirst && !wanted.Option.IsKnownIn(bond.Mode)) NeedRebuild(wanted, present, "the bond's mode does not know it");
            else if (wanted.Option.NeedsBondDown && master.IsUp) needDown.Add(wanted);
            else live.Add(wanted);
        }
        if (needDown.Count > 0)
        {
            var down = new BondAct.SetDown(master.Index, master.Name);
            if (May(down)) return down;
        }
        return SetOptions(master, bond, live);
    }

    /// <summary>
    /// One request an option, as far as the driver lets: one it refuses does not keep the others from being set. A new
    /// mode goes with everything else, because the driver fits the others to it.
    /// </summary>
    private BondAct.SetOptions? SetOptions(Link master, BondState bond, List<BondSetting> settings)
    {
        if (settings.Count == 0) return null;
        if (bond.Mode != Settings.Mode && settings.Exists(setting => setting.Option == BondOptionTable.Mode))
        {
            var all = new BondAct.SetOptions(master.Index, [.. settings]);
            if (May(all)) return all;
        }
        foreach (BondSetting setting in settings)
        {
            var one = new BondAct.SetOptions(master.Index, [setting]);
            if (May(one)) return one;
        }
        return null;
    }

    /// <summary>The value at present, where it is one that changes while the bond runs.</summary>
    private BondSetting Present(BondSetting setting) =>
        setting.Option == BondOptionTable.PeerNotifications && _plan.PeerNotifications is { } number && number < setting.Number
            ? setting with { Number = number }
            : setting;

    private bool IsAsWanted(BondSetting wanted, BondState bond, out BondSetting present)
    {
        present = new BondSetting(wanted.Option, bond.Values.Number(wanted.Option.Attribute) ?? 0, bond.Values.Targets(wanted.Option.Attribute));
        if (wanted.Option.IsList) return present.Targets == wanted.Targets;
        // A driver that does not name it does not know it.
        if (bond.Values.Number(wanted.Option.Attribute) is null) return true;
        if (wanted.Number == present.Number) return true;
        long miimon = bond.MiimonMilliseconds;
        if (!wanted.Option.IsInMiimonTicks || miimon == 0 || present.Number != wanted.Number / miimon * miimon) return false;
        TellOnce(FormattableString.Invariant($"{wanted.Option.Name} {wanted.Number} is {present.Number} in effect: the driver counts in steps of miimon {miimon}"));
        return true;
    }

    private bool IsFollowed(BondOption option) => !Settings.Enforce && _plan.Followed.Contains(option.Attribute);

    private void NeedRebuild(BondSetting wanted, BondSetting present, string why)
    {
        _rebuild.Add(new RebuildNeed(wanted.Option.Name, wanted.Text, present.Text, why));
        Problem($"requires rebuild: {wanted.Option.Name} is {present.Text} and should be {wanted.Text}; {why}");
    }
}
