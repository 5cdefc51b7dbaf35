using System.Collections.Immutable;
using BondDhcp.Dhcp.Client;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client6;

/// <summary>What the client is told of the world at every step; read from the kernel just before.</summary>
public sealed record Dhcp6Surroundings
{
    /// <summary>The interface's hardware address at this moment, of which the anonymity profile makes the identity; of no account without, and zero for not known.</summary>
    public MacAddress Mac { get; init; }

    /// <summary>Which device carries the interface at present (the active slave's index, or the interface's): the caps count per path.</summary>
    public int PathIndex { get; init; }

    /// <summary>
    /// The hardware address of the router that stands for the network the path is in now; null unless it is known to be
    /// of this network. It tells later which stored lease belongs to a network.
    /// </summary>
    public MacAddress? Gateway { get; init; }

    /// <summary>
    /// Usable addresses on the interface that are not of the lease: neighbours of these are told of a change of the path
    /// too, those first that come first.
    /// </summary>
    public ImmutableArray<Ipv6Address> OtherAddresses { get; init; } = [];

    /// <summary>What others of this host sent that share the path and its caps: the client of DHCPv4, one on a VLAN.</summary>
    public ImmutableArray<TransmitBudget> OtherSenders { get; init; } = [];

    /// <summary>
    /// ARP and Neighbour Discovery packets a second that others send on the path and keep no account of: the bonding
    /// driver's announcements, which are of every address, and the questions of the one who probes the bond's paths.
    /// </summary>
    public int NeighbourPacketsOfOthers { get; init; } = TransmitBudget.KernelAnnouncements;
}

/// <summary>The flags of the last router advertisement (RFC 4861 section 4.2), as the kernel keeps them.</summary>
/// <param name="Managed">M: addresses come by DHCPv6.</param>
/// <param name="OtherConfiguration">O: other configuration does.</param>
public readonly record struct RouterFlags(bool Managed, bool OtherConfiguration);

/// <summary>Something that happened to the client. DHCP messages come by <see cref="Dhcp6Client.Receive"/>.</summary>
public abstract record Dhcp6Input
{
    private Dhcp6Input()
    {
    }

    /// <summary>Begin.</summary>
    /// <param name="Memory">What the store holds.</param>
    /// <param name="Present">Something of the newest lease is on the interface and is ours.</param>
    /// <param name="Usable">The link can carry a frame now.</param>
    /// <param name="LinkLocal">The interface's link-local address where it is not tentative; null while there is none.</param>
    /// <param name="Router">The flags of the router advertisement that the kernel has; null for none.</param>
    /// <param name="Why">Where the link cannot be used, why; shown.</param>
    public sealed record Start(
        Dhcp6Memory Memory, bool Present, bool Usable, Ipv6Address? LinkLocal, RouterFlags? Router = null, string Why = "no carrier") : Dhcp6Input;

    /// <summary>End.</summary>
    /// <param name="Release">Remove everything, then send one RELEASE and wait a second at most; otherwise all stays and nothing is sent.</param>
    public sealed record Stop(bool Release) : Dhcp6Input;

    /// <summary>The link can carry frames: carrier, operational state and authorisation are there.</summary>
    /// <param name="Network">What is known of the network now reached.</param>
    /// <param name="Gateway">The hardware address of its gateway, where that is known: which stored lease belongs to it.</param>
    public sealed record LinkUsable(PathClass Network, MacAddress? Gateway = null) : Dhcp6Input;

    /// <summary>The link cannot carry frames any more.</summary>
    /// <param name="Why">Shown.</param>
    /// <param name="InterfaceGone">The interface itself is gone, or is not ours under its new name: the addresses went with it.</param>
    public sealed record LinkUnusable(string Why, bool InterfaceGone = false) : Dhcp6Input;

    /// <summary>The path changed with the link usable: hardware address, active slave, access point.</summary>
    /// <param name="Network">What is known of the network now reached.</param>
    /// <param name="Why">For the journal: <c>hardwareAddress</c>, <c>activeSlave</c>, <c>roam</c>.</param>
    /// <param name="Gateway">As in <see cref="LinkUsable"/>.</param>
    public sealed record PathChanged(PathClass Network, string Why, MacAddress? Gateway = null) : Dhcp6Input;

    /// <summary>The interface has a link-local address that is not tentative: the first one, or another one.</summary>
    public sealed record LinkLocalReady(Ipv6Address Address) : Dhcp6Input;

    /// <summary>The link-local address is gone, tentative again, or a duplicate.</summary>
    /// <param name="Why">Shown.</param>
    public sealed record LinkLocalGone(string Why = "no link-local address") : Dhcp6Input;

    /// <summary>The kernel took a router advertisement with these flags.</summary>
    public sealed record RouterAdvertised(RouterFlags Flags) : Dhcp6Input;

    /// <summary>A router advertised an on-link prefix that was not there before, or deprecated one (RFC 9915 section 18.2.12).</summary>
    public sealed record PrefixesChanged : Dhcp6Input
    {
        /// <summary>The only value.</summary>
        public static readonly PrefixesChanged Instance = new();
    }

    /// <summary>The earliest deadline has come.</summary>
    public sealed record DeadlineReached : Dhcp6Input
    {
        /// <summary>The only value.</summary>
        public static readonly DeadlineReached Instance = new();
    }

    /// <summary>An address that was configured is no longer tentative: duplicate address detection found nobody.</summary>
    public sealed record AddressReady(Ipv6Address Address) : Dhcp6Input;

    /// <summary>Duplicate address detection found another host with this address (IFA_F_DADFAILED).</summary>
    public sealed record AddressDuplicate(Ipv6Address Address) : Dhcp6Input;

    /// <summary>Somebody removed an address of the lease from the interface.</summary>
    public sealed record AddressRemoved(Ipv6Address Address) : Dhcp6Input;

    /// <summary>The rim asked known routers too, beside a router solicitation.</summary>
    /// <param name="Count">How many, one packet each.</param>
    public sealed record RoutersAsked(int Count) : Dhcp6Input;

    /// <summary>The configuration is another one, of the same client: identity and kind of service stay.</summary>
    public sealed record Reconfigured(Dhcp6Settings Settings) : Dhcp6Input;

    /// <summary>A user's command.</summary>
    public sealed record Command(DhcpCommand What) : Dhcp6Input;

    /// <summary>After a reload servers are asked for something else, or others are listened to.</summary>
    public sealed record SearchAnew : Dhcp6Input
    {
        /// <summary>The only value.</summary>
        public static readonly SearchAnew Instance = new();
    }

    /// <summary>The machine woke from suspend.</summary>
    public sealed record Resumed : Dhcp6Input;

    /// <summary>The kernel refused to configure the lease.</summary>
    /// <param name="Error">The kernel's words.</param>
    public sealed record ConfigurationFailed(string Error) : Dhcp6Input;
}
