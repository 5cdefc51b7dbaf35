using BondDhcp.Bond.Paths;
using BondDhcp.Host.Paths;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Linux;
using BondDhcp.Tests.Runner;
using Xunit;

namespace BondDhcp.Tests.Paths;

/// <summary>The probes on veth pairs in a namespace of their own; the kernel answers ARP.</summary>
public sealed class SlaveProbesTests
{
    private const string OtherMac = "02:00:00:00:00:06";

    // c0 and c1 are the slaves; s0 and s1 the ports of a switch that has the gateway behind it.
    private static void Run(Action<RunnerBed> test) => RunnerBed.Run(bed =>
    {
        PrivateNetwork.Ip($"link add c1 address 02:00:00:00:00:1c type veth peer name s1 address {OtherMac}");
        PrivateNetwork.Ip($"link add br0 address {Fixture.GatewayMac} type bridge");
        PrivateNetwork.Ip("link set s0 master br0");
        PrivateNetwork.Ip("link set s1 master br0");
        PrivateNetwork.Ip($"addr add {Fixture.Server}/24 dev br0");
        foreach (string name in (string[])["c1", "s1", "br0"]) PrivateNetwork.Ip($"link set {name} up");
        PrivateNetwork.AwaitUp("c0", "c1", "s0", "s1", "br0");
        test(bed);
    });

    private static SlaveProbes Probes(RunnerBed bed, bool pathFailover = false) =>
        new(bed.Loop, bed.Network, pathFailover, (source, report) => bed.Journal.Add(("bond0", source, report)));

    private static SlavePath Slave(RunnerBed bed, string name, bool active = false)
    {
        int index = bed.Network.HardwareAddresses.IndexOf(name);
        Assert.True(bed.Network.HardwareAddresses.TryRead(index, out MacAddress mac));
        return new SlavePath(index, name, Usable: true, mac, null, null, active);
    }

    [Fact]
    public void Backup_BehindTheSameSwitch_IsSame() => Run(bed =>
    {
        using SlaveProbes probes = Probes(bed);
        int told = 0;
        probes.Changed += () => told++;
        SlavePath c1 = Slave(bed, "c1");
        probes.Update([Slave(bed, "c0", active: true), c1]);
        Assert.False(probes.AllBackupsSame);
        probes.SetLease(new LeaseNetwork(Fixture.Server, Fixture.GatewayMac));
        bed.Until(() => probes.PathOf(c1.Index).Class == PathClass.Same, 2000);
        Assert.Equal(Fixture.GatewayMac, probes.PathOf(c1.Index).GatewayMac);
        Assert.True(probes.AllBackupsSame);
        Assert.True(told >= 2);
        Assert.Contains("bond0 paths network slave=c1 network=same gatewayMac=02:00:00:00:00:01", bed.Transcript());
        probes.Update([]);
        Assert.Equal(PathClass.Unknown, probes.PathOf(c1.Index).Class);
    });

    [Fact]
    public void Backup_BehindAnotherRouter_IsDifferent() => Run(bed =>
    {
        // Taken off the switch, the port answers for itself: another router with the same address.
        PrivateNetwork.Ip("link set s1 nomaster");
        using SlaveProbes probes = Probes(bed);
        SlavePath c1 = Slave(bed, "c1");
        probes.Update([Slave(bed, "c0", active: true), c1]);
        probes.SetLease(new LeaseNetwork(Fixture.Server, Fixture.GatewayMac));
        bed.Until(() => probes.PathOf(c1.Index).Class == PathClass.Different, 4000);
        Assert.Equal(MacAddress.Parse(OtherMac), probes.PathOf(c1.Index).GatewayMac);
        Assert.False(probes.AllBackupsSame);
        Assert.Contains("failover to c1 would change the network: another station answers for 192.0.2.1", bed.Transcript());
    });

    [Fact(DisplayName = "D2 1.8 resume: a backup that was put into another network during the suspend is known as such at once, not at the next round")]
    public void Resume_BackupIsElsewhereByNow_IsDifferent() => Run(bed =>
    {
        using SlaveProbes probes = Probes(bed);
        SlavePath c1 = Slave(bed, "c1");
        probes.Update([Slave(bed, "c0", active: true), c1]);
        probes.SetLease(new LeaseNetwork(Fixture.Server, Fixture.GatewayMac));
        bed.Until(() => probes.PathOf(c1.Index).Class == PathClass.Same, 2000);
        PrivateNetwork.Ip("link set s1 nomaster");
        bed.Suspended += TimeSpan.FromMinutes(1);
        bed.Until(() => probes.PathOf(c1.Index).Class == PathClass.Unknown, 1000);
        bed.Until(() => probes.PathOf(c1.Index).Class == PathClass.Different, 4000);
    });

    [Fact(DisplayName = "AM-30 the gateway falls silent behind a carrier: the other slave is chosen within 2 s")]
    public void Active_GatewayCutOffBehindTheSwitch_SelectsTheBackup() => Run(bed =>
    {
        using SlaveProbes probes = Probes(bed, pathFailover: true);
        (int Index, string Why)? selected = null;
        probes.Select += (index, why) => selected = (index, why);
        SlavePath c1 = Slave(bed, "c1");
        probes.Update([Slave(bed, "c0", active: true), c1]);
        probes.SetLease(new LeaseNetwork(Fixture.Server, Fixture.GatewayMac));
        bed.For(3000);
        Assert.Null(selected);
        File.WriteAllText("/proc/sys/net/ipv4/conf/all/arp_ignore", "1");
        PrivateNetwork.Ip("link set s0 nomaster");
        TimeSpan taken = bed.Until(() => selected is not null, 4000);
        Assert.Equal((c1.Index, "192.0.2.1 is silent on c0 and answers on c1"), selected);
        Assert.InRange(taken.TotalSeconds, 0.5, 2.1);
    });

    [Fact]
    public void Slave_Deleted_ClosesItsSocketAndHarmsNobody() => Run(bed =>
    {
        using SlaveProbes probes = Probes(bed);
        SlavePath c0 = Slave(bed, "c0", active: true);
        SlavePath c1 = Slave(bed, "c1");
        probes.Update([c0, c1]);
        probes.SetLease(new LeaseNetwork(Fixture.Server, Fixture.GatewayMac));
        bed.Until(() => probes.AllBackupsSame, 2000);
        PrivateNetwork.Ip("link del c1");
        bed.For(200);
        probes.Update([c0, c1 with { Usable = false }]);
        probes.Update([c0, c1]);
        bed.For(2000);
        Assert.Equal(PathClass.Unknown, probes.PathOf(c1.Index).Class);
        probes.Update([c0]);
        Assert.True(probes.AllBackupsSame);
    });
}
