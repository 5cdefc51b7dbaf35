using BondDhcp.Bond.Addressing;
using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Statics;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Static;

/// <summary>IPv4 link-local addresses (RFC 3927) and whether a server allows them (RFC 2563).</summary>
public sealed class LinkLocalTests
{
    private static readonly LinkLocalSequence s_sequence = new(Fixture6.Client, Fixture6.Iaid);

    private static StaticAddress Candidate(int attempt) => StaticAddress.Of(new Ipv4Prefix(s_sequence[attempt], 16));

    private static StaticBench Bench(bool awaitsLease = true, AddressDefence defend = AddressDefence.Once, ConflictDetection detection = ConflictDetection.Off) =>
        new(settings => settings with { Addresses = [], LinkLocal = s_sequence, AwaitsLease = awaitsLease, Defend = defend, ConflictDetection = detection });

    private static void Claim(StaticBench bench, int attempt) =>
        bench.Feed(new StaticInput.ArpReceived(new ArpPacket(ArpPacket.Reply, Fixture.Stranger, s_sequence[attempt], bench.Mac, s_sequence[attempt])));

    private static int[] Used(StaticBench bench) => [.. Enumerable.Range(0, 40).Where(attempt => bench.Has(Candidate(attempt)))];

    [Fact(DisplayName = "A4-65 the addresses: the same for the same DUID whatever the hardware address, another for another interface, all in 169.254.1.0 to 169.254.254.255")]
    public void Addresses_AreStableAndInRange()
    {
        Assert.True(Duid.TryParse(Fixture6.Client.ToString(), out Duid? same));
        Assert.Equal(s_sequence[0], new LinkLocalSequence(same, Fixture6.Iaid)[0]);
        Assert.NotEqual(s_sequence[0], new LinkLocalSequence(Fixture6.Client, new Iaid(7))[0]);
        Assert.NotEqual(s_sequence[0], new LinkLocalSequence(Fixture6.Server, Fixture6.Iaid)[0]);
        HashSet<Ipv4Address> all = [.. Enumerable.Range(0, 2000).Select(attempt => s_sequence[attempt])];
        Assert.All(all, address => Assert.InRange(address.Value, Ipv4Address.Parse("169.254.1.0").Value, Ipv4Address.Parse("169.254.254.255").Value));
        Assert.True(all.Count > 1900);
        Assert.True(all.Select(address => address.Value >> 8).Distinct().Count() > 200, "spread over all of the network");
    }

    [Fact(DisplayName = "A4-65 with hardware address A, then B: the same address")]
    public void HardwareAddress_Another_ChangesNothing()
    {
        foreach (MacAddress mac in (MacAddress[])[Fixture.A, Fixture.B])
        {
            StaticBench bench = Bench();
            bench.Mac = mac;
            bench.Start().For(30);
            Assert.Equal([0], Used(bench));
        }
    }

    [Fact(DisplayName = "A4-64 no OFFER at all: an address after the policy delay, probed by RFC 5227's own times whatever conflict-detection says")]
    public void Silence_ForThePolicyDelay_AllowsAnAddress()
    {
        StaticBench bench = Bench().Start();
        bench.For(14.9);
        Assert.Empty(bench.Sent);
        bench.For(3.9);
        Assert.Equal([15.0, 16.0, 17.0], bench.Probes.Select(at => Math.Round(at, 3)));
        Assert.Empty(Used(bench));
        bench.For(10);
        Assert.Equal([0], Used(bench));
        Assert.Equal([19.0, 21.0], bench.Announcements.Select(at => Math.Round(at, 3)));
    }

    [Fact(DisplayName = "A4-64 an OFFER with yiaddr 0 and 116 = 0 forbids: no 169.254 address, and one in use goes")]
    public void Forbidden_ByAServer_NoAddress()
    {
        StaticBench bench = Bench().Start();
        bench.For(3);
        bench.Feed(new StaticInput.AutoConfigure(Allowed: false));
        bench.For(300);
        Assert.Empty(Used(bench));
        Assert.Empty(bench.Sent);
        // Another server that allows it does not count against one that forbids it.
        bench.Feed(new StaticInput.AutoConfigure(Allowed: true));
        bench.For(60);
        Assert.Empty(Used(bench));

        bench = Bench().Start();
        bench.For(30);
        Assert.Equal([0], Used(bench));
        bench.Feed(new StaticInput.AutoConfigure(Allowed: false));
        Assert.Empty(Used(bench));
    }

    [Fact(DisplayName = "A4-64 an OFFER with yiaddr 0 and 116 = 1 allows: at once")]
    public void Allowed_ByAServer_AtOnce()
    {
        StaticBench bench = Bench().Start();
        bench.For(3);
        bench.Feed(new StaticInput.AutoConfigure(Allowed: true));
        bench.For(0.5);
        Assert.Single(bench.Probes);
        bench.For(5);
        Assert.Equal([0], Used(bench));
    }

    [Fact(DisplayName = "What a server of one network forbade does not count on another path, after the delay")]
    public void Forbidden_OnAnotherPath_CountsNoMore()
    {
        StaticBench bench = Bench().Start();
        bench.Feed(new StaticInput.AutoConfigure(Allowed: false));
        bench.For(60);
        bench.Feed(new StaticInput.PathChanged());
        bench.For(14);
        Assert.Empty(bench.Sent);
        bench.For(8);
        Assert.Equal([0], Used(bench));
    }

    [Fact(DisplayName = "A4-65 a routable address is bound: the link-local one goes, and comes back 15 s after the lease")]
    public void Lease_Bound_TakesItsPlace()
    {
        StaticBench bench = Bench().Start();
        bench.For(30);
        bench.Feed(new StaticInput.Lease(Bound: true));
        Assert.Empty(Used(bench));
        bench.For(1000);
        Assert.Empty(Used(bench));
        bench.Feed(new StaticInput.Lease(Bound: false));
        bench.For(14);
        Assert.Empty(Used(bench));
        bench.For(8);
        Assert.Equal([0], Used(bench));
    }

    [Fact(DisplayName = "Without DHCPv4 nothing is waited for")]
    public void WithoutDhcp_AtOnce()
    {
        StaticBench bench = Bench(awaitsLease: false).Start();
        bench.For(5);
        Assert.Equal([0], Used(bench));
    }

    [Fact(DisplayName = "RFC 3927 2.2.1: an address that another host has: the next of the sequence at once; after ten, one a minute")]
    public void Conflicts_OfMany_AreRateLimited()
    {
        StaticBench bench = Bench(awaitsLease: false).Start();
        for (int attempt = 0; attempt < StaticTiming.MaxConflicts; attempt++)
        {
            bench.For(0.5);
            Assert.Equal(s_sequence[attempt], bench.Sent[^1].Packet.TargetAddress);
            Claim(bench, attempt);
        }
        int sent = bench.Sent.Count;
        bench.For(59.9);
        Assert.Equal(sent, bench.Sent.Count);
        Assert.Empty(Used(bench));
        bench.For(0.6);
        Assert.Equal(s_sequence[10], bench.Sent[^1].Packet.TargetAddress);
        Claim(bench, 10);
        bench.For(59.9);
        Assert.Equal(sent + 1, bench.Sent.Count);
        bench.For(10);
        Assert.Equal([11], Used(bench));
    }

    [Theory(DisplayName = "RFC 3927 2.5: one defence, and at the second claim within 10 s the next address; \"always\" is no choice, \"never\" gives way at once")]
    [InlineData(AddressDefence.Once, 1)]
    [InlineData(AddressDefence.Always, 1)]
    [InlineData(AddressDefence.Never, 0)]
    public void Defence_IsRfc3927s(AddressDefence defend, int defences)
    {
        StaticBench bench = Bench(awaitsLease: false, defend).Start();
        bench.For(30);
        bench.Sent.Clear();
        Claim(bench, 0);
        Assert.Equal(defences, bench.Announcements.Count());
        if (defences == 1)
        {
            Assert.Equal([0], Used(bench));
            bench.For(11);
            Claim(bench, 0); // the interval is over: defended again
            Assert.Equal([0], Used(bench));
            bench.For(9);
            Claim(bench, 0);
        }
        Assert.Empty(Used(bench));
        bench.For(10);
        Assert.Equal([1], Used(bench));
    }

    [Fact(DisplayName = "A failover: announced like other addresses, from the new hardware address")]
    public void PathChange_Announces()
    {
        StaticBench bench = Bench(awaitsLease: false).Start();
        bench.For(30);
        bench.Sent.Clear();
        bench.Mac = Fixture.B;
        bench.Feed(new StaticInput.PathChanged());
        bench.For(10);
        Assert.Equal(2, bench.Announcements.Count());
        Assert.All(bench.Sent, sent => Assert.Equal((Fixture.B, s_sequence[0]), (sent.Packet.SenderHardware, sent.Packet.SenderAddress)));
        Assert.Equal([0], Used(bench));
    }

    [Fact(DisplayName = "One that an earlier run left is used on, and is none that was only made up and never probed")]
    public void LeftByAnEarlierRun_IsAdopted()
    {
        StaticBench bench = Bench().Leave(Candidate(3)).Start();
        Assert.Equal([3], Used(bench));
        bench.Feed(new StaticInput.Lease(Bound: true));
        Assert.Empty(Used(bench));

        bench = Bench(awaitsLease: false).Start(usable: false);
        bench.For(100);
        Assert.Empty(Used(bench));
        bench.Feed(new StaticInput.Usable(true));
        bench.For(10);
        Assert.Equal([0], Used(bench));
    }

    [Fact(DisplayName = "A4-64 the machine: 116 = 1 in a DISCOVER where link-local addresses are on; what the server answers is told, and DHCP goes on")]
    public void Discover_AsksAndTellsTheAnswer()
    {
        foreach (bool on in (bool[])[true, false])
        {
            MachineBench bench = new MachineBench(settings => settings with { AutoConfigure = on }).Start();
            Assert.Equal(on, bench.Last.Message.AutoConfigure);
            foreach (byte answer in (byte[])[0, 1])
            {
                Dhcp4DropReason dropped = bench.Receive(Fixture.Offer(bench.Last.Xid, Fixture.A, address: Ipv4Address.Any).Option(116, answer));
                Assert.Equal(on ? Dhcp4DropReason.None : Dhcp4DropReason.NoAddress, dropped);
                Assert.Equal(on ? [answer == 1] : [], bench.Effects.OfType<Dhcp4Effect.AutoConfigure>().TakeLast(1).Select(said => said.Allowed));
            }
            Assert.Equal("selecting", bench.State);
            bench.Run(10);
            Assert.True(bench.Sent.Count > 1);
            bench.Receive(Fixture.Offer(bench.Last.Xid, Fixture.A));
            Assert.Equal("requesting", bench.State);
        }
    }

    [Theory(DisplayName = "ipv4-link-local beside an address that was written down has no effect, which is said")]
    [InlineData("dhcp4 = true", true)]
    [InlineData("addresses = [\"fd00::7/64\"]", true)]
    [InlineData("addresses = [\"192.0.2.7/24\"]", false)]
    [InlineData("dhcp4 = true\nfallback = [\"192.0.2.7/24\"]", false)]
    public void Configuration_WithAnIpv4Address_Warns(string keys, bool wanted)
    {
        ConfigurationResult result = ConfigurationReader.Read("f.toml", "[interface.eth0]\nipv4-link-local = true\n" + keys);
        Assert.Empty(result.Problems);
        Assert.Equal(wanted, result.Configuration!.Interfaces[0].WantsLinkLocal);
        Assert.Equal(wanted ? 0 : 1, result.Warnings.Count);
        Assert.Equal(wanted, StaticSettings.Of(result.Configuration.Interfaces[0], Fixture6.Client).LinkLocal is not null);
    }
}
