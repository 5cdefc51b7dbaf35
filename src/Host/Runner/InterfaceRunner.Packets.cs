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
    /// <inheritdoc/>
    protected override void Take(in Dhcp4MessageView message, in Dhcp4Reception reception, out Dhcp4DropReason dropped) =>
        Client = Client.Receive(message, reception, LookAround(), BoottimeClock.Now, Entropy, _effects, out dropped);

    /// <inheritdoc/>
    protected override void NoteRetransmission(MacAddress chaddr) => Feed(new Dhcp4Input.Retransmitted(chaddr));

    /// <inheritdoc/>
    protected override void ReceiveArp()
    {
        for (int i = 0; i < MaxPacketsPerTurn; i++)
        {
            SocketResult result = Sockets.ReceiveArp(out ArpPacket packet);
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

    private void Transmit(ArpPacket packet, MacAddress destination)
    {
        SocketResult result = Sockets.SendArp(packet, destination);
        bool announcement = packet.Operation == ArpPacket.Request && packet.SenderAddress == packet.TargetAddress;
        if (announcement && result.Outcome == SocketOutcome.Done)
            Journal(Report.Of("announced", ("address", packet.SenderAddress), ("mac", packet.SenderHardware)));
        NoteOutcome(result);
    }
}
