using BondDhcp.Bond.Links;
using BondDhcp.Dhcp.Client;
using BondDhcp.Host.Runner;
using BondDhcp.Host.Status;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Daemon;

/// <summary>What the kernel says of an interface, as <c>status</c> shows it.</summary>
internal static class InterfaceView
{
    // IFA_PROTO of addresses the kernel made itself: loopback, router advertisement, link-local.
    private const byte KernelLoopback = 1, KernelLinkLocal = 3;

    /// <summary>The interface of this name, or its name alone while it is not there.</summary>
    /// <param name="network">What the kernel says.</param>
    /// <param name="name">The interface's name.</param>
    /// <param name="lease">The lease whose address is told apart from others.</param>
    public static InterfaceSnapshot Of(NetworkState network, string name, Dhcp4Lease? lease) =>
        !network.Table.TryFind(name, out Link? link)
            ? new InterfaceSnapshot { Name = name }
            : new InterfaceSnapshot
            {
                Name = name,
                Mac = link.Mac,
                Carrier = link.Carrier,
                OperState = InterfaceReports.OperStateOf(link),
                Addresses =
                [
                    .. network.Table.Addresses.Where(one => one.InterfaceIndex == link.Index).Select(one => Shown(one, lease)),
                    .. Ipv6Addresses(network, link.Index),
                ],
            };

    // How long the kernel keeps an address that is not ours was true when it said so; that moment is not known here.
    private static AddressSnapshot Shown(InterfaceAddress address, Dhcp4Lease? lease)
    {
        bool leased = lease is not null && address.Prefix == lease.Prefix;
        string origin = leased ? "dhcp4" : OriginOf(address.Protocol);
        return new AddressSnapshot(address.Prefix.ToString(), origin, leased ? lease!.ExpiresAt : Instant.Never);
    }

    // Others configure these, and nothing here depends on them: they are read when somebody asks, not followed.
    private static IEnumerable<AddressSnapshot> Ipv6Addresses(NetworkState network, int interfaceIndex)
    {
        List<Ipv6InterfaceAddress> addresses = [];
        if (!network.Rtnl.ReadIpv6Addresses(interfaceIndex, addresses).Succeeded) return [];
        Instant now = BoottimeClock.Now;
        return addresses.Where(one => !one.IsTentative).Select(one => new AddressSnapshot(
            FormattableString.Invariant($"{one.Address}/{one.PrefixLength}"), OriginOf(one.Protocol),
            one.ValidSeconds == InterfaceAddress.Forever ? Instant.Never : now + TimeSpan.FromSeconds(one.ValidSeconds)));
    }

    private static string OriginOf(byte protocol) => protocol is >= KernelLoopback and <= KernelLinkLocal ? "kernel" : "foreign";
}
