namespace BondDhcp.Net;

/// <summary>Where randomness comes from: getrandom(2) in the daemon, a fixed sequence in a test.</summary>
public abstract class EntropySource
{
    /// <summary>32 uniformly distributed bits.</summary>
    public abstract uint NextUInt32();

    /// <summary>Uniform in [-1, +1]: the jitter of RFC 2131 section 4.1. A source whose bits are 0x80000000 gives the middle, 0.</summary>
    public double NextJitter() => NextUnit() * 2 - 1;

    /// <summary>Uniform in [0, 1]; bits 0, 0x80000000 and 0xffffffff give 0, 0.5 and 1 exactly.</summary>
    public double NextUnit()
    {
        uint bits = NextUInt32();
        return bits == 0x8000_0000 ? 0.5 : bits / (double)uint.MaxValue;
    }
}
