using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Netlink;

namespace BondDhcp.Bond.Interop;

/// <summary>SOCK_DIAG_BY_FAMILY and its answers, for UDP sockets.</summary>
internal static class SocketDiagnosisMessage
{
    private static readonly int s_requestLength = Marshal.SizeOf<InetDiagRequest>();
    private static readonly int s_answerLength = Marshal.SizeOf<InetDiagMessage>();

    /// <summary>Asks for every UDP socket of one family.</summary>
    public static void WriteUdpDump(NetlinkWriter writer, bool ipv6)
    {
        writer.Begin(Rtnl.SOCK_DIAG_BY_FAMILY, Rtnl.NLM_F_DUMP);
        MemoryMarshal.Write(writer.AddHeader(s_requestLength), new InetDiagRequest
        {
            Family = ipv6 ? Rtnl.AF_INET6 : Rtnl.AF_INET,
            Protocol = Rtnl.IPPROTO_UDP,
            States = uint.MaxValue,
        });
    }

    /// <summary>Reads a socket that is bound to a port; false for any other.</summary>
    public static bool TryRead(NetlinkMessage message, ushort port, out PortHolder holder)
    {
        holder = default;
        if (message.Type != Rtnl.SOCK_DIAG_BY_FAMILY || message.Payload.Length < s_answerLength) return false;
        InetDiagMessage answer = MemoryMarshal.Read<InetDiagMessage>(message.Payload);
        if (BinaryPrimitives.ReadUInt16BigEndian(MemoryMarshal.AsBytes(new ReadOnlySpan<ushort>(in answer.Id.SourcePort))) != port) return false;
        ReadOnlySpan<byte> address = MemoryMarshal.AsBytes((ReadOnlySpan<uint>)answer.Id.Source);
        holder = new PortHolder(
            new IPAddress(answer.Family == Rtnl.AF_INET6 ? address : address[..sizeof(uint)]), (int)answer.Id.Interface, answer.Inode);
        return true;
    }
}
