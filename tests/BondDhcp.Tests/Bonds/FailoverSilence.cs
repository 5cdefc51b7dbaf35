using BondDhcp.Tests.Beds;
using BondDhcp.Tests.Beds.Scenarios;

namespace BondDhcp.Tests.Bonds;

/// <summary>
/// The same failover and failback with each kind of server, and how long the gateway could not be reached. Shared by the
/// tests and the table of measurements.
/// </summary>
public static class FailoverSilence
{
    /// <summary>What may be added to the driver's own time to notice: half a second, and up to one interval of the ping.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(500) + PingSilence.Interval;

    /// <summary>As <c>serve</c> knows each server, and as a person does.</summary>
    public static IReadOnlyList<(string Word, string Name)> Servers { get; } =
    [
        ("dnsmasq", "dnsmasq"),
        ("kea", "Kea, match-client-id true"),
        ("kea-chaddr", "Kea, match-client-id false"),
        ("dhcpd", "ISC dhcpd"),
        ("udhcpd", "busybox udhcpd"),
    ];

    /// <summary>One for each server.</summary>
    public static IReadOnlyList<BedScenario> Scenarios { get; } = [.. Servers.Select(server => Of(server.Word))];

    /// <summary>The failover from w0 to w1 and back.</summary>
    // The switch's port begins to forward up to a second after its carrier; updelay is how a bond waits for that.
    public static BedScenario Of(string server) => new(server.Replace("-", "", StringComparison.Ordinal), $"""
        network
        serve {server}
        own_bond 'updelay = 1500'
        client
        bound
        expect 'slave=w1 network=same'
        announced
        lease before
        pinging
        pause 1
        mark failover
        unplug pw0
        verified
        announced
        lease failover
        mark failback
        plug pw0
        verified
        announced
        """);

    /// <summary>From the loss of the carrier to the bond's other hardware address, by the kernel's events; zero when one of them is missing.</summary>
    public static TimeSpan Detection(BedEvidence seen)
    {
        KernelEvent? lost = First(seen, e => e.Text.Contains(": w0@", StringComparison.Ordinal) && e.Text.Contains("<NO-CARRIER,", StringComparison.Ordinal));
        KernelEvent? changed = First(seen, e => e.Text.Contains(": bond0: ", StringComparison.Ordinal) && e.Text.Contains("link/ether 02:00:00:00:0b:0b", StringComparison.Ordinal));
        return lost is not null && changed is not null && changed.At > lost.At ? changed.At - lost.At : TimeSpan.Zero;
    }

    /// <summary>Addresses and routes of the lease that were taken away at any time.</summary>
    public static int Deletions(BedEvidence seen) => seen.Events.Count(e => e.Deleted && e.Text.Contains("192.0.2.", StringComparison.Ordinal));

    private static KernelEvent? First(BedEvidence seen, Func<KernelEvent, bool> wanted) => seen.Events.FirstOrDefault(e => e.At >= seen.At("failover") && wanted(e));
}
