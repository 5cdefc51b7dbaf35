using BondDhcp.Dhcp.Wire;
using Xunit;

namespace BondDhcp.Tests.Wire;

/// <summary>The whole way from octets to facts, as the client goes it.</summary>
internal static class WireReading
{
    public static Dhcp4DropReason Read(WireMessage message, out Dhcp4Reply? reply)
    {
        reply = null;
        Dhcp4DropReason reason = Dhcp4MessageView.TryParse(message.ToOctets(), out Dhcp4MessageView view);
        return reason == Dhcp4DropReason.None ? Dhcp4ReplyReader.TryRead(view, out reply) : reason;
    }

    public static Dhcp4DropReason ReasonOf(WireMessage message) => Read(message, out _);

    public static Dhcp4Reply Accept(WireMessage message)
    {
        Assert.Equal(Dhcp4DropReason.None, Read(message, out Dhcp4Reply? reply));
        Assert.NotNull(reply);
        return reply;
    }

    /// <summary>The verdict on a packet as the packet socket delivers it.</summary>
    public static Dhcp4DropReason ReasonOf(ReadOnlySpan<byte> packet, bool checksumTrusted = false)
    {
        var reception = new Dhcp4Reception(1, Kit.Fixture.GatewayMac, checksumTrusted, 0);
        Dhcp4DropReason reason = Ipv4Udp.TryParse(packet, reception, out Ipv4UdpDatagram datagram);
        return reason == Dhcp4DropReason.None ? Dhcp4MessageView.TryParse(datagram.Payload, out _) : reason;
    }
}
