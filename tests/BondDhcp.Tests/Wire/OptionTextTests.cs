using System.Collections.Immutable;
using System.Text;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Wire;

public class OptionTextTests
{
    [Theory]
    [InlineData(1, "ffffff00", "255.255.255.0")]
    [InlineData(2, "ffffff9c", "-100")]
    [InlineData(6, "c0000201c0000202", "192.0.2.1, 192.0.2.2")]
    [InlineData(6, "c00002", null)]
    [InlineData(12, "626f78", "box")]
    [InlineData(15, "6578616d706c652e6f726700", "example.org")]
    [InlineData(15, "1b5b324a5c", @"\x1b[2J\\")]
    [InlineData(19, "01", "true")]
    [InlineData(19, "02", null)]
    [InlineData(21, "0a000000ff000000", "10.0.0.0 mask 255.0.0.0")]
    [InlineData(25, "00440128", "68, 296")]
    [InlineData(26, "05dc", "1500")]
    [InlineData(33, "0a000000c0000209", "10.0.0.0 via 192.0.2.9")]
    [InlineData(43, "0102aabb", null)]
    [InlineData(51, "00000e10", "3600")]
    [InlineData(51, "ffffffff", "4294967295")]
    [InlineData(53, "02", "DHCPOFFER")]
    [InlineData(53, "2a", "type-42")]
    [InlineData(55, "0179032a", "1, 121, 3, 42")]
    [InlineData(61, "ff32e8191800048baf2d96b4a2486c9e15ceee096b5ccd", "ff:32:e8:19:18:00:04:8b:af:2d:96:b4:a2:48:6c:9e:15:ce:ee:09:6b:5c:cd")]
    [InlineData(77, "03616263026465", "abc, de")]
    [InlineData(77, "0361626300", null)]
    [InlineData(80, "", "")]
    [InlineData(81, "04000003626f78076578616d706c65036f726700", "box.example.org flags=0x04")]
    [InlineData(81, "05ffff03626f78", "box flags=0x05")]
    [InlineData(81, "01000062 6f78", "box flags=0x01")]
    [InlineData(81, "04000005626f78", null)]
    [InlineData(81, "0400000003626f78", null)]
    [InlineData(81, "000000", "flags=0x00")]
    [InlineData(108, "00000708", "1800")]
    [InlineData(119, "076578616d706c65036f72670003656e67c000", "example.org, eng.example.org")]
    [InlineData(119, "c000", null)]
    [InlineData(121, "00c0000201100a11c000020919c633640000000000", "0.0.0.0/0 via 192.0.2.1, 10.17.0.0/16 via 192.0.2.9, 198.51.100.0/25 on-link")]
    [InlineData(121, "2100000000c0000201", null)]
    [InlineData(121, "00c0000201100a11c00002", null)]
    [InlineData(224, "010203", null)]
    public void Option_OfKnownData_ReadsLikeThis(byte code, string hex, string? expected) =>
        Assert.Equal(expected, Dhcp4OptionText.Format(code, Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))));

    [Theory(DisplayName = "AX-6 a time zone that is a path out of the directory, or a portal that is no page, is not shown as one")]
    [InlineData(101, "Europe/Berlin", true)]
    [InlineData(101, "Etc/GMT+1", true)]
    [InlineData(101, "America/Argentina/Buenos_Aires", true)]
    [InlineData(101, "../../etc/passwd", false)]
    [InlineData(101, "/etc/passwd", false)]
    [InlineData(101, "Europe//Berlin", false)]
    [InlineData(101, "Europe/", false)]
    [InlineData(101, "a b", false)]
    [InlineData(114, "https://portal.example.org/x?y=1", true)]
    [InlineData(114, "urn:ietf:params:capport:unrestricted", true)]
    [InlineData(114, "javascript:alert(1)", false)]
    [InlineData(114, "file:///etc/passwd", false)]
    [InlineData(114, "https://", false)]
    [InlineData(114, "https://x/\n", false)]
    public void Text_ThatIsUsedAsAReference_MustBeOne(byte code, string text, bool shown) =>
        Assert.Equal(shown ? text : null, Dhcp4OptionText.Format(code, Encoding.ASCII.GetBytes(text)));

    [Fact(DisplayName = "AX-7 the message of a DHCPNAK: escapes only, at most 128 octets")]
    public void Message_WithControls_IsEscapedAndCut()
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        string shown = Dhcp4OptionText.Format(56, all.AsSpan(0, 255))!;
        Assert.InRange(shown.Length, 100, 128);
        Assert.StartsWith(@"\x00\x01", shown, StringComparison.Ordinal);
        Assert.EndsWith("...", shown, StringComparison.Ordinal);
        Assert.All(shown, c => Assert.InRange(c, ' ', '~'));
    }

    [Fact(DisplayName = "AX-7 escaping is reversible up to the cut, which never splits an escape")]
    public void Escaping_AtEveryLimit_CutsBetweenEscapes()
    {
        byte[] text = [0x1b, (byte)'a', (byte)'\\', 0xff, (byte)'b', 7, (byte)'c', 0, (byte)'d'];
        string whole = EscapedText.Of(text, 100);
        Assert.Equal(@"\x1ba\\\xffb\x07c\x00d", whole);
        Assert.Equal(whole, EscapedText.Of(text, whole.Length));
        for (int limit = 7; limit < whole.Length; limit++)
        {
            string cut = EscapedText.Of(text, limit);
            Assert.InRange(cut.Length, limit - 3, limit);
            Assert.EndsWith("...", cut, StringComparison.Ordinal);
            Assert.StartsWith(cut[..^3], whole, StringComparison.Ordinal);
            Assert.Matches(@"^(\\x[0-9a-f]{2}|\\\\|[^\\])*$", cut[..^3]);
        }
        Assert.Equal(@"\xc3\xa4 \xe2\x82\xac", EscapedText.Of("ä €"));
        Assert.Equal(128, EscapedText.Of(new string('x', 1_000_000)).Length);
    }

    [Fact]
    public void Option_OfManyItems_IsBounded()
    {
        string addresses = Dhcp4OptionText.Format(6, new byte[4 * 10_000])!;
        Assert.Equal(Dhcp4OptionText.MaxItems + 1, addresses.Split(", ").Length);
        Assert.EndsWith(", ...", addresses, StringComparison.Ordinal);
        Assert.InRange(Dhcp4OptionText.Format(121, new byte[5 * 10_000])!.Length, 100, 4000);
        Assert.InRange(Dhcp4OptionText.Format(77, [.. Enumerable.Repeat<byte[]>([1, 65], 10_000).SelectMany(s => s)])!.Length, 100, 600);
    }

    [Fact]
    public void RelayAgentOption_GivesItsParts()
    {
        ImmutableArray<SubOption> parts = Dhcp4SubOptions.Read(82, Convert.FromHexString("010465746830 0204 00010203 0504c6336400 0b04c0000201 0901ff".Replace(" ", "", StringComparison.Ordinal)));
        Assert.Equal(
            ["circuit-id=eth0", "remote-id=", "link-selection=198.51.100.0", "server-identifier-override=192.0.2.1", "option-9="],
            parts.Select(part => $"{part.Name}={part.Value}"));
        Assert.Empty(Dhcp4SubOptions.Read(82, [1, 4, 65]));
    }

    [Fact]
    public void VendorOptions_GiveTheirParts()
    {
        SubOption enterprise = Assert.Single(Dhcp4SubOptions.Read(125, Convert.FromHexString("0000aabb060102cafe0500")));
        Assert.Equal((43707u, "enterprise-43707"), (enterprise.Code, enterprise.Name));
        Assert.Equal(["option-1 2", "option-5 0"], enterprise.Options.Select(part => $"{part.Name} {part.Data.Length}"));
        Assert.Equal(2, Dhcp4SubOptions.Read(43, Convert.FromHexString("010100000201ffff")).Length);
        Assert.Empty(Dhcp4SubOptions.Read(43, Convert.FromHexString("48656c6c6f")));
        Assert.Equal(7u, Assert.Single(Dhcp4SubOptions.Read(124, Convert.FromHexString("00000007020102"))).Code);
        Assert.Empty(Dhcp4SubOptions.Read(6, Convert.FromHexString("c0000201")));
    }
}
