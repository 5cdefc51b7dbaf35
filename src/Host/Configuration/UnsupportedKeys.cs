namespace BondDhcp.Host.Configuration;

/// <summary>
/// Keys that belong to features this version does not have. They are checked as they will be, and refused when they
/// ask for the feature: silence would look like success.
/// </summary>
internal static class UnsupportedKeys
{
    /// <summary>Adds their readers.</summary>
    public static void AddTo(Dictionary<string, InterfaceKeys.Reader> keys) =>
        keys.Add("anonymity", static (draft, v) => draft.Anonymity = v.Boolean() ? v : null); // judged with client-id
}
