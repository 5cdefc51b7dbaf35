using BondDhcp.Bond.Linux;
using BondDhcp.Dhcp.Client;
using BondDhcp.Host.Statics;
using BondDhcp.Net.Linux;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Linux;
using BondDhcp.Tests.Runner;
using Xunit;
using static BondDhcp.Tests.Static.StaticRunnerTests;

namespace BondDhcp.Tests.Static;

/// <summary>Name servers that were written down, and when they are offered.</summary>
public sealed class StaticRunnerNameServerTests
{
    [Fact(DisplayName = "Name servers are offered while the interface is there, changed by a reload, and taken back with it and by stop")]
    public void NameServers_AreOfferedWhileTheInterfaceIsThere() => RunnerBed.Run(bed =>
    {
        StaticSettings settings = Settings("") with { NameServers = [System.Net.IPAddress.Parse("192.0.2.53")], SearchDomains = ["example.org"] };
        List<string> offers = [];
        using StaticRunner runner = Add(bed, settings);
        runner.Offered += offer => offers.Add(offer is null ? "none" : string.Join(' ', [.. offer.DnsServers.Select(server => server.ToString()), .. offer.SearchDomains]));
        runner.Start();
        Assert.Equal(["192.0.2.53 example.org"], offers);
        runner.NotePath(false, "closed", null);
        runner.Reconfigure(settings with { SearchDomains = ["example.org"] });
        Assert.Single(offers);
        runner.Reconfigure(settings with { SearchDomains = [] });
        Assert.Equal("192.0.2.53", offers[^1]);
        PrivateNetwork.Ip("link set c0 down");
        PrivateNetwork.Ip("link set c0 name gone");
        bed.Until(() => offers.Count == 3);
        Assert.Equal("none", offers[^1]);
        Assert.False(runner.IsOffering);
        PrivateNetwork.Ip("link set gone name c0");
        bed.Until(() => offers.Count == 4);
        runner.Stop(static () => { });
        Assert.Equal(["192.0.2.53", "none"], offers[^2..]);
    });

    [Fact(DisplayName = "A fault, and each attempt that ends in another, takes no name server back; stop does, even where it cannot take away the addresses")]
    public void Fault_WithdrawsNoNameServers() => RunnerBed.Run(bed =>
    {
        using var directory = new TemporaryDirectory();
        StaticSettings settings = Settings("192.0.2.60/24") with { ConflictDetection = ConflictDetection.Off, NameServers = [System.Net.IPAddress.Parse("192.0.2.53")] };
        List<string> offers = [];
        int unreadable = 0;
        string unheard = "";
        using StaticRunner runner = new(
            bed.Loop, bed.Network, settings,
            index => unreadable-- > 0 ? throw new IOException("no record") : new StaticOwnershipFile(directory.Path, "c0", index, "boot"),
            new KernelEntropy(), (source, report) => bed.Journal.Add(report.Event == unheard ? throw new IOException("no journal") : ("c0", source, report)));
        runner.Offered += offer => offers.Add(offer is null ? "none" : string.Join(' ', offer.DnsServers.Select(server => server.ToString())));
        runner.Start();
        bed.Until(() => runner.Snapshot.State == StaticState.Running);
        unheard = "addressAdded";
        unreadable = 2;
        PrivateNetwork.Ip("addr del 192.0.2.60/24 dev c0");
        bed.Until(() => bed.Count("fault") == 1);
        runner.NoteLease(true);
        runner.Reconfigure(settings with { NameServers = [.. settings.NameServers, System.Net.IPAddress.Parse("192.0.2.54")] });
        bed.Until(() => bed.Count("fault") == 3);
        runner.NoteAutoConfigure(true);
        Assert.Equal(["192.0.2.53"], offers);
        unheard = "addressRemoved";
        bed.Until(() => runner.Snapshot.State == StaticState.Running);
        Assert.Equal(["192.0.2.53", "192.0.2.53 192.0.2.54"], offers);
        bool done = false;
        runner.Stop(() => done = true);
        Assert.Equal(4, bed.Count("fault"));
        Assert.True(done);
        Assert.Equal("none", offers[^1]);
        Assert.False(runner.IsOffering || runner.IsStarted);
        bed.For(300);
        Assert.Equal((3, 4), (offers.Count, bed.Count("fault")));
    });
}
