using BondDhcp.Dhcp.Wire;

namespace BondDhcp.Dhcp.Capture;

/// <summary>
/// Judges a DHCPv6 packet of a capture: what a server sends by the client's own code, what a client sends by the rules
/// for servers (RFC 9915 section 16). Rules that need to know what was sent before have no place here.
/// </summary>
internal static class Dhcp6CaptureVerdict
{
    /// <summary>Relay agents a message passes at most (RFC 9915 section 7.6: HOP_COUNT_LIMIT).</summary>
    private const int MaxRelays = 8;

    /// <summary>The first rule broken, by the name of its counter, and how; null for a good packet.</summary>
    public static string? Judge(in Ipv6Udp packet, bool toClient)
    {
        if (packet.IsFragment) return Explain(Dhcp6DropReason.Fragment);
        if (!packet.HasWholeIpPayload) return Explain(Dhcp6DropReason.IpHeader);
        if (!packet.HasWholeLengths) return Explain(Dhcp6DropReason.UdpLength);
        if (!packet.HasRightChecksum) return Explain(Dhcp6DropReason.UdpChecksum);
        if (toClient && packet.Destination.IsMulticast) return Explain(Dhcp6DropReason.Multicast);
        if (!packet.Source.IsLinkLocal && !packet.Source.IsUsableUnicast) return Explain(Dhcp6DropReason.Source);
        return JudgeMessage(packet.Payload, fromServer: toClient, relays: 0);
    }

    private static string? JudgeMessage(ReadOnlySpan<byte> message, bool fromServer, int relays)
    {
        // A client has no relay agents' messages; inside of one its direction is known, outside it is not.
        bool isRelay = message is [(byte)Dhcp6MessageType.RelayForward, ..] ? !fromServer
            : message is [(byte)Dhcp6MessageType.RelayReply, ..] && fromServer == (relays > 0);
        if (isRelay) return JudgeRelay(message, relays);
        Dhcp6DropReason reason = Dhcp6MessageView.TryParse(message, out Dhcp6MessageView view);
        if (reason != Dhcp6DropReason.None) return Explain(reason);
        if (fromServer) return Explain(Dhcp6ReplyReader.TryRead(view, out _));
        return JudgeRequest(view);
    }

    private static string? JudgeRelay(ReadOnlySpan<byte> message, int relays)
    {
        if (!Dhcp6RelayView.TryParse(message, out Dhcp6RelayView relay)) return Explain(Dhcp6DropReason.Length);
        if (relays == MaxRelays) return "relays: more relay agents than a message may pass";
        var walker = new Dhcp6OptionWalker(relay.OptionOctets);
        while (walker.MoveNext())
        {
        }
        if (walker.IsMalformed) return Explain(Dhcp6DropReason.OptionLength);
        if (!Dhcp6OptionWalker.TryFind(relay.OptionOctets, 9, out ReadOnlySpan<byte> inner)) return "relayMessage: option 9 is missing";
        string? problem = JudgeMessage(inner, fromServer: relay.Type == Dhcp6MessageType.RelayReply, relays + 1);
        return problem is null ? null : $"in the relayed message: {problem}";
    }

    /// <summary>RFC 9915 sections 16.2 to 16.12: who must and who must not name itself and the server.</summary>
    private static string? JudgeRequest(in Dhcp6MessageView view)
    {
        bool? server = view.Type switch
        {
            Dhcp6MessageType.Solicit or Dhcp6MessageType.Confirm or Dhcp6MessageType.Rebind or Dhcp6MessageType.AddressRegistrationInform => false,
            Dhcp6MessageType.Request or Dhcp6MessageType.Renew or Dhcp6MessageType.Release or Dhcp6MessageType.Decline => true,
            _ => null,
        };
        if (server is null && view.Type != Dhcp6MessageType.InformationRequest) return "unexpectedMessage: not a type a client sends";
        bool hasServer = view.TryGetOption(2, out ReadOnlySpan<byte> octets);
        if (server is { } wanted && wanted != hasServer || hasServer && !Allows(2, octets))
            return "serverIdentifier: option 2 is missing or malformed, or there in a message for every server";
        bool hasClient = view.TryGetOption(1, out octets);
        if (hasClient ? !Allows(1, octets) : server is not null) return Explain(Dhcp6DropReason.ClientIdentifier);
        return null;
    }

    private static bool Allows(ushort code, ReadOnlySpan<byte> data) => Dhcp6OptionTable.Of(code).Length.Allows(data.Length);

    private static string? Explain(Dhcp6DropReason reason) => reason switch
    {
        Dhcp6DropReason.None => null,
        Dhcp6DropReason.IpHeader => "ipHeader: not a whole IPv6 packet; its lengths contradict each other or the frame",
        Dhcp6DropReason.Fragment => "fragment: the first of several; a DHCP message of this size is sent whole",
        Dhcp6DropReason.UdpLength => "udpLength: shorter than its header, or longer than the IP packet",
        Dhcp6DropReason.UdpChecksum => "udpChecksum: the UDP checksum is wrong, or there is none",
        Dhcp6DropReason.Multicast => "multicast: for a client, but not sent to it alone",
        Dhcp6DropReason.Source => "source: not an address of a host on a link",
        Dhcp6DropReason.Length => "length: shorter than the header of a message",
        Dhcp6DropReason.OptionLength => "optionLength: an option runs past the end of what holds it, or there are too many",
        Dhcp6DropReason.MessageType => "messageType: not a type a server sends to a client",
        Dhcp6DropReason.Reconfigure => "reconfigure: RECONFIGURE is not taken without authentication",
        Dhcp6DropReason.ClientIdentifier => "clientIdentifier: option 1 is missing or malformed",
        Dhcp6DropReason.ServerIdentifier => "serverIdentifier: option 2 is missing or malformed",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Not a rule that a packet alone can break."),
    };
}
