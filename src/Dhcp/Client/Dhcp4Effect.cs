using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client;

/// <summary>What the rim is to do, in order.</summary>
public abstract record Dhcp4Effect
{
    private Dhcp4Effect()
    {
    }

    /// <summary>Send a DHCP message.</summary>
    public sealed record Transmit(Dhcp4Transmission Message) : Dhcp4Effect;

    /// <summary>Send an ARP packet to <paramref name="Destination"/> (Ethernet).</summary>
    public sealed record TransmitArp(ArpPacket Packet, MacAddress Destination) : Dhcp4Effect;

    /// <summary>
    /// Configure the lease. With the same address as <paramref name="Previous"/>, refresh lifetimes and whatever else
    /// differs; with another, add the new address before the old one is removed.
    /// </summary>
    /// <param name="Lease">The lease now in force.</param>
    /// <param name="Previous">The lease configured until now; null for none.</param>
    public sealed record Configure(Dhcp4Lease Lease, Dhcp4Lease? Previous) : Dhcp4Effect;

    /// <summary>Take away exactly what the lease gave.</summary>
    public sealed record Deconfigure(Dhcp4Lease Lease, LeaseEnd Why) : Dhcp4Effect;

    /// <summary>Keep this across restarts.</summary>
    public sealed record Persist(Dhcp4Memory Memory) : Dhcp4Effect;

    /// <summary>A server has no address for us, and says whether a link-local one may be taken (RFC 2563 section 2.2).</summary>
    public sealed record AutoConfigure(bool Allowed) : Dhcp4Effect;

    /// <summary>Tell the journal.</summary>
    public sealed record Tell(Report Report) : Dhcp4Effect;

    /// <summary>A user's command ended: with a lease, or refused for the reason given.</summary>
    public sealed record CommandDone(DhcpCommand Command, bool Succeeded, string? Why) : Dhcp4Effect;
}
