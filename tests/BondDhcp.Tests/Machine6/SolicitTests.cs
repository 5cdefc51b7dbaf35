using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Machine6;

public class SolicitTests
{
    [Fact(DisplayName = "A6-1 SOLICIT: elapsed time 0, the options wanted, an empty IA_NA; no server, no rapid commit")]
    public void Solicit_First_HasWhatTheRfcWants()
    {
        Dhcp6Transmission solicit = new Machine6Bench().Start().Last.Message;
        Assert.Equal((Dhcp6MessageType.Solicit, (ushort)0, null, false), (solicit.Type, solicit.ElapsedCentiseconds, solicit.ServerIdentifier, solicit.RapidCommit));
        Assert.Equal([23, 24, 56, 82, 31, 41, 42, 103, 144], solicit.OptionRequest.AsEnumerable());
        Assert.Equal(Fixture6.Iaid, Assert.Single(solicit.IaNas).Iaid);
        Assert.Empty(solicit.IaNas[0].Addresses);
        Assert.Empty(solicit.IaPds);
        Assert.True(new Machine6Bench(settings => settings with { RapidCommit = true }).Start().Last.Message.RapidCommit);
    }

    [Fact(DisplayName = "A6-42 prefix delegation: an IA_PD with the length wanted, option 67 asked for")]
    public void Solicit_WithPrefixDelegation_HintsTheLength()
    {
        Dhcp6Transmission solicit = new Machine6Bench(settings => settings with { PrefixLengthHint = 60 }).Start().Last.Message;
        Assert.Equal(Ipv6Prefix.Parse("::/60"), Assert.Single(Assert.Single(solicit.IaPds).Prefixes));
        Assert.Contains((ushort)67, solicit.OptionRequest);
    }

    [Fact(DisplayName = "A6-3 the first SOLICIT waits 0 to 1 s; none before the link-local address is there")]
    public void Solicit_First_IsDelayed()
    {
        foreach ((EntropySource entropy, double delay) in new (EntropySource, double)[] { (ScriptedEntropy.Min(), 0), (ScriptedEntropy.Middle(), 0.5), (ScriptedEntropy.Max(), 1) })
        {
            Machine6Bench bench = new Machine6Bench(settings => settings with { DelayFirstSolicit = true }, entropy).Start().Run(10);
            Close.To(delay, bench.Sent[0].Seconds);
            Assert.Equal((ushort)0, bench.Sent[0].Message.ElapsedCentiseconds);
        }
        Machine6Bench waiting = new Machine6Bench().Start(linkLocal: false).Run(100);
        Assert.Equal(("waiting", "no link-local address yet"), (waiting.State, waiting.Client.Why));
        Assert.Empty(waiting.Sent);
        waiting.Step(new Dhcp6Input.LinkLocalReady(Fixture6.LinkLocal));
        Assert.Equal(100, Assert.Single(waiting.Sent).Seconds);
        // Nobody has another hardware address of ours: neighbours are told after the server.
        Dhcp6Effect[] packets = [.. waiting.Effects.Where(effect => effect is Dhcp6Effect.Transmit or Dhcp6Effect.Announce or Dhcp6Effect.SolicitRouters)];
        Assert.Equal([typeof(Dhcp6Effect.Transmit), typeof(Dhcp6Effect.Announce), typeof(Dhcp6Effect.SolicitRouters)], packets.Select(effect => effect.GetType()));

        // Whoever has been asked before may have one.
        Machine6Bench asked = new Machine6Bench().Start().Run(10);
        Assert.NotEmpty(asked.Sent);
        asked.Forget().FailOver();
        packets = [.. asked.Effects.Where(effect => effect is Dhcp6Effect.Transmit or Dhcp6Effect.Announce)];
        Assert.Equal([typeof(Dhcp6Effect.Announce), typeof(Dhcp6Effect.Transmit)], packets.Select(effect => effect.GetType()));

        waiting = new Machine6Bench().Start(usable: false).Run(100);
        Assert.Equal(("waiting", "no carrier"), (waiting.State, waiting.Client.Why));
        Assert.Empty(waiting.Sent);
        waiting.Step(new Dhcp6Input.LinkUsable(PathClass.Unknown));
        Assert.Equal(Dhcp6MessageType.Solicit, Assert.Single(waiting.Sent).Type);
    }

    [Fact(DisplayName = "A6-4 gaps of SOLICITs, in their windows")]
    public void Solicit_Unanswered_IsRepeatedByTheTable()
    {
        double[][] gaps = [.. Sources().Select(entropy => new Machine6Bench(entropy: entropy).Start().Run(60_000).Gaps)];
        (double Low, double High)[] windows = [(1, 1.1), (1.9, 2.31), (3.61, 4.85), (6.86, 10.19), (13.0, 21.4), (24.7, 44.93), (47, 94.35)];
        foreach (double[] of in gaps)
        {
            for (int i = 0; i < windows.Length; i++) Close.Within(windows[i].Low, windows[i].High, of[i]);
            Assert.True(of[0] > 1, $"RAND of the first SOLICIT is above 0, but RT is {of[0]}");
            Close.Within(3240, 3960, of[^1]);
        }
        // The windows are reached, to a hundredth.
        Assert.True(gaps[0][0] < 1.001 && gaps[1][0] > 1.099 && gaps[0][1] < 1.91 && gaps[1][1] > 2.30);
        // Uniform: the middle is in the middle.
        Close.To(1.05, gaps[2][0]);
    }

    [Fact(DisplayName = "A6-4 the first RAND is above 0 even where the random number is 0")]
    public void Solicit_WithRandomnessOfZero_WaitsLongerThanIrt()
    {
        uint next = 0;
        Machine6Bench bench = new Machine6Bench(entropy: ScriptedEntropy.From(() => next++ == 0 ? 1u : 0u)).Start();
        Assert.True(bench.Client.NextDeadline > Instant.FromSeconds(1));
    }

    [Fact(DisplayName = "A6-5 one xid in all retransmissions; elapsed time in hundredths, saturating")]
    public void Solicit_Repeated_KeepsItsXid()
    {
        Machine6Bench bench = new Machine6Bench().Start().Run(2000);
        Assert.Single(bench.Sent.Select(sent => sent.Xid).Distinct());
        foreach (Sent6Message sent in bench.Sent)
            Assert.Equal(Math.Min((int)(sent.Seconds * 100 + 1e-6), ushort.MaxValue), sent.Message.ElapsedCentiseconds);
        Assert.Equal(ushort.MaxValue, bench.Last.Message.ElapsedCentiseconds);
        Assert.True(bench.Last.Seconds > 655.35);
    }

    [Fact(DisplayName = "A6-6 a new xid, of 24 bits and not 0, for every new message")]
    public void Exchanges_EachNew_HaveTheirOwnXid()
    {
        Machine6Bench bench = new Machine6Bench().Bind().Run(2000);
        uint[] xids = [.. bench.Sent.GroupBy(sent => sent.Type).Select(group => group.First().Xid)];
        Assert.Equal([Dhcp6MessageType.Renew, Dhcp6MessageType.Rebind, Dhcp6MessageType.Solicit], bench.Sent.Select(sent => sent.Type).Distinct());
        Assert.Equal(3, xids.Distinct().Count());
        Assert.All(bench.Sent, sent => Assert.InRange(sent.Xid, 1u, 0xff_ffffu));

        bench = new Machine6Bench().Request().Take(Fixture6.Empty().IaNa(300, 480, (Fixture6.L, 600, 900), (Fixture6.L2, 600, 900)));
        bench.Step(new Dhcp6Input.AddressDuplicate(Fixture6.L2)).FailOver().After(3).Step(new Dhcp6Input.Command(DhcpCommand.Release));
        AssertOneXidEach(bench, Dhcp6MessageType.Solicit, Dhcp6MessageType.Request, Dhcp6MessageType.Decline, Dhcp6MessageType.Confirm, Dhcp6MessageType.Release);

        // Beside a SOLICIT that finds nothing; and by itself, for each time that it is asked for again.
        bench = new Machine6Bench(settings => settings with { PrefixLengthHint = 56 }).Start();
        bench.Take(Fixture6.Offer().IaNa(Dhcp6StatusCode.NoAddrsAvail).IaPd(Dhcp6StatusCode.NoPrefixAvail)).Run(6);
        AssertOneXidEach(bench, Dhcp6MessageType.Solicit, Dhcp6MessageType.InformationRequest);
        bench = new Machine6Bench(settings => settings with { Mode = Dhcp6Mode.Stateless }).Start().Run(2).Take(Fixture6.Empty().Dns(Fixture6.Dns)).Run(86_403);
        Assert.Equal(2, bench.Sent.Select(sent => sent.Xid).Distinct().Count());
        Assert.All(bench.Sent, sent => Assert.Equal(Dhcp6MessageType.InformationRequest, sent.Type));

        // A source stuck at 0 still gives one.
        bench = new Machine6Bench(entropy: ScriptedEntropy.From(() => 0)).Request();
        Assert.Equal([1u, 2u], bench.Sent.Select(sent => sent.Xid));
    }

    private static void AssertOneXidEach(Machine6Bench bench, params Dhcp6MessageType[] types)
    {
        Assert.Equal(types, bench.Sent.Select(sent => sent.Type).Distinct());
        Assert.Equal(types.Length, bench.Sent.Select(sent => (sent.Type, sent.Xid)).Distinct().Count());
        Assert.Equal(types.Length, bench.Sent.Select(sent => sent.Xid).Distinct().Count());
    }

    [Fact(DisplayName = "A6-7 preference 255: REQUEST at once")]
    public void Advertise_OfHighestPreference_IsTakenAtOnce()
    {
        Machine6Bench bench = new Machine6Bench().Start().Run(0.1).Take(Fixture6.Advertise(Fixture6.Server2)).Run(0.2);
        bench.Take(Fixture6.Advertise(preference: 255));
        Assert.Equal((0.2, Dhcp6MessageType.Request, Fixture6.Server), (bench.Last.Seconds, bench.Last.Type, bench.Last.Message.ServerIdentifier));
        Assert.Equal("requesting", bench.State);
    }

    [Fact(DisplayName = "A6-8 others are collected until the first RT is over; then the highest preference is asked")]
    public void Advertises_WithinTheFirstTimeout_AreCompared()
    {
        Machine6Bench bench = new Machine6Bench().Start().Run(0.2).Take(Fixture6.Advertise()).Run(0.9);
        bench.Take(Fixture6.Advertise(Fixture6.Server2, Fixture6.L2, preference: 10));
        Assert.Single(bench.Sent);
        bench.Run(1.2);
        Close.Within(1.0, 1.1, bench.Last.Seconds);
        Assert.Equal((Dhcp6MessageType.Request, Fixture6.Server2), (bench.Last.Type, bench.Last.Message.ServerIdentifier));
        Assert.Equal(Fixture6.L2, Assert.Single(Assert.Single(bench.Last.Message.IaNas).Addresses));
    }

    [Fact]
    public void Advertises_OfOnePreference_GoByWhatTheyHoldThenByTheServerKnown()
    {
        static Machine6Bench Bench(Dhcp6Memory memory) => new Machine6Bench(settings => settings with { PrefixLengthHint = 56 }).Start(memory);
        // More complete than the first to answer.
        Machine6Bench bench = Bench(Dhcp6Memory.Empty).Take(Fixture6.Advertise());
        bench.Take(Fixture6.Advertise(Fixture6.Server2).IaPd(300, 480, (Fixture6.P, 600, 900))).Run(1.2);
        Assert.Equal(Fixture6.Server2, bench.Last.Message.ServerIdentifier);
        Assert.Equal(Fixture6.P, Assert.Single(Assert.Single(bench.Last.Message.IaPds).Prefixes));
        // Equal: the server of the lease before, although that has ended.
        bench = Bench(Fixture6.Memory(Fixture6.Lease(-10_000, server: Fixture6.Server3))).Take(Fixture6.Advertise()).Take(Fixture6.Advertise(Fixture6.Server3)).Run(1.2);
        Assert.Equal(Fixture6.Server3, bench.Last.Message.ServerIdentifier);
        Assert.Equal(Ipv6Prefix.Parse("::/56"), Assert.Single(Assert.Single(bench.Last.Message.IaPds).Prefixes));
        // Equal in all: the first.
        bench = Bench(Dhcp6Memory.Empty).Take(Fixture6.Advertise(Fixture6.Server2)).Take(Fixture6.Advertise()).Run(1.2);
        Assert.Equal(Fixture6.Server2, bench.Last.Message.ServerIdentifier);
    }

    [Fact(DisplayName = "A6-9 an ADVERTISE after the first RT: REQUEST at once")]
    public void Advertise_AfterTheFirstTimeout_IsTakenAtOnce()
    {
        Machine6Bench bench = new Machine6Bench().Start().Run(5).Take(Fixture6.Advertise());
        Assert.Equal((5, Dhcp6MessageType.Request), (bench.Last.Seconds, bench.Last.Type));
    }

    [Fact(DisplayName = "A6-10 an ADVERTISE without our DUID, with another's, without a server, or with another xid is dropped")]
    public void Advertise_ThatIsNotOurs_IsDropped()
    {
        Machine6Bench bench = new Machine6Bench().Start();
        Reply6Message With(Duid? client, Duid? server) =>
            new Reply6Message(Dhcp6MessageType.Advertise, bench.Last.Xid, client, server).IaNa(300, 480, (Fixture6.L, 600, 900));
        Assert.Equal(Dhcp6DropReason.ClientIdentifier, bench.Receive(With(null, Fixture6.Server)));
        Assert.Equal(Dhcp6DropReason.ClientIdentifier, bench.Receive(With(Fixture6.Server, Fixture6.Server)));
        Assert.Equal(Dhcp6DropReason.ServerIdentifier, bench.Receive(With(Fixture6.Client, null)));
        Assert.Equal(Dhcp6DropReason.Xid, bench.Receive(Fixture6.Advertise(xid: bench.Last.Xid + 1)));
        bench.Run(5);
        Assert.Equal("soliciting", bench.State);
    }

    [Fact(DisplayName = "A6-11 an ADVERTISE of nothing is not taken, but its SOL_MAX_RT is; the timer goes on")]
    public void Advertise_OfNothing_CountsForItsLimitAlone()
    {
        Machine6Bench bench = new Machine6Bench().Start().Run(0.5);
        Instant due = bench.Client.NextDeadline;
        bench.Take(Fixture6.Offer().IaNa(Dhcp6StatusCode.NoAddrsAvail).Seconds(82, 7200));
        Assert.Equal(due, bench.Client.NextDeadline);
        Assert.Equal(TimeSpan.FromSeconds(7200), bench.Client.SolMaxRt);
        Assert.Equal("NoAddrsAvail", Assert.Single(bench.Told("refused")).Fields.Single(field => field.Name == "status").Value);
        bench.Run(100_000);
        Assert.Equal("soliciting", bench.State);
        Close.Within(6480, 7920, bench.Gaps[^1]);
        // A status of the whole message is as good as nothing.
        bench = new Machine6Bench().Start().Take(Fixture6.Advertise().Status(Dhcp6StatusCode.UnspecFail)).Run(1.2);
        Assert.Equal("soliciting", bench.State);
    }

    [Fact(DisplayName = "A6-12 SOL_MAX_RT outside 60 to 86400 is ignored; where two disagree it is the default")]
    public void SolMaxRt_OutsideOrDisagreed_IsNotTaken()
    {
        static TimeSpan After(params uint[] seconds)
        {
            Machine6Bench bench = new Machine6Bench().Start();
            foreach (uint one in seconds) bench.Take(Fixture6.Offer().IaNa(Dhcp6StatusCode.NoAddrsAvail).Seconds(82, one));
            return bench.Client.SolMaxRt;
        }
        Assert.Equal(3600, After(59).TotalSeconds);
        Assert.Equal(3600, After(86401).TotalSeconds);
        Assert.Equal(60, After(60).TotalSeconds);
        Assert.Equal(86400, After(86400, 86400).TotalSeconds);
        Assert.Equal(3600, After(7200, 600).TotalSeconds);
        Assert.Equal(3600, After(7200, 600, 7200).TotalSeconds);
    }

    [Fact(DisplayName = "A6-13 rapid commit: REPLY with option 14, without it, and an ADVERTISE")]
    public void RapidCommit_TakesAReplyThatHasIt()
    {
        static Machine6Bench Bench() => new Machine6Bench(settings => settings with { RapidCommit = true }).Start().Run(0.1);
        Machine6Bench bench = Bench().Take(Fixture6.Reply().Option(14));
        Assert.Equal("bound", bench.State);
        Assert.True(bench.IsConfigured(Fixture6.L));
        bench = Bench();
        Assert.Equal(Dhcp6DropReason.RapidCommit, bench.Receive(Fixture6.Reply()));
        Assert.Equal("soliciting", bench.State);
        bench.Take(Fixture6.Advertise()).Run(1.2);
        Assert.Equal("requesting", bench.State);
        // It gives nothing: the search goes on.
        bench = Bench().Take(Fixture6.Empty().Option(14).IaNa(Dhcp6StatusCode.NoAddrsAvail));
        Assert.Equal("soliciting", bench.State);
        // Not asked for.
        bench = new Machine6Bench().Start();
        Assert.Equal(Dhcp6DropReason.RapidCommit, bench.Receive(Fixture6.Reply().Option(14)));
    }

    [Fact(DisplayName = "AX-8 a flood of ADVERTISEs: 16 are kept, the others counted")]
    public void Advertises_InNumbers_AreBounded()
    {
        Machine6Bench bench = new Machine6Bench().Start();
        for (int i = 0; i < 1000; i++)
        {
            Assert.True(Duid.TryCreate([0, 3, 0, 1, 2, 0, 0, 0, (byte)(i >> 8), (byte)i], out Duid? server));
            Assert.Equal(i < 16 ? Dhcp6DropReason.None : Dhcp6DropReason.TooManyAdvertises, bench.Receive(Fixture6.Advertise(server)));
        }
        // The same server again takes its own place.
        bench.Take(Fixture6.Advertise(preference: 255));
        Assert.Equal(Fixture6.Server, bench.Last.Message.ServerIdentifier);
    }

    [Fact(DisplayName = "A6-36 100 forced restarts in 20 s: at most 20 messages in any 20 s, none lost")]
    public void Restarts_InNumbers_AreDelayed()
    {
        // Each start is another client, as it is in the daemon: what the one before it sent counts on.
        Machine6Bench bench = new Machine6Bench(settings => settings with { RateLimitMessages = 12 }).Start();
        for (int i = 0; i < 100; i++) bench.Restart().After(0.2);
        AssertAtMost(12, 20, bench.Times);
        int sent = bench.Sent.Count;
        bench.After(60);
        Assert.True(bench.Sent.Count > sent);
        AssertAtMost(12, 20, bench.Times);

        // With a lease they are CONFIRMs, here without their delay.
        bench = new Machine6Bench(entropy: ScriptedEntropy.Min()).Bind();
        for (int i = 0; i < 100; i++) bench.Restart().After(0.2);
        Assert.NotEmpty(bench.Sent);
        Assert.All(bench.Sent, one => Assert.Equal(Dhcp6MessageType.Confirm, one.Type));
        AssertAtMost(20, 20, bench.Times);
        bench.After(60);
        Assert.Equal("bound", bench.State);

        // Over another path each time, so that the limit of the interface is the only one.
        bench = new Machine6Bench().Start();
        for (int i = 0; i < 100; i++)
        {
            bench.Surroundings = bench.Surroundings with { PathIndex = 2 + i % 4 };
            bench.Restart().After(0.2);
        }
        AssertAtMost(20, 20, bench.Times);
        Assert.Equal(20, bench.Sent.Count(one => one.Seconds < 20));
    }

    private static void AssertAtMost(int count, double seconds, double[] times)
    {
        foreach (double from in times) Assert.InRange(times.Count(at => at >= from && at < from + seconds - 1e-6), 0, count);
    }

    [Fact]
    public void Servers_NotAllowed_AreNotHeard()
    {
        Machine6Bench bench = new Machine6Bench(settings => settings with { RequireServers = [Fixture6.Server2] }).Start();
        Assert.Equal(Dhcp6DropReason.ServerNotAllowed, bench.Receive(Fixture6.Advertise()));
        bench.Take(Fixture6.Advertise(Fixture6.Server2));
        bench = new Machine6Bench(settings => settings with { RejectServers = [Fixture6.Server] }).Start();
        Assert.Equal(Dhcp6DropReason.ServerNotAllowed, bench.Receive(Fixture6.Advertise()));
    }

    private static IEnumerable<EntropySource> Sources() => [ScriptedEntropy.Min(), ScriptedEntropy.Max(), ScriptedEntropy.Middle()];
}
