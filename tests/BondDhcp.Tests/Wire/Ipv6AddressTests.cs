using System.Net;
using System.Net.Sockets;
using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Wire;

public class Ipv6AddressTests
{
    [Theory(DisplayName = "Addresses in the canonical text of RFC 5952, read and written")]
    [InlineData("::", "::")]
    [InlineData("::1", "::1")]
    [InlineData("1::", "1::")]
    [InlineData("2001:DB8:0:0:0:0:0:1", "2001:db8::1")]
    [InlineData("2001:0db8::0001", "2001:db8::1")]
    [InlineData("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1")]
    [InlineData("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1")]
    [InlineData("2001:0:0:1:0:0:0:1", "2001:0:0:1::1")]
    [InlineData("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1")]
    [InlineData("0:0:1:2:3:4:0:0", "::1:2:3:4:0:0")]
    [InlineData("1:2:3:4:5:6:0:0", "1:2:3:4:5:6::")]
    [InlineData("ff02::1:2", "ff02::1:2")]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.1")]
    [InlineData("::ffff:c000:201", "::ffff:192.0.2.1")]
    [InlineData("64:ff9b::192.0.2.1", "64:ff9b::c000:201")]
    [InlineData("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304")]
    [InlineData("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    public void Address_Read_IsWrittenCanonically(string text, string canonical)
    {
        Assert.Equal(canonical, Ipv6Address.Parse(text).ToString());
        Assert.Equal(Ipv6Address.Parse(text), Ipv6Address.Parse(canonical));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData(":::")]
    [InlineData("1")]
    [InlineData("1:")]
    [InlineData(":1")]
    [InlineData("1::2::3")]
    [InlineData("1:::2")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("1:2:3:4:5:6:7:8::")]
    [InlineData("::1:2:3:4:5:6:7:8")]
    [InlineData("1:2:3:4::5:6:7:8")]
    [InlineData("1:2:3:4:5:6:7:")]
    [InlineData("12345::")]
    [InlineData("g::")]
    [InlineData("-1::")]
    [InlineData(" ::1")]
    [InlineData("::1 ")]
    [InlineData("fe80::1%eth0")]
    [InlineData("[::1]")]
    [InlineData("::1/128")]
    [InlineData("::192.0.2")]
    [InlineData("::192.0.2.256")]
    [InlineData("::192.0.2.1:1")]
    [InlineData("1:2:3:4:5:6:7:1.2.3.4")]
    [InlineData("192.0.2.1")]
    public void Text_ThatIsNoAddress_IsRefused(string text)
    {
        Assert.False(Ipv6Address.TryParse(text, out _));
        Assert.Throws<FormatException>(() => Ipv6Address.Parse(text));
    }

    [Fact(DisplayName = "The base class library reads the same, and what it writes reads the same here")]
    public void Addresses_AtRandom_AgreeWithTheBaseClassLibrary()
    {
        var random = new Random(20260201);
        Span<byte> octets = stackalloc byte[Ipv6Address.Length];
        for (int i = 0; i < 20_000; i++)
        {
            random.NextBytes(octets);
            // Zeros are what the text is about.
            for (int group = 0; group < 8; group++)
                if (random.Next(2) == 0) octets.Slice(2 * group, 2).Clear();
            var ours = Ipv6Address.FromBytes(octets);
            var theirs = new IPAddress(octets);
            Assert.Equal(theirs, IPAddress.Parse(ours.ToString()));
            Assert.Equal(ours, Ipv6Address.Parse(theirs.ToString()));
            Assert.Equal(
                (theirs.IsIPv6Multicast, theirs.IsIPv6LinkLocal, theirs.IsIPv4MappedToIPv6),
                (ours.IsMulticast, ours.IsLinkLocal, ours.IsV4Mapped));
        }
    }

    [Fact]
    public void Texts_AtRandom_AreReadOnlyWhereTheBaseClassLibraryDoes()
    {
        var random = new Random(20260202);
        int read = 0;
        for (int i = 0; i < 100_000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 14)).Select(_ => random.GetItems(["::", ":", ":", "0", "1", "af", "ffff", "1.2.3.4"], 1)[0]));
            if (!Ipv6Address.TryParse(text, out Ipv6Address ours)) continue;
            read++;
            Assert.True(IPAddress.TryParse(text, out IPAddress? theirs) && theirs.AddressFamily == AddressFamily.InterNetworkV6, text);
            Assert.Equal(theirs, IPAddress.Parse(ours.ToString()));
        }
        Assert.True(read > 1000, $"{read} of 100000 are addresses");
    }

    [Theory(DisplayName = "Classes of addresses, at the edges of each")]
    [InlineData("::", "any")]
    [InlineData("::1", "loopback")]
    [InlineData("::2", "usable")]
    [InlineData("fe7f:ffff::", "usable")]
    [InlineData("fe80::", "linkLocal")]
    [InlineData("febf:ffff::1", "linkLocal")]
    [InlineData("fec0::", "usable")]
    [InlineData("feff::", "usable")]
    [InlineData("ff00::", "multicast")]
    [InlineData("ff02::1:2", "multicast")]
    [InlineData("::fffe:ffff:ffff", "usable")]
    [InlineData("::ffff:0:0", "mapped")]
    [InlineData("::1:0:0:0", "usable")]
    [InlineData("2001:db8::1", "usable")]
    [InlineData("fd00::1", "usable")]
    public void Address_OfAClass_IsOfThatOne(string text, string expected)
    {
        var address = Ipv6Address.Parse(text);
        string[] classes =
        [
            .. address.IsAny ? ["any"] : (string[])[], .. address.IsLoopback ? ["loopback"] : (string[])[],
            .. address.IsLinkLocal ? ["linkLocal"] : (string[])[], .. address.IsMulticast ? ["multicast"] : (string[])[],
            .. address.IsV4Mapped ? ["mapped"] : (string[])[], .. address.IsUsableUnicast ? ["usable"] : (string[])[],
        ];
        Assert.Equal([expected], classes);
        Assert.Equal("ff02::1:2", Ipv6Address.AllDhcpRelayAgentsAndServers.ToString());
    }

    [Fact]
    public void Octets_OfAnAddress_AreInNetworkOrder()
    {
        byte[] octets = new byte[Ipv6Address.Length];
        Ipv6Address.Parse("102:304:506:708:90a:b0c:d0e:f10").CopyTo(octets);
        Assert.Equal(Enumerable.Range(1, 16).Select(i => (byte)i), octets);
        Assert.Equal("102:304:506:708:90a:b0c:d0e:f10", Ipv6Address.FromBytes(octets).ToString());
        Assert.True(Ipv6Address.Parse("::ffff").CompareTo(Ipv6Address.Parse("1::")) < 0);
    }

    [Theory]
    [InlineData("2001:db8::/32", "2001:db8::/32")]
    [InlineData("2001:db8:ffff::1/33", "2001:db8:8000::/33")]
    [InlineData("2001:db8::ff/128", "2001:db8::ff/128")]
    [InlineData("2001:db8::ff/0", "::/0")]
    [InlineData("2001:db8::ff/127", "2001:db8::fe/127")]
    [InlineData("ffff::/1", "8000::/1")]
    public void Prefix_Masked_HasNoHostBits(string text, string masked)
    {
        var prefix = Ipv6Prefix.Parse(text);
        Assert.Equal(text, prefix.ToString());
        Assert.Equal(masked, prefix.Masked.ToString());
        Assert.True(prefix.Contains(prefix.Address) && prefix.Contains(prefix.Network) && prefix.Contains(prefix));
    }

    [Fact]
    public void Prefixes_InsideEachOther_Overlap()
    {
        var site = Ipv6Prefix.Parse("2001:db8::/48");
        var link = Ipv6Prefix.Parse("2001:db8:0:ff::/64");
        Assert.True(site.Contains(link) && !link.Contains(site) && site.Overlaps(link) && link.Overlaps(site));
        Assert.False(site.Overlaps(Ipv6Prefix.Parse("2001:db8:1::/48")));
        Assert.True(Ipv6Prefix.Default.Contains(Ipv6Address.Parse("ffff::1")));
        Assert.False(site.Contains(Ipv6Address.Parse("2001:db8:1::")));
    }

    [Theory]
    [InlineData("2001:db8::")]
    [InlineData("2001:db8::/129")]
    [InlineData("2001:db8::/-1")]
    [InlineData("2001:db8::/")]
    [InlineData("2001:db8::/ 8")]
    [InlineData("/64")]
    public void Text_ThatIsNoPrefix_IsRefused(string text) => Assert.False(Ipv6Prefix.TryParse(text, out _));
}
