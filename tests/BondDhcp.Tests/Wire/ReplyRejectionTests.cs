using System.Buffers.Binary;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Wire;

/// <summary>What is not taken, and under which name it is counted.</summary>
public class ReplyRejectionTests
{
    private static readonly Dhcp4Surroundings Surroundings = new() { Mac = Fixture.A, HostMacs = [Fixture.A] };
    private static readonly Dhcp4Reception Reception = new(0, Fixture.GatewayMac, false, 0);

    /// <summary>A client that has sent its DHCPDISCOVER, and the xid of it.</summary>
    private static (Dhcp4Client Client, uint Xid) Selecting()
    {
        var effects = new List<Dhcp4Effect>();
        Dhcp4Client client = Dhcp4Client.Create(new Dhcp4Settings { ClientIdentifier = Fixture.ClientIdentifier })
            .Step(new Dhcp4Input.Start(Dhcp4Memory.Empty, false, true), Surroundings, Instant.Zero, ScriptedEntropy.Seeded(1), effects);
        for (double at = 1; !effects.OfType<Dhcp4Effect.Transmit>().Any() && at < 20; at++)
            client = client.Step(Dhcp4Input.DeadlineReached.Instance, Surroundings, Instant.FromSeconds(at), ScriptedEntropy.Seeded(1), effects);
        return (client, effects.OfType<Dhcp4Effect.Transmit>().First().Message.Xid);
    }

    /// <summary>The reason under which the whole way, from IP header to client, drops a packet; the client is untouched then.</summary>
    private static Dhcp4DropReason Deliver(Func<uint, WireMessage> make)
    {
        (Dhcp4Client client, uint xid) = Selecting();
        Dhcp4DropReason reason = Ipv4Udp.TryParse(make(xid).ToPacket(), Reception, out Ipv4UdpDatagram datagram);
        if (reason != Dhcp4DropReason.None) return reason;
        reason = Dhcp4MessageView.TryParse(datagram.Payload, out Dhcp4MessageView view);
        if (reason != Dhcp4DropReason.None) return reason;
        var effects = new List<Dhcp4Effect>();
        Dhcp4Client next = client.Receive(
            view, Reception, Surroundings, Instant.FromSeconds(20), ScriptedEntropy.Seeded(2), effects, out reason);
        if (reason != Dhcp4DropReason.None)
        {
            Assert.Same(client, next);
            Assert.Empty(effects);
        }
        return reason;
    }

    [Fact(DisplayName = "A4-28 the OFFER itself is taken")]
    public void Offer_AsItShouldBe_IsTaken() =>
        Assert.Equal(Dhcp4DropReason.None, Deliver(xid => WireMessage.Offer().With(m => m.Xid = xid)));

    [Theory(DisplayName = "A4-28 one wrong header field: dropped under its own name, deadlines untouched")]
    [InlineData("op", Dhcp4DropReason.Op)]
    [InlineData("htype", Dhcp4DropReason.HardwareType)]
    [InlineData("hlen", Dhcp4DropReason.HardwareType)]
    [InlineData("xid+1", Dhcp4DropReason.Xid)]
    [InlineData("xid-1", Dhcp4DropReason.Xid)]
    [InlineData("chaddr", Dhcp4DropReason.Chaddr)]
    [InlineData("cookie", Dhcp4DropReason.Cookie)]
    public void Offer_WithOneWrongField_IsDropped(string field, Dhcp4DropReason expected) =>
        Assert.Equal(expected, Deliver(xid => WireMessage.Offer().With(message =>
        {
            message.Xid = xid;
            switch (field)
            {
                case "op": message.Op = 1; break;
                case "htype": message.Htype = 6; break;
                case "hlen": message.Hlen = 16; break;
                case "xid+1": message.Xid++; break;
                case "xid-1": message.Xid--; break;
                case "chaddr": message.Chaddr = Fixture.B; break;
                case "cookie": message.Cookie ^= 1; break;
            }
        })));

    [Fact(DisplayName = "A4-29 option 53 absent, empty, of two octets, or given twice: dropped")]
    public void Offer_WithoutOneMessageType_IsDropped()
    {
        Assert.Equal(Dhcp4DropReason.MessageType, WireReading.ReasonOf(WireMessage.Offer().Without(53)));
        Assert.Equal(Dhcp4DropReason.MessageType, WireReading.ReasonOf(WireMessage.Offer().Set(53, "")));
        Assert.Equal(Dhcp4DropReason.MessageType, WireReading.ReasonOf(WireMessage.Offer().Set(53, "0202")));
        Assert.Equal(Dhcp4DropReason.MessageType, WireReading.ReasonOf(WireMessage.Offer().Add(53, 2)));
        Assert.Equal(Dhcp4DropReason.MessageType, WireReading.ReasonOf(WireMessage.Offer().Set(53, "01")));
        Assert.Equal(Dhcp4DropReason.ForceRenew, WireReading.ReasonOf(WireMessage.Offer().Set(53, "09")));
    }

    [Theory(DisplayName = "A4-30 option 54 absent, malformed or not a server's address: dropped")]
    [InlineData(null)]
    [InlineData("c00002")]
    [InlineData("c000020100")]
    [InlineData("00000000")]
    [InlineData("7f000001")]
    [InlineData("e0000001")]
    [InlineData("ffffffff")]
    public void Reply_WithoutAServer_IsDropped(string? option54)
    {
        foreach (WireMessage message in (WireMessage[])[WireMessage.Offer(), WireMessage.Ack(), WireMessage.Nak()])
        {
            Assert.Equal(Dhcp4DropReason.None, WireReading.ReasonOf(message));
            message.Without(54);
            if (option54 is not null) message.Add(54, option54);
            Assert.Equal(Dhcp4DropReason.ServerIdentifier, WireReading.ReasonOf(message));
        }
    }

    [Theory(DisplayName = "A4-31 option 51 absent, 0 or malformed in OFFER and ACK: dropped")]
    [InlineData(null)]
    [InlineData("00000000")]
    [InlineData("000e10")]
    [InlineData("0000000e10")]
    public void Reply_WithoutALeaseTime_IsDropped(string? option51)
    {
        foreach (WireMessage message in (WireMessage[])[WireMessage.Offer(), WireMessage.Ack()])
        {
            message.Without(51);
            if (option51 is not null) message.Add(51, option51);
            Assert.Equal(Dhcp4DropReason.LeaseTime, WireReading.ReasonOf(message));
        }
    }

    [Theory(DisplayName = "A4-32 yiaddr that no host can have: dropped")]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("127.0.0.5")]
    [InlineData("224.0.0.9")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("192.0.2.0")]
    [InlineData("192.0.2.255")]
    [InlineData("192.0.2.1")]
    public void Offer_OfAnImpossibleAddress_IsDropped(string yiaddr)
    {
        Assert.Equal(Dhcp4DropReason.Yiaddr, WireReading.ReasonOf(WireMessage.Offer().With(m => m.Yiaddr = yiaddr)));
        Assert.Equal(Dhcp4DropReason.Yiaddr, WireReading.ReasonOf(WireMessage.Ack().With(m => m.Yiaddr = yiaddr)));
    }

    [Fact(DisplayName = "A4-32 an OFFER without an address is taken where option 108 or 116 says why, an ACK is not")]
    public void Offer_WithoutAddress_NeedsAReason()
    {
        Assert.Equal(1800u, WireReading.Accept(WireMessage.Offer().Add(108, "00000708").With(m => m.Yiaddr = "0.0.0.0")).Ipv6OnlyWaitSeconds);
        Assert.Equal((byte)0, WireReading.Accept(WireMessage.Offer().Add(116, 0).With(m => m.Yiaddr = "0.0.0.0")).AutoConfigure);
        Assert.Equal(Dhcp4DropReason.Yiaddr, WireReading.ReasonOf(WireMessage.Offer().Add(108, "0708").With(m => m.Yiaddr = "0.0.0.0")));
        Assert.Equal(Dhcp4DropReason.Yiaddr, WireReading.ReasonOf(WireMessage.Ack().Add(108, "00000708").With(m => m.Yiaddr = "0.0.0.0")));
    }

    [Theory(DisplayName = "A4-33 the netmask: holes are dropped, /31 and /32 have no broadcast address")]
    [InlineData("ff00ff00", Dhcp4DropReason.SubnetMask, 0, null)]
    [InlineData("00000000", Dhcp4DropReason.SubnetMask, 0, null)]
    [InlineData("ffff", Dhcp4DropReason.SubnetMask, 0, null)]
    [InlineData("ffffff00", Dhcp4DropReason.None, 24, "10.0.0.255")]
    [InlineData("fffffffe", Dhcp4DropReason.None, 31, null)]
    [InlineData("ffffffff", Dhcp4DropReason.None, 32, null)]
    public void Ack_WithMask_GivesThePrefix(string mask, Dhcp4DropReason expected, int length, string? broadcast)
    {
        WireMessage message = WireMessage.Ack().Set(1, mask).With(m => m.Yiaddr = "10.0.0.50");
        Assert.Equal(expected, WireReading.Read(message, out Dhcp4Reply? reply));
        if (expected != Dhcp4DropReason.None) return;
        Assert.Equal(length, reply!.PrefixLength);
        Assert.Equal(broadcast, reply.BroadcastAddress?.ToString());
    }

    [Fact(DisplayName = "A4-33 a missing mask is the class's, and is noted")]
    public void Ack_WithoutMask_TakesTheClass()
    {
        Dhcp4Reply reply = WireReading.Accept(WireMessage.Ack().Without(1).With(m => m.Yiaddr = "10.0.0.50"));
        Assert.Equal(8, reply.PrefixLength);
        Assert.Contains(reply.Notes, note => note.Contains("/8", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "A4-37 option 61 equal or absent: taken; another client's: dropped")]
    public void Offer_WithClientIdentifier_MustBeOurs()
    {
        Assert.Equal(Dhcp4DropReason.None, Deliver(xid => WireMessage.Offer().With(m => m.Xid = xid)));
        Assert.Equal(Dhcp4DropReason.None, Deliver(xid => WireMessage.Offer().Add(61, [.. Fixture.ClientIdentifier]).With(m => m.Xid = xid)));
        Assert.Equal(Dhcp4DropReason.ClientIdentifier, Deliver(xid => WireMessage.Offer().Add(61, "01020000000a0a").With(m => m.Xid = xid)));
        Assert.Equal(Dhcp4DropReason.ClientIdentifier, Deliver(xid => WireMessage.Offer().Add(61).With(m => m.Xid = xid)));
    }

    [Fact(DisplayName = "A4-40 lengths that contradict each other: dropped, V1, V3 and V11")]
    public void Packet_OfLyingLengths_IsDropped()
    {
        byte[] good = WireMessage.Offer().ToPacket();
        Assert.Equal(Dhcp4DropReason.None, WireReading.ReasonOf(good));

        Assert.Equal(Dhcp4DropReason.IpHeader, WireReading.ReasonOf(good.AsSpan(..^1)));
        Assert.Equal(Dhcp4DropReason.IpHeader, Changed(packet => packet[3]++));
        Assert.Equal(Dhcp4DropReason.IpHeader, Changed(packet => packet[0] = 0x44));
        Assert.Equal(Dhcp4DropReason.IpHeader, Changed(packet => packet[0] = 0x65));
        Assert.Equal(Dhcp4DropReason.IpHeader, Changed(packet => packet[9] = 6));
        Assert.Equal(Dhcp4DropReason.Fragment, Changed(packet => packet[6] = 0x20));
        Assert.Equal(Dhcp4DropReason.UdpLength, Changed(packet => packet[25]++));
        Assert.Equal(Dhcp4DropReason.UdpLength, Changed(packet => BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(24), 7)));
        Assert.Equal(Dhcp4DropReason.UdpLength, Changed(packet => BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(24), 8 + 239), trusted: true));
        Assert.Equal(Dhcp4DropReason.UdpPort, WireReading.ReasonOf(WireMessage.Offer().ToPacket(67)));

        byte[] badSum = [.. good];
        badSum[10] ^= 1;
        Assert.Equal(Dhcp4DropReason.IpChecksum, WireReading.ReasonOf(badSum));

        Assert.Equal(Dhcp4DropReason.OptionLength, WireReading.ReasonOf(
            WireMessage.Offer().With(m => (m.Tail, m.LeastLength) = ([66, 9, 1, 2], 0))));
        Assert.Equal(Dhcp4DropReason.OptionLength, WireReading.ReasonOf(
            WireMessage.Offer().With(m => (m.Tail, m.LeastLength) = ([66], 0))));
    }

    [Fact(DisplayName = "A4-42 a wrong UDP checksum: dropped; none: taken; unfinished and known to be so: taken")]
    public void Packet_WithUdpChecksum_IsJudgedByIt()
    {
        byte[] packet = WireMessage.Offer().ToPacket();
        packet[27] ^= 0x55;
        Assert.Equal(Dhcp4DropReason.UdpChecksum, WireReading.ReasonOf(packet));
        Assert.Equal(Dhcp4DropReason.None, WireReading.ReasonOf(packet, checksumTrusted: true));
        packet[26] = packet[27] = 0;
        Assert.Equal(Dhcp4DropReason.None, WireReading.ReasonOf(packet));
    }

    private static Dhcp4DropReason Changed(Action<byte[]> change, bool trusted = false)
    {
        byte[] packet = WireMessage.Offer().ToPacket();
        change(packet);
        if ((packet[0] & 15) == 5) WireMessage.FixIpChecksum(packet);
        return WireReading.ReasonOf(packet, trusted);
    }
}
