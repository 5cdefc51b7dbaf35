using System.Net;
using System.Net.Sockets;
using BondDhcp.Net;

namespace BondDhcp.Bond.Addressing;

/// <summary>An address somebody wrote down for an interface, of either family.</summary>
/// <param name="Address">The address, without a scope identifier.</param>
/// <param name="PrefixLength">1 to 32, or 1 to 128: together with the address it is its identity.</param>
public sealed record StaticAddress(IPAddress Address, int PrefixLength)
{
    /// <summary>An address of IPv4.</summary>
    public static StaticAddress Of(Ipv4Prefix prefix) => new(ToIpAddress(prefix.Address), prefix.PrefixLength);

    /// <summary>An address of IPv6.</summary>
    public static StaticAddress Of(Ipv6Prefix prefix)
    {
        Span<byte> octets = stackalloc byte[Ipv6Address.Length];
        prefix.Address.CopyTo(octets);
        return new StaticAddress(new IPAddress(octets), prefix.PrefixLength);
    }

    /// <summary>True for IPv4.</summary>
    public bool IsIpv4 => Address.AddressFamily == AddressFamily.InterNetwork;

    /// <summary>The IPv4 address with its prefix; null for IPv6.</summary>
    public Ipv4Prefix? Ipv4 => IsIpv4 ? new Ipv4Prefix(Ipv4Address.FromBytes(Address.GetAddressBytes()), PrefixLength) : null;

    /// <summary>True when <paramref name="other"/> is of the same family and inside the prefix.</summary>
    public bool Contains(IPAddress other) => new StaticDestination(Address, PrefixLength).Contains(other);

    /// <summary>As an <see cref="IPAddress"/>.</summary>
    public static IPAddress ToIpAddress(Ipv4Address address)
    {
        Span<byte> octets = stackalloc byte[Ipv4Address.Length];
        address.CopyTo(octets);
        return new IPAddress(octets);
    }

    /// <summary><c>192.0.2.7/24</c>, <c>fd00::7/64</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{Address}/{PrefixLength}");
}

/// <summary>A prefix of either family.</summary>
/// <param name="Address">An address in it.</param>
/// <param name="PrefixLength">0 to 32, or 0 to 128.</param>
public sealed record StaticDestination(IPAddress Address, int PrefixLength)
{
    /// <summary>0.0.0.0/0.</summary>
    public static readonly StaticDestination Ipv4Default = new(IPAddress.Any, 0);

    /// <summary>::/0.</summary>
    public static readonly StaticDestination Ipv6Default = new(IPAddress.IPv6Any, 0);

    /// <summary>A prefix of IPv4.</summary>
    public static StaticDestination Of(Ipv4Prefix prefix) => new(StaticAddress.ToIpAddress(prefix.Address), prefix.PrefixLength);

    /// <summary>The family, AF_INET or AF_INET6.</summary>
    public AddressFamily Family => Address.AddressFamily;

    /// <summary>The same with host bits zero.</summary>
    public StaticDestination Masked
    {
        get
        {
            byte[] octets = Address.GetAddressBytes();
            for (int i = 0; i < octets.Length; i++)
            {
                int bits = Math.Clamp(PrefixLength - 8 * i, 0, 8);
                octets[i] &= (byte)(0xff << 8 - bits);
            }
            return this with { Address = new IPAddress(octets) };
        }
    }

    /// <summary>True when <paramref name="other"/> is of the same family and inside.</summary>
    public bool Contains(IPAddress other) =>
        other.AddressFamily == Family && (this with { Address = other }).Masked.Equals(Masked);

    /// <summary><c>10.0.0.0/8</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{Address}/{PrefixLength}");
}
