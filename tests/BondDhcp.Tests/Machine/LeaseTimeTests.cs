using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Machine;

public class LeaseTimeTests
{
    [Fact(DisplayName = "A4-20 T1 and T2 by default, counted from the first REQUEST")]
    public void Ack_WithoutTimes_GivesTheDefaults()
    {
        Dhcp4Lease lease = BoundAfter(Fixture.Ack(0, Fixture.A), ScriptedEntropy.Middle());
        Close.To(1800, lease.RenewAt.Seconds);
        Close.To(3150, lease.RebindAt.Seconds);
        Close.To(3600, lease.ExpiresAt.Seconds);
    }

    [Fact(DisplayName = "A4-20 with jitter T1 and T2 move by at most a second")]
    public void Ack_WithJitter_MovesTimesByASecondAtMost()
    {
        var renewals = new HashSet<double>();
        for (int seed = 0; seed < 200; seed++)
        {
            Dhcp4Lease lease = BoundAfter(Fixture.Ack(0, Fixture.A), ScriptedEntropy.Seeded(seed));
            Close.Within(1799, 1801, lease.RenewAt.Seconds);
            Close.Within(3149, 3151, lease.RebindAt.Seconds);
            Close.To(3600, lease.ExpiresAt.Seconds);
            renewals.Add(lease.RenewAt.Seconds);
        }
        Assert.True(renewals.Count > 190);
    }

    [Theory(DisplayName = "A4-21 impossible T1 and T2")]
    [InlineData(0, 0, 1800, 3150)]
    [InlineData(3600, 1800, 1800, 3150)]
    [InlineData(2000, 1000, 1800, 3150)]
    [InlineData(4000, 5000, 1800, 3150)]
    [InlineData(1800, 3600, 1800, 3150)]
    [InlineData(600, 900, 600, 900)]
    public void Ack_WithTimes_TakesPossibleOnes(uint t1, uint t2, double renewAt, double rebindAt)
    {
        Dhcp4Lease lease = BoundAfter(Fixture.Ack(0, Fixture.A).Seconds(58, t1).Seconds(59, t2), ScriptedEntropy.Middle());
        Close.To(renewAt, lease.RenewAt.Seconds);
        Close.To(rebindAt, lease.RebindAt.Seconds);
    }

    [Fact(DisplayName = "A4-22 renewals and rebindings until the end")]
    public void Lease_WithADeadServer_IsExtendedByHalfGaps()
    {
        MachineBench bench = new MachineBench().Bind();
        bench.Run(3599.9);
        Close.To([1800, 2475, 2812.5, 2981.25, 3065.625, 3125.625, 3150, 3375, 3487.5, 3547.5], bench.Times);
        Assert.All(bench.Sent, sent => Assert.Equal((Fixture.L, Fixture.L), (sent.Message.Ciaddr, sent.Message.Source)));
        Assert.All(bench.Sent.Take(6), sent => Assert.Equal(Fixture.Server, sent.Message.Destination));
        Assert.All(bench.Sent.Skip(6), sent => Assert.Equal(Ipv4Address.Broadcast, sent.Message.Destination));
        Assert.All(bench.Sent, sent => Assert.Equal((null, null, false), (sent.Message.RequestedAddress, sent.Message.ServerIdentifier, sent.Message.Broadcast)));
        Assert.Equal(Fixture.L, bench.Configured);

        bench.Run(3600);
        Assert.Null(bench.Configured);
        Assert.Single(bench.Told("leaseExpired"));
    }

    [Fact(DisplayName = "A4-23 an infinite lease has no timers")]
    public void Ack_WithAnInfiniteLease_SetsNoTimers()
    {
        MachineBench bench = new MachineBench().Bind(lease: uint.MaxValue).Run(1e9);
        Assert.Empty(bench.Sent);
        Assert.Equal("bound", bench.State);
        Assert.Equal(Instant.Never, bench.Client.NextDeadline);
        Assert.Equal(Instant.Never, bench.Client.Lease!.ExpiresAt);
    }

    [Fact(DisplayName = "A4-23 a lease of 2^31 s is counted in 64 bits")]
    public void Ack_WithALeaseOf68Years_IsCountedRight()
    {
        MachineBench bench = new MachineBench().Bind(lease: 0x8000_0000);
        Close.To(1073741824, bench.Client.Lease!.RenewAt.Seconds);
        Close.To(2147483648, bench.Client.Lease.ExpiresAt.Seconds);
        bench.Run(1073741823);
        Assert.Empty(bench.Sent);
        bench.Run(1073741825);
        Assert.Equal(Dhcp4RequestKind.Renewing, Assert.Single(bench.Sent).Message.RequestKind);
    }

    [Fact(DisplayName = "A4-25 the lease counts from the first REQUEST")]
    public void Ack_ToTheSecondRequest_CountsFromTheFirst()
    {
        MachineBench bench = new MachineBench().Start();
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A)).Run(4.1);
        Assert.Equal(3, bench.Sent.Count);
        bench.Take(Fixture.Ack(bench.Last.Xid, Fixture.A));
        Close.To(3600, bench.Client.Lease!.ExpiresAt.Seconds);
    }

    [Theory(DisplayName = "A4-34 a lease of 5 s: T1 2.5 s, no more than two REQUESTs")]
    [InlineData(1)]
    [InlineData(2)]
    public void Ack_WithALeaseOf5Seconds_IsExtendedTwiceAtMost(int seed)
    {
        var bench = new MachineBench(entropy: ScriptedEntropy.Seeded(seed)).Start();
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A)).Take(Fixture.Ack(bench.Last.Xid, Fixture.A, lease: 5)).Forget();
        Close.Within(2, 3, bench.Client.Lease!.RenewAt.Seconds);
        bench.Run(4.99);
        Assert.InRange(bench.Sent.Count, 1, 2);
        bench.Run(5);
        Assert.Null(bench.Configured);
    }

    [Theory(DisplayName = "A4-24 at the end the address goes, in any state, and nothing leaves from it any more")]
    [InlineData("bound")]
    [InlineData("renewing")]
    [InlineData("rebinding")]
    [InlineData("verifying")]
    [InlineData("besides")]
    [InlineData("probing")]
    [InlineData("noLink")]
    public void Expiry_InAnyState_RemovesTheAddressAndDiscovers(string state)
    {
        MachineBench bench = new MachineBench().Bind();
        switch (state)
        {
            case "bound":
                // Deadlines are late: the machine slept through T1 and T2.
                bench.Sleep(3597).Step(Dhcp4Input.DeadlineReached.Instance);
                break;
            case "renewing":
                bench.Run(1801).Sleep(1799).Step(Dhcp4Input.DeadlineReached.Instance);
                break;
            case "rebinding":
                bench.Run(3600);
                break;
            case "verifying":
                bench.Run(3595).FailOver(Fixture.B);
                Assert.Equal("verifying", bench.State);
                bench.Run(3600);
                break;
            case "besides":
                bench.Run(1700).FailOver(Fixture.B);
                bench.Run(1720);
                Assert.NotNull(bench.Client.Beside);
                bench.Run(3600);
                break;
            case "probing":
                bench = new MachineBench(settings => settings with { ConflictDetection = ConflictDetection.Before }).Bind().Run(3599);
                bench.Take(Fixture.Ack(bench.Last.Xid, Fixture.A, address: Fixture.L2));
                Assert.Equal("probing", bench.State);
                bench.Run(3600);
                break;
            default:
                bench.Step(new Dhcp4Input.LinkUnusable("carrier")).Run(3600);
                Assert.Null(bench.Configured);
                bench.Run(3700).Step(new Dhcp4Input.LinkUsable(PathClass.Unknown));
                break;
        }

        Assert.Equal(state == "probing" ? "probing" : "selecting", bench.State);
        Assert.Null(bench.Configured);
        Assert.Single(bench.Told("leaseExpired"));
        Dhcp4Effect[] after = [.. bench.Effects.SkipWhile(effect => effect is not Dhcp4Effect.Deconfigure)];
        bench.Forget().After(100);
        foreach (Dhcp4Effect effect in after.Concat(bench.Effects))
        {
            if (effect is Dhcp4Effect.Transmit transmit) Assert.Equal(Ipv4Address.Any, transmit.Message.Source);
            if (effect is Dhcp4Effect.TransmitArp arp) Assert.NotEqual(Fixture.L, arp.Packet.SenderAddress);
        }
    }

    private static Dhcp4Lease BoundAfter(ReplyMessage ack, EntropySource entropy)
    {
        MachineBench bench = new MachineBench(entropy: entropy).Start();
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A));
        ack.Xid = bench.Last.Xid;
        bench.Run(0.5).Take(ack);
        return bench.Client.Lease!;
    }
}
