using System.Buffers.Binary;
using System.Collections.Immutable;

namespace BondDhcp.Dhcp.Wire;

/// <summary>A bounds-checked view of a message between client and server (RFC 9915 section 8). Reading it allocates nothing.</summary>
public readonly ref struct Dhcp6MessageView
{
    /// <summary>Octets of type and transaction id; the options follow.</summary>
    public const int HeaderLength = 4;

    /// <summary>A transaction id has 24 bits.</summary>
    public const uint MaxXid = 0xff_ffff;

    // What precedes the inner options of IA_NA and IA_PD, IA_TA, IAADDR, IAPREFIX.
    internal const int IaHeaderLength = 12;
    internal const int IaTaHeaderLength = 4;
    internal const int IaAddressHeaderLength = 24;
    internal const int IaPrefixHeaderLength = 25;

    private Dhcp6MessageView(ReadOnlySpan<byte> octets) => Octets = octets;

    /// <summary>The whole message: the UDP payload.</summary>
    public ReadOnlySpan<byte> Octets { get; }

    /// <summary>The type, known or not.</summary>
    public Dhcp6MessageType Type => (Dhcp6MessageType)Octets[0];

    /// <summary>Transaction identifier, 24 bits.</summary>
    public uint Xid => BinaryPrimitives.ReadUInt32BigEndian(Octets) & MaxXid;

    /// <summary>What follows the header.</summary>
    public ReadOnlySpan<byte> OptionOctets => Octets[HeaderLength..];

    /// <summary>The options at the top of the message.</summary>
    public Dhcp6OptionWalker Options => new(OptionOctets);

    /// <summary>
    /// Checks length, and that every option of the message and inside its IAs lies within what holds it. A relay agent's
    /// message has another header and is none of these. The view can be read when the message has
    /// <see cref="HeaderLength"/> octets.
    /// </summary>
    public static Dhcp6DropReason TryParse(ReadOnlySpan<byte> message, out Dhcp6MessageView view)
    {
        view = new Dhcp6MessageView(message);
        if (message.Length < HeaderLength) return Dhcp6DropReason.Length;
        if (view.Type is Dhcp6MessageType.RelayForward or Dhcp6MessageType.RelayReply) return Dhcp6DropReason.MessageType;
        Dhcp6OptionWalker walker = view.Options;
        while (walker.MoveNext())
            if (!IsWhole(walker.Code, walker.Data)) return Dhcp6DropReason.OptionLength;
        return walker.IsMalformed ? Dhcp6DropReason.OptionLength : Dhcp6DropReason.None;
    }

    /// <summary>The data of the first option with this code at the top of the message.</summary>
    public bool TryGetOption(ushort code, out ReadOnlySpan<byte> data) => Dhcp6OptionWalker.TryFind(OptionOctets, code, out data);

    /// <summary>A copy of every option at the top of the message, in order.</summary>
    public ImmutableArray<Dhcp6Option> CopyOptions() => CopyOptions(OptionOctets);

    /// <summary>A copy of options that follow each other, up to the damage where they are malformed.</summary>
    internal static ImmutableArray<Dhcp6Option> CopyOptions(ReadOnlySpan<byte> options)
    {
        ImmutableArray<Dhcp6Option>.Builder copies = ImmutableArray.CreateBuilder<Dhcp6Option>();
        var walker = new Dhcp6OptionWalker(options);
        while (walker.MoveNext()) copies.Add(new Dhcp6Option(walker.Code, [.. walker.Data]));
        return copies.ToImmutable();
    }

    /// <summary>
    /// Options of an IA, and of the addresses and prefixes in it, end within it. The depth is fixed: nothing else of what
    /// a client uses holds options (RFC 9915 section 16). What is too short to hold any has none.
    /// </summary>
    private static bool IsWhole(ushort code, ReadOnlySpan<byte> data)
    {
        (ushort inner, int header, int innerHeader) = code switch
        {
            3 => ((ushort)5, IaHeaderLength, IaAddressHeaderLength),
            25 => ((ushort)26, IaHeaderLength, IaPrefixHeaderLength),
            _ => default,
        };
        if (header == 0 || data.Length <= header) return true;
        var walker = new Dhcp6OptionWalker(data[header..]);
        while (walker.MoveNext())
        {
            if (walker.Code != inner || walker.Data.Length <= innerHeader) continue;
            var innermost = new Dhcp6OptionWalker(walker.Data[innerHeader..]);
            while (innermost.MoveNext())
            {
            }
            if (innermost.IsMalformed) return false;
        }
        return !walker.IsMalformed;
    }
}
