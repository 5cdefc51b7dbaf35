using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Links;
using BondDhcp.Dhcp.Client;

namespace BondDhcp.Host.Runner;

/// <summary>What netlink says of the interface.</summary>
internal sealed partial class InterfaceRunner
{
    /// <inheritdoc/>
    protected override bool AsksInVain => Client is { Lease: null, State: Dhcp4State.Selecting or Dhcp4State.Rebooting };

    /// <inheritdoc/>
    protected override string? HeldAddress => Client.Lease?.Address.ToString();

    /// <inheritdoc/>
    protected override bool IsVerifying => Client.State is Dhcp4State.Verifying;

    /// <inheritdoc/>
    protected override bool IsWaiting => Client.State is Dhcp4State.Waiting;

    /// <inheritdoc/>
    protected override bool OpenSockets(Link link) => Sockets.Open(link.Index, link.Name);

    /// <inheritdoc/>
    protected override void CloseSockets()
    {
        Sockets.Close();
        RecordNow();
        _record = null;
        // Of what is left there nothing is known any more; when the interface comes back it is looked for.
        _owned = Ipv4Ownership.None;
    }

    /// <inheritdoc/>
    protected override void Adopt() => Adopt(Client.Memory);

    /// <inheritdoc/>
    protected override void FollowOther(LinkEvent happened)
    {
        switch (happened)
        {
            // Of what somebody wrote down the part that keeps it there tells.
            case LinkEvent.AddressAdded(var address) when address.InterfaceIndex == Taken?.Index && address.Protocol != InterfaceAddress.StaticMark:
                Journal(InterfaceReports.Address("addressAdded", address));
                break;
            case LinkEvent.AddressRemoved(var address) when address.InterfaceIndex == Taken?.Index && address.Protocol != InterfaceAddress.StaticMark:
                Journal(InterfaceReports.Address("addressRemoved", address));
                break;
            case LinkEvent.RouteAdded(var route) when IsLeased(route):
                Journal(InterfaceReports.Route("routeAdded", route));
                break;
            case LinkEvent.RouteRemoved(var route) when IsLeased(route):
                Journal(InterfaceReports.Route("routeRemoved", route));
                if (_owned.Routes.Contains(route)) JudgeRoutesSoon();
                break;
            case LinkEvent.Resynchronised: ConfigureAgain(); break;
        }
    }

    /// <inheritdoc/>
    protected override void Followed(IReadOnlyList<LinkEvent> events)
    {
        if (events.Any(happened => happened is LinkEvent.AddressRemoved(var address) && address.InterfaceIndex == Taken?.Index))
            CheckAddress();
    }

    /// <inheritdoc/>
    protected override void LinkBecameUsable() => Feed(new Dhcp4Input.LinkUsable(View.Network, View.Gateway));

    /// <inheritdoc/>
    protected override void LinkBecameUnusable(string why, bool interfaceGone) => Feed(new Dhcp4Input.LinkUnusable(why, interfaceGone));

    /// <inheritdoc/>
    protected override void PathChanged(string why) => Feed(new Dhcp4Input.PathChanged(View.Network, why, View.Gateway));

    private bool IsLeased(InstalledRoute route) => route.InterfaceIndex == Taken?.Index && route.Protocol == InstalledRoute.DhcpProtocol;
}
