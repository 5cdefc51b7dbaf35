using System.Buffers.Binary;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using Xunit;

namespace BondDhcp.Tests.Wire;

/// <summary>
/// A DHCPv6 message with any options, right or wrong, as octets. Written here octet by octet, so that the reader is not
/// tested against the project's own writer.
/// </summary>
internal sealed class Wire6Message
{
    public const string ClientHex = "00048baf2d96b4a2486c9e15ceee096b5ccd";
    public const string ServerHex = "00030001020000000001";
    public const uint Iaid = 0x32e81918;

    public static readonly Duid Client = DuidOf(ClientHex);
    public static readonly Duid Server = DuidOf(ServerHex);

    public byte Type { get; set; } = 7;
    public uint Xid { get; set; } = 0x2a2b2d;
    public List<(int Code, byte[] Data)> Options { get; } = [];

    /// <summary>What stands after the options.</summary>
    public byte[] Tail { get; set; } = [];

    /// <summary>A REPLY with both identifiers, and one address.</summary>
    public static Wire6Message Reply() => Bare().Add(3, Ia(inner: Address()));

    public static Wire6Message Advertise() => Reply().With(m => m.Type = 2);

    /// <summary>A REPLY with both identifiers alone.</summary>
    public static Wire6Message Bare() => new Wire6Message().Add(1, ClientHex).Add(2, ServerHex);

    public static Duid DuidOf(string hex)
    {
        Assert.True(Duid.TryParse(hex, out Duid? duid));
        return duid;
    }

    public Wire6Message Add(int code, params byte[] data)
    {
        Options.Add((code, data));
        return this;
    }

    public Wire6Message Add(int code, string hex) => Add(code, Convert.FromHexString(hex));

    public Wire6Message Without(int code)
    {
        Options.RemoveAll(option => option.Code == code);
        return this;
    }

    public Wire6Message With(Action<Wire6Message> change)
    {
        change(this);
        return this;
    }

    public byte[] ToOctets() =>
        [.. Number(Type, 1), .. Number(Xid, 3), .. Options.SelectMany(option => Option(option.Code, option.Data)), .. Tail];

    /// <summary>One option with its header.</summary>
    public static byte[] Option(int code, params byte[] data) => [.. Number((uint)code, 2), .. Number((uint)data.Length, 2), .. data];

    /// <summary>The data of an IA.</summary>
    public static byte[] Ia(uint iaid = Iaid, uint t1 = 300, uint t2 = 480, params byte[] inner) =>
        [.. Number(iaid, 4), .. Number(t1, 4), .. Number(t2, 4), .. inner];

    /// <summary>Option 5.</summary>
    public static byte[] Address(string address = "2001:db8::100", uint preferred = 600, uint valid = 900, params byte[] inner) =>
        Option(5, [.. Octets(address), .. Number(preferred, 4), .. Number(valid, 4), .. inner]);

    /// <summary>Option 26.</summary>
    public static byte[] Prefix(string prefix = "2001:db8:100::/56", uint preferred = 600, uint valid = 900, params byte[] inner)
    {
        string[] parts = prefix.Split('/');
        byte length = byte.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture);
        return Option(26, [.. Number(preferred, 4), .. Number(valid, 4), length, .. Octets(parts[0]), .. inner]);
    }

    /// <summary>Option 13.</summary>
    public static byte[] Status(ushort code, string text = "") => Option(13, [.. Number(code, 2), .. System.Text.Encoding.UTF8.GetBytes(text)]);

    public static byte[] Octets(string address) => System.Net.IPAddress.Parse(address).GetAddressBytes();

    public static byte[] Number(uint value, int length)
    {
        byte[] octets = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, value);
        return octets[^length..];
    }

    /// <summary>An uncompressed name.</summary>
    public static byte[] Name(string name) =>
        [.. name.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. System.Text.Encoding.ASCII.GetBytes(label)]), 0];
}

/// <summary>The whole way from octets to facts, as the client goes it.</summary>
internal static class Wire6Reading
{
    /// <summary>An answer of any kind to the exchange of the vectors.</summary>
    public static readonly Dhcp6Expectation Any = new() { Xid = 0x2a2b2d, ClientIdentifier = Wire6Message.Client, Advertise = true, Reply = true };

    public static Dhcp6DropReason Read(ReadOnlySpan<byte> octets, in Dhcp6Expectation expected, out Dhcp6Reply? reply)
    {
        reply = null;
        Dhcp6DropReason reason = Dhcp6MessageView.TryParse(octets, out Dhcp6MessageView view);
        return reason == Dhcp6DropReason.None ? Dhcp6ReplyReader.TryRead(view, expected, out reply) : reason;
    }

    public static Dhcp6DropReason ReasonOf(Wire6Message message, Dhcp6Expectation? expected = null)
    {
        Dhcp6DropReason reason = Read(message.ToOctets(), expected ?? Any, out Dhcp6Reply? reply);
        Assert.Equal(reason == Dhcp6DropReason.None, reply is not null);
        return reason;
    }

    public static Dhcp6Reply Accept(Wire6Message message, Dhcp6Expectation? expected = null)
    {
        Assert.Equal(Dhcp6DropReason.None, Read(message.ToOctets(), expected ?? Any, out Dhcp6Reply? reply));
        Assert.NotNull(reply);
        return reply;
    }
}
