using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client6;

public sealed partial record Dhcp6Client
{
    /// <summary>Takes a DHCP message read in place; <paramref name="dropped"/> says why it was not used.</summary>
    /// <param name="message">A well-formed message.</param>
    /// <param name="reception">What the socket said about it.</param>
    /// <param name="surroundings">As in <see cref="Step"/>.</param>
    /// <param name="now">As in <see cref="Step"/>.</param>
    /// <param name="entropy">As in <see cref="Step"/>.</param>
    /// <param name="effects">As in <see cref="Step"/>.</param>
    /// <param name="dropped">None when it was used.</param>
    public Dhcp6Client Receive(
        in Dhcp6MessageView message, in Dhcp6Reception reception, Dhcp6Surroundings surroundings, Instant now,
        EntropySource entropy, List<Dhcp6Effect> effects, out Dhcp6DropReason dropped)
    {
        // What is not ours leaves without an allocation.
        dropped = reception.Screen();
        if (dropped != Dhcp6DropReason.None) return this;
        dropped = Find(message, out Dhcp6Exchange? exchange);
        if (dropped != Dhcp6DropReason.None) return this;
        dropped = Dhcp6ReplyReader.TryRead(message, ExpectationOf(exchange!), out Dhcp6Reply? reply);
        if (dropped != Dhcp6DropReason.None) return this;

        var turn = new Dhcp6Turn(this, surroundings, now, entropy, effects);
        turn.NoteHardwareAddress();
        dropped = turn.Receive(reply!, exchange!);
        return Finish(turn, now).AfterAnswer(reply!, exchange!.Xid, dropped);
    }

    /// <summary>The exchange that the message may answer. A RECONFIGURE answers none and has its own counter.</summary>
    private Dhcp6DropReason Find(in Dhcp6MessageView message, out Dhcp6Exchange? exchange)
    {
        exchange = null;
        if (message.Type == Dhcp6MessageType.Reconfigure) return Dhcp6DropReason.Reconfigure;
        if (message.Type is not (Dhcp6MessageType.Advertise or Dhcp6MessageType.Reply)) return Dhcp6DropReason.MessageType;
        Dhcp6Exchange? main = UnderWay(State.ExchangeInState), decline = UnderWay(Decline?.Exchange), information = UnderWay(InformationBeside);
        Dhcp6Exchange? release = UnderWay(PrefixRelease?.Exchange);
        if (main is null && decline is null && information is null && release is null) return Dhcp6DropReason.NoExchange;
        uint xid = message.Xid;
        exchange = main?.Xid == xid ? main : decline?.Xid == xid ? decline : information?.Xid == xid ? information
            : release?.Xid == xid ? release : null;
        return exchange is null ? Dhcp6DropReason.Xid : Dhcp6DropReason.None;
    }

    private static Dhcp6Exchange? UnderWay(Dhcp6Exchange? exchange) => exchange is { IsUnderWay: true } ? exchange : null;

    private Dhcp6Expectation ExpectationOf(Dhcp6Exchange exchange)
    {
        bool soliciting = exchange.Type == Dhcp6MessageType.Solicit;
        return new Dhcp6Expectation
        {
            Xid = exchange.Xid,
            // Sent without one, the question has an answer without one (RFC 9915 section 16.10).
            ClientIdentifier = Settings.Anonymous && exchange.Type == Dhcp6MessageType.InformationRequest ? null : ClientIdentifier,
            ServerIdentifier = exchange.Server,
            Advertise = soliciting,
            Reply = true,
            // Where it was not sent no REPLY is an answer to a SOLICIT, with option 14 or without; the turn drops it.
            RapidCommit = soliciting,
        };
    }
}
