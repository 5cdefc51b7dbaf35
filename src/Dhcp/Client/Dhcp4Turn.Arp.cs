using BondDhcp.Dhcp.Arp;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client;

internal sealed partial class Dhcp4Turn
{
    private AddressProbe AdvanceProbe(AddressProbe probe)
    {
        if (!MaySendArp(out Instant at))
        {
            // A probe that the cap delays must not shorten the time others have to answer it.
            return probe with { ProbeAt = at, CleanAt = probe.CleanAt + (at - now) };
        }
        SendArp(ArpPacket.Probe(Mac, probe.Address), MacAddress.Broadcast);
        return probe.ProbeSent(now, entropy);
    }

    /// <summary>Announces the address in force twice (RFC 5227 section 2.3), beginning now or when the last set is a second old.</summary>
    private void Announce()
    {
        if (Client.Lease is not { } lease) return;
        Instant at = Client.LastAnnouncedAt is { } last ? Instant.Max(now, last + Announcement.LeastSetInterval) : now;
        Client = Client with { Announcement = new Announcement(lease.Address, Announcement.Count, at), AnnounceAfterGateway = false };
        AdvanceAnnouncement();
    }

    private void AdvanceAnnouncement()
    {
        if (Client.Announcement is not { } announcement || announcement.NextAt > now || !Client.LinkUsable) return;
        if (!MaySendArp(out Instant at))
        {
            Client = Client with { Announcement = announcement with { NextAt = at } };
            return;
        }
        SendArp(ArpPacket.Announcement(Mac, announcement.Address), MacAddress.Broadcast);
        Client = Client with
        {
            LastAnnouncedAt = announcement.Remaining == Announcement.Count ? now : Client.LastAnnouncedAt,
            Announcement = announcement.Remaining > 1
                ? announcement with { Remaining = announcement.Remaining - 1, NextAt = now + Announcement.Interval }
                : null,
        };
    }

    private void HearArp(in ArpPacket packet)
    {
        if (Client.GatewayProbe is { } gateway && gateway.IsAnsweredBy(packet)) GatewayAnswered(gateway, packet.SenderHardware);
        if (IsOwn(packet.SenderHardware)) return;
        HearWhileProbing(packet);
        if (Client.Lease is { } lease && packet.SenderAddress == lease.Address) Contest(lease, packet.SenderHardware);
    }

    private void HearWhileProbing(in ArpPacket packet)
    {
        if (Client.State.AcquisitionInState is { Probe: { } probe } acquisition)
            Probed(acquisition with { Probe = probe.Heard(packet) }, beside: false);
        if (Client.State is Dhcp4State.Rebooting { Verification: { Probe: { } window } verification } rebooting)
            Client = Client with { State = rebooting with { Verification = verification with { Probe = window.Heard(packet) } } };
        if (Client.Beside is { Probe: { } other } besides) Probed(besides with { Probe = other.Heard(packet) }, beside: true);
        if (Client.ConcurrentProbe is { } concurrent && concurrent.Heard(packet).Offender is { } offender) GiveUp(offender);
    }

    /// <summary>Before the ACK a conflict is only noted: there is nothing to decline yet.</summary>
    private void Probed(Dhcp4Acquisition acquisition, bool beside)
    {
        if (acquisition is { Phase: AcquisitionPhase.Probing, Probe.Offender: { } offender })
            DeclineGranted(acquisition.Granted!, offender, beside);
        else
            Settle(acquisition, beside);
    }

    /// <summary>Another host sends ARP with our address (RFC 5227 section 2.4).</summary>
    private void Contest(Dhcp4Lease lease, MacAddress offender)
    {
        if (Client.ConcurrentProbe is not null)
        {
            GiveUp(offender);
            return;
        }
        Tell("conflict", ("address", lease.Address), ("mac", offender));
        if (IsDeparted(lease) || Client.IsUnconfirmed)
        {
            // The device the lease was granted to may serve another host by now, and the address with it. Under the anonymity
            // profile the network may be another, to which it is neither defended nor declined.
            Lose(LeaseEnd.Conflict);
            Discover(wanted: null);
            return;
        }
        bool recently = Client.DefendedAt is { } last && now - last < Dhcp4Timing.DefendInterval;
        switch (Settings.Defend)
        {
            case AddressDefence.Never:
            case AddressDefence.Once when recently:
                GiveUp(offender);
                break;
            case AddressDefence.Always when recently:
                break;
            default:
                if (!MaySendArp(out _)) break;
                SendArp(ArpPacket.Announcement(Mac, lease.Address), MacAddress.Broadcast);
                Client = Client with { DefendedAt = now };
                break;
        }
    }

    /// <summary>True when the device whose hardware address the lease was granted to is no longer in this host.</summary>
    private bool IsDeparted(Dhcp4Lease lease) => lease.Chaddr != Mac && !surroundings.HostMacs.Contains(lease.Chaddr);
}
