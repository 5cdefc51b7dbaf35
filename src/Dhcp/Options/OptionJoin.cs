using System.Collections.Immutable;
using BondDhcp.Dhcp.Wire;

namespace BondDhcp.Dhcp.Options;

/// <summary>One option of a server with what the configuration does to it.</summary>
internal static class OptionJoin
{
    /// <summary>Takes the first item off the data; null where items have no bounds, and all of it is one.</summary>
    public delegate int ItemLength(ReadOnlySpan<byte> data);

    /// <summary>Items of one length.</summary>
    public static ItemLength Fixed(int octets) => data => Math.Min(octets, data.Length);

    /// <summary>Names of RFC 1035, uncompressed and well-formed.</summary>
    public static int Name(ReadOnlySpan<byte> data)
    {
        int position = 0;
        while (position < data.Length && data[position] != 0) position += 1 + data[position];
        return Math.Min(position + 1, data.Length);
    }

    /// <summary>A server's names as octets; the last ones not, where the owner's would have no place among those that are read of a list.</summary>
    /// <param name="server">Valid names.</param>
    /// <param name="acts">What the configuration does to the list.</param>
    public static ImmutableArray<byte>? NamesBeside(ImmutableArray<string> server, IEnumerable<OptionOverride> acts)
    {
        int count = 0, text = 0;
        foreach (OptionOverride one in acts)
        {
            if (one.Act is not (OptionAct.Prepend or OptionAct.Append)) continue;
            text += one.Data.Length;
            for (ReadOnlySpan<byte> data = one.Data.AsSpan(); !data.IsEmpty; data = data[Name(data)..]) count++;
        }
        List<byte> octets = [];
        foreach (string name in server)
        {
            count++;
            text += name.Length + 1;
            if (count > DomainNames.MaxSearchNames || text > DomainNames.MaxSearchText) break;
            OptionItemWriters.Name(new OptionItem(name), octets);
        }
        return octets.Count == 0 ? null : [.. octets];
    }

    /// <summary>All of it.</summary>
    public static int Whole(ReadOnlySpan<byte> data) => data.Length;

    /// <summary>The option's data in force; null for no such option. What would be there twice is there once, where it comes first.</summary>
    /// <param name="acts">What the configuration does to this option.</param>
    /// <param name="server">What the server says; null for nothing.</param>
    /// <param name="itemLength">How its items are told apart.</param>
    public static ImmutableArray<byte>? Of(IEnumerable<OptionOverride> acts, ImmutableArray<byte>? server, ItemLength itemLength)
    {
        ImmutableArray<byte>? Of(OptionAct act)
        {
            foreach (OptionOverride one in acts)
                if (one.Act == act) return one.Data;
            return null;
        }
        if (Of(OptionAct.Supersede) is { } superseded) return superseded;
        ImmutableArray<byte>? middle = server ?? Of(OptionAct.Default);
        ImmutableArray<byte>? before = Of(OptionAct.Prepend), after = Of(OptionAct.Append);
        if (before is null && after is null) return middle;
        List<byte[]> items = [];
        foreach (ImmutableArray<byte>? part in (ReadOnlySpan<ImmutableArray<byte>?>)[before, middle, after])
            if (part is { } data) AddItems(items, data.AsSpan(), itemLength);
        return [.. items.SelectMany(static item => item)];
    }

    private static void AddItems(List<byte[]> items, ReadOnlySpan<byte> data, ItemLength itemLength)
    {
        while (!data.IsEmpty)
        {
            byte[] item = data[..itemLength(data)].ToArray();
            if (!items.Exists(other => other.AsSpan().SequenceEqual(item))) items.Add(item);
            data = data[item.Length..];
        }
    }
}
