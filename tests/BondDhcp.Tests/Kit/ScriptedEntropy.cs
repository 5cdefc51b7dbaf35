using BondDhcp.Net;

namespace BondDhcp.Tests.Kit;

/// <summary>
/// Randomness that a test decides. Transaction identifiers and jitter come from the same source, and two exchanges must
/// not have one identifier: the fixed sources therefore move by one bit at each draw, which no jitter of a second
/// shows within a microsecond.
/// </summary>
public sealed class ScriptedEntropy : EntropySource
{
    private readonly Func<uint> _next;

    private ScriptedEntropy(Func<uint> next) => _next = next;

    /// <summary>The lower end of every range.</summary>
    public static ScriptedEntropy Min()
    {
        uint next = 1;
        return new ScriptedEntropy(() => next++);
    }

    /// <summary>The middle of every range: jitter off.</summary>
    public static ScriptedEntropy Middle()
    {
        uint next = 0x8000_0000;
        return new ScriptedEntropy(() => next++);
    }

    /// <summary>The upper end of every range.</summary>
    public static ScriptedEntropy Max()
    {
        uint next = uint.MaxValue;
        return new ScriptedEntropy(() => next--);
    }

    /// <summary>The same values for the same seed.</summary>
    public static ScriptedEntropy Seeded(int seed)
    {
        var random = new Random(seed);
        return new ScriptedEntropy(() => (uint)random.NextInt64(1L << 32));
    }

    /// <summary>A source of the test's own.</summary>
    public static ScriptedEntropy From(Func<uint> next) => new(next);

    /// <summary>How many values were drawn.</summary>
    public int Drawn { get; private set; }

    public override uint NextUInt32()
    {
        Drawn++;
        return _next();
    }
}
