using System.Collections.Immutable;
using BondDhcp.Dhcp.Client;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Runner;

/// <summary>Inputs into the machine, effects out of it.</summary>
internal sealed partial class InterfaceRunner
{
    private readonly List<Dhcp4Effect> _effects = [];
    private Dhcp4Surroundings _surroundings = new() { Mac = MacAddress.Zero };
    private Dhcp4Lease? _toldLease;
    private bool _keeps;
    private bool _carryingOut;

    private void Feed(Dhcp4Input input)
    {
        Client = Client.Step(input, LookAround(), BoottimeClock.Now, Entropy, _effects);
        CarryOut();
    }

    /// <summary>
    /// The interface as it is at this moment. The hardware address is asked for, not remembered: netlink may not have
    /// told of the last failover yet. The same object is given again while nothing in it changed.
    /// </summary>
    private Dhcp4Surroundings LookAround()
    {
        if (!Sockets.TryReadMac(out MacAddress mac)) mac = _surroundings.Mac;
        ImmutableArray<TransmitBudget> others = Sender.OthersOn(View.Device);
        if (mac != _surroundings.Mac || others != _surroundings.OtherSenders || View.Device != _surroundings.PathIndex || View.IsEap != _surroundings.AuthenticatedByEap
            || _surroundings.HostMacs != Network.HostMacs)
        {
            _surroundings = new Dhcp4Surroundings
            {
                Mac = mac,
                HostMacs = Network.HostMacs,
                PathIndex = View.Device,
                AuthenticatedByEap = View.IsEap,
                ArpPerSecondOfOthers = NeighbourPacketsOfOthers,
                OtherSenders = others,
            };
        }
        return _surroundings;
    }

    // Carrying out an effect may be an input itself; what that decides is done after what was decided before.
    /// <inheritdoc/>
    protected override void CarryOut()
    {
        Sender.Note(ClientIsStopped ? 0 : View.Device, Client.Budget);
        if (_carryingOut) return;
        _carryingOut = true;
        string before = StateName;
        Dhcp4Memory? kept = null;
        try
        {
            for (int i = 0; i < _effects.Count; i++)
            {
                // Before anything is sent: on a quiet link the answer to an ARP request is there before the next system call.
                // But an address does not wait for it.
                if (_effects[i] is Dhcp4Effect.Transmit or Dhcp4Effect.TransmitArp) Sockets.ArpWatch = Client.ArpWatch;
                if (_effects[i] is Dhcp4Effect.Persist persist) kept = persist.Memory;
                else CarryOut(_effects[i], before);
            }
            // Last, and once: a disk takes longer than a network, and only the newest state is worth keeping.
            if (kept is not null) _memory.Save(kept);
        }
        finally
        {
            _effects.Clear();
            _carryingOut = false;
        }
        RemoveLeftovers();
        Sockets.ArpWatch = Client.ArpWatch;
        Deadline.At = Client.NextDeadline;
        TellLease();
        NoteState(Client.StateName);
    }

    private Dhcp4Lease InForce(Dhcp4Lease lease) =>
        Reading.Of(lease.Ack) is var ack && ReferenceEquals(ack, lease.Ack) ? lease : lease with { Ack = ack };

    private void TellLease()
    {
        if (ReferenceEquals(Client.Lease, _toldLease)) return;
        _toldLease = Client.Lease;
        LeaseChanged?.Invoke();
    }

    private void CarryOut(Dhcp4Effect effect, string stateBefore)
    {
        switch (effect)
        {
            case Dhcp4Effect.Transmit transmit: Transmit(transmit.Message); break;
            case Dhcp4Effect.TransmitArp arp: Transmit(arp.Packet, arp.Destination); break;
            case Dhcp4Effect.Configure configure:
                Dhcp4Lease now = InForce(configure.Lease);
                Dhcp4Lease? previous = ReferenceEquals(configure.Previous, configure.Lease) ? now : configure.Previous is { } other ? InForce(other) : null;
                if (!Configure(now)) break;
                Counters.Acquisitions.End(BoottimeClock.Now);
                LeaseConfigured?.Invoke(new ConfiguredLease(now, previous, stateBefore));
                break;
            case Dhcp4Effect.Deconfigure deconfigure:
                Dhcp4Lease gone = InForce(deconfigure.Lease);
                Deconfigure(gone);
                // Otherwise another lease has taken its place, which was told of.
                if (Client.Lease is null) LeaseEnded?.Invoke(gone, deconfigure.Why);
                break;
            case Dhcp4Effect.AutoConfigure said: AutoConfigureHeard?.Invoke(said.Allowed); break;
            case Dhcp4Effect.Tell tell: Journal(tell.Report); break;
            case Dhcp4Effect.CommandDone done: AnswerCommand(done.Succeeded, done.Why); break;
            default: throw new ArgumentOutOfRangeException(nameof(effect), effect, null);
        }
    }
}
