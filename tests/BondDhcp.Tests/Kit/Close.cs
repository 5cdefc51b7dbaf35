using Xunit;

namespace BondDhcp.Tests.Kit;

/// <summary>Comparisons of times, to a millisecond.</summary>
public static class Close
{
    private const double Millisecond = 0.001;

    public static void To(double expected, double actual) => Assert.InRange(actual, expected - Millisecond, expected + Millisecond);

    public static void To(double[] expected, double[] actual)
    {
        string both = FormattableString.Invariant($"expected {string.Join(" ", expected)}, was {string.Join(" ", actual)}");
        Assert.True(expected.Length == actual.Length, both);
        for (int i = 0; i < expected.Length; i++) Assert.True(Math.Abs(expected[i] - actual[i]) <= Millisecond, both);
    }

    public static void Within(double low, double high, double actual) => Assert.InRange(actual, low - Millisecond, high + Millisecond);
}
