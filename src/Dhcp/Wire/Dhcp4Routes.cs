using System.Collections.Immutable;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Wire;

/// <summary>Reads the routes of options 121 (RFC 3442), 249 and 33.</summary>
public static class Dhcp4Routes
{
    /// <summary>Routes kept of one message.</summary>
    public const int MaxRoutes = 64;

    private static readonly Ipv4Prefix Loopback = new(new Ipv4Address(0x7f00_0000), 8);

    /// <summary>Option 121: all or nothing, because a wrong width shifts everything after it.</summary>
    /// <param name="data">The option's data, fragments joined.</param>
    /// <param name="routes">At most <see cref="MaxRoutes"/>, destinations masked.</param>
    /// <param name="leftOut">Routes over that limit, or of no use: a destination in 127/8, 224/4 or 240/4, a gateway no host can be.</param>
    public static bool TryReadClassless(ReadOnlySpan<byte> data, out ImmutableArray<Dhcp4Route> routes, out int leftOut)
    {
        routes = [];
        leftOut = 0;
        ImmutableArray<Dhcp4Route>.Builder read = ImmutableArray.CreateBuilder<Dhcp4Route>();
        Span<byte> destination = stackalloc byte[Ipv4Address.Length];
        while (!data.IsEmpty)
        {
            int width = data[0];
            int octets = (width + 7) / 8;
            if (width > 32 || data.Length < 1 + octets + Ipv4Address.Length) return false;
            destination.Clear();
            data.Slice(1, octets).CopyTo(destination);
            // RFC 3442: bits beyond the width are to be ignored.
            Ipv4Prefix prefix = new Ipv4Prefix(Ipv4Address.FromBytes(destination), width).Masked;
            Ipv4Address gateway = Ipv4Address.FromBytes(data[(1 + octets)..]);
            if (read.Count < MaxRoutes && IsAcceptable(prefix, gateway)) read.Add(new Dhcp4Route(prefix, gateway));
            else leftOut++;
            data = data[(1 + octets + Ipv4Address.Length)..];
        }
        routes = read.ToImmutable();
        return true;
    }

    /// <summary>Option 33: classful destinations and their routers (RFC 2132 section 5.8).</summary>
    /// <param name="data">The option's data, fragments joined.</param>
    /// <param name="routes">At most <see cref="MaxRoutes"/>.</param>
    /// <param name="leftOut">Routes over that limit or of no use, as for option 121.</param>
    public static bool TryReadStatic(ReadOnlySpan<byte> data, out ImmutableArray<Dhcp4Route> routes, out int leftOut)
    {
        routes = [];
        leftOut = 0;
        if (data.Length % 8 != 0) return false;
        ImmutableArray<Dhcp4Route>.Builder read = ImmutableArray.CreateBuilder<Dhcp4Route>();
        for (; !data.IsEmpty; data = data[8..])
        {
            Ipv4Address destination = Ipv4Address.FromBytes(data);
            Ipv4Address gateway = Ipv4Address.FromBytes(data[4..]);
            // "The default route (0.0.0.0) is an illegal destination for a static route."
            if (destination.IsAny || gateway.IsAny)
            {
                leftOut++;
                continue;
            }
            Ipv4Prefix network = new Ipv4Prefix(destination, destination.ClassfulPrefixLength).Masked;
            Ipv4Prefix prefix = network.Address == destination ? network : new Ipv4Prefix(destination, 32);
            if (read.Count < MaxRoutes && IsAcceptable(prefix, gateway)) read.Add(new Dhcp4Route(prefix, gateway));
            else leftOut++;
        }
        routes = read.ToImmutable();
        return true;
    }

    private static bool IsAcceptable(Ipv4Prefix destination, Ipv4Address gateway) =>
        (gateway.IsAny || gateway.IsUsableUnicast)
        && !IsOnlyLoopbackOrMulticast(destination);

    private static bool IsOnlyLoopbackOrMulticast(Ipv4Prefix destination) =>
        destination.PrefixLength > 0 && (Loopback.Contains(destination.Address) || destination.Address.IsMulticast || destination.Address.IsClassE);
}
