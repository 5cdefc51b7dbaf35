namespace BondDhcp.Host.Configuration;

/// <summary>
/// Keys that belong to features this version does not have. They are checked as they will be, and refused when they
/// ask for the feature: silence would look like success.
/// </summary>
internal static class UnsupportedKeys
{
    /// <summary>Bonding options by their kernel names, beside those with rules of their own.</summary>
    private static readonly string[] s_bondOptions =
    [
        "updelay", "downdelay", "peer_notif_delay", "primary_reselect", "xmit_hash_policy", "lacp_rate", "ad_select", "min_links",
        "arp_interval", "arp_ip_target", "arp_validate", "arp_all_targets", "all_slaves_active", "resend_igmp", "packets_per_slave",
        "lp_interval", "tlb_dynamic_lb", "ad_actor_sys_prio", "ad_actor_system", "ad_user_port_key",
    ];

    /// <summary>The kernel's limit of u8 for num_grat_arp.</summary>
    private const int MaxGratuitousArp = 255;

    /// <summary>Adds their readers.</summary>
    public static void AddTo(Dictionary<string, InterfaceKeys.Reader> keys)
    {
        keys.Add("kind", static (_, v) => v.RefuseUnless(v.Word(("existing", true), ("bond", false), ("bridge", false))));
        keys.Add("slaves", ReadSlaves);
        keys.Add("primary", static (_, v) => ReadInterfaceName(v));
        keys.Add("mode", static (_, v) => v.RefuseUnless(v.Word(
            ("active-backup", true), ("balance-rr", false), ("balance-xor", false), ("broadcast", false), ("802.3ad", false),
            ("balance-tlb", false), ("balance-alb", false))));
        keys.Add("miimon", static (_, v) => v.RefuseUnless(v.Integer(0, int.MaxValue, " (milliseconds)") == 100));
        keys.Add("fail_over_mac", ReadFailOverMac);
        keys.Add("num_grat_arp", static (_, v) => v.RefuseUnless(v.Integer(0, MaxGratuitousArp) == 2));
        foreach (string option in s_bondOptions) keys.Add(option, static (_, v) => v.RefuseUnless(false));
        foreach (string key in (ReadOnlySpan<string>)["enforce", "path-failover", "ipv4-link-local", "inform"])
            keys.Add(key, static (_, v) => v.RefuseUnless(!v.Boolean()));
        keys.Add("anonymity", static (draft, v) => draft.Anonymity = v.Boolean() ? v : null); // judged with client-id
        keys.Add("dhcp6", ReadDhcp6);
        keys.Add("prefix-delegation", ReadPrefixDelegation);
        keys.Add("supplicant", ReadSupplicant);
        keys.Add("supplicant-driver", static (_, v) => v.RefuseUnless(v.Text() == "nl80211,wext"));
    }

    private static void ReadInterfaceName(ConfigurationValue value)
    {
        string name = value.Text();
        if (name.Length == 0) return;
        if (NameRules.WhyNotInterfaceName(name) is { } why) value.Refuse(why);
        else value.RefuseUnless(false);
    }

    private static void ReadSlaves(InterfaceDraft draft, ConfigurationValue value)
    {
        foreach (ConfigurationValue.Item item in value.Items())
        {
            if (NameRules.WhyNotInterfaceName(item.Text) is { } why) value.Refuse(item, why);
            else draft.Slaves.Add((item.Text, value, item));
        }
        value.RefuseUnless(draft.Slaves.Count == 0);
    }

    private static void ReadFailOverMac(InterfaceDraft draft, ConfigurationValue value)
    {
        string chosen = value.Word(("active", "active"), ("none", "none"), ("follow", "follow"));
        draft.KeepsBondMac = chosen == "none";
        value.RefuseUnless(chosen == "active");
    }

    private static void ReadDhcp6(InterfaceDraft draft, ConfigurationValue value)
    {
        if (value.AsBoolean is { } on) value.RefuseUnless(!on);
        else if (value.AsText is "stateless" or "auto") value.RefuseUnless(false);
        else value.Refuse("must be true, false, \"stateless\" or \"auto\"");
    }

    private static void ReadPrefixDelegation(InterfaceDraft draft, ConfigurationValue value)
    {
        if (value.AsBoolean is { } on) value.RefuseUnless(!on);
        else if (value.AsInteger is >= 1 and <= 64) value.RefuseUnless(false);
        else value.Refuse("must be true, false or a prefix length from 1 to 64");
    }

    private static void ReadSupplicant(InterfaceDraft draft, ConfigurationValue value)
    {
        string path = value.Text();
        draft.HasSupplicant = path.Length > 0;
        value.RefuseUnless(path.Length == 0);
    }
}
