using System.Buffers.Binary;
using BondDhcp.Dhcp.Linux;
using BondDhcp.Dhcp.Nd;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Net.Linux;
using BondDhcp.Net.Linux.Interop;
using BondDhcp.Tests.Netlink;
using Xunit;

namespace BondDhcp.Tests.Linux;

public sealed class Dhcp6SocketTests
{
    private const int IpHeader = 14;
    private const int UdpHeader = IpHeader + 40;

    private static readonly Ipv6Address s_server = Ipv6Address.Parse("fe80::ff:fe00:5");
    private static readonly MacAddress s_clientMac = MacAddress.Parse(PrivateNetwork.ClientMac);
    private static readonly MacAddress s_serverMac = MacAddress.Parse(PrivateNetwork.ServerMac);

    [Fact(DisplayName = "A6-2: from the link-local address and port 546 to ff02::1:2 and 547, Ethernet 33:33:00:01:00:02")]
    public void Send_LeavesAsRfc9915Section7Says() => OnLink((host, socket, server) =>
    {
        Assert.Equal(SocketOutcome.Done, socket.Send([1, 2, 3, 4]).Outcome);
        byte[] frame = NextUdp(server)!;
        Assert.Equal("33:33:00:01:00:02", MacAddress.FromBytes(frame).ToString());
        Assert.Equal(s_clientMac, MacAddress.FromBytes(frame.AsSpan(6)));
        Assert.Equal((socket.Local, Ipv6Address.AllDhcpRelayAgentsAndServers), (Ipv6Address.FromBytes(frame.AsSpan(IpHeader + 8)), Ipv6Address.FromBytes(frame.AsSpan(IpHeader + 24))));
        Assert.Equal((546, 547), (BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(UdpHeader)), BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(UdpHeader + 2))));
        Assert.Equal(0x6c00, BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(IpHeader)) & 0xfff0);
        Assert.Equal([1, 2, 3, 4], frame[(UdpHeader + 8)..(UdpHeader + 12)]);
        // The kernel does not give it to the host itself.
        Assert.Equal(SocketOutcome.Empty, socket.Receive(new byte[64], out _).Outcome);
    });

    [Fact]
    public void Receive_OfAUnicast_SaysHowItCame() => OnLink((host, socket, server) =>
    {
        server.Send(Frame(s_server, socket.Local, s_clientMac, 547, [7, 0, 0, 1]));
        byte[] buffer = new byte[64];
        SocketResult result = Receive(socket, buffer, out Dhcp6Reception reception);
        Assert.Equal((SocketOutcome.Done, 4), (result.Outcome, result.Length));
        Assert.Equal(new Dhcp6Reception(s_server, socket.Local, 64), reception);
        Assert.Equal(Dhcp6DropReason.None, reception.Screen());
        Assert.Equal(SocketOutcome.Empty, socket.Receive(buffer, out _).Outcome);
    });

    [Fact]
    public void Receive_OfMoreThanFits_SaysSo() => OnLink((host, socket, server) =>
    {
        server.Send(Frame(s_server, socket.Local, s_clientMac, 547, new byte[100]));
        Assert.Equal(64, Receive(socket, new byte[64], out Dhcp6Reception reception).Length);
        Assert.True(reception.Truncated);
        Assert.Equal(Dhcp6DropReason.Length, reception.Screen());
    });

    [Fact(DisplayName = "A6-35: what is sent to a group never reaches the client, nor what is sent to another address of the host")]
    public void Receive_OfWhatIsForOthers_GetsNothing() => OnLink((host, socket, server) =>
    {
        PrivateNetwork.Ip("addr add 2001:db8::100/64 dev c0 nodad");
        server.Send(Frame(s_server, NdPacket.AllNodes, NdPacket.MacOf(NdPacket.AllNodes), 547, [7, 0, 0, 1]));
        server.Send(Frame(s_server, Ipv6Address.AllDhcpRelayAgentsAndServers, NdPacket.MacOf(Ipv6Address.AllDhcpRelayAgentsAndServers), 547, [7, 0, 0, 2]));
        server.Send(Frame(Ipv6Address.Parse("2001:db8::1"), Ipv6Address.Parse("2001:db8::100"), s_clientMac, 547, [7, 0, 0, 3]));
        server.Send(Frame(s_server, socket.Local, s_clientMac, 547, [7, 0, 0, 4]));
        byte[] buffer = new byte[64];
        Receive(socket, buffer, out _);
        Assert.Equal(4, buffer[3]);
        Assert.Equal(SocketOutcome.Empty, socket.Receive(buffer, out _).Outcome);
    });

    [Theory(DisplayName = "A6-35, 2.5: a message's addresses are looked at again")]
    [InlineData("fe80::1", "ff02::1", Dhcp6DropReason.Multicast)]
    [InlineData("2001:db8::1", "fe80::2", Dhcp6DropReason.None)]
    [InlineData("::", "fe80::2", Dhcp6DropReason.Source)]
    [InlineData("::1", "fe80::2", Dhcp6DropReason.Source)]
    [InlineData("ff02::1", "fe80::2", Dhcp6DropReason.Source)]
    [InlineData("::ffff:192.0.2.1", "fe80::2", Dhcp6DropReason.Source)]
    public void Screen_OfAddresses_GivesTheReason(string source, string destination, Dhcp6DropReason expected) =>
        Assert.Equal(expected, new Dhcp6Reception(Ipv6Address.Parse(source), Ipv6Address.Parse(destination), 255).Screen());

    [Fact]
    public void Open_TwiceAndOnTwoInterfaces_Works() => OnLink((host, socket, server) =>
    {
        using Dhcp6Socket? second = Dhcp6Socket.Open(host.Index, socket.Local, out int errno);
        Assert.Equal(0, errno);
        using var reader = new HardwareAddressReader();
        Ipv6Interface.Enable("s0");
        long end = Environment.TickCount64 + 5000;
        Dhcp6Socket? other = null;
        while ((other = Dhcp6Socket.Open(reader.IndexOf("s0"), s_server, out errno)) is null) Assert.True(Environment.TickCount64 < end);
        other.Dispose();
        Assert.NotNull(second);
    });

    [Fact(DisplayName = "AM-25, 2.2: an address that is gone, tentative, or of an interface that is gone is a value")]
    public void Open_WithoutTheAddress_IsAValue() => OnLink((host, socket, server) =>
    {
        Assert.Null(Dhcp6Socket.Open(host.Index, Ipv6Address.Parse("fe80::dead"), out int errno));
        Assert.Equal(KernelNumbers.EADDRNOTAVAIL, errno);
        Assert.Null(Dhcp6Socket.Open(host.Index + 77, socket.Local, out errno));
        Assert.Equal(KernelNumbers.ENODEV, errno);
        Ipv6Interface.Set("c0", "accept_dad", "1");
        PrivateNetwork.Ip("addr add fe80::77/64 dev c0");
        Assert.Null(Dhcp6Socket.Open(host.Index, Ipv6Address.Parse("fe80::77"), out errno));
        Assert.Equal(KernelNumbers.EADDRNOTAVAIL, errno);
    });

    [Fact(DisplayName = "AH-6, AH-12 (v6): sending while the interface is down or gone is a result")]
    public void Send_WhileTheInterfaceGoes_IsAResult() => OnLink((host, socket, server) =>
    {
        foreach (string change in (string[])["link set c0 down", "link del c0"])
        {
            PrivateNetwork.Ip(change);
            SocketResult result = socket.Send([1, 2, 3, 4]);
            Assert.Equal((SocketOutcome.Refused, KernelNumbers.ENETUNREACH), (result.Outcome, result.Errno));
            Assert.Equal(SocketOutcome.Empty, socket.Receive(new byte[64], out _).Outcome);
        }
    });

    [Fact]
    public void Receive_OfNothing_AllocatesNothing() => OnLink((host, socket, server) =>
    {
        byte[] buffer = new byte[64];
        socket.Receive(buffer, out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) socket.Receive(buffer, out _);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    });

    [Fact(DisplayName = "2.2, 2.10 (kernel): after an unsolicited NA the neighbour sends to the new hardware address")]
    public void Announcement_ByNdSocket_ChangesTheNeighboursCache() => OnLink((host, socket, server) =>
    {
        Ipv6Interface.Enable("s0");
        PrivateNetwork.Ip($"-6 neigh replace {socket.Local} lladdr {PrivateNetwork.ClientMac} dev s0 nud reachable");
        PrivateNetwork.Ip("link set c0 address 02:00:00:00:0b:0b");
        using NdSocket nd = NdSocket.Open();
        NdPacket packet = NdPacket.Announcement(socket.Local, MacAddress.Parse("02:00:00:00:0b:0b"), isRouter: false);
        Assert.Equal(SocketOutcome.Done, nd.Send(host.Index, packet).Outcome);
        long end = Environment.TickCount64 + 5000;
        while (!PrivateNetwork.Ip($"-6 neigh show {socket.Local} dev s0").Contains("02:00:00:00:0b:0b", StringComparison.Ordinal))
            Assert.True(Environment.TickCount64 < end);
        // The Ethernet source is the one of that moment.
        byte[]? frame;
        while ((frame = server.TryReceive()) is not null && frame[UdpHeader] != NdPacket.NeighbourAdvertisement)
        {
        }
        Assert.Equal("02:00:00:00:0b:0b", MacAddress.FromBytes(frame.AsSpan(6)).ToString());
        Assert.Equal(255, frame![IpHeader + 7]);
    });

    private static void OnLink(Action<Ipv6Interface, Dhcp6Socket, RawLink> test) => Ipv6Interface.Run(host =>
    {
        Ipv6Address local = host.AwaitLinkLocal();
        using Dhcp6Socket? socket = Dhcp6Socket.Open(host.Index, local, out int errno);
        Assert.Equal(0, errno);
        using var reader = new HardwareAddressReader();
        using var server = new RawLink(reader.IndexOf("s0"));
        server.Listen();
        test(host, socket!, server);
    });

    private static SocketResult Receive(Dhcp6Socket socket, byte[] buffer, out Dhcp6Reception reception)
    {
        using EpollSet readiness = new();
        readiness.Add(socket.Descriptor, Readiness.Read, 1);
        Assert.Equal(1, readiness.Wait(new ReadyDescriptor[1], 5000));
        return socket.Receive(buffer, out reception);
    }

    // The next UDP packet among the neighbour discovery and multicast reports of the kernel.
    private static byte[]? NextUdp(RawLink link)
    {
        while (link.TryReceive() is { } frame)
            if (frame[12] == 0x86 && frame[13] == 0xdd && frame[IpHeader + 6] == 17) return frame;
        return null;
    }

    private static byte[] Frame(Ipv6Address source, Ipv6Address destination, MacAddress to, ushort sourcePort, byte[] payload)
    {
        byte[] packet = new byte[48 + payload.Length];
        packet[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)(8 + payload.Length));
        packet[6] = 17;
        packet[7] = 64;
        source.CopyTo(packet.AsSpan(8));
        destination.CopyTo(packet.AsSpan(24));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(40), sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(42), 546);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(44), (ushort)(8 + payload.Length));
        payload.CopyTo(packet.AsSpan(48));
        uint sum = InternetChecksum.Add((uint)(8 + payload.Length) + 17, packet.AsSpan(8, 32));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(46), InternetChecksum.Finish(InternetChecksum.Add(sum, packet.AsSpan(40))));
        return RawLink.Frame(to, s_serverMac, 0x86dd, packet);
    }
}
