using System.Collections.Immutable;
using BondDhcp.Net;

namespace BondDhcp.Bond.Paths;

/// <summary>Something that happened to the paths of a bond.</summary>
public abstract record PathProbeInput
{
    private PathProbeInput()
    {
    }

    /// <summary>The slaves as they are now; one that is no longer in the list is gone.</summary>
    public sealed record Slaves(ImmutableArray<SlavePath> Present) : PathProbeInput;

    /// <summary>The lease in force now; null for none.</summary>
    public sealed record Lease(LeaseNetwork? Network) : PathProbeInput;

    /// <summary>An ARP reply to one of the questions.</summary>
    /// <param name="SlaveIndex">Where it arrived.</param>
    /// <param name="Gateway">For which address it speaks.</param>
    /// <param name="Mac">Who says to be that address.</param>
    public sealed record ArpAnswer(int SlaveIndex, Ipv4Address Gateway, MacAddress Mac) : PathProbeInput;

    /// <summary>The DHCP client heard the gateway through the active slave: there nothing need be asked.</summary>
    /// <param name="Mac">The hardware address that answered.</param>
    public sealed record GatewayHeard(MacAddress Mac) : PathProbeInput;

    /// <summary>The configuration's word on whether the active slave is watched.</summary>
    public sealed record Failover(bool Wanted) : PathProbeInput;

    /// <summary>The machine woke from suspend: it may have been carried elsewhere, and its cables put elsewhere.</summary>
    public sealed record Resumed : PathProbeInput;

    /// <summary>The earliest deadline has come.</summary>
    public sealed record DeadlineReached : PathProbeInput
    {
        /// <summary>The only value.</summary>
        public static readonly DeadlineReached Instance = new();
    }
}
