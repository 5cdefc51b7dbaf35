using BondDhcp.Dhcp.Linux;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Host.Runner;

/// <summary>What came of sending a message.</summary>
/// <param name="Last">How the last attempt ended.</param>
/// <param name="Chaddr">The chaddr in it.</param>
/// <param name="Again">The chaddr with which it was sent once more; null when once was enough.</param>
internal readonly record struct Dhcp4Sent(SocketResult Last, MacAddress Chaddr, MacAddress? Again);

/// <summary>
/// Builds and sends DHCP messages. The hardware address may change between building and sending, and switches drop
/// frames whose chaddr is not their source: it is read again after sending, and when it changed the message is built and
/// sent once more. Once: an address that changes all the time is no reason to send all the time.
/// </summary>
internal sealed class Dhcp4Transmitter(TransmitPort port)
{
    /// <summary>Sends a message.</summary>
    /// <param name="message">What was decided.</param>
    /// <param name="identification">What every message carries.</param>
    /// <param name="mac">The interface's hardware address as it was read for the decision.</param>
    /// <param name="mtu">The interface's MTU, bytes.</param>
    public Dhcp4Sent Send(Dhcp4Transmission message, Dhcp4Identification identification, MacAddress mac, int mtu)
    {
        if (message.AnonymousOrder is not null) return SendAnonymously(message, identification, mac, mtu);
        MacAddress chaddr = message.Chaddr ?? mac;
        SocketResult result = SendOnce(message, identification, chaddr, mtu);
        // A message that presents another chaddr on purpose would be the same again.
        if (message.Chaddr is not null || result.Outcome == SocketOutcome.LinkGone) return new Dhcp4Sent(result, chaddr, null);
        if (!port.TryReadMac(out MacAddress present) || present == mac) return new Dhcp4Sent(result, chaddr, null);
        return new Dhcp4Sent(SendOnce(message, identification, present, mtu), chaddr, present);
    }

    // Under another hardware address the message would tell of the one before: it is not sent, neither before nor again.
    private Dhcp4Sent SendAnonymously(Dhcp4Transmission message, Dhcp4Identification identification, MacAddress mac, int mtu) =>
        port.TryReadMac(out MacAddress present) && present == mac
            ? new Dhcp4Sent(SendOnce(message, identification, mac, mtu), mac, null)
            : new Dhcp4Sent(SocketResult.OtherHardwareAddress, mac, null);

    private SocketResult SendOnce(Dhcp4Transmission message, Dhcp4Identification identification, MacAddress chaddr, int mtu)
    {
        Span<byte> payload = stackalloc byte[Dhcp4MessageWriter.MaxLength];
        payload = payload[..Dhcp4MessageWriter.Write(message, identification, chaddr, mtu, payload)];
        if (message.Destination != Ipv4Address.Broadcast) return port.Unicast(payload, message.Source, message.Destination);
        Span<byte> packet = stackalloc byte[Dhcp4MessageWriter.MaxLength + Ipv4Udp.HeaderLength];
        int length = Ipv4Udp.Write(message.Source, message.Destination, payload, packet);
        return port.Broadcast(packet[..length]);
    }
}
