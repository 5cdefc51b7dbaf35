using System.Runtime.InteropServices;
using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Interop;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Netlink;
using BondDhcp.Net;
using BondDhcp.Net.Linux.Interop;
using Tmds.Linux;

namespace BondDhcp.Bond.Linux;

/// <summary>
/// Requests to rtnetlink and their answers. Each call waits for the kernel, which works them off within microseconds.
/// Refusals are values; <see cref="Net.Linux.LinuxException"/> is left for a broken socket.
/// </summary>
public sealed class RtnlSocket : IDisposable
{
    // The kernel fills datagrams of a dump up to this much when there is room for it.
    private const int InitialBufferLength = 32 * 1024;

    // One message of a link with hundreds of virtual functions stays below.
    private const int MaxBufferLength = 1024 * 1024;

    // Only a kernel whose rtnl lock is held for long (a driver probing hardware) lets anybody wait; the daemon's
    // watchdog is patient for longer than that.
    private const int AnswerTimeoutSeconds = 5;

    private NetlinkSocket _socket;
    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(InitialBufferLength);
    private uint _sequence;

    private readonly int _protocol;

    private RtnlSocket(int protocol)
    {
        _protocol = protocol;
        _socket = OpenSocket();
    }

    /// <summary>Opens a socket in the calling thread's network namespace.</summary>
    /// <exception cref="Net.Linux.LinuxException">The kernel has no netlink, or no descriptor is free.</exception>
    public static RtnlSocket Open() => new(Rtnl.NETLINK_ROUTE);

    /// <summary>As <see cref="Open"/>, for questions about sockets (sock_diag(7)).</summary>
    internal static RtnlSocket OpenDiagnosis() => new(Rtnl.NETLINK_SOCK_DIAG);

    /// <summary>For building requests; each use begins a message.</summary>
    internal NetlinkWriter Writer { get; } = new();

    /// <summary>Our own nl_pid.</summary>
    internal uint PortId => _socket.PortId;

    /// <summary>Every link.</summary>
    public RtnlResult ReadLinks(List<Link> links)
    {
        LinkMessage.WriteDump(Writer);
        return Query(Writer.Finish(), static (NetlinkMessage message, out Link link) => LinkMessage.TryRead(message, out link, out _), links);
    }

    /// <summary>One link; null when there is none with this index.</summary>
    public Link? FindLink(int index)
    {
        List<Link> links = [];
        LinkMessage.WriteGet(Writer, index);
        RtnlResult result = Query(Writer.Finish(), static (NetlinkMessage message, out Link link) => LinkMessage.TryRead(message, out link, out _), links);
        return result.Succeeded && links.Count > 0 ? links[0] : null;
    }

    /// <summary>The IPv4 addresses of one interface, or of all for 0.</summary>
    public RtnlResult ReadAddresses(int interfaceIndex, List<InterfaceAddress> addresses)
    {
        AddressMessage.WriteDump(Writer, interfaceIndex);
        RtnlResult result = Query<InterfaceAddress>(Writer.Finish(), AddressMessage.TryRead, addresses);
        // A kernel without strict checking sends those of every interface.
        if (interfaceIndex != 0) addresses.RemoveAll(address => address.InterfaceIndex != interfaceIndex);
        return result;
    }

    /// <summary>The IPv6 addresses of one interface; none where the kernel has no IPv6.</summary>
    public RtnlResult ReadIpv6Addresses(int interfaceIndex, List<Ipv6InterfaceAddress> addresses)
    {
        Ipv6AddressMessage.WriteDump(Writer, interfaceIndex);
        RtnlResult result = Query<Ipv6InterfaceAddress>(Writer.Finish(), Ipv6AddressMessage.TryRead, addresses);
        addresses.RemoveAll(address => address.InterfaceIndex != interfaceIndex);
        return result;
    }

    /// <summary>IPv6 on one link: flags and settings; null where it has none, as on a kernel without it or with an MTU below 1280.</summary>
    public Ipv6LinkState? FindIpv6State(int interfaceIndex)
    {
        List<Ipv6LinkState> states = [];
        LinkMessage.WriteGet(Writer, interfaceIndex);
        RtnlResult result = Query<Ipv6LinkState>(Writer.Finish(), Ipv6LinkMessage.TryReadState, states);
        return result.Succeeded && states.Count > 0 ? states[0] : null;
    }

    /// <summary>The IPv6 routes of the main table that answer "unreachable", whoever installed them.</summary>
    public RtnlResult ReadUnreachableRoutes(List<UnreachableRoute> routes)
    {
        UnreachableRouteMessage.WriteDump(Writer);
        return Query<UnreachableRoute>(Writer.Finish(), UnreachableRouteMessage.TryRead, routes);
    }

    /// <summary>True where an IPv6 route leads beyond the link of an interface; also where the kernel does not say.</summary>
    public bool LeadsBeyondLink(int interfaceIndex)
    {
        List<bool> routes = [];
        Ipv6RouteMessage.WriteDump(Writer, interfaceIndex);
        RtnlResult result = Query(
            Writer.Finish(), (NetlinkMessage message, out bool leads) => leads = Ipv6RouteMessage.LeadsBeyond(message, interfaceIndex), routes);
        return !result.Succeeded || routes.Count > 0;
    }

    /// <summary>The IPv4 routes of one protocol through one interface, in every table.</summary>
    public RtnlResult ReadRoutes(int interfaceIndex, byte protocol, List<InstalledRoute> routes)
    {
        RouteMessage.WriteDump(Writer, interfaceIndex, protocol, table: 0);
        RtnlResult result = Query<InstalledRoute>(Writer.Finish(), RouteMessage.TryRead, routes);
        routes.RemoveAll(route => route.InterfaceIndex != interfaceIndex || route.Protocol != protocol);
        return result;
    }

    /// <summary>
    /// The IPv6 routes of protocol static through one interface, in every table, and those that lead nowhere; of each what the
    /// kernel tells them apart by.
    /// </summary>
    public RtnlResult ReadIpv6StaticRoutes(int interfaceIndex, List<StaticRoute> routes)
    {
        List<StaticRoute[]> told = [];
        StaticRouteMessage.WriteDumpIpv6(Writer);
        RtnlResult result = Query(
            Writer.Finish(), (NetlinkMessage message, out StaticRoute[] read) => StaticRouteMessage.TryReadIpv6(message, interfaceIndex, out read), told);
        foreach (StaticRoute[] some in told) routes.AddRange(some);
        return result;
    }

    /// <summary>The hardware address the kernel would send to for this neighbour; null when it knows none.</summary>
    public MacAddress? FindNeighbour(int interfaceIndex, Ipv4Address neighbour)
    {
        List<MacAddress> found = [];
        NeighbourMessage.WriteGet(Writer, interfaceIndex, neighbour);
        RtnlResult result = Query<MacAddress>(Writer.Finish(), NeighbourMessage.TryRead, found);
        return result.Succeeded && found.Count > 0 ? found[0] : null;
    }

    /// <summary>The IPv6 routers on an interface whose hardware address the kernel would send to.</summary>
    public RtnlResult ReadRouters(int interfaceIndex, List<RouterNeighbour> routers)
    {
        NeighbourMessage.WriteDump(Writer, interfaceIndex);
        RtnlResult result = Query<RouterNeighbour>(Writer.Finish(), NeighbourMessage.TryReadRouter, routers);
        routers.RemoveAll(router => router.InterfaceIndex != interfaceIndex);
        return result;
    }

    /// <summary>Sets a link up; nothing when it is.</summary>
    public RtnlResult SetUp(int interfaceIndex)
    {
        LinkMessage.WriteSetUp(Writer, interfaceIndex);
        return Execute(Writer.Finish());
    }

    /// <summary>Sets a link's MTU in bytes.</summary>
    public RtnlResult SetMtu(int interfaceIndex, int mtu)
    {
        LinkMessage.WriteSetMtu(Writer, interfaceIndex, mtu);
        return Execute(Writer.Finish());
    }

    /// <summary>Carries out a request that has no answer but its acknowledgement.</summary>
    internal RtnlResult Execute(Span<byte> request) => Query<int>(request, NoItems, []);

    /// <summary>
    /// Sends a request and gathers its answer; asks again when the answer is not whole. <paramref name="items"/> is
    /// emptied first.
    /// </summary>
    internal RtnlResult Query<T>(Span<byte> request, NetlinkParser<T> parse, List<T> items)
    {
        ushort flags = MemoryMarshal.Read<ushort>(request[6..]);
        MemoryMarshal.Write(request[6..], (ushort)(flags | Rtnl.NLM_F_REQUEST | Rtnl.NLM_F_ACK));
        var exchange = new NetlinkExchange<T>(parse, items);
        while (true)
        {
            MemoryMarshal.Write(request[8..], ++_sequence);
            exchange.Begin(_sequence);
            int error = _socket.Send(request);
            if (error != 0) return new RtnlResult(error);

            NetlinkProgress progress = NetlinkProgress.Waiting;
            while (progress == NetlinkProgress.Waiting) progress = Receive(exchange);
            if (progress == NetlinkProgress.Done) return exchange.Result;
        }
    }

    private NetlinkProgress Receive<T>(NetlinkExchange<T> exchange)
    {
        NetlinkReceipt receipt = _socket.Receive(_buffer);
        // Whatever arrives later carries an old sequence number by then.
        if (receipt.Errno == KernelNumbers.EAGAIN) return exchange.GiveUp(Rtnl.ETIMEDOUT);
        NetlinkProgress progress = receipt.Errno == 0
            ? exchange.Take(_buffer.AsSpan(0, receipt.Length), receipt.PortId, receipt.Truncated)
            : exchange.Lose(receipt.Errno);
        if (progress != NetlinkProgress.Waiting && (receipt.Truncated || receipt.Errno != 0))
        {
            if (receipt.Truncated && _buffer.Length < MaxBufferLength) _buffer = new byte[_buffer.Length * 2];
            Reopen();
        }
        return progress;
    }

    // The old socket may be in the middle of a dump, which keeps another from being started.
    private void Reopen()
    {
        _socket.Dispose();
        _socket = OpenSocket();
    }

    private NetlinkSocket OpenSocket()
    {
        NetlinkSocket socket = NetlinkSocket.Open(nonBlocking: false, _protocol);
        // Each of these is missing in some kernel that is otherwise good enough: without them errors have no text,
        // acknowledgements repeat the request, and dumps are not sifted by the kernel.
        socket.TrySetOption(Rtnl.SOL_NETLINK, Rtnl.NETLINK_EXT_ACK, 1);
        socket.TrySetOption(Rtnl.SOL_NETLINK, Rtnl.NETLINK_CAP_ACK, 1);
        socket.TrySetOption(Rtnl.SOL_NETLINK, Rtnl.NETLINK_GET_STRICT_CHK, 1);
        socket.TrySetOption(LibC.SOL_SOCKET, LibC.SO_RCVTIMEO, new SocketTimeout { Seconds = AnswerTimeoutSeconds });
        return socket;
    }

    private static bool NoItems(NetlinkMessage message, out int item)
    {
        item = 0;
        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
