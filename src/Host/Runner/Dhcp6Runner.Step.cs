using System.Collections.Immutable;
using BondDhcp.Bond.Links;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Linux;
using BondDhcp.Dhcp.Nd;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Runner;

/// <summary>Inputs into the machine, effects out of it, packets in and out.</summary>
internal sealed partial class Dhcp6Runner
{
    // So many messages in one turn; a flood leaves the rest of the loop its turn too.
    private const int MaxMessagesPerTurn = 64;

    private readonly List<Dhcp6Effect> _effects = [];
    private Dhcp6Surroundings _surroundings = new();
    private Dhcp6Lease? _toldLease;
    private Dhcp6Lease? _toldInForce;
    private Dhcp6Reply? _toldReply;
    private Dhcp6Reply? _granted;
    private string _grantedIn = "";
    private Dhcp6Information? _toldInformation;
    private Dhcp6Information? _toldInformationInForce;
    private LeaseEnd _lastEnd = LeaseEnd.Expired;
    private bool _keeps;
    private bool _carryingOut;

    private void Feed(Dhcp6Input input)
    {
        Client = Client.Step(input, LookAround(), BoottimeClock.Now, Entropy, _effects);
        CarryOut();
    }

    private Dhcp6Surroundings LookAround()
    {
        ImmutableArray<TransmitBudget> others = Sender.OthersOn(View.Device);
        MacAddress mac = Options.Dhcp6.Anonymous ? ReadMac() ?? _surroundings.Mac : _surroundings.Mac;
        if (mac != _surroundings.Mac || View.Device != _surroundings.PathIndex || View.Gateway != _surroundings.Gateway || others != _surroundings.OtherSenders
            || PacketsOfOthers != _surroundings.NeighbourPacketsOfOthers || _otherAddresses != _surroundings.OtherAddresses)
        {
            _surroundings = new Dhcp6Surroundings
            {
                Mac = mac,
                PathIndex = View.Device,
                Gateway = View.Gateway,
                OtherAddresses = _otherAddresses,
                OtherSenders = others,
                NeighbourPacketsOfOthers = PacketsOfOthers,
            };
        }
        return _surroundings;
    }

    private MacAddress? ReadMac() => Taken is { } link && Network.HardwareAddresses.TryRead(link.Index, out MacAddress mac) ? mac : null;

    // The bonding driver announces every address, of this family too (num_unsol_na is num_grat_arp).
    private int PacketsOfOthers =>
        NeighbourPacketsOfOthers + ((Taken?.Bond?.PeerNotifications ?? 0) * (_ipv6?.Addresses.Count(address => address.IsUsable) ?? 0));

    // Carrying out an effect may be an input itself; what that decides is done after what was decided before.
    private void CarryOut()
    {
        Sender.Note(ClientIsStopped ? 0 : View.Device, Client.Budget);
        if (_carryingOut) return;
        _carryingOut = true;
        Dhcp6Memory? kept = null, forgotten = null;
        Options.Last.Value = Client;
        try
        {
            // A lease that is given back is forgotten first: after a sudden end between the two it would be confirmed, because a
            // server looks at the prefix alone, and be used though another host may have it.
            if (_effects.Exists(static effect => effect is Dhcp6Effect.Deconfigure { Why: LeaseEnd.Released or LeaseEnd.Conflict })
                && _effects.OfType<Dhcp6Effect.Persist>().LastOrDefault() is { } forgetting)
            {
                forgotten = forgetting.Memory;
                _memory.SaveFirst(forgotten);
            }
            for (int i = 0; i < _effects.Count; i++)
            {
                if (_effects[i] is Dhcp6Effect.Persist persist) kept = persist.Memory;
                else CarryOut(_effects[i]);
            }
            // Last, and once: a disk takes longer than a network, and only the newest state is worth keeping.
            if (kept is not null && !ReferenceEquals(kept, forgotten)) _memory.Save(kept);
        }
        finally
        {
            _effects.Clear();
            _carryingOut = false;
        }
        RemoveLeftovers();
        Deadline.At = Client.NextDeadline;
        NoteGrant();
        TellLease();
        NoteState(Client.StateName);
    }

    private void CarryOut(Dhcp6Effect effect)
    {
        switch (effect)
        {
            case Dhcp6Effect.Transmit transmit: Transmit(transmit.Message); break;
            case Dhcp6Effect.Announce announce: Announce(announce.Addresses); break;
            case Dhcp6Effect.SolicitRouters solicit: SolicitRouters(solicit.KnownRouters); break;
            case Dhcp6Effect.Configure configure:
                if (configure.Why is { } end) _lastEnd = end;
                Configure(configure.Lease);
                break;
            case Dhcp6Effect.Deconfigure deconfigure:
                _lastEnd = deconfigure.Why;
                Deconfigure(deconfigure.Lease);
                break;
            case Dhcp6Effect.Tell tell: Journal(tell.Report); break;
            case Dhcp6Effect.CommandDone done: AnswerCommand(done.Succeeded, done.Why); break;
            default: throw new ArgumentOutOfRangeException(nameof(effect), effect, null);
        }
    }

    private Dhcp6Lease InForce(Dhcp6Lease lease) =>
        _reading.Of(lease.Reply) is var reply && ReferenceEquals(reply, lease.Reply) ? lease : lease with { Reply = reply };

    // It is told when its addresses can be used, and by then the state is another one than that in which it came.
    private void NoteGrant()
    {
        if (ReferenceEquals(Client.Lease?.Reply, _granted)) return;
        _granted = Client.Lease?.Reply;
        _grantedIn = StateName;
    }

    private void TellLease()
    {
        if (_keeps || !Client.Tentative.IsEmpty) return;
        Dhcp6Reply? reply = Reply;
        if (ReferenceEquals(Client.Lease, _toldLease) && ReferenceEquals(Client.Information, _toldInformation) && ReferenceEquals(reply, _toldReply)) return;
        bool isGranted = Client.Lease is { } lease && !ReferenceEquals(lease.Reply, _toldLease?.Reply);
        var change = new Dhcp6Change(_toldInForce, Lease, reply, isGranted ? _grantedIn : StateName, _lastEnd)
        {
            StateAfter = Client.StateName,
            InformationBefore = _toldInformationInForce,
            InformationAfter = Information,
            ClientIdentifier = Client.ClientIdentifier,
        };
        _toldLease = Client.Lease;
        _toldInForce = change.After;
        if (Client.Configuration is not null) Counters.Acquisitions.End(BoottimeClock.Now);
        _toldInformation = Client.Information;
        _toldInformationInForce = change.InformationAfter;
        _toldReply = reply;
        LeaseChanged?.Invoke(change);
        _lastEnd = LeaseEnd.Expired;
    }

    private void ReceiveMessages()
    {
        for (int i = 0; i < MaxMessagesPerTurn; i++)
        {
            SocketResult result = _sockets.Receive(EventLoop.Scratch, out Dhcp6Reception reception);
            if (result.Outcome != SocketOutcome.Done) return;
            Receive(EventLoop.Scratch[..result.Length], reception);
        }
    }

    private void Receive(ReadOnlySpan<byte> octets, in Dhcp6Reception reception)
    {
        if (!Started) return;
        Instant now = BoottimeClock.Now;
        Dhcp6DropReason dropped = Dhcp6MessageView.TryParse(octets, out Dhcp6MessageView message);
        if (dropped == Dhcp6DropReason.None)
        {
            if (message.TryGetOption(Dhcp6Reports.ServerIdentifierOption, out ReadOnlySpan<byte> server)) Counters.Servers.Note(server);
            Client = Client.Receive(message, reception, LookAround(), now, Entropy, _effects, out dropped);
        }
        if (dropped == Dhcp6DropReason.None) NoteReceived(message, now);
        else if (_drops.Count(dropped, now)) Journal(Dhcp6Reports.Dropped(DropCounters<Dhcp6DropReason>.NameOf(dropped), _drops[dropped], octets));
        CarryOut();
    }

    private void NoteReceived(in Dhcp6MessageView message, Instant now)
    {
        Counters.NoteReceived((byte)message.Type);
        if (message.Type == Dhcp6MessageType.Advertise) Counters.Acquisitions.Reach(AcquisitionPart.Offer, now);
        else if (message.Type == Dhcp6MessageType.Reply) Counters.Acquisitions.Reach(AcquisitionPart.Acknowledge, now);
        Journal(Dhcp6Reports.Received(message));
    }

    // Down, refused, no buffers: the packet is lost like any that is lost on the way, and the schedule goes on. Netlink
    // tells of an interface that went.
    private void Transmit(Dhcp6Transmission message)
    {
        Span<byte> octets = stackalloc byte[Dhcp6MessageWriter.MaxLength];
        // From another hardware address it would tell of the one before.
        SocketResult result = message.Anonymity is not null && ReadMac() != _surroundings.Mac
            ? SocketResult.OtherHardwareAddress
            : _sockets.Send(octets[..Dhcp6MessageWriter.Write(message, Options.Identification, octets)]);
        Unsent = result.Outcome == SocketOutcome.Done ? null : result.Words;
        Counters.NoteSent((byte)message.Type, message.Xid, Unsent is null);
        if (Client.Lease is null && message.Type is not (Dhcp6MessageType.Release or Dhcp6MessageType.Decline)) Counters.Acquisitions.Ask(BoottimeClock.Now);
        Journal(Dhcp6Reports.Sent(message, Options.Identification, Unsent));
    }

    private void Announce(ImmutableArray<Ipv6Address> addresses)
    {
        if (Taken is not { } link || !Network.HardwareAddresses.TryRead(link.Index, out MacAddress mac)) return;
        bool isRouter = Network.Rtnl.FindIpv6State(link.Index) is { IsForwarding: true };
        foreach (Ipv6Address address in addresses)
        {
            if (_sockets.Send(NdPacket.Announcement(address, mac, isRouter)).Outcome == SocketOutcome.Done)
                Journal(Report.Of("announced", ("address", address.ToString()), ("mac", mac)));
        }
    }

    private void SolicitRouters(int knownRouters)
    {
        if (Taken is not { } link || _sockets.Local is not { } local) return;
        if (!Network.HardwareAddresses.TryRead(link.Index, out MacAddress mac)) return;
        _sockets.Send(NdPacket.SolicitRouters(local, mac));
        List<RouterNeighbour> routers = [];
        if (knownRouters == 0 || !Network.Rtnl.ReadRouters(link.Index, routers).Succeeded) return;
        int asked = 0;
        foreach (RouterNeighbour router in routers.Take(knownRouters))
        {
            _sockets.Send(NdPacket.SolicitRouter(local, mac, router.Address, router.Mac));
            asked++;
        }
        if (asked > 0) Feed(new Dhcp6Input.RoutersAsked(asked));
    }
}
