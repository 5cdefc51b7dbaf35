using System.Collections.Immutable;
using BondDhcp.Bond.Addressing;
using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Client;
using BondDhcp.Net;

namespace BondDhcp.Host.Statics;

/// <summary>What happens to static configuration.</summary>
internal abstract record StaticInput
{
    private StaticInput()
    {
    }

    /// <summary>It is to run.</summary>
    public sealed record Start : StaticInput;

    /// <summary>It is to end; what is configured is the rim's to remove.</summary>
    public sealed record Stop : StaticInput;

    /// <summary>The interface is there.</summary>
    /// <param name="Present">Addresses that are on it already: an earlier run's, or somebody else's.</param>
    /// <param name="Passing">Packets pass.</param>
    public sealed record LinkHere(ImmutableArray<StaticAddress> Present, bool Passing) : StaticInput;

    /// <summary>The interface is gone, and everything on it.</summary>
    public sealed record LinkGone : StaticInput;

    /// <summary>Packets pass, or do not.</summary>
    public sealed record Usable(bool Yes) : StaticInput;

    /// <summary>Packets take another way: another hardware address, another slave.</summary>
    public sealed record PathChanged : StaticInput;

    /// <summary>DHCP has a lease in force, or has none.</summary>
    public sealed record Lease(bool Bound) : StaticInput;

    /// <summary>A DHCP server has no address for us, and says whether a link-local one may be taken (RFC 2563).</summary>
    public sealed record AutoConfigure(bool Allowed) : StaticInput;

    /// <summary>An ARP packet about one of the addresses.</summary>
    public sealed record ArpReceived(ArpPacket Packet) : StaticInput;

    /// <summary>What is on the interface after it was configured.</summary>
    public sealed record Applied(ImmutableArray<StaticAddress> Present) : StaticInput
    {
        /// <summary>Those of IPv6 that another host has.</summary>
        public ImmutableArray<StaticAddress> Duplicate { get; init; } = [];

        /// <summary>Those of IPv6 of which it is not known yet.</summary>
        public ImmutableArray<StaticAddress> Tentative { get; init; } = [];
    }

    /// <summary>What is on the interface after something was removed there.</summary>
    public sealed record Observed(ImmutableArray<StaticAddress> Present) : StaticInput;

    /// <summary>Other settings.</summary>
    public sealed record Reconfigure(StaticSettings Settings) : StaticInput;

    /// <summary><see cref="StaticMachine.NextDeadline"/> has come.</summary>
    public sealed record DeadlineReached : StaticInput;
}

/// <summary>What is to be done, in order.</summary>
internal abstract record StaticEffect
{
    private StaticEffect()
    {
    }

    /// <summary>The interface is to be made as <see cref="StaticMachine.Permitted"/> and the settings say; then <see cref="StaticInput.Applied"/>.</summary>
    public sealed record Apply : StaticEffect;

    /// <summary>An IPv6 address that another host had is to be taken away and given again: the kernel asks about it anew.</summary>
    public sealed record AskAgain(StaticAddress Address) : StaticEffect;

    /// <summary>An ARP packet to every station.</summary>
    public sealed record Transmit(ArpPacket Packet) : StaticEffect;

    /// <summary>Something for the journal.</summary>
    public sealed record Tell(Report Report) : StaticEffect;
}

/// <summary>The interface as the kernel shows it at the moment of a step.</summary>
/// <param name="Mac">Its hardware address.</param>
/// <param name="HostMacs">Those of every device in this host: an echo of ours is no conflict.</param>
/// <param name="PathIndex">The device that frames leave by, for the caps on what is sent.</param>
/// <param name="OtherSenders">What others of this host sent that share the path and its caps.</param>
internal sealed record StaticSurroundings(
    MacAddress Mac, ImmutableArray<MacAddress> HostMacs, int PathIndex, ImmutableArray<TransmitBudget> OtherSenders);
