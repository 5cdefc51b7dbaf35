using System.Buffers.Binary;

namespace BondDhcp.Dhcp.Wire;

/// <summary>
/// A REPLY put together again from its parts, ours or another client's, so that the one reader that judges messages from
/// the network judges it too.
/// </summary>
public sealed class Dhcp6ReplyMessage
{
    // What the parser itself would take: a UDP datagram.
    private const int MaxLength = 65527;
    private const int OptionHeaderLength = 4;

    private readonly List<byte> _octets = [];

    /// <summary>A message without options.</summary>
    /// <param name="xid">Its transaction identifier, 24 bits.</param>
    public Dhcp6ReplyMessage(uint xid) => AddWord((uint)Dhcp6MessageType.Reply << 24 | xid & Dhcp6MessageView.MaxXid);

    /// <summary>Appends an option; false for more than a message can hold.</summary>
    public bool TryAdd(ushort code, ReadOnlySpan<byte> data)
    {
        if (_octets.Count + OptionHeaderLength + data.Length > MaxLength) return false;
        AddWord((uint)code << 16 | (uint)data.Length);
        _octets.AddRange(data);
        return true;
    }

    /// <summary>Null, with the reason, for what would not be taken from the network either.</summary>
    public Dhcp6Reply? Read(out Dhcp6DropReason reason) => Read([], out reason);

    /// <inheritdoc cref="Read(out Dhcp6DropReason)"/>
    /// <param name="configured">Codes of the options that come from this host's owner.</param>
    /// <param name="reason">Why not.</param>
    internal Dhcp6Reply? Read(ReadOnlySpan<ushort> configured, out Dhcp6DropReason reason)
    {
        reason = Dhcp6MessageView.TryParse(_octets.ToArray(), out Dhcp6MessageView view);
        if (reason != Dhcp6DropReason.None) return null;
        reason = Dhcp6ReplyReader.TryRead(view, configured, out Dhcp6Reply? reply);
        return reply;
    }

    private void AddWord(uint word)
    {
        Span<byte> octets = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(octets, word);
        _octets.AddRange(octets);
    }
}
