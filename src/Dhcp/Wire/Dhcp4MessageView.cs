using System.Buffers.Binary;
using System.Collections.Immutable;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Wire;

/// <summary>A bounds-checked view of a DHCP message (RFC 2131 section 2). Reading it allocates nothing but joined fragments.</summary>
public readonly ref struct Dhcp4MessageView
{
    /// <summary>Octets up to and including the magic cookie; the options follow.</summary>
    public const int FixedLength = 240;

    /// <summary>99, 130, 83, 99 (RFC 2131 section 3).</summary>
    public const uint Cookie = 0x63825363;

    private const byte BootReply = 2;
    private const byte BootRequest = 1;
    private const byte Ethernet = 1;
    private const int CookieOffset = 236;
    private const int SnameOffset = 44;
    private const int SnameLength = 64;
    private const int FileOffset = 108;
    private const int FileLength = 128;
    private const ushort BroadcastFlag = 0x8000;

    private readonly byte _overload;

    private Dhcp4MessageView(ReadOnlySpan<byte> octets, byte overload)
    {
        Octets = octets;
        _overload = overload;
    }

    /// <summary>The whole message: the UDP payload.</summary>
    public ReadOnlySpan<byte> Octets { get; }

    /// <summary>1 BOOTREQUEST, 2 BOOTREPLY.</summary>
    public byte Op => Octets[0];

    /// <summary>Hardware type, 1 for Ethernet.</summary>
    public byte Htype => Octets[1];

    /// <summary>Hardware address length, 6 for Ethernet.</summary>
    public byte Hlen => Octets[2];

    /// <summary>Relay hops.</summary>
    public byte Hops => Octets[3];

    /// <summary>Transaction identifier.</summary>
    public uint Xid => BinaryPrimitives.ReadUInt32BigEndian(Octets[4..]);

    /// <summary>Seconds since the client began.</summary>
    public ushort Secs => BinaryPrimitives.ReadUInt16BigEndian(Octets[8..]);

    /// <summary>The flags field.</summary>
    public ushort Flags => BinaryPrimitives.ReadUInt16BigEndian(Octets[10..]);

    /// <summary>The BROADCAST flag.</summary>
    public bool Broadcast => (Flags & BroadcastFlag) != 0;

    /// <summary>Client address, when in use.</summary>
    public Ipv4Address Ciaddr => Ipv4Address.FromBytes(Octets[12..]);

    /// <summary>The client's address as the server sees it.</summary>
    public Ipv4Address Yiaddr => Ipv4Address.FromBytes(Octets[16..]);

    /// <summary>Next server.</summary>
    public Ipv4Address Siaddr => Ipv4Address.FromBytes(Octets[20..]);

    /// <summary>Relay agent.</summary>
    public Ipv4Address Giaddr => Ipv4Address.FromBytes(Octets[24..]);

    /// <summary>The first six octets of chaddr.</summary>
    public MacAddress Chaddr => MacAddress.FromBytes(Octets[28..]);

    /// <summary>All 16 octets of chaddr.</summary>
    public ReadOnlySpan<byte> ChaddrOctets => Octets.Slice(28, 16);

    /// <summary>The sname field, 64 octets; options when overloaded.</summary>
    public ReadOnlySpan<byte> Sname => Octets.Slice(SnameOffset, SnameLength);

    /// <summary>The file field, 128 octets; options when overloaded.</summary>
    public ReadOnlySpan<byte> File => Octets.Slice(FileOffset, FileLength);

    /// <summary>True when <see cref="File"/> holds options (option 52, RFC 2132 section 9.3).</summary>
    public bool FileHoldsOptions => (_overload & 1) != 0;

    /// <summary>True when <see cref="Sname"/> holds options.</summary>
    public bool SnameHoldsOptions => (_overload & 2) != 0;

    /// <summary>True when the magic cookie is there: without it this is BOOTP, and what follows is not options.</summary>
    public bool HasCookie => BinaryPrimitives.ReadUInt32BigEndian(Octets[CookieOffset..]) == Cookie;

    /// <summary>Every option as it stands, fragments apart, in aggregate order: options, file, sname (RFC 3396 section 5).</summary>
    public Dhcp4OptionWalker Fragments => new(
        Octets[FixedLength..], FileHoldsOptions ? File : default, SnameHoldsOptions ? Sname : default);

    /// <summary>Reads a server's message: V6, V7, V10 and V11.</summary>
    public static Dhcp4DropReason TryParse(ReadOnlySpan<byte> message, out Dhcp4MessageView view) =>
        TryParse(message, BootReply, out view);

    /// <summary>Reads a client's message, for captures.</summary>
    public static Dhcp4DropReason TryParseRequest(ReadOnlySpan<byte> message, out Dhcp4MessageView view) =>
        TryParse(message, BootRequest, out view);

    private static Dhcp4DropReason TryParse(ReadOnlySpan<byte> message, byte op, out Dhcp4MessageView view)
    {
        view = new Dhcp4MessageView(message, 0);
        if (message.Length < FixedLength) return Dhcp4DropReason.UdpLength;
        // A capture shows a message that is dropped for its header too, with the options where they really are.
        if (view.HasCookie) view = new Dhcp4MessageView(message, OverloadOf(message[FixedLength..]));
        if (message[0] != op) return Dhcp4DropReason.Op;
        if (message[1] != Ethernet || message[2] != MacAddress.Length) return Dhcp4DropReason.HardwareType;
        if (!view.HasCookie) return Dhcp4DropReason.Cookie;
        Dhcp4OptionWalker walker = view.Fragments;
        while (walker.MoveNext())
        {
        }
        return walker.IsMalformed ? Dhcp4DropReason.OptionLength : Dhcp4DropReason.None;
    }

    /// <summary>
    /// Option 52 of the options field: 1 file, 2 sname, 3 both; any other value is no overload, and neither are two
    /// instances, which are fragments of one option of a wrong length.
    /// </summary>
    private static byte OverloadOf(ReadOnlySpan<byte> options)
    {
        const byte overloadOption = 52;
        byte overload = 0;
        int length = 0;
        var walker = new Dhcp4OptionWalker(options, default, default);
        while (walker.MoveNext())
        {
            if (walker.Code != overloadOption) continue;
            length += walker.Data.Length;
            if (walker.Data.Length == 1) overload = walker.Data[0];
        }
        return length == 1 && overload is >= 1 and <= 3 ? overload : (byte)0;
    }

    /// <summary>
    /// The data of an option, its fragments joined (RFC 3396): never only the last one. Allocates only where there are
    /// several.
    /// </summary>
    public bool TryGetOption(byte code, out ReadOnlySpan<byte> data)
    {
        data = default;
        int count = 0;
        int length = 0;
        Dhcp4OptionWalker walker = Fragments;
        while (walker.MoveNext())
        {
            if (walker.Code != code) continue;
            count++;
            length += walker.Data.Length;
            data = walker.Data;
        }
        if (count > 1) data = Join(code, length);
        return count > 0;
    }

    private byte[] Join(byte code, int length)
    {
        byte[] joined = new byte[length];
        int position = 0;
        Dhcp4OptionWalker walker = Fragments;
        while (walker.MoveNext())
        {
            if (walker.Code != code) continue;
            walker.Data.CopyTo(joined.AsSpan(position));
            position += walker.Data.Length;
        }
        return joined;
    }

    /// <summary>A copy of every option, fragments joined, in order of first appearance.</summary>
    public ImmutableArray<Dhcp4Option> CopyOptions() =>
        new Dhcp4OptionIndex(this, stackalloc ushort[Dhcp4OptionIndex.TableLength]).CopyOptions();
}
