using System.Collections.Immutable;
using System.Diagnostics;
using BondDhcp.Net;

namespace BondDhcp.Bond.Paths;

/// <summary>One step of the probe: the working copy of its value. Lives for one step only.</summary>
internal sealed partial class PathProbeTurn(PathProbe probe, Instant now, List<PathProbeEffect> effects)
{
    /// <summary>The value as it is now.</summary>
    public PathProbe Probe { get; private set; } = probe;

    private SlaveProbe? Active => Probe.Slaves.FirstOrDefault(slave => slave.Path.IsActive);

    /// <summary>Takes an input apart.</summary>
    public void Handle(PathProbeInput input)
    {
        switch (input)
        {
            case PathProbeInput.Slaves slaves: Follow(slaves.Present); break;
            case PathProbeInput.Lease lease: Follow(lease.Network); break;
            case PathProbeInput.ArpAnswer answer: Hear(answer); break;
            case PathProbeInput.GatewayHeard heard: HearActive(heard.Mac); break;
            case PathProbeInput.Failover failover:
                Probe = Probe with { PathFailover = failover.Wanted };
                ScheduleAll();
                break;
            case PathProbeInput.Resumed:
                foreach (SlaveProbe slave in Probe.Slaves) Put(slave.Restarted());
                ScheduleAll();
                break;
            case PathProbeInput.DeadlineReached: break; // What is due runs after every input.
            default: throw new UnreachableException(input.ToString());
        }
    }

    /// <summary>Does what is due on every slave.</summary>
    public void RunDue()
    {
        foreach (SlaveProbe slave in Probe.Slaves)
        {
            // An earlier one of this turn may have moved the deadline of a later one.
            if (Probe.Find(slave.Path.Index) is not { } present || present.NextAskAt > now) continue;
            if (present.Path.IsActive) AdvanceActive(present);
            else AdvanceRound(present);
        }
    }

    private void Put(SlaveProbe slave)
    {
        for (int i = 0; i < Probe.Slaves.Length; i++)
        {
            if (Probe.Slaves[i].Path.Index != slave.Path.Index) continue;
            Probe = Probe with { Slaves = Probe.Slaves.SetItem(i, slave) };
            return;
        }
    }

    private void Follow(ImmutableArray<SlavePath> present)
    {
        int formerlyActive = Active?.Path.Index ?? 0;
        ImmutableArray<SlaveProbe>.Builder slaves = ImmutableArray.CreateBuilder<SlaveProbe>(present.Length);
        foreach (SlavePath path in present) slaves.Add(Follow(Probe.Find(path.Index), path));
        Probe = Probe with { Slaves = slaves.DrainToImmutable() };
        if ((Active?.Path.Index ?? 0) != formerlyActive)
        {
            Probe = Probe with { SelectAgainAt = Instant.Zero };
            // Nobody is left who could say that the gateway was replaced.
            DecideOthers(null);
        }
        ScheduleAll();
        if (Active is not { InRound: true }) DecideOthers(null);
    }

    private void ScheduleAll()
    {
        foreach (SlaveProbe slave in Probe.Slaves) Put(Schedule(slave));
    }

    private static SlaveProbe Follow(SlaveProbe? known, SlavePath path)
    {
        if (known is null) return new SlaveProbe { Path = path };
        bool elsewhere = !path.Usable || !known.Path.Usable || path.Ssid != known.Path.Ssid || path.EapIdentity != known.Path.EapIdentity;
        bool changedRole = path.IsActive != known.Path.IsActive;
        SlaveProbe slave = known with { Path = path };
        if (elsewhere && known.Path != path) return slave.Restarted();
        return changedRole
            ? slave with
            {
                InRound = false,
                NextAskAt = Instant.Never,
                Misses = 0,
                GatewaySilent = false,
                AnsweredRounds = 0,
                AvoidedUntil = path.IsActive ? Instant.Zero : slave.AvoidedUntil,
            }
            : slave;
    }

    private void Follow(LeaseNetwork? network)
    {
        LeaseNetwork? former = Probe.Lease;
        if (network == former) return;
        Probe = Probe with { Lease = network };
        bool sameGateway = network is not null && former is not null
            && network.Gateway == former.Gateway && network.GatewayMac == former.GatewayMac;
        if (!sameGateway)
        {
            foreach (SlaveProbe slave in Probe.Slaves) Put(slave.Restarted());
            // Learnt under a lease in force: it was the active slave it was learnt on.
            if (network?.GatewayMac is { } mac && former is { GatewayMac: null } && former.Gateway == network.Gateway) HearActive(mac);
        }
        ScheduleAll();
    }

    /// <summary>True when asking on a slave can tell something and does no harm.</summary>
    private bool MayAsk(SlaveProbe slave) =>
        slave.Path is { Usable: true, Mac: not null } && Probe.Lease is { GatewayMac: not null } && !SharesAddress(slave);

    /// <summary>
    /// A backup with the hardware address of another slave (fail_over_mac none): a frame from it would make the switches
    /// send the bond's traffic to a port where nobody takes it.
    /// </summary>
    private bool SharesAddress(SlaveProbe slave) =>
        !slave.Path.IsActive && Probe.Slaves.Any(other => other.Path.Index != slave.Path.Index && other.Path.Mac == slave.Path.Mac);

    /// <summary>Begins what a slave lacks, and ends what makes no sense on it any more.</summary>
    private SlaveProbe Schedule(SlaveProbe slave)
    {
        if (!MayAsk(slave))
        {
            slave = slave with { InRound = false, NextAskAt = Instant.Never, AwaitsActive = false, Misses = 0, GatewaySilent = false };
            // What is never asked again must not be believed for ever.
            return slave.Path.IsActive ? slave : slave with { Evidence = PathEvidence.None, GatewayMac = null, HeardAt = null };
        }
        if (!slave.Path.IsActive) return slave.NextAskAt.IsNever && !slave.AwaitsActive ? slave.RoundWanted(now) : slave;
        if (slave.InRound) return slave;
        if (!IsWatched) return slave with { NextAskAt = Instant.Never, Misses = 0, GatewaySilent = false };
        // A failover is followed by a burst of the kernel's and the DHCP client's; the first question can wait for a gap.
        return slave.NextAskAt.IsNever ? slave with { NextAskAt = PathProbeTiming.NotBefore(now, now) } : slave;
    }

    /// <summary>Classes follow from the evidence, in one place.</summary>
    public void Conclude()
    {
        SelectWorking();
        SelectPrimary();
        foreach (SlaveProbe slave in Probe.Slaves)
        {
            (PathClass network, string why) = Classify(slave);
            if (network == slave.Class && why == slave.Why) continue;
            Put(slave with { Class = network, Why = why });
            if (network == slave.Class) continue;
            effects.Add(new PathProbeEffect.ClassChanged(slave.Path, slave.Class, network, slave.GatewayMac, why));
            if (network == PathClass.Different && !slave.Path.IsActive)
                effects.Add(new PathProbeEffect.Warn($"failover to {slave.Path.Name} would change the network: {why}"));
        }
        bool allSame = Probe.Slaves.All(slave => slave.Path.IsActive || slave.Class == PathClass.Same);
        if (allSame == Probe.AllBackupsSame) return;
        Probe = Probe with { AllBackupsSame = allSame };
        effects.Add(new PathProbeEffect.AllBackupsSame(allSame));
    }

    private (PathClass Class, string Why) Classify(SlaveProbe slave)
    {
        if (!slave.Path.Usable) return (PathClass.Unknown, "it cannot carry a frame");
        if (Probe.Lease is not { } lease) return (PathClass.Unknown, "there is no lease with a gateway");
        if (lease.EapIdentity is not null && slave.Path.EapIdentity is not null && lease.EapIdentity != slave.Path.EapIdentity)
            return (PathClass.Different, "another 802.1X identity");
        if (lease.GatewayMac is null) return (PathClass.Unknown, "the gateway's hardware address is not known yet");
        bool otherSsid = lease.Ssid is not null && slave.Path.Ssid is not null && lease.Ssid != slave.Path.Ssid;
        return slave.Evidence switch
        {
            PathEvidence.Gateway => (PathClass.Same, $"{lease.Gateway} answers with its known hardware address"),
            PathEvidence.OtherStation => (PathClass.Different, $"another station answers for {lease.Gateway}"),
            PathEvidence.Replaced => (PathClass.Unknown, $"another station answers for {lease.Gateway}, on the active slave too"),
            PathEvidence.Silence when otherSsid => (PathClass.Different, $"another wireless network, in which {lease.Gateway} does not answer"),
            PathEvidence.Silence => (PathClass.Unknown, $"{lease.Gateway} does not answer"),
            _ when SharesAddress(slave) => (PathClass.Unknown, "not asked: it has the hardware address of another slave"),
            _ => (PathClass.Unknown, "not asked yet"),
        };
    }
}
