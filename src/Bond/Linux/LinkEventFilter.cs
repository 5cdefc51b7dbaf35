using System.Buffers.Binary;
using BondDhcp.Bond.Interop;
using BondDhcp.Net.Linux.Interop;

namespace BondDhcp.Bond.Linux;

/// <summary>
/// The socket filter of <see cref="LinkWatch"/>: what would be passed over is dropped in the kernel and wakes nobody.
/// That is routes of other protocols (a BGP router changes thousands a minute), bridges' words about their ports and
/// Wi-Fi drivers' scan reports.
/// </summary>
internal static class LinkEventFilter
{
    private const uint TypeOffset = 4;
    private const uint BodyOffset = 16;
    private const uint RouteProtocolOffset = BodyOffset + 5;
    private const uint LinkAttributesOffset = BodyOffset + LinkMessage.HeaderLength;

    // Classic BPF: load a half-word or octet at an offset, load an immediate value, load an ancillary value, compare.
    private const ushort LoadHalf = 0x28;
    private const ushort LoadByte = 0x30;
    private const ushort LoadWord = 0x20;
    private const ushort LoadImmediate = 0x00;
    private const ushort LoadIndexImmediate = 0x01;
    private const ushort JumpEqual = 0x15;
    private const ushort Return = 0x06;

    /// <summary>The program. It judges a datagram by its first message: the kernel puts one event into each.</summary>
    public static readonly SockFilter[] Program =
    [
        new(LoadHalf, 0, 0, TypeOffset),
        new(JumpEqual, 4, 0, HostOrder(Rtnl.RTM_NEWROUTE)),
        new(JumpEqual, 3, 0, HostOrder(Rtnl.RTM_DELROUTE)),
        new(JumpEqual, 5, 0, HostOrder(Rtnl.RTM_NEWLINK)),
        new(JumpEqual, 4, 0, HostOrder(Rtnl.RTM_DELLINK)),
        new(Return, 0, 0, uint.MaxValue),

        // Routes: protocol dhcp or static.
        new(LoadByte, 0, 0, RouteProtocolOffset),
        new(JumpEqual, 8, 0, Rtnl.RTPROT_DHCP),
        new(JumpEqual, 7, 8, Rtnl.RTPROT_STATIC),

        // Links: what IPv6 says of one; else no family, and no IFLA_WIRELESS among the attributes.
        new(LoadByte, 0, 0, BodyOffset),
        new(JumpEqual, 5, 0, Rtnl.AF_INET6),
        new(JumpEqual, 0, 5, Rtnl.AF_UNSPEC),
        new(LoadIndexImmediate, 0, 0, Rtnl.IFLA_WIRELESS),
        new(LoadImmediate, 0, 0, LinkAttributesOffset),
        new(LoadWord, 0, 0, unchecked((uint)(Rtnl.SKF_AD_OFF + Rtnl.SKF_AD_NLATTR))),
        new(JumpEqual, 0, 1, 0),

        new(Return, 0, 0, uint.MaxValue),
        new(Return, 0, 0, 0),
    ];

    // BPF loads big-endian; netlink writes in the host's order.
    private static uint HostOrder(ushort type) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(type) : type;
}
