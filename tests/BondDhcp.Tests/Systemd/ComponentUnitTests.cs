using BondDhcp.Tests.Beds.Qemu;
using BondDhcp.Tests.Beds.Scenarios;
using Xunit;
using Xunit.Abstractions;
using static BondDhcp.Tests.Bonds.BondAssert;

namespace BondDhcp.Tests.Systemd;

/// <summary>Components as units of systemd's, and the order of the end.</summary>
[Collection(SystemdCollection.Name)]
public sealed class ComponentUnitTests(SystemdMachine machine, ITestOutputHelper output)
{
    private static readonly BedScenario s_units = new("units", """
        service 'release-on-stop = true'
        serve dnsmasq
        ap_up
        show() { for unit in dhcp4@bond0 master@bond0 slave@u0 "slave@$station" "supplicant@$station"; do echo "$1 ${unit/$station/radio} $(property ActiveState $unit.service)"; done; }
        state_of() { [ "$(property ActiveState "$1.service")" = "$2" ]; }
        note rc ctl start bonddhcp.service
        until_true served_bound_by_radio
        for unit in dhcp4@bond0 master@bond0 slave@u0 "slave@$station" "supplicant@$station"; do until_true state_of $unit active; done
        mark stop
        note rc ctl stop dhcp4@bond0.service
        note stopped leased
        note show show stopped
        mark restart
        note rc ctl restart bonddhcp.service
        until_true eval '[[ $(served status) == *"COMPLETED on $ssid"* ]]'
        pause 2
        note stopped leased
        note show show restarted
        mark begin
        note rc ctl start dhcp4@bond0.service
        until_true served_bound_by_radio
        mark again
        note rc ctl restart dhcp4@bond0.service
        until_true served_bound_by_radio
        mark command
        note rc asked stop slave@u0
        until_true state_of slave@u0 inactive
        note rc asked start slave@u0
        until_true state_of slave@u0 active
        note rc ctl stop master@bond0.service
        for unit in dhcp4@bond0 master@bond0 slave@u0 "slave@$station"; do until_true state_of $unit inactive; done
        note show show down
        note rc ctl start master@bond0.service
        until_true served_bound_by_radio
        until_true state_of dhcp4@bond0 active
        note show show up
        note conflicts eval 'for unit in dhcp4 dhcp6 static slave master supplicant; do property Conflicts $unit@x.service; property Before $unit@x.service; done'
        mark shutdown
        began=$SECONDS
        note rc ctl stop bonddhcp.service "$supplicant_unit"
        note took echo $((SECONDS - began))
        note order outside journalctl --no-pager -o short-monotonic -u bonddhcp.service -u "$supplicant_unit" -n 60
        note left machine ip link show bond0
        note left property ActiveState "$supplicant_unit"
        """);

    public static IReadOnlyList<BedScenario> Scenarios => [s_units];

    private static string[] Lines(BedEvidence seen, string name) => seen.Said(name).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [QemuFact(DisplayName = "systemctl stop dhcp4@bond0 sends DHCPRELEASE and takes the address away; it stays stopped while the daemon restarts; start and restart bring a lease")]
    public void Alias_StopsAndStarts()
    {
        BedEvidence seen = machine[s_units, output];
        Assert.All(Lines(seen, "rc"), line => Assert.EndsWith(" 0", line, StringComparison.Ordinal));
        Assert.Empty(Lines(seen, "stopped"));
        Assert.Single(Sent(seen, "RELEASE", "stop"));
        Assert.Empty(Sent(seen, "RELEASE", "restart"));
        Assert.Empty(Sent(seen, "REQUEST", "restart"));
        Assert.NotEmpty(Sent(seen, "REQUEST", "begin"));
        Assert.Single(Sent(seen, "RELEASE", "again"));
        Assert.NotEmpty(Sent(seen, "REQUEST", "again"));
    }

    [QemuFact(DisplayName = "The units are in step with the components, whoever stops and starts them, over a restart of the daemon too")]
    public void Units_AreInStep()
    {
        string[] said = Lines(machine[s_units, output], "show");
        foreach (string when in (string[])["stopped", "restarted"])
        {
            Assert.Contains($"{when} dhcp4@bond0 inactive", said);
            Assert.Equal(4, said.Count(line => line.StartsWith(when + " ", StringComparison.Ordinal) && line.EndsWith(" active", StringComparison.Ordinal)));
        }
        Assert.Contains("down master@bond0 inactive", said);
        Assert.Contains("down slave@radio inactive", said);
        Assert.Equal(5, said.Count(line => line.StartsWith("up ", StringComparison.Ordinal) && line.EndsWith(" active", StringComparison.Ordinal)));
    }

    [QemuFact(DisplayName = "The units of components are in no conflict with a shutdown")]
    public void Units_AreNoPartOfAShutdown()
    {
        Assert.DoesNotContain("shutdown.target", machine[s_units, output].Said("conflicts"), StringComparison.Ordinal);
    }

    [QemuFact(DisplayName = "When everything is stopped at once, as at a shutdown, the lease is released over Wi-Fi first, then the supplicant ends; neither waits for the other in vain")]
    public void Shutdown_ReleasesBeforeTheSupplicantEnds()
    {
        BedEvidence seen = machine[s_units, output];
        Assert.Equal("pw1", Assert.Single(Sent(seen, "RELEASE", "shutdown")).Port);
        string[] order = Lines(seen, "order");
        int released = Array.FindLastIndex(order, line => line.Contains("leaseReleased", StringComparison.Ordinal));
        int stopped = Array.FindLastIndex(order, line => line.Contains("Stopped bonddhcp.service", StringComparison.Ordinal));
        int ending = Array.FindLastIndex(order, line => line.Contains("Stopping bonddhcp-supplicant@", StringComparison.Ordinal));
        Assert.True(released >= 0 && released < stopped && stopped < ending, $"{released} {stopped} {ending}");
        Assert.DoesNotContain(order, line => line.Contains("does not end", StringComparison.Ordinal));
        Assert.InRange(int.Parse(Lines(seen, "took")[0], System.Globalization.CultureInfo.InvariantCulture), 0, 8);
        Assert.Contains("does not exist", seen.Said("left"), StringComparison.Ordinal);
        Assert.EndsWith("inactive\n", seen.Said("left"), StringComparison.Ordinal);
    }
}
