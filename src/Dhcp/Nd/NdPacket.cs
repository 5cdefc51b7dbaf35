using System.Buffers.Binary;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Nd;

/// <summary>
/// A Neighbour Discovery packet of ours (RFC 4861 section 4): what follows the Ethernet header, IPv6 header included, so
/// that the hardware address it tells and the one it leaves from are of the same moment.
/// </summary>
/// <param name="Type">ICMPv6 type: <see cref="RouterSolicitation"/>, <see cref="NeighbourSolicitation"/> or <see cref="NeighbourAdvertisement"/>.</param>
/// <param name="Source">A non-tentative address of the interface.</param>
/// <param name="Destination">Where to.</param>
/// <param name="DestinationMac">The station it is for, or the group's hardware address (RFC 2464 section 7).</param>
/// <param name="Target">What it is about; null where the type has no target.</param>
/// <param name="LinkLayer">The hardware address at present, told in the option.</param>
/// <param name="Flags">Of an advertisement: R, S and O in the highest bits.</param>
public readonly record struct NdPacket(
    byte Type, Ipv6Address Source, Ipv6Address Destination, MacAddress DestinationMac, Ipv6Address? Target, MacAddress LinkLayer, uint Flags)
{
    /// <summary>ICMPv6 type of a router solicitation (RFC 4861 section 4.1).</summary>
    public const byte RouterSolicitation = 133;

    /// <summary>ICMPv6 type of a neighbour solicitation (RFC 4861 section 4.3).</summary>
    public const byte NeighbourSolicitation = 135;

    /// <summary>ICMPv6 type of a neighbour advertisement (RFC 4861 section 4.4).</summary>
    public const byte NeighbourAdvertisement = 136;

    /// <summary>Octets of the longest packet.</summary>
    public const int MaxLength = HeaderLength + 32;

    /// <summary>ff02::1, all nodes.</summary>
    public static readonly Ipv6Address AllNodes = Ipv6Address.Parse("ff02::1");

    /// <summary>ff02::2, all routers.</summary>
    public static readonly Ipv6Address AllRouters = Ipv6Address.Parse("ff02::2");

    private const int HeaderLength = 40;
    private const int SourceLinkLayerOption = 1;
    private const int TargetLinkLayerOption = 2;
    private const byte Icmpv6 = 58;

    // RFC 4861: receivers drop any other, because a router lowers it.
    private const byte HopLimit = 255;

    private const uint Router = 0x8000_0000;
    private const uint Override = 0x2000_0000;

    // Network control, as our other packets.
    private const uint VersionAndTrafficClass = 6u << 28 | 0xc0u << 20;

    /// <summary>
    /// Tells everybody on the link that an address has this hardware address now, whatever they have cached (RFC 4861
    /// section 7.2.6: unsolicited, override).
    /// </summary>
    /// <param name="address">The address; it is the source too, as in the kernel's own.</param>
    /// <param name="mac">The hardware address at present.</param>
    /// <param name="isRouter">
    /// The interface forwards. Without the flag neighbours that use this host as their default router would stop doing so
    /// (RFC 4861 section 7.2.5).
    /// </param>
    public static NdPacket Announcement(Ipv6Address address, MacAddress mac, bool isRouter) =>
        new(NeighbourAdvertisement, address, AllNodes, MacOf(AllNodes), address, mac, Override | (isRouter ? Router : 0));

    /// <summary>Asks every router for an advertisement (RFC 4861 section 6.3.7).</summary>
    /// <param name="linkLocal">The source.</param>
    /// <param name="mac">The hardware address at present.</param>
    public static NdPacket SolicitRouters(Ipv6Address linkLocal, MacAddress mac) =>
        new(RouterSolicitation, linkLocal, AllRouters, MacOf(AllRouters), null, mac, 0);

    /// <summary>
    /// Asks a known router whether it is there (RFC 6059 section 4.3); its cache has our hardware address afterwards in
    /// any case.
    /// </summary>
    /// <param name="linkLocal">The source.</param>
    /// <param name="mac">The hardware address at present.</param>
    /// <param name="router">The router's address.</param>
    /// <param name="routerMac">Its hardware address as it was known.</param>
    public static NdPacket SolicitRouter(Ipv6Address linkLocal, MacAddress mac, Ipv6Address router, MacAddress routerMac) =>
        new(NeighbourSolicitation, linkLocal, router, routerMac, router, mac, 0);

    /// <summary>The hardware address of a multicast group: 33:33 and the address's last four octets (RFC 2464 section 7).</summary>
    public static MacAddress MacOf(Ipv6Address group) => new(0x3333_0000_0000UL | (uint)group.Value);

    /// <summary>Writes the packet and returns its length.</summary>
    /// <param name="destination">At least <see cref="MaxLength"/> octets.</param>
    public int Write(Span<byte> destination)
    {
        Span<byte> message = destination[HeaderLength..];
        int length = WriteMessage(message);
        BinaryPrimitives.WriteUInt32BigEndian(destination, VersionAndTrafficClass);
        BinaryPrimitives.WriteUInt16BigEndian(destination[4..], (ushort)length);
        destination[6] = Icmpv6;
        destination[7] = HopLimit;
        Source.CopyTo(destination[8..]);
        Destination.CopyTo(destination[24..]);
        // The pseudo-header (RFC 8200 section 8.1): both addresses, length, next header.
        uint sum = InternetChecksum.Add((uint)length + Icmpv6, destination[8..HeaderLength]);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], InternetChecksum.Finish(InternetChecksum.Add(sum, message[..length])));
        return HeaderLength + length;
    }

    private int WriteMessage(Span<byte> message)
    {
        message[0] = Type;
        message[1] = 0;
        message[2..4].Clear();
        BinaryPrimitives.WriteUInt32BigEndian(message[4..], Flags);
        int length = 8;
        if (Target is { } target)
        {
            target.CopyTo(message[length..]);
            length += Ipv6Address.Length;
        }
        message[length] = Type == NeighbourAdvertisement ? (byte)TargetLinkLayerOption : (byte)SourceLinkLayerOption;
        message[length + 1] = 1; // In units of eight octets.
        LinkLayer.CopyTo(message[(length + 2)..]);
        return length + 8;
    }
}
