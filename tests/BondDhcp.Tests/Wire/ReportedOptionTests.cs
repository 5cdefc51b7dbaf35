using System.Text;
using BondDhcp.Dhcp.Wire;
using Xunit;

namespace BondDhcp.Tests.Wire;

/// <summary>Options that are reported and otherwise left alone.</summary>
public sealed class ReportedOptionTests
{
    [Theory(DisplayName = "AX-6 a time zone that leads out of its directory is ignored with a note")]
    [InlineData("../../etc/passwd")]
    [InlineData("/etc/localtime")]
    [InlineData("Europe//Berlin")]
    [InlineData("Europe/")]
    [InlineData("Europe/Ber lin")]
    [InlineData("a;reboot")]
    [InlineData("$(id)")]
    [InlineData("\x1b[2J")]
    public void TimeZoneName_ThatIsAPath_IsIgnored(string zone)
    {
        Dhcp4Reply reply = WireReading.Accept(WireMessage.Ack().Add(101, Encoding.Latin1.GetBytes(zone)));
        Assert.Null(reply.TimeZoneName);
        Assert.Equal("option 101 is not the name of a time zone and is ignored", Assert.Single(reply.Notes));
    }

    [Theory(DisplayName = "AX-6 a POSIX time zone that names a file, or is none, is ignored")]
    [InlineData(":/etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../b")]
    [InlineData("CET-1 CEST")]
    [InlineData("`id`")]
    public void PosixTimeZone_ThatIsAPath_IsIgnored(string zone) =>
        Assert.Null(WireReading.Accept(WireMessage.Ack().Add(100, Encoding.Latin1.GetBytes(zone))).PosixTimeZone);

    [Theory(DisplayName = "AX-6 a portal that is no page is ignored")]
    [InlineData("javascript:alert(1)")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://")]
    [InlineData("https://portal.example/ x")]
    [InlineData("https://portal.example/\x1b[2J")]
    public void Portal_ThatIsNoPage_IsIgnored(string uri)
    {
        Dhcp4Reply reply = WireReading.Accept(WireMessage.Ack().Add(114, Encoding.Latin1.GetBytes(uri)));
        Assert.Null(reply.CaptivePortal);
        Assert.Equal("option 114 is not the address of a portal and is ignored", Assert.Single(reply.Notes));
    }

    [Fact]
    public void Reported_WhatHolds_IsKept()
    {
        Dhcp4Reply reply = WireReading.Accept(WireMessage.Ack()
            .Add(100, "CET-1CEST,M3.5.0,M10.5.0/3"u8.ToArray()).Add(101, "Europe/Berlin\0"u8.ToArray()).Add(114, "https://portal.example/x?a=b"u8.ToArray()));
        Assert.Equal(("CET-1CEST,M3.5.0,M10.5.0/3", "Europe/Berlin", "https://portal.example/x?a=b"), (reply.PosixTimeZone, reply.TimeZoneName, reply.CaptivePortal));
        Assert.Empty(reply.Notes);
        Assert.Equal("urn:ietf:params:capport:unrestricted", ReportedText.PortalUri("urn:ietf:params:capport:unrestricted"u8));
    }

    // By hand after RFC 9463 section 5.1: dns.example by 192.0.2.53 and 198.51.100.53 with alpn dot and h2, port 8853.
    private const string Instance =
        "0001" + "0d" + "03646e73076578616d706c6500" + "08" + "c0000235c6336435" + "0001" + "0007" + "03646f74" + "026832" + "0003" + "0002" + "2295";

    private static string Framed(params string[] instances) => string.Concat(instances.Select(one => $"{one.Length / 2:x4}{one}"));

    [Fact]
    public void EncryptedResolvers_OfTwoInstances_AreReadBestFirst()
    {
        byte[] option = Convert.FromHexString(Framed("0005" + "0a" + "01610562616265" + "6c00", Instance));
        Dhcp4Reply reply = WireReading.Accept(WireMessage.Ack().Add(162, option));
        EncryptedResolver first = reply.EncryptedResolvers[0];
        Assert.Equal((1, "dns.example", 8853), (first.Priority, first.Name, first.Port));
        Assert.Equal(["192.0.2.53", "198.51.100.53"], first.Addresses.Select(one => one.ToString()));
        Assert.Equal(["dot", "h2"], first.Protocols.ToArray());
        Assert.Equal("dns.example 192.0.2.53 198.51.100.53 (dot/h2 port 8853)", first.ToString());
        Assert.Equal("dns.example 192.0.2.53 198.51.100.53 (dot/h2 port 8853)", Dhcp4OptionText.Format(162, Convert.FromHexString(Framed(Instance))));
    }

    [Fact]
    public void EncryptedResolver_OfAnAdnAlone_HasNoAddress()
    {
        Assert.True(EncryptedResolverReader.ReadIpv4(Convert.FromHexString(Framed("0002" + "0d" + "03646e73076578616d706c6500")), out var resolvers));
        Assert.Equal((2, "dns.example", 0), (resolvers[0].Priority, resolvers[0].Name, resolvers[0].Addresses.Length));
    }

    [Theory(DisplayName = "RFC 9463 3.1.8: an instance that does not hold is left out, the others are kept")]
    [InlineData("0000" + "0d" + "03646e73076578616d706c6500")] // alias mode
    [InlineData("0001" + "0e" + "03646e73076578616d706c6500")] // name beyond the instance
    [InlineData("0001" + "0c" + "03646e73076578616d706c65")] // no root
    [InlineData("0001" + "02" + "c000")] // a pointer
    [InlineData("0001" + "0d" + "03643b73076578616d706c6500")] // a semicolon in a label
    [InlineData("0001" + "0d" + "03646e73076578616d706c6500" + "03" + "c00002")] // half an address
    [InlineData("0001" + "0d" + "03646e73076578616d706c6500" + "04" + "7f000001")] // the loopback
    [InlineData("0001" + "0d" + "03646e73076578616d706c6500" + "04" + "c0000235" + "00040004c0000235")] // ipv4hint
    [InlineData("0001" + "0d" + "03646e73076578616d706c6500" + "04" + "c0000235" + "0001000403646f740001000403646f74")] // a key twice
    [InlineData("0001" + "0d" + "03646e73076578616d706c6500" + "04" + "c0000235" + "0001000404646f74")] // alpn beyond its value
    public void EncryptedResolver_ThatDoesNotHold_IsLeftOut(string bad)
    {
        Dhcp4Reply reply = WireReading.Accept(WireMessage.Ack().Add(162, Convert.FromHexString(Framed(bad, Instance))));
        Assert.Equal("dns.example", Assert.Single(reply.EncryptedResolvers).Name);
        Assert.Equal(8853, reply.EncryptedResolvers[0].Port);
        Assert.Equal("option 162 (encrypted DNS): what does not hold is ignored", Assert.Single(reply.Notes));
    }

    [Fact]
    public void EncryptedResolver_OfDhcpv6_HasLengthsOfTwoOctets()
    {
        EncryptedResolver resolver = EncryptedResolverReader.ReadIpv6(Convert.FromHexString(
            "0001" + "000d" + "03646e73076578616d706c6500" + "0010" + "20010db8000000000000000000000053" + "0001" + "0004" + "03646f71"))!;
        Assert.Equal("dns.example 2001:db8::53 (doq)", resolver.ToString());
    }

    [Fact(DisplayName = "AX-1 option 162 of any octets: read or left out, never a fault")]
    public void EncryptedResolvers_OfAnyOctets_AreReadOrNot()
    {
        var random = new Random(9463);
        byte[] good = Convert.FromHexString(Framed(Instance, Instance));
        for (int i = 0; i < 20_000; i++)
        {
            byte[] data = i % 2 == 0 ? new byte[random.Next(0, 80)] : [.. good];
            if (i % 2 == 0) random.NextBytes(data);
            else for (int changes = random.Next(1, 4); changes > 0; changes--) data[random.Next(data.Length)] = (byte)random.Next(256);
            EncryptedResolverReader.ReadIpv4(data, out var resolvers);
            EncryptedResolverReader.ReadIpv6(data);
            Assert.True(resolvers.Length <= EncryptedResolverReader.MaxResolvers);
            Assert.All(resolvers, one => Assert.True(DomainNames.IsValid(one.Name)));
        }
    }
}
