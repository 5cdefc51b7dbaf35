using BondDhcp.Dhcp.Linux;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Net.Linux.Interop;
using Xunit;

namespace BondDhcp.Tests.Linux;

public sealed class UdpSocketTests
{
    private static readonly Ipv4Address s_address = Ipv4Address.Parse("192.0.2.50");
    private static readonly Ipv4Address s_server = Ipv4Address.Parse("192.0.2.1");
    private static readonly MacAddress s_clientMac = MacAddress.Parse(PrivateNetwork.ClientMac);
    private static readonly MacAddress s_serverMac = MacAddress.Parse(PrivateNetwork.ServerMac);

    [Fact]
    public void Open_WhileHeld_KernelSendsNoPortUnreachable() => OnLink(server =>
    {
        Assert.Contains("icmp", Answers(server), StringComparison.Ordinal);
        using UdpSocket? socket = UdpSocket.Open("c0", s_address, out int errno);
        Assert.Equal(0, errno);
        Assert.Equal(s_address, socket!.Local);
        Assert.Equal("", Answers(server));
    });

    [Fact]
    public void Send_ToServer_LeavesFromPort68WithNetworkControl() => OnLink(server =>
    {
        using UdpSocket? socket = UdpSocket.Open("c0", s_address, out _);
        Assert.Equal(SocketOutcome.Done, socket!.Send(new byte[300], s_server, 67).Outcome);
        byte[]? frame = server.TryReceive();
        Assert.NotNull(frame);
        Assert.Equal(Dhcp4DropReason.None, Ipv4Udp.TryParse(frame.AsSpan(14), true, out Ipv4UdpDatagram datagram));
        Assert.Equal(((ushort)68, (ushort)67, s_address), (datagram.SourcePort, datagram.DestinationPort, datagram.Source));
        Assert.Equal(UdpSocket.TypeOfService, frame[15]);
        Assert.Equal(s_clientMac, MacAddress.FromBytes(frame.AsSpan(6)));
    });

    [Fact]
    public void Send_ServerBeyondEveryRoute_IsRefused() => OnLink(_ =>
    {
        using UdpSocket? socket = UdpSocket.Open("c0", s_address, out int _);
        PrivateNetwork.Ip("address flush dev c0");
        PrivateNetwork.Ip("link set c0 down");
        SocketResult result = socket!.Send(new byte[300], s_server, 67);
        Assert.Equal((SocketOutcome.Refused, KernelNumbers.ENETUNREACH), (result.Outcome, result.Errno));
    });

    [Fact]
    public void Open_InterfaceGone_IsAValue() => OnLink(_ =>
    {
        Assert.Null(UdpSocket.Open("gone0", s_address, out int errno));
        Assert.Equal(KernelNumbers.ENODEV, errno);
    });

    // What comes back for a datagram to port 68.
    private static string Answers(RawLink server)
    {
        byte[] packet = new byte[400];
        int length = Ipv4Udp.Write(s_server, s_address, new byte[300], packet);
        (packet[21], packet[23], packet[26], packet[27]) = (67, 68, 0, 0);
        server.Send(RawLink.Frame(s_clientMac, s_serverMac, 0x0800, packet.AsSpan(0, length)));
        string answers = "";
        while (server.TryReceive() is { } frame) answers += frame[23] == 1 ? "icmp" : "other";
        return answers;
    }

    private static void OnLink(Action<RawLink> test) => PrivateNetwork.Run(() =>
    {
        PrivateNetwork.Ip("address add 192.0.2.50/24 dev c0");
        PrivateNetwork.Ip($"neighbour replace 192.0.2.1 lladdr {PrivateNetwork.ServerMac} dev c0");
        using var reader = new HardwareAddressReader();
        using var server = new RawLink(reader.IndexOf("s0"));
        server.Listen();
        test(server);
    });
}
