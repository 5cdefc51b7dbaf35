using System.Collections.Immutable;
using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Linux;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Store;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Import.Wide;
using BondDhcp.Net;

namespace BondDhcp.Host.Import.Running;

/// <summary>
/// What a dhcp6c that was ended leaves in the kernel: it writes no leases down, and its addresses have no end of their own (its
/// addrconf.c and if.c). A leased one is there with /128; of a delegated prefix it gives a subnet to other interfaces.
/// </summary>
/// <param name="configuration">The configuration as it will be: what is written down there is not dhcp6c's.</param>
/// <param name="one">The interface in it.</param>
/// <param name="settings">What dhcp6c did on it.</param>
/// <param name="say">Is told what is left to do by hand.</param>
internal sealed class Dhcp6cLeftovers(DaemonConfiguration configuration, InterfaceConfiguration one, Dhcp6cSettings settings, Action<string> say)
{
    private static readonly Ipv6Prefix s_uniqueLocal = new(new Ipv6Address((UInt128)0xfc << 120), 7);

    /// <summary>The lease as it can be read there; null for none.</summary>
    /// <param name="iaid">The IAID that will be sent: what was granted under another one is another association.</param>
    /// <param name="duid">The DUID that will be sent.</param>
    /// <param name="clock">Now.</param>
    public Dhcp6Lease? Find(Iaid iaid, Duid duid, StoreClock clock)
    {
        using RtnlSocket rtnl = RtnlSocket.Open();
        List<Link> links = [];
        rtnl.ReadLinks(links);
        ImmutableArray<Ipv6Address> addresses = [];
        List<Ipv6Prefix> prefixes = [];
        foreach (Dhcp6cAssociation association in settings.Associations)
        {
            if (association.IsDelegation)
            {
                foreach (Dhcp6cSubnet subnet in association.Subnets)
                    if (DelegatedTo(rtnl, links, subnet) is { } prefix && association.Iaid == iaid.Value && one.PrefixLengthHint is not null && !prefixes.Contains(prefix)) prefixes.Add(prefix);
            }
            else if (association.Iaid == iaid.Value) addresses = Leased(rtnl, links);
        }
        return ImportedLeases.InUse(addresses, [.. prefixes], iaid, duid, clock);
    }

    // One that somebody else gave without an end looks alike: of several it cannot be told which is leased.
    private ImmutableArray<Ipv6Address> Leased(RtnlSocket rtnl, List<Link> links)
    {
        List<Ipv6InterfaceAddress> candidates = PermanentOn(rtnl, links, one.Name).FindAll(address =>
            address.PrefixLength == Ipv6Address.Bits && !one.Addresses.Any(own => own.Address.ToString() == address.Address.ToString()));
        if (candidates is [var only]) return [only.Address];
        if (candidates.Count > 1)
            say($"{one.Name}: {string.Join(", ", candidates)} are there without an end, and which is dhcp6c's cannot be told; the daemon asks for a lease as a new client, and what is not its own is taken away by hand");
        return [];
    }

    // The prefix of which an interface got a subnet. Of several that fit it cannot be told which is delegated, and none is taken.
    private Ipv6Prefix? DelegatedTo(RtnlSocket rtnl, List<Link> links, Dhcp6cSubnet subnet)
    {
        List<Ipv6InterfaceAddress> permanent = PermanentOn(rtnl, links, subnet.Interface);
        ImmutableArray<StaticAddress> written = configuration.Find(subnet.Interface)?.Addresses ?? [];
        List<Ipv6InterfaceAddress> numbered = Numbered(permanent, subnet, written), fitting = Fitting(permanent, subnet, written, IdentifiersOn(rtnl, links, subnet));
        if (fitting.Count == 0 && numbered.Count > 0)
        {
            string why = subnet.IsRandom ? "with ifid-random it cannot be told" : "not by its last 64 bits, which are not those that dhcp6c gives there";
            say($"{subnet.Interface}: {string.Join(", ", numbered)} may by the number of the subnet be of the prefix delegated to dhcp6c, but {why}; the daemon asks for a prefix anew, and what is dhcp6c's is taken away by hand");
        }
        List<Ipv6Prefix> prefixes = [];
        foreach (Ipv6InterfaceAddress address in fitting)
        {
            Ipv6Prefix prefix = new Ipv6Prefix(address.Address, address.PrefixLength - subnet.SubnetLength).Masked;
            if (!prefixes.Contains(prefix)) prefixes.Add(prefix);
        }
        if (prefixes.Count > 1)
            say($"{subnet.Interface}: {string.Join(", ", fitting)} are there without an end, and which is of the prefix delegated to dhcp6c cannot be told; the daemon asks for a prefix anew, and what is dhcp6c's is taken away by hand");
        if (prefixes is not [var only]) return null;
        foreach (Ipv6InterfaceAddress address in fitting)
            say($"{subnet.Interface}: {address} of dhcp6c stays there without an end; bonddhcp shows delegated prefixes and hands them to hooks, and gives no addresses of them");
        return only;
    }

    // dhcp6c.conf(5): ifid, else the EUI-64 of the interface, which its link-local address has too unless somebody changed either.
    private static List<ulong> IdentifiersOn(RtnlSocket rtnl, List<Link> links, Dhcp6cSubnet subnet)
    {
        if (subnet.IsRandom) return [];
        if (subnet.InterfaceId is { } given) return [given];
        if (links.Find(link => link.IsNamed(subnet.Interface)) is not { } link) return [];
        List<ulong> identifiers = [];
        if (link.Mac is { } mac) identifiers.Add(mac.ModifiedEui64);
        List<Ipv6InterfaceAddress> all = [];
        rtnl.ReadIpv6Addresses(link.Index, all);
        foreach (Ipv6InterfaceAddress address in all)
            if (address.Address.IsLinkLocal) identifiers.Add((ulong)address.Address.Value);
        return identifiers;
    }

    /// <summary>
    /// The addresses that are of a subnet of a delegated prefix: those with the subnet's number and with the interface identifier that dhcp6c
    /// gives. An address given by hand may have the number as well (0 above all), and a prefix taken from it would be kept unreachable and
    /// asked for. What is under a static address is left out, and unique local ones (RFC 4193) where any other fits.
    /// </summary>
    /// <param name="permanent">The addresses without an end of the subnet's interface.</param>
    /// <param name="subnet">The subnet.</param>
    /// <param name="written">The addresses that the interface has in the configuration.</param>
    /// <param name="identifiers">The last 64 bits that dhcp6c may have given.</param>
    public static List<Ipv6InterfaceAddress> Fitting(
        List<Ipv6InterfaceAddress> permanent, Dhcp6cSubnet subnet, ImmutableArray<StaticAddress> written, IReadOnlyList<ulong> identifiers)
    {
        List<Ipv6InterfaceAddress> fitting = Numbered(permanent, subnet, written).FindAll(address => identifiers.Contains((ulong)address.Address.Value));
        List<Ipv6InterfaceAddress> global = fitting.FindAll(static address => !s_uniqueLocal.Contains(address.Address));
        return global.Count > 0 ? global : fitting;
    }

    private static List<Ipv6InterfaceAddress> Numbered(List<Ipv6InterfaceAddress> permanent, Dhcp6cSubnet subnet, ImmutableArray<StaticAddress> written)
    {
        if (subnet.SubnetLength is < 0 or > 32) return [];
        return permanent.FindAll(address =>
            address.PrefixLength - subnet.SubnetLength is >= 1 and <= 64
            && ((address.Address.Value >> (Ipv6Address.Bits - address.PrefixLength)) & ((UInt128.One << subnet.SubnetLength) - 1)) == subnet.SubnetId
            && !written.Any(own => own.Contains(StaticAddress.Of(new Ipv6Prefix(address.Address, Ipv6Address.Bits)).Address)));
    }

    private static List<Ipv6InterfaceAddress> PermanentOn(RtnlSocket rtnl, List<Link> links, string name)
    {
        List<Ipv6InterfaceAddress> all = [];
        if (links.Find(link => link.IsNamed(name)) is { } link) rtnl.ReadIpv6Addresses(link.Index, all);
        return all.FindAll(static address => address.ValidSeconds == InterfaceAddress.Forever && address.Address.IsUsableUnicast);
    }
}
