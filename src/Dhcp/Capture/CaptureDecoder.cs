using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BondDhcp.Dhcp.Capture;

/// <summary>Finds the DHCPv4 and DHCPv6 packets of a capture and says what is in them.</summary>
public static partial class CaptureDecoder
{
    private const byte Udp = 17;
    private const int UdpHeaderLength = 8;

    /// <summary>
    /// Decodes a file: one JSON object a line, or text. What was read before damage is written in any case.
    /// </summary>
    /// <param name="input">A pcap or pcapng file, read forwards.</param>
    /// <param name="output">Where the packets go.</param>
    /// <param name="json">JSON instead of text.</param>
    /// <param name="error">Why the file could not be read to its end; null when it was.</param>
    /// <returns>The number of DHCP packets.</returns>
    /// <exception cref="IOException">Reading or writing failed.</exception>
    public static int Run(Stream input, TextWriter output, bool json, out string? error)
    {
        CaptureReader reader = CaptureReader.Open(input);
        int packets = 0;
        while (reader.TryRead(out CaptureFrame? frame))
        {
            if (!TryDecode(frame, out DecodedPacket? packet)) continue;
            packets++;
            if (json) output.WriteLine(ToJson(packet));
            else DecodedPacketText.Write(output, packet);
        }
        error = reader.Problem;
        return packets;
    }

    /// <summary>
    /// Decodes one frame; false when it is no DHCP: not UDP for one of its ports over IPv4 or IPv6, or cut before the
    /// ports.
    /// </summary>
    public static bool TryDecode(CaptureFrame frame, [NotNullWhen(true)] out DecodedPacket? packet)
    {
        packet = null;
        if (!LinkFrame.TryPeel(frame.LinkType, frame.Data.Span, out LinkFrame link)) return false;
        packet = link.EtherType switch
        {
            LinkFrame.Ipv4 => DecodeDhcp4(frame, link),
            LinkFrame.Ipv6 => DecodeDhcp6(frame, link),
            _ => null,
        };
        return packet is not null;
    }

    /// <summary>The packet as one JSON object in one line.</summary>
    public static string ToJson(DecodedPacket packet)
    {
        // Every text is printable ASCII already, so that only what JSON demands is escaped.
        var options = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, options)) DecodedPacketJson.Write(writer, packet);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
