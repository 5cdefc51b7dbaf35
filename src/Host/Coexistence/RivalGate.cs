using System.Collections.Immutable;
using BondDhcp.Bond.Links;
using BondDhcp.Host.Loop;
using BondDhcp.Host.Runner;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Coexistence;

/// <summary>How a client fares, as far as its gate asks.</summary>
/// <param name="HasLease">It has a lease: it goes on, whoever comes.</param>
/// <param name="IsOursOn">An address of ours, left by an earlier run, is on this link: it is kept.</param>
internal sealed record GuardedClient(Func<bool> HasLease, Func<Link, bool> IsOursOn);

/// <summary>
/// Keeps a client from an interface that another program configures, and lets it begin when that is over. Whoever comes
/// later, while there is a lease, is named and otherwise left alone. Called on the loop's thread only.
/// </summary>
internal sealed class RivalGate : IDisposable
{
    /// <summary>
    /// After a start, or something that tells of others, it is looked who is there: later than everything that is in a
    /// hurry, and once for a burst of changes.
    /// </summary>
    internal static readonly TimeSpan LookDelay = TimeSpan.FromSeconds(1);

    /// <summary>A thorough look goes through all processes of the host: however much happens, there is no more than one in such a time.</summary>
    internal static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    /// <summary>While it waits: what happens to the other is noticed so soon after quiet, and a burst of changes as one.</summary>
    private static readonly TimeSpan s_noticeDelay = TimeSpan.FromMilliseconds(100);

    /// <summary>While it waits: of a socket that is closed nothing tells.</summary>
    private static readonly TimeSpan s_pollDelay = TimeSpan.FromSeconds(5);

    private readonly NetworkState _network;
    private readonly RivalSearch _search;
    private readonly string _name;
    private readonly bool _ipv6;
    private readonly Action<Report> _journal;
    private readonly LoopDeadline _look;
    private readonly RivalWatch _watch;
    private GuardedClient? _client;
    private Action _resume = static () => { };
    private Action _pause = static () => { };
    private Instant _lookedAt = Instant.Zero;

    /// <summary>Open, and not looking.</summary>
    /// <param name="loop">The loop it lives in.</param>
    /// <param name="network">Links and addresses.</param>
    /// <param name="search">Looks for others.</param>
    /// <param name="name">The interface.</param>
    /// <param name="ipv6">For DHCPv6 and not DHCPv4.</param>
    /// <param name="journal">Is told who is there.</param>
    public RivalGate(EventLoop loop, NetworkState network, RivalSearch search, string name, bool ipv6, Action<Report> journal)
    {
        (_network, _search, _name, _ipv6, _journal) = (network, search, name, ipv6, journal);
        _look = loop.AddDeadline(LookAgain);
        _watch = new RivalWatch(loop, Notice);
        network.Changed += Follow;
    }

    /// <summary>Everybody who was found last, on the interface and on the devices below it.</summary>
    public ImmutableArray<Rival> Rivals { get; private set; } = [];

    /// <summary>The client must wait.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Devices below the interface are looked at, too; another gate of the same interface does it otherwise. A reload may change who does.</summary>
    public Func<bool> LooksBelow { get; init; } = static () => true;

    /// <summary>The interface and the devices below it, for a rule that spares them all.</summary>
    public Func<IReadOnlyList<string>> Devices { get; init; } = static () => [];

    /// <summary>How often it was looked thoroughly.</summary>
    internal int Looks { get; private set; }

    /// <summary>Why the client waits; null when it does not.</summary>
    public string? Why => IsClosed ? WhyOf(Rivals.First(InTheWay)) : null;

    /// <summary>A client wants to begin; false when it is to wait for <paramref name="resume"/>.</summary>
    /// <param name="client">Who.</param>
    /// <param name="resume">Called when nobody is in the way any more.</param>
    /// <param name="pause">Called when somebody is found on the interface of a client without a lease.</param>
    public bool MayBegin(GuardedClient client, Action resume, Action pause)
    {
        (_client, _resume, _pause) = (client, resume, pause);
        bool wasClosed = IsClosed; // then it is resumed by the look, and not begun twice
        if (wasClosed && BoottimeClock.Now - _lookedAt < LookInterval) Notice();
        else if (_network.Table.TryFind(_name, out Link? link) && _search.MayFind(link, _ipv6)) Look(pausing: false);
        if (!IsClosed) _look.At = BoottimeClock.Now + LookDelay;
        return !IsClosed && !wasClosed;
    }

    /// <summary>The client told the journal of something: others may be behind it, or may have come since the last look.</summary>
    public void Note(Report report)
    {
        if (report.Event is "leaseBound" or "conflict" or "addressRemoved" or "addressAdded") LookBy(LookDelay);
    }

    /// <summary>The client has ended: nobody is looked for.</summary>
    public void End()
    {
        _client = null;
        _look.At = Instant.Never;
        _watch.Clear();
        Rivals = [];
        IsClosed = false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        End();
        _network.Changed -= Follow;
        _look.Dispose();
        _watch.Dispose();
    }

    private bool InTheWay(Rival rival) => rival.IsCertain && rival.Interface == _name;

    private string WhyOf(Rival rival) => $"{rival}: {RivalAdvice.On(rival, Devices())}";

    private void Follow(IReadOnlyList<LinkEvent> events)
    {
        if (_client is null) return;
        if (IsClosed)
        {
            if (events.Any(IsOfTheWay)) Notice();
        }
        else if (!_network.Table.TryFind(_name, out Link? link)) return;
        // A link of our name: before the client takes it, because this was asked to be told first.
        else if (events.Any(happened => happened is LinkEvent.LinkAppeared(var appeared) && appeared.Index == link.Index))
        {
            if (_search.MayFind(link, _ipv6)) Look(pausing: true);
            if (!IsClosed) LookBy(LookDelay);
        }
        // Who takes the address we have for his own changes its lifetime.
        else if (events.Any(happened => happened is LinkEvent.AddressChanged(_, var address) && address.InterfaceIndex == link.Index)) LookBy(LookDelay);
    }

    // What the other does to the interface or to a device below it. Of the rest of the host's links and addresses nothing follows,
    // and for what is not told here the slow look is there.
    private bool IsOfTheWay(LinkEvent happened) => happened switch
    {
        LinkEvent.LinkAppeared(var link) => IsOfTheWay(link),
        LinkEvent.LinkChanged(var old, var changed) => IsOfTheWay(old) || IsOfTheWay(changed),
        LinkEvent.LinkGone(var link) => IsOfTheWay(link),
        LinkEvent.AddressAdded(var address) => IsOfTheWay(address.InterfaceIndex),
        LinkEvent.AddressChanged(_, var address) => IsOfTheWay(address.InterfaceIndex),
        LinkEvent.AddressRemoved(var address) => IsOfTheWay(address.InterfaceIndex),
        LinkEvent.Ipv6AddressSeen(var address) => IsOfTheWay(address.InterfaceIndex),
        LinkEvent.Ipv6AddressRemoved(var address) => IsOfTheWay(address.InterfaceIndex),
        LinkEvent.RouteAdded(var route) => IsOfTheWay(route.InterfaceIndex),
        LinkEvent.RouteRemoved(var route) => IsOfTheWay(route.InterfaceIndex),
        LinkEvent.Resynchronised => true,
        _ => false,
    };

    private bool IsOfTheWay(int index) => _network.Table.TryFind(_name, out Link? link) && link.Index == index;

    private bool IsOfTheWay(Link link) => link.IsNamed(_name) || (_network.Table.TryFind(_name, out Link? ours) && link.MasterIndex == ours.Index);

    private void Notice() => LookBy(s_noticeDelay);

    private void LookBy(TimeSpan delay)
    {
        if (_client is not null) _look.At = Instant.Min(_look.At, Instant.Max(BoottimeClock.Now + delay, _lookedAt + LookInterval));
    }

    private void LookAgain()
    {
        if (_client is not null) Look(pausing: true);
    }

    private void Look(bool pausing)
    {
        ImmutableArray<Rival> before = Rivals;
        Rivals = Find();
        Looks++;
        _lookedAt = BoottimeClock.Now;
        bool wasClosed = IsClosed;
        IsClosed = Rivals.Any(InTheWay) && (wasClosed || !(_client!.HasLease() || IsOursThere()));
        foreach (Rival gone in before.Where(rival => !Rivals.Any(rival.IsSameAs)))
            _journal(Report.Of("rivalGone", ("program", gone.Program), ("interface", gone.Interface)));
        foreach (Rival rival in Rivals.Where(rival => !before.Any(rival.IsSameAs))) Tell(rival);
        if (IsClosed)
        {
            _watch.Watch(Rivals, _search.Directories);
            _look.At = BoottimeClock.Now + s_pollDelay;
        }
        else _watch.Clear();
        if (IsClosed && !wasClosed && pausing) _pause();
        if (wasClosed && !IsClosed) _resume();
    }

    private void Tell(Rival rival)
    {
        string then = IsClosed && InTheWay(rival) ? "; DHCP waits until it leaves the interface alone" : "";
        _journal(Report.Of(
            "warning", ("message", $"{WhyOf(rival)}{then}"), ("program", rival.Program), ("pid", rival.Pid == 0 ? null : rival.Pid), ("on", rival.Interface)));
    }

    // Whoever configures a slave takes it out of the bond, or takes the address that the bond has.
    private ImmutableArray<Rival> Find()
    {
        if (!_network.Table.TryFind(_name, out Link? link)) return [];
        IEnumerable<Link> below = LooksBelow() ? _network.Table.Links.Values.Where(one => one.MasterIndex == link.Index) : [];
        return _search.Find([link, .. below], _ipv6);
    }

    private bool IsOursThere() => _network.Table.TryFind(_name, out Link? link) && _client!.IsOursOn(link);
}
