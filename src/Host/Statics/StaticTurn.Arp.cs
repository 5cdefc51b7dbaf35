using System.Collections.Immutable;
using BondDhcp.Bond.Addressing;
using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Client;
using BondDhcp.Net;

namespace BondDhcp.Host.Statics;

/// <summary>Probes, announcements, conflicts, and what is due.</summary>
internal sealed partial class StaticTurn
{
    private void Advance()
    {
        if (!_machine.IsRunning) return;
        if (_machine.FallbackProbeAt <= now)
        {
            _machine = _machine with { FallbackProbeAt = Instant.Never };
            Populate([]);
        }
        if (_machine.FallbackAt <= now)
        {
            UseFallback();
            Tell("fallback", ("addresses", string.Join(' ', Settings.Fallback)), ("why", "no lease"));
            Populate([]);
            _apply = _machine.IsThere;
        }
        if (LinkLocal.UseAt <= now) UseLinkLocal(Settings.AwaitsLease ? "no lease" : null);
        if (LinkLocal.TryAt <= now)
        {
            LinkLocal = LinkLocal with { TryAt = Instant.Never };
            Populate([]);
        }
        Each(Advance);
    }

    private StaticAddressState Advance(StaticAddressState state)
    {
        if (_machine.IsUsable && state is { Phase: StaticPhase.Probing, Probe: { } open } && open.NextAt < now)
        {
            // A process that did not run, or a machine that slept, has asked nobody meanwhile: that time is not probing's.
            TimeSpan late = now - open.NextAt;
            state = state with { ConfigureAt = state.ConfigureAt + late, LatestUseAt = state.LatestUseAt is { } latest ? latest + late : null };
        }
        if (state.ConfigureAt <= now)
        {
            state = state with { Phase = StaticPhase.Configured, ConfigureAt = Instant.Never };
            _apply = true;
        }
        if (state.RestoreAt <= now) state = Restore(state);
        if (!_machine.IsUsable) return state;
        if (state.RetryAt <= now && state.Ipv4 is null) state = AskAgain(state);
        else if (state.RetryAt <= now) state = Begin(state with { RetryAt = Instant.Never }, []);
        if (state.Probe is { } probe) state = Advance(state, probe);
        return state.Announcement is { } announcement && announcement.NextAt <= now ? Advance(state, announcement) : state;
    }

    private StaticAddressState Advance(StaticAddressState state, AddressProbe probe)
    {
        if (probe.IsClean(now))
        {
            bool wasConfigured = state.Phase == StaticPhase.Configured;
            state = state with { Probe = null, Phase = StaticPhase.Configured, IsVerified = true, Offender = null, ConfigureAt = Instant.Never };
            if (wasConfigured && state.IsPresent) return Announce(state);
            _apply = true;
            return state with { IsAnnouncementDue = true };
        }
        if (probe.ProbeAt > now) return state;
        Instant allowedAt = _machine.Budget.ArpAllowedAt(surroundings.PathIndex, now, surroundings.OtherSenders);
        // A probe that the cap delays must not shorten the time others have to answer it.
        if (allowedAt > now) return state with { Probe = probe with { ProbeAt = allowedAt, CleanAt = probe.CleanAt + (allowedAt - now) } };
        Send(ArpPacket.Probe(surroundings.Mac, probe.Address));
        probe = probe.ProbeSent(now, entropy);
        return state with { Probe = probe with { CleanAt = NotEarly(state, probe.CleanAt) } };
    }

    /// <summary>Two announcements (RFC 5227 section 2.3), beginning now or when the last set is a second old.</summary>
    private StaticAddressState Announce(StaticAddressState state)
    {
        if (state.Ipv4 is not { } address) return state;
        if (!state.IsPresent) return state with { IsAnnouncementDue = true };
        Instant at = state.AnnouncedAt is { } last ? Instant.Max(now, last + Announcement.LeastSetInterval) : now;
        return state with { IsAnnouncementDue = false, Announcement = new Announcement(address, Announcement.Count, at) };
    }

    private StaticAddressState Advance(StaticAddressState state, Announcement announcement)
    {
        Instant allowedAt = _machine.Budget.ArpAllowedAt(surroundings.PathIndex, now, surroundings.OtherSenders);
        if (allowedAt > now) return state with { Announcement = announcement with { NextAt = allowedAt } };
        Send(ArpPacket.Announcement(surroundings.Mac, announcement.Address));
        return state with
        {
            AnnouncedAt = announcement.Remaining == Announcement.Count ? now : state.AnnouncedAt,
            Announcement = announcement.Remaining > 1
                ? announcement with { Remaining = announcement.Remaining - 1, NextAt = now + Announcement.Interval }
                : null,
        };
    }

    private void Send(ArpPacket packet)
    {
        effects.Add(new StaticEffect.Transmit(packet));
        _machine = _machine with { Budget = _machine.Budget.ArpSent(surroundings.PathIndex, now) };
    }

    private void Hear(ArpPacket packet)
    {
        if (packet.SenderHardware == surroundings.Mac || surroundings.HostMacs.Contains(packet.SenderHardware)) return;
        Each(state => Hear(state, packet));
    }

    private StaticAddressState Hear(StaticAddressState state, ArpPacket packet)
    {
        bool claims = packet.SenderAddress == state.Ipv4;
        if (state.Probe is { } probe && (claims || probe.Heard(packet).Offender is not null))
        {
            // Not ours before: a newcomer gives way. An established address is defended, and so is one that must be kept.
            bool established = state.Phase == StaticPhase.Configured && (state.IsVerified || DefenceOf(state) == AddressDefence.Always);
            if (!established) return GiveUp(state, packet.SenderHardware);
        }
        return claims && state.Phase == StaticPhase.Configured ? Contest(state, packet.SenderHardware) : state;
    }

    // RFC 3927 section 2.5 knows (a) and (b) alone: there are other addresses.
    private AddressDefence DefenceOf(StaticAddressState state) =>
        state.Origin == StaticOrigin.LinkLocal && Settings.Defend == AddressDefence.Always ? AddressDefence.Once : Settings.Defend;

    /// <summary>Another host sends ARP with an address in use (RFC 5227 section 2.4).</summary>
    private StaticAddressState Contest(StaticAddressState state, MacAddress offender)
    {
        bool recently = state.DefendedAt is { } last && now - last < StaticTiming.DefendInterval;
        AddressDefence defence = DefenceOf(state);
        if (defence == AddressDefence.Never || (defence == AddressDefence.Once && recently)) return GiveUp(state, offender);
        state = TellConflict(state, offender) with { Offender = offender };
        if (recently || _machine.Budget.ArpAllowedAt(surroundings.PathIndex, now, surroundings.OtherSenders) > now) return state;
        Send(ArpPacket.Announcement(surroundings.Mac, state.Ipv4!.Value));
        return state with { DefendedAt = now };
    }

    private StaticAddressState GiveUp(StaticAddressState state, MacAddress offender)
    {
        if (state.Phase == StaticPhase.Configured) _apply = true;
        state = TellConflict(state with { ToldAt = null }, offender);
        return new StaticAddressState(state.Address, state.Origin)
        {
            Phase = StaticPhase.InUse,
            Offender = offender,
            RetryAt = now + StaticTiming.RetryDelay,
            ToldAt = state.ToldAt,
        };
    }

    // A host that claims the address in every packet is one conflict, not thousands.
    private StaticAddressState TellConflict(StaticAddressState state, MacAddress offender)
    {
        if (state.ToldAt is { } told && now - told < StaticTiming.DefendInterval) return state;
        Tell("conflict", ("address", state.Ipv4), ("mac", offender));
        return state with { ToldAt = now };
    }

    private StaticAddressState NoteApplied(StaticAddressState state, StaticInput.Applied applied)
    {
        state = state with { IsPresent = applied.Present.Contains(state.Address) };
        if (state.Ipv4 is null) return NoteUniqueness(state, applied);
        return state is { IsAnnouncementDue: true, IsPresent: true } && _machine.IsUsable ? Announce(state) : state;
    }

    // RFC 4862 section 5.4: the kernel finds out, and leaves what another host has where it is, unusable.
    private StaticAddressState NoteUniqueness(StaticAddressState state, StaticInput.Applied applied)
    {
        if (applied.Duplicate.Contains(state.Address))
        {
            if (!state.RetryAt.IsNever || !state.IsPermitted) return state;
            int failures = state.Duplicates + 1;
            TimeSpan delay = StaticTiming.DuplicateDelay(failures);
            Tell("conflict", ("address", state.Address.Address.ToString()), ("retrySeconds", delay.TotalSeconds));
            return state with { Duplicates = failures, DuplicateAt = now, RetryAt = now + delay };
        }
        if (state.Duplicates == 0 || !state.IsPresent || applied.Tentative.Contains(state.Address)) return state;
        Tell("conflictOver", ("address", state.Address.Address.ToString()));
        return state with { Duplicates = 0, DuplicateAt = Instant.Never, RetryAt = Instant.Never };
    }

    private StaticAddressState AskAgain(StaticAddressState state)
    {
        effects.Add(new StaticEffect.AskAgain(state.Address));
        return state with { RetryAt = Instant.Never };
    }

    // Who has it there may not be here.
    private StaticAddressState AskSoon(StaticAddressState state) => state.RetryAt.IsNever ? state : state with
    {
        Duplicates = 1,
        RetryAt = Instant.Min(state.RetryAt, Instant.Max(now, state.DuplicateAt + StaticTiming.DuplicateInterval)),
    };

    /// <summary>Somebody else removed it: it is put back, seldom and not for ever.</summary>
    private StaticAddressState NoteObserved(StaticAddressState state, ImmutableArray<StaticAddress> present)
    {
        if (!state.IsPresent || !state.IsPermitted || present.Contains(state.Address)) return state;
        Tell("addressRemoved", ("address", state.Address.ToString()), ("origin", StaticAddressState.WordOf(state.Origin)), ("actor", "external"));
        Instant? next = state.Restores.NextAt(now);
        state = state with { Restores = state.Restores.Noted(now), IsPresent = false };
        if (next is { } at) return state with { RestoreAt = at };
        Tell("warning", ("message", $"{state.Address} was removed by another program again and again; it is not put back any more"));
        return state with { Phase = StaticPhase.Contested, Probe = null, Announcement = null };
    }

    private StaticAddressState Restore(StaticAddressState state)
    {
        Tell("warning", ("message", $"{state.Address} was removed by another program; it is put back"));
        _apply = true;
        return state with { RestoreAt = Instant.Never };
    }
}
