using System.Buffers.Binary;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Identity;

/// <summary>
/// The IPv4 link-local addresses that an interface of this host tries, in order (RFC 3927 section 2.1): spread over all there
/// are, and the same after every restart and failover, because they come from the DUID and not from a hardware address.
/// </summary>
/// <param name="Duid">The host's DUID.</param>
/// <param name="Iaid">Which of its interfaces.</param>
public sealed record LinkLocalSequence(Duid Duid, Iaid Iaid)
{
    /// <summary>The network they are in.</summary>
    public const int PrefixLength = 16;

    // 169.254.0.0/24 and 169.254.255.0/24 are reserved.
    private const uint First = 0xa9fe_0100;
    private const uint Count = 254 * 256;

    /// <summary>The address of an attempt: 169.254.1.0 to 169.254.254.255.</summary>
    /// <param name="attempt">0 for the first; the next one after a conflict.</param>
    public Ipv4Address this[int attempt]
    {
        get
        {
            // Changing this changes the address of every installation.
            Span<byte> message = stackalloc byte[16 + Iaid.Length + sizeof(int)];
            "ipv4-link-local\0"u8.CopyTo(message);
            BinaryPrimitives.WriteUInt32BigEndian(message[16..], Iaid.Value);
            BinaryPrimitives.WriteInt32BigEndian(message[(16 + Iaid.Length)..], attempt);
            Span<byte> code = stackalloc byte[Sha256.Length];
            HmacSha256.Compute(Duid.Octets, message, code);
            // Of 64 bits, what is left over is not worth a word.
            return new Ipv4Address(First + (uint)(BinaryPrimitives.ReadUInt64BigEndian(code) % Count));
        }
    }
}
