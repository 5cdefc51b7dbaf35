using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client;

internal sealed partial class Dhcp4Turn
{
    /// <summary>
    /// An ACK to a verification. To the current chaddr it counts by itself; to the lease's it counts when the gateway
    /// answers as well, because relays, snooping switches and access points that key on chaddr may let nothing through.
    /// </summary>
    private void Acknowledged(Dhcp4Reply ack, VerificationForm form, Dhcp4Verification verification)
    {
        bool toCurrent = ack.Chaddr == Mac;
        if (!toCurrent && verification.GatewayPresumed)
        {
            SetVerification(verification with { GatewayPresumed = false });
            if (AskGateway())
            {
                SetVerification(verification with { GatewayPresumed = false, Gateway = GatewayAnswer.Pending, HeldAck = ack });
                return;
            }
        }
        if (!toCurrent && verification.Gateway == GatewayAnswer.Pending)
        {
            SetVerification(verification with { HeldAck = ack });
            return;
        }
        VerificationForm other = verification.First.Exchange.Xid == form.Exchange.Xid ? verification.Second ?? form : verification.First;
        bool learnt = !toCurrent && other.Chaddr is null && other.Refused;
        Dhcp4Lease lease = VerifiedLease;
        bool stranger = Client.State is Dhcp4State.Verifying && ack.ServerIdentifier != lease.ServerIdentifier;
        Dhcp4Lease next = Updated(lease, stranger ? Confirming(lease.Ack, ack) : ack, form.SentAt);
        if (stranger) next = next with { KnownServers = Remember(next.KnownServers, ack.ServerIdentifier) };
        if (learnt) next = next with { KeyedByChaddr = true };

        if (Client.State is Dhcp4State.Rebooting) Rebooted(next, verification, toCurrent);
        else Verified(next, lease, replace: !toCurrent && verification.Gateway == GatewayAnswer.Silent);
    }

    /// <summary>A stranger's ACK confirms the address: its times count, its routes and DNS do not.</summary>
    private static Dhcp4Reply Confirming(Dhcp4Reply own, Dhcp4Reply stranger) => own with
    {
        Chaddr = stranger.Chaddr,
        LeaseSeconds = stranger.LeaseSeconds,
        RenewalSeconds = stranger.RenewalSeconds,
        RebindingSeconds = stranger.RebindingSeconds,
    };

    private void Verified(Dhcp4Lease next, Dhcp4Lease lease, bool replace)
    {
        if (!PutInForce(next, lease, "leaseRenewed") || !replace) return;
        // Acknowledged, but nothing gets through under this identity: a lease under our own hardware address, at once.
        Warn("the lease was acknowledged, but its gateway does not answer; a lease for the present hardware address is asked for");
        Client = Client with { GatewayWasSilent = true };
        Replace(next);
    }

    private void Rebooted(Dhcp4Lease next, Dhcp4Verification verification, bool toCurrent)
    {
        if (Settings.Ipv6Only && next.Ack.Ipv6OnlyWaitSeconds is { } seconds)
        {
            Forget(next, next.Address);
            WaitForIpv6Only(seconds);
            return;
        }
        if (!toCurrent && verification.Gateway == GatewayAnswer.Silent)
        {
            Discover(next.Address, verification.StartedAt);
            return;
        }
        AddressProbe? probe = verification.Gateway == GatewayAnswer.Answered ? null : verification.Probe ?? WindowAtAck(next.Address);
        if (probe?.Offender is { } offender)
        {
            DeclineGranted(next, offender, beside: false);
            return;
        }
        if (probe is null || probe.IsClean(now))
        {
            Adopt(next, beside: false);
            return;
        }
        Settle(
            Advance(
                new Dhcp4Acquisition
                {
                    Phase = AcquisitionPhase.Probing,
                    Exchange = default(Dhcp4Exchange) with { Chaddrs = [] },
                    SecsFrom = verification.StartedAt,
                    SendAt = Instant.Never,
                    Granted = next,
                    Probe = probe,
                },
                beside: false),
            beside: false);
    }

    /// <summary>Back to the state that the lease's times say; the next attempt to extend it comes by the half-gap schedule.</summary>
    private void ReturnToLease()
    {
        Dhcp4Lease lease = Client.Lease!;
        if (Client.IsUnconfirmed)
            Enter(Dhcp4State.Bound.Instance);
        else if (lease.RebindAt <= now)
            Enter(new Dhcp4State.Rebinding(new Dhcp4Extension(
                Dhcp4Exchange.New(entropy), now, 0, Dhcp4Timing.NextExtension(now, lease.ExpiresAt))));
        else if (lease.RenewAt <= now)
            Enter(new Dhcp4State.Renewing(new Dhcp4Extension(
                Dhcp4Exchange.New(entropy), now, 0, Dhcp4Timing.NextExtension(now, lease.RebindAt))));
        else
            Enter(Dhcp4State.Bound.Instance);
    }
}
