using System.Runtime.InteropServices;
using BondDhcp.Bond.Interop;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Netlink;

namespace BondDhcp.Tests.Netlink;

/// <summary>Datagrams as the kernel would send them.</summary>
internal static class NetlinkSamples
{
    /// <summary>A message with a payload.</summary>
    public static byte[] Message(ushort type, ushort flags, uint sequence, params ReadOnlySpan<byte> payload)
    {
        byte[] message = new byte[16 + (payload.Length + 3 & ~3)];
        MemoryMarshal.Write(message, (uint)(16 + payload.Length));
        MemoryMarshal.Write(message.AsSpan(4), type);
        MemoryMarshal.Write(message.AsSpan(6), flags);
        MemoryMarshal.Write(message.AsSpan(8), sequence);
        payload.CopyTo(message.AsSpan(16));
        return message;
    }

    /// <summary>An acknowledgement (errno 0) or error, with the request's header only.</summary>
    public static byte[] Acknowledgement(uint sequence, int errno, ushort flags = Rtnl.NLM_F_CAPPED, params ReadOnlySpan<byte> attributes)
    {
        byte[] payload = new byte[20 + attributes.Length];
        MemoryMarshal.Write(payload, -errno);
        MemoryMarshal.Write(payload.AsSpan(4), 100u);
        attributes.CopyTo(payload.AsSpan(20));
        return Message(Rtnl.NLMSG_ERROR, flags, sequence, payload);
    }

    /// <summary>The end of a dump.</summary>
    public static byte[] Done(uint sequence, ushort flags = 0) => Message(Rtnl.NLMSG_DONE, flags, sequence, 0, 0, 0, 0);

    /// <summary>A link, as an event (sequence 0) or as part of an answer.</summary>
    public static byte[] Link(
        int index, string name, uint sequence = 0, ushort type = Rtnl.RTM_NEWLINK, byte family = 0,
        Action<NetlinkWriter>? more = null, LinkFlags flags = LinkFlags.Up | LinkFlags.LowerUp)
    {
        var writer = new NetlinkWriter();
        writer.Begin(type, 0);
        MemoryMarshal.Write(
            writer.AddHeader(16), new IfInfoMessage { Family = family, Index = index, HardwareType = 1, Flags = (uint)flags });
        if (name.Length > 0) writer.AddText(Rtnl.IFLA_IFNAME, name);
        more?.Invoke(writer);
        Span<byte> message = writer.Finish();
        MemoryMarshal.Write(message[8..], sequence);
        return message.ToArray();
    }

    /// <summary>Every reader there is, on the same octets.</summary>
    public static void ReadWithEverything(ReadOnlySpan<byte> octets)
    {
        var reader = new NetlinkReader(octets);
        while (reader.TryRead(out NetlinkMessage message))
        {
            LinkMessage.TryRead(message, out _, out _);
            LinkMessage.TryReadPromoteSecondaries(message, out _);
            AddressMessage.TryRead(message, out _);
            RouteMessage.TryRead(message, out _);
            NeighbourMessage.TryRead(message, out _);
            NeighbourMessage.TryReadRouter(message, out _);
            Ipv6AddressMessage.TryRead(message, out _);
            UnreachableRouteMessage.TryRead(message, out _);
            Ipv6LinkMessage.TryReadFlags(message, out _, out _);
            Ipv6LinkMessage.TryReadState(message, out _);
            Ipv6LinkMessage.TryReadPrefix(message, out _);
        }
        new NetlinkExchange<int>(static (NetlinkMessage _, out int item) => (item = 0) == 0, []).Take(octets, 0, false);
        new LinkTable().Take(octets, 0, false, []);
    }
}
