using System.Collections.Immutable;

namespace BondDhcp.Bond.Plan;

/// <summary>What an interface that has slaves is.</summary>
public enum MasterKind
{
    /// <summary>A bond, made when it is not there.</summary>
    Bond,
    /// <summary>A bridge, made when it is not there.</summary>
    Bridge,
    /// <summary>Whatever is there under the name: set up if down, never made, set down or deleted.</summary>
    Existing,
}

/// <summary>A slave as configured.</summary>
/// <param name="Name">The interface's name.</param>
/// <param name="IsWireless">It has a supplicant or a name of a wireless device; the kernel is asked too.</param>
public sealed record SlaveSettings(string Name, bool IsWireless = false);

/// <summary>What is wanted of one bond or bridge. Immutable.</summary>
public sealed record MasterSettings
{
    /// <summary>The interface's name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is.</summary>
    public required MasterKind Kind { get; init; }

    /// <summary>Its slaves, the preferred ones first; present or not.</summary>
    public ImmutableArray<SlaveSettings> Slaves { get; init; } = [];

    /// <summary>The slave that is used whenever it can be; null for none.</summary>
    public string? Primary { get; init; }

    /// <summary>Options of the bond as configured.</summary>
    public ImmutableArray<BondSetting> Options { get; init; } = [];

    /// <summary>What somebody else changes is changed back.</summary>
    public bool Enforce { get; init; }

    // Without link monitoring the driver notices no failure; with a wireless slave any other MAC policy cuts it off.
    private const long DefaultMiimonMilliseconds = 100;
    private const long DefaultPeerNotifications = 2;

    /// <summary>The bond's mode by number.</summary>
    public long Mode => Find(BondOptionTable.Mode)?.Number ?? BondMode.ActiveBackup;

    /// <summary>Options with those that this program chooses where the configuration does not, in the order of the table.</summary>
    public ImmutableArray<BondSetting> WantedOptions
    {
        get
        {
            if (Kind != MasterKind.Bond) return [];
            ImmutableArray<BondSetting>.Builder wanted = ImmutableArray.CreateBuilder<BondSetting>();
            foreach (BondOption option in BondOptionTable.All)
                if (option.IsKnownIn(Mode) && (Find(option) ?? Default(option)) is { } setting) wanted.Add(setting);
            return wanted.ToImmutable();
        }
    }

    /// <summary>An interface that others made and that is left to them.</summary>
    public static MasterSettings Existing(string name) => new() { Name = name, Kind = MasterKind.Existing };

    /// <summary>The configured value of an option; null for none.</summary>
    public BondSetting? Find(BondOption option)
    {
        foreach (BondSetting setting in Options)
            if (setting.Option == option) return setting;
        return null;
    }

    /// <summary>The slave with this name; null where it is none of ours.</summary>
    public SlaveSettings? FindSlave(string name)
    {
        foreach (SlaveSettings slave in Slaves)
            if (slave.Name == name) return slave;
        return null;
    }

    /// <summary>True when <paramref name="other"/> says the same, arrays compared by content.</summary>
    public bool SameAs(MasterSettings? other) =>
        other is not null
        && Slaves.AsSpan().SequenceEqual(other.Slaves.AsSpan())
        && Options.AsSpan().SequenceEqual(other.Options.AsSpan())
        && this with { Slaves = [], Options = [] } == other with { Slaves = [], Options = [] };

    private BondSetting? Default(BondOption option)
    {
        if (option == BondOptionTable.Mode) return new BondSetting(option, BondMode.ActiveBackup, "");
        bool watchesByArp = Find(BondOptionTable.ArpInterval) is { Number: > 0 };
        if (option == BondOptionTable.Miimon && !watchesByArp) return new BondSetting(option, DefaultMiimonMilliseconds, "");
        if (Mode != BondMode.ActiveBackup) return null;
        if (option == BondOptionTable.FailOverMac) return new BondSetting(option, BondOptionTable.FailOverMacActive, "");
        return option == BondOptionTable.PeerNotifications ? new BondSetting(option, DefaultPeerNotifications, "") : null;
    }
}
