using BondDhcp.Bond.Links;
using BondDhcp.Dhcp.Client;
using BondDhcp.Host.Runner;
using BondDhcp.Host.Status;
using BondDhcp.Net;

namespace BondDhcp.Host.Daemon;

/// <summary>What the kernel says of an interface, as <c>status</c> shows it.</summary>
internal static class InterfaceView
{
    // IFA_PROTO of addresses the kernel made itself: loopback, router advertisement, link-local.
    private const byte KernelLoopback = 1, KernelLinkLocal = 3;

    /// <summary>The interface of this name, or its name alone while it is not there.</summary>
    /// <param name="table">What the kernel says.</param>
    /// <param name="name">The interface's name.</param>
    /// <param name="lease">The lease whose address is told apart from others.</param>
    public static InterfaceSnapshot Of(LinkTable table, string name, Dhcp4Lease? lease) =>
        !table.TryFind(name, out Link? link)
            ? new InterfaceSnapshot { Name = name }
            : new InterfaceSnapshot
            {
                Name = name,
                Mac = link.Mac,
                Carrier = link.Carrier,
                OperState = InterfaceReports.OperStateOf(link),
                Addresses = [.. table.Addresses.Where(one => one.InterfaceIndex == link.Index).Select(one => Shown(one, lease))],
            };

    // How long the kernel keeps an address that is not ours was true when it said so; that moment is not known here.
    private static AddressSnapshot Shown(InterfaceAddress address, Dhcp4Lease? lease)
    {
        bool leased = lease is not null && address.Prefix == lease.Prefix;
        string origin = leased ? "dhcp4" : address.Protocol is >= KernelLoopback and <= KernelLinkLocal ? "kernel" : "foreign";
        return new AddressSnapshot(address.Prefix.ToString(), origin, leased ? lease!.ExpiresAt : Instant.Never);
    }
}
