using System.Collections.Immutable;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Loop;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Resolver;

/// <summary>
/// Hands what the interfaces offer to whoever resolves names on this host, and takes it back. Nothing here is waited for:
/// programs run beside the loop, and a lease does not depend on them.
/// </summary>
internal sealed partial class ResolverRunner : IDisposable
{
    /// <summary>
    /// After a start, an interface that was told of by an earlier run has this long to say what it offers; then what was told
    /// is taken back.
    /// </summary>
    public static readonly TimeSpan DecisionDelay = TimeSpan.FromSeconds(30);

    /// <summary>Whoever waits for everything to be done waits no longer than this; what runs then goes on by itself.</summary>
    public static readonly TimeSpan LongestSettling = TimeSpan.FromSeconds(1.5);

    private readonly EventLoop _loop;
    private readonly ResolverPlaces _places;
    private readonly ResolverRecord _record;
    private readonly ResolvConfFile _file;
    private readonly Action<string, string, Report> _journal;
    private readonly LoopDeadline _deadline;
    private readonly LoopDeadline _decision;
    private readonly LoopDeadline _settling;
    private readonly List<Action> _waiting = [];
    private readonly Dictionary<(string Interface, OfferFamily Family), NetworkOffer> _offers = [];
    private readonly HashSet<string> _decided = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unusable = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _warned = new(StringComparer.Ordinal);
    private ImmutableArray<ResolverPolicy> _policies = [];
    private ResolverMachine _machine;
    private ResolverWays _ways;
    private ResolvedWatch? _resolved;
    private FileWatch? _fileWatch;
    private bool _allDecided;
    private bool _configured;

    /// <summary>Knows what an earlier run told; does nothing before <see cref="Configure"/>.</summary>
    /// <param name="loop">The loop it lives in.</param>
    /// <param name="places">Where everything is.</param>
    /// <param name="bootId">The kernel's name for this boot.</param>
    /// <param name="journal">Takes what happens: interface, part, report.</param>
    public ResolverRunner(EventLoop loop, ResolverPlaces places, string bootId, Action<string, string, Report> journal)
    {
        _loop = loop;
        _places = places;
        _journal = journal;
        _record = new ResolverRecord(places.RuntimeDirectory, bootId);
        _file = new ResolvConfFile(places.ResolvConf, places.StateDirectory);
        _deadline = loop.AddDeadline(() => Step(new ResolverInput.Deadline()));
        _decision = loop.AddDeadline(DecideAll);
        _settling = loop.AddDeadline(Settled);
        List<ResolverWish> told = _record.Read(out string? warning);
        if (warning is not null) Warn("", warning);
        if (_file.IsTaken) told.Add(new ResolverWish(ResolverTarget.File, new ResolverContent("", "")));
        _machine = ResolverMachine.Adopt(told);
        _allDecided = told.Count == 0;
        if (!_allDecided) _decision.At = BoottimeClock.Now + DecisionDelay;
    }

    /// <summary>Whether an interface has a path at present.</summary>
    public Func<string, bool> IsUsable { get; set; } = static _ => true;

    /// <summary>Paths may have changed: of the file's interfaces those with a path come first.</summary>
    public void FollowPaths()
    {
        if (NotePaths()) Want();
    }

    /// <summary>
    /// Takes a configuration: whose name servers go where. At a reload a file that somebody else changed is taken again,
    /// because a person asks for it.
    /// </summary>
    public void Configure(DaemonConfiguration configuration)
    {
        _policies = [.. configuration.Interfaces.Select(ResolverPolicy.Of)];
        foreach (ResolverPolicy policy in _policies)
            if (policy.Output == DnsOutput.None || policy is { AwaitsLease: false, HasStatic: false }) _decided.Add(policy.Name);
        if (_configured) _file.Reclaim();
        _configured = true;
        if (_policies.Any(static one => one.Output == DnsOutput.Auto))
            _resolved ??= new ResolvedWatch(_loop, _places.ResolvedDirectory, () => Forgot(ResolverWay.Resolved));
        if (_policies.Any(static one => one.Output == DnsOutput.File))
            _fileWatch ??= new FileWatch(_loop, _places.ResolvConf, FollowFile);
        Want();
        // Names that were refused, or changed by somebody else, are looked at anew.
        if (_machine.Find(ResolverTarget.File) is { Failures: > 0 }) Forgot(ResolverWay.File);
    }

    /// <summary>
    /// What one family offers on one interface from now on; null when it offers nothing any more. The same again does
    /// nothing. This is the call for DHCPv4, DHCPv6, router advertisements and the configuration alike.
    /// </summary>
    public void Offer(string interfaceName, OfferFamily family, NetworkOffer? offer)
    {
        // What is written down is known at once, and does not say what a lease that is being confirmed has.
        if (family != OfferFamily.Static || !PolicyOf(interfaceName).AwaitsLease) _decided.Add(interfaceName);
        if (offer is null) _offers.Remove((interfaceName, family));
        else _offers[(interfaceName, family)] = offer;
        WarnOfPortals(interfaceName);
        Want();
    }

    /// <summary>
    /// Calls <paramref name="done"/> when nothing is left to do, or it has taken too long; perhaps before this returns.
    /// </summary>
    public void Settle(Action done)
    {
        _waiting.Add(done);
        if (_machine.IsSettled) Settled();
        else if (_settling.At.IsNever) _settling.At = BoottimeClock.Now + LongestSettling;
    }

    /// <summary>What an interface offers, and who takes it; null when it offers nothing.</summary>
    public ResolverSnapshot? SnapshotOf(string interfaceName)
    {
        NetworkOffer[] offers = [.. OffersOf(interfaceName)];
        if (offers.Length == 0) return null;
        ResolverRoute route = ResolverPlan.Route(offers, PolicyOf(interfaceName), _ways);
        ResolverContent? written = _offers.TryGetValue((interfaceName, OfferFamily.Static), out NetworkOffer? own)
            ? ResolverPlan.Route([own], PolicyOf(interfaceName), _ways).Content : null;
        ResolverEntry? entry = route.Target is { } target ? _machine.Find(target) : null;
        return new ResolverSnapshot(
            route.Target is { } taker ? ResolverRecord.WordOf(taker.Way) : null,
            [.. route.Content?.ServerList ?? []], [.. route.Content?.SearchList ?? []], route.Why ?? entry?.Why)
        {
            LeftOut = LeftOutOf(route, entry),
            StaticServers = [.. written?.ServerList ?? []],
            StaticSearchDomains = [.. written?.SearchList ?? []],
            NtpServers = [.. offers.SelectMany(static one => one.NtpServers).Distinct()],
            CaptivePortal = offers.Select(static one => one.CaptivePortal).FirstOrDefault(static uri => uri is not null),
            TimeZone = offers.Select(static one => one.TimeZone).FirstOrDefault(static zone => zone is not null),
            EncryptedResolvers = [.. offers.SelectMany(static one => one.EncryptedResolvers)],
        };
    }

    /// <summary>Lets go: what was told stays told, and what runs ends by itself.</summary>
    public void Dispose()
    {
        _deadline.Dispose();
        _decision.Dispose();
        _settling.Dispose();
        _resolved?.Dispose();
        _fileWatch?.Dispose();
        _process?.Dispose();
    }

    private static ImmutableArray<string> LeftOutOf(ResolverRoute route, ResolverEntry? entry)
    {
        string[] leftOut = entry?.Wanted?.LeftOut.Split(' ') ?? [];
        return [.. (route.Content?.ServerList ?? []).Where(server => leftOut.Contains(server))];
    }

    private IEnumerable<NetworkOffer> OffersOf(string interfaceName)
    {
        foreach (OfferFamily family in (OfferFamily[])[OfferFamily.Static, OfferFamily.Ipv4, OfferFamily.Ipv6])
            if (_offers.TryGetValue((interfaceName, family), out NetworkOffer? offer)) yield return offer;
    }

    // What is not configured any more offers nothing to anybody.
    private ResolverPolicy PolicyOf(string interfaceName)
    {
        foreach (ResolverPolicy policy in _policies)
            if (policy.Name == interfaceName) return policy;
        return new ResolverPolicy(interfaceName, DnsOutput.None, 0);
    }

    private void DecideAll()
    {
        _allDecided = true;
        Want();
    }

    private void Want()
    {
        // Before, nothing is known of whose name servers go where, and nothing may be taken back.
        if (!_configured) return;
        _ways = _places.Look();
        NotePaths();
        List<ResolverRoute> routes = [];
        foreach (ResolverPolicy policy in _policies)
        {
            ResolverRoute route = ResolverPlan.Route(OffersOf(policy.Name), policy, _ways) with { IsUnusable = _unusable.Contains(policy.Name) };
            routes.Add(route);
            if (policy.Output != DnsOutput.None) WarnOnce(policy.Name, route.Why is { } why ? $"name servers {route.Content!.Servers}: {why}" : "");
        }
        ResolverPolicy[] undecided = _allDecided ? [] : [.. _policies.Where(one => !_decided.Contains(one.Name))];
        Step(new ResolverInput.Wanted(
            ResolverPlan.Wanted(routes), undecided.Select(static one => one.Name),
            undecided.Any(static one => one.Output == DnsOutput.File), _ways));
    }

    // True where one of them came or went.
    private bool NotePaths()
    {
        bool changed = false;
        foreach (ResolverPolicy policy in _policies)
            if (policy.Output == DnsOutput.File) changed |= IsUsable(policy.Name) ? _unusable.Remove(policy.Name) : _unusable.Add(policy.Name);
        return changed;
    }

    // Another program may be the one to tell now, or it forgot what it was told.
    private void Forgot(ResolverWay way)
    {
        Step(new ResolverInput.Lost(way));
        Want();
    }

    private void FollowFile()
    {
        if (!_file.IsAsWritten()) Forgot(ResolverWay.File);
    }

    private void Settled()
    {
        _settling.At = Instant.Never;
        Action[] waiting = [.. _waiting];
        _waiting.Clear();
        foreach (Action one in waiting) one();
    }

    // RFC 8910 section 3: where the ways to learn it disagree, a person should know.
    private void WarnOfPortals(string interfaceName)
    {
        string[] portals = [.. OffersOf(interfaceName).Select(static one => one.CaptivePortal).OfType<string>().Distinct(StringComparer.Ordinal)];
        WarnOnce(interfaceName + " portal", portals.Length < 2 ? "" : "DHCPv4 and IPv6 name different captive portals: " + string.Join(" and ", portals), interfaceName);
    }

    // The same until it is over, or another.
    private void WarnOnce(string key, string message, string? interfaceName = null)
    {
        if (_warned.GetValueOrDefault(key, "") == message) return;
        _warned[key] = message;
        if (message.Length > 0) Warn(interfaceName ?? key, message);
    }

    private void Warn(string interfaceName, string message) => _journal(interfaceName, "resolver", Report.Of("warning", ("message", message)));
}
