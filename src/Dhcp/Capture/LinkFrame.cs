using System.Buffers.Binary;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Capture;

/// <summary>A frame with its link header and VLAN tags peeled off.</summary>
public readonly ref struct LinkFrame
{
    /// <summary>EtherType of IPv4.</summary>
    public const ushort Ipv4 = 0x0800;

    /// <summary>EtherType of ARP.</summary>
    public const ushort Arp = 0x0806;

    /// <summary>EtherType of IPv6.</summary>
    public const ushort Ipv6 = 0x86dd;

    private const ushort CustomerTag = 0x8100; // IEEE 802.1Q
    private const ushort ServiceTag = 0x88a8; // IEEE 802.1ad
    private const ushort OldServiceTag = 0x9100; // before 802.1ad

    /// <summary>Tags passed over in one frame; provider bridging uses two.</summary>
    private const int MaxTags = 4;

    private const int EthernetHeaderLength = 14;
    private const int CookedHeaderLength = 16;
    private const int Cooked2HeaderLength = 20;

    /// <summary>Source address; null where the link type has none, or another kind.</summary>
    public MacAddress? Source { get; private init; }

    /// <summary>Destination address; null where the link type does not keep it.</summary>
    public MacAddress? Destination { get; private init; }

    /// <summary>EtherType of the payload.</summary>
    public ushort EtherType { get; private init; }

    /// <summary>VLAN identifier of the innermost tag; null without a tag.</summary>
    public int? VlanId { get; private init; }

    /// <summary>What follows the headers; an Ethernet frame's padding is at its end.</summary>
    public ReadOnlySpan<byte> Payload { get; private init; }

    /// <summary>Peels a frame; false for a link type that is not known, and a frame shorter than its headers.</summary>
    /// <param name="linkType">One of <see cref="LinkType"/>.</param>
    /// <param name="data">The frame.</param>
    /// <param name="frame">The result.</param>
    public static bool TryPeel(int linkType, ReadOnlySpan<byte> data, out LinkFrame frame)
    {
        frame = default;
        switch (linkType)
        {
            case LinkType.Ethernet when data.Length >= EthernetHeaderLength:
                return TryPeelTags(
                    new LinkFrame { Destination = MacAddress.FromBytes(data), Source = MacAddress.FromBytes(data[6..]) },
                    BinaryPrimitives.ReadUInt16BigEndian(data[12..]), data[EthernetHeaderLength..], out frame);
            case LinkType.LinuxCooked when data.Length >= CookedHeaderLength:
                return TryPeelTags(
                    new LinkFrame { Source = CookedSource(BinaryPrimitives.ReadUInt16BigEndian(data[4..]), data[6..]) },
                    BinaryPrimitives.ReadUInt16BigEndian(data[14..]), data[CookedHeaderLength..], out frame);
            case LinkType.LinuxCooked2 when data.Length >= Cooked2HeaderLength:
                return TryPeelTags(
                    new LinkFrame { Source = CookedSource(data[11], data[12..]) },
                    BinaryPrimitives.ReadUInt16BigEndian(data), data[Cooked2HeaderLength..], out frame);
            case LinkType.Raw or LinkType.Ipv4 or LinkType.Ipv6 when !data.IsEmpty && data[0] >> 4 is 4 or 6:
                frame = new LinkFrame { EtherType = data[0] >> 4 == 4 ? Ipv4 : Ipv6, Payload = data };
                return true;
            default:
                return false;
        }
    }

    private static MacAddress? CookedSource(int length, ReadOnlySpan<byte> address) =>
        length == MacAddress.Length ? MacAddress.FromBytes(address) : null;

    private static bool TryPeelTags(LinkFrame addresses, ushort etherType, ReadOnlySpan<byte> payload, out LinkFrame frame)
    {
        const int tagLength = 4;
        const ushort vlanMask = 0x0fff;
        frame = default;
        int? vlan = null;
        for (int tags = 0; etherType is CustomerTag or ServiceTag or OldServiceTag; tags++)
        {
            if (payload.Length < tagLength || tags == MaxTags) return false;
            vlan = BinaryPrimitives.ReadUInt16BigEndian(payload) & vlanMask;
            etherType = BinaryPrimitives.ReadUInt16BigEndian(payload[2..]);
            payload = payload[tagLength..];
        }
        frame = new LinkFrame
        {
            Source = addresses.Source,
            Destination = addresses.Destination,
            EtherType = etherType,
            VlanId = vlan,
            Payload = payload,
        };
        return true;
    }
}
