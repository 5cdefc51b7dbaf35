using BondDhcp.Dhcp.Wire;

namespace BondDhcp.Dhcp.Client;

public sealed partial record Dhcp4Client
{
    private const byte MessageTypeOption = 53;
    private const byte ClientIdentifierOption = 61;

    /// <summary>V5, V8, V9, V12 (FORCERENEW) and V13: is this a reply to something we sent? Allocates nothing.</summary>
    private Dhcp4DropReason Screen(in Dhcp4MessageView message, in Dhcp4Reception reception)
    {
        const byte outgoing = 4;
        if (reception.PacketType >= outgoing) return Dhcp4DropReason.PacketType;

        // A FORCERENEW belongs to no exchange and has its own counter (RFC 3203; unauthenticated ones are never taken).
        if (message.TryGetOption(MessageTypeOption, out ReadOnlySpan<byte> type) && type.Length == 1
            && type[0] == (byte)Dhcp4MessageType.ForceRenew)
            return Dhcp4DropReason.ForceRenew;

        if (!TryFindExchange(message.Xid, out Dhcp4Exchange exchange))
            return HasExchange ? Dhcp4DropReason.Xid : Dhcp4DropReason.NoExchange;
        if (!exchange.Chaddrs.Contains(message.Chaddr)) return Dhcp4DropReason.Chaddr;

        // RFC 6842 section 3: absent is accepted, because most servers do not echo it.
        if (message.TryGetOption(ClientIdentifierOption, out ReadOnlySpan<byte> client)
            && !client.SequenceEqual(ClientIdentifier.AsSpan()))
            return Dhcp4DropReason.ClientIdentifier;
        return Dhcp4DropReason.None;
    }

    private bool HasExchange =>
        State.AcquisitionInState is { Exchange.IsUnderWay: true } || State.VerificationInState is not null
        || State.ExtensionInState is { Exchange.IsUnderWay: true } || Beside is { Exchange.IsUnderWay: true };

    private bool TryFindExchange(uint xid, out Dhcp4Exchange exchange)
    {
        if (State.AcquisitionInState is { } acquisition && Matches(acquisition.Exchange, xid, out exchange)) return true;
        if (State.VerificationInState is { } verification)
        {
            if (Matches(verification.First.Exchange, xid, out exchange)) return true;
            if (verification.Second is { } second && Matches(second.Exchange, xid, out exchange)) return true;
        }
        if (State.ExtensionInState is { } extension && Matches(extension.Exchange, xid, out exchange)) return true;
        if (Beside is { } beside && Matches(beside.Exchange, xid, out exchange)) return true;
        exchange = default;
        return false;
    }

    private static bool Matches(in Dhcp4Exchange candidate, uint xid, out Dhcp4Exchange exchange)
    {
        exchange = candidate;
        return candidate.Xid == xid && candidate.IsUnderWay;
    }
}
