using BondDhcp.Net;

namespace BondDhcp.Dhcp.Wire;

/// <summary>A view of what relay agents and servers send each other (RFC 9915 section 9): for captures, a client gets none.</summary>
public readonly ref struct Dhcp6RelayView
{
    /// <summary>Octets of type, hop count, link and peer address; the options follow.</summary>
    public const int HeaderLength = 2 + 2 * Ipv6Address.Length;

    private Dhcp6RelayView(ReadOnlySpan<byte> octets) => Octets = octets;

    /// <summary>The whole message.</summary>
    public ReadOnlySpan<byte> Octets { get; }

    /// <summary>RELAY-FORW or RELAY-REPL.</summary>
    public Dhcp6MessageType Type => (Dhcp6MessageType)Octets[0];

    /// <summary>Relay agents it passed before this one.</summary>
    public byte HopCount => Octets[1];

    /// <summary>An address of the client's link; :: where the relay agent has none to tell.</summary>
    public Ipv6Address LinkAddress => Ipv6Address.FromBytes(Octets[2..]);

    /// <summary>Whom the relayed message came from, or is for.</summary>
    public Ipv6Address PeerAddress => Ipv6Address.FromBytes(Octets[(2 + Ipv6Address.Length)..]);

    /// <summary>What follows the header.</summary>
    public ReadOnlySpan<byte> OptionOctets => Octets[HeaderLength..];

    /// <summary>True for a relay message with a whole header; its options are not looked at.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, out Dhcp6RelayView view)
    {
        view = new Dhcp6RelayView(message);
        return message.Length >= HeaderLength && view.Type is Dhcp6MessageType.RelayForward or Dhcp6MessageType.RelayReply;
    }
}
