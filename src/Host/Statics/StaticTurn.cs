using System.Collections.Immutable;
using BondDhcp.Bond.Addressing;
using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Client;
using BondDhcp.Net;

namespace BondDhcp.Host.Statics;

/// <summary>One step of <see cref="StaticMachine"/>: what comes and goes.</summary>
internal sealed partial class StaticTurn(
    StaticMachine machine, StaticSurroundings surroundings, Instant now, EntropySource entropy, List<StaticEffect> effects)
{
    private readonly List<StaticAddressState> _states = [.. machine.Addresses];
    private StaticMachine _machine = machine;
    private readonly int _start = effects.Count;
    private bool _apply;

    private StaticSettings Settings => _machine.Settings;

    /// <summary>Takes an input.</summary>
    public StaticMachine Take(StaticInput input)
    {
        Handle(input);
        MoveOn();
        Advance();
        MoveOn();
        // Before what is sent in this step: an address is announced only when it is known to be there.
        if (_apply) effects.Insert(_start, new StaticEffect.Apply());
        return _machine with { Addresses = [.. _states] };
    }

    private void Handle(StaticInput input)
    {
        switch (input)
        {
            case StaticInput.Start:
                _machine = _machine with { IsRunning = true, IsFallback = false, LinkLocal = new LinkLocalState() };
                ArmFallback();
                ArmLinkLocal();
                Populate([]);
                break;
            case StaticInput.Stop:
                _machine = _machine with { IsRunning = false, IsThere = false, IsUsable = false, IsFallback = false, FallbackAt = Instant.Never, FallbackProbeAt = Instant.Never, LinkLocal = new LinkLocalState() };
                _states.Clear();
                break;
            case StaticInput.Reconfigure reconfigure: Reconfigure(reconfigure.Settings); break;
            case StaticInput.LinkHere here when _machine.IsRunning: ComeUp(here.Present, here.Passing); break;
            case StaticInput.LinkGone: LoseLink(); break;
            case StaticInput.Usable usable: SetUsable(usable.Yes); break;
            case StaticInput.PathChanged when _machine is { IsRunning: true, IsUsable: true }:
                MeetNetwork();
                Each(FollowPath);
                break;
            case StaticInput.Lease lease: SetBound(lease.Bound); break;
            case StaticInput.AutoConfigure said when _machine.IsRunning: HearAutoConfigure(said.Allowed); break;
            case StaticInput.ArpReceived arp when _machine.IsRunning: Hear(arp.Packet); break;
            case StaticInput.Applied applied: Each(state => NoteApplied(state, applied)); break;
            case StaticInput.Observed observed when _machine.IsRunning: Each(state => NoteObserved(state, observed.Present)); break;
        }
    }

    private void Reconfigure(StaticSettings settings)
    {
        StaticSettings before = Settings;
        bool hadFallback = !before.Fallback.IsEmpty;
        _machine = _machine with { Settings = settings };
        if (!_machine.IsRunning) return;
        if (settings.Fallback.IsEmpty) LeaveFallback();
        else if (!hadFallback) ArmFallback();
        if (settings.LinkLocal != before.LinkLocal) LinkLocal = new LinkLocalState();
        if (!LinkLocal.IsUsed) ArmLinkLocal();
        Populate([]);
        _apply = _machine.IsThere;
    }

    // An earlier run's fallback address goes on being used until a lease comes: taking it away now and giving it again
    // in 15 seconds would help nobody.
    private void ComeUp(ImmutableArray<StaticAddress> present, bool usable)
    {
        _machine = _machine with { IsThere = true, IsUsable = usable };
        if (!_machine.IsBound && Settings.Fallback.Any(present.Contains)) UseFallback();
        MeetNetwork();
        AdoptLinkLocal(present);
        Populate(present);
        Each(state => Begin(state, present));
        _apply = true;
    }

    private void LoseLink()
    {
        _machine = _machine with { IsThere = false, IsUsable = false, LinkLocal = LinkLocal with { UseAt = Instant.Never } };
        Each(state => new StaticAddressState(state.Address, state.Origin));
    }

    private void SetBound(bool bound)
    {
        if (_machine.IsBound == bound) return;
        _machine = _machine with { IsBound = bound };
        if (!_machine.IsRunning) return;
        if (!bound)
        {
            ArmFallback();
            ArmLinkLocal();
            return;
        }
        LinkLocal = LinkLocal with { IsForbidden = false, Conflicts = 0 };
        LeaveLinkLocal("a lease"); // RFC 3927 section 1.9: not beside a routable address
        bool used = _machine.IsFallback;
        LeaveFallback();
        Populate([]);
        if (used) _apply = _machine.IsThere;
    }

    private void ArmFallback()
    {
        if (Settings.Fallback.IsEmpty || _machine.IsBound || _machine.IsFallback) return;
        Instant at = now + StaticTiming.FallbackDelay;
        _machine = _machine with { FallbackAt = at, FallbackProbeAt = Settings.ConflictDetection == ConflictDetection.Before ? at - StaticTiming.FallbackProbing : Instant.Never };
    }

    private void UseFallback() => _machine = _machine with { IsFallback = true, FallbackAt = Instant.Never, FallbackProbeAt = Instant.Never };

    private void LeaveFallback() => _machine = _machine with { IsFallback = false, FallbackAt = Instant.Never, FallbackProbeAt = Instant.Never };

    // Probing that comes before use is begun early enough to be over in time; the rest begins with use.
    private bool IsFallbackDue(StaticAddress address) => _machine.IsFallback
        || (!_machine.FallbackAt.IsNever && _machine.FallbackAt <= now + StaticTiming.FallbackProbing && _machine.FallbackProbeAt.IsNever
            && Settings.ConflictDetection == ConflictDetection.Before && address.Ipv4 is not null);

    /// <summary>The states of the addresses that are called for: those that stay are not touched, new ones begin.</summary>
    private void Populate(ImmutableArray<StaticAddress> present)
    {
        List<StaticAddressState> former = [.. _states];
        _states.Clear();
        foreach (StaticAddress address in Settings.Addresses) Keep(address, StaticOrigin.Static);
        foreach (StaticAddress address in Settings.Fallback)
            if (IsFallbackDue(address) && !Settings.Addresses.Any(other => other.Address.Equals(address.Address))) Keep(address, StaticOrigin.Fallback);
        if (Settings.LinkLocal is { } sequence && LinkLocal is { IsUsed: true, TryAt.IsNever: true }) Keep(LinkLocalAddress(sequence, LinkLocal.Attempt), StaticOrigin.LinkLocal);

        void Keep(StaticAddress address, StaticOrigin origin)
        {
            StaticAddressState? known = former.Find(state => state.Address == address);
            StaticAddressState added = new(address, origin);
            _states.Add(known is null
                ? _machine.IsThere ? Begin(added, present) : added
                : known with { Origin = origin });
        }
    }

    private StaticAddressState Begin(StaticAddressState state, ImmutableArray<StaticAddress> present)
    {
        if (state.Ipv4 is not { } address) return state with { Phase = StaticPhase.Configured, IsVerified = true };
        if (present.Contains(state.Address)) return state with { Phase = StaticPhase.Configured, IsVerified = true, IsPresent = true };
        switch (DetectionOf(state))
        {
            case ConflictDetection.Off:
                return state with { Phase = StaticPhase.Configured, IsVerified = true, IsAnnouncementDue = true };
            case ConflictDetection.Concurrent:
                return state with { Phase = StaticPhase.Configured, Probe = _machine.IsUsable ? OpenWindow(state, address) : null };
            default:
                // One that another host had is not used on a guess, and one that was only made up never is.
                bool mayGuess = state.Offender is null && state.Origin != StaticOrigin.LinkLocal;
                Instant latest = state.LatestUseAt ?? (mayGuess ? now + StaticTiming.LongestProbing : Instant.Never);
                state = state with { LatestUseAt = latest };
                return _machine.IsUsable
                    ? state with { Phase = StaticPhase.Probing, Probe = OpenWindow(state, address), ConfigureAt = latest }
                    : state with { Phase = StaticPhase.Waiting, Probe = null, ConfigureAt = NotEarly(state, WithoutCarrierAt(latest)) };
        }
    }

    private Instant NotEarly(StaticAddressState state, Instant at) => _machine.IsEarly(state) ? Instant.Max(at, _machine.FallbackAt) : at;

    private Instant WithoutCarrierAt(Instant latest) => latest.IsNever ? latest : Instant.Min(latest, now + StaticTiming.CarrierDelay);

    // RFC 3927 section 2.2.1 leaves no choice.
    private ConflictDetection DetectionOf(StaticAddressState state) =>
        state.Origin == StaticOrigin.LinkLocal ? ConflictDetection.Before : Settings.ConflictDetection;

    private AddressProbe OpenWindow(StaticAddressState state, Ipv4Address address) =>
        AddressProbe.Begin(address, DetectionOf(state) == ConflictDetection.Before, now, entropy);

    private void SetUsable(bool usable)
    {
        if (_machine.IsUsable == usable || !_machine.IsRunning || !_machine.IsThere) return;
        _machine = _machine with { IsUsable = usable };
        if (usable) MeetNetwork();
        else LinkLocal = LinkLocal with { UseAt = Instant.Never };
        Each(state => usable ? Resume(state) : Suspend(state));
    }

    // A host that joins a link probes (RFC 5227 section 2.1). What is configured stays meanwhile.
    private StaticAddressState Resume(StaticAddressState state)
    {
        if (state.Ipv4 is not { } address) return AskSoon(state);
        switch (state.Phase)
        {
            case StaticPhase.Waiting: return Begin(state, []);
            case StaticPhase.Configured when DetectionOf(state) == ConflictDetection.Off: return Announce(state);
            case StaticPhase.Configured: return state with { Probe = OpenWindow(state, address) };
            default: return state;
        }
    }

    private StaticAddressState Suspend(StaticAddressState state) => state.Phase == StaticPhase.Probing
        ? Begin(state, [])
        : state with { Probe = null, Announcement = null };

    private StaticAddressState FollowPath(StaticAddressState state)
    {
        if (state.Ipv4 is not { } address) return AskSoon(state); // the bonding driver and the kernel advertise IPv6 (num_unsol_na)
        if (state.Probe is not null) return state with { Probe = OpenWindow(state, address) };
        return state.Phase == StaticPhase.Configured ? Announce(state) : state;
    }

    private void Each(Func<StaticAddressState, StaticAddressState> change)
    {
        for (int i = 0; i < _states.Count; i++) _states[i] = change(_states[i]);
    }

    private void Tell(string name, params ReadOnlySpan<(string, object?)> fields) => effects.Add(new StaticEffect.Tell(Report.Of(name, fields)));
}
