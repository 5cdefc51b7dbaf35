using BondDhcp.Bond.Interop;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Netlink;
using BondDhcp.Net.Linux;

namespace BondDhcp.Bond.Linux;

/// <summary>Asks the kernel which sockets there are in this network namespace (sock_diag(7)).</summary>
public static class SocketDiagnosis
{
    /// <summary>
    /// The UDP sockets bound to a port, with the interface each is bound to, which /proc/net/udp does not say; false where
    /// the kernel has no socket diagnosis.
    /// </summary>
    public static bool TryReadUdp(bool ipv6, ushort port, List<PortHolder> holders)
    {
        try
        {
            using RtnlSocket socket = RtnlSocket.OpenDiagnosis();
            SocketDiagnosisMessage.WriteUdpDump(socket.Writer, ipv6);
            return socket.Query(
                socket.Writer.Finish(), (NetlinkMessage message, out PortHolder holder) => SocketDiagnosisMessage.TryRead(message, port, out holder), holders).Succeeded;
        }
        catch (LinuxException)
        {
            return false; // a kernel without it, or a sandbox
        }
    }
}
