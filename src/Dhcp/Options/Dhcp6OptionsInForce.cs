using System.Collections.Immutable;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Options;

/// <summary>A DHCPv6 REPLY as it is to be followed: what the server said, and what the configuration says instead. Pure.</summary>
public static class Dhcp6OptionsInForce
{
    private const ushort DnsServers = 23, SntpServers = 31, NtpServers = 56;

    /// <summary>The reply with the overrides in it; the same one where there are none. Leases, status and times stay the server's.</summary>
    /// <param name="reply">As the server sent it.</param>
    /// <param name="overrides">What the configuration says of DHCPv6's options.</param>
    public static Dhcp6Reply Of(Dhcp6Reply reply, OptionOverrides overrides)
    {
        if (overrides.LeaveReplies) return reply;
        List<Dhcp6Option> options = [.. reply.Options];
        List<ushort> touched = [];
        foreach (ushort code in overrides.CodesOfReplies)
        {
            Dhcp6OptionInfo its = Dhcp6OptionTable.Of(code);
            ImmutableArray<byte>? server = SoundData(reply, its, overrides);
            if (OptionJoin.Of(overrides.OfReplies(code), server, ItemLengthOf(its.Kind)) is not { } data) continue;
            if (server is { } said && said.AsSpan().SequenceEqual(data.AsSpan())) continue;
            int at = options.FindIndex(option => option.Code == code);
            options.RemoveAll(option => option.Code == code);
            options.Insert(at < 0 ? options.Count : at, new Dhcp6Option(code, data));
            touched.Add(code);
        }
        return touched.Count == 0 ? reply : Read(reply, options, [.. touched]);
    }

    // What the reader takes of a server's lists: an item that it leaves out is not to come in with the owner's, nor one that
    // runs past its end to take the owner's with it.
    private static ImmutableArray<byte>? SoundData(Dhcp6Reply reply, Dhcp6OptionInfo its, OptionOverrides overrides)
    {
        List<byte> octets = [];
        ImmutableArray<byte>[] instances = [.. reply.Options.Where(option => option.Code == its.Code && its.Length.Allows(option.Data.Length)).Select(static option => option.Data)];
        if (instances.Length == 0) return null;
        switch (its)
        {
            case { Code: DnsServers }: AddItems(reply.DnsServers, OptionItemWriters.Ipv6); break;
            case { Code: SntpServers }: AddItems(reply.SntpServers, OptionItemWriters.Ipv6); break;
            case { Code: NtpServers }: AddItems(reply.NtpServers, Dhcp6OptionForms.NtpServer); break;
            case { Kind: Dhcp6OptionKind.NameList }:
                DomainNames.TryReadList(instances[0].AsSpan(), isCompressed: false, out ImmutableArray<string> names, out _);
                return OptionJoin.NamesBeside(names, overrides.OfReplies(its.Code));
            // Of what may occur once the first counts; what repeats is one list.
            default: return its.Repeats ? [.. instances.SelectMany(static data => data)] : instances[0];
        }
        return octets.Count == 0 ? null : [.. octets];

        void AddItems<T>(ImmutableArray<T> items, ItemWriter write)
        {
            foreach (T item in items) write(new OptionItem(item!.ToString()), octets);
        }
    }

    private static OptionJoin.ItemLength ItemLengthOf(Dhcp6OptionKind kind) => kind switch
    {
        Dhcp6OptionKind.AddressList => OptionJoin.Fixed(Ipv6Address.Length),
        Dhcp6OptionKind.UInt16List => OptionJoin.Fixed(sizeof(ushort)),
        Dhcp6OptionKind.NameList => OptionJoin.Name,
        _ => OptionJoin.Whole,
    };

    private static Dhcp6Reply Read(Dhcp6Reply reply, List<Dhcp6Option> options, ImmutableArray<ushort> touched)
    {
        var message = new Dhcp6ReplyMessage(reply.Xid);
        // Together longer than any message: nothing of it can be followed, and what the server said can.
        if (!options.TrueForAll(option => message.TryAdd(option.Code, option.Data.AsSpan()))) return reply;
        return message.Read(touched.AsSpan(), out _) is not { } read
            ? reply
            : read with
            {
                Type = reply.Type,
                IaNas = reply.IaNas,
                IaPds = reply.IaPds,
                RepeatedOptions = reply.RepeatedOptions,
                Configured = touched,
            };
    }
}
