using BondDhcp.Dhcp.Linux;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Runner;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Runner;

public sealed class Dhcp4TransmitterTests
{
    private static readonly Dhcp4Identification s_identification = new()
    {
        ClientIdentifier = Fixture.ClientIdentifier,
        ParameterRequestList = [1, 3, 6],
    };

    private static readonly Dhcp4Transmission s_discover = new() { Type = Dhcp4MessageType.Discover, Xid = 7 };

    [Fact(DisplayName = "AM-6 the hardware address changes while a frame is sent: built anew and sent once more")]
    public void Send_AddressChangesMeanwhile_SendsOnceMore()
    {
        var port = new ScriptedPort(Fixture.B);
        Dhcp4Sent sent = new Dhcp4Transmitter(port).Send(s_discover, s_identification, Fixture.A, 1500);
        Assert.Equal([Fixture.A, Fixture.B], port.Chaddrs);
        Assert.Equal((Fixture.A, Fixture.B), (sent.Chaddr, sent.Again));
    }

    [Fact(DisplayName = "AM-6 the hardware address changes at every look: twice in all, never a loop")]
    public void Send_AddressChangesAllTheTime_SendsTwice()
    {
        var port = new ScriptedPort(Fixture.B, Fixture.Stranger, Fixture.A, Fixture.B);
        new Dhcp4Transmitter(port).Send(s_discover, s_identification, Fixture.A, 1500);
        Assert.Equal([Fixture.A, Fixture.B], port.Chaddrs);
    }

    [Fact]
    public void Send_AddressUnchanged_SendsOnce()
    {
        var port = new ScriptedPort(Fixture.A);
        Dhcp4Sent sent = new Dhcp4Transmitter(port).Send(s_discover, s_identification, Fixture.A, 1500);
        Assert.Equal([Fixture.A], port.Chaddrs);
        Assert.Null(sent.Again);
    }

    [Fact]
    public void Send_LeasesChaddrOnPurpose_SendsOnce()
    {
        var port = new ScriptedPort(Fixture.Stranger);
        Dhcp4Sent sent = new Dhcp4Transmitter(port).Send(s_discover with { Chaddr = Fixture.B }, s_identification, Fixture.A, 1500);
        Assert.Equal([Fixture.B], port.Chaddrs);
        Assert.Equal((Fixture.B, null), (sent.Chaddr, sent.Again));
    }

    [Fact]
    public void Send_InterfaceGone_IsAValue()
    {
        var port = new ScriptedPort { Outcome = SocketOutcome.LinkGone };
        Dhcp4Sent sent = new Dhcp4Transmitter(port).Send(s_discover, s_identification, Fixture.A, 1500);
        Assert.Equal(SocketOutcome.LinkGone, sent.Last.Outcome);
        Assert.Single(port.Chaddrs);
    }

    [Fact]
    public void Send_ToAServer_GoesByTheUdpSocket()
    {
        var port = new ScriptedPort(Fixture.A);
        new Dhcp4Transmitter(port).Send(
            s_discover with { Type = Dhcp4MessageType.Release, Source = Fixture.L, Ciaddr = Fixture.L, Destination = Fixture.Server },
            s_identification, Fixture.A, 1500);
        Assert.Equal([(Fixture.L, Fixture.Server)], port.Unicasts);
    }

    /// <summary>An interface whose hardware address is another at each look.</summary>
    private sealed class ScriptedPort(params MacAddress[] addresses) : TransmitPort
    {
        private int _looks;

        public SocketOutcome Outcome { get; init; }

        public List<MacAddress> Chaddrs { get; } = [];

        public List<(Ipv4Address, Ipv4Address)> Unicasts { get; } = [];

        public override bool TryReadMac(out MacAddress mac)
        {
            mac = _looks < addresses.Length ? addresses[_looks++] : default;
            return mac != default;
        }

        public override SocketResult Broadcast(ReadOnlySpan<byte> packet)
        {
            Note(packet[Ipv4Udp.HeaderLength..]);
            return new SocketResult(Outcome, 0, 0);
        }

        public override SocketResult Unicast(ReadOnlySpan<byte> payload, Ipv4Address source, Ipv4Address destination)
        {
            Unicasts.Add((source, destination));
            Note(payload);
            return new SocketResult(Outcome, 0, 0);
        }

        private void Note(ReadOnlySpan<byte> message) => Chaddrs.Add(MacAddress.FromBytes(message[28..]));
    }
}
