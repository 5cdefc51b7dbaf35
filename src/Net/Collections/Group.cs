namespace BondDhcp.Net.Collections;

/// <summary>Elements that have the same key.</summary>
/// <param name="key">The key.</param>
public sealed class Group<TKey, T>(TKey key) : List<T>
{
    /// <summary>What they have in common.</summary>
    public TKey Key => key;
}
