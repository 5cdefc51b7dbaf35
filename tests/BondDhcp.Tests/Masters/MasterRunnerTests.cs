using BondDhcp.Bond.Linux;
using BondDhcp.Bond.Netlink;
using BondDhcp.Bond.Plan;
using BondDhcp.Host.Masters;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Linux;
using BondDhcp.Tests.Runner;
using Xunit;

namespace BondDhcp.Tests.Masters;

/// <summary>The runner of a bridge over the veth pair c0, s0 of a private namespace, with the real kernel.</summary>
public sealed class MasterRunnerTests
{
    private static readonly MasterSettings s_bridge = new() { Name = "lan", Kind = MasterKind.Bridge, Slaves = [new SlaveSettings("c0")] };

    private static MasterRunner Add(RunnerBed bed, TemporaryDirectory directory, MasterSettings? settings = null) => new(
        bed.Loop, bed.Network, settings ?? s_bridge, () => new MasterRecordFile(directory.Path, "lan", "boot"),
        (source, report) => bed.Journal.Add(("lan", source, report)));

    private static void Settle(RunnerBed bed, MasterRunner runner)
    {
        bool settled = false;
        runner.WhenSettled(() => settled = true);
        bed.Until(() => settled);
    }

    [Theory]
    [InlineData(MasterKind.Bond, "Operation not supported: Unknown device type; the kernel has no bonding driver loaded: modprobe bonding")]
    [InlineData(MasterKind.Bridge, "Operation not supported: Unknown device type; the kernel has no bridge driver loaded: modprobe bridge")]
    public void Kind_ThatTheKernelDoesNotKnow_IsToldWithTheMend(MasterKind kind, string words)
    {
        Assert.Equal(words, MasterActs.WithHint(kind, new RtnlResult(95, "Unknown device type")).ToString());
        Assert.Equal("File exists", MasterActs.WithHint(kind, new RtnlResult(17)).ToString());
    }

    [Fact(DisplayName = "AB-17 AT-3 AT-7 a bridge is made with its port, adopted as ours by the next run, and gone after its stop, the port as before")]
    public void Bridge_MadeAdoptedAndStopped() => RunnerBed.Run(bed =>
    {
        using TemporaryDirectory directory = new();
        File.WriteAllText("/proc/sys/net/ipv6/conf/c0/disable_ipv6", "0"); // it gets a link-local address, which is taken away as well
        PrivateNetwork.Ip("address add 192.0.2.9/24 dev c0");
        bed.Network.Drain();
        MasterRunner first = Add(bed, directory);
        first.Start();
        Settle(bed, first);
        Assert.Contains("master lan", PrivateNetwork.Ip("link show c0"), StringComparison.Ordinal);
        Assert.DoesNotContain("inet", PrivateNetwork.Ip("address show dev c0"), StringComparison.Ordinal);
        Assert.Equal(("running", ""), (first.State, first.Why));
        Assert.Contains(bed.Journal, one => one.Report.Event == "addressRemoved" && one.Report.Fields.Any(field => field.Value.Equals("192.0.2.9/24")));
        first.Dispose();
        Assert.Contains("master lan", PrivateNetwork.Ip("link show c0"), StringComparison.Ordinal);

        using MasterRunner second = Add(bed, directory);
        second.Start();
        Settle(bed, second);
        Assert.Contains(bed.Journal, one => one.Report.Event == "adopted" && one.Report.Fields.Any(field => field.Value.Equals(true)));
        PrivateNetwork.Ip("route add 203.0.113.0/24 dev c0");
        bool stopped = false;
        second.Stop(() => stopped = true);
        bed.Until(() => stopped);
        Assert.DoesNotContain("lan", PrivateNetwork.Ip("-o link show"), StringComparison.Ordinal);
        Assert.Contains(",UP", PrivateNetwork.Ip("link show c0"), StringComparison.Ordinal);
        Assert.Contains("inet6 fe80::ff:fe00:c/64 scope link", PrivateNetwork.Ip("-6 address show dev c0"), StringComparison.Ordinal);
        // Another program's, which would have gone with its being set down.
        Assert.Contains("203.0.113.0/24", PrivateNetwork.Ip("route show dev c0"), StringComparison.Ordinal);
        Assert.Equal("stopped", second.State);
    });

    [Fact]
    public void Changed_WhereNothingDiffers_IsSilent() => RunnerBed.Run(bed =>
    {
        using TemporaryDirectory directory = new();
        using MasterRunner runner = Add(bed, directory);
        runner.Start();
        Settle(bed, runner);
        int changes = 0;
        runner.Changed += () => changes++;
        for (int i = 0; i < 3; i++)
        {
            runner.Wake();
            Settle(bed, runner);
        }
        Assert.Equal(0, changes);
        PrivateNetwork.Ip("link set c0 nomaster");
        bed.Until(() => changes > 0);
        Assert.Contains("somebody else took it out", Assert.Single(runner.Slaves()).Why, StringComparison.Ordinal);
        runner.Retry();
        Settle(bed, runner);
        Assert.True(Assert.Single(runner.Slaves()).IsMember);
    });

    [Fact]
    public void Fault_WhileStopping_IsNamedAndKeepsNobodyWaiting() => RunnerBed.Run(bed =>
    {
        using TemporaryDirectory directory = new();
        using MasterRunner runner = Add(bed, directory);
        runner.Start();
        Settle(bed, runner);
        runner.SetUsability(_ => throw new InvalidOperationException("it is broken"));
        bool stopped = false;
        runner.Stop(() => stopped = true);
        bed.Until(() => stopped);
        Assert.Equal(("failed", "it is broken"), (runner.State, runner.Why));
        Assert.Equal(2, bed.Count("fault"));
    });

    [Fact]
    public void Fault_Once_IsGotOver() => RunnerBed.Run(bed =>
    {
        using TemporaryDirectory directory = new();
        using MasterRunner runner = Add(bed, directory);
        bool broken = true;
        runner.SetUsability(_ => broken ? throw new InvalidOperationException("it is broken") : (true, ""));
        runner.Start();
        bed.Until(() => runner.State == "failed");
        broken = false;
        bed.Until(() => runner.State == "running");
        Assert.Equal("", runner.Why);
    });

    [Theory]
    [InlineData("true", true, null)]
    [InlineData("false", false, "modprobe bonding: ")]
    [InlineData("no-such-modprobe", false, "no-such-modprobe")]
    public void Driver_Loaded_OrWhyNot(string program, bool succeeds, string? why) => RunnerBed.Run(bed =>
    {
        RtnlResult? result = null;
        DriverLoading? loading = DriverLoading.Start(bed.Loop, one => result = one, program);
        bed.Until(() => result is not null);
        loading?.Dispose();
        Assert.Equal(succeeds, result!.Value.Succeeded);
        if (why is not null) Assert.Contains(why, result.Value.ToString(), StringComparison.Ordinal);
    });
}
