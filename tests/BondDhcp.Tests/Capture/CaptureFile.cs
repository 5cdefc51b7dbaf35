using BondDhcp.Dhcp.Capture;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;

namespace BondDhcp.Tests.Capture;

/// <summary>Captures made in memory, octet by octet where the project's own writer does not reach.</summary>
internal static class CaptureFile
{
    public const long SomeTime = 1_700_000_000_123_456_789;

    public static byte[] Ethernet(byte[] packet, MacAddress? source = null, MacAddress? destination = null, params int[] vlans)
    {
        byte[] header = new byte[12];
        (destination ?? MacAddress.Broadcast).CopyTo(header);
        (source ?? Fixture.GatewayMac).CopyTo(header.AsSpan(6));
        var frame = new List<byte>(header);
        foreach (int vlan in vlans) frame.AddRange([0x81, 0x00, (byte)(vlan >> 8), (byte)vlan]);
        frame.AddRange([0x08, 0x00]);
        frame.AddRange(packet);
        return [.. frame];
    }

    public static byte[] Pcap(params IEnumerable<byte[]> frames) => Pcap(LinkType.Ethernet, frames);

    public static byte[] Pcap(int linkType, params IEnumerable<byte[]> frames)
    {
        using var file = new MemoryStream();
        var writer = new PcapWriter(file, linkType);
        long at = SomeTime;
        foreach (byte[] frame in frames) writer.Write(new CaptureTime(at++), frame);
        return file.ToArray();
    }

    /// <summary>A pcap file of either octet order, with microseconds or nanoseconds, by hand.</summary>
    public static byte[] Pcap(bool bigEndian, bool nanoseconds, uint seconds, uint fraction, byte[] frame)
    {
        var file = new List<byte>();
        file.AddRange(Number(nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4, 4, bigEndian));
        file.AddRange(Number(2, 2, bigEndian));
        file.AddRange(Number(4, 2, bigEndian));
        foreach (uint number in (uint[])[0, 0, 65535, 1, seconds, fraction, (uint)frame.Length, (uint)frame.Length + 10])
            file.AddRange(Number(number, 4, bigEndian));
        file.AddRange(frame);
        return [.. file];
    }

    public static byte[] Section(bool bigEndian) => Block(0x0a0d0d0a, bigEndian,
        [.. Number(0x1a2b3c4d, 4, bigEndian), .. Number(1, 2, bigEndian), .. Number(0, 2, bigEndian), .. Number(ulong.MaxValue, 8, bigEndian)]);

    public static byte[] Interface(bool bigEndian, int linkType, byte? resolution = null) => Block(1, bigEndian,
    [
        .. Number((uint)linkType, 2, bigEndian), 0, 0, .. Number(0, 4, bigEndian),
        .. (byte[])(resolution is { } value ? [.. Number(9, 2, bigEndian), .. Number(1, 2, bigEndian), value, 0, 0, 0, 0, 0, 0, 0] : []),
    ]);

    public static byte[] Packet(bool bigEndian, uint number, ulong time, byte[] frame) => Block(6, bigEndian,
    [
        .. Number(number, 4, bigEndian), .. Number(time >> 32, 4, bigEndian), .. Number(time & uint.MaxValue, 4, bigEndian),
        .. Number((uint)frame.Length, 4, bigEndian), .. Number((uint)frame.Length, 4, bigEndian), .. Padded(frame),
    ]);

    public static byte[] SimplePacket(bool bigEndian, byte[] frame) =>
        Block(3, bigEndian, [.. Number((uint)frame.Length, 4, bigEndian), .. Padded(frame)]);

    public static byte[] Block(uint type, bool bigEndian, byte[] body)
    {
        byte[] length = Number((uint)body.Length + 12, 4, bigEndian);
        return [.. Number(type, 4, bigEndian), .. length, .. body, .. length];
    }

    private static byte[] Padded(byte[] octets) => [.. octets, .. new byte[-octets.Length & 3]];

    private static byte[] Number(ulong value, int length, bool bigEndian)
    {
        byte[] octets = new byte[length];
        for (int i = 0; i < length; i++) octets[bigEndian ? length - 1 - i : i] = (byte)(value >> 8 * i);
        return octets;
    }

    public static (List<CaptureFrame> Frames, string? Problem) Read(byte[] file)
    {
        CaptureReader reader = CaptureReader.Open(new MemoryStream(file));
        var frames = new List<CaptureFrame>();
        while (reader.TryRead(out CaptureFrame? frame)) frames.Add(frame);
        return (frames, reader.Problem);
    }
}
