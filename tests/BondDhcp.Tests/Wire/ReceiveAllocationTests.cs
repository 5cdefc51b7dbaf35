using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Wire;

/// <summary>Everything on a shared segment passes through the first steps of reception: they allocate nothing.</summary>
public class ReceiveAllocationTests
{
    private const int Rounds = 1000;

    private static readonly Dhcp4Reception Reception = new(1, Fixture.GatewayMac, false, 0);

    private static long AllocatedBy(Action action)
    {
        // Twice before: what is made once, and what the runtime makes of code it has seen.
        action();
        action();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++) action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    [Fact(DisplayName = "AP-14 reading a packet down to its options allocates nothing")]
    public void Packet_Read_AllocatesNothing()
    {
        byte[] packet = WireMessage.Offer().ToPacket();
        long sum = 0;
        Assert.Equal(0, AllocatedBy(() =>
        {
            if (Ipv4Udp.TryParse(packet, Reception, out Ipv4UdpDatagram datagram) != Dhcp4DropReason.None) throw new InvalidOperationException();
            if (Dhcp4MessageView.TryParse(datagram.Payload, out Dhcp4MessageView view) != Dhcp4DropReason.None) throw new InvalidOperationException();
            if (!view.TryGetOption(54, out ReadOnlySpan<byte> server)) throw new InvalidOperationException();
            sum += server.Length + view.Xid + view.Yiaddr.Value + (long)view.Chaddr.Value;
            Dhcp4OptionWalker walker = view.Fragments;
            while (walker.MoveNext()) sum += walker.Code + walker.Data.Length;
        }));
        Assert.NotEqual(0, sum);
    }

    [Theory(DisplayName = "AP-14 a reply that is not ours is dropped by the client without an allocation")]
    [InlineData("xid", Dhcp4DropReason.Xid)]
    [InlineData("chaddr", Dhcp4DropReason.Chaddr)]
    [InlineData("clientId", Dhcp4DropReason.ClientIdentifier)]
    [InlineData("forceRenew", Dhcp4DropReason.ForceRenew)]
    [InlineData("server", Dhcp4DropReason.ServerIdentifier)]
    public void Reply_OfAnother_IsDroppedWithoutAllocation(string what, Dhcp4DropReason expected)
    {
        var surroundings = new Dhcp4Surroundings { Mac = Fixture.A, HostMacs = [Fixture.A] };
        var effects = new List<Dhcp4Effect>();
        ScriptedEntropy entropy = ScriptedEntropy.Seeded(1);
        Dhcp4Client client = Dhcp4Client.Create(new Dhcp4Settings { ClientIdentifier = Fixture.ClientIdentifier })
            .Step(new Dhcp4Input.Start(Dhcp4Memory.Empty, false, true), surroundings, Instant.Zero, entropy, effects);
        for (double at = 1; !effects.OfType<Dhcp4Effect.Transmit>().Any() && at < 20; at++)
            client = client.Step(Dhcp4Input.DeadlineReached.Instance, surroundings, Instant.FromSeconds(at), entropy, effects);
        uint xid = effects.OfType<Dhcp4Effect.Transmit>().First().Message.Xid;

        WireMessage message = WireMessage.Offer().With(m => m.Xid = xid);
        switch (what)
        {
            case "xid": message.Xid++; break;
            case "chaddr": message.Chaddr = Fixture.B; break;
            case "clientId": message.Add(61, "01020000000a0b"); break;
            case "forceRenew": message.Set(53, "09"); break;
            case "server": message.Set(54, "00000000"); break;
        }
        byte[] packet = message.ToPacket();
        effects.Clear();
        Assert.Equal(0, AllocatedBy(() =>
        {
            if (Ipv4Udp.TryParse(packet, Reception, out Ipv4UdpDatagram datagram) != Dhcp4DropReason.None) throw new InvalidOperationException();
            if (Dhcp4MessageView.TryParse(datagram.Payload, out Dhcp4MessageView view) != Dhcp4DropReason.None) throw new InvalidOperationException();
            Dhcp4Client next = client.Receive(view, Reception, surroundings, Instant.FromSeconds(30), entropy, effects, out Dhcp4DropReason reason);
            if (reason != expected || !ReferenceEquals(next, client)) throw new InvalidOperationException($"{reason}");
        }));
    }

    [Fact(DisplayName = "AP-14 packets that are no reply are dropped without an allocation")]
    public void Packet_ThatIsNoReply_IsDroppedWithoutAllocation()
    {
        byte[][] packets =
        [
            WireMessage.Offer().ToPacket(67),
            WireMessage.Offer().With(m => m.Op = 1).ToPacket(),
            WireMessage.Offer().With(m => m.Cookie = 0).ToPacket(),
            WireMessage.Offer().With(m => (m.Tail, m.LeastLength) = ([9, 9], 0)).ToPacket(),
            WireMessage.Offer().ToPacket()[..200],
        ];
        int dropped = 0;
        Assert.Equal(0, AllocatedBy(() =>
        {
            foreach (byte[] packet in packets)
                if (WireReading.ReasonOf(packet) != Dhcp4DropReason.None) dropped++;
        }));
        Assert.Equal(packets.Length * (Rounds + 2), dropped);
    }
}
