using System.Buffers.Binary;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Wire;

/// <summary>
/// A DHCPACK put together again from its parts, ours or another client's, so that the one reader that judges messages
/// from the network judges it too.
/// </summary>
public sealed class Dhcp4AckMessage
{
    private const int OptionsOffset = 240;
    private const int MaxFragmentLength = 255;
    private const byte OptionOverload = 52;
    private const byte OptionEnd = 255;

    // What the parser itself would take: a UDP datagram.
    private const int MaxLength = 65507;

    private readonly List<byte> _octets;

    /// <summary>A message without options.</summary>
    public Dhcp4AckMessage(uint xid, MacAddress chaddr, Ipv4Address yiaddr, Ipv4Address siaddr, Ipv4Address giaddr)
    {
        Span<byte> head = stackalloc byte[OptionsOffset];
        head.Clear();
        // op BOOTREPLY, htype Ethernet, hlen 6 (RFC 2131 section 2), and the magic cookie.
        head[0] = 2;
        head[1] = 1;
        head[2] = MacAddress.Length;
        BinaryPrimitives.WriteUInt32BigEndian(head[4..], xid);
        yiaddr.CopyTo(head[16..]);
        siaddr.CopyTo(head[20..]);
        giaddr.CopyTo(head[24..]);
        chaddr.CopyTo(head[28..]);
        BinaryPrimitives.WriteUInt32BigEndian(head[236..], 0x63825363);
        _octets = [.. head];
    }

    /// <summary>Appends an option, in as many fragments as its length needs (RFC 3396).</summary>
    /// <exception cref="FormatException">More than a message can hold.</exception>
    public void Add(byte code, ReadOnlySpan<byte> data)
    {
        // The options of the overloaded fields are in the list; the fields themselves are not kept.
        if (code == OptionOverload) return;
        if (_octets.Count + data.Length > MaxLength) throw new FormatException("options");
        do
        {
            ReadOnlySpan<byte> fragment = data[..Math.Min(data.Length, MaxFragmentLength)];
            _octets.Add(code);
            _octets.Add((byte)fragment.Length);
            _octets.AddRange(fragment);
            data = data[fragment.Length..];
        }
        while (!data.IsEmpty);
    }

    /// <summary>Null, with the reason, for what would not be taken from the network either.</summary>
    public Dhcp4Reply? Read(out Dhcp4DropReason reason) => Read([], informed: null, out reason);

    /// <inheritdoc cref="Read(out Dhcp4DropReason)"/>
    /// <param name="configured">Codes of the options that come from this host's owner.</param>
    /// <param name="informed">The address for which a DHCPINFORM was sent; null for a lease.</param>
    /// <param name="reason">Why not.</param>
    internal Dhcp4Reply? Read(ReadOnlySpan<byte> configured, Ipv4Prefix? informed, out Dhcp4DropReason reason)
    {
        _octets.Add(OptionEnd);
        reason = Dhcp4MessageView.TryParse(_octets.ToArray(), out Dhcp4MessageView view);
        if (reason != Dhcp4DropReason.None) return null;
        reason = Dhcp4ReplyReader.TryRead(view, configured, informed, out Dhcp4Reply? reply);
        if (reply is { Type: not Dhcp4MessageType.Ack }) reason = Dhcp4DropReason.MessageType;
        return reason == Dhcp4DropReason.None ? reply : null;
    }
}
