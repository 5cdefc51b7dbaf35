using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Linux;
using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Linux;

/// <summary>The ARP socket's filter in the kernel, against the same decision in user space.</summary>
public sealed class ArpSocketTests
{
    private static readonly MacAddress s_client = MacAddress.Parse(PrivateNetwork.ClientMac);
    private static readonly MacAddress s_other = MacAddress.Parse(PrivateNetwork.ServerMac);
    private static readonly Ipv4Address s_address = Ipv4Address.Parse("192.0.2.50");
    private static readonly Ipv4Address s_gateway = Ipv4Address.Parse("192.0.2.1");
    private static readonly Ipv4Address s_third = Ipv4Address.Parse("192.0.2.77");

    private static IEnumerable<ArpPacket> Packets()
    {
        Ipv4Address[] addresses = [Ipv4Address.Any, s_address, s_gateway, s_third];
        foreach (ushort operation in (ushort[])[ArpPacket.Request, ArpPacket.Reply])
            foreach (Ipv4Address sender in addresses)
                foreach (Ipv4Address target in addresses)
                    yield return new ArpPacket(operation, s_other, sender, MacAddress.Zero, target);
    }

    [Fact]
    public void Filter_EveryWatchAndPacket_AgreesWithUserSpace() => PrivateNetwork.Run(() =>
    {
        using var reader = new HardwareAddressReader();
        using ArpSocket? socket = ArpSocket.Open(reader.IndexOf("c0"), ArpWatch.None);
        using var other = new RawLink(reader.IndexOf("s0"));
        Assert.NotNull(socket);
        ArpWatch[] watches =
            [ArpWatch.None, new(s_address, null), new(null, s_gateway), new(s_address, s_gateway), new(s_address, s_address)];
        foreach (ArpWatch watch in watches)
        {
            socket.Watch = watch;
            foreach (ArpPacket packet in Packets())
            {
                Send(other, packet, MacAddress.Broadcast);
                SocketOutcome expected = watch.Wants(packet) ? SocketOutcome.Done : SocketOutcome.Empty;
                Assert.True(expected == socket.Receive(out ArpPacket received).Outcome, $"{watch} {packet}");
                if (expected == SocketOutcome.Done) Assert.Equal(packet, received);
            }
        }
    });

    [Fact]
    public void Open_WantingNothing_HearsNothingUntilItWantsSomething() => PrivateNetwork.Run(() =>
    {
        using var reader = new HardwareAddressReader();
        using ArpSocket? socket = ArpSocket.Open(reader.IndexOf("c0"), ArpWatch.None);
        using var other = new RawLink(reader.IndexOf("s0"));
        Assert.NotNull(socket);
        ArpPacket claim = ArpPacket.Announcement(s_other, s_address);
        Send(other, claim, MacAddress.Broadcast);
        socket.Watch = new ArpWatch(s_address, null);
        Assert.Equal(SocketOutcome.Empty, socket.Receive(out _).Outcome);
        Send(other, claim, MacAddress.Broadcast);
        Assert.Equal(SocketOutcome.Done, socket.Receive(out _).Outcome);
    });

    [Fact]
    public void Interface_ThatIsGone_GivesNoSocketOrNoWatch() => PrivateNetwork.Run(() =>
    {
        const int nobody = 4711;
        var watch = new ArpWatch(s_address, null);
        Assert.Null(ArpSocket.Open(nobody, watch));
        using ArpSocket? socket = ArpSocket.Open(nobody, ArpWatch.None);
        Assert.NotNull(socket);
        socket.Watch = watch;
        Assert.Equal(ArpWatch.None, socket.Watch);
        Assert.Equal(SocketOutcome.LinkGone, socket.Send(ArpPacket.Announcement(s_other, s_address), MacAddress.Broadcast).Outcome);
    });

    [Fact]
    public void Watch_ChangedWhilePacketsWait_JudgesThemAnew() => PrivateNetwork.Run(() =>
    {
        using var reader = new HardwareAddressReader();
        using ArpSocket? socket = ArpSocket.Open(reader.IndexOf("c0"), new ArpWatch(s_address, null));
        using var other = new RawLink(reader.IndexOf("s0"));
        Assert.NotNull(socket);
        ArpPacket claim = ArpPacket.Announcement(s_other, s_address);
        Send(other, claim, MacAddress.Broadcast);
        socket.Watch = new ArpWatch(s_third, null);
        Assert.Equal(SocketOutcome.Empty, socket.Receive(out _).Outcome);

        socket.Watch = new ArpWatch(s_address, null);
        Send(other, claim, MacAddress.Broadcast);
        socket.Watch = new ArpWatch(s_address, s_gateway);
        Assert.Equal(SocketOutcome.Done, socket.Receive(out _).Outcome);
    });

    [Fact]
    public void Receive_FrameOfAnotherVlan_IsNotSeen() => PrivateNetwork.Run(() =>
    {
        using var reader = new HardwareAddressReader();
        using ArpSocket? socket = ArpSocket.Open(reader.IndexOf("c0"), new ArpWatch(s_address, null));
        using var other = new RawLink(reader.IndexOf("s0"));
        Assert.NotNull(socket);
        byte[] octets = new byte[ArpPacket.Length];
        ArpPacket.Announcement(s_other, s_address).Write(octets);
        other.Send(RawLink.Frame(MacAddress.Broadcast, s_other, 0x0806, octets, vlan: 5));
        Assert.Equal(SocketOutcome.Empty, socket.Receive(out _).Outcome);
        other.Send(RawLink.Frame(MacAddress.Broadcast, s_other, 0x0806, octets, vlan: 0));
        Assert.Equal(SocketOutcome.Done, socket.Receive(out _).Outcome);
    });

    [Fact]
    public void Send_Probe_LeavesFromTheDevicesAddress() => PrivateNetwork.Run(() =>
    {
        using var reader = new HardwareAddressReader();
        using ArpSocket? socket = ArpSocket.Open(reader.IndexOf("c0"), ArpWatch.None);
        using var other = new RawLink(reader.IndexOf("s0"));
        Assert.NotNull(socket);
        other.Listen();
        PrivateNetwork.Ip("link set c0 address 02:00:00:00:00:1c");
        Assert.Equal(SocketOutcome.Done, socket.Send(ArpPacket.Probe(s_client, s_address), MacAddress.Broadcast).Outcome);
        byte[]? frame = other.TryReceive();
        Assert.NotNull(frame);
        Assert.Equal(MacAddress.Parse("02:00:00:00:00:1c"), MacAddress.FromBytes(frame.AsSpan(6)));
        Assert.True(ArpPacket.TryParse(frame.AsSpan(14), out ArpPacket sent));
        Assert.Equal(ArpPacket.Probe(s_client, s_address), sent);
    });

    private static void Send(RawLink link, ArpPacket packet, MacAddress destination)
    {
        byte[] octets = new byte[ArpPacket.Length];
        packet.Write(octets);
        link.Send(RawLink.Frame(destination, s_other, 0x0806, octets));
    }
}
