namespace BondDhcp.Dhcp.Identity;

/// <summary>HMAC with SHA-256 (RFC 2104), for deriving an identity from a secret that must not be shown.</summary>
public static class HmacSha256
{
    private const byte InnerPad = 0x36;
    private const byte OuterPad = 0x5c;

    // The longest message that is ever authenticated here is an application identifier of 16 octets.
    private const int MaxMessageLength = 1024;

    /// <summary>Writes <see cref="Sha256.Length"/> octets to <paramref name="code"/>.</summary>
    /// <param name="key">Any length.</param>
    /// <param name="message">At most 1024 octets.</param>
    /// <param name="code">Where the code goes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The message is too long or there is too little room.</exception>
    public static void Compute(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message, Span<byte> code)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(message.Length, MaxMessageLength);
        Span<byte> block = stackalloc byte[Sha256.BlockLength];
        block.Clear();
        if (key.Length > Sha256.BlockLength) Sha256.Hash(key, block);
        else key.CopyTo(block);

        Span<byte> inner = stackalloc byte[Sha256.BlockLength + message.Length];
        Span<byte> outer = stackalloc byte[Sha256.BlockLength + Sha256.Length];
        for (int i = 0; i < block.Length; i++)
        {
            inner[i] = (byte)(block[i] ^ InnerPad);
            outer[i] = (byte)(block[i] ^ OuterPad);
        }
        message.CopyTo(inner[Sha256.BlockLength..]);
        Sha256.Hash(inner, outer[Sha256.BlockLength..]);
        Sha256.Hash(outer, code);
    }
}
