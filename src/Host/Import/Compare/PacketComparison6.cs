using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Host.Import.Compare;

/// <summary>Two first packets of DHCPv6 side by side, and what their differences mean to a server.</summary>
/// <param name="program">The other program's name.</param>
/// <param name="theirs">Its packet.</param>
/// <param name="ours">Ours.</param>
internal sealed class PacketComparison6(string program, FirstPacket6 theirs, FirstPacket6 ours)
{
    private const ushort ClientIdentifier = 1, IaNa = 3, OptionRequest = 6, ElapsedTime = 8, RapidCommit = 14, IaPd = 25, IaPrefix = 26;

    /// <summary>A line for each option and part of an association, what differs with an asterisk; then a line for each difference that a server can see.</summary>
    public IEnumerable<string> Lines()
    {
        yield return PacketComparison.Line("", program, "bonddhcp", isTitle: true);
        yield return PacketComparison.Line("message", theirs.Message, ours.Message);
        foreach (ushort code in CodesOf(theirs, ours))
        {
            List<(string Name, string Value)> left = Rows(theirs, code), right = Rows(ours, code);
            foreach ((string name, string value) in left) yield return PacketComparison.Line(name, value, ValueOf(right, name));
            foreach ((string name, string value) in right)
                if (!left.Exists(row => row.Name == name)) yield return PacketComparison.Line(name, "-", value);
        }
        foreach (string difference in Differences()) yield return "  " + difference;
    }

    /// <summary>What differs, in words.</summary>
    public IEnumerable<string> Differences()
    {
        if (theirs.Message != ours.Message) yield return $"message: {theirs.Message} of {program}, {ours.Message} of bonddhcp";
        if (DataOf(theirs, ClientIdentifier) is not { } duid || duid.IsEmpty) yield return $"DUID: {program} makes a new one when it starts; servers have not seen the one of bonddhcp";
        else if (DataOf(ours, ClientIdentifier) is { } other && !duid.SequenceEqual(other)) yield return "DUID: another one; servers see a new host";
        foreach (ushort code in (ushort[])[IaNa, IaPd])
            foreach (string difference in DifferencesOf(code)) yield return difference;
        List<ushort> asked = RequestOf(theirs), asks = RequestOf(ours);
        if (asks.Count == 0 && asked.Count > 0)
        {
            // RFC 9915 section 18.2.3: a CONFIRM asks whether addresses fit the link, and its REPLY brings nothing else.
            yield return $"option request: in the {ours.Message} of {program} alone, whose answer brings no options; bonddhcp asks with SOLICIT, REQUEST, RENEW and REBIND";
        }
        else
        {
            if (Names(asks, asked) is { Length: > 0 } more) yield return $"options asked for by bonddhcp alone: {more}";
            if (Names(asked, asks) is { Length: > 0 } less) yield return $"options asked for by {program} alone: {less}";
        }
        if (DataOf(ours, RapidCommit) is null && DataOf(theirs, RapidCommit) is not null) yield return $"rapid commit: offered by {program} alone";
        if (DataOf(ours, RapidCommit) is not null && DataOf(theirs, RapidCommit) is null) yield return "rapid commit: offered by bonddhcp alone";
        if (DataOf(theirs, ElapsedTime) is { } before && DataOf(ours, ElapsedTime) is { } after && !before.SequenceEqual(after)) yield return "elapsed time: another one";
        foreach (ushort code in CodesOf(theirs, ours))
        {
            if (code is ClientIdentifier or IaNa or OptionRequest or ElapsedTime or RapidCommit or IaPd) continue;
            string name = Dhcp6OptionTable.Of(code).Name;
            ImmutableArray<byte>? left = DataOf(theirs, code), right = DataOf(ours, code);
            if (left is null) yield return $"{name}: sent by bonddhcp alone";
            else if (right is null) yield return $"{name}: sent by {program} alone";
            else if (!left.Value.SequenceEqual(right.Value)) yield return $"{name}: another one";
        }
    }

    private IEnumerable<string> DifferencesOf(ushort code)
    {
        List<ImmutableArray<byte>> left = AllOf(theirs, code), right = AllOf(ours, code);
        string name = code == IaNa ? "IA_NA" : "IA_PD";
        string what = code == IaNa ? "an address" : "a prefix";
        if (left.Count > 0 && right.Count == 0) yield return $"{name}: {what} is asked for by {program} alone";
        if (left.Count == 0 && right.Count > 0) yield return $"{name}: {what} is asked for by bonddhcp alone";
        if (left.Count == 0 || right.Count == 0) yield break;
        if (left.Count > right.Count) yield return $"{name}: {left.Count} of {program}, one of bonddhcp";
        if (IaidOf(left[0]) != IaidOf(right[0])) yield return $"IAID of {name}: {IaidOf(left[0])} of {program}, {IaidOf(right[0])} of bonddhcp; servers see another association, and may give {(code == IaNa ? "another address" : "another prefix")}";
        string wished = Inner(code, left[0]), wishes = Inner(code, right[0]);
        if (wished != wishes) yield return $"{name} asks for {(wished.Length == 0 ? "anything" : wished)} in {program}, for {(wishes.Length == 0 ? "anything" : wishes)} in bonddhcp";
    }

    private static uint IaidOf(ImmutableArray<byte> ia) => BinaryPrimitives.ReadUInt32BigEndian(ia.AsSpan());

    // What it asks for, without times, of which servers take no notice.
    private static string Inner(ushort code, ImmutableArray<byte> ia)
    {
        List<string> wishes = [];
        foreach (SubOption inner in Dhcp6SubOptions.Read(code, ia.AsSpan()))
            if (inner.Value is { } text) wishes.Add(text.Split(' ')[0]);
        return string.Join(", ", wishes);
    }

    private static List<ushort> RequestOf(FirstPacket6 packet)
    {
        List<ushort> codes = [];
        if (DataOf(packet, OptionRequest) is not { } data) return codes;
        for (int i = 0; i + 1 < data.Length; i += sizeof(ushort)) codes.Add(BinaryPrimitives.ReadUInt16BigEndian(data.AsSpan()[i..]));
        return codes;
    }

    private static string Names(List<ushort> codes, List<ushort> without)
    {
        List<string> names = [];
        foreach (ushort code in codes)
            if (!without.Contains(code)) names.Add(Dhcp6OptionTable.Of(code).Name);
        return string.Join(", ", names);
    }

    private static List<ushort> CodesOf(params ReadOnlySpan<FirstPacket6> packets)
    {
        List<ushort> codes = [];
        foreach (FirstPacket6 packet in packets)
            foreach (Dhcp6Option option in packet.Options)
                if (!codes.Contains(option.Code)) codes.Add(option.Code);
        codes.Sort();
        return codes;
    }

    private static List<ImmutableArray<byte>> AllOf(FirstPacket6 packet, ushort code)
    {
        List<ImmutableArray<byte>> all = [];
        foreach (Dhcp6Option option in packet.Options)
            if (option.Code == code) all.Add(option.Data);
        return all;
    }

    private static ImmutableArray<byte>? DataOf(FirstPacket6 packet, ushort code) => AllOf(packet, code) is [var first, ..] ? first : null;

    private static string ValueOf(List<(string Name, string Value)> rows, string name)
    {
        foreach ((string known, string value) in rows)
            if (known == name) return value;
        return "-";
    }

    private static List<(string Name, string Value)> Rows(FirstPacket6 packet, ushort code)
    {
        List<(string, string)> rows = [];
        List<ImmutableArray<byte>> all = AllOf(packet, code);
        for (int i = 0; i < all.Count; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"{code} {Dhcp6OptionTable.Of(code).Name}{(i == 0 ? "" : $" ({i + 1})")}");
            ReadOnlySpan<byte> data = all[i].AsSpan();
            if (code is IaNa or IaPd) AddAssociation(rows, name, code, data);
            else rows.Add((name, Text(code, data)));
        }
        return rows;
    }

    private static void AddAssociation(List<(string, string)> rows, string name, ushort code, ReadOnlySpan<byte> data)
    {
        const int renewAt = 4, rebindAt = 8;
        rows.Add(($"{name} iaid", string.Create(CultureInfo.InvariantCulture, $"{BinaryPrimitives.ReadUInt32BigEndian(data)}")));
        rows.Add(($"{name} t1, t2", string.Create(CultureInfo.InvariantCulture, $"{BinaryPrimitives.ReadUInt32BigEndian(data[renewAt..])}, {BinaryPrimitives.ReadUInt32BigEndian(data[rebindAt..])}")));
        int number = 0;
        foreach (SubOption inner in Dhcp6SubOptions.Read(code, data))
            rows.Add(($"{name} {(inner.Code == IaPrefix ? "prefix" : "address")}{(number++ == 0 ? "" : $" ({number})")}", inner.Value ?? HexText.Colons(inner.Data.AsSpan())));
    }

    private static string Text(ushort code, ReadOnlySpan<byte> data) =>
        code == ClientIdentifier && data.IsEmpty ? "(made when it starts)"
        : data.IsEmpty ? "yes"
        : Dhcp6OptionText.Format(code, data) is { Length: > 0 } text ? text : HexText.Colons(data);
}
