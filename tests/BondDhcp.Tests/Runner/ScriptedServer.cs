using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Linux;

namespace BondDhcp.Tests.Runner;

/// <summary>A server on the far end of a veth pair: answers each message at once, with frames, and keeps what it heard.</summary>
internal sealed class ScriptedServer : IDisposable
{
    public static readonly MacAddress Mac = MacAddress.Parse(PrivateNetwork.ServerMac);

    private readonly RawLink _link;

    public ScriptedServer(int interfaceIndex)
    {
        _link = new RawLink(interfaceIndex);
        _link.Listen();
    }

    public Ipv4Address Address { get; init; } = Fixture.L;

    /// <summary>Says nothing, as one that died.</summary>
    public bool Silent { get; set; }

    /// <summary>Changes a reply before it is sent.</summary>
    public Func<ReplyMessage, ReplyMessage> Edit { get; set; } = reply => reply;

    /// <summary>What was heard: message type, chaddr, Ethernet source.</summary>
    public List<(Dhcp4MessageType Type, MacAddress Chaddr, MacAddress Source)> Heard { get; } = [];

    /// <summary>ARP packets heard.</summary>
    public List<ArpPacket> Arps { get; } = [];

    /// <summary>Works off what has arrived.</summary>
    public void Serve()
    {
        while (_link.TryReceive() is { } frame)
        {
            if (frame.Length < 42) continue;
            int etherType = frame[12] << 8 | frame[13];
            if (etherType == 0x0806 && ArpPacket.TryParse(frame.AsSpan(14), out ArpPacket arp)) Answer(arp);
            if (etherType == 0x0800) Answer(frame);
        }
    }

    public void Dispose() => _link.Dispose();

    private void Answer(ArpPacket arp)
    {
        Arps.Add(arp);
        if (arp.Operation != ArpPacket.Request || arp.TargetAddress != Fixture.Server) return;
        byte[] octets = new byte[ArpPacket.Length];
        new ArpPacket(ArpPacket.Reply, Mac, Fixture.Server, arp.SenderHardware, arp.SenderAddress).Write(octets);
        _link.Send(RawLink.Frame(arp.SenderHardware, Mac, 0x0806, octets));
    }

    private void Answer(byte[] frame)
    {
        if (Ipv4Udp.TryParse(frame.AsSpan(14), true, out Ipv4UdpDatagram datagram) != Dhcp4DropReason.None) return;
        if (datagram.DestinationPort != Ipv4Udp.ServerPort || datagram.Payload.Length < 243) return;
        // Option 53 comes first in what this project sends.
        var type = (Dhcp4MessageType)datagram.Payload[242];
        MacAddress chaddr = MacAddress.FromBytes(datagram.Payload[28..]);
        uint xid = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(datagram.Payload[4..]);
        Heard.Add((type, chaddr, MacAddress.FromBytes(frame.AsSpan(6))));
        if (Silent) return;
        ReplyMessage? reply = type switch
        {
            Dhcp4MessageType.Discover => Fixture.Offer(xid, chaddr, address: Address),
            Dhcp4MessageType.Request => Fixture.Ack(xid, chaddr, address: Address),
            _ => null,
        };
        if (reply is null) return;
        byte[] packet = new byte[1500];
        int length = Ipv4Udp.Write(Fixture.Server, Ipv4Address.Broadcast, Edit(reply).ToOctets(), packet);
        // The ports of Ipv4Udp.Write are a client's; without a checksum they can be exchanged.
        (packet[21], packet[23]) = (67, 68);
        (packet[26], packet[27]) = (0, 0);
        _link.Send(RawLink.Frame(MacAddress.Broadcast, Mac, 0x0800, packet.AsSpan(0, length)));
    }
}
