using BondDhcp.Dhcp.Linux;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Linux;

/// <summary>The packet socket on a real interface: a veth pair in a namespace of its own.</summary>
public sealed class PacketSocketTests
{
    private static readonly MacAddress s_client = MacAddress.Parse(PrivateNetwork.ClientMac);
    private static readonly MacAddress s_server = MacAddress.Parse(PrivateNetwork.ServerMac);

    public static TheoryData<string, bool> FilteredPackets => new()
    {
        { "plain", true },
        { "IHL 8", true },
        { "IHL 15", true },
        { "DF", true },
        { "MF", false },
        { "offset 5", false },
        { "TCP", false },
        { "port 67", false },
        { "op 1", false },
        { "bad cookie", false },
    };

    internal static ReplyPacket PacketOf(string name) => name switch
    {
        "plain" => new ReplyPacket(),
        "IHL 8" => new ReplyPacket { HeaderWords = 8 },
        "IHL 15" => new ReplyPacket { HeaderWords = 15 },
        "DF" => new ReplyPacket { FlagsAndOffset = 0x4000 },
        "MF" => new ReplyPacket { FlagsAndOffset = 0x2000 },
        "offset 5" => new ReplyPacket { FlagsAndOffset = 5 },
        "TCP" => new ReplyPacket { Protocol = 6 },
        "port 67" => new ReplyPacket { DestinationPort = 67 },
        "op 1" => new ReplyPacket { Op = 1 },
        "bad cookie" => new ReplyPacket { Cookie = 0x6382_5364 },
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    [Theory(DisplayName = "A4-41 the filter accepts DHCP replies and nothing else")]
    [MemberData(nameof(FilteredPackets))]
    public void Filter_OnePacket_IsAcceptedOrNot(string name, bool accepted) => OnLink((socket, server) =>
    {
        byte[] packet = PacketOf(name).ToArray();
        server.Send(RawLink.Frame(MacAddress.Broadcast, s_server, 0x0800, packet));
        byte[] buffer = new byte[65536];
        SocketResult result = socket.Receive(buffer, out Dhcp4Reception reception);
        Assert.Equal(accepted ? SocketOutcome.Done : SocketOutcome.Empty, result.Outcome);
        Assert.Equal(accepted, IsAcceptedInUserSpace(packet));
        if (!accepted) return;
        Assert.Equal(packet, buffer[..result.Length]);
        Assert.Equal(new Dhcp4Reception(1, s_server, false, 0), reception);
    });

    private static bool IsAcceptedInUserSpace(byte[] packet) =>
        Ipv4Udp.TryParse(packet, new Dhcp4Reception(1, s_server, false, 0), out Ipv4UdpDatagram datagram) == Dhcp4DropReason.None
        && Dhcp4MessageView.TryParse(datagram.Payload, out _) == Dhcp4DropReason.None;

    [Theory(DisplayName = "A4-70 a reply in a VLAN is told from an untagged one; vid 0 is untagged")]
    [InlineData(null, 0)]
    [InlineData(0, 0)]
    [InlineData(0x6000, 0)]
    [InlineData(5, PacketSocket.UnknownVlan)]
    [InlineData(0x6005, PacketSocket.UnknownVlan)]
    public void Receive_TaggedReply_TellsTheVlan(int? tag, int vlanId) => OnLink((socket, server) =>
    {
        byte[] reply = new ReplyPacket().ToArray();
        server.Send(RawLink.Frame(s_client, s_server, 0x0800, reply, tag));
        server.Send(RawLink.Frame(MacAddress.Broadcast, s_server, 0x0800, reply, tag));
        foreach (string destination in (string[])["unicast", "broadcast"])
        {
            SocketResult result = socket.Receive(new byte[65536], out Dhcp4Reception reception);
            Assert.Equal(SocketOutcome.Done, result.Outcome);
            Assert.True(vlanId == reception.VlanId, destination);
            Assert.Equal(
                vlanId == 0 ? Dhcp4DropReason.None : Dhcp4DropReason.Vlan, Ipv4Udp.TryParse(reply, reception, out _));
        }
    });

    [Fact(DisplayName = "A4-42 the unfinished checksum of a server on the other end of a veth pair is trusted")]
    public void Receive_FromServerOnThePeer_ChecksumIsTrusted() => OnLink((socket, server) =>
    {
        PrivateNetwork.Ip("address add 192.0.2.1/24 dev s0");
        using var udp = new System.Net.Sockets.UdpClient(new System.Net.IPEndPoint(System.Net.IPAddress.Parse("192.0.2.1"), 67));
        udp.EnableBroadcast = true;
        udp.Client.SetRawSocketOption(1, 25, "s0\0"u8); // SOL_SOCKET, SO_BINDTODEVICE
        udp.Send(new ReplyPacket().ToArray().AsSpan(28), "255.255.255.255", 68);
        byte[] buffer = new byte[65536];
        SocketResult result = socket.Receive(buffer, out Dhcp4Reception reception);
        Assert.Equal(SocketOutcome.Done, result.Outcome);
        Assert.True(reception.ChecksumTrusted);
        ReadOnlySpan<byte> packet = buffer.AsSpan(0, result.Length);
        Assert.Equal(Dhcp4DropReason.None, Ipv4Udp.TryParse(packet, reception, out _));
        Assert.Equal(Dhcp4DropReason.UdpChecksum, Ipv4Udp.TryParse(packet, reception with { ChecksumTrusted = false }, out _));
    });

    [Fact(DisplayName = "AH-12 the interface is removed under the socket: values, no exceptions")]
    public void SendAndReceive_InterfaceRemoved_TellThatItIsGone() => OnLink((socket, server) =>
    {
        PrivateNetwork.Ip("link delete c0");
        byte[] buffer = new byte[65536];
        // The pending error of the socket is read first, and once.
        Assert.Equal(SocketOutcome.LinkDown, socket.Receive(buffer, out _).Outcome);
        Assert.Equal(SocketOutcome.Empty, socket.Receive(buffer, out _).Outcome);
        Assert.Equal(SocketOutcome.LinkGone, socket.Send(new ReplyPacket().ToArray(), MacAddress.Broadcast).Outcome);
    });

    [Fact(DisplayName = "AH-6 the interface is set down and up: ENETDOWN is a value, and the socket works again")]
    public void SendAndReceive_InterfaceDownAndUp_WorkAgain() => OnLink((socket, server) =>
    {
        byte[] buffer = new byte[65536];
        PrivateNetwork.Ip("link set c0 down");
        Assert.Equal(SocketOutcome.LinkDown, socket.Receive(buffer, out _).Outcome);
        Assert.Equal(SocketOutcome.LinkDown, socket.Send(new ReplyPacket().ToArray(), MacAddress.Broadcast).Outcome);
        PrivateNetwork.Ip("link set c0 up");
        PrivateNetwork.AwaitUp("c0", "s0");
        server.Send(RawLink.Frame(MacAddress.Broadcast, s_server, 0x0800, new ReplyPacket().ToArray()));
        Assert.Equal(SocketOutcome.Done, socket.Receive(buffer, out _).Outcome);
        Assert.Equal(SocketOutcome.Done, socket.Send(new ReplyPacket().ToArray(), MacAddress.Broadcast).Outcome);
    });

    [Fact(DisplayName = "A unicast reply to the hardware address before a failover is for another host, not tagged")]
    public void Receive_ReplyToFormerAddress_IsForAnotherHost() => OnLink((socket, server) =>
    {
        PrivateNetwork.Ip("link set c0 address 02:00:00:00:00:1c");
        server.Send(RawLink.Frame(s_client, s_server, 0x0800, new ReplyPacket().ToArray()));
        Assert.Equal(SocketOutcome.Done, socket.Receive(new byte[65536], out Dhcp4Reception reception).Outcome);
        Assert.Equal(new Dhcp4Reception(3, s_server, false, 0), reception);
    });

    private static void OnLink(Action<PacketSocket, RawLink> test) => PrivateNetwork.Run(() =>
    {
        using var reader = new HardwareAddressReader();
        using PacketSocket? socket = PacketSocket.Open(reader.IndexOf("c0"), reader);
        Assert.NotNull(socket);
        using var server = new RawLink(reader.IndexOf("s0"));
        test(socket, server);
    });
}
