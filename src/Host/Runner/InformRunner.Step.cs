using System.Collections.Immutable;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Inform;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Runner;

/// <summary>What a server said to a DHCPINFORM: shown and shared as a lease is, of which it has no address and no time.</summary>
/// <param name="Lease">As a lease without an end; its address is the one that was asked for.</param>
/// <param name="Previous">What was in force until now; null for nothing.</param>
internal sealed record InformedLease(Dhcp4Lease Lease, Dhcp4Lease? Previous);

/// <summary>Inputs into the machine, effects out of it, packets in and out.</summary>
internal sealed partial class InformRunner
{
    private readonly List<Dhcp4Effect> _effects = [];
    private Dhcp4Surroundings _surroundings = new() { Mac = MacAddress.Zero };
    private Dhcp4Lease? _told;
    private string? _unheld;
    private bool _keeps;
    private bool _carryingOut;

    private void Feed(Dhcp4InformInput input)
    {
        Client = Client.Step(input, LookAround(), BoottimeClock.Now, Entropy, _effects);
        CarryOut();
    }

    // The hardware address is asked for, not remembered: netlink may not have told of the last failover yet.
    private Dhcp4Surroundings LookAround()
    {
        if (!Sockets.TryReadMac(out MacAddress mac)) mac = _surroundings.Mac;
        ImmutableArray<TransmitBudget> others = Sender.OthersOn(View.Device);
        if (mac != _surroundings.Mac || others != _surroundings.OtherSenders || View.Device != _surroundings.PathIndex)
            _surroundings = new Dhcp4Surroundings { Mac = mac, HostMacs = Network.HostMacs, PathIndex = View.Device, OtherSenders = others };
        return _surroundings;
    }

    // Carrying out an effect may be an input itself; what that decides is done after what was decided before.
    /// <inheritdoc/>
    protected override void CarryOut()
    {
        Sender.Note(ClientIsStopped ? 0 : View.Device, Client.Budget);
        if (_carryingOut) return;
        _carryingOut = true;
        try
        {
            // The answer comes to this port of the address; unheld, the kernel would refuse it with an ICMP error.
            string? unheld = Sockets.HoldUdp(Client.State is Dhcp4InformState.Stopped ? null : Client.Address?.Address);
            if (unheld is not null && unheld != _unheld) Warn($"port 68 of {Client.Address}: {unheld}");
            _unheld = unheld;
            for (int i = 0; i < _effects.Count; i++) CarryOut(_effects[i]);
        }
        finally
        {
            _effects.Clear();
            _carryingOut = false;
        }
        Deadline.At = Client.NextDeadline;
        TellInformation();
        NoteState(Client.State.Name);
    }

    private void CarryOut(Dhcp4Effect effect)
    {
        switch (effect)
        {
            case Dhcp4Effect.Transmit transmit: Transmit(transmit.Message); break;
            case Dhcp4Effect.Tell tell: Journal(tell.Report); break;
            case Dhcp4Effect.CommandDone done: AnswerCommand(done.Succeeded, done.Why); break;
            default: throw new ArgumentOutOfRangeException(nameof(effect), effect, null);
        }
    }

    private void TellInformation()
    {
        Dhcp4Lease? now = Lease;
        if (_keeps || IsSame(_told, now)) return;
        Dhcp4Lease? before = _told;
        _told = now;
        if (now is not null) Counters.Acquisitions.End(BoottimeClock.Now);
        Informed?.Invoke(now is null ? null : new InformedLease(now, before));
    }

    private static bool IsSame(Dhcp4Lease? one, Dhcp4Lease? other) =>
        one is null ? other is null : other is not null && ReferenceEquals(one.Ack, other.Ack) && one.ObtainedAt == other.ObtainedAt;

    private Dhcp4Lease LeaseOf(Dhcp4Information information) => new()
    {
        Ack = Reading.Of(information.Reply),
        ClientIdentifier = Options.Dhcp4.ClientIdentifier,
        Chaddr = information.Chaddr,
        ObtainedAt = information.At,
        RenewAt = Client.State is Dhcp4InformState.Bound bound ? bound.RefreshAt : Instant.Never,
        RebindAt = Instant.Never,
        ExpiresAt = Instant.Never,
    };

    /// <inheritdoc/>
    protected override void Take(in Dhcp4MessageView message, in Dhcp4Reception reception, out Dhcp4DropReason dropped) =>
        Client = Client.Receive(message, reception, LookAround(), BoottimeClock.Now, Entropy, _effects, out dropped);

    /// <inheritdoc/>
    protected override void NoteRetransmission(MacAddress chaddr) => Feed(new Dhcp4InformInput.Retransmitted(chaddr));
}
