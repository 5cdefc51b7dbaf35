using System.Text.Json;
using BondDhcp.Tests.Beds.Scenarios;
using BondDhcp.Tests.Beds.Uml;
using Xunit;
using Xunit.Abstractions;
using static BondDhcp.Tests.Bonds.BondAssert;

namespace BondDhcp.Tests.Bonds;

/// <summary>
/// Failovers on networks that guard themselves, or lie. An ACK proves nothing there: what counts is that the gateway
/// answers the address that the bond has.
/// </summary>
[Collection(PathCollection.Name)]
public sealed class HostileNetworkTests(PathMachine machine, ITestOutputHelper output)
{
    /// <summary>ARP in a second at which common switches shut a port down.</summary>
    private const int ShutAt = 15;

    private static readonly BedScenario s_snooping = new("hsnoop", """
        network
        switch "ether saddr $A udp dport 67 @th,288,48 != 0x020000000a0a drop" "ether saddr $B udp dport 67 @th,288,48 != 0x020000000b0b drop"
        serve udhcpd
        own_bond
        client
        bound
        expect 'slave=w1 network=same'
        announced
        lease before
        mark failover
        unplug pw0
        expect ' leaseBound '
        announced
        reach failover
        """);

    private static readonly BedScenario s_guard = new("hguard", """
        network
        serve dnsmasq
        guard_sources
        own_bond
        client
        bound
        expect 'slave=w1 network=same'
        announced
        lease before
        reach before
        mark failover
        unplug pw0
        verified
        announced
        reach failover
        """);

    private static readonly BedScenario s_guardByChaddr = new("hguardkey", """
        network
        serve kea-chaddr
        guard_sources
        own_bond
        client
        bound
        expect 'slave=w1 network=same'
        announced
        lease before
        mark failover
        unplug pw0
        expect 'to=bound'
        announced
        pause 3
        reach failover
        """);

    private static readonly BedScenario s_port = new("hport", """
        network
        switch 'iifname @shut drop' 'iifname "pw0" ether type arp limit rate over 15/second burst 15 packets add @shut { iifname }' \
            'iifname "pw1" ether type arp limit rate over 15/second burst 15 packets add @shut { iifname }'
        serve dnsmasq
        own_bond 'path-failover = true'
        client
        bound
        expect 'slave=w1 network=same'
        announced
        lease before
        pinging
        mark flapping
        for _ in 1 2 3 4 5 6 7; do unplug pw0; pause 0.8; plug pw0; pause 0.8; done
        mark settled
        verified
        announced
        reach settled
        in_net_now nft list set bridge switch shut > $dir/shut.txt
        """);

    private static readonly BedScenario s_stranger = new("hnak", """
        network
        serve dnsmasq
        real=$server
        own_bond
        client
        bound
        expect 'slave=w1 network=same'
        announced
        lease before
        stranger 192.0.2.66
        kill -STOP $real
        mark failover
        unplug pw0
        expect 'unknown here, refused'
        pause 1.2
        kill -CONT $real
        verified
        announced
        reach failover
        """);

    private static readonly BedScenario s_return = new("hreturn", """
        network
        serve udhcpd
        own_bond
        client
        bound
        expect 'slave=w1 network=same'
        announced
        lease before
        mark left
        ip link delete w0
        verified
        announced
        lease left
        reach left
        pause 8 # a frame is not on its way for longer: what has this MAC then is another host
        ip netns add other-$scenario
        ip -n $net link add ps0 type veth peer name stranger netns other-$scenario
        ip -n $net link set ps0 master br0 up
        ip -n other-$scenario link set stranger address $A up
        printf '%s\n' '#!/bin/sh' '[ "$1" != bound ] || { ip address add $ip/24 dev $interface; echo $ip > '$dir'/stranger.txt; }' > $dir/script
        chmod +x $dir/script
        mark returned
        where=other-$scenario in_net_now busybox udhcpc -f -n -q -i stranger -s $dir/script > $dir/udhcpc.log 2>&1
        where=other-$scenario in_net_now ping -n -c 2 -i 0.3 -W 1 192.0.2.254 > $dir/reach-stranger.txt 2>&1
        pause 4
        lease end
        reach end
        where=other-$scenario in_net_now ping -n -c 2 -i 0.3 -W 1 192.0.2.254 > $dir/reach-stranger.txt 2>&1
        """);

    private static readonly BedScenario s_silent = new("hsilent", """
        network
        serve dnsmasq
        own_bond
        client
        bound
        expect 'slave=w1 network=same'
        announced
        lease before
        kill -STOP $server
        mark failover
        unplug pw0
        expect 'from=verifying to=bound'
        announced
        reach failover
        kill -CONT $server
        """);

    public static IReadOnlyList<BedScenario> Scenarios => [s_snooping, s_guard, s_guardByChaddr, s_port, s_stranger, s_return, s_silent];

    [UmlFact(DisplayName = "A switch that drops a chaddr that is not the sender's, a server that knows clients by chaddr: another address, within 4 s, that reaches the gateway")]
    public void Snooping_WithAServerByChaddr_ChangesTheAddress()
    {
        BedEvidence seen = machine[s_snooping, output];
        // N is refused, S does not get through: the address could not be kept.
        JsonElement bound = Assert.Single(seen.Timeline("leaseBound", "failover"));
        Assert.NotEqual(seen.Lease("before").GetProperty("address").GetString(), bound.GetProperty("address").GetString());
        Assert.InRange(BedEvidence.TimeOf(bound) - seen.At("failover"), TimeSpan.Zero, TimeSpan.FromSeconds(4) + Slack);
        Assert.Empty(seen.Timeline("leaseRenewed", "failover"));
        Reached(seen, "failover");
    }

    [UmlFact(DisplayName = "Source guard, a server that knows clients by identifier: the address is kept and reaches the gateway")]
    public void SourceGuard_KeepsTheAddress()
    {
        BedEvidence seen = machine[s_guard, output];
        string address = AddressOf(seen.Lease("before"));
        Assert.Contains($"{MacB} {address}", seen.Said("bindings"), StringComparison.Ordinal);
        SameLease(seen.Lease("before"), seen.Lease("end"));
        Reached(seen, "before");
        Reached(seen, "failover");
        KeptTheAddress(seen);
    }

    [UmlFact(DisplayName = "Source guard, a server that knows clients by chaddr: acknowledged under the old chaddr nothing gets through, so an address of the new one is asked for")]
    public void SourceGuard_WithAServerByChaddr_ChangesTheAddress()
    {
        BedEvidence seen = machine[s_guardByChaddr, output];
        Assert.NotEqual(AddressOf(seen.Lease("before")), AddressOf(seen.Lease("end")));
        Assert.Equal(MacB, seen.Lease("end").GetProperty("chaddr").GetString());
        Reached(seen, "failover");
    }

    [UmlFact(DisplayName = "AM-31 v4 a port that is shut at 15 ARP a second, 14 failovers: none is shut, the address kept and reached")]
    public void Flapping_ShutsNoPort()
    {
        BedEvidence seen = machine[s_port, output];
        foreach (string port in (string[])["pw0", "pw1"])
        {
            DateTime[] arp = [.. seen.Frames.Where(f => f.Port == port && f.Frame.Arp is not null).Select(f => f.Frame.At)];
            int most = arp.Length == 0 ? 0 : arp.Max(at => arp.Count(other => other >= at && other < at.AddSeconds(1)));
            output.WriteLine($"{port}: {arp.Length} ARP, at most {most} in a second");
            Assert.InRange(most, 1, ShutAt - 1);
        }
        Assert.Contains("set shut", seen.Said("shut"), StringComparison.Ordinal);
        Assert.DoesNotContain("elements", seen.Said("shut"), StringComparison.Ordinal);
        Reached(seen, "settled");
        Assert.Equal(AddressOf(seen.Lease("before")), AddressOf(seen.Lease("end")));
        KeptTheAddress(seen);
    }

    [UmlFact(DisplayName = "A stranger that refuses every address: no more than an event while the gateway answers")]
    public void Stranger_ThatRefuses_IsNotBelieved()
    {
        BedEvidence seen = machine[s_stranger, output];
        Assert.Contains(seen.Timeline("warning", "failover"), e => e.GetProperty("message").GetString() == "server 192.0.2.66, unknown here, refused the address");
        Assert.Empty(seen.Timeline("leaseLost"));
        SameLease(seen.Lease("before"), seen.Lease("end"));
        Reached(seen, "failover");
        KeptTheAddress(seen);
    }

    [UmlFact(DisplayName = "The MAC of a slave that left comes back in another host, which is given our address: ceded at its first ARP, a new one in its place, no address twice")]
    public void DepartedMac_InAnotherHost_IsGivenWay()
    {
        BedEvidence seen = machine[s_return, output];
        Reached(seen, "left");
        string address = AddressOf(seen.Lease("before")), own = AddressOf(seen.Lease("end"));
        Assert.Equal(address, seen.Said("stranger").Trim());
        Assert.NotEqual(address, own);
        Assert.Equal(MacB, seen.Lease("end").GetProperty("chaddr").GetString());
        Assert.Single(seen.Timeline("leaseLost", "returned"), e => e.GetProperty("why").GetString() == "conflict");
        Reached(seen, "end");
        Reached(seen, "stranger");
    }

    [UmlFact(DisplayName = "A server that is silent during the failover: the address stays because the gateway answers, and is reached")]
    public void SilentServer_LosesNothing()
    {
        BedEvidence seen = machine[s_silent, output];
        Assert.NotEmpty(Sent(seen, "REQUEST", "failover"));
        Assert.Empty(seen.Timeline("leaseRenewed", "failover"));
        Assert.Equal("bound", seen.Lease("end").GetProperty("state").GetString());
        Assert.Equal(AddressOf(seen.Lease("before")), AddressOf(seen.Lease("end")));
        Reached(seen, "failover");
        KeptTheAddress(seen);
    }
}
