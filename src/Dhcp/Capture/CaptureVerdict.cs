using System.Buffers.Binary;
using System.Globalization;
using BondDhcp.Dhcp.Wire;

namespace BondDhcp.Dhcp.Capture;

/// <summary>
/// Judges a packet of a capture by the rules for received messages, with the client's own code. Rules that need to know
/// what the client had sent (V8, V9, V13, V15, V19) have no place here.
/// </summary>
internal static class CaptureVerdict
{
    private const byte BootRequest = 1;

    /// <summary>
    /// The first rule broken. <paramref name="view"/> can be read when it is at least
    /// <see cref="Dhcp4MessageView.FixedLength"/> octets long.
    /// </summary>
    /// <param name="packet">From the IP header on.</param>
    /// <param name="payload">What follows the UDP header, whatever its lengths say.</param>
    /// <param name="toClient">For port 68.</param>
    /// <param name="view">The message.</param>
    public static Dhcp4DropReason Judge(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> payload, bool toClient, out Dhcp4MessageView view)
    {
        Dhcp4DropReason reason = Ipv4Udp.TryParse(packet, IsChecksumUnfinished(packet), out Ipv4UdpDatagram datagram);
        bool request = !toClient && !payload.IsEmpty && payload[0] == BootRequest;
        ReadOnlySpan<byte> message = reason == Dhcp4DropReason.None ? datagram.Payload : payload;
        Dhcp4DropReason malformed = request
            ? Dhcp4MessageView.TryParseRequest(message, out view)
            : Dhcp4MessageView.TryParse(message, out view);
        if (reason == Dhcp4DropReason.None) reason = malformed;
        if (reason != Dhcp4DropReason.None) return reason;
        return request ? JudgeRequest(view) : JudgeReply(view);
    }

    private static Dhcp4DropReason JudgeRequest(in Dhcp4MessageView view)
    {
        if (!view.TryGetOption(53, out ReadOnlySpan<byte> type) || type.Length != 1) return Dhcp4DropReason.MessageType;
        return (Dhcp4MessageType)type[0] is Dhcp4MessageType.Discover or Dhcp4MessageType.Request or Dhcp4MessageType.Decline
            or Dhcp4MessageType.Release or Dhcp4MessageType.Inform
            ? Dhcp4DropReason.None
            : Dhcp4DropReason.UnexpectedMessage;
    }

    /// <summary>The answer to a DHCPINFORM grants no address (RFC 2131 section 4.3.5), so that the rules about leases do not apply.</summary>
    private static Dhcp4DropReason JudgeReply(in Dhcp4MessageView view)
    {
        Dhcp4DropReason reason = Dhcp4ReplyReader.TryRead(view, out _);
        bool answersInform = reason == Dhcp4DropReason.Yiaddr && view.Yiaddr.IsAny && !view.Ciaddr.IsAny
            && view.TryGetOption(53, out ReadOnlySpan<byte> type) && type[0] == (byte)Dhcp4MessageType.Ack;
        return answersInform ? Dhcp4DropReason.None : reason;
    }

    /// <summary>
    /// True when the UDP checksum is the sum of the pseudo-header alone: what a packet has inside the host that sends it,
    /// where the network card is to finish the sum. The socket says so to the client; a capture does not.
    /// </summary>
    private static bool IsChecksumUnfinished(ReadOnlySpan<byte> packet)
    {
        const int checksumOffset = 6;
        const byte udp = 17;
        int headerLength = (packet[0] & 15) * 4;
        if (packet.Length < headerLength + checksumOffset + 2) return false;
        ReadOnlySpan<byte> udpHeader = packet[headerLength..];
        uint length = BinaryPrimitives.ReadUInt16BigEndian(udpHeader[4..]);
        ushort pseudoHeader = (ushort)~InternetChecksum.Finish(InternetChecksum.Add(udp + length, packet.Slice(12, 8)));
        return BinaryPrimitives.ReadUInt16BigEndian(udpHeader[checksumOffset..]) == pseudoHeader;
    }

    /// <summary>As <see cref="Explain(Dhcp4DropReason)"/>; lengths that only the capture made wrong are not blamed on the sender.</summary>
    public static string? Explain(Dhcp4DropReason reason, CaptureFrame frame) => Blame(Explain(reason), frame);

    /// <summary>A problem, with the remark that part of the frame is not in the file.</summary>
    public static string? Blame(string? problem, CaptureFrame frame) => problem is null || !frame.IsCut
        ? problem
        : string.Create(CultureInfo.InvariantCulture, $"{problem} (the capture keeps {frame.Data.Length} of {frame.OriginalLength} octets)");

    /// <summary>The rule's number, the name of its counter, and what is wrong; null for <see cref="Dhcp4DropReason.None"/>.</summary>
    private static string? Explain(Dhcp4DropReason reason) => reason switch
    {
        Dhcp4DropReason.None => null,
        Dhcp4DropReason.IpHeader => "V1 ipHeader: not a whole IPv4 packet; its lengths contradict each other or the frame",
        Dhcp4DropReason.Fragment => "V1 fragment: a fragment; a DHCP message is sent whole",
        Dhcp4DropReason.IpChecksum => "V2 ipChecksum: the IP header checksum is wrong",
        Dhcp4DropReason.UdpLength => "V3 udpLength: shorter than a DHCP message, or longer than the IP packet",
        Dhcp4DropReason.UdpChecksum => "V4 udpChecksum: the UDP checksum is wrong",
        Dhcp4DropReason.Op => "V6 op: not BOOTREPLY to a client, or neither BOOTREQUEST nor BOOTREPLY",
        Dhcp4DropReason.HardwareType => "V7 hardwareType: htype or hlen is not Ethernet's",
        Dhcp4DropReason.Cookie => "V10 cookie: no magic cookie; a BOOTP message",
        Dhcp4DropReason.OptionLength => "V11 optionLength: an option runs past the end of its field, or there are too many",
        Dhcp4DropReason.MessageType => "V12 messageType: option 53 is missing, malformed, or no reply's",
        Dhcp4DropReason.UnexpectedMessage => "V12 unexpectedMessage: not a type a client sends",
        Dhcp4DropReason.ForceRenew => "V12 forceRenew: DHCPFORCERENEW is not taken without authentication",
        Dhcp4DropReason.ServerIdentifier => "V14 serverIdentifier: option 54 is missing, malformed or not a host's address",
        Dhcp4DropReason.LeaseTime => "V16 leaseTime: option 51 is missing, malformed or zero",
        Dhcp4DropReason.Yiaddr => "V17 yiaddr: not an address a host can have here",
        Dhcp4DropReason.SubnetMask => "V18 subnetMask: option 1 is malformed or not contiguous",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Not a rule that a packet alone can break."),
    };
}
