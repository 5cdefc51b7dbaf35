using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Netlink;
using BondDhcp.Dhcp.Client;
using BondDhcp.Host.Paths;
using BondDhcp.Net;

namespace BondDhcp.Host.Runner;

/// <summary>What netlink says of the interface.</summary>
internal sealed partial class InterfaceRunner
{
    // What a change of the path is: any of these. Compared at every event, because no single event tells of all of them.
    private readonly record struct PathKey(MacAddress? Mac, int Device, string? Attachment);

    private const string NotThere = "the interface is not there";

    // The interface the sockets are open on; null while there is none, and while stopped.
    private Link? _link;
    private PathKey _path;
    private PathView _view = PathView.Closed(NotThere, 0);
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
        // What carries this interface may be another one, of which the events spoke.
        FollowPath();
    });

    private void Follow(LinkEvent happened)
    {
        switch (happened)
        {
            case LinkEvent.LinkAppeared(var link): FollowLink(link); break;
            case LinkEvent.LinkChanged(_, var link): FollowLink(link); break;
            case LinkEvent.LinkGone(var link) when link.Index == _link?.Index: LoseLink("the interface is gone"); break;
            // Of what somebody wrote down the part that keeps it there tells.
            case LinkEvent.AddressAdded(var address) when address.InterfaceIndex == _link?.Index && address.Protocol != InterfaceAddress.StaticMark:
                Journal(InterfaceReports.Address("addressAdded", address));
                break;
            case LinkEvent.AddressRemoved(var address) when address.InterfaceIndex == _link?.Index && address.Protocol != InterfaceAddress.StaticMark:
                Journal(InterfaceReports.Address("addressRemoved", address));
                break;
            case LinkEvent.RouteAdded(var route) when IsLeased(route):
                Journal(InterfaceReports.Route("routeAdded", route));
                break;
            case LinkEvent.RouteRemoved(var route) when IsLeased(route):
                Journal(InterfaceReports.Route("routeRemoved", route));
                break;
            case LinkEvent.Resynchronised: ConfigureAgain(); break;
        }
    }

    private bool IsLeased(InstalledRoute route) => route.InterfaceIndex == _link?.Index && route.Protocol == InstalledRoute.DhcpProtocol;

    // A bond or bridge of ours has a runner, which sets it up and tells of its slaves.
    private bool HasMasterRunner => Options.Interface.Master is not null;

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
        FollowPath();
    }

    private bool TryTakeLink(Link link)
    {
        if (!_sockets.Open(link.Index, link.Name)) return false;
        _link = link;
        _view = _gate.Look(link);
        _path = KeyOf(link, _view);
        Tell(Report.Of("interface", ("index", link.Index), ("mac", link.Mac)));
        Tell(InterfaceReports.Carrier(link));
        if (!link.IsUp && !HasMasterRunner) SetUp(link);
        return true;
    }

    private void UpdateLink(Link link)
    {
        Link old = _link!;
        _link = link;
        if (old.Mac != link.Mac) Tell(Report.Of("hardwareAddress", ("old", old.Mac), ("new", link.Mac)));
        if (!HasMasterRunner && old.Bond?.ActiveSlave != link.Bond?.ActiveSlave)
            Tell(Report.Of("activeSlave", ("slave", NameOf(link.Bond?.ActiveSlave ?? 0))));
        if (old.Carrier != link.Carrier || old.OperationalState != link.OperationalState || old.IsUp != link.IsUp)
            Tell(InterfaceReports.Carrier(link));
        // Routes through gateways went when it was set down, addresses did not.
        if (!old.IsUp && link.IsUp) ConfigureAgain();

        // Until its first operational state the kernel has no queue for a new device: what was sent is lost.
        if (!FollowPath() && _usable && Client.Lease is null && old.OperationalState == OperationalState.Unknown && link.OperationalState == OperationalState.Up)
            Feed(new Dhcp4Input.PathChanged(_view.Network, "operationalState", _view.Gateway));
    }

    /// <summary>Looks at what carries the interface now, and tells the machine what became different; true when it is another path.</summary>
    private bool FollowPath()
    {
        if (!_started || _link is not { } link) return false;
        PathView view = _gate.Look(link);
        PathKey path = KeyOf(link, view);
        string why = path.Mac != _path.Mac ? "hardwareAddress" : path.Device != _path.Device ? "activeSlave" : "roam";
        bool changed = path != _path && _usable && view.Usable;
        _path = path;
        _view = view;
        SetUsable(view.Usable, view.Why);
        if (changed) Feed(new Dhcp4Input.PathChanged(view.Network, why, view.Gateway));
        return changed;
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
        if (usable) Feed(new Dhcp4Input.LinkUsable(_view.Network, _view.Gateway));
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

    private static PathKey KeyOf(Link link, PathView view) => new(link.Mac, view.Device, view.Attachment);
}
