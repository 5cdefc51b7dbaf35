using System.Buffers.Binary;
using BondDhcp.Dhcp.Identity;

namespace BondDhcp.Host.Import.Wide;

/// <summary>
/// <c>dhcp6c_duid</c> of WIDE's dhcp6c: the length in two octets of the host's own order, then the DUID (its common.c,
/// get_duid()).
/// </summary>
internal static class Dhcp6cDuid
{
    private const int LengthLength = sizeof(ushort);

    /// <summary>The DUID; null for any other file. A file that was carried here from a host of the other order is taken too.</summary>
    public static Duid? Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < LengthLength) return null;
        int length = file.Length - LengthLength;
        if (BinaryPrimitives.ReadUInt16LittleEndian(file) != length && BinaryPrimitives.ReadUInt16BigEndian(file) != length) return null;
        return Duid.TryCreate(file[LengthLength..], out Duid? duid) ? duid : null;
    }
}
