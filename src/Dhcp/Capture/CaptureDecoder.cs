using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Capture;

/// <summary>Finds the DHCPv4 packets of a capture and says what is in them.</summary>
public static class CaptureDecoder
{
    private const byte Udp = 17;
    private const int LeastIpHeaderLength = 20;
    private const int UdpHeaderLength = 8;
    private const ushort FragmentOffsetMask = 0x1fff;

    /// <summary>
    /// Decodes a file: one JSON object a line, or text. What was read before damage is written in any case.
    /// </summary>
    /// <param name="input">A pcap or pcapng file, read forwards.</param>
    /// <param name="output">Where the packets go.</param>
    /// <param name="json">JSON instead of text.</param>
    /// <param name="error">Why the file could not be read to its end; null when it was.</param>
    /// <returns>The number of DHCPv4 packets.</returns>
    /// <exception cref="IOException">Reading or writing failed.</exception>
    public static int Run(Stream input, TextWriter output, bool json, out string? error)
    {
        CaptureReader reader = CaptureReader.Open(input);
        int packets = 0;
        while (reader.TryRead(out CaptureFrame? frame))
        {
            if (!TryDecode(frame, out DecodedDhcp4? packet)) continue;
            packets++;
            if (json) output.WriteLine(ToJson(packet));
            else DecodedDhcp4Text.Write(output, packet);
        }
        error = reader.Problem;
        return packets;
    }

    /// <summary>
    /// Decodes one frame; false when it is not DHCPv4: not UDP over IPv4 for port 67 or 68, or cut before the ports.
    /// </summary>
    public static bool TryDecode(CaptureFrame frame, [NotNullWhen(true)] out DecodedDhcp4? packet)
    {
        packet = null;
        if (!LinkFrame.TryPeel(frame.LinkType, frame.Data.Span, out LinkFrame link) || link.EtherType != LinkFrame.Ipv4) return false;
        ReadOnlySpan<byte> ip = link.Payload;
        if (ip.Length < LeastIpHeaderLength || ip[0] >> 4 != 4 || ip[9] != Udp) return false;
        int headerLength = (ip[0] & 15) * 4;
        // Only the first fragment has the ports.
        if (headerLength < LeastIpHeaderLength || ip.Length < headerLength + UdpHeaderLength
            || (BinaryPrimitives.ReadUInt16BigEndian(ip[6..]) & FragmentOffsetMask) != 0) return false;
        ReadOnlySpan<byte> udp = ip[headerLength..];
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(udp[2..]);
        if (port is not (Ipv4Udp.ClientPort or Ipv4Udp.ServerPort)) return false;

        Dhcp4DropReason reason = CaptureVerdict.Judge(ip, udp[UdpHeaderLength..], port == Ipv4Udp.ClientPort, out Dhcp4MessageView view);
        packet = new DecodedDhcp4
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
        return true;
    }

    /// <summary>The packet as one JSON object in one line.</summary>
    public static string ToJson(DecodedDhcp4 packet)
    {
        // Every text is printable ASCII already, so that only what JSON demands is escaped.
        var options = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, options)) DecodedDhcp4Json.Write(writer, packet);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
