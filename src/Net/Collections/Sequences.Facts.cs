using System.Collections.Immutable;

namespace BondDhcp.Net.Collections;

/// <content>What is said of a sequence: one element of it, or a number.</content>
public static partial class Sequences
{
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

    /// <summary>Both have as many elements, and those of the same place are equal by the function.</summary>
    public static bool SequenceEqual<T>(this ImmutableArray<T> source, ImmutableArray<T> others, Func<T, T, bool> areEqual)
    {
        if (source.Length != others.Length) return false;
        for (int i = 0; i < source.Length; i++)
            if (!areEqual(source[i], others[i])) return false;
        return true;
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
