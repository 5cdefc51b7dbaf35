using BondDhcp.Dhcp.Client;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Daemon;
using BondDhcp.Host.Resolver;
using BondDhcp.Host.Runner;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Linux;
using Xunit;

namespace BondDhcp.Tests.Runner;

/// <summary>What a client's leases make of resolv.conf and of hooks: the real client, kernel and files.</summary>
public sealed class LeaseSharingTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private string At(string name) => Path.Combine(_directory.Path, name);

    private string[] Words => File.Exists(At("said")) ? File.ReadAllLines(At("said")) : [];

    private string ResolvConf => File.Exists(At("resolv.conf")) ? File.ReadAllText(At("resolv.conf")) : "";

    private LeaseSharing Share(RunnerBed bed, TimeSpan? failDelay = null)
    {
        Directory.CreateDirectory(At("hooks"));
        File.WriteAllText(At("hooks/say"), $"#!/bin/sh\necho \"$reason $old_ip_address $new_ip_address\" >> {At("said")}\n");
        File.SetUnixFileMode(At("hooks/say"), (UnixFileMode)0x1ed);
        var places = new ResolverPlaces { ResolvConf = At("resolv.conf"), ResolvedDirectory = At("resolve"), StateDirectory = At("state"), RuntimeDirectory = At("run") };
        LeaseSharing sharing = new(bed.Loop, places, "boot", (name, source, report) => bed.Journal.Add((name, source, report)), failDelay);
        sharing.Configure(ConfigurationReader.Read("test.toml", $"hooks = \"{At("hooks")}\"\n[interface.c0]\ndhcp4 = true\ndns = \"file\"\n").Configuration!);
        return sharing;
    }

    [Fact]
    public void Lease_BeforeAnythingIsTold_IsToldWhenItBegins() => RunnerBed.Run(bed =>
    {
        bed.Serve("s0");
        using LeaseSharing sharing = Share(bed);
        InterfaceRunner runner = bed.Add("c0");
        Action unattend = sharing.Attend(runner);
        runner.Start();
        bed.Until(() => runner.Client.StateName == "bound");
        bed.For(50);
        Assert.Empty(Words);
        Assert.Equal("", ResolvConf);
        sharing.Begin();
        Assert.Contains("nameserver 192.0.2.1\n", ResolvConf, StringComparison.Ordinal);
        bed.Until(() => Words.Length == 2);
        Assert.Equal(["PREINIT  ", "BOUND  192.0.2.50"], Words);
        unattend();
    });

    [Fact]
    public void Lease_PutThereAgain_IsNoNews_AndEndsWithTheInterface() => RunnerBed.Run(bed =>
    {
        bed.Serve("s0");
        using LeaseSharing sharing = Share(bed);
        sharing.Begin();
        InterfaceRunner runner = bed.Add("c0");
        Action unattend = sharing.Attend(runner);
        runner.Start();
        bed.Until(() => runner.Client.StateName == "bound" && Words.Length == 2);
        PrivateNetwork.Ip("address delete 192.0.2.50/24 dev c0");
        bed.Until(() => PrivateNetwork.Ip("-4 address show dev c0").Contains("192.0.2.50", StringComparison.Ordinal));
        bool renewed = false;
        runner.Command(DhcpCommand.Renew, (done, _) => renewed = done);
        bed.Until(() => renewed && Words.Length > 2);
        Assert.Equal(["RENEW 192.0.2.50 192.0.2.50"], Words[2..]);
        PrivateNetwork.Ip("link delete c0");
        bed.Until(() => Words.Length == 4);
        Assert.Equal("STOP 192.0.2.50 ", Words[3]);
        Assert.Equal("", ResolvConf);
        unattend();
    });

    [Fact]
    public void Hooks_OfAnInterfaceThatIsNotThere_BeginWhenItComes() => RunnerBed.Run(bed =>
    {
        using LeaseSharing sharing = Share(bed, TimeSpan.FromMilliseconds(100));
        sharing.Begin();
        InterfaceRunner runner = bed.Add("late0");
        Action unattend = sharing.Attend(runner);
        runner.Start();
        bed.For(300);
        Assert.Empty(Words);
        PrivateNetwork.Ip("link add late0 type veth peer name late1");
        bed.Until(() => Words.Length == 2);
        Assert.Equal(["PREINIT  ", "FAIL  "], Words);
        unattend();
    });

    [Fact]
    public void Stop_ThatKeepsEverything_TellsNobody() => RunnerBed.Run(bed =>
    {
        bed.Serve("s0");
        using LeaseSharing sharing = Share(bed);
        sharing.Begin();
        InterfaceRunner runner = bed.Add("c0");
        Action unattend = sharing.Attend(runner);
        runner.Start();
        bed.Until(() => runner.Client.StateName == "bound" && Words.Length == 2);
        string written = ResolvConf;
        runner.Stop(release: false, () => { });
        unattend();
        runner.Dispose();
        bed.For(100);
        Assert.Equal(2, Words.Length);
        Assert.Equal(written, ResolvConf);
    });

    [Fact]
    public void Server_ThatIsSilent_IsAFailureOnce() => RunnerBed.Run(bed =>
    {
        bed.Serve("s0").Silent = true;
        using LeaseSharing sharing = Share(bed, TimeSpan.FromMilliseconds(100));
        sharing.Begin();
        InterfaceRunner runner = bed.Add("c0");
        Action unattend = sharing.Attend(runner);
        runner.Start();
        bed.Until(() => Words.Length == 2);
        bed.For(300);
        Assert.Equal(["PREINIT  ", "FAIL  "], Words);
        unattend();
    });
}
