using BondDhcp.Bond.Links;
using BondDhcp.Bond.Netlink;
using BondDhcp.Dhcp.Client;
using BondDhcp.Host.Paths;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Runner;

/// <summary>What netlink says of the interface.</summary>
internal abstract partial class DhcpRunner
{
    // What a change of the path is: any of these. Compared at every event, because no single event tells of all of them.
    private readonly record struct PathKey(MacAddress? Mac, int Device, string? Attachment);

    private const string NotThere = "the interface is not there";

    private PathKey _path;

    // The one that carried frames last: while another one comes there may be none for a moment.
    private PathKey? _lastPath;

    /// <summary>The interface the sockets are open on; null while there is none, and while stopped.</summary>
    protected Link? Taken { get; private set; }

    /// <summary>What carries it.</summary>
    protected PathView View { get; private set; } = PathView.Closed(NotThere, 0);

    /// <summary>It can carry frames.</summary>
    protected bool Usable { get; private set; }

    /// <summary>Why it cannot.</summary>
    protected string WhyUnusable { get; private set; } = NotThere;

    /// <summary>Carrier, hardware address and the like are told of here; another runner of the same interface does not.</summary>
    protected virtual bool TellsOfLink => true;

    /// <summary>The client has asked and heard nothing: what was sent before the kernel had a queue for the device may be lost.</summary>
    protected abstract bool AsksInVain { get; }

    /// <summary>The address of the lease, which a failover may cost; null without one.</summary>
    protected abstract string? HeldAddress { get; }

    /// <summary>The client asks whether its lease is good on the present path.</summary>
    protected abstract bool IsVerifying { get; }

    /// <summary>The client waits for the link.</summary>
    protected abstract bool IsWaiting { get; }

    /// <summary>
    /// ARP and Neighbour Discovery packets a second that others send on the path and keep no account of. Slaves are asked
    /// which network they lead into, and the caps count every frame of a path.
    /// </summary>
    protected int NeighbourPacketsOfOthers =>
        TransmitBudget.KernelAnnouncements + (View.Device == Taken?.Index ? 0 : TransmitBudget.PathProbeRequests);

    /// <summary>What this client sent, for the others on its path.</summary>
    protected PathSender Sender => Network.Senders.Of(Configuration.Name, Source);

    /// <summary>Opens sockets; false when the interface is gone already.</summary>
    protected abstract bool OpenSockets(Link link);

    /// <summary>Closes them, and forgets what was known of the interface.</summary>
    protected abstract void CloseSockets();

    /// <summary>An interface came that was not there at the start: what is ours on it is ours again.</summary>
    protected abstract void Adopt();

    /// <summary>Puts back what the kernel flushed without a word.</summary>
    protected abstract void ConfigureAgain();

    /// <summary>Takes an event that is about no link.</summary>
    protected abstract void FollowOther(LinkEvent happened);

    /// <summary>Every event was taken: the whole is known.</summary>
    protected abstract void Followed(IReadOnlyList<LinkEvent> events);

    /// <summary>The link can carry frames.</summary>
    protected abstract void LinkBecameUsable();

    /// <summary>The link cannot carry frames any more.</summary>
    protected abstract void LinkBecameUnusable(string why, bool interfaceGone);

    /// <summary>What carries the interface is another device, address or attachment.</summary>
    protected abstract void PathChanged(string why);

    private void Follow(IReadOnlyList<LinkEvent> events) => Guard(() =>
    {
        if (!Started) return;
        foreach (LinkEvent happened in events)
        {
            switch (happened)
            {
                case LinkEvent.LinkAppeared(var link): FollowLink(link); break;
                case LinkEvent.LinkChanged(_, var link): FollowLink(link); break;
                case LinkEvent.LinkGone(var link) when link.Index == Taken?.Index: LoseLink("the interface is gone"); break;
                default: FollowOther(happened); break;
            }
        }
        Followed(events);
        // What carries this interface may be another one, of which the events spoke.
        FollowPath();
    });

    // A bond or bridge of ours has a runner, which sets it up and tells of its slaves.
    private bool HasMasterRunner => Configuration.Master is not null;

    private void FollowLink(Link link)
    {
        if (link.Index == Taken?.Index && !link.IsNamed(Configuration.Name)) LoseLink($"the interface is named {link.Name} now");
        else if (link.Index == Taken?.Index) UpdateLink(link);
        else if (link.Name == Configuration.Name || (Taken is null && link.IsNamed(Configuration.Name))) FollowNewLink(link);
    }

    private void FollowNewLink(Link link)
    {
        // Under our name, while the one before may still be there under another.
        if (Taken is not null) LoseLink("another interface has its name now");
        if (!TryTakeLink(link)) return;
        Adopt();
        FollowPath();
    }

    private bool TryTakeLink(Link link)
    {
        if (!OpenSockets(link)) return false;
        Taken = link;
        View = _gate.Look(link);
        _path = KeyOf(link, View);
        _lastPath = View.Usable ? _path : null;
        Tell(Report.Of("interface", ("index", link.Index), ("mac", link.Mac)));
        Tell(InterfaceReports.Carrier(link));
        WarnOfMakersAddress(link);
        if (!link.IsUp && !HasMasterRunner) SetUp(link);
        return true;
    }

    private void UpdateLink(Link link)
    {
        Link old = Taken!;
        Taken = link;
        if (old.Mac != link.Mac)
        {
            Tell(Report.Of("hardwareAddress", ("old", old.Mac), ("new", link.Mac)));
            WarnOfMakersAddress(link);
            HardwareAddressChanged();
        }
        if (!HasMasterRunner && old.Bond?.ActiveSlave != link.Bond?.ActiveSlave)
            Tell(Report.Of("activeSlave", ("slave", NameOf(link.Bond?.ActiveSlave ?? 0))));
        if (old.Carrier != link.Carrier || old.OperationalState != link.OperationalState || old.IsUp != link.IsUp)
            Tell(InterfaceReports.Carrier(link));
        // Routes through gateways went when it was set down, addresses of IPv4 did not.
        if (!old.IsUp && link.IsUp) ConfigureAgain();

        // Until its first operational state the kernel has no queue for a new device: what was sent is lost. Where a server
        // answered already it was not.
        if (!FollowPath() && Usable && AsksInVain && old.OperationalState == OperationalState.Unknown && link.OperationalState == OperationalState.Up)
            PathChanged("operationalState");
    }

    /// <summary>Looks at what carries the interface now, and tells the machine what became different; true when it is another path.</summary>
    private bool FollowPath()
    {
        if (!Started || Taken is not { } link) return false;
        PathView view = _gate.Look(link);
        PathKey path = KeyOf(link, view);
        string why = path.Mac != _path.Mac ? PendingPathChange.HardwareAddress : path.Device != _path.Device ? "activeSlave" : "roam";
        bool changed = path != _path && Usable && view.Usable;
        _path = path;
        View = view;
        if (view.Usable)
        {
            if (_lastPath is { } last && last != path) Counters.Failovers.Begin(HeldAddress);
            _lastPath = path;
        }
        SetUsable(view.Usable, view.Why);
        if (changed) PathChanged(why);
        return changed;
    }

    /// <summary>The interface is gone, or is not ours under its new name.</summary>
    protected void LoseLink(string why)
    {
        if (Taken is null) return;
        Tell(Report.Of("interface", ("index", null), ("why", why)));
        Usable = false;
        WhyUnusable = why;
        // While the link is known: one that was only renamed still has the address, and it is taken away.
        LinkBecameUnusable(why, interfaceGone: true);
        LeaveLink();
    }

    private void LeaveLink()
    {
        CloseSockets();
        ForgetMissingRoutes();
        Taken = null;
    }

    private void SetUsable(bool usable, string why)
    {
        if (usable == Usable && (usable || why == WhyUnusable)) return;
        bool wasUsable = Usable;
        Usable = usable;
        WhyUnusable = why;
        if (usable)
        {
            if (HeldAddress is null) Counters.Acquisitions.Begin(BoottimeClock.Now);
            LinkBecameUsable();
        }
        else if (wasUsable || IsWaiting) LeaveUnusable(why);
    }

    private void LeaveUnusable(string why)
    {
        Counters.Acquisitions.Stop();
        LinkBecameUnusable(why, interfaceGone: false);
    }

    // RFC 7844 section 2.6: what the profile hides, the address in every frame would tell.
    private void WarnOfMakersAddress(Link link)
    {
        if (Configuration.Anonymity && link.Mac is { IsLocallyAdministered: false } mac)
            Tell(Report.Of("warning", ("message", $"anonymity hides nothing while the hardware address {mac} is the one that the maker gave the device: have a random one set before the interface comes up")));
    }

    private void SetUp(Link link)
    {
        RtnlResult result = Network.Rtnl.SetUp(link.Index);
        if (!result.Succeeded) Warn($"the interface could not be set up: {result}");
    }

    private string? NameOf(int interfaceIndex) =>
        Network.Table.Links.TryGetValue(interfaceIndex, out Link? link) ? link.Name : null;

    private void Tell(Report report)
    {
        if (TellsOfLink) _journal("link", report);
    }

    private static PathKey KeyOf(Link link, PathView view) => new(link.Mac, view.Device, view.Attachment);
}
