using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Inform;

/// <summary>
/// A client that has an address and asks for the rest by DHCPINFORM (RFC 2131 section 4.4.3). Pure and immutable, as
/// <see cref="Dhcp4Client"/> is.
/// </summary>
public sealed record Dhcp4InformClient
{
    private const byte ClientIdentifierOption = 61;

    /// <summary>The configuration; what is about leases is of no account.</summary>
    public required Dhcp4Settings Settings { get; init; }

    /// <summary>Where it is.</summary>
    public Dhcp4InformState State { get; init; } = new Dhcp4InformState.Stopped("not started");

    /// <summary>The address asked for; null while none is on the interface.</summary>
    public Ipv4Prefix? Address { get; init; }

    /// <summary>The link can carry frames.</summary>
    public bool LinkUsable { get; init; }

    /// <summary>Why it cannot; empty when it can.</summary>
    public string LinkUnusableWhy { get; init; } = "not started";

    /// <summary>What a server said, which is in force; null for nothing.</summary>
    public Dhcp4Information? Information { get; init; }

    /// <summary>What was sent, for the caps of each path.</summary>
    public TransmitBudget Budget { get; internal init; } = new();

    internal Instant? LastSentAt { get; init; }

    /// <summary>Until when the cap holds the next message back for longer than <see cref="TransmitBudget.NotableDelay"/>.</summary>
    internal Instant HeldBackUntil { get; init; }

    internal DhcpCommand? PendingCommand { get; init; }

    /// <summary>The last answer that the configuration has ignored; null for none.</summary>
    internal IgnoredAnswer? Ignored { get; init; }

    /// <summary>A client that has not been started.</summary>
    /// <param name="settings">The configuration.</param>
    /// <param name="sent">What one before it sent, which counts on; null for none.</param>
    public static Dhcp4InformClient Create(Dhcp4Settings settings, TransmitBudget? sent = null) => new() { Settings = settings, Budget = sent ?? new() };

    /// <summary>The earliest instant at which <see cref="Dhcp4InformInput.DeadlineReached"/> is due.</summary>
    public Instant NextDeadline => State switch
    {
        Dhcp4InformState.Requesting requesting => requesting.Asking.SendAt,
        Dhcp4InformState.Bound bound => bound.RefreshAt,
        _ => Instant.Never,
    };

    /// <summary>As <see cref="Why"/>, and that the cap on messages holds the next one back.</summary>
    /// <param name="now">The present.</param>
    public string? WhyAt(Instant now) =>
        HeldBackUntil > now && State is Dhcp4InformState.Requesting ? TransmitBudget.HeldBackWords(HeldBackUntil, now)
        : Why is { } silent && State is Dhcp4InformState.Requesting { Asking: var asking } ? $"{silent}; {TransmitBudget.NextWords("DHCPINFORM", asking.SendAt, now)}"
        : Why;

    /// <summary>Why it is not as wanted; null when it is, or when nothing has gone wrong yet.</summary>
    public string? Why => State switch
    {
        Dhcp4InformState.Stopped stopped => stopped.Why,
        Dhcp4InformState.Waiting waiting => waiting.Why,
        Dhcp4InformState.Requesting requesting when Ignored?.Xid == requesting.Asking.Exchange.Xid =>
            requesting.Again ? $"{Ignored.Words}; what one said before stays in force" : Ignored.Words,
        Dhcp4InformState.Requesting { Asking.Sent: > 1, Again: true } => "no DHCP server answers; what one said before stays in force",
        Dhcp4InformState.Requesting { Asking.Sent: > 1 } => "no DHCP server answers",
        _ => null,
    };

    /// <summary>Takes an input; appends what is to be done to <paramref name="effects"/>, in order.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="surroundings">The interface as the kernel shows it at this moment.</param>
    /// <param name="now">The instant; never before that of the last step.</param>
    /// <param name="entropy">Randomness.</param>
    /// <param name="effects">Appended to: transmissions, reports, ends of commands.</param>
    public Dhcp4InformClient Step(
        Dhcp4InformInput input, Dhcp4Surroundings surroundings, Instant now, EntropySource entropy, List<Dhcp4Effect> effects) =>
        new Dhcp4InformTurn(this, surroundings, now, entropy, effects).Take(input);

    /// <summary>Takes a DHCP message read in place; <paramref name="dropped"/> says why it was not used.</summary>
    public Dhcp4InformClient Receive(
        in Dhcp4MessageView message, in Dhcp4Reception reception, Dhcp4Surroundings surroundings, Instant now,
        EntropySource entropy, List<Dhcp4Effect> effects, out Dhcp4DropReason dropped)
    {
        dropped = Screen(message, reception);
        if (dropped != Dhcp4DropReason.None || Address is not { } address) return this;
        dropped = Dhcp4ReplyReader.TryRead(message, [], address, out Dhcp4Reply? reply);
        if (dropped == Dhcp4DropReason.None && !IsAllowed(reply!.ServerIdentifier)) dropped = Dhcp4DropReason.ServerNotAllowed;
        if (dropped == Dhcp4DropReason.ServerNotAllowed)
            return this with { Ignored = new IgnoredAnswer(reply!.Xid, reply.ServerIdentifier.ToString(), [], Settings.RejectServers.Contains(reply.ServerIdentifier)) };
        return dropped == Dhcp4DropReason.None ? new Dhcp4InformTurn(this, surroundings, now, entropy, effects).Take(reply!) : this;
    }

    private Dhcp4DropReason Screen(in Dhcp4MessageView message, in Dhcp4Reception reception)
    {
        const byte outgoing = 4;
        if (reception.PacketType >= outgoing) return Dhcp4DropReason.PacketType;
        if (State is not Dhcp4InformState.Requesting { Asking.Exchange: { IsUnderWay: true } exchange }) return Dhcp4DropReason.NoExchange;
        if (message.Xid != exchange.Xid) return Dhcp4DropReason.Xid;
        if (!exchange.Chaddrs.Contains(message.Chaddr)) return Dhcp4DropReason.Chaddr;
        return message.TryGetOption(ClientIdentifierOption, out ReadOnlySpan<byte> client) && !client.SequenceEqual(Settings.ClientIdentifier.AsSpan())
            ? Dhcp4DropReason.ClientIdentifier
            : Dhcp4DropReason.None;
    }

    private bool IsAllowed(Ipv4Address server) =>
        (Settings.RequireServers.IsEmpty || Settings.RequireServers.Contains(server)) && !Settings.RejectServers.Contains(server);
}
