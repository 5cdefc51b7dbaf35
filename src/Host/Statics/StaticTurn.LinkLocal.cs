using System.Collections.Immutable;
using BondDhcp.Bond.Addressing;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Net;

namespace BondDhcp.Host.Statics;

/// <summary>The IPv4 link-local address (RFC 3927): when there is one, and which.</summary>
internal sealed partial class StaticTurn
{
    // An earlier run may have got so far.
    private const int MostAdopted = 64;

    private LinkLocalState LinkLocal
    {
        get => _machine.LinkLocal;
        set => _machine = _machine with { LinkLocal = value };
    }

    private static StaticAddress LinkLocalAddress(LinkLocalSequence sequence, int attempt) =>
        StaticAddress.Of(new Ipv4Prefix(sequence[attempt], LinkLocalSequence.PrefixLength));

    // The delay is one in which servers could have answered.
    private void ArmLinkLocal()
    {
        if (Settings.LinkLocal is null || _machine is { IsBound: true } or { IsUsable: false } || LinkLocal is not { IsUsed: false, IsForbidden: false, UseAt.IsNever: true }) return;
        LinkLocal = LinkLocal with { UseAt = now + (Settings.AwaitsLease ? StaticTiming.FallbackDelay : TimeSpan.Zero) };
    }

    private void UseLinkLocal(string? why)
    {
        LinkLocal = LinkLocal with { IsUsed = true, UseAt = Instant.Never };
        if (why is not null) Tell("linkLocal", ("used", true), ("why", why));
        Populate([]);
    }

    private void LeaveLinkLocal(string why)
    {
        bool used = LinkLocal.IsUsed;
        LinkLocal = LinkLocal with { IsUsed = false, UseAt = Instant.Never, TryAt = Instant.Never };
        if (!used) return;
        Tell("linkLocal", ("used", false), ("why", why));
        Populate([]);
        _apply = _machine.IsThere;
    }

    /// <summary>
    /// A server has no address for us, and says whether we may take one ourselves. That one forbids it counts more than that
    /// another allows it, until the network may be another one.
    /// </summary>
    private void HearAutoConfigure(bool allowed)
    {
        if (Settings.LinkLocal is null || _machine.IsBound) return;
        if (!allowed)
        {
            LinkLocal = LinkLocal with { IsForbidden = true };
            LeaveLinkLocal("a DHCP server forbids it");
        }
        else if (!LinkLocal.IsForbidden && !LinkLocal.IsUsed) UseLinkLocal("a DHCP server has no address and allows it");
    }

    // What a server of another network said, and who had which address there, counts here no more.
    private void MeetNetwork()
    {
        LinkLocal = LinkLocal with { IsForbidden = false, Conflicts = 0, TryAt = Instant.Never };
        if (LinkLocal.IsUsed) Populate([]);
        else ArmLinkLocal();
    }

    private void AdoptLinkLocal(ImmutableArray<StaticAddress> present)
    {
        if (Settings.LinkLocal is not { } sequence || _machine.IsBound || !present.Any(static there => there.Ipv4?.Address.IsLinkLocal == true)) return;
        for (int attempt = 0; attempt < MostAdopted; attempt++)
        {
            if (!present.Contains(LinkLocalAddress(sequence, attempt))) continue;
            LinkLocal = LinkLocal with { IsUsed = true, UseAt = Instant.Never, Attempt = attempt };
            return;
        }
    }

    /// <summary>Another host has the address, or it was given up: the next one of the sequence, and not too often.</summary>
    private void MoveOn()
    {
        if (!_states.Exists(static state => state is { Origin: StaticOrigin.LinkLocal, Phase: StaticPhase.InUse })) return;
        _states.RemoveAll(static state => state.Origin == StaticOrigin.LinkLocal);
        int conflicts = LinkLocal.Conflicts + 1;
        LinkLocal = LinkLocal with
        {
            Attempt = LinkLocal.Attempt + 1,
            Conflicts = conflicts,
            TryAt = conflicts < StaticTiming.MaxConflicts ? Instant.Never : now + StaticTiming.RateLimitInterval,
        };
        Populate([]);
    }
}
