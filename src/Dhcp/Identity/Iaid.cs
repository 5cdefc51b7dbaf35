using System.Buffers.Binary;
using System.Text;

namespace BondDhcp.Dhcp.Identity;

/// <summary>
/// An identity association identifier (RFC 9915 section 4.2): which of this host's interfaces. It comes from the
/// interface's name, because index and hardware address change with the hardware, and must be the same after every
/// restart (RFC 9915 section 12).
/// </summary>
/// <param name="Value">Big-endian on the wire.</param>
public readonly record struct Iaid(uint Value)
{
    /// <summary>Octets on the wire.</summary>
    public const int Length = sizeof(uint);

    // Changing this changes the identity of every installation.
    private const string Domain = "bonddhcp-iaid-v1\0";

    /// <summary>The first four octets of SHA-256 over a fixed prefix and <paramref name="interfaceName"/>.</summary>
    public static Iaid FromInterfaceName(string interfaceName)
    {
        Span<byte> hash = stackalloc byte[Sha256.Length];
        Sha256.Hash(Encoding.UTF8.GetBytes(Domain + interfaceName), hash);
        return new Iaid(BinaryPrimitives.ReadUInt32BigEndian(hash));
    }

    /// <summary>
    /// The last four octets of a hardware address, for the anonymity profile: it says nothing that a DUID made of the same
    /// address does not, and changes with it (RFC 7844 section 4.5).
    /// </summary>
    public static Iaid FromMac(BondDhcp.Net.MacAddress mac) => new((uint)mac.Value);

    /// <summary>Eight hexadecimal digits.</summary>
    public override string ToString() => FormattableString.Invariant($"{Value:x8}");
}
