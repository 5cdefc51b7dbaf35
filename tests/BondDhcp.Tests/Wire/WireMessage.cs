using System.Buffers.Binary;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;

namespace BondDhcp.Tests.Wire;

/// <summary>
/// A message with any field and any option, right or wrong, as octets and as an IPv4 packet. Written here octet by octet,
/// so that the reader is not tested against the project's own writer.
/// </summary>
internal sealed class WireMessage
{
    public List<(byte Code, byte[] Data)> Options { get; } = [];
    public byte[] Sname { get; set; } = [];
    public byte[] File { get; set; } = [];
    public byte Op { get; set; } = 2;
    public byte Htype { get; set; } = 1;
    public byte Hlen { get; set; } = 6;
    public uint Xid { get; set; } = 0x3903f326;
    public string Ciaddr { get; set; } = "0.0.0.0";
    public string Yiaddr { get; set; } = "192.0.2.50";
    public MacAddress Chaddr { get; set; } = Fixture.A;
    public uint Cookie { get; set; } = 0x63825363;
    /// <summary>What stands after the options; empty: the message ends with the last option.</summary>
    public byte[] Tail { get; set; } = [255];
    public int LeastLength { get; set; } = 300;

    /// <summary>A whole lease: mask, router, DNS, an hour.</summary>
    public static WireMessage Offer(byte type = 2) => new WireMessage()
        .Add(53, type).Add(54, "c0000201").Add(51, "00000e10").Add(1, "ffffff00").Add(3, "c0000201").Add(6, "c0000201c0000202");

    public static WireMessage Ack() => Offer(5);

    public static WireMessage Nak() => new WireMessage { Yiaddr = "0.0.0.0" }.Add(53, 6).Add(54, "c0000201");

    public WireMessage Add(byte code, params byte[] data)
    {
        Options.Add((code, data));
        return this;
    }

    public WireMessage Add(byte code, string hex) => Add(code, Convert.FromHexString(hex));

    public WireMessage Without(byte code)
    {
        Options.RemoveAll(option => option.Code == code);
        return this;
    }

    public WireMessage Set(byte code, string hex) => Without(code).Add(code, hex);

    public WireMessage With(Action<WireMessage> change)
    {
        change(this);
        return this;
    }

    public static byte[] Encode(params (byte Code, byte[] Data)[] options)
    {
        var octets = new List<byte>();
        foreach ((byte code, byte[] data) in options)
        {
            octets.Add(code);
            octets.Add((byte)data.Length);
            octets.AddRange(data);
        }
        return [.. octets];
    }

    public byte[] ToOctets()
    {
        byte[] options = [.. Encode([.. Options]), .. Tail];
        byte[] message = new byte[Math.Max(LeastLength, 240 + options.Length)];
        message[0] = Op;
        message[1] = Htype;
        message[2] = Hlen;
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), Xid);
        Ipv4Address.Parse(Ciaddr).CopyTo(message.AsSpan(12));
        Ipv4Address.Parse(Yiaddr).CopyTo(message.AsSpan(16));
        Chaddr.CopyTo(message.AsSpan(28));
        Sname.CopyTo(message, 44);
        File.CopyTo(message, 108);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(236), Cookie);
        options.CopyTo(message, 240);
        return message;
    }

    public byte[] ToPacket(ushort destinationPort = 68) =>
        Packet(Ipv4Address.Parse("192.0.2.1"), Ipv4Address.Broadcast, 67, destinationPort, ToOctets());

    /// <summary>IPv4 and UDP around a payload, with right checksums.</summary>
    public static byte[] Packet(Ipv4Address source, Ipv4Address destination, ushort sourcePort, ushort destinationPort, byte[] payload)
    {
        byte[] packet = new byte[28 + payload.Length];
        Span<byte> ip = packet;
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)packet.Length);
        ip[8] = 64;
        ip[9] = 17;
        source.CopyTo(ip[12..]);
        destination.CopyTo(ip[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], Checksum(ip[..20]));

        Span<byte> udp = ip[20..];
        BinaryPrimitives.WriteUInt16BigEndian(udp, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], destinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)udp.Length);
        payload.CopyTo(udp[8..]);
        byte[] pseudo = [.. packet[12..20], 0, 17, .. packet[24..26], .. packet[20..]];
        ushort checksum = Checksum(pseudo);
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], checksum == 0 ? (ushort)0xffff : checksum);
        return packet;
    }

    /// <summary>RFC 1071, the plain way.</summary>
    public static ushort Checksum(ReadOnlySpan<byte> octets)
    {
        uint sum = 0;
        for (int i = 0; i < octets.Length; i++) sum += (uint)octets[i] << (i % 2 == 0 ? 8 : 0);
        while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }

    /// <summary>Makes the IP header checksum right again after a change.</summary>
    public static byte[] FixIpChecksum(byte[] packet)
    {
        int headerLength = (packet[0] & 15) * 4;
        packet[10] = packet[11] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), Checksum(packet.AsSpan(0, headerLength)));
        return packet;
    }
}
