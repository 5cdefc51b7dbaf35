using System.Collections.Immutable;
using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Linux;
using BondDhcp.Bond.Netlink;

namespace BondDhcp.Host.Statics;

/// <summary>What netlink says of the interface, and the gate above it.</summary>
internal sealed partial class StaticRunner
{
    private const string NotThere = "the interface is not there";

    private Link? _link;
    private StaticOwnershipFile? _record;
    private StaticOwnership _owned = StaticOwnership.None;
    private bool _gateOpen = true;
    private bool _gated;
    private string _whyClosed = "";

    /// <summary>
    /// What stands above the kernel's word says whether packets pass. Once it was called, it alone tells of path changes;
    /// until then a change of the hardware address or of the active slave is one.
    /// </summary>
    /// <param name="usable">They pass, as far as the caller knows; the interface itself must be usable too.</param>
    /// <param name="why">Why they do not.</param>
    /// <param name="change">What changed about the way they take, such as <c>activeSlave</c>; null for nothing.</param>
    public void NotePath(bool usable, string why, string? change) => Guard(() =>
    {
        _gated = true;
        _gateOpen = usable;
        _whyClosed = usable ? "" : why;
        Gauge();
        if (usable && change is not null) Feed(new StaticInput.PathChanged());
    });

    private void Follow(IReadOnlyList<LinkEvent> events) => Guard(() =>
    {
        if (!_machine.IsRunning) return;
        // Down at the beginning, as far as was told, or meanwhile.
        bool removed = false, changed = false, wentDown = _link is { IsUp: false };
        foreach (LinkEvent happened in events)
        {
            switch (happened)
            {
                case LinkEvent.LinkAppeared(var link): FollowLink(link); break;
                case LinkEvent.LinkChanged(_, var link):
                    wentDown |= link.Index == _link?.Index && !link.IsUp;
                    FollowLink(link);
                    break;
                case LinkEvent.LinkGone(var link) when link.Index == _link?.Index: LoseLink(); break;
                case LinkEvent.AddressRemoved(var address) when address.InterfaceIndex == _link?.Index: removed = true; break;
                case LinkEvent.Ipv6AddressRemoved(var address) when address.InterfaceIndex == _link?.Index: removed = true; break;
                case LinkEvent.AddressAdded(var address) when address.InterfaceIndex == _link?.Index: changed = true; break;
                case LinkEvent.Ipv6AddressSeen(var address) when address.InterfaceIndex == _link?.Index: changed = true; break;
                case LinkEvent.RouteRemoved(var route) when route.InterfaceIndex == _link?.Index: NoteGone(_owned.Routes.FirstOrDefault(one => one.IsInstalledAs(route))); break;
                case LinkEvent.Ipv6RouteSeen(var index, var route, false) when index == _link?.Index || route.Kind != StaticRouteKind.Unicast:
                    NoteGone(_owned.Routes.FirstOrDefault(one => one.IsInstalledAs(route)));
                    break;
                case LinkEvent.Resynchronised: removed = true; break;
            }
        }
        // Once, when the whole is known. With the last address of a family the kernel drops its routes, without a word.
        if (!wentDown && _link is { IsUp: true })
        {
            if (removed) NoteAddressGone();
            if (changed) Apply();
            return;
        }
        // What the kernel dropped with the interface comes back with it, and is nobody's theft.
        bool applies = _applyWaits || ((removed || changed) && _link is { IsUp: true });
        ForgetGone();
        if (applies) Apply();
        if (removed && _link is { IsUp: true }) Observe();
    });

    private void FollowLink(Link link)
    {
        if (link.Index == _link?.Index && !link.IsNamed(Settings.Name))
        {
            // It is another interface by now, and keeps nothing of ours.
            RemoveAll();
            LoseLink();
        }
        else if (link.Index == _link?.Index) UpdateLink(link);
        else if (link.Name == Settings.Name || (_link is null && link.IsNamed(Settings.Name)))
        {
            if (_link is not null)
            {
                RemoveAll();
                LoseLink();
            }
            TakeLink(link);
        }
    }

    private void TakeLink(Link told)
    {
        // Asked: it may have been set down a moment ago, and is set up only now.
        Link link = _network.Rtnl.FindLink(told.Index) ?? told;
        ImmutableArray<PresentAddress> present = Learn(link);
        if (!link.IsUp) SetUp(link);
        Feed(new StaticInput.LinkHere([.. present.Select(there => there.Address)], _gateOpen && link.IsUsable));
    }

    /// <summary>What is on the interface, and what of it is ours.</summary>
    private ImmutableArray<PresentAddress> Learn(Link link)
    {
        _link = link;
        _record = _openRecord?.Invoke(link.Index);
        string? warning = null;
        StaticOwnership recorded = _record?.Read(out warning) ?? StaticOwnership.None;
        if (warning is not null) Warn(warning);
        ImmutableArray<PresentAddress> present = _configurator.ReadAddresses(link.Index);
        _owned = recorded with { Addresses = recorded.Addresses.RemoveAll(address => present.All(there => there.Address != address)) };
        return present;
    }

    private void UpdateLink(Link link)
    {
        Link old = _link!;
        _link = link;
        // Routes and IPv6 addresses went when it was set down.
        if (!old.IsUp && link.IsUp) Apply();
        bool changed = old.Mac != link.Mac || old.Bond?.ActiveSlave != link.Bond?.ActiveSlave;
        // Until its first operational state the kernel has no queue for a new device: what was sent is lost.
        bool queued = old.OperationalState == OperationalState.Unknown && link.OperationalState == OperationalState.Up;
        bool wasUsable = _machine.IsUsable;
        Gauge();
        if (wasUsable && _machine.IsUsable && (queued || (changed && !_gated))) Feed(new StaticInput.PathChanged());
    }

    // What the gate and the kernel say together.
    private void Gauge()
    {
        if (_link is not { } link) return;
        Feed(new StaticInput.Usable(_gateOpen && link.IsUsable));
    }

    private string WhyUnusable =>
        _link is not { } link ? NotThere : !link.IsUp ? "the interface is down" : !link.IsUsable ? "no carrier" : _whyClosed;

    private void LoseLink()
    {
        LeftOver = null; // what was left on the interface went with it
        // What leads nowhere belongs to no interface, and does not go with it.
        if (_link is { } link && _owned.Routes.Any(route => route.Kind != StaticRouteKind.Unicast))
            Conclude(_configurator.Remove(link.Index, new StaticOwnership { Routes = [.. _owned.Routes.Where(route => route.Kind != StaticRouteKind.Unicast)] }));
        LeaveLink();
        Feed(new StaticInput.LinkGone());
    }

    private void LeaveLink()
    {
        _link = null;
        _record = null;
        ForgetGone();
        _missing.Forget();
        // Of what is left there nothing is known any more; when the interface comes back it is looked for.
        _owned = StaticOwnership.None;
        _outcome = null;
    }

    private void SetUp(Link link)
    {
        RtnlResult result = _network.Rtnl.SetUp(link.Index);
        if (!result.Succeeded) Warn($"the interface could not be set up: {result}");
    }
}
