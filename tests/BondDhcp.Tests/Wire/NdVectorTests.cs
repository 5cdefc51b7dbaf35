using BondDhcp.Dhcp.Nd;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Wire;

public sealed class NdVectorTests
{
    private const int HeaderLength = 40;

    private static readonly Ipv6Address s_linkLocal = Ipv6Address.Parse("fe80::ff:fe00:a0a");

    [Fact(DisplayName = "7.5 unsolicited NA for the link-local address with the new hardware address: the vector")]
    public void Announcement_OfTheLinkLocalAddress_IsTheVector() =>
        Assert.Equal(
            "88003a7f20000000fe80000000000000000000fffe000a0a0201020000000b0b",
            Message(NdPacket.Announcement(s_linkLocal, Fixture.B, isRouter: false)));

    [Fact(DisplayName = "7.5 RS: the vector")]
    public void Solicitation_OfRouters_IsTheVector() =>
        Assert.Equal("85006619000000000101020000000b0b", Message(NdPacket.SolicitRouters(s_linkLocal, Fixture.B)));

    [Fact(DisplayName = "RFC 4861 7.2.5: a host that forwards stays a router for its neighbours")]
    public void Announcement_OfARouter_HasFlagR() =>
        Assert.StartsWith("8800ba7ea0000000", Message(NdPacket.Announcement(s_linkLocal, Fixture.B, isRouter: true)), StringComparison.Ordinal);

    [Fact]
    public void Solicitation_OfOneRouter_GoesToItAlone()
    {
        var router = Ipv6Address.Parse("fe80::1");
        NdPacket packet = NdPacket.SolicitRouter(s_linkLocal, Fixture.B, router, Fixture.GatewayMac);
        Assert.Equal((router, Fixture.GatewayMac), (packet.Destination, packet.DestinationMac));
        string message = Message(packet);
        Assert.StartsWith("8700", message, StringComparison.Ordinal);
        Assert.EndsWith("00000000fe8000000000000000000000000000010101020000000b0b", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Packet_HasItsHeader()
    {
        byte[] octets = new byte[NdPacket.MaxLength];
        NdPacket packet = NdPacket.Announcement(Ipv6Address.Parse("2001:db8::100"), Fixture.B, isRouter: false);
        Assert.Equal(72, packet.Write(octets));
        // Version 6, network control, 32 octets of ICMPv6, hop limit 255, from the address itself to ff02::1.
        Assert.Equal(
            "6c00000000203aff20010db8000000000000000000000100ff020000000000000000000000000001", Convert.ToHexStringLower(octets.AsSpan(0, HeaderLength)));
        Assert.Equal("33:33:00:00:00:01", packet.DestinationMac.ToString());
        Assert.Equal("33:33:00:01:00:02", NdPacket.MacOf(Ipv6Address.AllDhcpRelayAgentsAndServers).ToString());
    }

    // What was in the buffer before must not get into the packet.
    private static string Message(NdPacket packet)
    {
        byte[] octets = new byte[NdPacket.MaxLength];
        octets.AsSpan().Fill(0xff);
        int length = packet.Write(octets);
        // A receiver sums pseudo-header and message with the checksum in it to nothing.
        uint sum = InternetChecksum.Add((uint)(length - HeaderLength) + 58, octets.AsSpan(8, 32));
        Assert.Equal(0, InternetChecksum.Finish(InternetChecksum.Add(sum, octets.AsSpan(HeaderLength, length - HeaderLength))));
        return Convert.ToHexStringLower(octets.AsSpan(HeaderLength, length - HeaderLength));
    }
}
