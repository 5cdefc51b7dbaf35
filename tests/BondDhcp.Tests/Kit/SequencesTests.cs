using System.Collections.Immutable;
using BondDhcp.Net.Collections;
using Xunit;
using Linq = System.Linq.Enumerable;

namespace BondDhcp.Tests.Kit;

/// <summary>The operators of <see cref="Sequences"/> give what those of System.Linq give.</summary>
public sealed class SequencesTests
{
    private static readonly int[][] s_sources = [[], [3], [3, 1, 2], [1, 1, 2, 3, 2, 1], [.. Linq.Select(Linq.Range(0, 100), static i => i * 37 % 11)], [.. Linq.Select(Linq.Range(0, 1025), static i => i * 7919 % 257)]];

    public static IEnumerable<object[]> Sources => Linq.Select(s_sources, static source => new object[] { source });

    private static readonly IEqualityComparer<int> s_parity =
        EqualityComparer<int>.Create(static (one, other) => IsOdd(one) == IsOdd(other), static one => IsOdd(one) ? 1 : 0);

    private static bool IsOdd(int one) => one % 2 == 1;

    [Theory(DisplayName = "Sequences of numbers: as System.Linq")]
    [MemberData(nameof(Sources))]
    public void Elements_AreThoseOfLinq(int[] source)
    {
        ImmutableArray<int> same = [.. source];
        foreach (int count in new[] { -1, 0, 1, 2, 1000 })
        {
            Assert.Equal(Linq.Skip(source, count), Sequences.Skip(source, count));
            Assert.Equal(Linq.Take(source, count), Sequences.Take(source, count));
        }
        Assert.Equal(Linq.Select(source, static one => $"{one}"), Sequences.Select(source, static one => $"{one}"));
        Assert.Equal(Linq.Select(source, static one => $"{one}"), Sequences.Select(same, static one => $"{one}"));
        Assert.Equal(Linq.SelectMany(source, static one => Linq.Range(0, one)), Sequences.SelectMany(source, static one => Linq.Range(0, one)));
        Assert.Equal(Linq.Where(source, IsOdd), Sequences.Where(source, IsOdd));
        Assert.Equal(Linq.Where(source, IsOdd), Sequences.Where(same, IsOdd));
        Assert.Equal(Linq.SkipWhile(source, IsOdd), Sequences.SkipWhile(source, IsOdd));
        Assert.Equal(Linq.Concat(source, [7, 8]), Sequences.Concat(source, [7, 8]));
        Assert.Equal(Linq.Append(source, 7), Sequences.Append(source, 7));
        Assert.Equal(Linq.Prepend(source, 7), Sequences.Prepend(source, 7));
        Assert.Equal(Linq.Reverse((IEnumerable<int>)source), Sequences.Reverse(source));
        Assert.Equal(Linq.Distinct(source), Sequences.Distinct(source));
        Assert.Equal(Linq.Distinct(source, s_parity), Sequences.Distinct(source, s_parity));
        Assert.Equal(Linq.Union(source, [2, 9, 9]), Sequences.Union(source, [2, 9, 9]));
        Assert.Equal(Linq.Except(source, [2, 9]), Sequences.Except(source, [2, 9]));
        Assert.Equal(Linq.DefaultIfEmpty(source, 4), Sequences.DefaultIfEmpty(source, 4));
        Assert.Equal(Linq.OfType<IComparable>(source), Sequences.OfType<IComparable>(source));
        Assert.Equal(source, Sequences.ToArray(source));
    }

    [Theory(DisplayName = "Orders: as System.Linq, and equal ones as they were")]
    [MemberData(nameof(Sources))]
    public void Orders_AreThoseOfLinq(int[] source)
    {
        (int Key, int At)[] pairs = [.. Linq.Select(source, static (one, at) => (one, at))];
        Assert.Equal(Linq.Order(source), Sequences.Order(source));
        Assert.Equal(Linq.OrderBy(pairs, static pair => pair.Key), Sequences.OrderBy(pairs, static pair => pair.Key));
        Assert.Equal(Linq.OrderByDescending(pairs, static pair => pair.Key), Sequences.OrderByDescending(pairs, static pair => pair.Key));
    }

    [Theory(DisplayName = "Sorting asks n log n times, whatever the order was, and keeps equal ones as they were")]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(65)]
    [InlineData(20_000)]
    public void Sorted_IsQuickAndStable(int count)
    {
        var keys = new Func<int, int>[] { at => at, at => -at, at => at * 7919 % 257, static _ => 0 };
        foreach (Func<int, int> key in keys)
        {
            (int Key, int At)[] pairs = [.. Linq.Select(Linq.Range(0, count), at => (key(at), at))];
            long asked = 0;
            List<(int Key, int At)> sorted = Sequences.OrderBy(pairs, pair =>
            {
                asked++;
                return pair.Key;
            });
            Assert.Equal(Linq.OrderBy(pairs, static pair => pair.Key), sorted);
            Assert.InRange(asked, 0, 4 * count * (10 + (long)Math.Log2(count)));
        }
    }

    [Theory(DisplayName = "What is said of a sequence: as System.Linq")]
    [MemberData(nameof(Sources))]
    public void Facts_AreThoseOfLinq(int[] source)
    {
        ImmutableArray<int> same = [.. source];
        Assert.Equal(source.Length > 0, Sequences.Any(source));
        Assert.Equal(Linq.Any(source, IsOdd), Sequences.Any(source, IsOdd));
        Assert.Equal(Linq.Any(source, IsOdd), Sequences.Any(same, IsOdd));
        Assert.Equal(Linq.All(source, IsOdd), Sequences.All(source, IsOdd));
        Assert.Equal(Linq.All(source, IsOdd), Sequences.All(same, IsOdd));
        Assert.Equal(Linq.FirstOrDefault(source), Sequences.FirstOrDefault(source));
        Assert.Equal(Linq.FirstOrDefault(source), Sequences.FirstOrDefault(same));
        Assert.Equal(Linq.FirstOrDefault(source, static one => one > 1), Sequences.FirstOrDefault(source, static one => one > 1));
        Assert.Equal(Linq.FirstOrDefault(source, static one => one > 1), Sequences.FirstOrDefault(same, static one => one > 1));
        Assert.Equal(Linq.LastOrDefault(source), Sequences.LastOrDefault(source));
        Assert.Equal(Linq.LastOrDefault(source, IsOdd), Sequences.LastOrDefault(source, IsOdd));
        Assert.Equal(source.Length, Sequences.Count(source));
        Assert.Equal(Linq.Count(source, IsOdd), Sequences.Count(source, IsOdd));
        Assert.Equal(Linq.Sum(source, static one => (long)one), Sequences.Sum(source, static one => one));
        Assert.Equal(Linq.Contains(source, 2), Sequences.Contains((IEnumerable<int>)source, 2));
        foreach (int[] other in s_sources)
        {
            Assert.Equal(Linq.SequenceEqual(source, other), Sequences.SequenceEqual((IEnumerable<int>)source, other));
            Assert.Equal(Linq.SequenceEqual(source, other), Sequences.SequenceEqual(same, [.. other]));
            Assert.Equal(
                Linq.SequenceEqual(Linq.Select(source, IsOdd), Linq.Select(other, IsOdd)),
                Sequences.SequenceEqual(same, [.. other], static (one, another) => IsOdd(one) == IsOdd(another)));
        }
        if (source.Length == 0)
        {
            Assert.Throws<InvalidOperationException>(() => Sequences.First(source));
            Assert.Throws<InvalidOperationException>(() => Sequences.First(source, IsOdd));
            Assert.Throws<InvalidOperationException>(() => Sequences.Min(source));
            Assert.Throws<InvalidOperationException>(() => Sequences.Min(source, static one => -one));
            return;
        }
        Assert.Equal(Linq.First(source), Sequences.First(source));
        Assert.Equal(Linq.Min(source), Sequences.Min(source));
        Assert.Equal(Linq.Max(source), Sequences.Max(source));
        Assert.Equal(Linq.Min(source, static one => -one), Sequences.Min(source, static one => -one));
    }

    [Fact(DisplayName = "Keys: a second value of one is refused, as by System.Linq")]
    public void ToDictionary_RefusesASecond()
    {
        Assert.Equal([("a", 1), ("bb", 2)], Linq.Select(Sequences.ToDictionary(["a", "bb"], static one => one.Length), static pair => (pair.Value, pair.Key)));
        Assert.Equal(1, Sequences.ToDictionary(["a"], static one => one, static one => one.Length, StringComparer.OrdinalIgnoreCase)["A"]);
        Assert.Throws<ArgumentException>(() => Sequences.ToDictionary(["a", "b"], static one => one.Length));
    }
}
