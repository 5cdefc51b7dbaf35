using System.Collections.Immutable;
using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Linux;
using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Client;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Runner;
using BondDhcp.Host.Statics;
using BondDhcp.Net;
using BondDhcp.Net.Linux;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Linux;
using BondDhcp.Tests.Runner;
using Xunit;

namespace BondDhcp.Tests.Static;

/// <summary>Static configuration on c0 of a private namespace, with the real kernel.</summary>
public sealed class StaticRunnerTests
{
    internal static StaticAddress Address(string text) => StaticText.ReadAddress(text, out _)!;

    internal static StaticSettings Settings(string addresses, params ReadOnlySpan<string> routes)
    {
        ImmutableArray<StaticRoute>.Builder read = ImmutableArray.CreateBuilder<StaticRoute>();
        foreach (string route in routes) read.Add(StaticRouteText.Read(route, out _)!);
        return new StaticSettings
        {
            Name = "c0",
            Addresses = [.. addresses.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Address)],
            Routes = read.ToImmutable(),
            Metric = 1024,
        };
    }

    internal static StaticRunner Add(RunnerBed bed, StaticSettings settings, string? directory = null) => new(
        bed.Loop, bed.Network, settings,
        directory is null ? null : index => new StaticOwnershipFile(directory, "c0", index, "boot"),
        new KernelEntropy(), (source, report) => bed.Journal.Add(("c0", source, report)));

    internal static string Shown(string family = "-4") => PrivateNetwork.Ip($"{family} -o addr show dev c0").Replace("\\", "", StringComparison.Ordinal);

    internal static string Routes(string family = "-4") => PrivateNetwork.Ip($"{family} route show table all dev c0");

    internal static void EnableIpv6() => File.WriteAllText("/proc/sys/net/ipv6/conf/c0/disable_ipv6", "0");

    [Fact(DisplayName = "AS-1 probes 1 to 2 s apart, then the address for ever, the route proto static, two announcements")]
    public void Start_InSilence_ProbesThenConfigures() => RunnerBed.Run(bed =>
    {
        ScriptedServer peer = bed.Serve("s0");
        using StaticRunner runner = Add(bed, Settings("192.0.2.60/24", "default via 192.0.2.1"));
        runner.Start();
        bed.Until(() => peer.Arps.Count(arp => arp.IsProbe) == 3);
        Assert.DoesNotContain("192.0.2.60", Shown(), StringComparison.Ordinal);
        Assert.Equal(StaticState.Waiting, runner.Snapshot.State);
        bed.Until(() => runner.Snapshot.State == StaticState.Running);
        Assert.Contains("inet 192.0.2.60/24 metric 1024 brd 192.0.2.255 scope global c0 valid_lft forever preferred_lft forever",
            string.Join(' ', Shown().Split(' ', StringSplitOptions.RemoveEmptyEntries)).Replace("proto 0x11 ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("default via 192.0.2.1 proto static metric 1024", Routes(), StringComparison.Ordinal);
        bed.Until(() => peer.Arps.Count(arp => !arp.IsProbe && arp.SenderAddress == Ipv4Address.Parse("192.0.2.60") && arp.TargetAddress == arp.SenderAddress) == 2);
        Assert.Equal("static", Assert.Single(runner.Snapshot.Addresses).Origin);
    });

    [Fact(DisplayName = "AS-2 an address in use is not added, the offender is named, and it is not tried again at once")]
    public void Start_InUse_IsNotAdded() => RunnerBed.Run(bed =>
    {
        using var rogue = new RawLink(bed.Network.HardwareAddresses.IndexOf("s0"));
        rogue.Listen();
        using StaticRunner runner = Add(bed, Settings("192.0.2.60/24", "default via 192.0.2.1"));
        runner.Start();
        bed.Until(() => rogue.TryReceive() is { } frame && frame.Length >= 42 && frame[12] == 8 && frame[13] == 6);
        byte[] octets = new byte[ArpPacket.Length];
        new ArpPacket(ArpPacket.Reply, Fixture.Stranger, Ipv4Address.Parse("192.0.2.60"), MacAddress.Parse(PrivateNetwork.ClientMac), Ipv4Address.Any).Write(octets);
        rogue.Send(RawLink.Frame(MacAddress.Parse(PrivateNetwork.ClientMac), Fixture.Stranger, 0x0806, octets));
        bed.Until(() => bed.Count("conflict") == 1);
        Assert.Contains(bed.Journal[^1].Report.Fields, field => field.Value.Equals(Fixture.Stranger));
        bed.For(1500);
        Assert.DoesNotContain("192.0.2.60", Shown(), StringComparison.Ordinal);
        Assert.DoesNotContain("default", Routes(), StringComparison.Ordinal);
        Assert.Equal(StaticState.Failed, runner.Snapshot.State);
        Assert.Contains(Fixture.Stranger.ToString(), runner.Snapshot.Why, StringComparison.Ordinal);
        while (rogue.TryReceive() is not null)
        {
        }
        bed.For(1500);
        Assert.Null(rogue.TryReceive());
    });

    [Fact(DisplayName = "AS-5 an off-link gateway, IPv6 via a link-local router, unreachable, blackhole, table, metric, src, mtu")]
    public void Routes_OfEveryKind_AreInstalledAndRemoved() => RunnerBed.Run(bed =>
    {
        EnableIpv6();
        StaticSettings settings = Settings(
            "192.0.2.60/24 2001:db8::5/64",
            "default via 198.51.100.1 metric 5", "10.1.0.0/16 via 192.0.2.1 src 192.0.2.60 mtu 1400 table 100", "192.0.9.0/24",
            "unreachable 172.16.0.0/12", "blackhole fd09::/16", "default via fe80::1", "2001:db8:1::/48 via 2001:db8:2::1",
            "2001:db8:3::/48 via fe80::1 src 2001:db8::5") with
        { ConflictDetection = ConflictDetection.Off };
        using StaticRunner runner = Add(bed, settings);
        runner.Start();
        bed.Until(() => runner.Snapshot.State == StaticState.Running);
        Assert.Contains("default via 198.51.100.1 proto static metric 5 onlink", Routes(), StringComparison.Ordinal);
        Assert.Contains("10.1.0.0/16 via 192.0.2.1 table 100 proto static src 192.0.2.60 metric 1024 mtu 1400", Routes(), StringComparison.Ordinal);
        Assert.Contains("192.0.9.0/24 proto static scope link metric 1024", Routes(), StringComparison.Ordinal);
        Assert.Contains("unreachable 172.16.0.0/12 proto static metric 1024", PrivateNetwork.Ip("route show"), StringComparison.Ordinal);
        Assert.Contains("blackhole fd09::/16", PrivateNetwork.Ip("-6 route show"), StringComparison.Ordinal);
        Assert.Contains("default via fe80::1 proto static metric 1024", Routes("-6"), StringComparison.Ordinal);
        Assert.Contains("2001:db8:1::/48 via 2001:db8:2::1 proto static metric 1024 onlink", Routes("-6"), StringComparison.Ordinal);
        bed.Until(() => Routes("-6").Contains("2001:db8:3::/48 via fe80::1 proto static src 2001:db8::5", StringComparison.Ordinal));
        Assert.Contains("inet6 2001:db8::5/64", Shown("-6"), StringComparison.Ordinal);

        bool done = false;
        runner.Stop(() => done = true);
        Assert.True(done);
        Assert.Equal(StaticState.Stopped, runner.Snapshot.State);
        Assert.Equal("", PrivateNetwork.Ip("route show table all proto static") + PrivateNetwork.Ip("-6 route show table all proto static"));
        Assert.DoesNotContain("192.0.2.60", Shown(), StringComparison.Ordinal);
        Assert.DoesNotContain("2001:db8::5", Shown("-6"), StringComparison.Ordinal);
    });

    [Fact(DisplayName = "AT-4 (static) foreign addresses and routes stay, also one that is configured here too")]
    public void Stop_LeavesWhatIsForeign() => RunnerBed.Run(bed =>
    {
        PrivateNetwork.Ip("addr add 192.0.2.61/24 dev c0");
        PrivateNetwork.Ip("addr add 192.0.2.62/24 dev c0");
        PrivateNetwork.Ip("route add 10.9.0.0/16 via 192.0.2.9 dev c0 proto static metric 1024");
        using StaticRunner runner = Add(bed, Settings("192.0.2.60/24 192.0.2.61/24", "10.8.0.0/16 via 192.0.2.9", "10.9.0.0/16 via 192.0.2.9") with { ConflictDetection = ConflictDetection.Off });
        runner.Start();
        bed.Until(() => runner.Snapshot.State == StaticState.Running);
        Assert.Contains("192.0.2.61/24: somebody else configured it", runner.Snapshot.Why, StringComparison.Ordinal);
        Assert.Contains("route 10.9.0.0/16 via 192.0.2.9: somebody else configured it", runner.Snapshot.Why, StringComparison.Ordinal);
        Assert.Contains("10.8.0.0/16", Routes(), StringComparison.Ordinal);
        runner.Stop(() => { });
        string left = Shown() + Routes();
        Assert.Contains("192.0.2.61/24", left, StringComparison.Ordinal);
        Assert.Contains("192.0.2.62/24", left, StringComparison.Ordinal);
        Assert.Contains("10.9.0.0/16", left, StringComparison.Ordinal);
        Assert.DoesNotContain("192.0.2.60", left, StringComparison.Ordinal);
        Assert.DoesNotContain("10.8.0.0/16", left, StringComparison.Ordinal);
    });

    [Fact(DisplayName = "AT-5 (static) removed by another program, either family: back at once, once more after half a second, then only after 10 s")]
    public void Removed_ByOthers_IsPutBack() => RunnerBed.Run(bed =>
    {
        EnableIpv6();
        using StaticRunner runner = Add(bed, Settings("192.0.2.60/24 2001:db8::5/64", "10.8.0.0/16 via 192.0.2.9") with { ConflictDetection = ConflictDetection.Off });
        runner.Start();
        bed.Until(() => runner.Snapshot.State == StaticState.Running);
        PrivateNetwork.Ip("addr del 192.0.2.60/24 dev c0");
        PrivateNetwork.Ip("addr del 2001:db8::5/64 dev c0");
        bed.Until(() => Shown().Contains("192.0.2.60", StringComparison.Ordinal) && Shown("-6").Contains("2001:db8::5", StringComparison.Ordinal));
        bed.Until(() => Routes().Contains("10.8.0.0/16", StringComparison.Ordinal));
        // The second time it is back may be half a second later.
        for (int i = 0; i < 2; i++)
        {
            if (Shown().Contains("192.0.2.60", StringComparison.Ordinal)) PrivateNetwork.Ip("addr del 192.0.2.60/24 dev c0");
            bed.For(1500);
        }
        Assert.DoesNotContain("192.0.2.60", Shown(), StringComparison.Ordinal);
        Assert.Matches("192.0.2.60/24 was removed by another program; put back in [0-9]+ s", runner.Snapshot.Why);
    });

    [Fact(DisplayName = "Set down and up: what the kernel dropped is back, of both families")]
    public void DownAndUp_RoutesAreBack() => RunnerBed.Run(bed =>
    {
        EnableIpv6();
        using StaticRunner runner = Add(bed, Settings("192.0.2.60/24 2001:db8::5/64", "10.8.0.0/16 via 192.0.2.9", "default via fe80::1") with { ConflictDetection = ConflictDetection.Off });
        runner.Start();
        bed.Until(() => runner.Snapshot.State == StaticState.Running);
        for (int round = 0; round < 5; round++)
        {
            PrivateNetwork.Ip("link set c0 down");
            bed.For(50);
            Assert.DoesNotContain("10.8.0.0/16", Routes(), StringComparison.Ordinal);
            PrivateNetwork.Ip("link set c0 up");
            bed.Until(() => Routes().Contains("10.8.0.0/16", StringComparison.Ordinal)
                && Routes("-6").Contains("default via fe80::1", StringComparison.Ordinal)
                && Shown("-6").Contains("2001:db8::5", StringComparison.Ordinal));
        }
        Assert.DoesNotContain("another program", bed.Transcript(), StringComparison.Ordinal);
    });

    [Fact(DisplayName = "Interface down at start is set up; gone and back under another index, everything is applied again")]
    public void Interface_Recreated_IsConfiguredAgain() => RunnerBed.Run(bed =>
    {
        PrivateNetwork.Ip("link set c0 down");
        using StaticRunner runner = Add(bed, Settings("192.0.2.60/24", "10.8.0.0/16 via 192.0.2.9") with { ConflictDetection = ConflictDetection.Fast });
        runner.Start();
        bed.Until(() => runner.Snapshot.State == StaticState.Running);
        PrivateNetwork.Ip("link del c0");
        bed.Until(() => runner.Snapshot.State == StaticState.Waiting);
        Assert.Equal("the interface is not there", runner.Snapshot.Why);
        PrivateNetwork.Ip("link add c0 type veth peer name s0");
        PrivateNetwork.Ip("link set s0 up");
        bed.Until(() => runner.Snapshot.State == StaticState.Running);
        Assert.Contains("10.8.0.0/16", Routes(), StringComparison.Ordinal);
    });

    [Fact(DisplayName = "Restart after kill -9: adopted without probing or removal, and what is not wanted any more goes")]
    public void Restart_AdoptsByTheRecord() => RunnerBed.Run(bed =>
    {
        using var directory = new TemporaryDirectory();
        StaticSettings settings = Settings("192.0.2.60/24 192.0.2.61/24", "10.8.0.0/16 via 192.0.2.9", "10.9.0.0/16 via 192.0.2.9");
        using (StaticRunner before = Add(bed, settings with { ConflictDetection = ConflictDetection.Off }, directory.Path))
        {
            before.Start();
            bed.Until(() => before.Snapshot.State == StaticState.Running);
        }
        ScriptedServer peer = bed.Serve("s0");
        bed.Journal.Clear();
        using StaticRunner after = Add(bed, Settings("192.0.2.60/24", "10.8.0.0/16 via 192.0.2.9"), directory.Path);
        after.Start();
        Assert.Equal(StaticState.Running, after.Snapshot.State);
        bed.For(1500);
        Assert.DoesNotContain(peer.Arps, arp => arp.IsProbe);
        Assert.Equal(["routeRemoved", "addressRemoved"], bed.Journal.Select(one => one.Report.Event));
        after.Stop(() => { });
        Assert.Equal("", Shown() + PrivateNetwork.Ip("route show proto static"));
    });

    [Theory(DisplayName = "A static address, in the lease's subnet or another, is never what a DHCP route leaves by; the lease outlives it")]
    [InlineData("192.0.2.60/24", true)]
    [InlineData("192.0.2.60/24", false)]
    [InlineData("198.51.100.7/24", true)]
    [InlineData("198.51.100.7/24", false)]
    public void BesideALease_TheLeaseIsTheSource(string address, bool staticFirst) => RunnerBed.Run(bed =>
    {
        bed.Serve("s0");
        InterfaceRunner lease = bed.Add("c0");
        using StaticRunner runner = Add(bed, Settings(address, "10.8.0.0/16 via 192.0.2.1") with { ConflictDetection = ConflictDetection.Off });
        if (staticFirst)
        {
            runner.Start();
            bed.Until(() => runner.Snapshot.State == StaticState.Running);
        }
        lease.Start();
        bed.Until(() => lease.Client.State is Dhcp4State.Bound);
        runner.Start();
        bed.Until(() => runner.Snapshot.State == StaticState.Running);
        bed.For(200);
        string way = PrivateNetwork.Ip("route get 203.0.113.9");
        Assert.Contains("via 192.0.2.1 dev c0 src 192.0.2.50", way, StringComparison.Ordinal);
        Assert.Contains(address, Shown(), StringComparison.Ordinal);

        runner.Stop(() => { });
        bed.For(200);
        Assert.DoesNotContain(address, Shown(), StringComparison.Ordinal);
        Assert.Contains("192.0.2.50/24", Shown(), StringComparison.Ordinal);
        Assert.Contains("via 192.0.2.1 dev c0 src 192.0.2.50", PrivateNetwork.Ip("route get 203.0.113.9"), StringComparison.Ordinal);
        Assert.Contains("dev c0 src 192.0.2.50", PrivateNetwork.Ip("route get 192.0.2.77"), StringComparison.Ordinal);

        runner.Start();
        bed.Until(() => runner.Snapshot.State == StaticState.Running);
        bool released = false;
        lease.Stop(release: true, () => released = true);
        bed.Until(() => released);
        bed.For(200);
        Assert.Contains(address, Shown(), StringComparison.Ordinal);
        Assert.Contains("10.8.0.0/16", Routes(), StringComparison.Ordinal);
        Assert.DoesNotContain("another program", bed.Transcript(), StringComparison.Ordinal);
    });

    [Fact(DisplayName = "AS-8 no lease for 15 s: the fallback address; DISCOVER goes on; gone when DHCP binds")]
    public void Fallback_ComesAndYields() => RunnerBed.Run(bed =>
    {
        ScriptedServer server = bed.Serve("s0");
        server.Silent = true;
        InterfaceRunner lease = bed.Add("c0");
        using StaticRunner runner = Add(bed, Settings("") with { Fallback = [Address("192.168.0.2/24")], ConflictDetection = ConflictDetection.Fast });
        lease.Start();
        runner.Start();
        TimeSpan came = bed.Until(() => runner.Snapshot.Addresses.Length == 1, 20_000);
        Assert.InRange(came.TotalSeconds, 14.5, 16.5);
        Assert.Equal("fallback", runner.Snapshot.Addresses[0].Origin);
        Assert.Contains("192.168.0.2/24", Shown(), StringComparison.Ordinal);
        int heard = server.Heard.Count;
        server.Silent = false;
        bed.Until(() => lease.Client.State is Dhcp4State.Bound, 70_000);
        Assert.True(server.Heard.Count > heard);
        runner.NoteLease(true);
        Assert.DoesNotContain("192.168.0.2/24", Shown(), StringComparison.Ordinal);
        Assert.Contains("192.0.2.50/24", Shown(), StringComparison.Ordinal);
    });

    [Fact(DisplayName = "AS-8 another host has the fallback address: that is no fault of the configuration's before the address is called for")]
    public void Fallback_OfAnotherHost_FailsOnlyWhenItIsCalledFor() => RunnerBed.Run(bed =>
    {
        using var rogue = new RawLink(bed.Network.HardwareAddresses.IndexOf("s0"));
        rogue.Listen();
        using StaticRunner runner = Add(bed, Settings("") with { Fallback = [Address("192.0.2.9/24")], ConflictDetection = ConflictDetection.Before });
        runner.Start();
        bed.Until(() => rogue.TryReceive() is { } frame && frame.Length >= 42 && frame[12] == 8 && frame[13] == 6, 12_000);
        byte[] octets = new byte[ArpPacket.Length];
        new ArpPacket(ArpPacket.Reply, Fixture.Stranger, Ipv4Address.Parse("192.0.2.9"), MacAddress.Parse(PrivateNetwork.ClientMac), Ipv4Address.Any).Write(octets);
        rogue.Send(RawLink.Frame(MacAddress.Parse(PrivateNetwork.ClientMac), Fixture.Stranger, 0x0806, octets));
        bed.Until(() => bed.Count("conflict") == 1);
        Assert.Equal((StaticState.Running, null), (runner.Snapshot.State, runner.Snapshot.Why));
        bed.Until(() => runner.Snapshot.State == StaticState.Failed, 12_000);
        Assert.Contains("192.0.2.9/24 is in use by", runner.Snapshot.Why, StringComparison.Ordinal);
        Assert.DoesNotContain("192.0.2.9", Shown(), StringComparison.Ordinal);
    });

    [Fact]
    public void Gate_Closed_SendsNothing_OpenAgain_Probes() => RunnerBed.Run(bed =>
    {
        ScriptedServer peer = bed.Serve("s0");
        using StaticRunner runner = Add(bed, Settings("192.0.2.60/24") with { ConflictDetection = ConflictDetection.Fast });
        runner.NotePath(false, "the supplicant is not authorised", null);
        runner.Start();
        bed.For(1000);
        Assert.Empty(peer.Arps);
        Assert.Contains("the supplicant is not authorised", runner.Snapshot.Why, StringComparison.Ordinal);
        runner.NotePath(true, "", null);
        bed.Until(() => runner.Snapshot.State == StaticState.Running);
        bed.Until(() => peer.Arps.Count(arp => !arp.IsProbe) == 2);
        peer.Arps.Clear();
        runner.NotePath(true, "", "activeSlave");
        bed.For(3000);
        Assert.Equal(2, peer.Arps.Count);
    });

    [Fact(DisplayName = "Stopped after a fault, before it was begun again: what is recorded as ours is taken away")]
    public void Stop_WhileFaulty_RemovesWhatIsOurs() => RunnerBed.Run(bed =>
    {
        using var directory = new TemporaryDirectory();
        bool fail = false;
        StaticSettings settings = Settings("192.0.2.60/24", "10.8.0.0/16 via 192.0.2.9") with { ConflictDetection = ConflictDetection.Off };
        using StaticRunner runner = new(
            bed.Loop, bed.Network, settings, index => new StaticOwnershipFile(directory.Path, "c0", index, "boot"), new KernelEntropy(),
            (_, _) =>
            {
                if (!fail) return;
                fail = false;
                throw new InvalidOperationException("a fault of this program");
            });
        runner.Start();
        bed.Until(() => runner.Snapshot.State == StaticState.Running);
        fail = true;
        runner.Reconfigure(settings with { Addresses = settings.Addresses.Add(Address("192.0.2.61/24")) });
        Assert.Equal("a fault of this program", runner.Fault);
        runner.Stop(() => { });
        Assert.Equal("", Shown() + PrivateNetwork.Ip("route show proto static"));
        Assert.Empty(Directory.GetFiles(directory.Path));
    });

    [Fact(DisplayName = "An IPv6 address that another host has: named, not tentative for ever, and it is ours to take away")]
    public void Ipv6_InUse_IsFailedAndSaysWhy() => RunnerBed.Run(bed =>
    {
        EnableIpv6();
        File.WriteAllText("/proc/sys/net/ipv6/conf/s0/disable_ipv6", "0");
        PrivateNetwork.Ip("addr add 2001:db8::5/64 dev s0 nodad");
        using StaticRunner runner = Add(bed, Settings("2001:db8::5/64"));
        runner.Start();
        bed.Until(() => runner.Snapshot.State == StaticState.Failed);
        Assert.Equal("2001:db8::5/64 is in use by another host (duplicate address detection); tried again after 60 s", runner.Snapshot.Why);
        Assert.Equal(1, bed.Count("conflict"));
        Assert.Contains("dadfailed", Shown("-6"), StringComparison.Ordinal);
        runner.Stop(() => { });
        Assert.DoesNotContain("2001:db8::5", Shown("-6"), StringComparison.Ordinal);
    });

    [Fact(DisplayName = "An IPv6 address that another host had comes when it is free: asked about on the next path at once, and ours when nobody answers")]
    public void Ipv6_FreeAgain_IsOurs() => RunnerBed.Run(bed =>
    {
        EnableIpv6();
        File.WriteAllText("/proc/sys/net/ipv6/conf/s0/disable_ipv6", "0");
        PrivateNetwork.Ip("addr add 2001:db8::5/64 dev s0 nodad");
        using StaticRunner runner = Add(bed, Settings("2001:db8::5/64", "2001:db8:1::/48 via 2001:db8::1"));
        runner.Start();
        bed.Until(() => runner.Snapshot.State == StaticState.Failed);
        PrivateNetwork.Ip("addr del 2001:db8::5/64 dev s0");
        // Not at once: the one that answered was asked a moment ago.
        runner.NotePath(true, "", "activeSlave");
        bed.For(500);
        Assert.Contains("dadfailed", Shown("-6"), StringComparison.Ordinal);
        bed.Until(() => runner.Snapshot.State == StaticState.Running, 20_000);
        Assert.DoesNotContain("dadfailed", Shown("-6"), StringComparison.Ordinal);
        Assert.Contains("2001:db8::5/64", Shown("-6"), StringComparison.Ordinal);
        Assert.Contains("2001:db8:1::/48 via 2001:db8::1", Routes("-6"), StringComparison.Ordinal);
        Assert.Equal((1, 1), (bed.Count("conflict"), bed.Count("conflictOver")));
        Assert.DoesNotContain("another program", bed.Transcript(), StringComparison.Ordinal);
        Assert.Equal(0, bed.Count("fault"));
        runner.Stop(() => { });
        Assert.DoesNotContain("2001:db8::5", Shown("-6"), StringComparison.Ordinal);
    });
}
