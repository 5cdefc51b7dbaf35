using BondDhcp.Dhcp.Arp;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Wire;

public class ArpVectorTests
{
    private static string Written(ArpPacket packet)
    {
        byte[] octets = new byte[ArpPacket.Length];
        packet.Write(octets);
        Assert.True(ArpPacket.TryParse(octets, out ArpPacket read));
        Assert.Equal(packet, read);
        return Convert.ToHexStringLower(octets);
    }

    [Fact(DisplayName = "A4-52 a probe claims no address: the vector")]
    public void Probe_OfTheLease_IsTheVector()
    {
        var probe = ArpPacket.Probe(Fixture.A, Fixture.L);
        Assert.True(probe.IsProbe);
        Assert.Equal("0001080006040001020000000a0a00000000000000000000c0000232", Written(probe));
    }

    [Fact(DisplayName = "A4-52 an announcement has sender and target alike: the vector")]
    public void Announcement_OfTheLease_IsTheVector()
    {
        var announcement = ArpPacket.Announcement(Fixture.B, Fixture.L);
        Assert.False(announcement.IsProbe);
        Assert.Equal("0001080006040001020000000b0bc0000232000000000000c0000232", Written(announcement));
    }

    [Fact(DisplayName = "A4-52 the DNAv4 request: the vector")]
    public void Request_ForTheGateway_IsTheVector() =>
        Assert.Equal(
            "0001080006040001020000000b0bc0000232000000000000c0000201", Written(ArpPacket.RequestFor(Fixture.B, Fixture.L, Fixture.Server)));

    [Theory]
    [InlineData("0006080006040001020000000a0a00000000000000000000c0000232")]
    [InlineData("000186dd06040001020000000a0a00000000000000000000c0000232")]
    [InlineData("0001080008040001020000000a0a00000000000000000000c0000232")]
    [InlineData("0001080006040003020000000a0a00000000000000000000c0000232")]
    [InlineData("0001080006040001020000000a0a00000000000000000000c00002")]
    public void Arp_OfAnotherKind_IsNotRead(string hex) => Assert.False(ArpPacket.TryParse(Convert.FromHexString(hex), out _));
}
