using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client;

internal sealed partial class Dhcp4Turn
{
    private const string DeclineReason = "address conflict";

    /// <summary>An address that was granted, but is another host's already.</summary>
    private void DeclineGranted(Dhcp4Lease granted, MacAddress offender, bool beside)
    {
        Tell("conflict", ("address", granted.Address), ("mac", offender));
        SendDecline(granted);
        // What is stored of this network beside a lease in force is that lease.
        if (Client.Lease is null) Forget(granted, hint: null, givenBack: true);
        Client = Client with { Conflicts = Client.Conflicts + 1 };
        Refuse($"{granted.Address} is in use by {offender}");
        if (beside)
        {
            Dhcp4Acquisition next = NewAcquisition(Client.Lease?.Address, now) with
            {
                SendAt = now + DeclineDelay,
                MayReplace = Client.Beside is { MayReplace: true },
            };
            Client = Client with { Beside = next };
        }
        else if (Client.Lease is not null)
        {
            // The server moved us to an address that is taken: the old one is ours until it ends.
            ReturnToLease();
        }
        else
        {
            Enter(new Dhcp4State.DeclineWait(now + DeclineDelay));
        }
    }

    /// <summary>The address in use is given up: declined, removed, and the next attempt waits.</summary>
    private void GiveUp(MacAddress offender)
    {
        Dhcp4Lease lease = Client.Lease!;
        Tell("conflict", ("address", lease.Address), ("mac", offender));
        SendDecline(lease);
        Client = Client with { Conflicts = Client.Conflicts + 1 };
        Refuse($"{lease.Address} is in use by {offender}");
        Lose(LeaseEnd.Conflict);
        Enter(new Dhcp4State.DeclineWait(now + DeclineDelay));
    }

    private TimeSpan DeclineDelay => DhcpTiming.DelayAfterConflicts(Client.Conflicts);

    /// <summary>DHCPDECLINE, once and without an answer (RFC 2131 section 4.4.1 and table 5).</summary>
    private void SendDecline(Dhcp4Lease lease)
    {
        if (!Client.LinkUsable || !MaySendLastWord("DHCPDECLINE")) return;
        Send(
            new Dhcp4Transmission
            {
                Type = Dhcp4MessageType.Decline,
                Xid = Dhcp4Exchange.New(entropy).Xid,
                Chaddr = lease.RenewWithLeaseChaddr && MayPresent(lease) ? lease.Chaddr : null,
                RequestedAddress = lease.Address,
                ServerIdentifier = lease.ServerIdentifier,
                Message = DeclineReason,
            },
            default(Dhcp4Exchange) with { Chaddrs = [] });
    }

    /// <summary>Somebody else removed the address: it is put back, seldom and not for ever.</summary>
    private void RestoreAddress()
    {
        if (Client.Lease is null || !Client.RestoreAt.IsNever) return;
        Instant? next = Client.Restores.NextAt(now);
        Client = Client with { Restores = Client.Restores.Noted(now), RestoreAt = next ?? Instant.Never };
        if (next is not null) return;
        Warn("the address was removed by another program again and again; it is not put back any more");
        Lose(LeaseEnd.Lost);
        Enter(new Dhcp4State.Waiting("another program removes the address"));
    }

    private void AdvanceRestore()
    {
        if (Client.RestoreAt > now) return;
        Client = Client with { RestoreAt = Instant.Never };
        if (Client.Lease is not { } lease) return;
        Warn($"{lease.Address} was removed by another program; it is put back");
        effects.Add(new Dhcp4Effect.Configure(lease, null));
    }
}
