using System.Buffers.Binary;
using System.Text;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Kit;

/// <summary>
/// A DHCPv6 message as a server writes it, built octet by octet without the project's own writer, so that the reader is
/// not tested against its own idea of the format.
/// </summary>
public sealed class Reply6Message
{
    private readonly List<byte> _options = [];

    public Reply6Message(Dhcp6MessageType type, uint xid, Duid? client, Duid? server)
    {
        Type = type;
        Xid = xid;
        if (client is not null) Option(1, client.Octets);
        if (server is not null) Option(2, server.Octets);
    }

    public Dhcp6MessageType Type { get; }

    /// <summary>Of the IA_NA.</summary>
    public Iaid AddressIaid { get; init; } = Fixture6.Iaid;

    /// <summary>Of the IA_PD.</summary>
    public Iaid PrefixIaid { get; init; } = Fixture6.Iaid;

    public uint Xid { get; set; }

    public Reply6Message Option(ushort code, params ReadOnlySpan<byte> data)
    {
        Append(_options, code, data);
        return this;
    }

    public Reply6Message Seconds(ushort code, uint seconds) => Option(code, UInt32(seconds));

    public Reply6Message Status(Dhcp6StatusCode code, string text = "") => Option(13, StatusOctets(code, text));

    public Reply6Message Dns(Ipv6Address address) => Option(23, Octets(address));

    /// <summary>An IA_NA with addresses of these lifetimes.</summary>
    public Reply6Message IaNa(uint t1, uint t2, params (Ipv6Address Address, uint Preferred, uint Valid)[] addresses)
    {
        List<byte> ia = [.. UInt32(AddressIaid.Value), .. UInt32(t1), .. UInt32(t2)];
        foreach ((Ipv6Address address, uint preferred, uint valid) in addresses)
            Append(ia, 5, [.. Octets(address), .. UInt32(preferred), .. UInt32(valid)]);
        return Option(3, [.. ia]);
    }

    /// <summary>An IA_NA without addresses, and why.</summary>
    public Reply6Message IaNa(Dhcp6StatusCode status)
    {
        List<byte> ia = [.. UInt32(AddressIaid.Value), .. UInt32(0), .. UInt32(0)];
        Append(ia, 13, StatusOctets(status, ""));
        return Option(3, [.. ia]);
    }

    /// <summary>An IA_PD with prefixes of these lifetimes.</summary>
    public Reply6Message IaPd(uint t1, uint t2, params (Ipv6Prefix Prefix, uint Preferred, uint Valid)[] prefixes)
    {
        List<byte> ia = [.. UInt32(PrefixIaid.Value), .. UInt32(t1), .. UInt32(t2)];
        foreach ((Ipv6Prefix prefix, uint preferred, uint valid) in prefixes)
            Append(ia, 26, [.. UInt32(preferred), .. UInt32(valid), (byte)prefix.PrefixLength, .. Octets(prefix.Network)]);
        return Option(25, [.. ia]);
    }

    /// <summary>An IA_PD without prefixes, and why.</summary>
    public Reply6Message IaPd(Dhcp6StatusCode status)
    {
        List<byte> ia = [.. UInt32(PrefixIaid.Value), .. UInt32(0), .. UInt32(0)];
        Append(ia, 13, StatusOctets(status, ""));
        return Option(25, [.. ia]);
    }

    public byte[] ToOctets() => [(byte)Type, (byte)(Xid >> 16), (byte)(Xid >> 8), (byte)Xid, .. _options];

    /// <summary>Through the project's reader.</summary>
    public Dhcp6Reply ToReply()
    {
        Assert.Equal(Dhcp6DropReason.None, Dhcp6MessageView.TryParse(ToOctets(), out Dhcp6MessageView view));
        Assert.Equal(Dhcp6DropReason.None, Dhcp6ReplyReader.TryRead(view, out Dhcp6Reply? reply));
        return reply!;
    }

    private static void Append(List<byte> to, ushort code, ReadOnlySpan<byte> data)
    {
        to.AddRange([(byte)(code >> 8), (byte)code, (byte)(data.Length >> 8), (byte)data.Length]);
        to.AddRange(data);
    }

    private static byte[] StatusOctets(Dhcp6StatusCode code, string text) => [0, (byte)code, .. Encoding.UTF8.GetBytes(text)];

    private static byte[] Octets(Ipv6Address address)
    {
        byte[] octets = new byte[Ipv6Address.Length];
        address.CopyTo(octets);
        return octets;
    }

    private static byte[] UInt32(uint value)
    {
        byte[] octets = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(octets, value);
        return octets;
    }
}
