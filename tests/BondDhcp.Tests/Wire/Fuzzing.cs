using System.Globalization;

namespace BondDhcp.Tests.Wire;

/// <summary>Seeded damage: the same octets in every run, so that a failure can be had again.</summary>
internal static class Fuzzing
{
    private const int DefaultIterations = 100_000;

    /// <summary>How many executions: <c>BONDDHCP_FUZZ_ITERATIONS</c>.</summary>
    public static int Iterations =>
        int.TryParse(Environment.GetEnvironmentVariable("BONDDHCP_FUZZ_ITERATIONS"), CultureInfo.InvariantCulture, out int iterations) && iterations > 0
            ? iterations
            : DefaultIterations;

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
}
