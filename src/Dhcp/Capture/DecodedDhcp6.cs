using System.Collections.Immutable;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Capture;

/// <summary>A DHCPv6 packet of a capture: everything it says, and what the rules for received messages say about it.</summary>
public sealed record DecodedDhcp6 : DecodedPacket
{
    /// <summary>IP source.</summary>
    public required Ipv6Address Source { get; init; }

    /// <summary>IP destination.</summary>
    public required Ipv6Address Destination { get; init; }

    /// <summary>The message; null when it is too short to have a header.</summary>
    public DecodedDhcp6Message? Message { get; init; }
}

/// <summary>A message between client and server, or one of a relay agent with the message in its option 9.</summary>
public sealed record DecodedDhcp6Message
{
    /// <summary>The first octet.</summary>
    public required Dhcp6MessageType Type { get; init; }

    /// <summary>Transaction identifier; null in a relay agent's message.</summary>
    public uint? Xid { get; init; }

    /// <summary>Relay agents passed; null in any other message.</summary>
    public byte? HopCount { get; init; }

    /// <summary>The client's link; null in any other message than a relay agent's.</summary>
    public Ipv6Address? LinkAddress { get; init; }

    /// <summary>Whom the relayed message is from, or for; null in any other message than a relay agent's.</summary>
    public Ipv6Address? PeerAddress { get; init; }

    /// <summary>The options at the top, in order; up to the damage in a malformed message.</summary>
    public ImmutableArray<Dhcp6Option> Options { get; init; } = [];

    /// <summary><c>SOLICIT</c>.</summary>
    public string Name => Dhcp6MessageName.Of(Type);

    /// <summary>Reads a message whatever the rules say about it; null when it has no whole header.</summary>
    internal static DecodedDhcp6Message? Of(ReadOnlySpan<byte> payload)
    {
        if (Dhcp6RelayView.TryParse(payload, out Dhcp6RelayView relay))
        {
            return new DecodedDhcp6Message
            {
                Type = relay.Type,
                HopCount = relay.HopCount,
                LinkAddress = relay.LinkAddress,
                PeerAddress = relay.PeerAddress,
                Options = Dhcp6MessageView.CopyOptions(relay.OptionOctets),
            };
        }
        Dhcp6DropReason reason = Dhcp6MessageView.TryParse(payload, out Dhcp6MessageView view);
        bool isRelay = payload.Length > 0 && view.Type is Dhcp6MessageType.RelayForward or Dhcp6MessageType.RelayReply;
        if (reason == Dhcp6DropReason.Length || isRelay) return null;
        return new DecodedDhcp6Message { Type = view.Type, Xid = view.Xid, Options = view.CopyOptions() };
    }
}
