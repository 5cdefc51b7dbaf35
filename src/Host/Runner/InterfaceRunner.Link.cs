using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Netlink;
using BondDhcp.Dhcp.Client;
using BondDhcp.Net;

namespace BondDhcp.Host.Runner;

/// <summary>What netlink says of the interface.</summary>
internal sealed partial class InterfaceRunner
{
    // What a change of the path is: any of these. Compared at every event, because no single event tells of all of them.
    private readonly record struct PathKey(MacAddress? Mac, int ActiveSlave);

    private const string NotThere = "the interface is not there";

    // The interface the sockets are open on; null while there is none, and while stopped.
    private Link? _link;
    private PathKey _path;
    private bool _usable;
    private string _whyUnusable = NotThere;
    private bool _started;

    private void Follow(IReadOnlyList<LinkEvent> events) => Guard(() =>
    {
        if (!_started) return;
        foreach (LinkEvent happened in events) Follow(happened);
        // Once, when the whole is known.
        if (events.Any(happened => happened is LinkEvent.AddressRemoved(var address) && address.InterfaceIndex == _link?.Index))
            CheckAddress();
    });

    private void Follow(LinkEvent happened)
    {
        switch (happened)
        {
            case LinkEvent.LinkAppeared(var link): FollowLink(link); break;
            case LinkEvent.LinkChanged(_, var link): FollowLink(link); break;
            case LinkEvent.LinkGone(var link) when link.Index == _link?.Index: LoseLink("the interface is gone"); break;
            case LinkEvent.AddressAdded(var address) when address.InterfaceIndex == _link?.Index:
                Journal(InterfaceReports.Address("addressAdded", address));
                break;
            case LinkEvent.AddressRemoved(var address) when address.InterfaceIndex == _link?.Index:
                Journal(InterfaceReports.Address("addressRemoved", address));
                break;
            case LinkEvent.RouteAdded(var route) when route.InterfaceIndex == _link?.Index:
                Journal(InterfaceReports.Route("routeAdded", route));
                break;
            case LinkEvent.RouteRemoved(var route) when route.InterfaceIndex == _link?.Index:
                Journal(InterfaceReports.Route("routeRemoved", route));
                break;
            case LinkEvent.Resynchronised: ConfigureAgain(); break;
        }
    }

    private void FollowLink(Link link)
    {
        if (link.Index == _link?.Index && !link.IsNamed(Options.Name)) LoseLink($"the interface is named {link.Name} now");
        else if (link.Index == _link?.Index) UpdateLink(link);
        else if (link.Name == Options.Name || (_link is null && link.IsNamed(Options.Name))) FollowNewLink(link);
    }

    private void FollowNewLink(Link link)
    {
        // Under our name, while the one before may still be there under another.
        if (_link is not null) LoseLink("another interface has its name now");
        if (!TryTakeLink(link)) return;
        Adopt(Client.Memory);
        SetUsable(link.IsUsable, WhyUnusable(link));
    }

    private bool TryTakeLink(Link link)
    {
        if (!_sockets.Open(link.Index, link.Name)) return false;
        _link = link;
        _path = PathOf(link);
        Tell(Report.Of("interface", ("index", link.Index), ("mac", link.Mac)));
        Tell(InterfaceReports.Carrier(link));
        if (!link.IsUp) SetUp(link);
        return true;
    }

    private void UpdateLink(Link link)
    {
        Link old = _link!;
        _link = link;
        if (old.Mac != link.Mac) Tell(Report.Of("hardwareAddress", ("old", old.Mac), ("new", link.Mac)));
        if (old.Bond?.ActiveSlave != link.Bond?.ActiveSlave)
            Tell(Report.Of("activeSlave", ("slave", NameOf(link.Bond?.ActiveSlave ?? 0))));
        if (old.Carrier != link.Carrier || old.OperationalState != link.OperationalState || old.IsUp != link.IsUp)
            Tell(InterfaceReports.Carrier(link));
        // Routes through gateways went when it was set down, addresses did not.
        if (!old.IsUp && link.IsUp) ConfigureAgain();

        PathKey path = PathOf(link);
        string why = path.Mac != _path.Mac ? "hardwareAddress" : "activeSlave";
        bool changed = path != _path && _usable && link.IsUsable;
        _path = path;
        SetUsable(link.IsUsable, WhyUnusable(link));
        if (changed) Feed(new Dhcp4Input.PathChanged(PathClass.Unknown, why));
        // Until its first operational state the kernel has no queue for a new device: what was sent is lost.
        else if (_usable && Client.Lease is null && old.OperationalState == OperationalState.Unknown && link.OperationalState == OperationalState.Up)
            Feed(new Dhcp4Input.PathChanged(PathClass.Unknown, "operationalState"));
    }

    private void LoseLink(string why)
    {
        if (_link is null) return;
        Tell(Report.Of("interface", ("index", null), ("why", why)));
        _usable = false;
        _whyUnusable = why;
        // While the link is known: one that was only renamed still has the address, and it is taken away.
        Feed(new Dhcp4Input.LinkUnusable(why, InterfaceGone: true));
        LeaveLink();
    }

    private void LeaveLink()
    {
        _sockets.Close();
        _link = null;
        _record = null;
        // Of what is left there nothing is known any more; when the interface comes back it is looked for.
        _owned = Ipv4Ownership.None;
    }

    private void SetUsable(bool usable, string why)
    {
        if (usable == _usable && (usable || why == _whyUnusable)) return;
        bool wasUsable = _usable;
        _usable = usable;
        _whyUnusable = why;
        if (usable) Feed(new Dhcp4Input.LinkUsable(PathClass.Unknown));
        else if (wasUsable || Client.State is Dhcp4State.Waiting) Feed(new Dhcp4Input.LinkUnusable(why));
    }

    private void SetUp(Link link)
    {
        RtnlResult result = _network.Rtnl.SetUp(link.Index);
        if (!result.Succeeded) Warn($"the interface could not be set up: {result}");
    }

    private string? NameOf(int interfaceIndex) =>
        _network.Table.Links.TryGetValue(interfaceIndex, out Link? link) ? link.Name : null;

    private void Tell(Report report) => _journal("link", report);

    private static PathKey PathOf(Link link) => new(link.Mac, link.Bond?.ActiveSlave ?? 0);

    private static string WhyUnusable(Link link) =>
        link.IsUsable ? ""
        : !link.IsUp ? "the interface is down"
        : (link.Flags & LinkFlags.LowerUp) == 0 ? "no carrier"
        : $"operational state {InterfaceReports.OperStateOf(link)}";
}
