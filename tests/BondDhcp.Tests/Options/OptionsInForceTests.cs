using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Options;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Hooks;
using BondDhcp.Host.Runner;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Wire;
using Xunit;

namespace BondDhcp.Tests.Options;

public sealed class OptionsInForceTests
{
    private static InterfaceConfiguration Interface(string keys)
    {
        ConfigurationResult result = ConfigurationReader.Read("f.toml", "[interface.eth0]\ndhcp4 = true\ndhcp6 = true\n" + keys);
        Assert.Empty(result.Problems);
        return result.Configuration!.Interfaces[0];
    }

    private static Dhcp4Reply InForce(Dhcp4Reply ack, string keys) => Dhcp4OptionsInForce.Of(ack, Interface(keys).Options4);

    // Mask, router, DNS, all 192.0.2.1, and what a test adds.
    private static Dhcp4Reply Ack(Func<ReplyMessage, ReplyMessage>? add = null)
    {
        ReplyMessage message = Fixture.Ack(1, Fixture.A);
        return (add?.Invoke(message) ?? message).ToReply();
    }

    private static string Routes(Dhcp4Reply reply) => string.Join(", ", reply.Routes.Select(route => $"{route.Destination} via {route.Gateway}"));

    private static string Servers(Dhcp4Reply reply) => string.Join(' ', reply.DnsServers);

    [Fact]
    public void Reply_WithoutOverrides_IsTheSameObject()
    {
        Dhcp4Reply ack = Ack();
        Assert.Same(ack, InForce(ack, "send = { user-class = \"x\" }\nrequest = [43]"));
        Assert.Same(ack, InForce(ack, "default = { routers = \"192.0.2.9\" }"));
        Assert.Same(ack, InForce(ack, "supersede = { domain-name-servers = \"192.0.2.1\" }"));
    }

    [Theory]
    [InlineData("supersede = { domain-name-servers = [\"192.0.2.53\", \"127.0.0.1\"] }", "192.0.2.53 127.0.0.1")]
    [InlineData("prepend = { domain-name-servers = \"127.0.0.1\" }", "127.0.0.1 192.0.2.1")]
    [InlineData("append = { domain-name-servers = [\"192.0.2.53\", \"192.0.2.1\"] }", "192.0.2.1 192.0.2.53")]
    [InlineData("prepend = { \"6\" = \"192.0.2.8\" }\nappend = { \"6\" = \"192.0.2.9\" }", "192.0.2.8 192.0.2.1 192.0.2.9")]
    [InlineData("default = { domain-name-servers = \"192.0.2.53\" }", "192.0.2.1")]
    public void DnsServers_AreAsConfigured(string keys, string expected) => Assert.Equal(expected, Servers(InForce(Ack(), keys)));

    [Fact(DisplayName = "What the reader leaves out of a server's list does not come back with the owner's")]
    public void RubbishOfTheServer_StaysOut()
    {
        Dhcp4Reply ack = new ReplyMessage(Dhcp4MessageType.Ack, 1, Fixture.A, Fixture.Server) { Yiaddr = Fixture.L }
            .Seconds(51, 3600).Address(1, Ipv4Address.Parse("255.255.255.0"))
            .Address(6, Ipv4Address.Parse("127.0.0.1"), Ipv4Address.Parse("224.0.0.1"), Fixture.Server2).ToReply();
        Assert.Equal("192.0.2.9 192.0.2.2", Servers(InForce(ack, "prepend = { domain-name-servers = \"192.0.2.9\" }")));
    }

    [Fact(DisplayName = "A default counts where the server says nothing, and where what it says is malformed")]
    public void Default_CountsWhereNothingIsSaid()
    {
        Assert.Equal("example.org", InForce(Ack(), "default = { domain-name = \"example.org\" }").DomainName);
        Assert.Equal("other.org", InForce(Ack(ack => ack.Text(15, "other.org")), "default = { domain-name = \"example.org\" }").DomainName);
        Assert.Equal(1400, InForce(Ack(ack => ack.Option(26, 1)), "default = { interface-mtu = 1400 }").Mtu);
    }

    [Fact(DisplayName = "Names that a server compressed and names of the owner become one list, each once")]
    public void SearchList_Compressed_IsJoined()
    {
        Dhcp4Reply ack = Ack(ack => ack.Option(119, [1, (byte)'a', 3, (byte)'o', (byte)'r', (byte)'g', 0, 1, (byte)'b', 0xc0, 2]));
        Assert.Equal("a.org b.org", string.Join(' ', ack.SearchDomains));
        Assert.Equal("corp.example a.org b.org", string.Join(" ", InForce(ack, "prepend = { domain-search = \"corp.example\" }").SearchDomains));
        Assert.Equal("a.org b.org c.org", string.Join(" ", InForce(ack, "append = { domain-search = [\"b.org\", \"c.org\"] }").SearchDomains));
    }

    [Theory(DisplayName = "RFC 3442's rule is about one server's two ways to say it: the owner's router counts beside the server's option 121")]
    [InlineData("supersede = { routers = \"192.0.2.9\" }", "10.0.0.0/8 via 192.0.2.2, 0.0.0.0/0 via 192.0.2.9")]
    [InlineData("prepend = { routers = \"192.0.2.9\" }", "10.0.0.0/8 via 192.0.2.2, 0.0.0.0/0 via 192.0.2.9")]
    [InlineData("append = { routers = \"192.0.2.9\" }", "0.0.0.0/0 via 192.0.2.2, 10.0.0.0/8 via 192.0.2.2")]
    [InlineData("supersede = { static-routes = \"172.16.0.0 via 192.0.2.9\" }", "0.0.0.0/0 via 192.0.2.2, 10.0.0.0/8 via 192.0.2.2, 172.16.0.0/16 via 192.0.2.9")]
    [InlineData("supersede = { classless-static-routes = \"172.16.0.0/12 via 192.0.2.9\" }", "172.16.0.0/12 via 192.0.2.9")]
    [InlineData("append = { classless-static-routes = \"172.16.0.0/12 via 192.0.2.9\" }", "0.0.0.0/0 via 192.0.2.2, 10.0.0.0/8 via 192.0.2.2, 172.16.0.0/12 via 192.0.2.9")]
    public void Routes_BesideOption121_AreTheOwners(string keys, string expected) =>
        Assert.Equal(expected, Routes(InForce(Ack(ack => ack.Option(121, [0, 192, 0, 2, 2, 8, 10, 192, 0, 2, 2])), keys)));

    [Fact]
    public void Routers_WithoutOption121_GiveTheDefaultRoute() =>
        Assert.Equal("0.0.0.0/0 via 192.0.2.9", Routes(InForce(Ack(), "supersede = { routers = \"192.0.2.9\" }")));

    [Theory(DisplayName = "lease-routes and protected-routes limit what networks say, not what the owner wrote down")]
    [InlineData("lease-routes = \"ignore\"")]
    [InlineData("lease-routes = \"limited\"\nprotected-routes = [\"172.16.0.0/12\"]")]
    public void OwnRoutes_AreNotLimited(string limit)
    {
        InterfaceConfiguration settings = Interface($"{limit}\nappend = {{ classless-static-routes = [\"172.16.0.0/12 via 192.0.2.9\", \"128.0.0.0/1 via 192.0.2.9\"] }}\nsupersede = {{ routers = \"192.0.2.9\" }}");
        Dhcp4Lease lease = Fixture.Lease() with { Ack = Dhcp4OptionsInForce.Of(Ack(), settings.Options4) };
        LeaseConfiguration its = LeaseConfiguration.Of(lease, settings, Instant.Zero, maxMtu: 0);
        Assert.Equal(["172.16.0.0/12", "128.0.0.0/1"], its.Wanted.Routes.Select(route => route.Destination.ToString()));
        Assert.Empty(its.RefusedRoutes);
    }

    [Fact]
    public void Mtu_OfTheOwner_MayBeBelowWhatNetworksMaySay()
    {
        InterfaceConfiguration settings = Interface("supersede = { interface-mtu = 1000 }");
        Dhcp4Lease lease = Fixture.Lease() with { Ack = Dhcp4OptionsInForce.Of(Ack(), settings.Options4) };
        LeaseConfiguration its = LeaseConfiguration.Of(lease, settings, Instant.Zero, maxMtu: 9000);
        Assert.Equal((1000, 0), (its.Wanted.Mtu, its.Warnings.Length));
    }

    [Fact(DisplayName = "Mask and broadcast address of the owner's")]
    public void Mask_Superseded_MakesAnotherPrefix()
    {
        Dhcp4Reply inForce = InForce(Ack(), "supersede = { subnet-mask = \"255.255.0.0\", broadcast-address = \"192.0.2.255\" }");
        Assert.Equal((16, "192.0.2.255"), (inForce.PrefixLength, inForce.BroadcastAddress.ToString()));
        Assert.Equal("192.0.255.255", InForce(Ack(), "supersede = { subnet-mask = \"255.255.0.0\" }").BroadcastAddress.ToString());
    }

    [Fact(DisplayName = "A mask under which the leased address is the network's own is left alone, and nothing else with it")]
    public void Mask_UnderWhichTheAddressIsNone_IsLeftToTheServer()
    {
        Dhcp4Reply ack = new ReplyMessage(Dhcp4MessageType.Ack, 1, Fixture.A, Fixture.Server) { Yiaddr = Ipv4Address.Parse("192.0.2.48") }
            .Seconds(51, 3600).Address(1, Ipv4Address.Parse("255.255.255.0")).ToReply();
        Dhcp4Reply inForce = InForce(ack, "supersede = { subnet-mask = \"255.255.255.252\", domain-name-servers = \"192.0.2.53\" }");
        Assert.Equal((24, "192.0.2.53"), (inForce.PrefixLength, Servers(inForce)));
    }

    [Theory(DisplayName = "The names of ISC's dhclient, by which its scripts name variables")]
    [InlineData(60, "vendor-class-identifier")]
    [InlineData(77, "user-class")]
    [InlineData(82, "relay-agent-information")]
    [InlineData(61, "dhcp-client-identifier")]
    [InlineData(121, "rfc3442-classless-static-routes")]
    public void Names_AreThoseOfIsc(byte code, string name)
    {
        Assert.Equal(name, Dhcp4OptionTable.IscNameOf(code));
        Assert.Equal(code, Dhcp4OptionTable.Find(name)!.Code);
    }

    [Fact(DisplayName = "What the configuration has a part in is marked, and nothing else of the reply changes")]
    public void Touched_IsMarked()
    {
        Dhcp4Reply ack = Ack(), inForce = InForce(ack, "prepend = { \"6\" = \"192.0.2.9\" }\ndefault = { domain-name = \"example.org\" }\nsupersede = { \"224\" = \"hex:0102\" }");
        Assert.Equal<byte>([6, 15, 224], inForce.Configured.Order());
        Assert.Equal<byte>([53, 54, 51, 1, 3, 6, 15, 224], inForce.Options.Select(option => option.Code));
        Assert.Equal((ack.Xid, ack.Yiaddr, ack.LeaseSeconds, ack.ServerIdentifier, ack.Chaddr), (inForce.Xid, inForce.Yiaddr, inForce.LeaseSeconds, inForce.ServerIdentifier, inForce.Chaddr));
    }

    [Fact(DisplayName = "An option longer than 255 octets is put together from both parts")]
    public void LongList_IsTakenWhole()
    {
        string names = string.Join(", ", Enumerable.Range(0, 20).Select(i => $"\"some-long-name-of-a-domain-{i}.example\""));
        Assert.Equal(20, InForce(Ack(), $"supersede = {{ domain-search = [{names}] }}").SearchDomains.Length);
    }

    [Fact(DisplayName = "Hooks get of a list the names alone, also where none of it is one")]
    public void Hooks_GetNamesOfListsAlone()
    {
        string[] Variables(params byte[] list)
        {
            Dhcp4Lease lease = Fixture.Lease() with { Ack = Ack(ack => ack.Option(119, list)) };
            LeaseConfiguration its = LeaseConfiguration.Of(lease, Interface(""), Instant.Zero, maxMtu: 0);
            return [.. HookVariables.Of(lease, its, DateTimeOffset.UnixEpoch, 119).Where(one => one.Name == "domain_search").Select(one => one.Value)];
        }
        Assert.Equal(["a"], Variables(1, (byte)'a', 0, 2, (byte)'-', (byte)'b', 0));
        Assert.Empty(Variables(2, (byte)'-', (byte)'b', 0, 3, (byte)'a', (byte)'_', (byte)'b', 0));
    }

    [Theory(DisplayName = "Hooks get what is asked for beside under dhclient's name, and of free text only names")]
    [InlineData("boot.example", "tftp_server_name=boot.example")]
    [InlineData("../../etc/passwd", null)]
    [InlineData("-rf", null)]
    [InlineData("a b", null)]
    public void Hooks_GetWhatIsAskedFor(string text, string? variable)
    {
        Dhcp4Lease lease = Fixture.Lease() with { Ack = Ack(ack => ack.Text(66, text).Address(69, Fixture.Server2)) };
        LeaseConfiguration its = LeaseConfiguration.Of(lease, Interface(""), Instant.Zero, maxMtu: 0);
        string[] variables = [.. HookVariables.Of(lease, its, DateTimeOffset.UnixEpoch, 66, 69, 6).Select(one => $"{one.Name}={one.Value}")];
        Assert.Contains("smtp_server=192.0.2.2", variables);
        Assert.Equal(variable is null ? [] : [variable], variables.Where(one => one.StartsWith("tftp_server_name", StringComparison.Ordinal)));
        Assert.Single(variables, one => one.StartsWith("domain_name_servers", StringComparison.Ordinal));
        Assert.DoesNotContain(HookVariables.Of(lease, its, DateTimeOffset.UnixEpoch), one => one.Name == "smtp_server");
    }

    private static Dhcp6Reply Reply() =>
        new Reply6Message(Dhcp6MessageType.Reply, 1, Fixture6.Client, Fixture6.Server)
            .IaNa(100, 200, (Ipv6Address.Parse("2001:db8::7"), 300, 400))
            .Dns(Ipv6Address.Parse("2001:db8::1")).Seconds(32, 600).ToReply();

    [Theory]
    [InlineData("supersede = { \"dhcp6.name-servers\" = [\"::1\"] }", "::1")]
    [InlineData("prepend = { \"dhcp6.dns-servers\" = \"2001:db8::53\" }", "2001:db8::53 2001:db8::1")]
    [InlineData("append = { \"dhcp6.23\" = [\"2001:db8::53\", \"2001:db8::1\"] }", "2001:db8::1 2001:db8::53")]
    [InlineData("default = { \"dhcp6.23\" = \"2001:db8::53\" }", "2001:db8::1")]
    public void DnsServers6_AreAsConfigured(string keys, string expected)
    {
        Dhcp6Reply reply = Reply(), inForce = Dhcp6OptionsInForce.Of(reply, Interface(keys).Options6);
        Assert.Equal(expected, string.Join(' ', inForce.DnsServers));
        Assert.Equal((reply.IaNas, reply.InformationRefreshSeconds, reply.ServerIdentifier), (inForce.IaNas, inForce.InformationRefreshSeconds, inForce.ServerIdentifier));
    }

    [Theory(DisplayName = "The owner's names are searched whatever the server's list is: one name that is none, or no list at all")]
    [InlineData("0161000a6d795f636f72702d6578036f7267000162 00", "a b corp.example")]
    [InlineData("016100 4001", "corp.example")]
    [InlineData("0161 c000", "corp.example")]
    public void SearchList_OfTheOwner_IsAlwaysThere(string hex, string expected)
    {
        byte[] list = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        Dhcp6Reply reply = new Reply6Message(Dhcp6MessageType.Reply, 1, Fixture6.Client, Fixture6.Server).Option(24, list).ToReply();
        Assert.Equal(expected, string.Join(' ', Dhcp6OptionsInForce.Of(reply, Interface("append = { \"dhcp6.domain-search\" = [\"corp.example\"] }").Options6).SearchDomains));
        Assert.Equal(expected, string.Join(' ', InForce(Ack(ack => ack.Option(119, list)), "append = { domain-search = [\"corp.example\"] }").SearchDomains));
    }

    [Theory(DisplayName = "A server's list with as much as is read of one leaves the owner's its place")]
    [InlineData(40, 3)]
    [InlineData(20, 63)]
    public void SearchList_FullOfTheServers_HasTheOwners(int count, int length)
    {
        byte[] list = [.. Enumerable.Range(0, count).SelectMany(i => (byte[])[(byte)length, .. System.Text.Encoding.ASCII.GetBytes($"{i:d3}".PadRight(length, 'x')), 0])];
        Dhcp6Reply reply = new Reply6Message(Dhcp6MessageType.Reply, 1, Fixture6.Client, Fixture6.Server).Option(24, list).ToReply();
        string[] domains = [.. Dhcp6OptionsInForce.Of(reply, Interface("prepend = { \"dhcp6.domain-search\" = \"a.example\" }\nappend = { \"dhcp6.domain-search\" = \"corp.example\" }").Options6).SearchDomains];
        Assert.Equal(("a.example", "corp.example"), (domains[0], domains[^1]));
        Assert.InRange(domains.Length, 15, DomainNames.MaxSearchNames);
        Dhcp4Reply ack = WireReading.Accept(WireMessage.Ack().Add(119, list[..Math.Min(list.Length, 250)]));
        Assert.Equal("corp.example", InForce(ack, "append = { domain-search = \"corp.example\" }").SearchDomains[^1]);
    }

    [Fact(DisplayName = "What the reader leaves out of a server's DHCPv6 lists does not come back with the owner's, nor takes them with it")]
    public void RubbishOfTheServer6_StaysOut()
    {
        Dhcp6Reply reply = new Reply6Message(Dhcp6MessageType.Reply, 1, Fixture6.Client, Fixture6.Server)
            .Option(23, [.. Ipv6Octets("::1"), .. Ipv6Octets("2001:db8::1")])
            .Option(56, [0, 1, 0, 200, .. Ipv6Octets("2001:db8::7b")]).ToReply();
        Dhcp6Reply inForce = Dhcp6OptionsInForce.Of(
            reply, Interface("append = { \"dhcp6.dns-servers\" = \"2001:db8::53\", \"dhcp6.ntp-server\" = \"ntp.example\" }").Options6);
        Assert.Equal("2001:db8::1 2001:db8::53", string.Join(' ', inForce.DnsServers));
        Assert.Equal(["ntp.example"], inForce.NtpServers.Select(server => server.ToString()));
    }

    [Fact]
    public void TimeServers6_OfSeveralInstances_AreOneList()
    {
        byte[] one = [0, 1, 0, 16, .. Ipv6Octets("2001:db8::7b")];
        Dhcp6Reply reply = new Reply6Message(Dhcp6MessageType.Reply, 1, Fixture6.Client, Fixture6.Server)
            .Option(56, one).Option(56, [0, 1, 0, 16, .. Ipv6Octets("2001:db8::7c")]).ToReply();
        Dhcp6Reply inForce = Dhcp6OptionsInForce.Of(reply, Interface("append = { \"dhcp6.ntp-server\" = \"ntp.example\" }").Options6);
        Assert.Equal(["2001:db8::7b", "2001:db8::7c", "ntp.example"], inForce.NtpServers.Select(server => server.ToString()));
        Assert.Equal<ushort>([56], inForce.Configured);
    }

    private static byte[] Ipv6Octets(string text)
    {
        byte[] octets = new byte[16];
        Ipv6Address.Parse(text).CopyTo(octets);
        return octets;
    }
}
