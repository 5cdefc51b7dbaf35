using BondDhcp.Net;

namespace BondDhcp.Bond.Paths;

/// <summary>Asking on a slave: up to three broadcast requests, until the known gateway answers.</summary>
internal sealed partial class PathProbeTurn
{
    private void AdvanceRound(SlaveProbe slave)
    {
        if (!slave.InRound) slave = slave.RoundWanted(now);
        if (slave.NextAskAt > now)
        {
            Put(slave);
            return;
        }
        if (slave.Asked < PathProbeTiming.RoundRequests) Put(Ask(slave, MacAddress.Broadcast) with { Asked = slave.Asked + 1 });
        else EndRound(slave);
    }

    private SlaveProbe Ask(SlaveProbe slave, MacAddress destination)
    {
        effects.Add(new PathProbeEffect.Ask(slave.Path.Index, Probe.Lease!.Gateway, destination));
        return slave with { LastAskedAt = now, NextAskAt = now + PathProbeTiming.RequestGap };
    }

    /// <summary>A round in which the known gateway did not answer.</summary>
    private void EndRound(SlaveProbe slave)
    {
        slave = slave with { InRound = false, Asked = 0, AnsweredRounds = 0, NextAskAt = now + PathProbeTiming.RoundInterval };
        if (slave.OtherMac is { } other)
        {
            slave = slave with { SilentRounds = 0, AwaitsActive = true };
            Put(slave);
            Suspect(other);
            return;
        }
        int silent = slave.SilentRounds + 1;
        TimeSpan pause = IsSearching ? PathProbeTiming.SearchInterval
            : silent <= PathProbeTiming.QuickRetries ? PathProbeTiming.SilentRetry
            : PathProbeTiming.RoundInterval;
        bool forgotten = silent >= PathProbeTiming.ForgottenAfterRounds
            || slave.Evidence is PathEvidence.None;
        Put(slave with
        {
            SilentRounds = silent,
            NextAskAt = now + pause,
            Evidence = forgotten ? PathEvidence.Silence : slave.Evidence,
            GatewayMac = forgotten ? null : slave.GatewayMac,
        });
    }

    /// <summary>
    /// Another station answers for the gateway. A gateway that was replaced looks the same from here, but then it is the
    /// same on the active slave: that is asked too, before anything is concluded.
    /// </summary>
    private void Suspect(MacAddress other)
    {
        if (Active is not { } active || !MayAsk(active)) DecideOthers(null);
        else if (active.HeardAt is { } heard && now - heard <= PathProbeTiming.RequestGap * PathProbeTiming.RoundRequests) DecideOthers(null);
        else if (!active.InRound) Put(active.RoundWanted(now));
    }

    /// <param name="onActive">Who answers for the gateway on the active slave; null for the known one, nobody, or no such slave.</param>
    private void DecideOthers(MacAddress? onActive)
    {
        foreach (SlaveProbe slave in Probe.Slaves)
        {
            if (!slave.AwaitsActive) continue;
            bool replaced = slave.OtherMac == onActive;
            if (replaced && slave.Evidence != PathEvidence.Replaced)
                effects.Add(new PathProbeEffect.Warn(
                    $"{slave.OtherMac} answers for {Probe.Lease?.Gateway} on {slave.Path.Name} and on the active slave: the gateway was replaced"));
            Put(slave with
            {
                AwaitsActive = false,
                Evidence = replaced ? PathEvidence.Replaced : PathEvidence.OtherStation,
                GatewayMac = slave.OtherMac,
            });
        }
    }

    private void Hear(PathProbeInput.ArpAnswer answer)
    {
        if (Probe.Lease is not { GatewayMac: { } known } lease || answer.Gateway != lease.Gateway) return;
        if (Probe.Find(answer.SlaveIndex) is not { } slave || !MayAsk(slave)) return;
        // What nobody asked for is not an answer: anybody can send it at any time.
        if (slave.LastAskedAt is not { } asked || now - asked > PathProbeTiming.RequestGap * PathProbeTiming.RoundRequests) return;
        if (answer.Mac == known) HearGateway(slave, known);
        // The known gateway may still answer: the round goes on.
        else if (slave.InRound && answer.Mac.IsUnicast) Put(slave with { OtherMac = slave.OtherMac ?? answer.Mac });
    }

    private void HearActive(MacAddress mac)
    {
        if (Active is { Path.Usable: true } active && Probe.Lease?.GatewayMac == mac) HearGateway(active, mac);
    }

    private void HearGateway(SlaveProbe slave, MacAddress known)
    {
        bool active = slave.Path.IsActive;
        Put(slave with
        {
            Evidence = PathEvidence.Gateway,
            GatewayMac = known,
            HeardAt = now,
            SilentRounds = 0,
            AnsweredRounds = active ? 0 : slave.InRound ? slave.AnsweredRounds + 1 : slave.AnsweredRounds,
            InRound = false,
            Asked = 0,
            OtherMac = null,
            AwaitsActive = false,
            Misses = 0,
            GatewaySilent = false,
            NextAskAt = !active ? (slave.LastAskedAt ?? now) + IntervalOf(slave)
                : IsWatched ? PathProbeTiming.NotBefore(now, slave.LastAskedAt ?? now)
                : Instant.Never,
        });
        if (active) DecideOthers(null);
    }

    /// <summary>From one answered round on a backup to the next.</summary>
    private TimeSpan IntervalOf(SlaveProbe slave) =>
        IsSearching ? PathProbeTiming.SearchInterval
        : slave is { WasLeft: true, Path.IsPrimary: true } ? PathProbeTiming.SilentRetry
        : PathProbeTiming.RoundInterval;
}
