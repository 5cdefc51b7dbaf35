using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client;

/// <summary>The DHCPv4 client: RFC 2131, pure. A value; every step gives the next one.</summary>
public sealed partial record Dhcp4Client
{
    /// <summary>A client that has not been started.</summary>
    public static Dhcp4Client Create(Dhcp4Settings settings) => new() { Settings = settings };

    /// <summary>The configuration.</summary>
    public required Dhcp4Settings Settings { get; init; }

    /// <summary>The lease in force; null without one.</summary>
    public Dhcp4Lease? Lease { get; init; }

    /// <summary>The state's name in JSON, one of CONTRACT's: stopped waiting selecting ...</summary>
    public string StateName { get; init; } = "stopped";

    /// <summary>The earliest instant at which <see cref="Dhcp4Input.DeadlineReached"/> is due.</summary>
    public Instant NextDeadline { get; init; } = Instant.Never;

    /// <summary>The ARP packets wanted at present.</summary>
    public ArpWatch ArpWatch { get; init; } = ArpWatch.None;

    /// <summary>Takes an input; appends what is to be done to <paramref name="effects"/>.</summary>
    public Dhcp4Client Step(
        Dhcp4Input input, Dhcp4Surroundings surroundings, Instant now, EntropySource entropy, List<Dhcp4Effect> effects) => this with { StateName = "waiting" };

    /// <summary>Takes a DHCP message read in place; <paramref name="dropped"/> says why it was not used.</summary>
    public Dhcp4Client Receive(
        in Dhcp4MessageView message, in Dhcp4Reception reception, Dhcp4Surroundings surroundings, Instant now,
        EntropySource entropy, List<Dhcp4Effect> effects, out Dhcp4DropReason dropped)
    {
        dropped = Dhcp4DropReason.NoExchange;
        return this with { StateName = "waiting" };
    }
}
