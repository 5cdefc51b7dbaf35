using BondDhcp.Tests.Beds;
using BondDhcp.Tests.Beds.Scenarios;

namespace BondDhcp.Tests.Wireless;

/// <summary>
/// The start that fails with the old recipe: the cable is out, the client is there before Wi-Fi is. How long each client takes
/// from the bond's carrier to its address. Shared by the tests and the table of measurements.
/// </summary>
public static class ColdStartRace
{
    /// <summary>This program, as the scenarios know it.</summary>
    public const string Own = "bonddhcp";

    /// <summary>The one that watches netlink, too.</summary>
    public const string Networkd = "networkd";

    private const string RadioMac = "02:00:00:00:0b:0b";

    /// <summary>Those who start once, with what they are called by people.</summary>
    public static IReadOnlyList<(string Word, string Name)> Others { get; } = [("udhcpc", "udhcpc"), ("dhclient", "dhclient"), ("dhcpcd", "dhcpcd")];

    /// <summary>One start. No conflict detection for anybody; what a client has not got after 20 s, it does not get.</summary>
    /// <param name="client"><see cref="Own"/>, <see cref="Networkd"/> or one of <see cref="Others"/>.</param>
    /// <param name="round">From 1.</param>
    // An emulated processor needs a moment until a client waits; that of dhcpcd is the longest.
    public static BedScenario Of(string client, int round) => new($"race{client}{round}", $"""
        wireless pw0
        serve dnsmasq
        {(client == Own
            ? "supervised 'primary = \"w0\"' 'conflict-detection = \"off\"' && client"
            : $"credentials; make_bond; supplicant; peer {client}")}
        pause 8
        mark air
        ap_up
        addressed 20
        pause 0.5
        """);

    /// <summary>From the bond's carrier to its address, by the kernel's events; null where no address came.</summary>
    public static TimeSpan? Time(BedEvidence seen)
    {
        KernelEvent? carrier = seen.Events.FirstOrDefault(e => e.At >= seen.At("air") && e.Text.Contains(": bond0: <", StringComparison.Ordinal)
            && e.Text.Contains("LOWER_UP", StringComparison.Ordinal));
        KernelEvent? address = seen.Events.FirstOrDefault(e => !e.Deleted && e.Text.Contains(": bond0 ", StringComparison.Ordinal)
            && e.Text.Contains(" inet 192.0.2.", StringComparison.Ordinal));
        return carrier is null || address is null ? null : address.At - carrier.At;
    }

    /// <summary>Every frame came over Wi-Fi from the radio's own hardware address.</summary>
    public static bool OnlyFromTheRadio(BedEvidence seen) =>
        seen.Frames.Where(f => f.Frame.Dhcp is not null).All(f => f.Frame.SourceMac == RadioMac && f.Frame.Dhcp!.Chaddr == RadioMac);
}
