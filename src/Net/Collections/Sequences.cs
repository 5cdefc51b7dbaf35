using System.Collections.Immutable;

namespace BondDhcp.Net.Collections;

/// <summary>
/// The operators of System.Linq that this program uses, at once instead of on demand: what gives several elements gives a list.
/// An operator of System.Linq compiles to several classes for each kind of element, which cannot be shared where the elements
/// are structs, and every class is laid out anew in memory at each start. Nothing of that is in the way of the first packet here.
/// </summary>
/// <remarks>
/// The element that an operator is given is asked for each element, also where System.Linq would have stopped before: functions
/// with effects belong into a loop.
/// </remarks>
public static class Sequences
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

    /// <summary>What the function makes of each element and its place, which counts from 0.</summary>
    public static List<TResult> Select<T, TResult>(this IEnumerable<T> source, Func<T, int, TResult> function)
    {
        List<TResult> made = [];
        foreach (T element in source) made.Add(function(element, made.Count));
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

    /// <summary>There is an element.</summary>
    public static bool Any<T>(this IEnumerable<T> source)
    {
        foreach (T _ in source) return true;
        return false;
    }

    /// <summary>It holds for one element or more.</summary>
    public static bool Any<T>(this IEnumerable<T> source, Func<T, bool> holds)
    {
        foreach (T element in source)
            if (holds(element)) return true;
        return false;
    }

    /// <inheritdoc cref="Any{T}(IEnumerable{T}, Func{T, bool})"/>
    public static bool Any<T>(this ImmutableArray<T> source, Func<T, bool> holds)
    {
        foreach (T element in source)
            if (holds(element)) return true;
        return false;
    }

    /// <summary>It holds for every element.</summary>
    public static bool All<T>(this IEnumerable<T> source, Func<T, bool> holds)
    {
        foreach (T element in source)
            if (!holds(element)) return false;
        return true;
    }

    /// <inheritdoc cref="All{T}(IEnumerable{T}, Func{T, bool})"/>
    public static bool All<T>(this ImmutableArray<T> source, Func<T, bool> holds)
    {
        foreach (T element in source)
            if (!holds(element)) return false;
        return true;
    }

    /// <summary>The first element.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static T First<T>(this IEnumerable<T> source)
    {
        foreach (T element in source) return element;
        throw new InvalidOperationException("the sequence has no element");
    }

    /// <summary>The first element for which it holds.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static T First<T>(this IEnumerable<T> source, Func<T, bool> holds)
    {
        foreach (T element in source)
            if (holds(element)) return element;
        throw new InvalidOperationException("no element is as it should be");
    }

    /// <summary>The first element, or the type's default.</summary>
    public static T? FirstOrDefault<T>(this IEnumerable<T> source)
    {
        foreach (T element in source) return element;
        return default;
    }

    /// <summary>The first element for which it holds, or the type's default.</summary>
    public static T? FirstOrDefault<T>(this IEnumerable<T> source, Func<T, bool> holds)
    {
        foreach (T element in source)
            if (holds(element)) return element;
        return default;
    }

    /// <inheritdoc cref="FirstOrDefault{T}(IEnumerable{T}, Func{T, bool})"/>
    public static T? FirstOrDefault<T>(this ImmutableArray<T> source, Func<T, bool> holds)
    {
        foreach (T element in source)
            if (holds(element)) return element;
        return default;
    }

    /// <summary>The first element, or the type's default.</summary>
    public static T? FirstOrDefault<T>(this ImmutableArray<T> source) => source.Length > 0 ? source[0] : default;

    /// <summary>The last element, or the type's default.</summary>
    public static T? LastOrDefault<T>(this IEnumerable<T> source)
    {
        T? last = default;
        foreach (T element in source) last = element;
        return last;
    }

    /// <summary>The last element for which it holds, or the type's default.</summary>
    public static T? LastOrDefault<T>(this IEnumerable<T> source, Func<T, bool> holds)
    {
        T? last = default;
        foreach (T element in source)
            if (holds(element)) last = element;
        return last;
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

    /// <summary>The elements from the last to the first.</summary>
    public static List<T> Reverse<T>(this IEnumerable<T> source)
    {
        List<T> all = [.. source];
        all.Reverse();
        return all;
    }

    /// <summary>Each element once, in the order in which they come first.</summary>
    public static List<T> Distinct<T>(this IEnumerable<T> source, IEqualityComparer<T>? comparer = null)
    {
        HashSet<T> seen = new(comparer);
        List<T> found = [];
        foreach (T element in source)
            if (seen.Add(element)) found.Add(element);
        return found;
    }

    /// <summary>The first element of each key.</summary>
    public static List<T> DistinctBy<T, TKey>(this IEnumerable<T> source, Func<T, TKey> keyOf)
    {
        HashSet<TKey> seen = [];
        List<T> found = [];
        foreach (T element in source)
            if (seen.Add(keyOf(element))) found.Add(element);
        return found;
    }

    /// <summary>Each element of both once, in the order in which they come first.</summary>
    public static List<T> Union<T>(this IEnumerable<T> source, IEnumerable<T> others)
    {
        HashSet<T> seen = [];
        List<T> found = [];
        foreach (T element in source)
            if (seen.Add(element)) found.Add(element);
        foreach (T element in others)
            if (seen.Add(element)) found.Add(element);
        return found;
    }

    /// <summary>Each element once that is not among the others.</summary>
    public static List<T> Except<T>(this IEnumerable<T> source, IEnumerable<T> others)
    {
        HashSet<T> seen = [.. others];
        List<T> found = [];
        foreach (T element in source)
            if (seen.Add(element)) found.Add(element);
        return found;
    }

    /// <summary>Elements of the same place, as far as both reach.</summary>
    public static List<(T First, TOther Second)> Zip<T, TOther>(this IEnumerable<T> source, IEnumerable<TOther> others)
    {
        List<(T First, TOther Second)> pairs = [];
        using IEnumerator<TOther> other = others.GetEnumerator();
        foreach (T element in source)
        {
            if (!other.MoveNext()) break;
            pairs.Add((element, other.Current));
        }
        return pairs;
    }

    /// <summary>The elements of each key together, both in the order in which they come first.</summary>
    public static List<Group<TKey, T>> GroupBy<T, TKey>(this IEnumerable<T> source, Func<T, TKey> keyOf)
        where TKey : notnull
    {
        Dictionary<TKey, Group<TKey, T>> byKey = [];
        List<Group<TKey, T>> groups = [];
        foreach (T element in source)
        {
            TKey key = keyOf(element);
            if (!byKey.TryGetValue(key, out Group<TKey, T>? group))
            {
                group = new Group<TKey, T>(key);
                byKey.Add(key, group);
                groups.Add(group);
            }
            group.Add(element);
        }
        return groups;
    }

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

    /// <summary>The elements in the order of a comparison; equal ones as they were.</summary>
    public static List<T> Sorted<T>(this IEnumerable<T> source, Comparison<T> compare)
    {
        // By insertion, which is all there is to what is short; longer ones in runs, which are merged. Either keeps equal ones in order.
        const int run = 32;
        List<T> sorted = ToList(source);
        int count = sorted.Count;
        for (int i = 1; i < count; i++)
        {
            T element = sorted[i];
            int at = i;
            for (; at % run > 0 && compare(sorted[at - 1], element) > 0; at--) sorted[at] = sorted[at - 1];
            sorted[at] = element;
        }
        if (count <= run) return sorted;
        List<T> merged = ToList(sorted);
        for (long width = run; width < count; width *= 2)
        {
            for (long begin = 0; begin < count; begin += 2 * width)
            {
                int left = (int)begin, middle = (int)Math.Min(begin + width, count), right = middle, end = (int)Math.Min(begin + (2 * width), count);
                for (int to = left; to < end; to++)
                    merged[to] = left < middle && (right == end || compare(sorted[left], sorted[right]) <= 0) ? sorted[left++] : sorted[right++];
            }
            (sorted, merged) = (merged, sorted);
        }
        return sorted;
    }

    /// <summary>How many elements there are.</summary>
    public static int Count<T>(this IEnumerable<T> source)
    {
        int count = 0;
        foreach (T _ in source) count++;
        return count;
    }

    /// <summary>For how many elements it holds.</summary>
    public static int Count<T>(this IEnumerable<T> source, Func<T, bool> holds)
    {
        int count = 0;
        foreach (T element in source)
            if (holds(element)) count++;
        return count;
    }

    /// <summary>The sum of what the function makes of each element.</summary>
    /// <exception cref="OverflowException">It is none of the type's.</exception>
    public static long Sum<T>(this IEnumerable<T> source, Func<T, long> function)
    {
        long sum = 0;
        foreach (T element in source) sum = checked(sum + function(element));
        return sum;
    }

    /// <summary>The least element.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static T Min<T>(this IEnumerable<T> source) => Outermost(source, -1);

    /// <summary>The greatest element.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static T Max<T>(this IEnumerable<T> source) => Outermost(source, 1);

    /// <summary>The least of what the function makes of each element.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static TResult Min<T, TResult>(this IEnumerable<T> source, Func<T, TResult> function) => Outermost(Select(source, function), -1);

    /// <summary>The greatest of what the function makes of each element.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static TResult Max<T, TResult>(this IEnumerable<T> source, Func<T, TResult> function) => Outermost(Select(source, function), 1);

    /// <summary>These, or that one where there is none.</summary>
    public static List<T> DefaultIfEmpty<T>(this IEnumerable<T> source, T otherwise)
    {
        List<T> all = [.. source];
        if (all.Count == 0) all.Add(otherwise);
        return all;
    }

    /// <summary>An equal element is there.</summary>
    public static bool Contains<T>(this IEnumerable<T> source, T value, IEqualityComparer<T>? comparer = null)
    {
        comparer ??= EqualityComparer<T>.Default;
        foreach (T element in source)
            if (comparer.Equals(element, value)) return true;
        return false;
    }

    /// <summary>Both have equal elements in the same order.</summary>
    public static bool SequenceEqual<T>(this IEnumerable<T> source, IEnumerable<T> others)
    {
        using IEnumerator<T> other = others.GetEnumerator();
        foreach (T element in source)
            if (!other.MoveNext() || !EqualityComparer<T>.Default.Equals(element, other.Current)) return false;
        return !other.MoveNext();
    }

    /// <inheritdoc cref="SequenceEqual{T}(IEnumerable{T}, IEnumerable{T})"/>
    public static bool SequenceEqual<T>(this ImmutableArray<T> source, ImmutableArray<T> others)
    {
        if (source.Length != others.Length) return false;
        for (int i = 0; i < source.Length; i++)
            if (!EqualityComparer<T>.Default.Equals(source[i], others[i])) return false;
        return true;
    }

    /// <summary>The elements as an array of its own.</summary>
    public static T[] ToArray<T>(this IEnumerable<T> source)
    {
        List<T> all = [];
        all.AddRange(source);
        return all.ToArray();
    }

    /// <summary>The elements as a list of its own.</summary>
    public static List<T> ToList<T>(this IEnumerable<T> source)
    {
        List<T> all = [];
        all.AddRange(source);
        return all;
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

    private static T Outermost<T>(IEnumerable<T> source, int sign)
    {
        bool any = false;
        T found = default!;
        foreach (T element in source)
        {
            if (!any || Comparer<T>.Default.Compare(element, found) * sign > 0) found = element;
            any = true;
        }
        return any ? found : throw new InvalidOperationException("the sequence has no element");
    }
}
