using System.Text.Json;
using BondDhcp.Tests.Beds.Qemu;
using BondDhcp.Tests.Beds.Scenarios;
using Xunit;
using Xunit.Abstractions;
using static BondDhcp.Tests.Bonds.BondAssert;

namespace BondDhcp.Tests.Wireless;

/// <summary>What happens to an association, with a cable that works: another access point, a wrong key, a radio that is off, a supplicant that ends.</summary>
[Collection(WirelessCollection.Name)]
public sealed class WirelessLinkTests(WirelessMachine machine, ITestOutputHelper output)
{
    private static readonly BedScenario s_roam = new("wifiroam", """
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
        lease before
        second_ap
        mark roam
        roam "$AP2"
        verified
        announced
        note roam bonddhcp status
        mark wire
        plug pw0
        verified
        announced
        ip link set bond0 type bond active_slave w1
        verified
        announced
        mark lost
        ap_down pw2
        verified
        announced
        """);

    private static readonly BedScenario s_key = new("wifikey", """
        wireless
        wrong_key
        ap_up
        serve dnsmasq
        supervised 'primary = "w1"'
        client
        bound
        until_status 'wrong key for'
        note wrong bonddhcp status
        lease wrong
        mark key
        credentials
        note reload bonddhcp reload
        expect 'supplicant state=COMPLETED'
        verified
        announced
        mark block
        radio_block
        verified
        until_status 'soft-blocked'
        note block bonddhcp status
        mark unblock
        radio_unblock
        expect 'supplicant state=COMPLETED'
        verified
        announced
        note pids supplicant_pid
        mark killed
        kill -s KILL "$(supplicant_pid)"
        expect 'supplicant state=COMPLETED'
        verified
        announced
        note pids supplicant_pid
        mark terminated
        note cli wpa_cli -p "$control" -i w1 terminate
        expect 'supplicant state=COMPLETED'
        verified
        announced
        note pids supplicant_pid
        note cli wpa_cli -p "$control" -i w1 status
        """);

    public static IReadOnlyList<BedScenario> Scenarios => [s_roam, s_key];

    [QemuFact(DisplayName = "AW-4 v4 Wi-Fi in use roams to another access point of the network: the address stays, and is verified")]
    public void Roaming_KeepsTheAddress()
    {
        BedEvidence seen = machine[s_roam, output];
        // Once for the access point; once more where the radio told of a carrier lost and regained on the way.
        Assert.InRange(seen.Timeline("state", "roam").Count(e => e.GetProperty("to").GetString() == "verifying"), 1, 2);
        Assert.All(Sent(seen, "REQUEST", "roam"), f => Assert.Equal(("pw2", MacB), (f.Port, f.Frame.SourceMac)));
        Assert.NotEmpty(Sent(seen, "REQUEST", "roam"));
        Announced(seen, "roam", MacB, "pw2");
        Assert.Contains(":a2)", seen.Said("roam"), StringComparison.Ordinal);
        KeptTheAddress(seen);
    }

    [QemuFact(DisplayName = "AW-6 v4 Wi-Fi in use loses its access point while the cable is usable: the cable is in use at once")]
    public void LostAccessPoint_WithACable_FailsOver()
    {
        BedEvidence seen = machine[s_roam, output];
        DateTime lost = seen.Events.First(e => e.At >= seen.At("lost") && e.Text.Contains(": w1: ", StringComparison.Ordinal)
            && !e.Text.Contains("LOWER_UP", StringComparison.Ordinal)).At;
        DateTime moved = seen.Events.First(e => e.At >= seen.At("lost") && e.Text.Contains(": bond0: ", StringComparison.Ordinal)
            && e.Text.Contains($"link/ether {MacA}", StringComparison.Ordinal)).At;
        Assert.InRange(moved - lost, -seen.Slack, seen.Slack);
        Announced(seen, "lost", MacA, "pw0");
        VerifiedAtLast(seen, "lost", MacA, "pw0");
        KeptTheAddress(seen);
    }

    [QemuFact(DisplayName = "AW-5 AB-7 v4 a wrong key on the primary: status says so, each time the driver takes it the cable is selected; the right key on reload works")]
    public void WrongKey_IsNamed_AndTheRightOneWorks()
    {
        BedEvidence seen = machine[s_key, output];
        Assert.Contains("wrong key for \"bed-wifikey\"", seen.Said("wrong"), StringComparison.Ordinal);
        Assert.Equal("bound", seen.Lease("wrong").GetProperty("state").GetString());
        // Not one frame over Wi-Fi before the key is right.
        Assert.All(seen.Frames.Where(f => f.Frame.At < seen.At("key")), f => Assert.Equal("pw0", f.Port));
        DateTime[] taken = MacEvents(seen, MacB), left = MacEvents(seen, MacA);
        foreach (DateTime at in taken) Assert.InRange(left.First(other => other > at) - at, TimeSpan.Zero, seen.Slack);
        VerifiedAtLast(seen, "key", MacB, "pw1");
        Announced(seen, "key", MacB, "pw1");
    }

    [QemuFact(DisplayName = "AW-12 v4 the radio is switched off by rfkill and on again: the cable, status says soft-blocked, Wi-Fi again")]
    public void BlockedRadio_FailsOverAndReturns()
    {
        BedEvidence seen = machine[s_key, output];
        Assert.Contains("w1: soft-blocked", seen.Said("block").Replace("running", "w1", StringComparison.Ordinal), StringComparison.Ordinal);
        VerifiedAtLast(seen, "block", MacA, "pw0");
        VerifiedAtLast(seen, "unblock", MacB, "pw1");
        KeptTheAddress(seen);
    }

    [QemuFact(DisplayName = "AW-2 v4 the supplicant is killed, then terminated: the cable meanwhile, another supplicant within seconds, Wi-Fi again")]
    public void EndedSupplicant_IsStartedAgain()
    {
        BedEvidence seen = machine[s_key, output];
        string[] pids = seen.Said("pids").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, pids.Distinct().Count());
        foreach (string phase in (ReadOnlySpan<string>)["killed", "terminated"])
        {
            JsonElement[] states = [.. seen.Timeline("supplicant", phase)];
            Assert.Contains("gone", States(states));
            Assert.Equal("COMPLETED", States(states).Last());
            // The driver may take the primary when its carrier comes, before it is authorised: then it is corrected first (AB-7).
            string?[] active = [.. seen.Timeline("activeSlave", phase).Select(e => e.GetProperty("slave").GetString())];
            Assert.Equal(("w0", "w1"), (active.First(), active.Last()));
            Announced(seen, phase, MacB, "pw1");
        }
        Assert.Contains("wpa_state=COMPLETED", seen.Said("cli"), StringComparison.Ordinal);
        KeptTheAddress(seen);
    }

    private static IEnumerable<string?> States(IEnumerable<JsonElement> events) => events.Select(e => e.GetProperty("state").GetString());

    // Once bound, until the key was written.
    private static DateTime[] MacEvents(BedEvidence seen, string mac) =>
        [.. seen.Timeline("hardwareAddress").Where(e => BedEvidence.TimeOf(e) < seen.At("key") && e.GetProperty("new").GetString() == mac).Select(BedEvidence.TimeOf)];
}
