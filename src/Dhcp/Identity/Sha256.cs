using System.Buffers.Binary;
using System.Numerics;

namespace BondDhcp.Dhcp.Identity;

/// <summary>
/// SHA-256 (RFC 6234 section 6.2). Its own, because the runtime's would load OpenSSL for a few hundred octets at
/// start-up. For identity and damage, not for secrets.
/// </summary>
public static class Sha256
{
    /// <summary>Octets in a hash.</summary>
    public const int Length = 32;

    /// <summary>Octets in a block; also the block size of HMAC (RFC 2104).</summary>
    public const int BlockLength = 64;

    // The length of the message in bits ends the last block.
    private const int LengthFieldLength = 8;

    // RFC 6234 section 6.1: the initial hash value, and the constants of section 5.1.
    private static ReadOnlySpan<uint> Initial =>
    [
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    ];

    private static ReadOnlySpan<uint> K =>
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    /// <summary>Hashes <paramref name="data"/> into the first <see cref="Length"/> octets of <paramref name="hash"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Too little room.</exception>
    public static void Hash(ReadOnlySpan<byte> data, Span<byte> hash)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hash.Length, Length);
        Span<uint> state = stackalloc uint[Length / sizeof(uint)];
        Initial.CopyTo(state);
        ReadOnlySpan<byte> rest = data;
        for (; rest.Length >= BlockLength; rest = rest[BlockLength..]) Compress(state, rest);

        // Padding (section 4.1): a one bit, zeros, and the length; two blocks when it does not fit into one.
        Span<byte> last = stackalloc byte[2 * BlockLength];
        last.Clear();
        rest.CopyTo(last);
        last[rest.Length] = 0x80;
        int end = rest.Length < BlockLength - LengthFieldLength ? BlockLength : 2 * BlockLength;
        BinaryPrimitives.WriteUInt64BigEndian(last[(end - LengthFieldLength)..], (ulong)data.Length * 8);
        for (int start = 0; start < end; start += BlockLength) Compress(state, last[start..]);

        for (int i = 0; i < state.Length; i++) BinaryPrimitives.WriteUInt32BigEndian(hash[(sizeof(uint) * i)..], state[i]);
    }

    private static void Compress(Span<uint> state, ReadOnlySpan<byte> block)
    {
        Span<uint> w = stackalloc uint[BlockLength];
        for (int t = 0; t < 16; t++) w[t] = BinaryPrimitives.ReadUInt32BigEndian(block[(sizeof(uint) * t)..]);
        for (int t = 16; t < BlockLength; t++)
        {
            uint s0 = BitOperations.RotateRight(w[t - 15], 7) ^ BitOperations.RotateRight(w[t - 15], 18) ^ w[t - 15] >> 3;
            uint s1 = BitOperations.RotateRight(w[t - 2], 17) ^ BitOperations.RotateRight(w[t - 2], 19) ^ w[t - 2] >> 10;
            w[t] = w[t - 16] + s0 + w[t - 7] + s1;
        }

        uint a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
        for (int t = 0; t < BlockLength; t++)
        {
            uint s1 = BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25);
            uint t1 = h + s1 + (e & f ^ ~e & g) + K[t] + w[t];
            uint s0 = BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22);
            uint t2 = s0 + (a & b ^ a & c ^ b & c);
            (h, g, f, e, d, c, b, a) = (g, f, e, d + t1, c, b, a, t1 + t2);
        }
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }
}
