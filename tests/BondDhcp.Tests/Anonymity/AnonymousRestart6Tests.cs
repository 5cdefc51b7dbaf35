using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;
using static BondDhcp.Tests.Anonymity.Anonymous6Scenes;

namespace BondDhcp.Tests.Anonymity;

/// <summary>A lease of DHCPv6 after a time in which nobody watched the link: until it is confirmed no message names it (RFC 7844 section 4.2).</summary>
public class AnonymousRestart6Tests
{
    // After a restart of the daemon, with its question sent.
    private static Machine6Bench Restarted()
    {
        Machine6Bench bench = Bench().Start(Fixture6.Memory(StoredLease(Fixture.A)), present: true).After(1.2);
        Assert.Equal("confirming", bench.State);
        Sent6Message question = bench.Sent[0];
        Assert.Equal((Dhcp6MessageType.Solicit, 0, null), (question.Type, Assert.Single(question.Message.IaNas).Addresses.Length, question.Message.ServerIdentifier));
        Assert.Equal(Duid.FromMac(Fixture.A), question.Message.Anonymity!.ClientIdentifier);
        return bench;
    }

    private static readonly Duid s_otherServer = Duid.FromMac(Fixture.Stranger);

    [Theory(DisplayName = "RFC 7844 4.2: after a restart of the daemon the addresses stay, and a SOLICIT that names nothing asks; an ADVERTISE of the address confirms it, and T1 is a RENEW as ever")]
    [InlineData(true)]
    [InlineData(false)]
    public void Start_WithTheAddressesThere_IsConfirmedByAnAdvertise(bool ofServer)
    {
        Machine6Bench bench = Restarted();
        bench.Take(Message(Dhcp6MessageType.Advertise, Fixture.A, Fixture6.L, server: ofServer ? null : s_otherServer));
        Assert.Equal("bound", bench.State);
        int sent = bench.Sent.Count;
        bench.Run(299);
        Assert.Equal(sent, bench.Sent.Count);
        Assert.True(bench.IsConfigured(Fixture6.L));
        bench.Run(302);
        Assert.Equal(Dhcp6MessageType.Renew, bench.Sent[sent].Type);
        Assert.DoesNotContain(bench.Effects, effect => effect is Dhcp6Effect.Deconfigure);
    }

    [Theory(DisplayName = "RFC 7844 4.2: after a restart in another network, of the same server or another, the lease goes when the ten seconds of a CONFIRM are over, and a SOLICIT begins anew; who knows the address may answer until then")]
    [InlineData(true)]
    [InlineData(false)]
    public void Start_InAnotherNetwork_BeginsAnew(bool ofServer)
    {
        Machine6Bench bench = Restarted().Take(Message(Dhcp6MessageType.Advertise, Fixture.A, Fixture6.L2, server: ofServer ? null : s_otherServer)).After(5);
        Assert.Equal(("confirming", true), (bench.State, bench.IsConfigured(Fixture6.L)));
        bench.After(6);
        Assert.Contains(Assert.Single(bench.Told("leaseLost")).Fields, field => field is { Name: "why", Value: "otherNetwork" });
        Assert.Equal("soliciting", bench.State);
        Assert.Empty(bench.Configured);
        Assert.All(bench.Sent, sent => Assert.Equal((Dhcp6MessageType.Solicit, 0), (sent.Type, sent.Message.IaNas[0].Addresses.Length)));

        bench = Restarted().Take(Message(Dhcp6MessageType.Advertise, Fixture.A, Fixture6.L2, server: s_otherServer)).After(5);
        bench.Take(Message(Dhcp6MessageType.Advertise, Fixture.A, Fixture6.L)).After(20);
        Assert.Equal(("bound", true), (bench.State, bench.IsConfigured(Fixture6.L)));
    }

    [Fact(DisplayName = "RFC 7844 4.2: a server that has nothing to give does not end the lease of another that is silent")]
    public void Start_WithARefusal_GoesOn()
    {
        Machine6Bench bench = Restarted();
        bench.Take(Message(Dhcp6MessageType.Advertise, Fixture.A, server: s_otherServer).Status(Dhcp6StatusCode.NoAddrsAvail));
        bench.Take(Message(Dhcp6MessageType.Advertise, Fixture.A, server: s_otherServer)).After(20);
        Assert.Equal(("bound", true), (bench.State, bench.IsConfigured(Fixture6.L)));
        Assert.Equal("NoAddrsAvail", bench.Told("refused").First().Fields.Single(field => field.Name == "status").Value);
        Assert.DoesNotContain(bench.Effects, effect => effect is Dhcp6Effect.Deconfigure);
    }

    private static void AssertNothingNamed(IEnumerable<Sent6Message> sent) => Assert.All(sent, one => Assert.True(
        one.Message is { Type: Dhcp6MessageType.Solicit, ServerIdentifier: null, RapidCommit: false }
        && one.Message.IaNas.All(ia => ia.Addresses.IsEmpty) && one.Message.IaPds.All(ia => ia.Prefixes.All(prefix => prefix.Network.IsAny)), one.ToString()));

    // Nobody answered in the time of a CONFIRM.
    private static Machine6Bench Unconfirmed(double at = 12)
    {
        Machine6Bench bench = Restarted().Run(at);
        Assert.Equal(("bound", true), (bench.State, bench.IsConfigured(Fixture6.L)));
        Assert.IsType<Dhcp6State.Unconfirmed>(bench.Client.State);
        Assert.Contains("no server has confirmed that the lease is of this network", bench.Client.Why, StringComparison.Ordinal);
        return bench;
    }

    [Fact(DisplayName = "RFC 7844 4.2: after a restart without any server the lease goes on to its end, and neither T1 nor T2 is a RENEW or REBIND: the SOLICITs that name nothing go on, at the pace of a search")]
    public void Start_WithoutAServer_AsksToTheEndOfTheLease()
    {
        Machine6Bench bench = Unconfirmed().Run(899.9);
        Assert.Equal(("bound", true), (bench.State, bench.IsConfigured(Fixture6.L)));
        AssertNothingNamed(bench.Sent);
        double[] gaps = [.. bench.Sent.Zip(bench.Sent.Skip(1), static (one, next) => next.Seconds - one.Seconds)];
        Assert.Equal([1, 2, 4, 4, 8, 16, 32, 64, 128, 256], gaps.Select(gap => Math.Round(gap)));
        Assert.Single(bench.Sent.Select(sent => sent.Xid).Distinct());
        // The elapsed time of a question that has been open for so long does not begin anew.
        Assert.InRange(bench.Last.Message.ElapsedCentiseconds, 51_000, 52_000);

        bench.Forget().Run(901);
        Assert.Equal(Fixture6.L.ToString(), Assert.Single(bench.Told("leaseExpired")).Fields.Single(field => field.Name == "addresses").Value);
        Assert.Empty(bench.Configured);
        Assert.Equal("soliciting", bench.State);
        AssertNothingNamed(bench.Sent);
        // A REPLY to it is none: no lease was asked for.
        Assert.Equal(Dhcp6DropReason.RapidCommit, Restarted().Receive(Message(Dhcp6MessageType.Reply, Fixture.A, Fixture6.L)));
    }

    [Theory(DisplayName = "RFC 7844 4.2: an ADVERTISE of the address settles it however late: before T1 the lease is in force as ever, past it RENEW, past T2 REBIND follows at once")]
    [InlineData(200, "bound", null)]
    [InlineData(350, "renewing", Dhcp6MessageType.Renew)]
    [InlineData(600, "rebinding", Dhcp6MessageType.Rebind)]
    public void Unconfirmed_AnsweredLate_IsExtendedAsEver(double at, string state, Dhcp6MessageType? message)
    {
        Machine6Bench bench = Unconfirmed().Run(at).Forget().Take(Message(Dhcp6MessageType.Advertise, Fixture.A, Fixture6.L));
        Assert.Equal((state, true), (bench.State, bench.IsConfigured(Fixture6.L)));
        Assert.DoesNotContain("confirmed", bench.Client.Why ?? "", StringComparison.Ordinal);
        if (message is null)
        {
            bench.Run(299);
            Assert.Empty(bench.Sent);
            Assert.Equal(Dhcp6MessageType.Renew, bench.Run(301).Last.Type);
            return;
        }
        Assert.Equal(message, Assert.Single(bench.Sent).Type);
        Assert.Equal(Fixture6.L, Assert.Single(bench.Last.Message.IaNas[0].Addresses));
        bench.Take(Message(Dhcp6MessageType.Reply, Fixture.A, Fixture6.L));
        Assert.Equal(("bound", at + 900), (bench.State, bench.Client.Lease!.ExpiresAt.Seconds));
        Assert.DoesNotContain(bench.Effects, effect => effect is Dhcp6Effect.Deconfigure);
    }

    [Theory(DisplayName = "RFC 7844 4.2: late, too, a server that offers something else is not believed before others had the time of a CONFIRM; then the lease goes, and a search begins")]
    [InlineData(100)]
    [InlineData(350)]
    [InlineData(600)]
    public void Unconfirmed_InAnotherNetwork_BeginsAnew(double at)
    {
        Machine6Bench bench = Unconfirmed().Run(at).Forget().Take(Message(Dhcp6MessageType.Advertise, Fixture.A, Fixture6.L2, server: s_otherServer)).After(9.5);
        Assert.Equal(("confirming", true), (bench.State, bench.IsConfigured(Fixture6.L)));
        Assert.InRange(bench.Sent.Count, 3, 4);
        bench.After(1);
        Assert.Contains(Assert.Single(bench.Told("leaseLost")).Fields, field => field is { Name: "why", Value: "otherNetwork" });
        Assert.Equal("soliciting", bench.State);
        Assert.Empty(bench.Configured);
        AssertNothingNamed(bench.Sent);

        bench = Unconfirmed().Run(at).Take(Message(Dhcp6MessageType.Advertise, Fixture.A, Fixture6.L2, server: s_otherServer)).After(5);
        bench.Take(Message(Dhcp6MessageType.Advertise, Fixture.A, Fixture6.L));
        Assert.Equal(at < 300 ? "bound" : at < 480 ? "renewing" : "rebinding", bench.State);
        Assert.True(bench.IsConfigured(Fixture6.L));
    }

    [Theory(DisplayName = "RFC 7844 4.2: of a delegated prefix likewise: no RENEW before a server offers it again")]
    [InlineData(true)]
    [InlineData(false)]
    public void Unconfirmed_WithAPrefix_NamesNothing(bool same)
    {
        Dhcp6Lease lease = Fixture6.Lease(prefix: Fixture6.P) with { ClientIdentifier = Duid.FromMac(Fixture.A), Iaid = Iaid.FromMac(Fixture.A) };
        Machine6Bench bench = Bench(settings => settings with { PrefixLengthHint = 56 }).Start(Fixture6.Memory(lease), present: true).Run(400);
        AssertNothingNamed(bench.Sent);
        Assert.All(bench.Sent, sent => Assert.Equal("::/56", Assert.Single(Assert.Single(sent.Message.IaPds).Prefixes).ToString()));
        bench.Take(Message(Dhcp6MessageType.Advertise, Fixture.A, null, same ? Fixture6.P : Fixture6.P2)).After(12);
        Assert.Equal(same ? "renewing" : "soliciting", bench.State);
    }

    [Theory(DisplayName = "release and stop with release of a lease that nobody confirmed: it goes off the interface, its server is told nothing, and the journal says so")]
    [InlineData(true, 5)]
    [InlineData(false, 5)]
    [InlineData(true, 100)]
    [InlineData(false, 100)]
    [InlineData(false, 500)]
    public void Unconfirmed_Released_TellsNobody(bool stops, double at)
    {
        Machine6Bench bench = Restarted().Run(at).Forget();
        bench.Step(stops ? new Dhcp6Input.Stop(Release: true) : new Dhcp6Input.Command(DhcpCommand.Release)).After(60);
        Assert.Empty(bench.Sent);
        Assert.Empty(bench.Configured);
        Assert.Equal("stopped", bench.State);
        Assert.Empty(bench.Stored.Leases);
        Assert.Contains("is not told that its lease is not used any more", Assert.Single(bench.Told("warning")).Fields.Single(field => field.Name == "message").Value!.ToString(), StringComparison.Ordinal);
        if (!stops) Assert.True(Assert.Single(bench.Effects.OfType<Dhcp6Effect.CommandDone>()).Succeeded);
    }

    [Fact(DisplayName = "release after a stop that left the addresses: nobody watched the link meanwhile, and no RELEASE leaves; of a confirmed lease it does")]
    public void Stopped_Released_TellsNobody()
    {
        Machine6Bench bench = Bound().Step(new Dhcp6Input.Stop(Release: false)).Run(100).Forget().Step(new Dhcp6Input.Command(DhcpCommand.Release)).After(60);
        Assert.Empty(bench.Sent);
        Assert.Empty(bench.Configured);
        bench = Unconfirmed().Take(Message(Dhcp6MessageType.Advertise, Fixture.A, Fixture6.L)).Step(new Dhcp6Input.Command(DhcpCommand.Release));
        Assert.Equal(Dhcp6MessageType.Release, bench.Last.Type);
    }

    [Theory(DisplayName = "renew and rebind of a lease that nobody confirmed ask first whether this is its network: with an answer they are sent, without one they fail, naming nothing")]
    [InlineData(DhcpCommand.Renew, Dhcp6MessageType.Renew)]
    [InlineData(DhcpCommand.Rebind, Dhcp6MessageType.Rebind)]
    public void Unconfirmed_Renewed_AsksFirst(DhcpCommand command, Dhcp6MessageType message)
    {
        foreach (double at in (double[])[5, 100])
        {
            Machine6Bench bench = Restarted().Run(at).Forget().Step(new Dhcp6Input.Command(command)).After(4);
            AssertNothingNamed(bench.Sent);
            Assert.NotEmpty(bench.Sent);
            Assert.Empty(bench.Effects.OfType<Dhcp6Effect.CommandDone>());
            bench.Take(Message(Dhcp6MessageType.Advertise, Fixture.A, Fixture6.L));
            Assert.Equal((message, Fixture6.L), (bench.Last.Type, Assert.Single(bench.Last.Message.IaNas[0].Addresses)));
            Assert.Empty(bench.Effects.OfType<Dhcp6Effect.CommandDone>());
            bench.Take(Message(Dhcp6MessageType.Reply, Fixture.A, Fixture6.L));
            Assert.True(Assert.Single(bench.Effects.OfType<Dhcp6Effect.CommandDone>()).Succeeded);

            bench = Restarted().Run(at).Forget().Step(new Dhcp6Input.Command(command)).After(12);
            Assert.True(Assert.Single(bench.Effects.OfType<Dhcp6Effect.CommandDone>()) is { Succeeded: false, Why: "no server answered" });
            AssertNothingNamed(bench.Run(600).Sent);
        }
    }

    [Fact(DisplayName = "RFC 7844 4.2: another host has the address of a lease that nobody confirmed: it goes, and no DECLINE leaves")]
    public void Unconfirmed_Conflict_DeclinesNothing()
    {
        Machine6Bench bench = Unconfirmed().Forget().Step(new Dhcp6Input.AddressDuplicate(Fixture6.L)).After(5);
        Assert.Equal("declining", bench.State);
        Assert.Empty(bench.Configured);
        Assert.Empty(bench.Sent);
        AssertNothingNamed(bench.After(20).Sent);
        Assert.Equal("soliciting", bench.State);
    }

    [Theory(DisplayName = "RFC 7844 4.2: a failover to a path of the same network, which need not be the lease's, and a link-local address that was away: the question is asked anew, and nothing of the lease is announced")]
    [InlineData(false)]
    [InlineData(true)]
    public void Unconfirmed_FailOver_NamesNothing(bool linkLocalAway)
    {
        Machine6Bench bench = Unconfirmed().Forget();
        bench.Surroundings = bench.Surroundings with { OtherAddresses = [Fixture6.L] }; // as the kernel shows it
        if (linkLocalAway) bench.Step(new Dhcp6Input.LinkLocalGone());
        bench.FailOver(PathClass.Same).After(5);
        if (linkLocalAway) bench.Step(new Dhcp6Input.LinkLocalReady(Fixture6.LinkLocal));
        AssertNothingNamed(bench.Run(600).Sent);
        Assert.True(bench.IsConfigured(Fixture6.L));
        Assert.NotEmpty(bench.Sent);
        Assert.All(bench.Effects.OfType<Dhcp6Effect.Announce>(), announce => Assert.Equal(Fixture6.LinkLocal, Assert.Single(announce.Addresses)));
        bench.Take(Message(Dhcp6MessageType.Advertise, Fixture.A, Fixture6.L));
        Assert.Equal("rebinding", bench.State);
    }

    [Theory(DisplayName = "G7 DHCPv6: another hardware address while nobody has confirmed the lease, before T1, past it and past T2, ends it with all that is asked; a late answer to the one before is dropped")]
    [InlineData(12)]
    [InlineData(350)]
    [InlineData(600)]
    public void Unconfirmed_AnotherHardwareAddress_BeginsAnew(double at)
    {
        Machine6Bench bench = Unconfirmed().Run(at);
        uint xid = bench.Last.Xid;
        Become(bench.Forget(), Fixture.B);
        Assert.NotEqual(Dhcp6DropReason.None, bench.Receive(Xid(Message(Dhcp6MessageType.Advertise, Fixture.A, Fixture6.L), xid)));
        AssertBeginsAnew(bench.After(0.5));
        Assert.False(bench.Client.IsUnconfirmed);
        // What the second one is granted is its own, and confirmed by that.
        bench.Take(Message(Dhcp6MessageType.Advertise, Fixture.B, Fixture6.L2)).After(1.2).Take(Message(Dhcp6MessageType.Reply, Fixture.B, Fixture6.L2)).Forget();
        Assert.Equal(Dhcp6MessageType.Renew, bench.After(301).Last.Type);
    }

    [Fact(DisplayName = "RFC 7844 4.2: the first ten seconds of the question end past T1: no RENEW, and the address stays")]
    public void Start_JustBeforeT1_GoesOnAsking()
    {
        Machine6Bench bench = Bench().Run(295).Start(Fixture6.Memory(StoredLease(Fixture.A)), present: true).After(60);
        AssertNothingNamed(bench.Sent);
        Assert.Equal(("bound", true), (bench.State, bench.IsConfigured(Fixture6.L)));
    }

    [Fact(DisplayName = "G7 DHCPv6: another hardware address in the middle of that question ends it with the lease")]
    public void Restarted_AnotherHardwareAddress_BeginsAnew() => AssertBeginsAnew(Become(Restarted().Forget(), Fixture.B).After(0.5));

    [Theory(DisplayName = "RFC 7844 4.2: after a restart past T1 or T2 the addresses stay, and no RENEW or REBIND leaves, which would name server and addresses to another network, before an answer says that this is theirs")]
    [InlineData(300, "renewing")]
    [InlineData(310, "renewing")]
    [InlineData(490, "rebinding")]
    public void Start_PastT1_AsksFirst(double at, string state)
    {
        Machine6Bench bench = Bench().Run(at).Start(Fixture6.Memory(StoredLease(Fixture.A)), present: true).After(20);
        Assert.NotEmpty(bench.Sent);
        AssertNothingNamed(bench.Sent);
        Assert.True(bench.IsConfigured(Fixture6.L));
        bench.Take(Message(Dhcp6MessageType.Advertise, Fixture.A, Fixture6.L));
        Assert.Equal(state, bench.State);
    }

    [Theory(DisplayName = "RFC 7844 4.2: acquire after a stop that left the addresses: the question whether they are right here, past T1 and T2 too")]
    [InlineData(100)]
    [InlineData(310)]
    [InlineData(490)]
    public void Acquire_AfterAStop_NamesNothing(double at)
    {
        Machine6Bench bench = Bound().Step(new Dhcp6Input.Stop(Release: false)).Run(at).Forget();
        Assert.True(bench.IsConfigured(Fixture6.L));
        bench.Step(new Dhcp6Input.Command(DhcpCommand.Acquire)).After(1.5);
        Assert.Equal(("confirming", true), (bench.State, bench.IsConfigured(Fixture6.L)));
        Assert.NotEmpty(bench.Sent);
        AssertNothingNamed(bench.Run(890).Sent);
    }
}
