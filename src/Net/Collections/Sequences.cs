using System.Collections.Immutable;

namespace BondDhcp.Net.Collections;

/// <summary>
/// The operators of System.Linq that this program uses, at once instead of on demand: what gives several elements gives a list.
/// An operator of System.Linq compiles to several classes for each kind of element, which cannot be shared where the elements
/// are structs, and every class is laid out anew in memory at each start. Nothing of that is in the way of the first packet here.
/// </summary>
/// <remarks>
/// A function is called for each element, also where System.Linq would have stopped at the first that fits: functions with effects
/// belong into a loop. What is there already is found by looking through the list: these are lists of addresses, routes and options
/// as one interface has them.
/// </remarks>
public static partial class Sequences
{
    /// <summary>What the function makes of each element.</summary>
    public static List<TResult> Select<T, TResult>(this IEnumerable<T> source, Func<T, TResult> function)
    {
        List<TResult> made = [];
        foreach (T element in source) made.Add(function(element));
        return made;
    }

    /// <inheritdoc cref="Select{T, TResult}(IEnumerable{T}, Func{T, TResult})"/>
    public static List<TResult> Select<T, TResult>(this ImmutableArray<T> source, Func<T, TResult> function)
    {
        List<TResult> made = new(source.Length);
        foreach (T element in source) made.Add(function(element));
        return made;
    }

    /// <summary>All that the function makes of all elements.</summary>
    public static List<TResult> SelectMany<T, TResult>(this IEnumerable<T> source, Func<T, IEnumerable<TResult>> function)
    {
        List<TResult> made = [];
        foreach (T element in source) made.AddRange(function(element));
        return made;
    }

    /// <summary>The elements for which it holds.</summary>
    public static List<T> Where<T>(this IEnumerable<T> source, Func<T, bool> holds)
    {
        List<T> found = [];
        foreach (T element in source)
            if (holds(element)) found.Add(element);
        return found;
    }

    /// <inheritdoc cref="Where{T}(IEnumerable{T}, Func{T, bool})"/>
    public static List<T> Where<T>(this ImmutableArray<T> source, Func<T, bool> holds)
    {
        List<T> found = [];
        foreach (T element in source)
            if (holds(element)) found.Add(element);
        return found;
    }

    /// <summary>The elements of that type.</summary>
    public static List<TResult> OfType<TResult>(this System.Collections.IEnumerable source)
    {
        List<TResult> found = [];
        foreach (object? element in source)
            if (element is TResult its) found.Add(its);
        return found;
    }

    /// <summary>All but the first ones.</summary>
    public static List<T> Skip<T>(this IEnumerable<T> source, int count)
    {
        List<T> rest = [];
        foreach (T element in source)
            if (count-- <= 0) rest.Add(element);
        return rest;
    }

    /// <summary>From the first element on for which it does not hold.</summary>
    public static List<T> SkipWhile<T>(this IEnumerable<T> source, Func<T, bool> holds)
    {
        List<T> rest = [];
        foreach (T element in source)
            if (rest.Count > 0 || !holds(element)) rest.Add(element);
        return rest;
    }

    /// <summary>The first ones, at most that many.</summary>
    public static List<T> Take<T>(this IEnumerable<T> source, int count)
    {
        List<T> first = [];
        foreach (T element in source)
        {
            if (first.Count >= count) break;
            first.Add(element);
        }
        return first;
    }

    /// <summary>These, and then those.</summary>
    public static List<T> Concat<T>(this IEnumerable<T> source, IEnumerable<T> others) => [.. source, .. others];

    /// <summary>These, and then that.</summary>
    public static List<T> Append<T>(this IEnumerable<T> source, T last) => [.. source, last];

    /// <summary>That, and then these.</summary>
    public static List<T> Prepend<T>(this IEnumerable<T> source, T first) => [first, .. source];

    /// <summary>The elements, and that one where it is not among them: an array as a set.</summary>
    public static ImmutableArray<T> AddOnce<T>(this ImmutableArray<T> source, T value) => source.Contains(value) ? source : source.Add(value);

    /// <summary>The elements from the last to the first.</summary>
    public static List<T> Reverse<T>(this IEnumerable<T> source)
    {
        List<T> all = [.. source];
        all.Reverse();
        return all;
    }

    /// <summary>Each element once, in the order in which they come first.</summary>
    public static List<T> Distinct<T>(this IEnumerable<T> source, IEqualityComparer<T>? comparer = null) => Added([], source, comparer);

    /// <summary>Each element of both once, in the order in which they come first.</summary>
    public static List<T> Union<T>(this IEnumerable<T> source, IEnumerable<T> others) => Added(Added([], source), others);

    /// <summary>Each element once that is not among the others.</summary>
    public static List<T> Except<T>(this IEnumerable<T> source, IEnumerable<T> others)
    {
        List<T> unwanted = [.. others];
        List<T> found = [];
        foreach (T element in source)
            if (!Contains(unwanted, element) && !Contains(found, element)) found.Add(element);
        return found;
    }

    /// <summary>These, or that one where there is none.</summary>
    public static List<T> DefaultIfEmpty<T>(this IEnumerable<T> source, T otherwise)
    {
        List<T> all = [.. source];
        if (all.Count == 0) all.Add(otherwise);
        return all;
    }

    /// <summary>The elements as an array of its own.</summary>
    public static T[] ToArray<T>(this IEnumerable<T> source)
    {
        List<T> all = [];
        all.AddRange(source);
        return all.ToArray();
    }

    /// <summary>The elements by their keys.</summary>
    /// <exception cref="ArgumentException">Two have the same key.</exception>
    public static Dictionary<TKey, T> ToDictionary<T, TKey>(this IEnumerable<T> source, Func<T, TKey> keyOf)
        where TKey : notnull => ToDictionary(source, keyOf, static element => element);

    /// <summary>What a function makes of the elements by their keys.</summary>
    /// <exception cref="ArgumentException">Two have the same key.</exception>
    public static Dictionary<TKey, TValue> ToDictionary<T, TKey, TValue>(
        this IEnumerable<T> source, Func<T, TKey> keyOf, Func<T, TValue> valueOf, IEqualityComparer<TKey>? comparer = null)
        where TKey : notnull
    {
        Dictionary<TKey, TValue> byKey = new(comparer);
        foreach (T element in source) byKey.Add(keyOf(element), valueOf(element));
        return byKey;
    }

    private static List<T> Added<T>(List<T> found, IEnumerable<T> source, IEqualityComparer<T>? comparer = null)
    {
        foreach (T element in source)
            if (!Contains(found, element, comparer)) found.Add(element);
        return found;
    }
}
