using System.Runtime.CompilerServices;
using Xunit;

namespace BondDhcp.Tests.Kit;

/// <summary>
/// Compares text with a verified copy beside the test's source, by the conventions of the Verify library:
/// <c>Class.Method.verified.txt</c> is kept, <c>Class.Method.received.txt</c> is written when they differ. To accept,
/// rename the received file.
/// </summary>
public static class Snapshot
{
    /// <param name="text">What the test made.</param>
    /// <param name="variant">For a test with parameters: a word that tells its cases apart.</param>
    /// <param name="source">Filled in by the compiler.</param>
    /// <param name="method">Filled in by the compiler.</param>
    public static void Matches(string text, string variant = "", [CallerFilePath] string source = "", [CallerMemberName] string method = "")
    {
        string stem = Path.Combine(Path.GetDirectoryName(source)!, $"{Path.GetFileNameWithoutExtension(source)}.{method}");
        if (variant.Length > 0) stem += "_" + variant;
        string verified = stem + ".verified.txt";
        string received = stem + ".received.txt";
        string actual = text.TrimEnd() + "\n";
        if (File.Exists(verified) && File.ReadAllText(verified) == actual)
        {
            File.Delete(received);
            return;
        }
        File.WriteAllText(received, actual);
        Assert.Fail(File.Exists(verified)
            ? $"{received} differs from {Path.GetFileName(verified)}:\n{FirstDifference(File.ReadAllText(verified), actual)}"
            : $"{Path.GetFileName(verified)} does not exist; {received} is what it would hold.");
    }

    private static string FirstDifference(string expected, string actual)
    {
        string[] left = expected.Split('\n');
        string[] right = actual.Split('\n');
        for (int i = 0; i < Math.Max(left.Length, right.Length); i++)
        {
            string? was = i < left.Length ? left[i] : null;
            string? now = i < right.Length ? right[i] : null;
            if (was != now) return $"line {i + 1}\n  verified: {was ?? "(end)"}\n  received: {now ?? "(end)"}";
        }
        return "";
    }
}
