using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Wire;

/// <summary>How options are found, joined and turned into facts.</summary>
public class ReplyOptionTests
{
    private const string Routes = "00c0000201100a11c000020919c633640000000000";

    private static readonly string[] RouteTexts = ["0.0.0.0/0 192.0.2.1", "10.17.0.0/16 192.0.2.9", "198.51.100.0/25 0.0.0.0"];

    private static string[] RoutesOf(WireMessage message) =>
        [.. WireReading.Accept(message).Routes.Select(route => $"{route.Destination} {route.Gateway}")];

    [Fact(DisplayName = "A4-35 of option 3 the first usable router is the default; an off-link one stays for a host route")]
    public void Routers_WithUnusableOnes_AreSifted()
    {
        Dhcp4Reply sifted = WireReading.Accept(WireMessage.Ack().Set(3, "00000000c0000232e0000001c0000201"));
        Assert.Equal("192.0.2.1", Assert.Single(sifted.Routers).ToString());
        Assert.Equal(["0.0.0.0/0 192.0.2.1"], RoutesOf(WireMessage.Ack().Set(3, "00000000c0000232e0000001c0000201")));
        Assert.Equal(["0.0.0.0/0 198.51.100.1"], RoutesOf(WireMessage.Ack().Set(3, "c6336401")));
        Assert.Empty(RoutesOf(WireMessage.Ack().Without(3)));
    }

    [Fact(DisplayName = "A4-36 option 121 replaces 3 and 33, also without a default route")]
    public void ClasslessRoutes_Present_AreTheOnlyOnes()
    {
        Assert.Equal(RouteTexts, RoutesOf(WireMessage.Ack().Add(33, "0a000000c0000208").Add(121, Routes)));
        Assert.Equal(["10.17.0.0/16 192.0.2.9"], RoutesOf(WireMessage.Ack().Add(121, "100a11c0000209")));
        Assert.Equal(RouteTexts, RoutesOf(WireMessage.Ack().Add(249, Routes)));
        Assert.Equal(RouteTexts, RoutesOf(WireMessage.Ack().Add(249, "00c0000208").Add(121, Routes)));
        Assert.Equal(
            ["10.0.0.0/8 192.0.2.8", "172.16.5.5/32 192.0.2.8", "0.0.0.0/0 192.0.2.1"],
            RoutesOf(WireMessage.Ack().Add(33, "0a000000c0000208ac100505c0000208")));
        // Bits beyond the width do not count (RFC 3442).
        Assert.Equal(["10.16.0.0/12 192.0.2.9"], RoutesOf(WireMessage.Ack().Add(121, "0c0a1fc0000209")));
    }

    [Theory(DisplayName = "A4-36 a malformed option 121 is ignored whole and noted; option 3 is used")]
    [InlineData("2100000000c0000201")]
    [InlineData("210a110a1100c0000209")]
    [InlineData("00c0000201100a11c0000209c00002")]
    [InlineData("00c00002")]
    [InlineData("")]
    public void ClasslessRoutes_Malformed_AreIgnored(string data)
    {
        Dhcp4Reply reply = WireReading.Accept(WireMessage.Ack().Add(121, data));
        Dhcp4Route route = Assert.Single(reply.Routes);
        Assert.Equal(Ipv4Prefix.Default, route.Destination);
        Assert.Equal("192.0.2.1", route.Gateway.ToString());
        Assert.Contains(reply.Notes, note => note.Contains("121", StringComparison.Ordinal));
    }

    [Theory(DisplayName = "A4-38 overload 1, 2, 3: options in file and sname are read after the others")]
    [InlineData(1, true, false)]
    [InlineData(2, false, true)]
    [InlineData(3, true, true)]
    [InlineData(4, false, false)]
    [InlineData(0, false, false)]
    public void Options_Overloaded_AreReadInAggregateOrder(byte overload, bool file, bool sname)
    {
        Dhcp4Reply reply = WireReading.Accept(WithFields(WireMessage.Offer().Add(52, overload)));
        Assert.Equal(file, reply.Options.Any(option => option.Code == 66));
        Assert.Equal(sname, reply.Options.Any(option => option.Code == 67));
        if (file && sname)
            Assert.Equal<byte>([52, 66, 67], reply.Options.Select(option => option.Code).SkipWhile(code => code != 52));
    }

    [Fact(DisplayName = "A4-38 option 52 inside file is ignored; given twice it is no overload")]
    public void Overload_InsideAField_IsIgnored()
    {
        WireMessage message = WithFields(WireMessage.Offer().Add(52, 1));
        message.File = [.. WireMessage.Encode((52, [3]), (66, "abc"u8.ToArray())), 255];
        Assert.DoesNotContain(WireReading.Accept(message).Options, option => option.Code == 67);
        Assert.DoesNotContain(
            WireReading.Accept(WithFields(WireMessage.Offer().Add(52, 1).Add(52, 2))).Options, option => option.Code is 66 or 67);
    }

    [Fact(DisplayName = "A4-38 an option that runs past the end of file drops the message")]
    public void Options_PastTheirField_DropTheMessage()
    {
        WireMessage message = WireMessage.Offer().Add(52, 1);
        message.File = WireMessage.Encode((66, new byte[100]), (67, new byte[20])).AsSpan(0, 124).ToArray();
        message.File = [.. message.File, 68, 20];
        Assert.Equal(Dhcp4DropReason.OptionLength, WireReading.ReasonOf(message));
    }

    private static WireMessage WithFields(WireMessage message)
    {
        message.File = [.. WireMessage.Encode((66, "abc"u8.ToArray())), 255];
        message.Sname = [.. WireMessage.Encode((67, "def"u8.ToArray())), 255];
        return message;
    }

    [Fact(DisplayName = "A4-39 option 121 in fragments, over two instances and over options and file, is joined before it is read")]
    public void Fragments_OfOneOption_AreJoined()
    {
        // Sixty routes into 10.0.0.0/8 make 420 octets, so that the first instance is full.
        byte[] long121 = [.. Enumerable.Range(0, 60).SelectMany(i => (byte[])[16, 10, (byte)i, 192, 0, 2, 9])];
        Dhcp4Reply joined = WireReading.Accept(WireMessage.Ack().Add(121, long121[..255]).Add(121, long121[255..]));
        Assert.Equal(60, joined.Routes.Length);
        Assert.Equal("10.59.0.0/16", joined.Routes[^1].Destination.ToString());

        byte[] routes = Convert.FromHexString(Routes);
        Assert.Equal(RouteTexts, RoutesOf(WireMessage.Ack().Add(121, routes[..3]).Add(6, 192, 0, 2, 1).Add(121, routes[3..])));
        WireMessage spread = WireMessage.Ack().Add(52, 1).Add(121, routes[..7]);
        spread.File = [.. WireMessage.Encode((121, routes[7..])), 255];
        Assert.Equal(RouteTexts, RoutesOf(spread));
        Assert.Single(WireReading.Accept(spread).Options, option => option.Code == 121);
    }

    [Fact(DisplayName = "A4-43 pads, unknown options, no end at the exact end, and garbage after it: taken")]
    public void Options_OddButLegal_AreTaken()
    {
        WireMessage padded = WireMessage.Offer();
        for (int code = 224; code < 255; code++) if (code != 249) padded.Add((byte)code, 1, 2, 3);
        byte[] octets = padded.ToOctets();
        byte[] spread = [.. octets[..243], 0, 0, 0, .. octets[243..]];
        Assert.Equal(Dhcp4DropReason.None, Dhcp4MessageView.TryParse(spread, out Dhcp4MessageView view));
        Assert.Equal(Dhcp4DropReason.None, Dhcp4ReplyReader.TryRead(view, out Dhcp4Reply? reply));
        Assert.Equal(Convert.FromHexString("010203"), reply!.Options.Single(option => option.Code == 224).Data.ToArray());

        WireReading.Accept(WireMessage.Offer().With(m => (m.Tail, m.LeastLength) = ([], 0)));
        WireReading.Accept(WireMessage.Offer().With(m => m.Tail = [255, 1, 99, 54, 200]));
    }

    [Fact(DisplayName = "AX-5 names with anything but letters, digits and hyphens are no names")]
    public void Names_WithShellCharacters_AreIgnored()
    {
        foreach (string name in (string[])["a;reboot", "$(id)", "`id`", "a\nb", "it's", "\"x\"", "\x1b[2J", "-a", "a-", "a..b", "a_b", new string('a', 64)])
        {
            byte[] data = System.Text.Encoding.Latin1.GetBytes(name);
            Dhcp4Reply reply = WireReading.Accept(WireMessage.Ack().Add(12, data).Add(15, data));
            Assert.Null(reply.HostName);
            Assert.Null(reply.DomainName);
            Assert.Equal(2, reply.Notes.Length);
        }
        Dhcp4Reply good = WireReading.Accept(WireMessage.Ack().Add(12, "box"u8.ToArray()).Add(15, "example.org\0"u8.ToArray()));
        Assert.Equal(("box", "example.org"), (good.HostName, good.DomainName));
    }
}
