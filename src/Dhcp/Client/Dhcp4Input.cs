using System.Collections.Immutable;
using BondDhcp.Dhcp.Arp;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client;

/// <summary>What the client is told of the world at every step; read from the kernel just before.</summary>
public sealed record Dhcp4Surroundings
{
    /// <summary>The interface's hardware address at this moment.</summary>
    public required MacAddress Mac { get; init; }

    /// <summary>Permanent and present hardware addresses of the devices in this host that the interface can use.</summary>
    public ImmutableArray<MacAddress> HostMacs { get; init; } = [];

    /// <summary>Which device carries the interface at present (the active slave's index, or the interface's): the caps count per path.</summary>
    public int PathIndex { get; init; }

    /// <summary>
    /// ARP packets a second that others send on the path and that the client's own cap leaves room for: the bonding
    /// driver's announcements, and the questions of the one who probes the bond's paths.
    /// </summary>
    public int ArpPerSecondOfOthers { get; init; } = TransmitBudget.KernelAnnouncements;

    /// <summary>What others of this host sent that share the path and its caps: the client of DHCPv6, one on a VLAN.</summary>
    public ImmutableArray<TransmitBudget> OtherSenders { get; init; } = [];

    /// <summary>The path was authorised by EAP: only the current hardware address is ever presented on it.</summary>
    public bool AuthenticatedByEap { get; init; }
}

/// <summary>
/// Something that happened to the client. DHCP messages come by <c>Dhcp4Client.Receive</c>, because they are read in
/// place.
/// </summary>
public abstract record Dhcp4Input
{
    private Dhcp4Input()
    {
    }

    /// <summary>Begin.</summary>
    /// <param name="Memory">What the store holds.</param>
    /// <param name="AddressPresent">The newest lease's address is on the interface and is ours.</param>
    /// <param name="Usable">The link can carry a frame now.</param>
    /// <param name="Why">Where it cannot, why; shown.</param>
    public sealed record Start(Dhcp4Memory Memory, bool AddressPresent, bool Usable, string Why = "no carrier") : Dhcp4Input;

    /// <summary>End.</summary>
    /// <param name="Release">Send DHCPRELEASE and remove the address; otherwise both stay.</param>
    public sealed record Stop(bool Release) : Dhcp4Input;

    /// <summary>The link can carry frames: carrier, operational state and authorisation are there.</summary>
    /// <param name="Network">What is known of the network now reached.</param>
    /// <param name="Gateway">The hardware address of its gateway, where that is known: which stored lease belongs to it.</param>
    public sealed record LinkUsable(PathClass Network, MacAddress? Gateway = null) : Dhcp4Input;

    /// <summary>The link cannot carry frames any more.</summary>
    /// <param name="Why">Shown.</param>
    /// <param name="InterfaceGone">The interface itself is gone, or is not ours under its new name: the address went with it.</param>
    public sealed record LinkUnusable(string Why, bool InterfaceGone = false) : Dhcp4Input;

    /// <summary>The path changed with the link usable: hardware address, active slave, access point.</summary>
    /// <param name="Network">What is known of the network now reached.</param>
    /// <param name="Why">For the journal: <c>hardwareAddress</c>, <c>activeSlave</c>, <c>roam</c>.</param>
    /// <param name="Gateway">As in <see cref="LinkUsable"/>.</param>
    public sealed record PathChanged(PathClass Network, string Why, MacAddress? Gateway = null) : Dhcp4Input;

    /// <summary>The earliest deadline has come.</summary>
    public sealed record DeadlineReached : Dhcp4Input
    {
        /// <summary>The only value.</summary>
        public static readonly DeadlineReached Instance = new();
    }

    /// <summary>An ARP packet arrived on the interface.</summary>
    public sealed record ArpReceived(ArpPacket Packet) : Dhcp4Input;

    /// <summary>The rim sent a message once more because the hardware address changed while it was sent.</summary>
    public sealed record Retransmitted(MacAddress Chaddr) : Dhcp4Input;

    /// <summary>A user's command.</summary>
    public sealed record Command(DhcpCommand What) : Dhcp4Input;

    /// <summary>After a reload servers are asked for something else, or others are listened to.</summary>
    public sealed record SearchAnew : Dhcp4Input
    {
        /// <summary>The only value.</summary>
        public static readonly SearchAnew Instance = new();
    }

    /// <summary>The machine woke from suspend.</summary>
    public sealed record Resumed : Dhcp4Input;

    /// <summary>Somebody removed the address from the interface.</summary>
    public sealed record AddressRemoved : Dhcp4Input;

    /// <summary>The kernel refused to configure the lease.</summary>
    /// <param name="Error">The kernel's words.</param>
    public sealed record ConfigurationFailed(string Error) : Dhcp4Input;
}
