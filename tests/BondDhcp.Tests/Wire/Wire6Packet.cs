using System.Buffers.Binary;

namespace BondDhcp.Tests.Wire;

/// <summary>IPv6 and UDP around a payload, written octet by octet.</summary>
internal static class Wire6Packet
{
    /// <summary>A packet with right lengths and checksum.</summary>
    public static byte[] Of(string source, string destination, ushort sourcePort, ushort destinationPort, byte[] payload)
    {
        byte[] packet = new byte[48 + payload.Length];
        packet[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)(8 + payload.Length));
        packet[6] = 17;
        packet[7] = 1;
        Wire6Message.Octets(source).CopyTo(packet, 8);
        Wire6Message.Octets(destination).CopyTo(packet, 24);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(40), sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(42), destinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(44), (ushort)(8 + payload.Length));
        payload.CopyTo(packet, 48);
        byte[] pseudo = [.. packet[8..40], 0, 0, packet[44], packet[45], 0, 0, 0, 17, .. packet[40..]];
        ushort checksum = WireMessage.Checksum(pseudo);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(46), checksum == 0 ? (ushort)0xffff : checksum);
        return packet;
    }

    /// <summary>An extension header of a kind between the IPv6 header and what follows; its first octet is filled in.</summary>
    public static byte[] WithExtension(byte[] packet, byte kind, byte[] header)
    {
        byte[] result = [.. packet[..40], .. header, .. packet[40..]];
        result[40] = packet[6];
        result[6] = kind;
        BinaryPrimitives.WriteUInt16BigEndian(result.AsSpan(4), (ushort)(result.Length - 40));
        return result;
    }
}
