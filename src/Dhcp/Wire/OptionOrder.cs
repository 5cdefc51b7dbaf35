namespace BondDhcp.Dhcp.Wire;

/// <summary>
/// An order that says nothing of the program that sends (RFC 7844 sections 3.1, 3.6, 4.1 and 4.6): a permutation that is a
/// function of a number, so that whoever decided on a message can have it written again octet by octet.
/// </summary>
internal static class OptionOrder
{
    // SplitMix32: its increment, and the finaliser of MurmurHash3.
    private const uint Increment = 0x9e37_79b9;

    /// <summary>Fills <paramref name="order"/> with 0 to its length less one, each once.</summary>
    /// <param name="seed">Which permutation.</param>
    /// <param name="order">At most 256.</param>
    public static void Permute(uint seed, Span<byte> order)
    {
        for (int i = 0; i < order.Length; i++) order[i] = (byte)i;
        // Fisher and Yates.
        for (int last = order.Length - 1; last > 0; last--)
        {
            seed += Increment;
            int other = (int)((ulong)Mixed(seed) * (uint)(last + 1) >> 32);
            (order[last], order[other]) = (order[other], order[last]);
        }
    }

    /// <summary>Another number made of <paramref name="seed"/>: for a second order in the same message.</summary>
    public static uint Second(uint seed) => Mixed(~seed);

    private static uint Mixed(uint value)
    {
        value ^= value >> 16;
        value *= 0x85eb_ca6b;
        value ^= value >> 13;
        value *= 0xc2b2_ae35;
        return value ^ value >> 16;
    }
}
