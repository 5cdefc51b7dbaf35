using BondDhcp.Net;

namespace BondDhcp.Bond.Paths;

/// <summary>The active slave: watched only with path-failover, and otherwise asked only when a backup hears another gateway.</summary>
internal sealed partial class PathProbeTurn
{
    /// <summary>The active slave's gateway is asked all the time: there is somewhere to go.</summary>
    private bool IsWatched => Probe.PathFailover && Probe.Slaves.Any(slave => slave.Path is { IsActive: false, Usable: true });

    /// <summary>The gateway is silent on the active slave; the backups are asked more often.</summary>
    private bool IsSearching => IsWatched && Active is { GatewaySilent: true };

    private void AdvanceActive(SlaveProbe active)
    {
        // The time of the last answer is up; the next request is due a little later.
        bool mayAsk = active.LastAskedAt is not { } asked || asked + PathProbeTiming.RequestGap <= now;
        if (active.Misses >= PathProbeTiming.WatchMisses && !active.GatewaySilent && IsWatched)
        {
            active = active with { GatewaySilent = true, Evidence = PathEvidence.Silence, GatewayMac = null };
            Put(active);
            foreach (SlaveProbe slave in Probe.Slaves)
                if (!slave.Path.IsActive && !slave.NextAskAt.IsNever)
                    Put(slave with { NextAskAt = Instant.Min(slave.NextAskAt, now + PathProbeTiming.SearchInterval) });
        }
        if (!mayAsk)
        {
            Put(active with { NextAskAt = active.LastAskedAt!.Value + PathProbeTiming.RequestGap });
            return;
        }
        if (active.InRound && active.Asked >= PathProbeTiming.RoundRequests)
        {
            // The round on the active slave is over, and the known gateway did not answer.
            MacAddress? other = active.OtherMac;
            active = active with { InRound = false, Asked = 0, OtherMac = null, NextAskAt = IsWatched ? now : Instant.Never };
            Put(active);
            DecideOthers(other);
            if (!IsWatched) return;
        }
        if (active.InRound) Put(Watch(Ask(active, MacAddress.Broadcast) with { Asked = active.Asked + 1 }));
        else if (IsWatched) Put(Watch(Ask(active, Probe.Lease!.GatewayMac!.Value)));
        else Put(active with { NextAskAt = Instant.Never });
    }

    /// <summary>Counts a request as missed until it is answered.</summary>
    private SlaveProbe Watch(SlaveProbe active)
    {
        if (!IsWatched) return active;
        int misses = Math.Min(active.Misses + 1, PathProbeTiming.WatchMisses);
        active = active with { Misses = misses, MissedSince = active.Misses == 0 ? now : active.MissedSince };
        // The one before had its time: whether a backup reaches the gateway is asked now, to be known in time.
        if (misses == 2)
        {
            foreach (SlaveProbe slave in Probe.Slaves)
                if (!slave.Path.IsActive && MayAsk(slave)) Put(slave.RoundWanted(now));
        }
        return misses == PathProbeTiming.WatchMisses && !active.GatewaySilent
            ? active with { NextAskAt = now + PathProbeTiming.LastAnswerWait }
            : active;
    }

    /// <summary>Leaves a slave with a silent gateway for one on which the gateway answered since.</summary>
    private void SelectWorking()
    {
        if (!IsWatched || Active is not { GatewaySilent: true } active || Probe.SelectAgainAt > now || Probe.Lease is not { } lease) return;
        SlaveProbe? working = Probe.Slaves.FirstOrDefault(slave =>
            slave.Path is { IsActive: false, Usable: true }
            && slave.AvoidedUntil <= now
            && slave.HeardAt >= active.MissedSince
            && now - slave.HeardAt <= PathProbeTiming.FreshAnswer
            && Classify(slave).Class == PathClass.Same);
        if (working is null) return;
        Put(active with { AvoidedUntil = now + PathProbeTiming.HoldDown });
        Probe = Probe with { SelectAgainAt = now + PathProbeTiming.SelectRetry };
        effects.Add(new PathProbeEffect.SelectSlave(
            working.Path.Index, $"{lease.Gateway} is silent on {active.Path.Name} and answers on {working.Path.Name}"));
    }

    /// <summary>
    /// Goes back to a primary that was left for a silent gateway: to the driver nothing happened to it, so the driver
    /// does not by itself.
    /// </summary>
    private void SelectPrimary()
    {
        if (!IsWatched || IsSearching || Probe.SelectAgainAt > now || Probe.Lease is not { } lease) return;
        SlaveProbe? primary = Probe.Slaves.FirstOrDefault(static slave => slave is { WasLeft: true, Path: { IsPrimary: true, Usable: true } });
        if (primary is null || primary.AvoidedUntil > now || primary.AnsweredRounds < PathProbeTiming.ReturnRounds
            || Classify(primary).Class != PathClass.Same)
            return;
        Probe = Probe with { SelectAgainAt = now + PathProbeTiming.SelectRetry };
        effects.Add(new PathProbeEffect.SelectSlave(
            primary.Path.Index, $"{lease.Gateway} answers on the primary {primary.Path.Name} again"));
    }
}
