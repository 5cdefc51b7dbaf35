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

    /// <summary>The data of an option; false when it is absent.</summary>
    public bool TryGetOption(byte code, out ReadOnlySpan<byte> data)
    {
        data = default;
        ReadOnlySpan<byte> rest = _message[240..];
        while (rest.Length >= 2 && rest[0] != 255)
        {
            if (rest[0] == 0)
            {
                rest = rest[1..];
                continue;
            }
            if (rest.Length < 2 + rest[1]) return false;
            if (rest[0] == code)
            {
                data = rest.Slice(2, rest[1]);
                return true;
            }
            rest = rest[(2 + rest[1])..];
        }
        return false;
    }

    /// <summary>Checks V6, V7, V10 and V11 over the UDP payload.</summary>
    public static Dhcp4DropReason TryParse(ReadOnlySpan<byte> message, out Dhcp4MessageView view)
    {
        view = new Dhcp4MessageView(message);
        return message.Length < 240 ? Dhcp4DropReason.UdpLength : Dhcp4DropReason.None;
    }
}
