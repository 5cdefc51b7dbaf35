using System.Globalization;
using System.Text.RegularExpressions;
using BondDhcp.Tests.Beds.Qemu;
using BondDhcp.Tests.Beds.Scenarios;
using Xunit;
using Xunit.Abstractions;
using static BondDhcp.Tests.Bonds.BondAssert;

namespace BondDhcp.Tests.Wireless;

/// <summary>A bond of wire and Wi-Fi as the daemon makes it, with real WPA2 between a supplicant of its own and an access point.</summary>
[Collection(WirelessCollection.Name)]
public sealed partial class WirelessBondTests(WirelessMachine machine, ITestOutputHelper output)
{
    private const int MaxPssKilobytes = 10_000;

    private static readonly BedScenario s_bond = new("wifibond", """
        wireless pw0
        serve dnsmasq
        supervised 'primary = "w0"' 'conflict-detection = "off"'
        client
        expect 'dhcp4.* to=waiting'
        mark air
        ap_up
        bound
        announced
        lease cold
        mark wired
        plug pw0
        verified
        announced
        lease wired
        mark failover
        unplug pw0
        verified
        announced
        lease failover
        pause 6 # what the failover needed is given back 5 s after it
        note memory grep ^Pss: "/proc/$client/smaps_rollup"
        mark lost
        ap_lost
        until_status 'w1: no configured network is in range'
        note lost bonddhcp status
        mark wifi
        ap_up
        verified
        announced
        lease wifi
        mark failback
        plug pw0
        verified
        announced
        """);

    private static readonly BedScenario s_restart = new("wifirestart", """
        wireless
        ap_up
        serve dnsmasq
        supervised 'primary = "w0"'
        client
        bound
        announced
        unplug pw0
        verified
        announced
        note pids supplicant_pid
        in_net ping -i 0.1 "$(address)" > "$dir/ping.txt" &
        pinger=$!
        for how in KILL TERM USR2; do
            mark "$how"
            kill -s "$how" "$client"
            wait "$client"
            client
            verified
            note pids supplicant_pid
        done
        kill -INT $pinger
        wait $pinger
        """);

    // No group-addressed frame reaches the station as one (disable_dgaf); the access point answers ARP for others, and turns what a
    // DHCP server broadcasts into frames for each station (proxy_arp).
    private static readonly BedScenario s_hostile = new("wifihostile", """
        wireless
        ap_up ap_isolate=1 proxy_arp=1 disable_dgaf=1
        serve dnsmasq
        supervised 'primary = "w0"'
        client
        bound
        announced
        lease before
        mark failover
        unplug pw0
        expect 'to=verifying'
        expect 'to=bound'
        announced
        reach failover
        lease failover
        mark anew
        bonddhcp restart dhcp4@bond0 || fail "restart: $?"
        announced
        reach anew
        lease anew
        """);

    public static IReadOnlyList<BedScenario> Scenarios => [s_bond, s_restart, s_hostile];

    [QemuFact(DisplayName = "AB-6 AW-7 v4 start with the cable out: nothing is sent before Wi-Fi is authorised, then a lease over it, every frame from the radio's MAC")]
    public void Start_WithoutTheCable_HasALeaseOverWifi()
    {
        BedEvidence seen = machine[s_bond, output];
        IReadOnlyList<PortFrame> sent = Sent(seen, phase: "air");
        Assert.All(seen.Frames.Where(f => f.Frame.At < seen.At("wired")), f => Assert.Equal(("pw1", MacB), (f.Port, f.Frame.SourceMac)));
        Assert.All(sent, f => Assert.Equal(MacB, f.Frame.Dhcp!.Chaddr));
        // Associated, the radio has a carrier; authorised, it is no longer dormant: IF_OPER_UP.
        DateTime authorised = Operational(seen, "air");
        Assert.All(seen.Frames, f => Assert.True(f.Frame.At >= authorised - seen.Slack));
        DateTime usable = seen.Timeline("state", "air").Where(e => e.GetProperty("to").GetString() == "selecting").Select(BedEvidence.TimeOf).Last();
        DateTime bound = BedEvidence.TimeOf(Assert.Single(seen.Timeline("leaseBound")));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"IF_OPER_UP to address: {(bound - authorised).TotalMilliseconds:0} ms; gate open to address: {(bound - usable).TotalMilliseconds:0} ms"));
        // At once, and heard: how long the server took is its own affair.
        Assert.InRange(Assert.Single(Sent(seen, "DISCOVER", "air")).Frame.At - usable, -seen.Slack, seen.Slack);
        Assert.Equal("bound", seen.Lease("cold").GetProperty("state").GetString());
    }

    [QemuFact(DisplayName = "AM-7 AB-5 v4 the cable of a bond with Wi-Fi comes, is pulled, and comes back: a failover each time, the address stays")]
    public void Cable_ComesAndGoes_KeepsTheAddress()
    {
        BedEvidence seen = machine[s_bond, output];
        FailedOver(seen, "failover", "w0", carrier: false, MacB);
        foreach ((string before, string phase, string after, string mac, string port) in (ReadOnlySpan<(string, string, string, string, string)>)
            [("cold", "wired", "wired", MacA, "pw0"), ("wired", "failover", "failover", MacB, "pw1"), ("wifi", "failback", "end", MacA, "pw0")])
        {
            Announced(seen, phase, mac, port);
            VerifiedAtLast(seen, phase, mac, port);
            SameLease(seen.Lease(before), seen.Lease(after));
        }
        // An access point passes nothing else from this station.
        Assert.All(seen.Frames.Where(f => f.Port == "pw1"), f => Assert.Equal(MacB, f.Frame.SourceMac));
        KeptTheAddress(seen);
    }

    [QemuFact(DisplayName = "AM-8 v4 the access point falls silent with the cable out, and comes back: status says why, the address stays, verified")]
    public void AccessPoint_LostAndBack_KeepsTheAddress()
    {
        BedEvidence seen = machine[s_bond, output];
        Assert.Contains("w1: no configured network is in range", seen.Said("lost"), StringComparison.Ordinal);
        Assert.Empty(Sent(seen, phase: "lost"));
        Announced(seen, "wifi", MacB, "pw1");
        VerifiedAtLast(seen, "wifi", MacB, "pw1");
        SameLease(seen.Lease("failover"), seen.Lease("wifi"));
        KeptTheAddress(seen);
    }

    [QemuFact(DisplayName = "PSS of the daemon after a failover to Wi-Fi: at most 10 MB")]
    public void Memory_WithASupplicant_IsSmall()
    {
        BedEvidence seen = machine[s_bond, output];
        int kilobytes = int.Parse(FirstNumber().Match(seen.Said("memory")).Value, CultureInfo.InvariantCulture);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"PSS {kilobytes} kB"));
        Assert.InRange(kilobytes, 1, MaxPssKilobytes);
    }

    [QemuFact(DisplayName = "v4 kill -9, SIGTERM and SIGUSR2 while Wi-Fi is in use, each with a restart: same supplicant, same association, no ping lost, address never away")]
    public void Daemon_Restarted_LosesNothing()
    {
        BedEvidence seen = machine[s_restart, output];
        string[] pids = seen.Said("pids").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, pids.Length);
        Assert.Single(pids.Distinct());
        string accessPoint = seen.Said("ap-pw1");
        Assert.Equal(1, CountOf(accessPoint, ": associated (aid"));
        Assert.DoesNotContain("deauthenticated", accessPoint, StringComparison.Ordinal);
        Assert.DoesNotContain("disassociated", accessPoint, StringComparison.Ordinal);
        Assert.Contains(" 0% packet loss", seen.Said("ping"), StringComparison.Ordinal);
        Assert.Equal(3, CountOf(seen.ToString(), "adopted kind=bond"));
        KeptTheAddress(seen);
    }

    [QemuFact(DisplayName = "v4 an access point with client isolation, proxy ARP and no group-addressed frames: the address is kept over the failover, the gateway reached; a new lease comes, too")]
    public void HostileAccessPoint_PassesThisClient()
    {
        BedEvidence seen = machine[s_hostile, output];
        SameLease(seen.Lease("before"), seen.Lease("failover"));
        Reached(seen, "failover");
        Reached(seen, "anew");
        foreach (string lease in (ReadOnlySpan<string>)["before", "failover", "anew"])
            Assert.Equal("bound", seen.Lease(lease).GetProperty("state").GetString());
        Assert.DoesNotContain(seen.Events, e => e.Deleted && e.At < seen.At("anew") && e.Text.Contains(" inet 192.0.2.", StringComparison.Ordinal));
    }

    // The kernel calls the radio operational when its supplicant says that it is authorised.
    private static DateTime Operational(BedEvidence seen, string phase) =>
        seen.Events.First(e => e.At >= seen.At(phase) && e.Text.Contains(": w1: <", StringComparison.Ordinal) && e.Text.Contains(" state UP ", StringComparison.Ordinal)).At;

    private static int CountOf(string text, string part) => text.Split(part).Length - 1;

    [GeneratedRegex("[0-9]+")]
    private static partial Regex FirstNumber();
}
