using BondDhcp.Net;

namespace BondDhcp.Dhcp.Wire;

/// <summary>Option 67 inside a delegated prefix: the part of it that is not the client's (RFC 6603 section 4.2).</summary>
public static class Dhcp6PdExclude
{
    /// <summary>
    /// The length of the excluded prefix, then those of its bits that follow the delegated one, left-aligned, in as many
    /// octets as they need: 1 to 16. False when the length is not longer than the delegated one, or the octets are more or
    /// fewer.
    /// </summary>
    /// <param name="data">The option's data, 2 to 17 octets.</param>
    /// <param name="delegated">The prefix around it, masked.</param>
    /// <param name="excluded">The excluded prefix, masked.</param>
    public static bool TryRead(ReadOnlySpan<byte> data, Ipv6Prefix delegated, out Ipv6Prefix excluded)
    {
        excluded = default;
        if (data.Length < 2) return false;
        int length = data[0];
        int bits = length - delegated.PrefixLength;
        if (bits < 1 || length > Ipv6Address.Bits || data.Length - 1 != (bits - 1) / 8 + 1) return false;
        UInt128 subnet = 0;
        foreach (byte octet in data[1..]) subnet = subnet << 8 | octet;
        // From left-aligned in its octets to left-aligned after the delegated prefix, which has at least one bit.
        subnet <<= Ipv6Address.Bits - 8 * (data.Length - 1);
        excluded = new Ipv6Prefix(new Ipv6Address(delegated.Network.Value | subnet >> delegated.PrefixLength), length).Masked;
        return true;
    }
}
