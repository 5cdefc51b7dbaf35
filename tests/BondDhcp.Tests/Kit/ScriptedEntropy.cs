using BondDhcp.Net;

namespace BondDhcp.Tests.Kit;

/// <summary>Randomness that a test decides: one value for ever, a sequence, or a seeded generator.</summary>
public sealed class ScriptedEntropy : EntropySource
{
    private readonly Func<uint> _next;

    private ScriptedEntropy(Func<uint> next) => _next = next;

    /// <summary>How many values were drawn.</summary>
    public int Drawn { get; private set; }

    /// <summary>The lower end of every range. Transaction identifiers come from it too and may not be 0: every other draw is 1 then.</summary>
    public static ScriptedEntropy Min() => new(() => 0);

    /// <summary>The middle of every range: jitter off.</summary>
    public static ScriptedEntropy Middle() => new(() => 0x8000_0000);

    /// <summary>The upper end of every range.</summary>
    public static ScriptedEntropy Max() => new(() => uint.MaxValue);

    /// <summary>The same values for the same seed.</summary>
    public static ScriptedEntropy Seeded(int seed)
    {
        var random = new Random(seed);
        return new ScriptedEntropy(() => (uint)random.NextInt64(1L << 32));
    }

    /// <summary>These values, then the last one again and again.</summary>
    public static ScriptedEntropy Sequence(params uint[] values)
    {
        int next = 0;
        return new ScriptedEntropy(() => values[Math.Min(next++, values.Length - 1)]);
    }

    /// <summary>A source of the test's own.</summary>
    public static ScriptedEntropy From(Func<uint> next) => new(next);

    public override uint NextUInt32()
    {
        Drawn++;
        return _next();
    }
}
