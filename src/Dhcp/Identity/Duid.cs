using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Identity;

/// <summary>
/// A DHCP unique identifier (RFC 9915 section 11): who this host is to every server, in both families, whatever its
/// network devices are at the time. Opaque to everybody but the one who made it.
/// </summary>
public sealed class Duid : IEquatable<Duid>
{
    /// <summary>A type and one octet (RFC 9915 section 11.1).</summary>
    public const int MinLength = 3;

    /// <summary>A type and 128 octets (RFC 9915 section 11.1).</summary>
    public const int MaxLength = 130;

    // RFC 9915 section 11.4: DUID-LL, and the hardware type of Ethernet.
    private const ushort TypeLinkLayer = 3;
    private const ushort HardwareTypeEthernet = 1;

    // RFC 6355: DUID-UUID.
    private const ushort TypeUuid = 4;
    private const int UuidLength = 16;

    // Makes our DUID-UUID the one that systemd-networkd derives with DUIDType=uuid on the same host.
    private static ReadOnlySpan<byte> ApplicationId =>
    [
        0xa5, 0x0a, 0xd1, 0x12, 0xbf, 0x60, 0x45, 0x77, 0xa2, 0xfb, 0x74, 0x1a, 0xb1, 0x95, 0x5b, 0x03,
    ];

    private readonly byte[] _octets;

    private Duid(byte[] octets) => _octets = octets;

    /// <summary>Type and identifier, <see cref="MinLength"/> to <see cref="MaxLength"/> octets.</summary>
    public ReadOnlySpan<byte> Octets => _octets;

    /// <summary>Takes octets of any type, known or not; false when there are too few or too many.</summary>
    public static bool TryCreate(ReadOnlySpan<byte> octets, [NotNullWhen(true)] out Duid? duid)
    {
        duid = octets.Length is >= MinLength and <= MaxLength ? new Duid(octets.ToArray()) : null;
        return duid is not null;
    }

    /// <summary>Reads hexadecimal with or without colons.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Duid? duid)
    {
        duid = null;
        return HexText.TryParse(text, out byte[]? octets) && TryCreate(octets, out duid);
    }

    /// <summary>
    /// The DUID-UUID of this installation (RFC 6355): a keyed hash, so that the machine-id itself, which is to be kept
    /// confidential (machine-id(5)), does not appear on the network.
    /// </summary>
    /// <param name="machineId">The 16 octets of /etc/machine-id.</param>
    /// <exception cref="ArgumentException">Not 16 octets.</exception>
    public static Duid FromMachineId(ReadOnlySpan<byte> machineId)
    {
        if (machineId.Length != UuidLength) throw new ArgumentException("A machine-id has 16 octets.", nameof(machineId));
        Span<byte> code = stackalloc byte[Sha256.Length];
        HmacSha256.Compute(machineId, ApplicationId, code);
        return FromUuid(code[..UuidLength]);
    }

    /// <summary>A DUID-UUID from 128 random bits, for a host without a machine-id.</summary>
    public static Duid Random(EntropySource entropy)
    {
        Span<byte> bits = stackalloc byte[UuidLength];
        for (int i = 0; i < UuidLength; i += sizeof(uint)) BinaryPrimitives.WriteUInt32BigEndian(bits[i..], entropy.NextUInt32());
        return FromUuid(bits);
    }

    /// <summary>The DUID-LL of a hardware address, for the anonymity profile alone (RFC 7844 section 4.3): it is as lasting as the address.</summary>
    public static Duid FromMac(MacAddress mac)
    {
        byte[] octets = new byte[2 * sizeof(ushort) + MacAddress.Length];
        BinaryPrimitives.WriteUInt16BigEndian(octets, TypeLinkLayer);
        BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(sizeof(ushort)), HardwareTypeEthernet);
        mac.CopyTo(octets.AsSpan(2 * sizeof(ushort)));
        return new Duid(octets);
    }

    /// <inheritdoc/>
    public bool Equals(Duid? other) => other is not null && _octets.AsSpan().SequenceEqual(other._octets);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Duid);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(_octets);
        return hash.ToHashCode();
    }

    /// <summary><c>00:04:8b:af:..</c>.</summary>
    public override string ToString() => HexText.Colons(_octets);

    private static Duid FromUuid(ReadOnlySpan<byte> bits)
    {
        byte[] octets = new byte[sizeof(ushort) + UuidLength];
        BinaryPrimitives.WriteUInt16BigEndian(octets, TypeUuid);
        Span<byte> uuid = octets.AsSpan(sizeof(ushort));
        bits.CopyTo(uuid);
        // Version 4, variant 10 (RFC 9562 section 5.4).
        uuid[6] = (byte)(uuid[6] & 0x0f | 0x40);
        uuid[8] = (byte)(uuid[8] & 0x3f | 0x80);
        return new Duid(octets);
    }
}
