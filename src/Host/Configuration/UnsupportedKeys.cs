namespace BondDhcp.Host.Configuration;

/// <summary>
/// Keys that belong to features this version does not have. They are checked as they will be, and refused when they
/// ask for the feature: silence would look like success.
/// </summary>
internal static class UnsupportedKeys
{
    /// <summary>Adds their readers.</summary>
    public static void AddTo(Dictionary<string, InterfaceKeys.Reader> keys)
    {
        foreach (string key in (ReadOnlySpan<string>)["ipv4-link-local", "inform"])
            keys.Add(key, static (_, v) => v.RefuseUnless(!v.Boolean()));
        keys.Add("anonymity", static (draft, v) => draft.Anonymity = v.Boolean() ? v : null); // judged with client-id
        keys.Add("dhcp6", ReadDhcp6);
        keys.Add("prefix-delegation", ReadPrefixDelegation);
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
}
