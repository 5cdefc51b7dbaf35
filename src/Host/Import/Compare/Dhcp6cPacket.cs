using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Import.Wide;
using BondDhcp.Net;

namespace BondDhcp.Host.Import.Compare;

/// <summary>
/// The first packet of WIDE's dhcp6c (its dhcp6c.c, client6_send()), as its configuration and the file of its DUID make it. It
/// keeps no leases: every start begins with a search.
/// </summary>
internal static class Dhcp6cPacket
{
    /// <summary>The packet.</summary>
    /// <param name="settings">dhcp6c.conf for the interface.</param>
    /// <param name="duid">The DUID; null where it makes one when it starts.</param>
    public static FirstPacket6 Of(Dhcp6cSettings settings, Duid? duid)
    {
        FirstPacket6 packet = FirstPacket6.Of(settings.IsStateless ? Dhcp6MessageType.InformationRequest : Dhcp6MessageType.Solicit)
            .With(1, duid is null ? [] : [.. duid.Octets]).With(8, [0, 0]).WithRequest(settings.Requested);
        if (settings.IsStateless) return packet;
        if (settings.RapidCommit) packet = packet.With(14, []);
        foreach (Dhcp6cAssociation association in settings.Associations)
        {
            IaOctets octets = new(association.Iaid, 0, 0);
            foreach (Dhcp6cWish wish in association.Wishes)
            {
                if (association.IsDelegation) octets.AddPrefix(wish.Prefix, wish.PreferredSeconds, wish.ValidSeconds);
                else if (wish.Prefix.PrefixLength == Ipv6Address.Bits) octets.AddAddress(wish.Prefix.Address, wish.PreferredSeconds, wish.ValidSeconds);
            }
            packet = packet.With((ushort)(association.IsDelegation ? 25 : 3), octets.Data);
        }
        return packet;
    }
}
