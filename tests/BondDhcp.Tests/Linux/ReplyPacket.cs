using System.Buffers.Binary;

namespace BondDhcp.Tests.Linux;

/// <summary>
/// A DHCPOFFER as an IPv4 packet, with one thing about it wrong or odd. Written here octet by octet, so that it does not
/// depend on what it tests.
/// </summary>
internal sealed record ReplyPacket
{
    public int HeaderWords { get; init; } = 5;
    public ushort FlagsAndOffset { get; init; }
    public byte Protocol { get; init; } = 17;
    public ushort DestinationPort { get; init; } = 68;
    public byte Op { get; init; } = 2;
    public uint Cookie { get; init; } = 0x6382_5363;

    public byte[] ToArray()
    {
        int header = 4 * HeaderWords;
        byte[] packet = new byte[header + 8 + 300];
        Span<byte> ip = packet;
        ip[0] = (byte)(0x40 | HeaderWords);
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(ip[6..], FlagsAndOffset);
        ip[8] = 64;
        ip[9] = Protocol;
        BinaryPrimitives.WriteUInt32BigEndian(ip[12..], 0xc000_0201);
        BinaryPrimitives.WriteUInt32BigEndian(ip[16..], 0xffff_ffff);
        // Options are padded with no-operation (RFC 791 section 3.1).
        if (header > 20) ip[20..header].Fill(1);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], Checksum(ip[..header]));

        // UDP without a checksum (RFC 768).
        Span<byte> udp = ip[header..];
        BinaryPrimitives.WriteUInt16BigEndian(udp, 67);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], DestinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)udp.Length);

        Span<byte> dhcp = udp[8..];
        dhcp[0] = Op;
        dhcp[1] = 1;
        dhcp[2] = 6;
        BinaryPrimitives.WriteUInt32BigEndian(dhcp[236..], Cookie);
        ReadOnlySpan<byte> options = [53, 1, 2, 54, 4, 192, 0, 2, 1, 255];
        options.CopyTo(dhcp[240..]);
        return packet;
    }

    private static ushort Checksum(ReadOnlySpan<byte> header)
    {
        uint sum = 0;
        for (int i = 0; i < header.Length; i += 2) sum += BinaryPrimitives.ReadUInt16BigEndian(header[i..]);
        while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }
}
