using System.Runtime.InteropServices;

namespace BondDhcp.Bond.Netlink;

/// <summary>The messages of one netlink datagram, bounds-checked: whatever the octets are, it ends and never throws.</summary>
public ref struct NetlinkReader
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Reads from the start of <paramref name="datagram"/>.</summary>
    public NetlinkReader(ReadOnlySpan<byte> datagram) => _rest = datagram;

    /// <summary>True when reading ended at octets that are no message.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>The next message; false at the end or at the first octets that are none.</summary>
    public bool TryRead(out NetlinkMessage message)
    {
        message = default;
        if (_rest.IsEmpty) return false;
        if (_rest.Length < NetlinkWriter.HeaderLength) return Stop();
        uint length = MemoryMarshal.Read<uint>(_rest);
        if (length < NetlinkWriter.HeaderLength || length > (uint)_rest.Length) return Stop();

        message = new NetlinkMessage(_rest[..(int)length]);
        int next = NetlinkWriter.Align((int)length);
        // The last message of a datagram need not be padded.
        _rest = next < _rest.Length ? _rest[next..] : default;
        return true;
    }

    private bool Stop()
    {
        IsMalformed = true;
        _rest = default;
        return false;
    }
}

/// <summary>One netlink message.</summary>
public readonly ref struct NetlinkMessage
{
    private readonly ReadOnlySpan<byte> _octets;

    // At least a header: NetlinkReader saw to that.
    internal NetlinkMessage(ReadOnlySpan<byte> octets) => _octets = octets;

    /// <summary>nlmsg_type.</summary>
    public ushort Type => MemoryMarshal.Read<ushort>(_octets[4..]);

    /// <summary>nlmsg_flags.</summary>
    public ushort Flags => MemoryMarshal.Read<ushort>(_octets[6..]);

    /// <summary>nlmsg_seq: that of the request which this answers; 0 in an event nobody asked for.</summary>
    public uint Sequence => MemoryMarshal.Read<uint>(_octets[8..]);

    /// <summary>What follows the header.</summary>
    public ReadOnlySpan<byte> Payload => _octets[NetlinkWriter.HeaderLength..];

    /// <summary>
    /// Splits the payload into a fixed header of <paramref name="headerLength"/> octets and the attributes after it;
    /// false when it is shorter than that.
    /// </summary>
    public bool TrySplit(int headerLength, out ReadOnlySpan<byte> header, out NetlinkAttributeReader attributes)
    {
        ReadOnlySpan<byte> payload = Payload;
        if (payload.Length < headerLength)
        {
            header = default;
            attributes = default;
            return false;
        }
        header = payload[..headerLength];
        int start = Math.Min(NetlinkWriter.Align(headerLength), payload.Length);
        attributes = new NetlinkAttributeReader(payload[start..]);
        return true;
    }
}
