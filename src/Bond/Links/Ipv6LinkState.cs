using BondDhcp.Net;

namespace BondDhcp.Bond.Links;

/// <summary>What the kernel knows of IPv6 on a link, beside its addresses.</summary>
public sealed record Ipv6LinkState
{
    /// <summary>What routers said, and how far the kernel has come.</summary>
    public Ipv6LinkFlags Flags { get; init; }

    /// <summary>net.ipv6.conf.IF.disable_ipv6.</summary>
    public bool IsDisabled { get; init; }

    /// <summary>net.ipv6.conf.IF.addr_gen_mode: of what the kernel makes the link-local address.</summary>
    public LinkLocalSource LinkLocalSource { get; init; }

    /// <summary>net.ipv6.conf.IF.forwarding: it is a router on this link (RFC 4861 section 4.4, flag R).</summary>
    public bool IsForwarding { get; init; }

    /// <summary>net.ipv6.conf.IF.accept_ra: 0 never, 1 unless forwarding, 2 always.</summary>
    public int AcceptRa { get; init; } = 1;

    /// <summary>Router advertisements are processed, and with them their flags M and O.</summary>
    public bool ProcessesAdvertisements => AcceptRa == 2 || (AcceptRa == 1 && !IsForwarding);
}

/// <summary>Of what the kernel makes a link-local address.</summary>
public enum LinkLocalSource
{
    /// <summary>The hardware address.</summary>
    HardwareAddress,
    /// <summary>It makes none.</summary>
    None,
    /// <summary>A secret (RFC 7217), or chance.</summary>
    Other,
}

/// <summary>Flags of IPv6 on a link: IF_RS_SENT and others of the kernel's net/if_inet6.h, which no header for programs has.</summary>
[Flags]
public enum Ipv6LinkFlags : uint
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>A router solicitation was sent.</summary>
    SolicitationSent = 0x10,
    /// <summary>
    /// A router advertisement was processed after a solicitation of the kernel's own. Of the others only the flags tell,
    /// and no event tells of this one alone.
    /// </summary>
    AdvertisementReceived = 0x20,
    /// <summary>Flag M of the last one: addresses by DHCPv6 (RFC 4861 section 4.2).</summary>
    Managed = 0x40,
    /// <summary>Flag O of the last one: other settings by DHCPv6.</summary>
    OtherConfiguration = 0x80,
    /// <summary>IPv6 is up on the link.</summary>
    Ready = 0x8000_0000,
}

/// <summary>A prefix that a router advertised (RFC 4861 section 4.6.2).</summary>
/// <param name="InterfaceIndex">ifindex.</param>
/// <param name="Prefix">Masked.</param>
public sealed record AdvertisedPrefix(int InterfaceIndex, Ipv6Prefix Prefix)
{
    /// <summary>Flag L: its addresses are on the link.</summary>
    public bool IsOnLink { get; init; }

    /// <summary>Flag A: hosts make addresses of it themselves (RFC 4862).</summary>
    public bool IsAutonomous { get; init; }

    /// <summary>Seconds it is valid for; 0 takes it back.</summary>
    public uint ValidSeconds { get; init; }
}

/// <summary>An IPv6 route of the main table that answers "unreachable": over a delegated prefix it keeps what nobody downstream has from going round in circles (RFC 7084 WPD-5). The kernel keeps it until it is removed: it takes no lifetime.</summary>
/// <param name="Destination">Masked prefix.</param>
public sealed record UnreachableRoute(Ipv6Prefix Destination)
{
    /// <summary>Metric: the lower one wins among routes of the same length; the parts in use downstream are longer.</summary>
    public uint Metric { get; init; }

    /// <summary>RTPROT_: who installed it.</summary>
    public byte Protocol { get; init; } = InstalledRoute.DhcpProtocol;
}

/// <summary>A router on a link, as the kernel's neighbour table has it.</summary>
/// <param name="InterfaceIndex">ifindex.</param>
/// <param name="Address">Its link-local address.</param>
/// <param name="Mac">Its hardware address.</param>
public readonly record struct RouterNeighbour(int InterfaceIndex, Ipv6Address Address, MacAddress Mac);
