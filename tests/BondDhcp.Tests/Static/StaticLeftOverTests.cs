using System.Collections.Immutable;
using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Linux;
using BondDhcp.Dhcp.Client;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Statics;
using BondDhcp.Net.Linux;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Linux;
using BondDhcp.Tests.Runner;
using Xunit;

namespace BondDhcp.Tests.Static;

/// <summary>What goes of static configuration on c0 of a private namespace, and what does not.</summary>
public sealed class StaticLeftOverTests
{
    private static readonly StaticSettings s_settings = new()
    {
        Name = "c0",
        Addresses = Addresses("192.0.2.60/24", "192.0.2.61/24"),
        Metric = 1024,
        ConflictDetection = ConflictDetection.Off,
    };

    private static ImmutableArray<StaticAddress> Addresses(params ReadOnlySpan<string> texts)
    {
        ImmutableArray<StaticAddress>.Builder addresses = ImmutableArray.CreateBuilder<StaticAddress>();
        foreach (string text in texts) addresses.Add(StaticText.ReadAddress(text, out _)!);
        return addresses.ToImmutable();
    }

    private static StaticRunner Start(RunnerBed bed, StaticSettings settings, string? directory = null)
    {
        StaticRunner runner = new(
            bed.Loop, bed.Network, settings, directory is null ? null : index => new StaticOwnershipFile(directory, "c0", index, "boot"),
            new KernelEntropy(), (source, report) => bed.Journal.Add(("c0", source, report)));
        runner.Start();
        return runner;
    }

    private static string Shown() => PrivateNetwork.Ip("-4 -o addr show dev c0");

    private static IEnumerable<string> Removed(RunnerBed bed) =>
        bed.Journal.Where(one => one.Report.Event == "addressRemoved").Select(one => string.Join(' ', one.Report.Fields.Select(field => field.Value)));

    [Fact(DisplayName = "An address that a reload drops, or makes a fallback, goes with the origin it had")]
    public void Dropped_GoesWithTheOriginItHad() => RunnerBed.Run(bed =>
    {
        using StaticRunner runner = Start(bed, s_settings);
        bed.Until(() => runner.Snapshot.State == StaticState.Running);
        runner.Reconfigure(s_settings with { Addresses = Addresses("192.0.2.61/24") });
        Assert.Equal(["192.0.2.60/24 static"], Removed(bed));
        runner.NoteLease(true);
        runner.Reconfigure(s_settings with { Addresses = [], Fallback = Addresses("192.0.2.61/24") });
        Assert.Equal("192.0.2.61/24 static", Removed(bed).Last());
        Assert.Equal(2, Removed(bed).Count());
    });

    [Fact(DisplayName = "What an earlier run left and the configuration does not know goes as static, or as link-local where it is made up")]
    public void LeftByAnEarlierRun_GoesByItsRange() => RunnerBed.Run(bed =>
    {
        using var directory = new TemporaryDirectory();
        using (StaticRunner earlier = Start(bed, s_settings with { Addresses = Addresses("192.0.2.60/24", "169.254.7.7/16", "192.0.2.61/24") }, directory.Path))
            bed.Until(() => earlier.Snapshot.State == StaticState.Running);
        using StaticRunner runner = Start(bed, s_settings with { Addresses = Addresses("192.0.2.61/24") }, directory.Path);
        bed.Until(() => runner.Snapshot.State == StaticState.Running);
        Assert.Equal(["169.254.7.7/16 link-local", "192.0.2.60/24 static"], Removed(bed).Order(StringComparer.Ordinal));
    });

    [Fact(DisplayName = "What the kernel does not take away is told to who stops it, or drops it by a reload, and goes when it does")]
    public void Removal_Refused_IsLeftOver() => RunnerBed.Run(bed =>
    {
        using var directory = new TemporaryDirectory();
        using StaticRunner runner = Start(bed, s_settings, directory.Path);
        bed.Until(() => runner.Snapshot.State == StaticState.Running);
        Assert.Null(runner.LeftOver);
        StaticSettings one = s_settings with { Addresses = Addresses("192.0.2.60/24") };
        using (NetworkPowerlessness.Begin()) runner.Reconfigure(one);
        Assert.Equal("192.0.2.61/24: Operation not permitted", runner.LeftOver);
        runner.Reconfigure(one);
        Assert.Null(runner.LeftOver);
        Assert.DoesNotContain("192.0.2.61/24", Shown(), StringComparison.Ordinal);

        bool done = false;
        using (NetworkPowerlessness.Begin()) runner.Stop(() => done = true);
        Assert.True(done);
        Assert.Equal("192.0.2.60/24: Operation not permitted", runner.LeftOver);
        Assert.Contains("192.0.2.60/24", Shown(), StringComparison.Ordinal);

        // It is still ours, by the record.
        runner.Start();
        runner.Stop(() => { });
        Assert.Null(runner.LeftOver);
        Assert.DoesNotContain("192.0.2.60/24", Shown(), StringComparison.Ordinal);
    });

    [Fact(DisplayName = "What was left over on an interface that is gone is left over no more")]
    public void Interface_Gone_TakesWhatWasLeftOverWithIt() => RunnerBed.Run(bed =>
    {
        using StaticRunner runner = Start(bed, s_settings);
        bed.Until(() => runner.Snapshot.State == StaticState.Running);
        using (NetworkPowerlessness.Begin()) runner.Reconfigure(s_settings with { Addresses = Addresses("192.0.2.60/24") });
        Assert.NotNull(runner.LeftOver);
        PrivateNetwork.Ip("link del c0");
        bed.Until(() => runner.Snapshot.State == StaticState.Waiting);
        Assert.Null(runner.LeftOver);
    });

    [Fact(DisplayName = "A fault while addresses are taken away is told to who stops it; one before that is not")]
    public void Fault_WhileStopping_IsLeftOver() => RunnerBed.Run(bed =>
    {
        string unheard = "addressAdded";
        using StaticRunner runner = new(
            bed.Loop, bed.Network, s_settings, null, new KernelEntropy(),
            (source, report) => bed.Journal.Add(report.Event == unheard ? throw new IOException("no journal") : ("c0", source, report)));
        runner.Start();
        Assert.Equal("no journal", runner.Fault);
        unheard = "";
        runner.Stop(() => { });
        Assert.Null(runner.LeftOver);
        runner.Start();
        bed.Until(() => runner.Snapshot.State == StaticState.Running);
        unheard = "addressRemoved";
        runner.Stop(() => { });
        Assert.Equal("internal fault: no journal", runner.LeftOver);
    });
}
