namespace BondDhcp.Net.Collections;

/// <content>Orders.</content>
public static partial class Sequences
{
    /// <summary>The elements in ascending order; equal ones as they were.</summary>
    public static List<T> Order<T>(this IEnumerable<T> source, IComparer<T>? comparer = null)
    {
        comparer ??= Comparer<T>.Default;
        return Sorted(source, comparer.Compare);
    }

    /// <summary>The elements by ascending key; those of equal keys as they were.</summary>
    public static List<T> OrderBy<T, TKey>(this IEnumerable<T> source, Func<T, TKey> keyOf) =>
        Sorted(source, (one, other) => Comparer<TKey>.Default.Compare(keyOf(one), keyOf(other)));

    /// <summary>The elements by descending key; those of equal keys as they were.</summary>
    public static List<T> OrderByDescending<T, TKey>(this IEnumerable<T> source, Func<T, TKey> keyOf) =>
        Sorted(source, (one, other) => Comparer<TKey>.Default.Compare(keyOf(other), keyOf(one)));

    // The comparison of places makes equal ones stay as they were, which the sort of a list by itself does not.
    private static List<T> Sorted<T>(IEnumerable<T> source, Comparison<T> compare)
    {
        List<T> all = [.. source];
        List<int> places = new(all.Count);
        for (int i = 0; i < all.Count; i++) places.Add(i);
        places.Sort((one, other) => compare(all[one], all[other]) is not 0 and int order ? order : one - other);
        List<T> sorted = new(all.Count);
        foreach (int place in places) sorted.Add(all[place]);
        return sorted;
    }
}
