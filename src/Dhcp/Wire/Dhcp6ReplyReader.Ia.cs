using System.Buffers.Binary;
using System.Collections.Immutable;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Wire;

public static partial class Dhcp6ReplyReader
{
    /// <summary>IAs of each kind kept of one message; a client has one or two.</summary>
    public const int MaxIas = 16;

    /// <summary>Addresses or prefixes kept of one IA.</summary>
    public const int MaxLeases = 32;

    // Longer ones leave no room for interface identifiers downstream (RFC 4291 section 2.5.1).
    private const int UsualLongestDelegation = 64;

    private static readonly ImmutableArray<Ipv6Prefix> NeverDelegated =
    [
        new(Ipv6Address.Any, Ipv6Address.Bits), new(Ipv6Address.Loopback, Ipv6Address.Bits),
        new(new Ipv6Address((UInt128)0xff << 120), 8), new(new Ipv6Address((UInt128)0xfe80 << 112), 10),
        new(new Ipv6Address((UInt128)0xffff << 32), 96),
    ];

    // An IA but for what it holds; and how that is read.
    private delegate T IaReader<T>(T ia, ReadOnlySpan<byte> options, ref int repeated, ref ReplyNotes notes);

    private static ImmutableArray<Dhcp6IaNa> ReadIaNas(in Dhcp6MessageView message, ref int repeated, ref ReplyNotes notes) => ReadIas(
        message, 3, static (iaid, t1, t2, status) => new Dhcp6IaNa { Iaid = iaid, T1Seconds = t1, T2Seconds = t2, Status = status },
        static (ia, options, ref repeated, ref notes) => ia with { Addresses = ReadIaAddresses(options, ref repeated, ref notes) }, ref repeated, ref notes);

    private static ImmutableArray<Dhcp6IaPd> ReadIaPds(in Dhcp6MessageView message, ref int repeated, ref ReplyNotes notes) => ReadIas(
        message, 25, static (iaid, t1, t2, status) => new Dhcp6IaPd { Iaid = iaid, T1Seconds = t1, T2Seconds = t2, Status = status },
        static (ia, options, ref repeated, ref notes) => ia with { Prefixes = ReadIaPrefixes(options, ref repeated, ref notes) }, ref repeated, ref notes);

    private static ImmutableArray<T> ReadIas<T>(
        in Dhcp6MessageView message, ushort code, Func<Iaid, uint, uint, Dhcp6Status, T> make, IaReader<T> fill, ref int repeated, ref ReplyNotes notes)
        where T : Dhcp6Ia
    {
        ImmutableArray<T> ias = [];
        Dhcp6OptionWalker walker = message.Options;
        while (walker.MoveNext())
        {
            if (walker.Code != code || !TryReadIa(code, walker.Data, ias.Length, ref notes, out Iaid iaid, out uint t1, out uint t2)) continue;
            if (Contains(ias, iaid))
            {
                notes.Add($"{(code == 3 ? "IA_NA" : "IA_PD")} {iaid} is there more than once; the first is used");
                continue;
            }
            ReadOnlySpan<byte> options = walker.Data[Dhcp6MessageView.IaHeaderLength..];
            CountRepeated(options, ref repeated, ref notes);
            ias = ias.Add(fill(make(iaid, t1, t2, ReadStatus(options, ref notes)), options, ref repeated, ref notes));
        }
        return ias;
    }

    private static bool Contains<T>(ImmutableArray<T> ias, Iaid iaid) where T : Dhcp6Ia
    {
        foreach (T ia in ias)
            if (ia.Iaid == iaid) return true;
        return false;
    }

    /// <summary>The part that both kinds have in common; false for an IA that is to be ignored (RFC 9915 section 21.4).</summary>
    private static bool TryReadIa(
        ushort code, ReadOnlySpan<byte> data, int kept, ref ReplyNotes notes, out Iaid iaid, out uint t1, out uint t2)
    {
        iaid = default;
        t1 = t2 = 0;
        if (!Dhcp6OptionTable.Of(code).Length.Allows(data.Length))
        {
            NoteLength(code, ref notes);
            return false;
        }
        iaid = new Iaid(BinaryPrimitives.ReadUInt32BigEndian(data));
        t1 = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        t2 = BinaryPrimitives.ReadUInt32BigEndian(data[8..]);
        if (t1 > t2 && t2 > 0)
        {
            notes.Add($"IA {iaid} has T1 {t1} after T2 {t2} and is ignored");
            return false;
        }
        if (kept < MaxIas) return true;
        notes.Add($"IA {iaid} is over the limit and ignored");
        return false;
    }

    private static ImmutableArray<Dhcp6IaAddress> ReadIaAddresses(ReadOnlySpan<byte> options, ref int repeated, ref ReplyNotes notes)
    {
        ImmutableArray<Dhcp6IaAddress> addresses = [];
        var walker = new Dhcp6OptionWalker(options);
        while (walker.MoveNext())
        {
            if (walker.Code != 5) continue;
            ReadOnlySpan<byte> data = walker.Data;
            if (data.Length < Dhcp6MessageView.IaAddressHeaderLength)
            {
                NoteLength(walker.Code, ref notes);
                continue;
            }
            var address = Ipv6Address.FromBytes(data);
            uint preferred = BinaryPrimitives.ReadUInt32BigEndian(data[16..]);
            uint valid = BinaryPrimitives.ReadUInt32BigEndian(data[20..]);
            ReadOnlySpan<byte> inner = data[Dhcp6MessageView.IaAddressHeaderLength..];
            if (!address.IsUsableUnicast) notes.Add($"address {address} is not one a host can have and is ignored");
            else if (preferred > valid) notes.Add($"address {address} is preferred for longer than it is valid and is ignored");
            else if (addresses.Length == MaxLeases) notes.Add($"address {address} is over the limit and ignored");
            else if (Contains(addresses, address)) notes.Add($"address {address} is there more than once; the first is used");
            else
            {
                CountRepeated(inner, ref repeated, ref notes);
                addresses = addresses.Add(new Dhcp6IaAddress(address, preferred, valid, ReadStatus(inner, ref notes)));
            }
        }
        return addresses;

        static bool Contains(ImmutableArray<Dhcp6IaAddress> addresses, Ipv6Address address)
        {
            foreach (Dhcp6IaAddress one in addresses)
                if (one.Address == address) return true;
            return false;
        }
    }

    private static ImmutableArray<Dhcp6IaPrefix> ReadIaPrefixes(ReadOnlySpan<byte> options, ref int repeated, ref ReplyNotes notes)
    {
        ImmutableArray<Dhcp6IaPrefix> prefixes = [];
        var walker = new Dhcp6OptionWalker(options);
        while (walker.MoveNext())
        {
            if (walker.Code != 26) continue;
            ReadOnlySpan<byte> data = walker.Data;
            if (data.Length < Dhcp6MessageView.IaPrefixHeaderLength)
            {
                NoteLength(walker.Code, ref notes);
                continue;
            }
            uint preferred = BinaryPrimitives.ReadUInt32BigEndian(data);
            uint valid = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
            ReadOnlySpan<byte> inner = data[Dhcp6MessageView.IaPrefixHeaderLength..];
            if (!TryReadPrefix(data[8..], ref notes, out Ipv6Prefix prefix)) continue;
            if (preferred > valid) notes.Add($"prefix {prefix} is preferred for longer than it is valid and is ignored");
            else if (prefixes.Length == MaxLeases) notes.Add($"prefix {prefix} is over the limit and ignored");
            else if (Contains(prefixes, prefix)) notes.Add($"prefix {prefix} is there more than once; the first is used");
            else
            {
                CountRepeated(inner, ref repeated, ref notes);
                Dhcp6Status status = ReadStatus(inner, ref notes);
                prefixes = prefixes.Add(new Dhcp6IaPrefix(prefix, preferred, valid, status, ReadExcluded(inner, prefix, ref notes)));
            }
        }
        return prefixes;

        static bool Contains(ImmutableArray<Dhcp6IaPrefix> prefixes, Ipv6Prefix prefix)
        {
            foreach (Dhcp6IaPrefix one in prefixes)
                if (one.Prefix == prefix) return true;
            return false;
        }
    }

    /// <summary>Length and prefix, host bits cleared; false for one that nobody can be given.</summary>
    private static bool TryReadPrefix(ReadOnlySpan<byte> data, ref ReplyNotes notes, out Ipv6Prefix prefix)
    {
        int length = data[0];
        var address = Ipv6Address.FromBytes(data[1..]);
        prefix = default;
        if (length is 0 or > Ipv6Address.Bits)
        {
            notes.Add($"prefix {address} has length {length} and is ignored");
            return false;
        }
        prefix = new Ipv6Prefix(address, length).Masked;
        foreach (Ipv6Prefix never in NeverDelegated)
        {
            if (!never.Contains(prefix)) continue;
            notes.Add($"prefix {prefix} is not one to be delegated and is ignored");
            return false;
        }
        if (prefix.Network != address) notes.Add($"prefix {prefix} came with host bits, which are cleared");
        if (length > UsualLongestDelegation) notes.Add($"prefix {prefix} is longer than /64");
        return true;
    }

    private static Ipv6Prefix? ReadExcluded(ReadOnlySpan<byte> options, Ipv6Prefix prefix, ref ReplyNotes notes)
    {
        if (!TryGet(options, Dhcp6OptionRequest.PdExclude, ref notes, out ReadOnlySpan<byte> data)) return null;
        if (Dhcp6PdExclude.TryRead(data, prefix, out Ipv6Prefix excluded)) return excluded;
        notes.Add($"option 67 (pd-exclude) of prefix {prefix} is malformed and ignored");
        return null;
    }
}
