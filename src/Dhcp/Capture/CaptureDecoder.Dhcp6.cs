namespace BondDhcp.Dhcp.Capture;

public static partial class CaptureDecoder
{
    // RFC 9915 section 7.2.
    private const ushort Dhcp6ClientPort = 546;
    private const ushort Dhcp6ServerPort = 547;

    /// <summary>Null when it is not UDP over IPv6 for port 546 or 547.</summary>
    private static DecodedDhcp6? DecodeDhcp6(CaptureFrame frame, in LinkFrame link)
    {
        if (!Ipv6Udp.TryParse(link.Payload, out Ipv6Udp packet)) return null;
        if (packet.DestinationPort is not (Dhcp6ClientPort or Dhcp6ServerPort)) return null;
        bool toClient = packet.DestinationPort == Dhcp6ClientPort;
        string? problem = Dhcp6CaptureVerdict.Judge(packet, toClient);
        return new DecodedDhcp6
        {
            Frame = frame.Number,
            At = frame.At,
            Source = packet.Source,
            Destination = packet.Destination,
            SourcePort = packet.SourcePort,
            DestinationPort = packet.DestinationPort,
            SourceMac = link.Source,
            DestinationMac = link.Destination,
            VlanId = link.VlanId,
            Message = DecodedDhcp6Message.Of(packet.Payload),
            Problem = CaptureVerdict.Blame(problem, frame),
        };
    }
}
