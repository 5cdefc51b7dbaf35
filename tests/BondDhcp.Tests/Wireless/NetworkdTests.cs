using BondDhcp.Tests.Beds.Qemu;
using BondDhcp.Tests.Beds.Scenarios;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Wireless;

/// <summary>systemd-networkd has the bond; ours comes to it, and has it once networkd is told to leave it alone.</summary>
[Collection(WirelessCollection.Name)]
public sealed class NetworkdTests(WirelessMachine machine, ITestOutputHelper output)
{
    private static readonly BedScenario s_networkd = new("networkd", """
        network
        make_bond
        serve dnsmasq
        peer networkd
        addressed 40
        note theirs ip -4 -o address show bond0
        config < <(printf '%s\n' '[interface.bond0]' 'kind = "existing"' 'dhcp4 = true' 'dns = false')
        mark ours
        client
        until_status 'manages bond0 by /run/systemd/network/bond0.network'
        pause 2
        note waiting bonddhcp status
        note kept ip -4 -o address show bond0
        mark told
        printf '%s\n' '[Match]' 'Name=bond0 w0 w1' '[Link]' Unmanaged=yes > /run/systemd/network/05-bonddhcp.network
        kill "$peer"
        wait "$peer"
        ip address flush dev bond0
        ip link set bond0 up
        /lib/systemd/systemd-networkd > "$dir/networkd.log" 2>&1 &
        bound
        pause 2
        note after bonddhcp status
        note links cat /run/systemd/netif/links/*
        """);

    public static IReadOnlyList<BedScenario> Scenarios => [s_networkd];

    [QemuFact(DisplayName = "AP-12 networkd manages bond0 at start: detected; the interface waits, with the exact unmanaged snippet in status, and begins by itself")]
    public void Networkd_ThatManagesTheBond_IsWaitedFor()
    {
        BedEvidence seen = machine[s_networkd, output];
        Assert.Contains("192.0.2.", seen.Said("theirs"), StringComparison.Ordinal);
        Assert.Equal(seen.Said("theirs").Split(" brd")[0], seen.Said("kept").Split(" brd")[0]);
        Assert.Contains("dhcp4@bond0              waiting: systemd-networkd", seen.Said("waiting"), StringComparison.Ordinal);
        Assert.Contains(
            "               [Match]\n               Name=bond0 w0 w1\n               [Link]\n               Unmanaged=yes\n", seen.Said("waiting"), StringComparison.Ordinal);
        Assert.DoesNotContain(seen.Frames, frame => seen.IsIn("ours", frame.Frame.At) && frame.Frame.Dhcp is { Message: "DISCOVER" or "REQUEST" });
        Assert.Contains("dhcp4      bound", seen.Said("after"), StringComparison.Ordinal);
        Assert.Contains("ADMIN_STATE=unmanaged", seen.Said("links"), StringComparison.Ordinal);
    }
}
