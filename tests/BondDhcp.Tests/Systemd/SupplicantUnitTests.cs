using BondDhcp.Tests.Beds.Qemu;
using BondDhcp.Tests.Beds.Scenarios;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Systemd;

/// <summary>The daemon as a service of systemd, and its supplicant as a unit of its own.</summary>
[Collection(SystemdCollection.Name)]
public sealed class SupplicantUnitTests(SystemdMachine machine, ITestOutputHelper output)
{
    private static readonly BedScenario s_unit = new("unit", """
        service
        ap_up
        serve dnsmasq
        outside systemctl start bonddhcp.service
        until_true served_bound_by_radio
        note pids unit_pid
        note unit outside systemctl status --no-pager "$supplicant_unit"
        outside systemctl restart bonddhcp.service
        until_true served_bound_by_radio
        note pids unit_pid
        kill -s KILL "$(unit_pid)"
        until_true eval '! served_bound_by_radio'
        until_true served_bound_by_radio
        note pids unit_pid
        note rc served stop "supplicant@$station"
        until_true eval '! outside systemctl is-active --quiet "$supplicant_unit"'
        pause 3
        note stopped outside systemctl show --property ActiveState,Result "$supplicant_unit"
        note rc served start "supplicant@$station"
        until_true served_bound_by_radio
        note rc served stop
        note left outside systemctl is-active "$supplicant_unit"
        note left machine ip link show bond0
        """);

    public static IReadOnlyList<BedScenario> Scenarios => [s_unit];

    [QemuFact(DisplayName = "Under systemd the supplicant is a unit: it survives the daemon, systemd restarts it when killed, stop stops it, and a stop of everything leaves none")]
    public void Supplicant_IsAUnit()
    {
        BedEvidence seen = machine[s_unit, output];
        string[] pids = seen.Said("pids").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, pids.Length);
        Assert.Equal(pids[0], pids[1]);
        Assert.NotEqual(pids[1], pids[2]);
        Assert.Contains("active (running)", seen.Said("unit"), StringComparison.Ordinal);
        Assert.Contains("wpa_supplicant -i wlan", seen.Said("unit"), StringComparison.Ordinal);
        Assert.Equal(["Result=success", "ActiveState=inactive"], seen.Said("stopped").Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("inactive", seen.Said("left"), StringComparison.Ordinal);
        Assert.Contains("does not exist", seen.Said("left"), StringComparison.Ordinal);
    }
}
