using System.Collections.Immutable;
using System.Net;
using BondDhcp.Bond.Links;
using BondDhcp.Host.Coexistence.Linux;
using BondDhcp.Host.Runner;

namespace BondDhcp.Host.Coexistence;

/// <summary>Looks for others that configure an interface: a glance that costs next to nothing, and a thorough look.</summary>
internal sealed class RivalSearch(NetworkState network, HostSurvey survey)
{
    /// <summary>Where the programs write down what they do with links: who waits for one of them watches these.</summary>
    public IEnumerable<string> Directories => [survey.NetworkdLinks, survey.NetworkManagerDevices];

    /// <summary>
    /// False when nobody else can be on the interface, as far as sockets, addresses and written words tell. The first packet
    /// waits for this: a handful of system calls.
    /// </summary>
    public bool MayFind(Link link, bool ipv6)
    {
        if (survey.ReadNetworkd(link.Index).IsManaged || survey.ReadNetworkManager(link.Index).IsManaged) return true;
        // A bound client may have no socket; an address that nobody here configured may be its.
        if (!ipv6 && network.Table.Addresses.Any(address => address.InterfaceIndex == link.Index && IsForeign(address))) return true;
        List<PortHolder> ports = survey.ReadPorts(ipv6);
        List<PacketHolder> packets = ipv6 ? [] : survey.ReadPackets();
        ports.RemoveAll(holder => !holder.IsWildcard && !ipv6 && network.Table.FindAddress(link.Index, Ipv4Of(holder.Local)) is null);
        packets.RemoveAll(holder => holder.Device != link.Index && (holder.Device != 0 || holder.Protocol == SocketTable.All));
        if (ports.Count == 0 && packets.Count == 0) return false;
        HashSet<ulong> ours = survey.ReadOwnSockets();
        return ports.Exists(holder => !ours.Contains(holder.Inode)) || packets.Exists(holder => !ours.Contains(holder.Inode));
    }

    /// <summary>The others on each of these links, by sockets, processes and written words: some milliseconds.</summary>
    public ImmutableArray<Rival> Find(IReadOnlyList<Link> links, bool ipv6)
    {
        List<PacketHolder> packets = survey.ReadPackets();
        HashSet<ulong> ours = survey.ReadOwnSockets();
        List<PortHolder> ports = survey.ReadPorts(ipv6);
        if (ports.Exists(holder => !ours.Contains(holder.Inode))) ports = survey.ReadBoundPorts(ipv6);
        HashSet<ulong> foreign = [.. ports.Select(holder => holder.Inode)];
        if (!ipv6) foreign.UnionWith(packets.Where(holder => holder.Protocol == SocketTable.Ipv4).Select(holder => holder.Inode));
        foreign.ExceptWith(ours);
        RivalFacts host = new()
        {
            Interface = "",
            Index = 0,
            Ipv6 = ipv6,
            Packets = packets,
            Ports = ports,
            Ours = ours,
            Processes = survey.ReadProcesses(foreign),
            DhcpcdConfiguration = survey.ReadDhcpcdConfiguration(),
            ConnmanConfiguration = survey.ReadConnmanConfiguration(),
        };
        return [.. links.SelectMany(link => RivalJudge.Of(host with
        {
            Interface = link.Name,
            Index = link.Index,
            OtherInterfaces = [.. network.Table.Links.Values.Where(other => other.Index != link.Index).Select(other => other.Name)],
            Addresses = AddressesOf(link.Index, ipv6),
            Networkd = survey.ReadNetworkd(link.Index),
            NetworkManager = survey.ReadNetworkManager(link.Index),
        }))];
    }

    private HashSet<IPAddress> AddressesOf(int index, bool ipv6)
    {
        if (!ipv6) return [.. network.Table.Addresses.Where(one => one.InterfaceIndex == index).Select(one => IPAddress.Parse(one.Prefix.Address.ToString()))];
        List<Ipv6InterfaceAddress> addresses = [];
        network.Rtnl.ReadIpv6Addresses(index, addresses);
        return [.. addresses.Select(one => IPAddress.Parse(one.Address.ToString()))];
    }

    private static bool IsForeign(InterfaceAddress address) => address.Protocol is not (InterfaceAddress.OurProtocol or InterfaceAddress.StaticMark);

    private static Net.Ipv4Address Ipv4Of(IPAddress address) => Net.Ipv4Address.FromBytes(address.GetAddressBytes());
}
