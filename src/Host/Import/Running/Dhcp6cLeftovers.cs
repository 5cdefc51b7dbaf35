using System.Collections.Immutable;
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
/// <param name="one">The interface as it will be.</param>
/// <param name="settings">What dhcp6c did on it.</param>
/// <param name="say">Is told what is left to do by hand.</param>
internal sealed class Dhcp6cLeftovers(InterfaceConfiguration one, Dhcp6cSettings settings, Action<string> say)
{
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

    // The prefix of which an interface got a subnet: the subnet's number tells that it is the one.
    private Ipv6Prefix? DelegatedTo(RtnlSocket rtnl, List<Link> links, Dhcp6cSubnet subnet)
    {
        foreach (Ipv6InterfaceAddress address in PermanentOn(rtnl, links, subnet.Interface))
        {
            int length = address.PrefixLength - subnet.SubnetLength;
            if (length is < 1 or > 64 || subnet.SubnetLength is < 0 or > 32) continue;
            UInt128 number = (address.Address.Value >> (Ipv6Address.Bits - address.PrefixLength)) & ((UInt128.One << subnet.SubnetLength) - 1);
            if (number != subnet.SubnetId) continue;
            say($"{subnet.Interface}: {address} of dhcp6c stays there without an end; bonddhcp shows delegated prefixes and hands them to hooks, and gives no addresses of them");
            return new Ipv6Prefix(address.Address, length).Masked;
        }
        return null;
    }

    private static List<Ipv6InterfaceAddress> PermanentOn(RtnlSocket rtnl, List<Link> links, string name)
    {
        List<Ipv6InterfaceAddress> all = [];
        if (links.Find(link => link.IsNamed(name)) is { } link) rtnl.ReadIpv6Addresses(link.Index, all);
        return all.FindAll(static address => address.ValidSeconds == InterfaceAddress.Forever && address.Address.IsUsableUnicast);
    }
}
