using System.Collections.Immutable;
using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Links;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Runner;

/// <summary>What netlink says of the interface and of IPv6 on it.</summary>
internal sealed partial class Dhcp6Runner
{
    // A port that another program holds, or that the kernel did not give for a moment.
    private static readonly TimeSpan s_portRetryDelay = TimeSpan.FromSeconds(2);

    private readonly List<Ipv6Event> _changes = [];
    private ImmutableArray<Ipv6Address> _otherAddresses = [];
    private Ipv6Table? _ipv6;
    private string _whyNoLinkLocal = "";
    private Instant _listensSince;

    /// <inheritdoc/>
    protected override bool AsksInVain => Client is { Lease: null, State: Dhcp6State.Soliciting or Dhcp6State.Confirming or Dhcp6State.InformationRequesting };

    /// <inheritdoc/>
    protected override string? HeldAddress => Client.Lease is not { } lease ? null
        : !lease.Addresses.IsEmpty ? lease.Addresses[0].Address.ToString()
        : lease.Prefixes.IsEmpty ? null : lease.Prefixes[0].Prefix.ToString();

    /// <inheritdoc/>
    protected override bool IsVerifying => Client.State is Dhcp6State.Confirming or Dhcp6State.VerifyRebinding;

    /// <inheritdoc/>
    protected override bool IsWaiting => Client.State is Dhcp6State.Waiting;

    /// <summary>What routers say, as the kernel has it; null while none has said anything.</summary>
    private RouterFlags? RoutersSay => _ipv6 is { HasRouter: true } table ? FlagsOf(table.Flags) : null;

    /// <inheritdoc/>
    protected override bool OpenSockets(Link link)
    {
        _sockets.Open(link.Index);
        _ipv6 = new Ipv6Table(link.Index);
        Reread();
        // What is there already is no news, and the client is told of it in another way.
        _changes.Clear();
        return true;
    }

    /// <inheritdoc/>
    protected override void CloseSockets()
    {
        _sockets.Close();
        _retryPort.At = Instant.Never;
        _ipv6 = null;
        _otherAddresses = [];
        RecordNow();
        _record = null;
        // Of what is left there nothing is known any more; when the interface comes back it is looked for.
        _owned = Ipv6Ownership.None;
        _whyNoLinkLocal = "";
    }

    /// <inheritdoc/>
    protected override void Adopt()
    {
        Adopt(Client.Memory);
        if (RoutersSay is { } flags) Feed(new Dhcp6Input.RouterAdvertised(flags));
        FollowLinkLocal();
    }

    /// <inheritdoc/>
    protected override void FollowOther(LinkEvent happened)
    {
        if (happened is LinkEvent.UnreachableRouteRemoved(var route) && _owned.Routes.Any(one => one.Is(route))) JudgeRoutesSoon();
    }

    /// <inheritdoc/>
    protected override void Followed(IReadOnlyList<LinkEvent> events)
    {
        if (_ipv6 is not { } table) return;
        _changes.Clear();
        table.Take(events, _changes);
        if (_changes.Count > 0) CollectOthers(table);
        bool lost = events.Any(happened => happened is LinkEvent.Resynchronised);
        // Of a router that sets neither flag the kernel tells by its prefixes alone.
        bool unheard = !table.HasRouter && events.Any(happened => happened is LinkEvent.PrefixAdvertised(var prefix) && prefix.InterfaceIndex == table.InterfaceIndex);
        // Told that an address of the lease went; asked what else did. When an interface is set down its addresses go one
        // after the other, and the link-local one may not have gone yet.
        if (lost || unheard || _changes.Exists(change => change is Ipv6Event.AddressRemoved(var gone) && Client.Lease?.Holds(gone.Address) == true)) Reread();
        TellChanges();
        FollowLinkLocal();
        FeedChanges();
        if (lost) ConfigureAgain();
    }

    /// <inheritdoc/>
    protected override void LinkBecameUsable()
    {
        Feed(new Dhcp6Input.LinkUsable(View.Network, View.Gateway));
        FollowLinkLocal();
    }

    /// <inheritdoc/>
    protected override void LinkBecameUnusable(string why, bool interfaceGone) => Feed(new Dhcp6Input.LinkUnusable(why, interfaceGone));

    /// <inheritdoc/>
    protected override void PathChanged(string why) => Feed(new Dhcp6Input.PathChanged(View.Network, why, View.Gateway));

    private void Reread()
    {
        if (_ipv6 is not { } table) return;
        // First the link: the kernel answers when a change of it that is under way is done.
        Ipv6LinkState? state = Network.Rtnl.FindIpv6State(table.InterfaceIndex);
        List<Ipv6InterfaceAddress> addresses = [];
        if (Network.Rtnl.ReadIpv6Addresses(table.InterfaceIndex, addresses).Succeeded || state is null)
            table.Replace(addresses, state?.Flags ?? Ipv6LinkFlags.None, _changes);
        CollectOthers(table);
    }

    // What was written down before what routers gave, which is the kernel's order.
    private void CollectOthers(Ipv6Table table)
    {
        ImmutableArray<Ipv6Address> others =
        [
            .. table.Addresses.Where(address => address.IsUsable).OrderBy(address => address.Protocol != InterfaceAddress.StaticMark)
                .Select(address => address.Address),
        ];
        if (!others.AsSpan().SequenceEqual(_otherAddresses.AsSpan())) _otherAddresses = others;
    }

    private void TellChanges()
    {
        foreach (Ipv6Event change in _changes)
        {
            if (change is Ipv6Event.AddressUsable(var added) && IsTold(added)) Journal(Dhcp6Reports.Address("addressAdded", added));
            else if (change is Ipv6Event.AddressRemoved(var removed) && IsTold(removed)) Journal(Dhcp6Reports.Address("addressRemoved", removed));
        }
    }

    // Of what somebody wrote down the part that keeps it there tells, and link-local addresses come and go with the link.
    private static bool IsTold(Ipv6InterfaceAddress address) => address.Protocol != InterfaceAddress.StaticMark && !address.Address.IsLinkLocal;

    // Taken from the list one by one: what the client does about one may bring more.
    private void FeedChanges()
    {
        foreach (Ipv6Event change in _changes.ToArray())
        {
            switch (change)
            {
                case Ipv6Event.AddressUsable(var address): Feed(new Dhcp6Input.AddressReady(address.Address)); break;
                case Ipv6Event.AddressDuplicate(var address): LoseDuplicate(address.Address); break;
                case Ipv6Event.AddressRemoved(var address) when _ipv6?.Find(address.Address) is null: LoseAddress(address.Address); break;
                case Ipv6Event.RouterFlags(var flags): Feed(new Dhcp6Input.RouterAdvertised(FlagsOf(flags))); break;
                case Ipv6Event.PrefixAppeared or Ipv6Event.PrefixWithdrawn: Feed(Dhcp6Input.PrefixesChanged.Instance); break;
            }
        }
        _changes.Clear();
    }

    private void LoseDuplicate(Ipv6Address address)
    {
        if (Client.Lease?.Holds(address) == true) Feed(new Dhcp6Input.AddressDuplicate(address));
    }

    private void LoseAddress(Ipv6Address address)
    {
        if (Client.Lease?.Holds(address) != true) return;
        _owned = _owned with { Addresses = _owned.Addresses.Remove(address) };
        Feed(new Dhcp6Input.AddressRemoved(address));
    }

    /// <summary>The client sends from the link-local address in use; it is told when that is another one, or none.</summary>
    private void FollowLinkLocal()
    {
        if (!Started || _ipv6 is null) return;
        Ipv6Address? before = _sockets.Local;
        string? why = HoldLinkLocal();
        if (why is not null) Feed(new Dhcp6Input.LinkLocalGone(why));
        else if (_sockets.Local is { } local && local != before) Feed(new Dhcp6Input.LinkLocalReady(local));
    }

    /// <summary>Opens the port on the link-local address in use; gives the reason while there is none, where it is a new one.</summary>
    private string? HoldLinkLocal()
    {
        if (_ipv6 is not { } table || Taken is not { } link) return null;
        bool had = _sockets.Local is not null;
        _retryPort.At = Instant.Never;
        string? refused = _sockets.Hold(table.LinkLocal);
        if (_sockets.Local is not null)
        {
            if (!had) _listensSince = BoottimeClock.Now;
            _whyNoLinkLocal = "";
            return null;
        }
        if (refused is not null) _retryPort.At = BoottimeClock.Now + s_portRetryDelay;
        string why = refused ?? WhyNoLinkLocal(table, link);
        if (!had && why == _whyNoLinkLocal) return null;
        _whyNoLinkLocal = why;
        return why;
    }

    private string WhyNoLinkLocal(Ipv6Table table, Link link)
    {
        Ipv6InterfaceAddress? there = table.Addresses.FirstOrDefault(address => address.Address.IsLinkLocal);
        return Ipv6Diagnosis.WhyWithout(link, Network.Rtnl.FindIpv6State(link.Index))
            ?? (!link.IsUp ? "the interface is down"
                : there is null ? "no link-local address yet"
                : there.IsDuplicate ? $"another host has the link-local address {there.Address}"
                : $"the link-local address {there.Address} is not found to be unique yet");
    }

    // One that has neither flags nor prefixes: asked for when the client is about to look further.
    private void LookForRouter()
    {
        if (_ipv6 is not { HasRouter: false } || Options.Dhcp6.Mode != Dhcp6Mode.Auto || !IsWaiting) return;
        Reread();
        TellChanges();
        FeedChanges();
    }

    private void WarnOfAdvertisements()
    {
        if (Options.Dhcp6.Mode != Dhcp6Mode.Auto || Taken is not { } link || Network.Rtnl.FindIpv6State(link.Index) is not { } state) return;
        if (Ipv6Diagnosis.WhyWithoutAdvertisements(link, state) is { } why) Warn($"dhcp6 = \"auto\" waits for what routers say: {why}");
    }

    /// <summary>With what is to be said where a lease has addresses and nothing leads beyond the link. The kernel is asked when it matters.</summary>
    /// <param name="why">Why the client is not as wanted; null when it is.</param>
    private string? WithMissingRouter(string? why)
    {
        if (Client.Lease is not { Addresses.IsEmpty: false } || !Usable || _sockets.Local is null || Taken is not { } link) return why;
        TimeSpan listened = BoottimeClock.Now - _listensSince;
        if (listened < Ipv6Diagnosis.RouterPatience || Network.Rtnl.FindIpv6State(link.Index) is not { } state) return why;
        if (Ipv6Diagnosis.WhyWithoutRoute(link, state, listened) is not { } missing || Network.Rtnl.LeadsBeyondLink(link.Index)) return why;
        return why is null ? missing : $"{why}; {missing}";
    }

    private static RouterFlags FlagsOf(Ipv6LinkFlags flags) =>
        new((flags & Ipv6LinkFlags.Managed) != 0, (flags & Ipv6LinkFlags.OtherConfiguration) != 0);
}
