using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Wire;

/// <summary>What is ignored in a message that is taken is ignored aloud, and takes no place from the rest.</summary>
public class ReplyNoteTests
{
    [Theory(DisplayName = "AX-1 an option of a wrong length is ignored and noted, the rest of the message is taken")]
    [InlineData(3, 6)]
    [InlineData(6, 0)]
    [InlineData(12, 0)]
    [InlineData(15, 0)]
    [InlineData(26, 3)]
    [InlineData(28, 5)]
    [InlineData(33, 12)]
    [InlineData(42, 7)]
    [InlineData(58, 3)]
    [InlineData(59, 5)]
    [InlineData(80, 1)]
    [InlineData(108, 2)]
    [InlineData(116, 2)]
    [InlineData(119, 0)]
    [InlineData(121, 4)]
    [InlineData(249, 0)]
    public void Option_OfAWrongLength_IsIgnoredAndNoted(byte code, int length)
    {
        Dhcp4Reply plain = WireReading.Accept(WireMessage.Ack().Without(code));
        Dhcp4Reply reply = WireReading.Accept(WireMessage.Ack().Without(code).Add(code, new byte[length]));

        Assert.StartsWith($"option {code} ", Assert.Single(reply.Notes), StringComparison.Ordinal);
        Assert.Equal(length, reply.Options.Single(option => option.Code == code).Data.Length);
        Assert.Equal(plain.Routers.AsEnumerable(), reply.Routers);
        Assert.Equal(plain.Routes.AsEnumerable(), reply.Routes);
        Assert.Equal(plain.DnsServers.AsEnumerable(), reply.DnsServers);
        Assert.Equal(
            (plain.Mtu, plain.HostName, plain.DomainName, plain.RapidCommit, plain.BroadcastAddress, plain.AutoConfigure),
            (reply.Mtu, reply.HostName, reply.DomainName, reply.RapidCommit, reply.BroadcastAddress, reply.AutoConfigure));
        Assert.Equal(
            (plain.RenewalSeconds, plain.RebindingSeconds, plain.Ipv6OnlyWaitSeconds),
            (reply.RenewalSeconds, reply.RebindingSeconds, reply.Ipv6OnlyWaitSeconds));
    }

    [Theory(DisplayName = "A4-36 a route into 127/8 or 224/4, or by a gateway no host can be, is left out and noted; wide prefixes are for policy")]
    [InlineData("087fc0000201", false)]
    [InlineData("207f000001c0000201", false)]
    [InlineData("04e0c0000201", false)]
    [InlineData("18e00000c0000201", false)]
    [InlineData("180a00007f000001", false)]
    [InlineData("180a0000e0000001", false)]
    [InlineData("0100c0000201", true)]
    [InlineData("0180c0000201", true)]
    [InlineData("20c6336401c0000201", true)]
    public void Route_OfNoUse_IsLeftOutAndNoted(string route, bool taken)
    {
        Dhcp4Reply reply = WireReading.Accept(WireMessage.Ack().Add(121, "100a11c0000209" + route));
        Assert.Equal(taken ? 2 : 1, reply.Routes.Length);
        if (taken) Assert.Empty(reply.Notes);
        else Assert.StartsWith("option 121: 1 left out", Assert.Single(reply.Notes), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A4-36 a static route to 0.0.0.0 is illegal: left out and noted (RFC 2132 section 5.8)")]
    public void StaticRoute_ToTheDefault_IsLeftOutAndNoted()
    {
        Dhcp4Reply reply = WireReading.Accept(WireMessage.Ack().Without(3).Add(33, "00000000c00002070a000000c0000207"));
        Assert.Equal("10.0.0.0/8", Assert.Single(reply.Routes).Destination.ToString());
        Assert.StartsWith("option 33: 1 left out", Assert.Single(reply.Notes), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A4-35, S-10 32 addresses are kept, and those of no use take no place among them")]
    public void Addresses_BehindManyOfNoUse_AreKept()
    {
        byte[] useless = [.. Enumerable.Repeat<byte[]>([127, 0, 0, 1], 40).SelectMany(address => address)];
        byte[] good = [.. Enumerable.Range(1, 40).SelectMany(last => new byte[] { 192, 0, 2, (byte)last })];
        Dhcp4Reply reply = WireReading.Accept(WireMessage.Ack().Without(6).Add(6, useless).Add(6, good));

        Assert.Equal(Dhcp4ReplyReader.MaxAddresses, reply.DnsServers.Length);
        Assert.Equal(Ipv4Address.Parse("192.0.2.1"), reply.DnsServers[0]);
        Assert.StartsWith("option 6: 48 left out", Assert.Single(reply.Notes), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "S-10 64 routes are kept of one option")]
    public void Routes_OverTheLimit_AreLeftOutAndNoted()
    {
        WireMessage message = WireMessage.Ack();
        byte[] routes = [.. Enumerable.Range(0, 100).SelectMany(third => new byte[] { 24, 10, 0, (byte)third, 192, 0, 2, 1 })];
        foreach (byte[] fragment in routes.Chunk(255)) message.Add(121, fragment);
        Dhcp4Reply reply = WireReading.Accept(message);
        Assert.Equal(Dhcp4Routes.MaxRoutes, reply.Routes.Length);
        Assert.StartsWith("option 121: 36 left out", Assert.Single(reply.Notes), StringComparison.Ordinal);
    }
}
