using BondDhcp.Bond.Interop;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Netlink;
using BondDhcp.Net.Linux;
using BondDhcp.Net.Linux.Interop;
using Tmds.Linux;

namespace BondDhcp.Bond.Linux;

/// <summary>
/// Follows the kernel's links and IPv4 addresses, and the routes installed under our protocols; what happens to IPv6
/// addresses and what routers advertise is passed on, and not kept: <see cref="Ipv6Table"/> keeps it for one interface. The event loop waits for <see cref="Descriptor"/> to become readable and calls
/// <see cref="Drain"/>.
/// </summary>
public sealed class LinkWatch : IDisposable
{
    // A thousand links that all change twice fit: an overrun costs a full reading.
    private const int DefaultReceiveBufferBytes = 1024 * 1024;

    // The kernel makes event messages for the size of what they describe; a page is the usual most, this is eight.
    private const int BufferLength = 32 * 1024;

    // One turn of the loop takes so many; the rest is there at the next.
    private const int MaxDatagramsPerDrain = 256;

    // More than the receive buffer holds of the smallest events.
    private const int MaxDiscarded = 65536;

    private static readonly int[] s_groups =
    [
        Rtnl.RTNLGRP_LINK, Rtnl.RTNLGRP_IPV4_IFADDR, Rtnl.RTNLGRP_IPV4_ROUTE,
        Rtnl.RTNLGRP_IPV6_IFADDR, Rtnl.RTNLGRP_IPV6_ROUTE, Rtnl.RTNLGRP_IPV6_IFINFO, Rtnl.RTNLGRP_IPV6_PREFIX,
    ];

    private readonly NetlinkSocket _socket;
    private readonly RtnlSocket _rtnl;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferLength);

    private LinkWatch(NetlinkSocket socket, RtnlSocket rtnl)
    {
        _socket = socket;
        _rtnl = rtnl;
    }

    /// <summary>Readable when <see cref="Drain"/> has something to do.</summary>
    public int Descriptor => _socket.Descriptor;

    /// <summary>What is known at present.</summary>
    public LinkTable Table { get; } = new();

    /// <summary>How often events were lost and everything was read anew.</summary>
    public int Overruns { get; private set; }

    /// <summary>Our own nl_pid.</summary>
    internal uint PortId => _socket.PortId;

    /// <summary>
    /// Subscribes, then reads what is there, so that nothing between is missed; the first events say what was found.
    /// </summary>
    /// <param name="rtnl">For reading; stays the caller's.</param>
    /// <param name="events">Where events are appended.</param>
    /// <exception cref="LinuxException">The kernel has no netlink, refused to subscribe or to answer.</exception>
    public static LinkWatch Open(RtnlSocket rtnl, List<LinkEvent> events) => Open(rtnl, events, DefaultReceiveBufferBytes);

    internal static LinkWatch Open(RtnlSocket rtnl, List<LinkEvent> events, int receiveBufferBytes)
    {
        NetlinkSocket socket = NetlinkSocket.Open(nonBlocking: true);
        try
        {
            // Without CAP_NET_ADMIN the limit of net.core.rmem_max applies: more overruns, the same result.
            if (!socket.TrySetOption(LibC.SOL_SOCKET, LibC.SO_RCVBUFFORCE, receiveBufferBytes))
                socket.TrySetOption(LibC.SOL_SOCKET, LibC.SO_RCVBUF, receiveBufferBytes);
            // Without the filter there are more wake-ups, and the same events: the table sifts too.
            socket.TryAttach(LinkEventFilter.Program);
            foreach (int group in s_groups)
            {
                if (!socket.TrySetOption(Rtnl.SOL_NETLINK, Rtnl.NETLINK_ADD_MEMBERSHIP, group))
                    throw LinuxException.Last("setsockopt(NETLINK_ADD_MEMBERSHIP)");
            }
            var watch = new LinkWatch(socket, rtnl);
            RtnlResult result = watch.ReadAll(events);
            if (!result.Succeeded) throw new LinuxException("rtnetlink dump", result.Errno);
            return watch;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Takes what the kernel has said; appends to <paramref name="events"/>. Never waits.</summary>
    /// <exception cref="LinuxException">The socket is broken.</exception>
    public void Drain(List<LinkEvent> events)
    {
        for (int i = 0; i < MaxDatagramsPerDrain; i++)
        {
            NetlinkReceipt receipt = _socket.Receive(_buffer);
            if (receipt.Errno == KernelNumbers.EAGAIN) return;
            string? lost =
                receipt.Errno == KernelNumbers.ENOBUFS ? "the kernel had more events than the socket could hold"
                : Table.Take(_buffer.AsSpan(0, receipt.Length), receipt.PortId, receipt.Truncated, events) ? null
                : "the kernel sent an event that could not be read";
            if (lost is null) continue;
            Resynchronise(lost, events);
            return;
        }
    }

    /// <summary>
    /// Takes what the kernel has said, then reads one link: of the options of a bond that is down the kernel says nothing
    /// when they change.
    /// </summary>
    public void Refresh(int interfaceIndex, List<LinkEvent> events)
    {
        Drain(events);
        if (Stale is null && _rtnl.FindLink(interfaceIndex) is { } link) Table.Take(link, events);
    }

    private void Resynchronise(string why, List<LinkEvent> events)
    {
        Overruns++;
        // What waits is older than what is read next, and has gaps. Should it never end, the rest does no harm: the
        // newest event is right in any case.
        for (int i = 0; i < MaxDiscarded && _socket.Receive(_buffer).Errno != KernelNumbers.EAGAIN; i++)
        {
        }
        Stale = why;
        Reread(events);
    }

    /// <summary>
    /// Why <see cref="Table"/> may not be what the kernel has: events were lost, and reading everything anew failed, for
    /// want of memory or time. <see cref="Reread"/> is to be called a little later. Null when it is.
    /// </summary>
    public string? Stale { get; private set; }

    /// <summary>Reads everything anew where <see cref="Stale"/>; until that succeeds the table stays as it is.</summary>
    public void Reread(List<LinkEvent> events)
    {
        if (Stale is not { } why || !ReadAll(events).Succeeded) return;
        Stale = null;
        events.Add(new LinkEvent.Resynchronised(why));
    }

    private RtnlResult ReadAll(List<LinkEvent> events)
    {
        List<Link> links = [];
        List<InterfaceAddress> addresses = [];
        RtnlResult result = _rtnl.ReadLinks(links);
        if (result.Succeeded) result = _rtnl.ReadAddresses(0, addresses);
        if (result.Succeeded) Table.Replace(links, addresses, events);
        return result;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
