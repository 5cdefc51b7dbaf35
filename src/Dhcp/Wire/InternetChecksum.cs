using System.Buffers.Binary;

namespace BondDhcp.Dhcp.Wire;

/// <summary>The Internet checksum (RFC 1071).</summary>
public static class InternetChecksum
{
    /// <summary>Adds octets to a running sum; only the last piece may have an odd length.</summary>
    public static uint Add(uint sum, ReadOnlySpan<byte> octets)
    {
        while (octets.Length >= 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(octets);
            octets = octets[2..];
        }
        return octets.IsEmpty ? sum : sum + ((uint)octets[0] << 8);
    }

    /// <summary>Folds a sum and complements it: what is written into the header; 0 when a received packet is right.</summary>
    public static ushort Finish(uint sum)
    {
        while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }
}
