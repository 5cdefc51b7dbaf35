using System.Collections.Immutable;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Options;

/// <summary>A DHCPv4 reply as it is to be followed: what the server said, and what the configuration says instead. Pure.</summary>
public static class Dhcp4OptionsInForce
{
    private const byte SubnetMask = 1;
    private const byte Routers = 3, DnsServers = 6, StaticRoutes = 33, NtpServers = 42, DomainSearch = 119, ClasslessRoutes = 121, MsClasslessRoutes = 249;

    /// <summary>The reply with the overrides in it; the same one where there are none.</summary>
    /// <param name="reply">A DHCPACK as the server sent it, of a lease or to a DHCPINFORM.</param>
    /// <param name="overrides">What the configuration says of DHCPv4's options.</param>
    public static Dhcp4Reply Of(Dhcp4Reply reply, OptionOverrides overrides)
    {
        if (overrides.LeaveReplies) return reply;
        List<Dhcp4Option> options = [.. reply.Options];
        List<byte> touched = [];
        foreach (ushort overridden in overrides.CodesOfReplies)
        {
            byte code = (byte)overridden;
            int at = options.FindIndex(option => option.Code == code);
            ImmutableArray<byte>? server = at < 0 ? null : SoundData(reply, options[at], overrides);
            if (OptionJoin.Of(overrides.OfReplies(code), server, ItemLengthOf(code)) is not { } data) continue;
            if (server is { } said && said.AsSpan().SequenceEqual(data.AsSpan())) continue;
            if (at < 0) options.Add(new Dhcp4Option(code, data));
            else options[at] = new Dhcp4Option(code, data);
            touched.Add(code);
        }
        return touched.Count == 0 ? reply : Read(reply, options, [.. touched], overrides);
    }

    // What the reader takes of a server's lists, so that what it leaves out does not come in with the owner's.
    private static ImmutableArray<byte>? SoundData(Dhcp4Reply reply, Dhcp4Option option, OptionOverrides overrides)
    {
        switch (option.Code)
        {
            case Routers: return Octets(reply.Routers);
            case DnsServers: return Octets(reply.DnsServers);
            case NtpServers: return Octets(reply.NtpServers);
            case DomainSearch: return OptionJoin.NamesBeside(reply.SearchDomains, overrides.OfReplies(DomainSearch));
            default: return Dhcp4OptionTable.Of(option.Code).Length.Allows(option.Data.Length) ? option.Data : null;
        }
    }

    private static ImmutableArray<byte>? Octets(ImmutableArray<Ipv4Address> addresses)
    {
        List<byte> octets = [];
        foreach (Ipv4Address address in addresses) OptionItemWriters.Add(address, octets);
        return octets.Count == 0 ? null : [.. octets];
    }

    private static OptionJoin.ItemLength ItemLengthOf(byte code) => Dhcp4OptionTable.Of(code).Kind switch
    {
        Dhcp4OptionKind.AddressList => OptionJoin.Fixed(Ipv4Address.Length),
        Dhcp4OptionKind.AddressMaskList or Dhcp4OptionKind.ClassfulRoutes => OptionJoin.Fixed(2 * Ipv4Address.Length),
        Dhcp4OptionKind.UInt16List => OptionJoin.Fixed(sizeof(ushort)),
        Dhcp4OptionKind.NameList => OptionJoin.Name,
        _ => OptionJoin.Whole,
    };

    private static Dhcp4Reply Read(Dhcp4Reply reply, List<Dhcp4Option> options, ImmutableArray<byte> touched, OptionOverrides overrides)
    {
        var message = new Dhcp4AckMessage(reply.Xid, reply.Chaddr, reply.Yiaddr, reply.Siaddr, reply.Giaddr);
        foreach (Dhcp4Option option in options) message.Add(option.Code, option.Data.AsSpan());
        Ipv4Prefix? informed = reply.LeaseSeconds == 0 ? new Ipv4Prefix(reply.Yiaddr, reply.PrefixLength) : null;
        if (message.Read(touched.AsSpan(), informed, out _) is not { } read)
        {
            // A mask under which the leased address is none of a host's is the one that can be left alone. What is together
            // longer than any message cannot be followed at all, and what the server said can.
            return touched.Contains(SubnetMask) ? Read(reply, WithMaskOf(reply, options), touched.Remove(SubnetMask), overrides) : reply;
        }
        read = read with { Configured = touched };
        ImmutableArray<Dhcp4Route> own = OwnRoutes(read, overrides);
        return read with { Routes = RoutesOf(read, overrides, own), ConfiguredRoutes = own };
    }

    private static List<Dhcp4Option> WithMaskOf(Dhcp4Reply reply, List<Dhcp4Option> options) =>
        [.. options.Where(static option => option.Code != SubnetMask), .. reply.Options.Where(static option => option.Code == SubnetMask)];

    // What the configuration wrote down, whichever option it put it into.
    private static ImmutableArray<Dhcp4Route> OwnRoutes(Dhcp4Reply read, OptionOverrides overrides)
    {
        List<Dhcp4Route> own = [];
        foreach (OptionOverride one in overrides.All)
        {
            if (one.Act == OptionAct.Send || !read.Configured.Contains((byte)one.Code)) continue;
            ReadOnlySpan<byte> data = one.Data.AsSpan();
            if (one.Code is ClasslessRoutes or MsClasslessRoutes && Dhcp4Routes.TryReadClassless(data, out ImmutableArray<Dhcp4Route> routes, out _)) own.AddRange(routes);
            else if (one.Code == StaticRoutes && Dhcp4Routes.TryReadStatic(data, out routes, out _)) own.AddRange(routes);
            else if (one.Code == Routers && !read.Routers.IsEmpty && Ipv4Address.FromBytes(data) == read.Routers[0]) own.Add(new Dhcp4Route(Ipv4Prefix.Default, read.Routers[0]));
        }
        return [.. own];
    }

    /// <summary>
    /// RFC 3442 has options 3 and 33 ignored beside option 121, which is about what one server says in two ways: where the
    /// owner's word is one of them and the server's the other, the owner's counts.
    /// </summary>
    private static ImmutableArray<Dhcp4Route> RoutesOf(Dhcp4Reply read, OptionOverrides overrides, ImmutableArray<Dhcp4Route> own)
    {
        foreach (byte code in (ReadOnlySpan<byte>)[ClasslessRoutes, MsClasslessRoutes])
        {
            if (read.Configured.Contains(code)) return read.Routes;
            if (!read.Options.Any(option => option.Code == code)) continue;
            bool ownDefault = overrides.All.Any(static one => one is { Code: Routers, Act: OptionAct.Supersede or OptionAct.Prepend });
            IEnumerable<Dhcp4Route> servers = ownDefault ? read.Routes.Where(static route => route.Destination.PrefixLength > 0) : read.Routes;
            IEnumerable<Dhcp4Route> owners = ownDefault ? own : own.Where(static route => route.Destination.PrefixLength > 0);
            return [.. servers.Concat(owners).Distinct()];
        }
        return read.Routes;
    }
}
