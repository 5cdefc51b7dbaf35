using System.Collections.Immutable;
using System.Text.Json;
using BondDhcp.Dhcp.Client;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Hooks;
using BondDhcp.Host.Loop;
using BondDhcp.Host.Resolver;
using BondDhcp.Host.Runner;
using BondDhcp.Host.Status;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Daemon;

/// <summary>
/// Tells the rest of this host what leases carry beside addresses and routes: name servers to whoever resolves names, and
/// everything to hooks. It begins after the first packet; what was to be told before that is told then.
/// </summary>
internal sealed class LeaseSharing : IDisposable
{
    /// <summary>Without a lease for so long, hooks are told that there is none (dhclient's <c>timeout</c>).</summary>
    public static readonly TimeSpan FailDelay = TimeSpan.FromSeconds(60);

    private readonly EventLoop _loop;
    private readonly ResolverPlaces _places;
    private readonly string _bootId;
    private readonly TimeSpan _failDelay;
    private readonly Action<string, string, Report> _journal;
    private readonly HookRunner _hooks;
    private readonly BootTime _boot = new();
    private readonly List<Action<ResolverRunner>> _early = [];
    private DaemonConfiguration _configuration = new();
    private ResolverRunner? _resolver;

    /// <summary>Nothing is told before <see cref="Begin"/>.</summary>
    /// <param name="loop">The loop it lives in.</param>
    /// <param name="places">Where name servers are told to, and where it is recorded.</param>
    /// <param name="bootId">The kernel's name for this boot.</param>
    /// <param name="journal">Takes what happens: interface, part, report.</param>
    /// <param name="failDelay">Another than <see cref="FailDelay"/>.</param>
    public LeaseSharing(
        EventLoop loop, ResolverPlaces places, string bootId, Action<string, string, Report> journal, TimeSpan? failDelay = null)
    {
        _failDelay = failDelay ?? FailDelay;
        _loop = loop;
        _places = places;
        _bootId = bootId;
        _journal = journal;
        _hooks = new HookRunner(loop, journal);
    }

    /// <summary>How hooks fare; null where there are none.</summary>
    public HookSnapshot? HookState => _hooks.Snapshot;

    /// <summary>What an interface's networks offer, and who takes it; null for nothing.</summary>
    public ResolverSnapshot? ResolverOf(string interfaceName) => _resolver?.SnapshotOf(interfaceName);

    /// <summary>Whether an interface has a path at present.</summary>
    public Func<string, bool> IsUsable { get; init; } = static _ => true;

    /// <summary>Paths may have changed.</summary>
    public void FollowPaths() => _resolver?.FollowPaths();

    /// <summary>Takes a configuration.</summary>
    public void Configure(DaemonConfiguration configuration)
    {
        _configuration = configuration;
        _hooks.Directory = configuration.Hooks;
        _resolver?.Configure(configuration);
    }

    /// <summary>Begins to tell. Once.</summary>
    public void Begin()
    {
        if (_resolver is not null) return;
        _resolver = new ResolverRunner(_loop, _places, _bootId, _journal) { IsUsable = IsUsable };
        _resolver.Configure(_configuration);
        foreach (Action<ResolverRunner> one in _early) one(_resolver);
        _early.Clear();
        _hooks.Begin();
    }

    /// <summary>
    /// What a family offers on an interface from now on; null for nothing any more. DHCPv4's is taken from its runner; this
    /// is for whoever else has something to offer.
    /// </summary>
    public void Offer(string interfaceName, OfferFamily family, NetworkOffer? offer)
    {
        if (_resolver is { } resolver) resolver.Offer(interfaceName, family, offer);
        else _early.Add(later => later.Offer(interfaceName, family, offer));
    }

    /// <summary>Tells hooks of something; DHCPv4's are told of by its runner.</summary>
    public void Raise(HookEvent happened) => _hooks.Raise(happened);

    /// <summary>Calls <paramref name="done"/> when everybody has been told, or it has taken too long; perhaps before this returns.</summary>
    public void Settle(Action done)
    {
        int left = _resolver is null ? 1 : 2;
        void OneLess()
        {
            if (--left == 0) done();
        }
        _resolver?.Settle(OneLess);
        _hooks.Settle(OneLess);
    }

    /// <summary>Follows a client of DHCPv4, which is about to start; the action given ends that.</summary>
    public Action Attend(InterfaceRunner runner)
    {
        string name = runner.Options.Name;
        Dhcp4Lease? told = null;
        Action endWait = static () => { };
        // Where there is no interface nothing has failed: DHCP begins on it when it comes.
        LoopDeadline fail = null!;
        fail = _loop.AddDeadline(() =>
        {
            if (runner.Link is null) endWait = runner.WhenThere(Begun);
            else _hooks.Raise(new HookEvent(name, HookReason.Fail));
        });
        void Begun()
        {
            _hooks.Raise(new HookEvent(name, HookReason.Preinit));
            fail.At = runner.Lease is null ? BoottimeClock.Now + _failDelay : Instant.Never;
        }
        void Configured(ConfiguredLease now)
        {
            fail.At = Instant.Never;
            Offer(name, OfferFamily.Ipv4, NetworkOffer.Of(now.Lease));
            // One that stayed over a restart is told of when a server has confirmed it.
            bool isNews = !ReferenceEquals(now.Lease, now.Previous) && !IsSame(told, now.Lease);
            if (isNews && _hooks.HasHooks) _hooks.Raise(EventOf(runner, ReasonOf(now), now.Previous, now.Lease, now.StateBefore));
            told = now.Lease;
        }
        void Ended(Dhcp4Lease lease, LeaseEnd why)
        {
            told = null;
            fail.At = why == LeaseEnd.Released ? Instant.Never : BoottimeClock.Now + _failDelay;
            Offer(name, OfferFamily.Ipv4, null);
            if (_hooks.HasHooks) _hooks.Raise(EventOf(runner, ReasonOf(why), lease, null, runner.StateBefore));
        }
        runner.LeaseConfigured += Configured;
        runner.LeaseEnded += Ended;
        endWait = runner.WhenThere(Begun);
        return () =>
        {
            endWait();
            runner.LeaseConfigured -= Configured;
            runner.LeaseEnded -= Ended;
            fail.Dispose();
        };
    }

    /// <summary>Follows a client that asks by DHCPINFORM, which is about to start; the action given ends that.</summary>
    public Action Attend(InformRunner runner)
    {
        string name = runner.Options.Name;
        Dhcp4Lease? told = null;
        void Informed(InformedLease? now)
        {
            Offer(name, OfferFamily.Ipv4, now is null ? null : NetworkOffer.Of(now.Lease));
            if (_hooks.HasHooks) _hooks.Raise(EventOf(runner, now is null ? HookReason.Stop : now.Previous is null ? HookReason.Bound : HookReason.Renew, now is null ? told : now.Previous, now?.Lease, runner.StateBefore));
            told = now?.Lease;
        }
        runner.Informed += Informed;
        Action endWait = runner.WhenThere(() => _hooks.Raise(new HookEvent(name, HookReason.Preinit)));
        return () =>
        {
            endWait();
            runner.Informed -= Informed;
        };
    }

    /// <summary>Follows a client of DHCPv6, which is about to start; the action given ends that.</summary>
    public Action Attend(Dhcp6Runner runner)
    {
        string name = runner.Options.Interface.Name;
        HashSet<string> deprecated = [];
        LoopDeadline? deprecation = null;
        deprecation = _loop.AddDeadline(Deprecate);
        void Deprecate()
        {
            Instant now = BoottimeClock.Now;
            deprecation!.At = HookEvents6.NextDeprecation(runner.Client.Lease, now);
            if (runner.Client.Lease is not { } lease) deprecated.Clear();
            else foreach (HookEvent happened in HookEvents6.OfDeprecated(name, lease, deprecated, now, _boot.Value)) _hooks.Raise(happened);
        }
        void Changed(Dhcp6Change change)
        {
            Offer(name, OfferFamily.Ipv6, change.Reply is { } reply ? NetworkOffer.Of(reply) : null);
            if (_hooks.HasHooks) foreach (HookEvent happened in HookEvents6.Of(name, change, BoottimeClock.Now, _boot.Value)) _hooks.Raise(happened);
            Deprecate();
        }
        runner.LeaseChanged += Changed;
        Action endWait = runner.WhenThere(() => _hooks.Raise(new HookEvent(name, HookReason.Preinit6)));
        return () =>
        {
            endWait();
            runner.LeaseChanged -= Changed;
            deprecation.Dispose();
        };
    }

    /// <summary>Lets go of everything: what was told stays told.</summary>
    public void Dispose()
    {
        _resolver?.Dispose();
        _hooks.Dispose();
    }

    // A lease is the same while nobody granted it anew, whatever was learnt about it since.
    private static bool IsSame(Dhcp4Lease? told, Dhcp4Lease lease) =>
        told is not null && told.Address == lease.Address && told.ObtainedAt == lease.ObtainedAt && ReferenceEquals(told.Ack, lease.Ack);

    /// <summary>The word for a lease that came in a state of the client.</summary>
    internal static HookReason ReasonOf(ConfiguredLease now) =>
        now.Previous is { } previous && previous.Address != now.Lease.Address
            ? HookReason.Bound
            : now.StateBefore switch
            {
                "renewing" => HookReason.Renew,
                "rebinding" => HookReason.Rebind,
                "rebooting" or "verifying" => HookReason.Reboot,
                _ => now.Previous is null ? HookReason.Bound : HookReason.Renew,
            };

    /// <summary>The word for the end of a lease.</summary>
    internal static HookReason ReasonOf(LeaseEnd why) => why switch
    {
        LeaseEnd.Released => HookReason.Release,
        LeaseEnd.InterfaceGone or LeaseEnd.Lost => HookReason.Stop,
        _ => HookReason.Expire,
    };

    private HookEvent EventOf(Dhcp4Runner runner, HookReason reason, Dhcp4Lease? old, Dhcp4Lease? @new, string stateBefore)
    {
        DateTimeOffset boot = _boot.Value;
        return new HookEvent(runner.Options.Name, reason)
        {
            Old = VariablesOf(runner, old, boot),
            New = VariablesOf(runner, @new, boot),
            OldJson = JsonOf(runner, old, stateBefore, boot),
            NewJson = JsonOf(runner, @new, runner.ClientState, boot),
        };
    }

    private static ImmutableArray<HookVariable> VariablesOf(Dhcp4Runner runner, Dhcp4Lease? lease, DateTimeOffset boot) => lease is null
        ? []
        : HookVariables.Of(
            lease, MeaningOf(runner, lease), boot,
            [.. runner.Options.Interface.Options4.Asked, .. lease.Ack.Configured.Select(static code => (ushort)code)]);

    // By what was said to a DHCPINFORM neither routes nor MTU are set.
    private static LeaseConfiguration MeaningOf(Dhcp4Runner runner, Dhcp4Lease lease)
    {
        LeaseConfiguration its = LeaseConfiguration.Of(lease, runner.Options.Interface, BoottimeClock.Now, runner.Link?.MaxMtu ?? 0);
        return runner.IsInform ? its with { Wanted = its.Wanted with { Routes = [], Mtu = null } } : its;
    }

    private static Action<Utf8JsonWriter>? JsonOf(Dhcp4Runner runner, Dhcp4Lease? lease, string state, DateTimeOffset boot)
    {
        if (lease is null) return null;
        Dhcp4Snapshot shown = new(state, lease, lease.ClientIdentifier, Dhcp4Snapshot.IaidOf(lease.ClientIdentifier)) { IsInform = runner.IsInform };
        return json => SnapshotJson.WriteLease(json, shown, boot);
    }
}
