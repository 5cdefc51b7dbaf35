using BondDhcp.Dhcp.Options;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Configuration;
using Xunit;

namespace BondDhcp.Tests.Options;

public sealed class OptionConfigurationTests
{
    private static ConfigurationResult Read(string keys) =>
        ConfigurationReader.Read("f.toml", "[interface.eth0]\ndhcp4 = true\ndhcp6 = true\n" + keys);

    private static string Problem(string keys) => Assert.Single(Read(keys).Problems).ToString();

    private static InterfaceConfiguration Interface(string keys)
    {
        ConfigurationResult result = Read(keys);
        Assert.Empty(result.Problems);
        return Assert.Single(result.Configuration!.Interfaces);
    }

    private static string HexOf(string table, string option, string value)
    {
        InterfaceConfiguration one = Interface($"{table} = {{ {option} = {value} }}");
        OptionOverride its = Assert.Single(one.Options4.All.Concat(one.Options6.All));
        return Convert.ToHexStringLower(its.Data.AsSpan());
    }

    [Fact]
    public void EveryKey_AsDocumented_IsTaken()
    {
        InterfaceConfiguration one = Interface("""
            request = ["ntp-servers", 43, "dhcp6.ntp-server", "tftp-server-name"]
            require = ["routers"]
            send      = { vendor-class-identifier = "laptop", "77" = "hex:04:61:62:63:64" }
            supersede = { domain-name-servers = ["192.0.2.53"], "dhcp6.name-servers" = ["2001:db8::53"] }
            default   = { domain-name = "example.org" }
            prepend   = { ntp-servers = ["192.0.2.53"] }
            append    = { domain-search = ["corp.example"] }
            """);
        Assert.Equal<ushort>([42, 43, 66], one.Options4.Request);
        Assert.Equal<ushort>([3], one.Options4.Require);
        Assert.Equal<ushort>([56], one.Options6.Request);
        Assert.Equal(
            ["Send 60 6c6170746f70", "Send 77 0461626364", "Supersede 6 c0000235", "Default 15 6578616d706c652e6f7267", "Prepend 42 c0000235", "Append 119 04636f7270076578616d706c6500"],
            one.Options4.All.Select(its => $"{its.Act} {its.Code} {Convert.ToHexStringLower(its.Data.AsSpan())}"));
        Assert.Equal((OptionAct.Supersede, (ushort)23), (Assert.Single(one.Options6.All).Act, one.Options6.All[0].Code));
    }

    [Theory(DisplayName = "A table is written in any of TOML's ways")]
    [InlineData("[interface.eth0.supersede]\ndomain-name = \"a.example\"\n\"dhcp6.24\" = [\"b.example\"]")]
    [InlineData("supersede.domain-name = \"a.example\"\nsupersede.dhcp6.24 = [\"b.example\"]")]
    [InlineData("supersede = { \"15\" = \"a.example\", dhcp6.domain-search = \"b.example\" }")]
    [InlineData("[interface.eth0.supersede]\noption-15 = \"a.example\"\ndhcp6 = { domain-search = \"b.example\" }")]
    public void Table_InAnyForm_SaysTheSame(string keys)
    {
        InterfaceConfiguration one = Interface(keys);
        Assert.Equal(15, Assert.Single(one.Options4.All).Code);
        Assert.Equal(24, Assert.Single(one.Options6.All).Code);
    }

    [Theory(DisplayName = "A value is of the option's kind")]
    [InlineData("supersede", "interface-mtu", "1400", "0578")]
    [InlineData("supersede", "time-offset", "-3600", "fffff1f0")]
    [InlineData("supersede", "ip-forwarding", "true", "01")]
    [InlineData("supersede", "subnet-mask", "\"255.255.0.0\"", "ffff0000")]
    [InlineData("supersede", "routers", "\"192.0.2.9\"", "c0000209")]
    [InlineData("supersede", "domain-name-servers", "[\"127.0.0.1\", \"192.0.2.53\"]", "7f000001c0000235")]
    [InlineData("supersede", "path-mtu-plateau-table", "[68, 1500]", "004405dc")]
    [InlineData("supersede", "policy-filter", "[\"10.0.0.0/8\"]", "0a000000ff000000")]
    [InlineData("supersede", "static-routes", "[\"10.0.0.0 via 192.0.2.9\", \"to 192.0.2.7/32 via 192.0.2.9\"]", "0a000000c0000209c0000207c0000209")]
    [InlineData("supersede", "rfc3442-classless-static-routes", "[\"default via 192.0.2.9\", \"10.17.0.0/16 via 192.0.2.8\", \"198.51.100.0/24\"]", "00c0000209100a11c000020818c6336400000000")]
    [InlineData("supersede", "tzdb-timezone", "\"Europe/Berlin\"", "4575726f70652f4265726c696e")]
    [InlineData("send", "user-class", "[\"abc\", \"de\"]", "03616263026465")]
    [InlineData("send", "vendor-class", "\"enterprise-32473 laptop\"", "00007ed907066c6170746f70")]
    [InlineData("send", "\"224\"", "\"hex:0102\"", "0102")]
    [InlineData("send", "\"dhcp6.user-class\"", "\"abc\"", "0003616263")]
    [InlineData("send", "\"dhcp6.vendor-class\"", "\"enterprise-32473 laptop\"", "00007ed900066c6170746f70")]
    [InlineData("supersede", "\"dhcp6.name-servers\"", "[\"::1\", \"2001:db8::53\"]", "0000000000000000000000000000000120010db8000000000000000000000053")]
    [InlineData("supersede", "\"dhcp6.ntp-server\"", "[\"ff05::101\", \"ntp.example\"]", "00020010ff050000000000000000000000000101" + "0003000d036e7470076578616d706c6500")]
    [InlineData("supersede", "\"dhcp6.aftr-name\"", "\"aftr.example\"", "0461667472076578616d706c6500")]
    [InlineData("supersede", "captive-portal", "\"https://portal.example/\"", "68747470733a2f2f706f7274616c2e6578616d706c652f")]
    public void Value_OfItsKind_BecomesOctets(string table, string option, string value, string hex) =>
        Assert.Equal(hex, HexOf(table, option, value));

    [Theory(DisplayName = "What cannot be is refused at its place, with the reason and the nearest name")]
    [InlineData("supersede = { domain-name-server = [\"192.0.2.1\"] }", "4:15: supersede: unknown option 'domain-name-server'; did you mean 'domain-name-servers'?")]
    [InlineData("supersede = { name-servers6 = 1 }", "4:15: supersede: unknown option 'name-servers6'; did you mean 'name-servers'?")]
    [InlineData("supersede = { \"dhcp6.routers\" = \"::1\" }", "4:15: supersede: unknown option 'dhcp6.routers'; did you mean 'routers'?")]
    [InlineData("supersede = { sntp-servers = \"::1\" }", "4:15: supersede: unknown option 'sntp-servers'; did you mean 'ntp-servers' or 'dhcp6.sntp-servers'?")]
    [InlineData("supersede = { \"300\" = \"hex:00\" }", "4:15: supersede: unknown option '300'; numbers go from 1 to 254")]
    [InlineData("send = { host-name = \"x\" }", "4:10: send: host-name cannot be there: the key is 'hostname'")]
    [InlineData("send = { dhcp-client-identifier = \"hex:0102\" }", "4:10: send: client-identifier cannot be there: the key is 'client-id'")]
    [InlineData("send = { \"dhcp6.client-id\" = \"hex:0102\" }", "4:10: send: dhcp6.client-identifier cannot be there: the key is 'duid'")]
    [InlineData("send = { dhcp-lease-time = 3600 }", "4:10: send: lease-time cannot be there: how long a lease is good for is the server's to say")]
    [InlineData("supersede = { dhcp-lease-time = 3600 }", "4:15: supersede: lease-time cannot be there: how long a lease is good for is the server's to say: who uses it longer has an address that another host may have")]
    [InlineData("supersede = { dhcp-server-identifier = \"192.0.2.1\" }", "4:15: supersede: server-identifier cannot be there: it is a matter between client and server, and nothing is configured by it")]
    [InlineData("prepend = { domain-name = \"x\" }", "4:13: prepend: domain-name cannot be there: it is no list; use 'supersede' or 'default'")]
    [InlineData("supersede = { domain-name-servers = [\"192.0.2\"] }", "4:37: supersede.domain-name-servers: \"192.0.2\" is not the IPv4 address of a server")]
    [InlineData("supersede = { domain-name-servers = 5 }", "4:37: supersede.domain-name-servers: 5 is not the IPv4 address of a server")]
    [InlineData("supersede = { interface-mtu = \"1400\" }", "4:31: supersede.interface-mtu: \"1400\" is not a number from 68 to 65535")]
    [InlineData("supersede = { interface-mtu = [1400] }", "4:31: supersede.interface-mtu: must be a number from 68 to 65535, not a list")]
    [InlineData("supersede = { domain-name = \"a.example b.example\" }", "4:29: supersede.domain-name: \"a.example b.example\" is not a domain name; several go into \"domain-search\"")]
    [InlineData("supersede = { classless-static-routes = [\"10.0.0.1/8\"] }", "4:41: supersede.classless-static-routes: \"10.0.0.1/8\" is not \"PREFIX|default [via ROUTER]\", such as \"10.0.0.0/8 via 192.0.2.1\"")]
    [InlineData("supersede = { \"250\" = \"text\" }", "4:23: supersede.250: its value must be octets, such as \"hex:01:02\": it has no other form here")]
    [InlineData("supersede = { \"250\" = \"hex:0\" }", "4:23: supersede.250: 'hex:' is followed by pairs of hexadecimal digits, with colons between all pairs or none")]
    [InlineData("supersede = { routers = \"hex:0102\" }", "4:25: supersede.routers: it cannot be 2 octets long")]
    [InlineData("supersede = { routers = [] }", "4:25: supersede.routers: must be a text in quotes, a number, true or false, or an array of those")]
    [InlineData("supersede = { routers = 1.5 }", "4:25: supersede.routers: must be a text in quotes, a number, true or false, or an array of those")]
    [InlineData("supersede = { routers = \"192.0.2.1\", \"3\" = \"192.0.2.2\" }", "4:44: supersede.3: routers is there twice")]
    [InlineData("supersede = { routers = \"192.0.2.1\" }\nappend = { routers = \"192.0.2.2\" }", "5:22: append.routers: 'supersede' takes the place of all that is said of routers; remove it or the other")]
    [InlineData("send = \"x\"", "4:8: send: must be a table, such as send = { domain-name = \"example.org\" }")]
    [InlineData("request = \"routers\"", "4:11: request: must be an array of names or numbers of options, such as [\"ntp-servers\", 43]")]
    [InlineData("request = [\"ntp-server\"]", "4:12: request: unknown option 'ntp-server'; did you mean 'ntp-servers' or 'dhcp6.ntp-server'?")]
    [InlineData("request = [\"dhcp6.user-class\"]", "4:12: request: dhcp6.user-class cannot be asked for: servers send it by themselves, or never")]
    [InlineData("request = [43, 43]", "4:16: request: vendor-encapsulated-options is there twice")]
    [InlineData("send = { \"dhcp6.user-class\" = \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\" }", "4:31: send.dhcp6.user-class: the options sent are 154 octets together by here; a message has room for 144")]
    [InlineData("[interface.eth0.sent]\na = 1", "4:17: unknown key 'sent'; did you mean 'send'?")]
    public void Impossible_IsRefusedAtItsPlace(string keys, string expected) => Assert.Equal("f.toml:" + expected, Problem(keys));

    [Fact]
    public void Option_OfAFamilyThatIsOff_IsWarnedOf()
    {
        ConfigurationResult result = ConfigurationReader.Read("f.toml", "[interface.eth0]\ndhcp4 = true\nsupersede = { \"dhcp6.name-servers\" = \"::1\" }");
        Assert.Equal("f.toml:3:38: supersede.dhcp6.name-servers: dhcp6.dns-servers has no effect: dhcp6 is off", Assert.Single(result.Warnings).ToString());
    }

    [Fact(DisplayName = "A reload sees a changed override, and nothing where it says the same")]
    public void Overrides_AreComparedByContent()
    {
        InterfaceConfiguration one = Interface("supersede = { routers = \"192.0.2.1\" }"), same = Interface("supersede = { \"3\" = [\"192.0.2.1\"] }");
        Assert.True(one.SameAs(same));
        Assert.False(one.SameAs(Interface("supersede = { routers = \"192.0.2.2\" }")));
        Assert.False(one.SameAs(Interface("default = { routers = \"192.0.2.1\" }")));
        Assert.False(one.SameAs(Interface("supersede = { routers = \"192.0.2.1\" }\nrequest = [43]")));
    }

    [Fact(DisplayName = "Every name of the tables and of ISC finds its option, and no name means two")]
    public void Names_AreFound()
    {
        Assert.Equal(Dhcp4OptionTable.Names.Count(), Dhcp4OptionTable.Names.Distinct().Count());
        Assert.Equal(Dhcp6OptionTable.Names.Count(), Dhcp6OptionTable.Names.Distinct().Count());
        Assert.All(Dhcp4OptionTable.Names, name => Assert.NotNull(Dhcp4OptionTable.Find(name)));
        Assert.All(Dhcp6OptionTable.Names, name => Assert.NotNull(Dhcp6OptionTable.Find(name)));
        foreach (Dhcp4OptionInfo row in Dhcp4OptionTable.Known) Assert.Equal(row.Code, Dhcp4OptionTable.Find($"{row.Code}")!.Code);
        Assert.Equal((61, 121, 23), (Dhcp4OptionTable.Find("dhcp-client-identifier")!.Code, Dhcp4OptionTable.Find("rfc3442-classless-static-routes")!.Code, Dhcp6OptionTable.Find("name-servers")!.Code));
        Assert.Null(Dhcp4OptionTable.Find("256"));
    }

    [Fact(DisplayName = "What is printed of an option is what may be written for it")]
    public void Printed_IsWritable()
    {
        foreach ((byte code, string text) in ((byte, string)[])[(3, "192.0.2.1"), (26, "1400"), (121, "10.17.0.0/16 via 192.0.2.9"), (121, "198.51.100.0/24 on-link"), (119, "corp.example"), (77, "abc")])
        {
            OptionItem item = long.TryParse(text, out long number) ? new OptionItem(null, number) : new OptionItem(text);
            Assert.Equal(text, Dhcp4OptionText.Format(code, Dhcp4OptionForms.Encode(code, new OptionValue([item], false), out _)!.Value.AsSpan()));
        }
        var vendor = Dhcp6OptionForms.Encode(16, new OptionValue([new OptionItem("enterprise-1 laptop")], false), out _);
        Assert.Equal("enterprise-1 laptop", Dhcp6OptionText.Format(16, vendor!.Value.AsSpan()));
    }
}
