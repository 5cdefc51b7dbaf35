using BondDhcp.Dhcp.Arp;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client;

internal sealed partial class Dhcp4Turn
{
    /// <summary>Asks, by broadcast, for the hardware address of the new lease's gateway: what later tells this network from another.</summary>
    /// <param name="again">Also where one is known: it did not answer, and the router may have been replaced.</param>
    private void LearnGateway(bool again)
    {
        if (Client.Lease is not { Gateway: { } gateway } lease || !Settings.DetectNetworkAttachment) return;
        if (lease.GatewayMac is not null && !again) return;
        Client = Client with { GatewayProbe = new GatewayProbe(gateway, null, 0, now) };
        // Nobody is left whose answer they could wait for.
        if (Client.AnnounceAfterGateway) Announce();
    }

    /// <summary>
    /// Asks the gateway by unicast whether it is still there (RFC 4436 section 2). False when nobody can be asked: no
    /// known hardware address, another client identifier, or switched off.
    /// </summary>
    private bool AskGateway(Dhcp4Lease? candidate = null)
    {
        Dhcp4Lease? lease = candidate ?? Client.Lease;
        if (!Settings.DetectNetworkAttachment || lease is not { GatewayMac: { } mac, Gateway: { } gateway } || lease.ExpiresAt <= now
            || !lease.ClientIdentifier.SequenceEqual(Client.ClientIdentifier))
            return false;
        if (Client.GatewayProbe is { Known: not null, Sent: 0 }) return true;
        Instant at = Client.LastGatewayProbeAt is { } last ? Instant.Max(now, last + GatewayProbe.LeastInterval) : now;
        Client = Client with { GatewayProbe = new GatewayProbe(gateway, mac, 0, at) };
        AdvanceGatewayProbe();
        return true;
    }

    private void AdvanceGatewayProbe()
    {
        if (Client.GatewayProbe is not { } probe || probe.NextAt > now || !Client.LinkUsable) return;
        if (probe.IsOver(now))
        {
            // Where none is known it is asked for again: without it no other network is told from this one.
            bool learning = probe.Known is null && Client.Lease is { GatewayMac: null };
            Client = Client with { GatewayProbe = learning ? probe.Again(now) : null };
            if (probe.Known is not null) GatewayDecided(GatewayAnswer.Silent);
            return;
        }
        Dhcp4Lease? lease = Client.Lease ?? (Client.State as Dhcp4State.Rebooting)?.Stored;
        if (lease is null)
        {
            Client = Client with { GatewayProbe = null };
            return;
        }
        if (!MaySendArp(out Instant at))
        {
            Client = Client with { GatewayProbe = probe with { NextAt = at } };
            return;
        }
        (ArpPacket packet, MacAddress destination) = probe.RequestBy(Mac, lease.Address);
        SendArp(packet, destination);
        Client = Client with
        {
            GatewayProbe = probe with { Sent = probe.Sent + 1, NextAt = now + GatewayProbe.Gap },
            LastGatewayProbeAt = probe is { Sent: 0, Known: not null } ? now : Client.LastGatewayProbeAt,
        };
    }

    private void GatewayAnswered(GatewayProbe probe, MacAddress mac)
    {
        if (probe.Known is null)
        {
            Client = Client with { GatewayProbe = null };
            if (Client.Lease is not { } lease || lease.GatewayMac == mac) return;
            lease = lease with { GatewayMac = mac };
            Client = Client with { Lease = lease };
            Tell("gateway", ("address", probe.Gateway), ("mac", mac), ("answer", "learnt"));
            Persist(lease);
            return;
        }
        // Another hardware address proves nothing (RFC 4436 section 2.1): the test goes on until its time is over.
        if (probe.Known != mac) return;
        Client = Client with { GatewayProbe = null };
        GatewayDecided(GatewayAnswer.Answered);
    }

    /// <summary>The known gateway answered, or had its time: whoever waited for it goes on.</summary>
    private void GatewayDecided(GatewayAnswer answer)
    {
        Client = Client with { GatewayWasSilent = answer == GatewayAnswer.Silent };
        Tell("gateway", ("answer", answer == GatewayAnswer.Answered ? "same" : "silent"));
        if (Client.AnnounceAfterGateway) Announce();
        if (answer == GatewayAnswer.Answered && Client.Beside is { MayReplace: false, Phase: AcquisitionPhase.Discovering })
            Client = Client with { Beside = null };
        if (Client.State.VerificationInState is { } verification) GatewayDecided(verification, answer);
        if (Client.HeldNak is { } nak)
        {
            Client = Client with { HeldNak = null };
            if (answer == GatewayAnswer.Silent && Client.State.ExtensionInState is not null) ExtensionRefused(nak);
        }
    }
}
