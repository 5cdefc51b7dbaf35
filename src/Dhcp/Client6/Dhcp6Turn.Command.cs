using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client6;

internal sealed partial class Dhcp6Turn
{
    private const string IdleAfterRelease = "released; idle until acquire";

    private const string NoLease = "there is no lease; 'acquire' asks for one";

    private void Obey(DhcpCommand command)
    {
        Tell("command", ("command", DhcpCommandName.Of(command)));
        if (Client.State is Dhcp6State.Releasing releasing) FinishRelease(releasing);
        // One answer is owed at a time: whoever asked before is told that somebody else asked since.
        Refuse("another command followed");
        Client = Client with { PendingCommand = command };
        bool idle = Client.State is Dhcp6State.Stopped;
        switch (command)
        {
            case DhcpCommand.Release: Release(Dhcp6Timing.GiveBack, IdleAfterRelease); break;
            case DhcpCommand.Acquire when !idle && (Client.Lease is not null || Client.State is Dhcp6State.InformationBound):
                if (!Client.BoundUntold) Succeed();
                break;
            case DhcpCommand.Acquire: Acquire(); break;
            case var _ when idle || (Client.Lease is null && Client.Information is null): Refuse(NoLease); break;
            case var _ when !Client.IsReady: Refuse($"the link cannot be used: {Client.NotReadyWhy}"); break;
            case var _ when Client.Lease is null && Client.State is Dhcp6State.Soliciting: RequestInformationBeside(); break;
            case var _ when Client.Lease is null: RequestInformation(); break;
            case var _ when Client.IsUnconfirmed: ObeyWhenConfirmed(); break;
            default: ObeyExtension(command); break;
        }
    }

    private void ObeyExtension(DhcpCommand command)
    {
        if (command == DhcpCommand.Renew) Renew();
        else Rebind();
    }

    private void Acquire()
    {
        if (Client.Lease is { } left)
        {
            // Stopped, and the addresses stayed: as after a restart.
            if (left.ExpiresAt <= now)
            {
                Lose(LeaseEnd.Expired);
                Discover();
                return;
            }
            if (left.NextEndAt <= now) Replace(left.Without(now));
            GoOnUnwatched();
            return;
        }
        // A wait after a refusal or a conflict protects the network; a user does not shorten it.
        if (Client.State is Dhcp6State.Stopped or Dhcp6State.Waiting { Until.IsNever: true }) Begin(gateway: null);
        // The pause between two questions that nobody answered is the user's to end: the search begins anew, within the
        // limits. The first of them waits for ADVERTISEs in any case (RFC 9915 section 18.2.1).
        else if (Client is { IsReady: true, State: Dhcp6State.Soliciting { Solicitation: { Exchange.IsUnderWay: true, Advertises.IsEmpty: true } search } }
            && search.CollectUntil <= now)
            SolicitAnew();
    }

    private void Succeed() => Done(succeeded: true, null);

    private void Refuse(string why) => Done(succeeded: false, why);

    private void Done(bool succeeded, string? why)
    {
        if (Client.PendingCommand is not { } command) return;
        Client = Client with { PendingCommand = null };
        effects.Add(new Dhcp6Effect.CommandDone(command, succeeded, why));
    }

    private void Stop(bool release)
    {
        if (Client.State is Dhcp6State.Releasing releasing) FinishRelease(releasing);
        // No lease comes any more: whoever waits for one is told.
        Refuse("stopped");
        if (release)
        {
            Release(Dhcp6Timing.GiveBackAtStop, "stopped");
            return;
        }
        // The network's router may have become known since a server last answered.
        if (Client.Lease is { } lease) Persist(lease with { GatewayMac = lease.GatewayMac ?? surroundings.Gateway });
        // From here on nobody watches the link.
        Client = Client with { IsUnconfirmed = Settings.Anonymous && Client.Lease is not null };
        Halt("stopped");
    }

    /// <summary>
    /// RELEASE. First the leases are used no more: the addresses go before the message does (RFC 9915 section 18.2.7).
    /// </summary>
    private void Release(Dhcp6Schedule schedule, string why)
    {
        Dhcp6Lease? lease = Client.Lease;
        bool mayBeNamed = !Client.IsUnconfirmed;
        if (lease is not null) WarnIfUntold(lease);
        Lose(LeaseEnd.Released);
        CancelAll();
        if (lease is null || !mayBeNamed || !Client.IsReady)
        {
            Halt(why);
            Succeed();
            return;
        }
        var releasing = new Dhcp6State.Releasing(NewExchange(Dhcp6MessageType.Release, schedule, lease.ServerIdentifier), lease, why);
        if (schedule.MaxDuration > TimeSpan.Zero)
            releasing = releasing with { Exchange = releasing.Exchange with { EndsAt = now + schedule.MaxDuration } };
        // A last word has its own part of the limits: it may not have the time to wait.
        if (Client.Budget.AllowsLastWord(surroundings.PathIndex, now, surroundings.OtherSenders)
            && Client.RateLimit.AllowedAt(now, Settings.RateLimitMessages, Settings.RateLimitInterval) <= now)
            releasing = releasing with { Exchange = TransmitNow(releasing.Exchange, Held(lease)) };
        Enter(releasing);
    }

    private void WarnIfUntold(Dhcp6Lease lease)
    {
        if (Client.IsUnconfirmed)
            Warn($"{lease.ServerIdentifier} is not told that its lease is not used any more: no server has confirmed that this is its network");
    }

    private void AdvanceRelease(Dhcp6State.Releasing releasing)
    {
        if (releasing.Exchange.NextAt > now) return;
        if (releasing.Exchange.IsOver(now)) FinishRelease(releasing);
        else Enter(releasing with { Exchange = Transmit(releasing.Exchange, Held(releasing.Lease)) });
    }

    /// <summary>Answered, whatever the answer says (RFC 9915 section 18.2.10.2), or given up.</summary>
    private void FinishRelease(Dhcp6State.Releasing releasing)
    {
        Halt(releasing.Why);
        Succeed();
    }

    /// <summary>Nothing is sent any more, and no timer runs.</summary>
    private void Halt(string why)
    {
        CancelAll();
        Client = Client with { Information = null };
        Enter(new Dhcp6State.Stopped(why));
    }

    /// <summary>Ends everything but the state: no timer of another purpose is left.</summary>
    private void CancelAll() => Client = Client with
    {
        Decline = null,
        PrefixRelease = null,
        Announcement = null,
        RouterSearch = null,
        Unacted = null,
        RestoreAt = Instant.Never,
        PrefixChangeAt = Instant.Never,
        Damping = new PathDamping(),
    };
}
