using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Inform;

/// <summary>One step of <see cref="Dhcp4InformClient"/>.</summary>
internal sealed class Dhcp4InformTurn(
    Dhcp4InformClient client, Dhcp4Surroundings surroundings, Instant now, EntropySource entropy, List<Dhcp4Effect> effects)
{
    // A DHCPACK to a DHCPINFORM says nothing of how long it holds (RFC 2131 section 4.3.5): as long as what DHCPv6 says in the
    // same way (IRT_DEFAULT, RFC 9915 section 7.6).
    private static readonly TimeSpan s_refreshInterval = TimeSpan.FromHours(24);

    // Hosts that started together are not to ask together for ever.
    private const double RefreshSpread = 0.05;

    // A path that flaps is not a reason to ask more often.
    private static readonly TimeSpan s_leastGap = TimeSpan.FromSeconds(1);

    private Dhcp4InformClient _client = client;

    /// <summary>Takes an input.</summary>
    public Dhcp4InformClient Take(Dhcp4InformInput input)
    {
        Handle(input);
        Advance();
        return _client;
    }

    /// <summary>Takes a server's answer.</summary>
    public Dhcp4InformClient Take(Dhcp4Reply reply)
    {
        bool again = _client.Information is not null;
        _client = _client with { Information = new Dhcp4Information(reply, reply.Chaddr, now) };
        TimeSpan until = s_refreshInterval * (1 + RefreshSpread * entropy.NextJitter());
        Enter(new Dhcp4InformState.Bound(now + until));
        Tell("informed", ("address", _client.Address), ("server", reply.ServerIdentifier), ("again", again));
        foreach (string note in reply.Notes) Tell("warning", ("message", note));
        Done(succeeded: true, null);
        return _client;
    }

    private void Handle(Dhcp4InformInput input)
    {
        switch (input)
        {
            case Dhcp4InformInput.Start start:
                _client = _client with { Address = start.Address, LinkUsable = start.Usable, LinkUnusableWhy = start.Usable ? "" : start.Why };
                Ask();
                break;
            case Dhcp4InformInput.Stop stop:
                Done(succeeded: false, "stopped");
                if (stop.Forget) Forget();
                Enter(new Dhcp4InformState.Stopped("stopped"));
                break;
            case Dhcp4InformInput.LinkUsable usable:
                _client = _client with { LinkUsable = true, LinkUnusableWhy = "" };
                MeetPath(usable.Network);
                break;
            case Dhcp4InformInput.LinkUnusable unusable:
                _client = _client with { LinkUsable = false, LinkUnusableWhy = unusable.Why };
                if (_client.State is not Dhcp4InformState.Stopped) Enter(new Dhcp4InformState.Waiting(unusable.Why));
                break;
            case Dhcp4InformInput.PathChanged changed: MeetPath(changed.Network); break;
            case Dhcp4InformInput.AddressChanged changed when changed.Address != _client.Address:
                _client = _client with { Address = changed.Address };
                // It was said to another address.
                Forget();
                if (_client.State is not Dhcp4InformState.Stopped) Ask();
                break;
            case Dhcp4InformInput.Retransmitted sent: NoteRetransmission(sent.Chaddr); break;
            case Dhcp4InformInput.Command command: Obey(command.What); break;
            case Dhcp4InformInput.Reconfigured reconfigured:
                _client = _client with { Settings = reconfigured.Settings };
                if (_client.State is not Dhcp4InformState.Stopped) Ask();
                break;
            case Dhcp4InformInput.Resumed when _client.State is not Dhcp4InformState.Stopped: Ask(); break;
        }
    }

    private void MeetPath(PathClass network)
    {
        // What a server of another network said is of no use here.
        if (network == PathClass.Different) Forget();
        if (_client.State is not Dhcp4InformState.Stopped) Ask();
    }

    private void Obey(DhcpCommand command)
    {
        Tell("command", ("command", DhcpCommandName.Of(command)));
        Done(succeeded: false, "another command followed");
        _client = _client with { PendingCommand = command };
        switch (command)
        {
            // There is nothing to give back; it is not in force any more.
            case DhcpCommand.Release:
                Forget();
                Enter(new Dhcp4InformState.Stopped("released; idle until acquire"));
                Done(succeeded: true, null);
                break;
            case DhcpCommand.Acquire when _client.State is Dhcp4InformState.Bound: Done(succeeded: true, null); break;
            case DhcpCommand.Renew or DhcpCommand.Rebind when _client.State is Dhcp4InformState.Stopped: Done(succeeded: false, "there is nothing to renew"); break;
            default:
                Ask();
                if (_client.State is Dhcp4InformState.Waiting waiting) Done(succeeded: false, waiting.Why);
                break;
        }
    }

    private void Forget() => _client = _client with { Information = null };

    /// <summary>Asks, as soon as there is an address and a link to do it on.</summary>
    private void Ask()
    {
        if (!_client.LinkUsable) Enter(new Dhcp4InformState.Waiting(_client.LinkUnusableWhy));
        else if (_client.Address is null) Enter(new Dhcp4InformState.Waiting("none of the interface's IPv4 addresses is there yet"));
        else
        {
            Instant at = _client.LastSentAt is { } last ? Instant.Max(now, last + s_leastGap) : now;
            Enter(new Dhcp4InformState.Requesting(new Dhcp4InformExchange(Dhcp4Exchange.New(entropy), 0, at, now), _client.Information is not null));
        }
    }

    private void Advance()
    {
        switch (_client.State)
        {
            case Dhcp4InformState.Bound bound when bound.RefreshAt <= now:
                Ask();
                Advance();
                break;
            case Dhcp4InformState.Requesting requesting when requesting.Asking.SendAt <= now: Send(requesting); break;
        }
    }

    private void Send(Dhcp4InformState.Requesting requesting)
    {
        Dhcp4InformExchange asking = requesting.Asking;
        Instant allowed = _client.Budget.DhcpAllowedAt(surroundings.PathIndex, now, surroundings.OtherSenders);
        if (allowed > now)
        {
            if (allowed > now + TransmitBudget.NotableDelay)
            {
                // Once: who is held back is asked again at every input.
                if (_client.HeldBackUntil <= now) Tell("warning", ("message", TransmitBudget.HeldBackWords(allowed, now)));
                _client = _client with { HeldBackUntil = allowed };
            }
            _client = _client with { State = requesting with { Asking = asking with { SendAt = allowed } } };
            return;
        }
        Ipv4Address own = _client.Address!.Value.Address;
        // Broadcast although a server may be known: another one may have its place. The answer comes to ciaddr (RFC 2131
        // section 4.3.5). No 50, no 54, and no time is asked for.
        effects.Add(new Dhcp4Effect.Transmit(new Dhcp4Transmission
        {
            Type = Dhcp4MessageType.Inform,
            Xid = asking.Exchange.Xid,
            Secs = Dhcp4Timing.Secs(asking.SecsFrom, now),
            Ciaddr = own,
            Source = own,
        }));
        int sent = asking.Sent + 1;
        _client = _client with
        {
            Budget = _client.Budget.DhcpSent(surroundings.PathIndex, now),
            LastSentAt = now,
            HeldBackUntil = Instant.Zero,
            State = requesting with
            {
                Asking = asking with { Exchange = asking.Exchange.Sent(surroundings.Mac), Sent = sent, SendAt = now + Dhcp4Timing.Backoff(sent, entropy) },
            },
        };
    }

    private void NoteRetransmission(MacAddress chaddr)
    {
        _client = _client with { Budget = _client.Budget.DhcpSent(surroundings.PathIndex, now) };
        if (_client.State is Dhcp4InformState.Requesting { Asking: { Exchange.IsUnderWay: true } asking } requesting)
            _client = _client with { State = requesting with { Asking = asking with { Exchange = asking.Exchange.Sent(chaddr) } } };
    }

    private void Enter(Dhcp4InformState next)
    {
        string from = _client.State.Name;
        _client = _client with { State = next };
        if (from == next.Name) return;
        string? why = next switch
        {
            Dhcp4InformState.Stopped stopped => stopped.Why,
            Dhcp4InformState.Waiting waiting => waiting.Why,
            _ => null,
        };
        Tell("state", ("from", from), ("to", next.Name), ("why", why));
    }

    private void Done(bool succeeded, string? why)
    {
        if (_client.PendingCommand is not { } command) return;
        _client = _client with { PendingCommand = null };
        effects.Add(new Dhcp4Effect.CommandDone(command, succeeded, why));
    }

    private void Tell(string name, params ReadOnlySpan<(string Name, object? Value)> fields) =>
        effects.Add(new Dhcp4Effect.Tell(Report.Of(name, fields)));
}
