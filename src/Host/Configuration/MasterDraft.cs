using BondDhcp.Bond.Plan;

namespace BondDhcp.Host.Configuration;

/// <summary>What the keys said of an interface as a master, with the place of each, until all interfaces are known.</summary>
internal sealed class MasterDraft
{
    /// <summary>The configured kind; null: by the rule.</summary>
    public (MasterKind Kind, ConfigurationValue Value)? Kind { get; set; }

    /// <summary>The primary; null for none.</summary>
    public (string Name, ConfigurationValue Value)? Primary { get; set; }

    /// <summary>The bonding driver's options.</summary>
    public List<(BondSetting Setting, ConfigurationValue Value)> Options { get; } = [];

    /// <summary>Other people's changes are undone.</summary>
    public bool Enforce { get; set; }

    /// <summary>Where path-failover is asked for; null when it is not.</summary>
    public ConfigurationValue? PathFailover { get; set; }

    /// <summary>An option as configured; null for none.</summary>
    public BondSetting? Find(BondOption option)
    {
        foreach ((BondSetting setting, _) in Options)
            if (setting.Option == option) return setting;
        return null;
    }
}
