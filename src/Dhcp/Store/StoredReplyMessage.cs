using System.Buffers.Binary;
using BondDhcp.Dhcp.Wire;

namespace BondDhcp.Dhcp.Store;

/// <summary>
/// A REPLY put together again from its stored parts, ours or another client's, so that the one reader that judges
/// messages from the network judges it too.
/// </summary>
public sealed class StoredReplyMessage
{
    // What the parser itself would take: a UDP datagram.
    private const int MaxLength = 65527;

    private readonly List<byte> _octets = [];

    /// <summary>A message without options.</summary>
    /// <param name="xid">Its transaction identifier, 24 bits.</param>
    public StoredReplyMessage(uint xid) => AddWord((uint)Dhcp6MessageType.Reply << 24 | xid & Dhcp6MessageView.MaxXid);

    /// <summary>Appends an option.</summary>
    /// <exception cref="FormatException">More than a message can hold.</exception>
    public void Add(ushort code, ReadOnlySpan<byte> data)
    {
        if (_octets.Count + sizeof(uint) + data.Length > MaxLength) throw new FormatException("options");
        AddWord((uint)code << 16 | (uint)data.Length);
        _octets.AddRange(data);
    }

    /// <summary>Null, with the reason, for what would not be taken from the network either.</summary>
    public Dhcp6Reply? Read(out Dhcp6DropReason reason)
    {
        reason = Dhcp6MessageView.TryParse(_octets.ToArray(), out Dhcp6MessageView view);
        if (reason != Dhcp6DropReason.None) return null;
        reason = Dhcp6ReplyReader.TryRead(view, out Dhcp6Reply? reply);
        return reply;
    }

    private void AddWord(uint word)
    {
        Span<byte> octets = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(octets, word);
        _octets.AddRange(octets);
    }
}
