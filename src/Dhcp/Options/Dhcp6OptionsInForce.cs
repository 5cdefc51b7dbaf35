using System.Collections.Immutable;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Options;

/// <summary>A DHCPv6 REPLY as it is to be followed: what the server said, and what the configuration says instead. Pure.</summary>
public static class Dhcp6OptionsInForce
{
    /// <summary>The reply with the overrides in it; the same one where there are none. Leases, status and times stay the server's.</summary>
    /// <param name="reply">As the server sent it.</param>
    /// <param name="overrides">What the configuration says of DHCPv6's options.</param>
    public static Dhcp6Reply Of(Dhcp6Reply reply, OptionOverrides overrides)
    {
        if (overrides.LeaveReplies) return reply;
        List<Dhcp6Option> options = [.. reply.Options];
        List<ushort> touched = [];
        foreach (Group<ushort, OptionOverride> acts in overrides.OfReplies)
        {
            ushort code = acts.Key;
            Dhcp6OptionInfo its = Dhcp6OptionTable.Of(code);
            ImmutableArray<byte>[] instances = [.. options.Where(option => option.Code == code && its.Length.Allows(option.Data.Length)).Select(static option => option.Data)];
            // Of what may occur once the first counts; what repeats is one list.
            ImmutableArray<byte>? server = instances.Length == 0 ? null : its.Repeats ? [.. instances.SelectMany(static data => data)] : instances[0];
            if (OptionJoin.Of(acts, server, ItemLengthOf(its.Kind)) is not { } data) continue;
            if (server is { } said && said.AsSpan().SequenceEqual(data.AsSpan())) continue;
            int at = options.FindIndex(option => option.Code == code);
            options.RemoveAll(option => option.Code == code);
            options.Insert(at < 0 ? options.Count : at, new Dhcp6Option(code, data));
            touched.Add(code);
        }
        return touched.Count == 0 ? reply : Read(reply, options, [.. touched]);
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
