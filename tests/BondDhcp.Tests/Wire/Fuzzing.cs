using System.Globalization;

namespace BondDhcp.Tests.Wire;

/// <summary>
/// Seeded damage, so that a failure can be had again: the same octets in every run, unless <c>BONDDHCP_FUZZ_SEED</c> gives
/// another seed, as <c>scripts/fuzz</c> does.
/// </summary>
internal static class Fuzzing
{
    private const int DefaultIterations = 100_000;

    /// <summary>How many executions: <c>BONDDHCP_FUZZ_ITERATIONS</c>.</summary>
    public static int Iterations { get; } = Setting("BONDDHCP_FUZZ_ITERATIONS", 1, 1_000_000_000, DefaultIterations);

    /// <summary>What the seeds of all executions are shifted by: <c>BONDDHCP_FUZZ_SEED</c>. Room is left for as many executions above it.</summary>
    public static int Seed { get; } = Setting("BONDDHCP_FUZZ_SEED", 0, 1_000_000_000, 0);

    /// <summary>The random numbers of a test, or of one execution, with a number of its own.</summary>
    public static Random Random(int own) => new(unchecked(Seed + own));

    /// <summary>One to four changes: an octet, a run of octets, a cut, an insertion, a copy from elsewhere.</summary>
    public static byte[] Mutate(byte[] seed, Random random)
    {
        byte[] octets = [.. seed];
        for (int changes = random.Next(1, 5); changes > 0; changes--)
        {
            if (octets.Length == 0) return [(byte)random.Next(256)];
            int at = random.Next(octets.Length);
            int length = random.Next(1, Math.Min(16, octets.Length - at) + 1);
            switch (random.Next(6))
            {
                case 0: octets[at] = (byte)random.Next(256); break;
                case 1: octets[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: octets[at] = (byte)(random.Next(2) == 0 ? 0 : 255); break;
                case 3: octets = [.. octets[..at], .. octets[(at + length)..]]; break;
                case 4: octets = [.. octets[..at], .. octets[at..(at + length)], .. octets[at..]]; break;
                default: random.NextBytes(octets.AsSpan(at, length)); break;
            }
        }
        return octets;
    }

    /// <summary>The limits of one execution: 1 MiB, and time enough that only a hang exceeds it on a busy machine.</summary>
    public const long MaxAllocated = 1024 * 1024;

    public static readonly TimeSpan MaxMean = TimeSpan.FromMilliseconds(10);

    // A setting that is not understood is an error: nobody is to look for a failure under another seed than the one given.
    private static int Setting(string name, int lowest, int highest, int otherwise)
    {
        if (Environment.GetEnvironmentVariable(name) is not { Length: > 0 } text) return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= lowest && value <= highest
            ? value
            : throw new InvalidOperationException($"{name}={text}: a number from {lowest} to {highest} is wanted");
    }
}
