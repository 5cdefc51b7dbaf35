using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client;

internal sealed partial class Dhcp4Turn
{
    private void Obey(DhcpCommand command)
    {
        Tell("command", ("command", DhcpCommandName.Of(command)));
        if (Client.State is Dhcp4State.Releasing) FinishRelease();
        // One answer is owed at a time: whoever asked before is told that somebody else asked since.
        Refuse("another command followed");
        Client = Client with { PendingCommand = command };
        switch (command)
        {
            case DhcpCommand.Release: Release("released; idle until acquire"); break;
            case DhcpCommand.Acquire when Client.Lease is not null && Client.State is not Dhcp4State.Stopped: Succeed(); break;
            case DhcpCommand.Acquire: Acquire(); break;
            case var _ when Client.Lease is null || Client.State is Dhcp4State.Stopped: Refuse("there is no lease; 'acquire' asks for one"); break;
            case var _ when !Client.LinkUsable: Refuse($"the link cannot be used: {Client.LinkUnusableWhy}"); break;
            case var _ when Client.IsUnconfirmed: Replace(Client.Lease); break; // What it brings is as good as a renewal.
            case DhcpCommand.Renew: Renew(); break;
            default: Rebind(); break;
        }
    }

    private void Acquire()
    {
        if (Client.Lease is { } left)
        {
            // Stopped, and the address stayed: as after a restart.
            if (left.ExpiresAt <= now)
            {
                Expire();
                return;
            }
            if (Settings.Anonymous && !Client.LinkUsable)
            {
                Lose(LeaseEnd.Anonymity);
                Begin(gateway: null);
                return;
            }
            if (Settings.Anonymous)
            {
                GoOnAnonymously();
                return;
            }
            ReturnToLease();
            if (Client.LinkUsable) Verify(PathClass.Unknown);
            return;
        }
        // A wait after a refusal or a conflict protects the network; a user does not shorten it.
        if (Client.State is Dhcp4State.Stopped or Dhcp4State.Waiting or Dhcp4State.V6OnlyWait) Begin(gateway: null);
        // The pause between two questions that nobody answered is the user's to end: it begins anew, within the caps. An
        // OFFER that is under way is still one for this transaction.
        else if (Client.State is Dhcp4State.Selecting { Acquisition: { Offers.IsEmpty: true } search })
            Enter(new Dhcp4State.Selecting(search with { Sent = 0, SendAt = now }));
    }

    private void Succeed() => Done(succeeded: true, null);

    private void Refuse(string why) => Done(succeeded: false, why);

    private void Done(bool succeeded, string? why)
    {
        if (Client.PendingCommand is not { } command) return;
        Client = Client with { PendingCommand = null };
        effects.Add(new Dhcp4Effect.CommandDone(command, succeeded, why));
    }

    private void Stop(bool release)
    {
        if (Client.State is Dhcp4State.Releasing) FinishRelease();
        // No lease comes any more: whoever waits for one is told.
        Refuse("stopped");
        if (release)
        {
            Release("stopped");
            return;
        }
        if (Client.Lease is { } lease) Persist(lease);
        // From here on nobody watches the link.
        Client = Client with { IsUnconfirmed = Settings.Anonymous && Client.Lease is not null };
        Halt("stopped");
    }

    /// <summary>DHCPRELEASE while the address is still there (RFC 2131 section 4.4.6), then the end.</summary>
    private void Release(string why)
    {
        if (Client.Lease is not { } lease)
        {
            Halt(why);
            Succeed();
            return;
        }
        if (Client.IsUnconfirmed)
            Warn($"{lease.ServerIdentifier} is not told that its lease is not used any more: no server has confirmed that this is its network");
        if (!Client.LinkUsable || Client.IsUnconfirmed || !MaySendLastWord("DHCPRELEASE"))
        {
            Lose(LeaseEnd.Released, lease.Address);
            Halt(why);
            Succeed();
            return;
        }
        Send(
            new Dhcp4Transmission
            {
                Type = Dhcp4MessageType.Release,
                Xid = Dhcp4Exchange.New(entropy).Xid,
                Ciaddr = lease.Address,
                Chaddr = lease.RenewWithLeaseChaddr && MayPresent(lease) ? lease.Chaddr : null,
                ServerIdentifier = lease.ServerIdentifier,
                Source = lease.Address,
                Destination = lease.ServerIdentifier,
            },
            default(Dhcp4Exchange) with { Chaddrs = [] });
        CancelAll();
        Enter(new Dhcp4State.Releasing(now + Dhcp4Timing.ReleaseLinger));
    }

    private void FinishRelease()
    {
        bool byCommand = Client.PendingCommand == DhcpCommand.Release;
        Lose(LeaseEnd.Released, Client.Lease?.Address);
        Halt(byCommand ? "released; idle until acquire" : "stopped");
        Succeed();
    }

    /// <summary>Nothing is sent any more, and no timer runs.</summary>
    private void Halt(string why)
    {
        CancelAll();
        Enter(new Dhcp4State.Stopped(why));
    }

    /// <summary>Ends everything but the state: no timer of another purpose is left.</summary>
    private void CancelAll()
    {
        EndWhatRunsBeside();
        Client = Client with { RestoreAt = Instant.Never, Damping = new PathDamping() };
    }

    /// <summary>Ends what sends, or waits for an answer, beside the state.</summary>
    private void EndWhatRunsBeside() =>
        Client = Client with
        {
            Beside = null,
            Announcement = null,
            AnnounceAfterGateway = false,
            GatewayProbe = null,
            ConcurrentProbe = null,
            HeldNak = null,
        };
}
