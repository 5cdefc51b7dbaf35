using System.Collections.Immutable;
using BondDhcp.Bond.Plan;

namespace BondDhcp.Bond.Links;

/// <summary>The value of every option that a bond reported, by netlink attribute. Immutable, compared by content.</summary>
public sealed class BondValues : IEquatable<BondValues>
{
    /// <summary>No option is known.</summary>
    public static readonly BondValues None = new([]);

    private readonly ImmutableArray<BondSetting> _settings;

    /// <summary>The values.</summary>
    /// <param name="settings">Each option once at most; a hardware address as its low 48 bits.</param>
    public BondValues(IEnumerable<BondSetting> settings) => _settings = [.. settings.OrderBy(one => one.Option.Attribute)];

    /// <summary>The number of an option; null when the kernel did not say.</summary>
    public long? Number(ushort attribute) => Find(attribute) is { Option.IsList: false } setting ? setting.Number : null;

    /// <summary>The addresses of a list, separated by commas; empty for none.</summary>
    public string Targets(ushort attribute) => Find(attribute) is { } setting ? setting.Targets : "";

    /// <summary>The same with another value of one option.</summary>
    public BondValues With(BondSetting setting) => new([.. _settings.Where(one => one.Option != setting.Option), setting]);

    /// <inheritdoc/>
    public bool Equals(BondValues? other) =>
        other is not null && _settings.SequenceEqual(other._settings);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as BondValues);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = new();
        foreach (BondSetting setting in _settings) hash.Add(HashCode.Combine(setting.Option.Attribute, setting.Number));
        return hash.ToHashCode();
    }

    private BondSetting? Find(ushort attribute)
    {
        foreach (BondSetting setting in _settings)
            if (setting.Option.Attribute == attribute) return setting;
        return null;
    }
}
