using System.Text;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using Xunit;
using static BondDhcp.Tests.Wire.Wire6Message;

namespace BondDhcp.Tests.Wire;

/// <summary>What the options of an ADVERTISE or REPLY become.</summary>
public class Reply6OptionTests
{
    private static string Notes(Dhcp6Reply reply) => string.Join('\n', reply.Notes);

    private static Dhcp6Reply With(int code, params byte[] data) => Wire6Reading.Accept(Reply().Add(code, data));

    [Theory(DisplayName = "A6-12 SOL_MAX_RT and INF_MAX_RT from 60 to 86400 s; anything else is ignored")]
    [InlineData(0u, false)]
    [InlineData(59u, false)]
    [InlineData(60u, true)]
    [InlineData(7200u, true)]
    [InlineData(86400u, true)]
    [InlineData(86401u, false)]
    [InlineData(uint.MaxValue, false)]
    public void MaxRt_OutsideItsRange_IsIgnored(uint seconds, bool taken)
    {
        Dhcp6Reply reply = Wire6Reading.Accept(Advertise().Add(82, Number(seconds, 4)).Add(83, Number(seconds, 4)));
        Assert.Equal(taken ? seconds : null, reply.SolMaxRtSeconds);
        Assert.Equal(taken ? seconds : null, reply.InfMaxRtSeconds);
        Assert.Equal(taken ? 0 : 2, reply.Notes.Length);
    }

    [Fact(DisplayName = "A6-11 an ADVERTISE with NoAddrsAvail is read with its SOL_MAX_RT")]
    public void Advertise_WithoutAddresses_IsRead()
    {
        Dhcp6Reply reply = Wire6Reading.Accept(
            Bare().With(m => m.Type = 2).Add(3, Ia(t1: 0, t2: 0, inner: Status(2, "full"))).Add(82, Number(7200, 4)).Add(13, 0, 2));
        Dhcp6IaNa ia = Assert.Single(reply.IaNas);
        Assert.Equal((new Dhcp6Status(Dhcp6StatusCode.NoAddrsAvail, "full"), 0), (ia.Status, ia.Addresses.Length));
        Assert.Equal(new Dhcp6Status(Dhcp6StatusCode.NoAddrsAvail, ""), reply.Status);
        Assert.Equal(7200u, reply.SolMaxRtSeconds);
    }

    [Theory(DisplayName = "A6-18 an IA with T1 after T2 is ignored")]
    [InlineData(400u, 300u, false)]
    [InlineData(uint.MaxValue, 300u, false)]
    [InlineData(300u, 300u, true)]
    [InlineData(300u, 0u, true)]
    [InlineData(0u, 300u, true)]
    [InlineData(uint.MaxValue, uint.MaxValue, true)]
    public void Ia_WithT1AfterT2_IsIgnored(uint t1, uint t2, bool taken)
    {
        Dhcp6Reply reply = Wire6Reading.Accept(Bare().Add(3, Ia(t1: t1, t2: t2, inner: Address())).Add(25, Ia(t1: t1, t2: t2, inner: Prefix())));
        Assert.Equal((taken ? 1 : 0, taken ? 1 : 0, taken ? 0 : 2), (reply.IaNas.Length, reply.IaPds.Length, reply.Notes.Length));
    }

    [Fact(DisplayName = "A6-19 an address or prefix preferred for longer than it is valid is ignored, the others are kept")]
    public void Lease_PreferredForLongerThanValid_IsIgnored()
    {
        Dhcp6Reply reply = Wire6Reading.Accept(Bare()
            .Add(3, Ia(inner: [.. Address(preferred: 500, valid: 400), .. Address("2001:db8::101", 400, 400), .. Address("2001:db8::102", 0, 0)]))
            .Add(25, Ia(inner: [.. Prefix(preferred: 500, valid: 400), .. Prefix("2001:db8:200::/56", 0, 400)])));
        Assert.Equal(["2001:db8::101", "2001:db8::102"], reply.IaNas[0].Addresses.Select(one => one.Address.ToString()));
        Assert.Equal(["2001:db8:200::/56"], reply.IaPds[0].Prefixes.Select(one => one.Prefix.ToString()));
        Assert.Contains("address 2001:db8::100 is preferred for longer", Notes(reply), StringComparison.Ordinal);
    }

    [Theory(DisplayName = "A6-56 addresses no host can have are ignored")]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("febf::1", false)]
    [InlineData("::ffff:192.0.2.1", false)]
    [InlineData("fec0::1", true)]
    [InlineData("fd55::1d1", true)]
    [InlineData("2001:db8::1", true)]
    public void Address_NoHostCanHave_IsIgnored(string address, bool taken)
    {
        Dhcp6IaNa ia = Assert.Single(Wire6Reading.Accept(Bare().Add(3, Ia(inner: Address(address)))).IaNas);
        Assert.Equal(taken ? 1 : 0, ia.Addresses.Length);
    }

    [Fact(DisplayName = "A6-57 several addresses of one IA, each with its own lifetimes and status; several IAs of both kinds")]
    public void Ias_WithSeveralLeases_KeepEach()
    {
        Dhcp6Reply reply = Wire6Reading.Accept(Bare()
            .Add(3, Ia(inner: [.. Address("2001:db8::1", 1, 2, Status(0, "first")), .. Status(0, "ok"), .. Address("2001:db8::2", 3, uint.MaxValue)]))
            .Add(25, Ia(7, 10, 20, [.. Prefix("2001:db8:100::/56", 5, 6), .. Prefix("2001:db8:200::/60", 7, 8)]))
            .Add(3, Ia(8, 0, 0, Status(3))));
        Assert.Equal([Iaid, 8u], reply.IaNas.Select(ia => ia.Iaid.Value));
        Assert.Equal(
            [
                new Dhcp6IaAddress(Ipv6Address.Parse("2001:db8::1"), 1, 2, new Dhcp6Status(Dhcp6StatusCode.Success, "first")),
                new Dhcp6IaAddress(Ipv6Address.Parse("2001:db8::2"), 3, uint.MaxValue),
            ], reply.IaNas[0].Addresses.AsEnumerable());
        Assert.Equal((Dhcp6StatusCode.Success, "ok", Dhcp6StatusCode.NoBinding), (reply.IaNas[0].Status.Code, reply.IaNas[0].Status.Text, reply.IaNas[1].Status.Code));
        Assert.Equal(["2001:db8:100::/56 5 6", "2001:db8:200::/60 7 8"], reply.IaPds[0].Prefixes.Select(one => $"{one.Prefix} {one.PreferredSeconds} {one.ValidSeconds}"));
        Assert.Empty(reply.Notes);
    }

    [Fact]
    public void Ia_OfTheSameIaid_IsUsedOnce()
    {
        Dhcp6Reply reply = Wire6Reading.Accept(Bare()
            .Add(3, Ia(inner: Address())).Add(3, Ia(inner: Address("2001:db8::bad"))).Add(25, Ia(inner: [.. Prefix(), .. Prefix(valid: 1, preferred: 1)])));
        Assert.Equal("2001:db8::100", Assert.Single(Assert.Single(reply.IaNas).Addresses).Address.ToString());
        Assert.Equal(900u, Assert.Single(Assert.Single(reply.IaPds).Prefixes).ValidSeconds);
        Assert.Equal(2, reply.Notes.Length);
    }

    [Theory(DisplayName = "Prefixes: length 1 to 128, host bits cleared, none of the special ones")]
    [InlineData("2001:db8::/0", null)]
    [InlineData("2001:db8::/129", null)]
    [InlineData("2001:db8::/255", null)]
    [InlineData("::/128", null)]
    [InlineData("::1/128", null)]
    [InlineData("ff02::/16", null)]
    [InlineData("fe80::/64", null)]
    [InlineData("::ffff:192.0.2.0/120", null)]
    [InlineData("2001:db8:1:2:3::/48", "2001:db8:1::/48")]
    [InlineData("2001:db8::1/128", "2001:db8::1/128")]
    [InlineData("8000::/1", "8000::/1")]
    [InlineData("::/1", "::/1")]
    public void Prefix_AtItsLimits_IsTakenOrIgnored(string prefix, string? expected) => Assert.Equal(
        expected, Wire6Reading.Accept(Bare().Add(25, Ia(inner: Prefix(prefix)))).IaPds[0].Prefixes.Select(one => one.Prefix.ToString()).SingleOrDefault());

    [Theory(DisplayName = "A6-43, A6-44 PD_EXCLUDE: the vector; lengths 1 and 18; a length not beyond the prefix; 17 octets; too many or too few octets")]
    [InlineData("2001:db8:dead:bee0::/59", "4078", "2001:db8:dead:beef::/64")]
    [InlineData("2001:db8:dead:bee0::/59", "40", null)]
    [InlineData("2001:db8:dead:bee0::/59", "407800", null)]
    [InlineData("2001:db8:dead:bee0::/59", "407878787878787878787878787878787878", null)]
    [InlineData("2001:db8:dead:bee0::/59", "3b78", null)]
    [InlineData("2001:db8:dead:bee0::/59", "3a78", null)]
    [InlineData("2001:db8:dead:bee0::/59", "8178", null)]
    [InlineData("2001:db8:dead:bee0::/59", "3cff", "2001:db8:dead:bef0::/60")]
    [InlineData("2001:db8:dead:bee0::/59", "4478", null)]
    [InlineData("2001:db8:dead:bee0::/59", "447880", "2001:db8:dead:beef:1000::/68")]
    [InlineData("8000::/1", "80ffffffffffffffffffffffffffffffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128")]
    [InlineData("8000::/1", "8000000000000000000000000000000002", "8000::1/128")]
    [InlineData("2001:db8::/127", "8080", "2001:db8::1/128")]
    [InlineData("2001:db8::/128", "8080", null)]
    public void PdExclude_OfAPrefix_IsReadOrIgnored(string prefix, string hex, string? expected)
    {
        Dhcp6Reply reply = Wire6Reading.Accept(Bare().Add(25, Ia(inner: Prefix(prefix, inner: Option(67, Convert.FromHexString(hex))))));
        Assert.Equal(expected, Assert.Single(reply.IaPds[0].Prefixes).Excluded?.ToString());
        Assert.Equal(expected is null, Notes(reply).Contains("option 67", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "A6-37 options 4 and 12 are ignored with a note; status 5 is passed on as it is")]
    public void Options_Obsolete_AreIgnored()
    {
        Dhcp6Reply reply = Wire6Reading.Accept(Reply().Add(4, Ia()[..4]).Add(12, Octets("2001:db8::1")).Add(13, 0, 5));
        Assert.Equal(Dhcp6StatusCode.UseMulticast, reply.Status.Code);
        Assert.Single(reply.IaNas);
        Assert.Equal(["option 4 (ia-ta) is obsolete and ignored", "option 12 (server-unicast) is obsolete and ignored"], reply.Notes.AsEnumerable());
    }

    [Fact(DisplayName = "A6-38 unknown options are skipped; of repeated ones the first is used, never joined, and the rest counted")]
    public void Options_Repeated_AreUsedOnce()
    {
        Dhcp6Reply reply = Wire6Reading.Accept(Reply()
            .Add(65000, 1, 2).Add(65000, 3).Add(1, "0001").Add(2, "0001").Add(23, Octets("2001:db8::53")).Add(23, Octets("2001:db8::bad"))
            .Add(7, 9).Add(7, 255).Add(13, 0, 0).Add(13, 0, 1));
        Assert.Equal((Client, Server, (byte)9, true), (reply.ClientIdentifier, reply.ServerIdentifier, reply.Preference, reply.Status.IsSuccess));
        Assert.Equal(["2001:db8::53"], reply.DnsServers.Select(address => address.ToString()));
        Assert.Equal((5, 5), (reply.RepeatedOptions, reply.Notes.Length));
        Assert.Equal(13, reply.Options.Length);
    }

    [Fact(DisplayName = "A6-38 a repeated status or PD_EXCLUDE inside an IA: the first is used and the rest counted")]
    public void Options_RepeatedInside_AreUsedOnce()
    {
        byte[] two = [.. Option(67, 0x40, 0x08), .. Option(67, 0x40, 0x10)];
        Dhcp6Reply reply = Wire6Reading.Accept(Bare()
            .Add(3, Ia(inner: [.. Address(inner: [.. Status(0), .. Status(1)]), .. Status(0), .. Status(2)]))
            .Add(25, Ia(inner: Prefix("2001:db8::/59", inner: two))));
        Assert.True(reply.IaNas[0].Status.IsSuccess && reply.IaNas[0].Addresses[0].Status.IsSuccess);
        Assert.Equal("2001:db8:0:1::/64", reply.IaPds[0].Prefixes[0].Excluded?.ToString());
        Assert.Equal(3, reply.RepeatedOptions);
    }

    [Fact(DisplayName = "A6-38 the first of a repeated option counts even when it is malformed")]
    public void Option_FirstMalformed_IsNotReplacedByTheNext() =>
        Assert.Empty(Wire6Reading.Accept(Reply().Add(23, new byte[15]).Add(23, Octets("2001:db8::bad"))).DnsServers);

    [Theory(DisplayName = "A6-40 DNS servers of 17 octets, a search list with a pointer, a label of 64: the option is ignored")]
    [InlineData(23, "20010db800000000000000000000005300")]
    [InlineData(23, "")]
    [InlineData(24, "076578616d706c65036f726700c000")]
    [InlineData(24, "c000")]
    [InlineData(24, "0161c000")]
    [InlineData(24, "076578616d706c65")]
    [InlineData(24, "0120 00")]
    [InlineData(24, "00")]
    [InlineData(24, "")]
    [InlineData(24, "label 64")]
    public void Names_Malformed_AreIgnored(int code, string hex)
    {
        byte[] data = hex == "label 64" ? [64, .. Enumerable.Repeat((byte)'a', 64), 0] : Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        Dhcp6Reply reply = With(code, data);
        Assert.Empty(reply.DnsServers);
        Assert.Empty(reply.SearchDomains);
        Assert.Contains($"option {code} ", Assert.Single(reply.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void SearchList_OfLongNames_IsReadInOrder()
    {
        string longest = string.Join('.', new string('a', 63), new string('b', 63), new string('c', 63), new string('d', 61));
        Assert.Equal(["example.org", longest], With(24, [.. Name("example.org"), .. Name(longest)]).SearchDomains.AsEnumerable());
        Assert.Empty(With(24, Name(longest + "d")).SearchDomains);
    }

    [Fact]
    public void DnsServers_OfNoUse_AreLeftOut()
    {
        Dhcp6Reply reply = With(23, [.. Octets("::"), .. Octets("ff02::1"), .. Octets("fe80::1"), .. Octets("::1"), .. Octets("2001:db8::53")]);
        Assert.Equal(["fe80::1", "2001:db8::53"], reply.DnsServers.Select(address => address.ToString()));
        Assert.Contains("option 23: 3 left out", Notes(reply), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A6-41 NTP: an address, a group and a name, in two instances and in one, in their order")]
    public void NtpServers_OfThreeKinds_AreReadInOrder()
    {
        byte[] name = Option(3, Name("ntp.example.org"));
        Dhcp6Reply reply = Wire6Reading.Accept(Reply()
            .Add(56, [.. Option(1, Octets("2001:db8::123")), .. Option(2, Octets("ff05::101")), .. name]).Add(56, name));
        Assert.Equal(
            ["Address 2001:db8::123", "Multicast ff05::101", "Name ntp.example.org", "Name ntp.example.org"],
            reply.NtpServers.Select(server => $"{server.Kind} {server}"));
        Assert.Equal(0, reply.RepeatedOptions);
        Dhcp6Reply odd = With(56, [.. Option(1, Octets("ff05::101")), .. Option(2, Octets("2001:db8::1")), .. Option(3, 0xc0, 0), .. Option(4, 1), 0, 1, 0, 99]);
        Assert.Empty(odd.NtpServers);
        Assert.Contains("option 56: 5 left out", Notes(odd), StringComparison.Ordinal);
    }

    [Theory(DisplayName = "Option 39: whole and partial names; what is no name is ignored (AX-5)")]
    [InlineData("0003626f78076578616d706c65036f726700", "box.example.org")]
    [InlineData("0003626f78", "box")]
    [InlineData("00", null)]
    [InlineData("0003622478", null)]
    [InlineData("0003621b78", null)]
    [InlineData("00c000", null)]
    [InlineData("0003626f7800 01", null)]
    public void FullyQualifiedName_OfTheServer_IsValidated(string hex, string? expected) =>
        Assert.Equal(expected, With(39, Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))).FullyQualifiedName);

    [Theory(DisplayName = "AX-6 a time zone that is a path, a portal that is no page: ignored")]
    [InlineData("Europe/Berlin", "https://portal.example.org/", true)]
    [InlineData("../../etc/passwd", "javascript:alert(1)", false)]
    [InlineData("/etc/passwd", "https://x/\n", false)]
    public void References_AreValidated(string zone, string portal, bool taken)
    {
        Dhcp6Reply reply = Wire6Reading.Accept(Reply().Add(42, Encoding.ASCII.GetBytes(zone)).Add(103, Encoding.ASCII.GetBytes(portal)));
        Assert.Equal((taken ? zone : null, taken ? portal : null), (reply.TzdbTimeZone, reply.CaptivePortal));
        Assert.Equal(taken ? 0 : 2, reply.Notes.Length);
    }

    [Fact]
    public void OtherOptions_AreRead()
    {
        Dhcp6Reply reply = Wire6Reading.Accept(Reply()
            .Add(7, 255).Add(32, Number(7200, 4)).Add(31, Octets("2001:db8::123")).Add(41, "EST5EDT4\x1b"u8.ToArray())
            .Add(64, Name("aftr.example.org")).Add(148));
        Assert.Equal(((byte)255, 7200u, "aftr.example.org", true), (reply.Preference, reply.InformationRefreshSeconds, reply.AftrName, reply.AddressRegistration));
        Assert.Equal(@"EST5EDT4\x1b", reply.PosixTimeZone);
        Assert.Equal("2001:db8::123", Assert.Single(reply.SntpServers).ToString());
        Assert.Empty(reply.Notes);
    }

    [Fact(DisplayName = "AX-7 the words of a status come through as escapes, 128 characters at most")]
    public void Status_WithControls_IsEscaped()
    {
        Dhcp6Status status = With(13, [0, 1, 0x1b, (byte)'[', .. Enumerable.Repeat((byte)7, 5000)]).Status;
        Assert.StartsWith(@"\x1b[\x07", status.Text, StringComparison.Ordinal);
        Assert.InRange(status.Text!.Length, 100, 128);
        Assert.StartsWith("UnspecFail (", status.ToString(), StringComparison.Ordinal);
        Assert.Equal("status-77", new Dhcp6Status((Dhcp6StatusCode)77, "").ToString());
    }

    [Fact(DisplayName = "Encrypted resolvers (RFC 9463): with addresses and parameters, by name alone, malformed")]
    public void EncryptedResolvers_AreRead()
    {
        byte[] name = Name("doh1.example.com");
        byte[] head = [0, 1, .. Number((uint)name.Length, 2), .. name];
        Dhcp6Reply reply = Wire6Reading.Accept(Reply()
            .Add(144, [.. head, 0, 32, .. Octets("2001:db8::1"), .. Octets("ff02::1"), 0, 1, 0, 3, 2, (byte)'h', (byte)'2']).Add(144, head)
            .Add(144, [.. head, 0, 0]).Add(144, [.. head, 0, 16, 1]).Add(144, 0, 1, 0, 9, 1).Add(144, [.. head, 0, 16, .. Octets("::1")]));
        Assert.Equal(2, reply.EncryptedResolvers.Length);
        EncryptedResolver resolver = reply.EncryptedResolvers[0];
        Assert.Equal((1, "doh1.example.com", "h2"), (resolver.Priority, resolver.Name, Assert.Single(resolver.Protocols)));
        Assert.Equal(["2001:db8::1"], resolver.Addresses.Select(address => address.ToString()));
        Assert.Empty(reply.EncryptedResolvers[1].Addresses);
        Assert.Contains("option 144: 4 left out", Notes(reply), StringComparison.Ordinal);
        Assert.Equal(0, reply.RepeatedOptions);
    }
}
