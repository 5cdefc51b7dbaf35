using System.Buffers.Binary;
using System.Text;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Kit;

/// <summary>
/// A message as a server writes it, built octet by octet without the project's own writer, so that the reader is not
/// tested against its own idea of the format.
/// </summary>
public sealed class ReplyMessage
{
    private readonly List<byte> _options = [];

    public ReplyMessage(Dhcp4MessageType type, uint xid, MacAddress chaddr, Ipv4Address server)
    {
        Xid = xid;
        Chaddr = chaddr;
        Option(53, (byte)type);
        Address(54, server);
    }

    public uint Xid { get; set; }

    public MacAddress Chaddr { get; set; }

    public Ipv4Address Yiaddr { get; set; }

    public ReplyMessage Option(byte code, params ReadOnlySpan<byte> data)
    {
        _options.Add(code);
        _options.Add((byte)data.Length);
        _options.AddRange(data);
        return this;
    }

    public ReplyMessage Address(byte code, params ReadOnlySpan<Ipv4Address> addresses)
    {
        byte[] data = new byte[4 * addresses.Length];
        for (int i = 0; i < addresses.Length; i++) addresses[i].CopyTo(data.AsSpan(4 * i));
        return Option(code, data);
    }

    public ReplyMessage Seconds(byte code, uint seconds)
    {
        byte[] data = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(data, seconds);
        return Option(code, data);
    }

    public ReplyMessage Text(byte code, string text) => Option(code, Encoding.ASCII.GetBytes(text));

    /// <summary>The UDP payload, padded to the 300 octets of a BOOTP message.</summary>
    public byte[] ToOctets()
    {
        byte[] message = new byte[Math.Max(300, 240 + _options.Count + 1)];
        message[0] = 2;
        message[1] = 1;
        message[2] = 6;
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), Xid);
        Yiaddr.CopyTo(message.AsSpan(16));
        Chaddr.CopyTo(message.AsSpan(28));
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(236), 0x63825363);
        _options.CopyTo(message, 240);
        message[240 + _options.Count] = 255;
        return message;
    }

    /// <summary>Through the project's reader.</summary>
    public Dhcp4Reply ToReply()
    {
        Assert.Equal(Dhcp4DropReason.None, Dhcp4MessageView.TryParse(ToOctets(), out Dhcp4MessageView view));
        Assert.Equal(Dhcp4DropReason.None, Dhcp4ReplyReader.TryRead(view, out Dhcp4Reply? reply));
        return reply!;
    }
}
