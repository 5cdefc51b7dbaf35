using System.Collections.Immutable;

namespace BondDhcp.Bond.Links;

/// <summary>The value of every option that a bond reported, by netlink attribute. Immutable, compared by content.</summary>
public sealed class BondValues : IEquatable<BondValues>
{
    /// <summary>No option is known.</summary>
    public static readonly BondValues None = new([], []);

    private readonly ImmutableSortedDictionary<ushort, long> _numbers;
    private readonly ImmutableSortedDictionary<ushort, string> _targets;

    /// <summary>The values.</summary>
    /// <param name="numbers">Numbers; a hardware address as its low 48 bits.</param>
    /// <param name="targets">Lists of addresses, separated by commas.</param>
    public BondValues(IEnumerable<KeyValuePair<ushort, long>> numbers, IEnumerable<KeyValuePair<ushort, string>> targets)
    {
        _numbers = numbers.ToImmutableSortedDictionary();
        _targets = targets.ToImmutableSortedDictionary();
    }

    /// <summary>The number of an option; null when the kernel did not say.</summary>
    public long? Number(ushort attribute) => _numbers.TryGetValue(attribute, out long value) ? value : null;

    /// <summary>The addresses of a list, separated by commas; empty for none.</summary>
    public string Targets(ushort attribute) => _targets.GetValueOrDefault(attribute, "");

    /// <summary>The same with another number.</summary>
    public BondValues With(ushort attribute, long number) => new(_numbers.SetItem(attribute, number), _targets);

    /// <summary>The same with another list.</summary>
    public BondValues With(ushort attribute, string targets) => new(_numbers, _targets.SetItem(attribute, targets));

    /// <inheritdoc/>
    public bool Equals(BondValues? other) =>
        other is not null && _numbers.SequenceEqual(other._numbers) && _targets.SequenceEqual(other._targets);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as BondValues);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = new();
        foreach ((ushort attribute, long number) in _numbers) hash.Add(HashCode.Combine(attribute, number));
        return hash.ToHashCode();
    }
}
