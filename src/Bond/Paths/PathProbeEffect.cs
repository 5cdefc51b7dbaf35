using BondDhcp.Net;

namespace BondDhcp.Bond.Paths;

/// <summary>Something the probe wants done or told.</summary>
public abstract record PathProbeEffect
{
    private PathProbeEffect()
    {
    }

    /// <summary>Send an ARP request on a slave, from its own hardware address, sender address 0 (RFC 5227 section 2.1.1): it teaches nobody anything.</summary>
    /// <param name="SlaveIndex">Where.</param>
    /// <param name="Gateway">Who is asked for.</param>
    /// <param name="Destination">All, or the gateway's known hardware address.</param>
    public sealed record Ask(int SlaveIndex, Ipv4Address Gateway, MacAddress Destination) : PathProbeEffect;

    /// <summary>More or less is known of a slave's network than before.</summary>
    /// <param name="Slave">Which.</param>
    /// <param name="Old">Before.</param>
    /// <param name="New">Now.</param>
    /// <param name="GatewayMac">Who answered for the gateway there; null for nobody.</param>
    /// <param name="Why">For a person.</param>
    public sealed record ClassChanged(SlavePath Slave, PathClass Old, PathClass New, MacAddress? GatewayMac, string Why) : PathProbeEffect;

    /// <summary>Make this slave the active one: the gateway is silent on the present one and answers here.</summary>
    public sealed record SelectSlave(int SlaveIndex, string Why) : PathProbeEffect;

    /// <summary>Whether the kernel may announce the address at a failover (num_grat_arp) without asking anybody.</summary>
    public sealed record AllBackupsSame(bool Value) : PathProbeEffect;

    /// <summary>Something a person should know.</summary>
    public sealed record Warn(string Text) : PathProbeEffect;
}
