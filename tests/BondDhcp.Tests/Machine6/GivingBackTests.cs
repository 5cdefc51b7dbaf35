using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Machine6;

public class GivingBackTests
{
    [Fact(DisplayName = "A6-29 one of two addresses is another host's: it goes, DECLINE of it alone; the other stays")]
    public void Duplicate_OfOneAddress_IsDeclined()
    {
        (double Low, double High)[] windows = [(0.9, 1.1), (1.71, 2.31), (3.249, 4.851)];
        foreach (EntropySource entropy in new EntropySource[] { ScriptedEntropy.Min(), ScriptedEntropy.Max(), ScriptedEntropy.Middle() })
        {
            var bench = new Machine6Bench(settings => settings with { PrefixLengthHint = 56 }, entropy) { AddressesAreFree = false };
            bench.Bind(Fixture6.Empty().IaNa(300, 480, (Fixture6.L, 600, 900), (Fixture6.L2, 600, 900)).IaPd(300, 480, (Fixture6.P, 600, 900)));
            bench.Step(new Dhcp6Input.AddressReady(Fixture6.L));
            Assert.Empty(bench.Told("leaseBound"));
            double start = bench.Seconds;
            bench.Step(new Dhcp6Input.AddressDuplicate(Fixture6.L2));
            Assert.True(bench.IsConfigured(Fixture6.L) && !bench.IsConfigured(Fixture6.L2) && bench.Configured.Contains(Fixture6.P));
            Assert.True(bench.Effects.FindIndex(effect => effect is Dhcp6Effect.Configure) < bench.Effects.FindIndex(effect => effect is Dhcp6Effect.Transmit));
            Assert.Single(bench.Told("conflict"));
            Assert.Single(bench.Told("leaseBound"));
            Assert.Equal("bound", bench.State);
            bench.Run(start + 100);
            Assert.Equal(4, bench.Sent.Count);
            Assert.All(bench.Sent, sent =>
            {
                Assert.Equal((Dhcp6MessageType.Decline, Fixture6.Server, bench.Sent[0].Xid), (sent.Type, sent.Message.ServerIdentifier, sent.Xid));
                Assert.Equal(Fixture6.L2, Assert.Single(Assert.Single(sent.Message.IaNas).Addresses));
                Assert.True(sent.Message.IaPds.IsEmpty && sent.Message.OptionRequest.IsEmpty);
            });
            for (int i = 0; i < windows.Length; i++) Close.Within(windows[i].Low, windows[i].High, bench.Gaps[i]);
            Assert.Null(bench.Client.Decline);
            Assert.DoesNotContain(Fixture6.L2, bench.Stored.Leases[0].Addresses.Select(one => one.Address));
        }
    }

    [Fact(DisplayName = "A6-29 it has failed after 12 to 18.5 s; any REPLY ends it before, NoBinding too")]
    public void Decline_EndsWithAReplyOrWithItsTime()
    {
        foreach ((EntropySource entropy, double end) in new (EntropySource, double)[] { (ScriptedEntropy.Min(), 12.03), (ScriptedEntropy.Max(), 18.449) })
        {
            Machine6Bench bench = new Machine6Bench(entropy: entropy).Bind(Fixture6.Empty().IaNa(300, 480, (Fixture6.L, 600, 900), (Fixture6.L2, 600, 900)));
            bench.Step(new Dhcp6Input.AddressDuplicate(Fixture6.L2)).After(end - 0.01);
            Assert.NotNull(bench.Client.Decline);
            bench.After(0.02);
            Assert.Null(bench.Client.Decline);
        }
        Machine6Bench answered = new Machine6Bench().Bind(Fixture6.Empty().IaNa(300, 480, (Fixture6.L, 600, 900), (Fixture6.L2, 600, 900)));
        answered.Step(new Dhcp6Input.AddressDuplicate(Fixture6.L2)).Take(Fixture6.Empty().Status(Dhcp6StatusCode.NoBinding)).After(60);
        Assert.Equal(("bound", 1), (answered.State, answered.Sent.Count));
    }

    [Fact]
    public void Duplicate_OfTheOnlyAddress_WaitsThenBeginsAnew()
    {
        var bench = new Machine6Bench { AddressesAreFree = false };
        bench.Step(new Dhcp6Input.Command(DhcpCommand.Acquire)).Bind().Step(new Dhcp6Input.AddressDuplicate(Fixture6.L));
        Assert.Equal(("declining", 0, Dhcp6MessageType.Decline), (bench.State, bench.Configured.Count, Assert.Single(bench.Sent).Type));
        Assert.Equal(LeaseEnd.Conflict, Assert.Single(bench.Effects.OfType<Dhcp6Effect.Deconfigure>()).Why);
        Assert.Empty(bench.Stored.Leases);
        double start = bench.Seconds;
        bench.Take(Fixture6.Empty()).FailOver().Run(start + 9.9);
        Assert.Equal("declining", bench.State);
        bench.Run(start + 10.1);
        Assert.Equal(("soliciting", Dhcp6MessageType.Solicit), (bench.State, bench.Last.Type));
        // Unanswered: the DECLINE has its time first.
        bench.Take(Fixture6.Advertise()).After(1.2).Take(Fixture6.Reply()).Step(new Dhcp6Input.AddressDuplicate(Fixture6.L)).Forget().After(14.9);
        Assert.Equal(("declining", 3), (bench.State, bench.Sent.Count));
        bench.After(0.2);
        Assert.Equal("soliciting", bench.State);
    }

    [Fact]
    public void Duplicate_BesideAPrefix_AsksForAnotherAddressSoon()
    {
        Machine6Bench bench = Machine6Bench.WithPrefix().Step(new Dhcp6Input.AddressDuplicate(Fixture6.L)).Take(Fixture6.Empty());
        Assert.Equal(("bound", "every address granted is in use by another host; another one is asked for with the next renewal"), (bench.State, bench.Client.Why));
        Assert.Equal(Fixture6.P, Assert.Single(bench.Configured));
        bench.Forget().After(9.9);
        Assert.Empty(bench.Sent);
        bench.After(0.2);
        Assert.Equal(Dhcp6MessageType.Renew, Assert.Single(bench.Sent).Type);
        Assert.Empty(Assert.Single(bench.Last.Message.IaNas).Addresses);
        bench.Take(Fixture6.Reply(address: Fixture6.L2).IaPd(300, 480, (Fixture6.P, 600, 900)));
        Assert.True(bench.IsConfigured(Fixture6.L2));
    }

    [Fact(DisplayName = "S-20 ten conflicts in a row: a minute between attempts")]
    public void Duplicates_InARow_SlowTheClientDown()
    {
        var bench = new Machine6Bench { AddressesAreFree = false };
        bench.Start();
        for (int i = 0; i < 10; i++)
        {
            while (bench.State != "soliciting") bench.After(1);
            // The limits on messages may hold each of these back.
            bench.After(60).Take(Fixture6.Advertise()).After(30).Take(Fixture6.Reply()).Step(new Dhcp6Input.AddressDuplicate(Fixture6.L)).After(0.001).Receive(Fixture6.Empty());
        }
        bench.After(59.9);
        Assert.Equal("declining", bench.State);
        bench.After(0.2);
        Assert.Equal("soliciting", bench.State);
    }

    [Fact(DisplayName = "A6-30 release: everything removed first, RELEASE with server and leases; any REPLY ends it, NoBinding too")]
    public void Release_ByCommand_RemovesFirst()
    {
        Machine6Bench bench = Machine6Bench.WithPrefix().Step(new Dhcp6Input.Command(DhcpCommand.Release));
        Assert.True(bench.Effects.FindIndex(effect => effect is Dhcp6Effect.Deconfigure { Why: LeaseEnd.Released }) < bench.Effects.FindIndex(effect => effect is Dhcp6Effect.Transmit));
        Dhcp6Transmission release = Assert.Single(bench.Sent).Message;
        Assert.Equal((Dhcp6MessageType.Release, Fixture6.Server), (release.Type, release.ServerIdentifier));
        Assert.Equal(Fixture6.L, Assert.Single(Assert.Single(release.IaNas).Addresses));
        Assert.Equal(Fixture6.P, Assert.Single(Assert.Single(release.IaPds).Prefixes));
        Assert.Empty(release.OptionRequest);
        Assert.Equal("releasing", bench.State);
        Assert.Single(bench.Told("leaseReleased"));
        Assert.Empty(bench.Stored.Leases);
        bench.After(0.3).Take(Fixture6.Empty().Status(Dhcp6StatusCode.NoBinding));
        Assert.Equal(("stopped", "released; idle until acquire"), (bench.State, bench.Client.Why));
        Assert.Equal(new Dhcp6Effect.CommandDone(DhcpCommand.Release, true, null), Assert.Single(bench.Effects.OfType<Dhcp6Effect.CommandDone>()));
        Assert.Equal(Instant.Never, bench.Client.NextDeadline);

        bench.Step(new Dhcp6Input.Command(DhcpCommand.Acquire));
        Assert.Equal(Dhcp6MessageType.Solicit, bench.Last.Type);
    }

    [Fact(DisplayName = "A6-30 release unanswered: four transmissions; at a stop one, and a second at most")]
    public void Release_Unanswered_IsGivenUp()
    {
        Machine6Bench bench = new Machine6Bench().Bind().Step(new Dhcp6Input.Command(DhcpCommand.Release)).After(14.9);
        Assert.Equal(("releasing", 4), (bench.State, bench.Sent.Count));
        Close.To([1, 2, 4], bench.Gaps);
        bench.After(0.2);
        Assert.Equal("stopped", bench.State);

        foreach (EntropySource entropy in new EntropySource[] { ScriptedEntropy.Min(), ScriptedEntropy.Max() })
        {
            bench = new Machine6Bench(entropy: entropy).Bind().Step(new Dhcp6Input.Stop(Release: true)).After(1.001);
            Assert.Equal(("stopped", 1, Instant.Never), (bench.State, bench.Sent.Count, bench.Client.NextDeadline));
        }
    }

    [Fact(DisplayName = "AT-1 the machine's part: a stop that releases is answered and over at once")]
    public void Stop_Releasing_EndsWithTheReply()
    {
        Machine6Bench bench = new Machine6Bench().Bind().Step(new Dhcp6Input.Stop(Release: true)).After(0.01).Take(Fixture6.Empty());
        Assert.Equal(("stopped", "stopped", 0), (bench.State, bench.Client.Why, bench.Configured.Count));
    }

    [Fact(DisplayName = "AT-2 stop that keeps: nothing sent, the lease stored, everything stays; a restart asks and takes nothing away")]
    public void Stop_Keeping_LeavesTheLease()
    {
        Machine6Bench bench = new Machine6Bench().Bind().Step(new Dhcp6Input.Stop(Release: false)).After(100);
        Assert.Equal(("stopped", 0, 1), (bench.State, bench.Sent.Count, bench.Stored.Leases.Length));
        Assert.True(bench.IsConfigured(Fixture6.L));
        Dhcp6Memory memory = bench.Stored;
        bench = new Machine6Bench().Sleep(200).Start(memory, present: true).After(1);
        Assert.Equal("confirming", bench.State);
        Assert.DoesNotContain(bench.Effects, effect => effect is Dhcp6Effect.Deconfigure);
        Assert.True(bench.IsConfigured(Fixture6.L));
        Assert.Equal(Dhcp6MessageType.Confirm, Assert.Single(bench.Sent).Type);
    }

    [Theory(DisplayName = "AT-6 stop before there is a lease: nothing more leaves, no timer runs")]
    [InlineData("waiting")]
    [InlineData("soliciting")]
    [InlineData("requesting")]
    [InlineData("confirming")]
    [InlineData("declining")]
    [InlineData("informationRequesting")]
    [InlineData("informationBound")]
    public void Stop_WithoutALease_EndsEverything(string state)
    {
        foreach (bool release in new[] { false, true })
        {
            Machine6Bench bench = In(state);
            Assert.Equal(state, bench.State);
            bench.Forget().Step(new Dhcp6Input.Stop(release));
            Assert.Equal(("stopped", Instant.Never), (bench.State, bench.Client.NextDeadline));
            bench.FailOver().Step(new Dhcp6Input.Resumed()).Step(new Dhcp6Input.LinkUnusable("down")).Step(new Dhcp6Input.LinkUsable(PathClass.Unknown));
            bench.Step(new Dhcp6Input.LinkLocalGone()).Step(new Dhcp6Input.LinkLocalReady(Fixture6.LinkLocal2));
            bench.Step(new Dhcp6Input.RouterAdvertised(new RouterFlags(true, true))).Step(Dhcp6Input.PrefixesChanged.Instance).After(1000);
            Assert.Empty(bench.Sent);
            Assert.DoesNotContain(bench.Effects, effect => effect is Dhcp6Effect.Announce or Dhcp6Effect.SolicitRouters);
        }
    }

    private static Machine6Bench In(string state)
    {
        var bench = new Machine6Bench(settings => settings with { Mode = state.StartsWith("info", StringComparison.Ordinal) ? Dhcp6Mode.Stateless : Dhcp6Mode.Stateful });
        switch (state)
        {
            case "waiting": return bench.Start(usable: false);
            case "requesting": return bench.Request();
            case "confirming": return bench.Start(Fixture6.Memory(Fixture6.Lease()));
            case "declining": return bench.Bind().Step(new Dhcp6Input.AddressDuplicate(Fixture6.L));
            case "informationBound": return bench.Start().Run(1).Take(Fixture6.Empty());
            default: return bench.Start();
        }
    }

    [Fact]
    public void Release_WithoutALink_RemovesAndEnds()
    {
        Machine6Bench bench = new Machine6Bench().Bind().Step(new Dhcp6Input.LinkUnusable("down")).Step(new Dhcp6Input.Command(DhcpCommand.Release));
        Assert.Equal(("stopped", 0, 0), (bench.State, bench.Configured.Count, bench.Sent.Count));
        Assert.True(Assert.Single(bench.Effects.OfType<Dhcp6Effect.CommandDone>()).Succeeded);
        // Under way when the link goes: over.
        bench = new Machine6Bench().Bind().Step(new Dhcp6Input.Command(DhcpCommand.Release)).Step(new Dhcp6Input.LinkUnusable("down"));
        Assert.Equal("stopped", bench.State);
    }

    [Fact(DisplayName = "AC-5 renew and rebind ask at once, and are answered by the REPLY")]
    public void Commands_OnALease_AskAtOnce()
    {
        foreach (DhcpCommand command in new[] { DhcpCommand.Renew, DhcpCommand.Rebind })
        {
            Machine6Bench bench = new Machine6Bench().Bind().After(10).Step(new Dhcp6Input.Command(command));
            Assert.Equal(command == DhcpCommand.Renew ? Dhcp6MessageType.Renew : Dhcp6MessageType.Rebind, Assert.Single(bench.Sent).Type);
            Assert.Empty(bench.Effects.OfType<Dhcp6Effect.CommandDone>());
            bench.Take(Fixture6.Reply());
            Assert.Equal(new Dhcp6Effect.CommandDone(command, true, null), Assert.Single(bench.Effects.OfType<Dhcp6Effect.CommandDone>()));
        }
        Machine6Bench none = new Machine6Bench().Start().Step(new Dhcp6Input.Command(DhcpCommand.Renew));
        Assert.Equal(new Dhcp6Effect.CommandDone(DhcpCommand.Renew, false, "there is no lease; 'acquire' asks for one"), Assert.Single(none.Effects.OfType<Dhcp6Effect.CommandDone>()));
        none.Step(new Dhcp6Input.Command(DhcpCommand.Acquire)).Step(new Dhcp6Input.Stop(false));
        Assert.Equal(new Dhcp6Effect.CommandDone(DhcpCommand.Acquire, false, "stopped"), none.Effects.OfType<Dhcp6Effect.CommandDone>().Last());
    }

    [Fact(DisplayName = "AT-5 an address removed by others is put back once in 10 s, three times, then the lease is lost")]
    public void Address_RemovedByOthers_IsPutBackSeldom()
    {
        Machine6Bench bench = new Machine6Bench().Bind(Fixture6.Empty().IaNa(3000, 4800, (Fixture6.L, 6000, 9000)));
        double start = bench.Seconds;
        for (int i = 0; i < 60 && bench.Client.Lease is not null; i++) bench.Step(new Dhcp6Input.AddressRemoved(Fixture6.L)).After(0.9);
        Assert.Equal(3, bench.Effects.OfType<Dhcp6Effect.Configure>().Count());
        Assert.Single(bench.Told("leaseLost"));
        Assert.Equal(("waiting", "another program removes the addresses"), (bench.State, bench.Client.Why));
        Assert.InRange(bench.Seconds - start, 20, 40);
    }

    [Fact]
    public void Renewal_ThatPutsAnAddressBack_IsTheEndOfIt()
    {
        Machine6Bench bench = new Machine6Bench().Bind();
        bench.Step(new Dhcp6Input.AddressRemoved(Fixture6.L)).After(1).Step(new Dhcp6Input.AddressRemoved(Fixture6.L));
        Assert.Equal("an address of the lease was removed by another program; put back in 9 s", bench.Client.WhyAt(bench.Now));
        bench.Step(new Dhcp6Input.Command(DhcpCommand.Renew)).Take(Fixture6.Reply());
        Assert.Null(bench.Client.WhyAt(bench.Now));
        int configured = bench.Effects.OfType<Dhcp6Effect.Configure>().Count();
        bench.After(100);
        Assert.Equal(configured, bench.Effects.OfType<Dhcp6Effect.Configure>().Count());
    }

    [Fact]
    public void Configuration_ThatFails_IsTriedAgainLater()
    {
        Machine6Bench bench = new Machine6Bench().Bind().Step(new Dhcp6Input.ConfigurationFailed("no buffer space"));
        Assert.Equal(("waiting", "the lease could not be configured: no buffer space"), (bench.State, bench.Client.Why));
        bench.After(9.9);
        Assert.Empty(bench.Sent);
        bench.After(0.2);
        Assert.Equal(Dhcp6MessageType.Solicit, Assert.Single(bench.Sent).Type);
    }
}
