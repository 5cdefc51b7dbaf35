using System.Buffers.Binary;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Capture;

public static partial class CaptureDecoder
{
    private const int LeastIpv4HeaderLength = 20;
    private const ushort FragmentOffsetMask = 0x1fff;

    /// <summary>Null when it is not UDP over IPv4 for port 67 or 68.</summary>
    private static DecodedDhcp4? DecodeDhcp4(CaptureFrame frame, in LinkFrame link)
    {
        ReadOnlySpan<byte> ip = link.Payload;
        if (ip.Length < LeastIpv4HeaderLength || ip[0] >> 4 != 4 || ip[9] != Udp) return null;
        int headerLength = (ip[0] & 15) * 4;
        // Only the first fragment has the ports.
        if (headerLength < LeastIpv4HeaderLength || ip.Length < headerLength + UdpHeaderLength
            || (BinaryPrimitives.ReadUInt16BigEndian(ip[6..]) & FragmentOffsetMask) != 0) return null;
        ReadOnlySpan<byte> udp = ip[headerLength..];
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(udp[2..]);
        if (port is not (Ipv4Udp.ClientPort or Ipv4Udp.ServerPort)) return null;

        Dhcp4DropReason reason = CaptureVerdict.Judge(ip, udp[UdpHeaderLength..], port == Ipv4Udp.ClientPort, out Dhcp4MessageView view);
        return new DecodedDhcp4
        {
            Frame = frame.Number,
            At = frame.At,
            Source = Ipv4Address.FromBytes(ip[12..]),
            Destination = Ipv4Address.FromBytes(ip[16..]),
            SourcePort = BinaryPrimitives.ReadUInt16BigEndian(udp),
            DestinationPort = port,
            SourceMac = link.Source,
            DestinationMac = link.Destination,
            VlanId = link.VlanId,
            Fields = DecodedFields.Of(view),
            Problem = CaptureVerdict.Explain(reason, frame),
        };
    }
}
