using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Linux;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Runner;

/// <summary>Packets in and out.</summary>
internal sealed partial class InterfaceRunner
{
    // So many packets in one turn; a flood leaves the rest of the loop its turn too.
    private const int MaxPacketsPerTurn = 64;

    // Where the kernel does not say; any IPv4 host takes 576 (RFC 791), which is what option 57 then is.
    private const int LeastMtu = 576;

    private void ReceivePackets()
    {
        for (int i = 0; i < MaxPacketsPerTurn; i++)
        {
            SocketResult result = _sockets.ReceivePacket(EventLoop.Scratch, out Dhcp4Reception reception);
            if (result.Outcome != SocketOutcome.Done)
            {
                NoteOutcome(result);
                return;
            }
            Receive(EventLoop.Scratch[..result.Length], reception);
        }
    }

    private void Receive(ReadOnlySpan<byte> packet, in Dhcp4Reception reception)
    {
        if (!Started) return;
        Instant now = BoottimeClock.Now;
        scoped Dhcp4MessageView message = default;
        Dhcp4DropReason dropped = Ipv4Udp.TryParse(packet, reception, out Ipv4UdpDatagram datagram);
        if (dropped == Dhcp4DropReason.None) dropped = Dhcp4MessageView.TryParse(datagram.Payload, out message);
        if (dropped == Dhcp4DropReason.None)
        {
            if (message.TryGetOption(InterfaceReports.ServerIdentifierOption, out ReadOnlySpan<byte> server)) Counters.Servers.Note(server);
            Client = Client.Receive(message, reception, LookAround(), now, Entropy, _effects, out dropped);
        }
        if (dropped == Dhcp4DropReason.None) NoteReceived(message, now);
        else if (_drops.Count(dropped, now)) Journal(InterfaceReports.Dropped(DropCounters<Dhcp4DropReason>.NameOf(dropped), _drops[dropped]));
        CarryOut();
    }

    private void NoteReceived(in Dhcp4MessageView message, Instant now)
    {
        Dhcp4MessageType type = InterfaceReports.TypeOf(message);
        Counters.NoteReceived((byte)type);
        if (type == Dhcp4MessageType.Offer) Counters.Acquisitions.Reach(AcquisitionPart.Offer, now);
        else if (type == Dhcp4MessageType.Ack) Counters.Acquisitions.Reach(AcquisitionPart.Acknowledge, now);
        Journal(InterfaceReports.Received(message));
    }

    private void ReceiveArp()
    {
        for (int i = 0; i < MaxPacketsPerTurn; i++)
        {
            SocketResult result = _sockets.ReceiveArp(out ArpPacket packet);
            if (result.Outcome != SocketOutcome.Done)
            {
                NoteOutcome(result);
                return;
            }
            if (!Started) continue;
            bool answersUs = Client.GatewayProbe is { } asked && asked.IsAnsweredBy(packet);
            Feed(new Dhcp4Input.ArpReceived(packet));
            // What the client learnt by it was told first: the hardware address may be the one that counts from now on.
            if (answersUs && Client.Lease is not null) GatewayHeard?.Invoke(packet.SenderHardware);
        }
    }

    private void Transmit(Dhcp4Transmission message)
    {
        int mtu = Taken is { Mtu: > 0 and int known } ? known : LeastMtu;
        Dhcp4Sent sent = _transmitter.Send(message, Options.Identification, _surroundings.Mac, mtu);
        string? error = sent.Last.Outcome == SocketOutcome.Done ? null : sent.Last.Words;
        Counters.NoteSent((byte)message.Type, message.Xid, error is null);
        if (Client.Lease is null && message.Type is Dhcp4MessageType.Discover or Dhcp4MessageType.Request) Counters.Acquisitions.Ask(BoottimeClock.Now);
        Journal(InterfaceReports.Sent(message, Options.Identification, sent.Chaddr, error));
        if (sent.Again is { } again)
        {
            Counters.NoteSent((byte)message.Type, message.Xid, error is null);
            Journal(InterfaceReports.Sent(message, Options.Identification, again, error));
            Feed(new Dhcp4Input.Retransmitted(again));
        }
        NoteOutcome(sent.Last);
    }

    private void Transmit(ArpPacket packet, MacAddress destination)
    {
        SocketResult result = _sockets.SendArp(packet, destination);
        bool announcement = packet.Operation == ArpPacket.Request && packet.SenderAddress == packet.TargetAddress;
        if (announcement && result.Outcome == SocketOutcome.Done)
            Journal(Report.Of("announced", ("address", packet.SenderAddress), ("mac", packet.SenderHardware)));
        NoteOutcome(result);
    }

    // Down, refused, no buffers: the packet is lost like any that is lost on the way, and the schedule goes on. Netlink
    // tells of an interface that went down; one that went altogether is not waited for.
    private void NoteOutcome(SocketResult result)
    {
        if (result.Outcome == SocketOutcome.LinkGone) LoseLink("the interface is gone");
    }
}
