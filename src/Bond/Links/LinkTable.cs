using System.Diagnostics.CodeAnalysis;
using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Interop;
using BondDhcp.Bond.Netlink;
using BondDhcp.Net;

namespace BondDhcp.Bond.Links;

/// <summary>
/// Links and addresses as the kernel's messages describe them, and the events that make the difference from one
/// message to the next. Pure: the socket hands in what it received.
/// </summary>
public sealed class LinkTable
{
    private const int MaxDepth = 8;

    private readonly Dictionary<int, Link> _links = [];
    private readonly Dictionary<(int Index, Ipv4Prefix Prefix), InterfaceAddress> _addresses = [];

    /// <summary>Every link, by index.</summary>
    public IReadOnlyDictionary<int, Link> Links => _links;

    /// <summary>Every IPv4 address.</summary>
    public IReadOnlyCollection<InterfaceAddress> Addresses => _addresses.Values;

    /// <summary>The link with this name or, when there is none, with this alternative name.</summary>
    public bool TryFind(string name, [NotNullWhen(true)] out Link? link)
    {
        link = null;
        foreach (Link candidate in _links.Values)
        {
            if (candidate.Name == name)
            {
                link = candidate;
                return true;
            }
            if (candidate.IsNamed(name)) link = candidate;
        }
        return link is not null;
    }

    /// <summary>
    /// True when one interface lies on the other, directly or by way of others of its kind: a VLAN or the like, which goes with
    /// what it lies on.
    /// </summary>
    public bool LiesOn(string upper, string lower)
    {
        if (!TryFind(upper, out Link? link)) return false;
        // VLANs within VLANs are two; a loop of devices is a fault of whoever made it, not a reason to hang.
        for (int depth = 0; depth < MaxDepth; depth++)
        {
            if (link is not { Kind: "vlan" or "macvlan" or "macvtap" or "ipvlan" or "ipvtap", LowerIndex: > 0 }) return false;
            if (!_links.TryGetValue(link.LowerIndex, out link)) return false;
            if (link.IsNamed(lower)) return true;
        }
        return false;
    }

    /// <summary>The address on this interface, whatever its prefix length; null when it is not there.</summary>
    public InterfaceAddress? FindAddress(int interfaceIndex, Ipv4Address address)
    {
        foreach (InterfaceAddress candidate in _addresses.Values)
            if (candidate.InterfaceIndex == interfaceIndex && candidate.Prefix.Address == address) return candidate;
        return null;
    }

    /// <summary>Takes one datagram of events; false when messages were lost and everything is to be read anew.</summary>
    /// <param name="datagram">Its octets.</param>
    /// <param name="senderPortId">nl_pid of its sender: only 0, the kernel, is listened to.</param>
    /// <param name="truncated">It was longer than the buffer.</param>
    /// <param name="events">Where events are appended.</param>
    public bool Take(ReadOnlySpan<byte> datagram, uint senderPortId, bool truncated, List<LinkEvent> events)
    {
        if (senderPortId != 0) return true;
        if (truncated) return false;
        var reader = new NetlinkReader(datagram);
        while (reader.TryRead(out NetlinkMessage message))
        {
            if (message.Type == Rtnl.NLMSG_OVERRUN) return false;
            Take(message, events);
        }
        return !reader.IsMalformed;
    }

    /// <summary>Takes a full reading; events are raised for what differs, links before addresses.</summary>
    public void Replace(List<Link> links, List<InterfaceAddress> addresses, List<LinkEvent> events)
    {
        HashSet<int> present = [.. links.Select(link => link.Index)];
        HashSet<(int, Ipv4Prefix)> assigned = [.. addresses.Select(KeyOf)];
        foreach ((int Index, Ipv4Prefix Prefix) key in _addresses.Keys.Where(key => !assigned.Contains(key)).ToArray())
            Remove(_addresses[key], events);
        foreach (int index in _links.Keys.Where(index => !present.Contains(index)).ToArray())
            Remove(index, events);
        foreach (Link link in links) Put(link, events);
        foreach (InterfaceAddress address in addresses) Put(address, events);
    }

    /// <summary>Takes one link that was read by itself.</summary>
    public void Take(Link link, List<LinkEvent> events) => Put(link, events);

    private void Take(NetlinkMessage message, List<LinkEvent> events)
    {
        switch (message.Type)
        {
            case Rtnl.RTM_NEWLINK when LinkMessage.TryRead(message, out Link link, out LinkNotice? notice):
                Put(link, events);
                if (notice is { } why) events.Add(new LinkEvent.LinkNoticed(_links[link.Index], why));
                break;
            case Rtnl.RTM_NEWLINK when Ipv6LinkMessage.TryReadFlags(message, out int index, out Ipv6LinkFlags flags):
                events.Add(new LinkEvent.Ipv6FlagsChanged(index, flags));
                break;
            case Rtnl.RTM_NEWPREFIX when Ipv6LinkMessage.TryReadPrefix(message, out AdvertisedPrefix prefix):
                events.Add(new LinkEvent.PrefixAdvertised(prefix));
                break;
            case Rtnl.RTM_DELLINK when LinkMessage.TryRead(message, out Link link, out _):
                Remove(link.Index, events);
                break;
            case Rtnl.RTM_NEWADDR when AddressMessage.TryRead(message, out InterfaceAddress address):
                Put(address, events);
                break;
            case Rtnl.RTM_DELADDR when AddressMessage.TryRead(message, out InterfaceAddress address):
                Remove(address, events);
                break;
            case Rtnl.RTM_NEWADDR when Ipv6AddressMessage.TryRead(message, out Ipv6InterfaceAddress address):
                events.Add(new LinkEvent.Ipv6AddressSeen(address));
                break;
            case Rtnl.RTM_DELADDR when Ipv6AddressMessage.TryRead(message, out Ipv6InterfaceAddress address):
                events.Add(new LinkEvent.Ipv6AddressRemoved(address));
                break;
            case Rtnl.RTM_NEWROUTE when RouteMessage.TryRead(message, out InstalledRoute route) && IsOfInterest(route):
                events.Add(new LinkEvent.RouteAdded(route));
                break;
            case Rtnl.RTM_DELROUTE when RouteMessage.TryRead(message, out InstalledRoute route) && IsOfInterest(route):
                events.Add(new LinkEvent.RouteRemoved(route));
                break;
            case Rtnl.RTM_DELROUTE when UnreachableRouteMessage.TryRead(message, out UnreachableRoute route) && route.Protocol == InstalledRoute.DhcpProtocol:
                events.Add(new LinkEvent.UnreachableRouteRemoved(route));
                break;
            case Rtnl.RTM_NEWROUTE or Rtnl.RTM_DELROUTE when StaticRouteMessage.TryReadIpv6(message, out int index, out StaticRoute route):
                events.Add(new LinkEvent.Ipv6RouteSeen(index, route, message.Type == Rtnl.RTM_NEWROUTE));
                break;
        }
    }

    // The protocols under which this program installs routes; a router's daemons may change thousands of others.
    private static bool IsOfInterest(InstalledRoute route) =>
        route.Protocol is InstalledRoute.DhcpProtocol or InstalledRoute.StaticProtocol;

    private void Put(Link link, List<LinkEvent> events)
    {
        if (!_links.TryGetValue(link.Index, out Link? old))
        {
            _links[link.Index] = link;
            events.Add(new LinkEvent.LinkAppeared(link));
            return;
        }
        // Arrays compare by reference: the same names in another array would look like a change.
        if (link.AlternativeNames.AsSpan().SequenceEqual(old.AlternativeNames.AsSpan()))
            link = link with { AlternativeNames = old.AlternativeNames };
        if (link == old) return;
        _links[link.Index] = link;
        events.Add(new LinkEvent.LinkChanged(old, link));
    }

    private void Put(InterfaceAddress address, List<LinkEvent> events)
    {
        if (!_addresses.TryGetValue(KeyOf(address), out InterfaceAddress? old)) events.Add(new LinkEvent.AddressAdded(address));
        else if (address != old) events.Add(new LinkEvent.AddressChanged(old, address));
        _addresses[KeyOf(address)] = address;
    }

    // The kernel says nothing of the addresses of a link that goes to another namespace.
    private void Remove(int index, List<LinkEvent> events)
    {
        foreach (InterfaceAddress address in _addresses.Values.Where(address => address.InterfaceIndex == index).ToArray())
            Remove(address, events);
        if (_links.Remove(index, out Link? link)) events.Add(new LinkEvent.LinkGone(link));
    }

    private void Remove(InterfaceAddress address, List<LinkEvent> events)
    {
        if (_addresses.Remove(KeyOf(address), out InterfaceAddress? old)) events.Add(new LinkEvent.AddressRemoved(old));
    }

    private static (int, Ipv4Prefix) KeyOf(InterfaceAddress address) => (address.InterfaceIndex, address.Prefix);
}
