using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Machine;

[Collection(Alone.Name)]
public class FloodTests
{
    [Fact(DisplayName = "AX-8 a million different OFFERs: memory constant within 1 MiB")]
    public void Offers_AMillion_TakeNoMemory()
    {
        const int count = 1_000_000, round = count / 5;
        EntropySource entropy = ScriptedEntropy.Middle();
        var surroundings = new Dhcp4Surroundings { Mac = Fixture.A };
        var reception = new Dhcp4Reception(1, Fixture.GatewayMac, false, 0);
        var effects = new List<Dhcp4Effect>();
        Dhcp4Client client = Dhcp4Client
            .Create(new Dhcp4Settings { ClientIdentifier = Fixture.ClientIdentifier, OfferWait = TimeSpan.FromSeconds(60) })
            .Step(new Dhcp4Input.Start(Dhcp4Memory.Empty, false, true), surroundings, Instant.Zero, entropy, effects);
        byte[] offer = Fixture.Offer(((Dhcp4Effect.Transmit)effects.Last(effect => effect is Dhcp4Effect.Transmit)).Message.Xid, Fixture.A).ToOctets();

        // The process's memory is that of the test runner too, which writes down what other tests said: a growth of the client's would
        // be in every round, and so in the least.
        long before = 0, leastGrowth = long.MaxValue;
        int tooMany = 0;
        for (int i = 0; i < count; i++)
        {
            // The kept ones are there before the first measurement.
            if (i == 1000) before = GC.GetTotalMemory(forceFullCollection: true);
            else if (i > 0 && i % round == 0) Measure();
            // Another address and another server each time; the server identifier is the first option after 53.
            Ipv4Address.Parse("10.0.0.10").CopyTo(offer.AsSpan(16));
            offer[17] = (byte)(i >> 16);
            offer[18] = (byte)(i >> 8);
            offer[247] = (byte)(i % 250 + 1);
            effects.Clear();
            Assert.Equal(Dhcp4DropReason.None, Dhcp4MessageView.TryParse(offer, out Dhcp4MessageView view));
            client = client.Receive(view, reception, surroundings, Instant.FromSeconds(1), entropy, effects, out Dhcp4DropReason dropped);
            if (dropped == Dhcp4DropReason.TooManyOffers) tooMany++;
        }
        Measure();

        Assert.Equal(count - Dhcp4Acquisition.MaxOffers, tooMany);
        Assert.Equal("selecting", client.StateName);
        Assert.InRange(leastGrowth, long.MinValue, (1 << 20) / (count / round));

        void Measure()
        {
            long now = GC.GetTotalMemory(forceFullCollection: true);
            leastGrowth = Math.Min(leastGrowth, now - before);
            before = now;
        }
    }

    [Fact(DisplayName = "AX-12 a rogue server that offers and refuses at once: DISCOVERs slow down")]
    public void Naks_WithoutEnd_BoundTheDiscovers()
    {
        MachineBench bench = new MachineBench(entropy: ScriptedEntropy.Seeded(12)).Start();
        int discovers = 0;
        while (bench.Seconds < 600)
        {
            if (bench.State == "selecting") bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A));
            // The same NAK a hundred times over: only the first one is an answer.
            ReplyMessage nak = Fixture.Nak(bench.Last.Xid, Fixture.A);
            for (int i = 0; i < 100; i++) bench.Receive(nak);
            bench.Run(Math.Min(600, bench.Client.NextDeadline.Seconds));
            discovers = bench.Sent.Count(sent => sent.Message.Type == Dhcp4MessageType.Discover);
        }
        // 0, 1, 2, 4, 8, 16, 32 s, then one a minute.
        Assert.InRange(discovers, 8, 18);
        foreach (SentMessage sent in bench.Sent)
            Assert.InRange(bench.Sent.Count(other => other.Seconds >= sent.Seconds && other.Seconds < sent.Seconds + 60), 1, 20);
    }

    [Fact(DisplayName = "AX-12 a flood of NAKs for our transaction while REQUESTING is one refusal")]
    public void Naks_WhileRequesting_CountOnce()
    {
        MachineBench bench = new MachineBench().Start();
        uint xid = bench.Last.Xid;
        bench.Take(Fixture.Offer(xid, Fixture.A)).Forget();
        for (int i = 0; i < 10_000; i++) bench.Receive(Fixture.Nak(xid, Fixture.A));
        Assert.Equal(Dhcp4MessageType.Discover, Assert.Single(bench.Sent).Message.Type);
        Assert.Equal(1, bench.Client.Refusals);
    }
}
