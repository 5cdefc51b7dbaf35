using System.Collections.Immutable;
using BondDhcp.Bond.Addressing;
using BondDhcp.Dhcp.Client;
using BondDhcp.Host.Runner;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Statics;

/// <summary>Addresses and routes onto the interface and off it, and how they stand.</summary>
internal sealed partial class StaticRunner
{
    // What the kernel refused may be possible later: another address came, a module was loaded.
    private static readonly TimeSpan s_againDelay = TimeSpan.FromSeconds(10);

    private const string External = "external";

    // Routes of ours whose end the kernel announced, and whether it did so of an address, until it is known why. Meanwhile
    // nothing is put back: it would look as if it had never been gone.
    private readonly List<StaticRoute> _gone = [];
    private bool _addressGone;
    private bool _judging;
    private bool _applyWaits;

    private readonly MissingRoutes _missing = new();
    private StaticOutcome? _outcome;
    private string _lastProblems = "";

    // Why what is ours is there. What a reload dropped is in no settings any more when it goes.
    private readonly Dictionary<StaticAddress, StaticOrigin> _origins = [];

    /// <summary>How it stands.</summary>
    public StaticSnapshot Snapshot
    {
        get
        {
            (StaticState state, string? why) = Judge();
            return new StaticSnapshot(state, why, [.. _machine.Addresses.Where(IsOurs).Select(View)]);

            bool IsOurs(StaticAddressState one) =>
                _owned.Addresses.Contains(one.Address) && _outcome?.Present.Any(there => there.Address == one.Address) == true;
            static StaticAddressView View(StaticAddressState one) => new(one.Address, StaticAddressState.WordOf(one.Origin));
        }
    }

    private void Apply()
    {
        if (_link is not { } link || !_machine.IsRunning) return;
        if (_judging)
        {
            _applyWaits = true;
            return;
        }
        StaticConfiguration wanted = Settings.ToConfiguration(
            _machine.IsFallback, _machine.Addresses.Where(static state => state.Origin == StaticOrigin.LinkLocal).Select(static state => state.Address));
        // No route leads through an interface that is down; they come when it is up.
        if (!link.IsUp) wanted = wanted with { Routes = [] };
        foreach (StaticAddressState state in _machine.Addresses)
            if (state.IsPermitted) _origins[state.Address] = state.Origin;
        StaticOutcome outcome = _configurator.Apply(link.Index, wanted, _machine.Permitted, _owned, Record);
        _missing.Forget();
        Conclude(outcome);
        _again.At = outcome.Problems.IsEmpty ? Instant.Never : BoottimeClock.Now + s_againDelay;
        Feed(new StaticInput.Applied([.. outcome.Present.Select(there => there.Address)])
        {
            Duplicate = [.. outcome.Present.Where(there => there.IsDuplicate).Select(there => there.Address)],
            Tentative = [.. outcome.Present.Where(there => there.IsTentative).Select(there => there.Address)],
        });
    }

    // Only one of ours, and only while it is unusable: what became another's doing meanwhile stays.
    private void AskAgain(StaticAddress address)
    {
        if (_link is not { } link || !_owned.Addresses.Contains(address)) return;
        if (!_configurator.ReadAddresses(link.Index).Any(there => there.Address == address && there.IsDuplicate)) return;
        StaticOwnership others = _owned with { Addresses = _owned.Addresses.Remove(address) };
        StaticOutcome outcome = _configurator.Remove(link.Index, new StaticOwnership { Addresses = [address] });
        Conclude(outcome with { Owned = others with { Addresses = [.. others.Addresses, .. outcome.Owned.Addresses] } });
        Apply();
    }

    private void RemoveAll()
    {
        if (_link is { } link) Conclude(_configurator.Remove(link.Index, _owned));
    }

    private void Conclude(StaticOutcome outcome)
    {
        _outcome = outcome;
        _owned = outcome.Owned;
        LeftOver = outcome.LeftOver.IsEmpty ? null : string.Join("; ", outcome.LeftOver);
        Record(outcome.Owned);
        foreach (StaticAct act in outcome.Done) Journal(Describe(act));
        foreach (StaticAddress known in _origins.Keys.ToArray())
            if (!_owned.Addresses.Contains(known)) _origins.Remove(known);
        string together = string.Join('\n', outcome.Problems.Concat(outcome.Notes).Concat(Duplicates));
        if (together == _lastProblems) return;
        _lastProblems = together;
        foreach (string problem in outcome.Problems.Concat(outcome.Notes).Concat(Duplicates)) Warn(problem);
    }

    private void Record(StaticOwnership owned)
    {
        if (_record?.Write(owned) is { } problem) Warn(problem);
    }

    // Asked, not remembered: what was replaced went and came, and an interface that was set down lost its IPv6
    // addresses before it is said to be down.
    private void Observe()
    {
        if (_link is not { } link || _network.Rtnl.FindLink(link.Index) is not { IsUp: true }) return;
        ImmutableArray<PresentAddress> present = _configurator.ReadAddresses(link.Index);
        _owned = _owned with { Addresses = _owned.Addresses.RemoveAll(address => present.All(there => there.Address != address)) };
        Feed(new StaticInput.Observed([.. present.Select(there => there.Address)]));
    }

    private void NoteGone(StaticRoute? route)
    {
        if (route is null || _gone.Contains(route)) return;
        _gone.Add(route);
        JudgeSoon();
    }

    private void NoteAddressGone()
    {
        _addressGone = true;
        JudgeSoon();
    }

    private void JudgeSoon()
    {
        if (_judging) return;
        _judging = true;
        _loop.Post(() => Guard(JudgeGone));
    }

    // Of an interface that was set down and up again the kernel's words may come in parts, the ends of routes first. It is
    // up: so by now all that was said of its being down has been said, and is taken in before anybody is accused. And what
    // went may be there again: then it was changed or came back, here or elsewhere.
    private void JudgeGone()
    {
        if (!_judging || _link is not { } link) return;
        bool isUp = _network.Rtnl.FindLink(link.Index) is { IsUp: true };
        int count = _gone.Count;
        if (isUp) _network.Drain();
        if (!_judging) return;
        if (_gone.Count > count)
        {
            // There may be more of it than is taken in at once.
            _loop.Post(() => Guard(JudgeGone));
            return;
        }
        StaticRoute[] gone = [.. _gone];
        (bool addressGone, bool applyWaits) = (_addressGone, _applyWaits);
        ForgetGone();
        if (isUp && gone.Length > 0)
        {
            if (_configurator.FindMissing(link.Index, gone) is { } missing) NoteRemoved(missing);
            else _again.At = Instant.Min(_again.At, BoottimeClock.Now + s_againDelay);
        }
        if (isUp && addressGone) Observe();
        if (applyWaits || (isUp && addressGone)) Apply();
    }

    private void ForgetGone()
    {
        _gone.Clear();
        (_addressGone, _judging, _applyWaits) = (false, false, false);
    }

    /// <summary>Somebody else removed routes of ours: they are put back, seldom and not for ever. Our own removals are not ours any more.</summary>
    private void NoteRemoved(List<StaticRoute> missing)
    {
        List<StaticRoute> removed = [.. missing.Where(_owned.Routes.Contains)];
        if (removed.Count == 0) return;
        _owned = _owned with { Routes = _owned.Routes.RemoveRange(removed) };
        _missing.Add(removed.Select(static route => $"route {route}"), BoottimeClock.Now);
        _again.At = Instant.Min(_again.At, _missing.BackAt);
        foreach (StaticRoute route in removed)
        {
            Journal(Route("routeRemoved", route, External));
            if (_missing.AreGivenUp) Warn($"route {route} was removed by another program again and again; it is not put back any more");
        }
    }

    private void TryAgain()
    {
        if (Fault is not null) Begin();
        else Apply();
    }

    // RFC 4862 section 5.4.5: the kernel leaves it there, unusable.
    private IEnumerable<string> Duplicates =>
        from there in _outcome?.Present ?? []
        where there.IsDuplicate && _machine.Permitted.Contains(there.Address)
        select DuplicateOf(there.Address);

    private static string DuplicateOf(StaticAddress address) => $"{address} is in use by another host (duplicate address detection)";

    private string WithRetry(string duplicate) =>
        _machine.Addresses.FirstOrDefault(one => one.Duplicates > 0 && DuplicateOf(one.Address) == duplicate) is { } state
            ? FormattableString.Invariant($"{duplicate}; tried again after {StaticTiming.DuplicateDelay(state.Duplicates).TotalSeconds} s")
            : duplicate;

    private (StaticState State, string? Why) Judge()
    {
        if (Fault is { } fault) return (StaticState.Failed, fault);
        if (!_machine.IsRunning) return (StaticState.Stopped, null);
        if (!_machine.IsThere) return (StaticState.Waiting, WhyUnusable);
        // What is probed before it is called for is nothing that is missing.
        List<StaticAddressState> due = _machine.Addresses.Where(one => !_machine.IsEarly(one));
        List<string> failures =
        [
            .. due.Where(one => one.Phase == StaticPhase.InUse).Select(one => $"{one.Address} is in use by {one.Offender}"),
            .. due.Where(one => one.Phase == StaticPhase.Contested).Select(one => $"{one.Address} is removed by another program"),
            .. _missing.AreGivenUp ? _missing.Names.Select(static route => $"{route} is removed by another program") : [],
            .. _outcome?.Problems ?? [],
            .. Duplicates.Select(WithRetry),
        ];
        if (failures.Count > 0) return (StaticState.Failed, string.Join("; ", failures));
        List<string> pending =
        [
            .. _link is { IsUp: false } ? (string[])[WhyUnusable] : [],
            .. due.Where(one => one.Phase == StaticPhase.Waiting).Select(one => $"{one.Address} waits: {WhyUnusable}"),
            .. due.Where(one => one.Phase == StaticPhase.Probing).Select(one => $"probing whether {one.Address} is in use"),
            .. from there in _outcome?.Present ?? []
               where there.IsTentative && _machine.Permitted.Contains(there.Address)
               select $"{there.Address} is tentative",
        ];
        if (pending.Count > 0) return (StaticState.Waiting, string.Join("; ", pending));
        Instant now = BoottimeClock.Now;
        List<string> notes =
        [
            .. _machine.Addresses.Where(static one => !one.RestoreAt.IsNever).Select(one => RestoreBudget.Words(one.Address.ToString(), one.RestoreAt, now)),
            .. _missing.Names.Select(route => RestoreBudget.Words(route, _missing.BackAt, now)),
            .. _outcome?.Notes ?? [],
        ];
        if (!_machine.IsUsable) notes.Insert(0, WhyUnusable);
        return (StaticState.Running, notes.Count > 0 ? string.Join("; ", notes) : null);
    }

    private Report Describe(StaticAct act) => act switch
    {
        StaticAct.AddAddress add => Address("addressAdded", add.Address),
        StaticAct.RemoveAddress remove => Address("addressRemoved", remove.Address),
        StaticAct.AddRoute add => Route("routeAdded", add.Route),
        StaticAct.RemoveRoute remove => Route("routeRemoved", remove.Route),
        _ => throw new ArgumentOutOfRangeException(nameof(act)),
    };

    private Report Address(string name, StaticAddress address) => Report.Of(
        name, ("address", address.ToString()), ("origin", StaticAddressState.WordOf(OriginOf(address))));

    // Of what an earlier run left there are the settings, and where those do not know it the range of those that are made up.
    private StaticOrigin OriginOf(StaticAddress address) =>
        _origins.TryGetValue(address, out StaticOrigin known) ? known
        : Settings.Addresses.Contains(address) ? StaticOrigin.Static
        : Settings.Fallback.Contains(address) ? StaticOrigin.Fallback
        : address.Ipv4 is { Address.IsLinkLocal: true } ? StaticOrigin.LinkLocal
        : StaticOrigin.Static;

    private static Report Route(string name, StaticRoute route, string? actor = null) => Report.Of(
        name,
        ("to", route.Destination.ToString()),
        ("kind", route.Kind == StaticRouteKind.Unicast ? null : route.Kind.ToString().ToLowerInvariant()),
        ("via", route.Gateway?.ToString()),
        ("metric", route.Metric),
        ("actor", actor));
}
