using BondDhcp.Host.Configuration;
using Xunit;
using static BondDhcp.Tests.Host.ConfigurationReaderTests;

namespace BondDhcp.Tests.Host;

/// <summary><c>name-servers</c> and <c>search-domains</c>.</summary>
public class NameServerKeysTests
{
    [Fact]
    public void NameServers_ArriveInTheRecord()
    {
        InterfaceConfiguration eth0 = Interface("name-servers = [\"127.0.0.1\", \"192.0.2.53\", \"2001:DB8::53\", \"fe80::1%eth0\"]\nsearch-domains = [\"example.org\", \"lab\"]");
        Assert.Equal(["127.0.0.1", "192.0.2.53", "2001:db8::53", "fe80::1"], eth0.NameServers.Select(server => server.ToString()));
        Assert.Equal("example.org lab", string.Join(' ', eth0.SearchDomains));
        Assert.Equal((true, false, true), (eth0.HasStatic, eth0.HasStaticAddressing, eth0.HasStaticNames));
        Assert.True(eth0.SameAs(Interface("search-domains = [\"example.org\", \"lab\"]\nname-servers = [\"127.0.0.1\", \"192.0.2.53\", \"2001:db8::53\", \"fe80::1%eth0\"]")));
        Assert.False(eth0.SameAs(eth0 with { NameServers = eth0.NameServers.RemoveAt(0) }));
        Assert.False(eth0.SameAs(eth0 with { SearchDomains = ["example.org"] }));
    }

    [Theory]
    [InlineData("name-servers = \"192.0.2.53\"", "f.toml:2:16: name-servers: must be an array of strings, such as [\"...\"]")]
    [InlineData("name-servers = [\"dns.example\"]", "f.toml:2:17: name-servers: 'dns.example': is not the address of a name server, such as \"192.0.2.53\" or \"2001:db8::53\"")]
    [InlineData("name-servers = [\"192.0.2.53/24\"]", "f.toml:2:17: name-servers: '192.0.2.53/24': is not the address of a name server, such as \"192.0.2.53\" or \"2001:db8::53\"")]
    [InlineData("name-servers = [\"192.0.2.1\", \"224.0.0.251\"]", "f.toml:2:30: name-servers: '224.0.0.251': no name server can have this address")]
    [InlineData("name-servers = [\"::\"]", "f.toml:2:17: name-servers: '::': no name server can have this address")]
    [InlineData("name-servers = [\"::ffff:192.0.2.1\"]", "f.toml:2:17: name-servers: '::ffff:192.0.2.1': no name server can have this address")]
    [InlineData("name-servers = [\"2001:db8::1\", \"2001:DB8:0::1\"]", "f.toml:2:32: name-servers: 2001:db8::1 is there twice")]
    [InlineData("name-servers = [\"fe80::1\"]", "f.toml:2:17: name-servers: 'fe80::1': a link-local address needs its interface; write \"fe80::1%eth0\"")]
    [InlineData("name-servers = [\"fe80::1%\"]", "f.toml:2:17: name-servers: 'fe80::1%': a link-local address needs its interface; write \"fe80::1%eth0\"")]
    [InlineData("name-servers = [\"fe80::1%eth1\"]", "f.toml:2:17: name-servers: 'fe80::1%eth1': is reached through another interface; write it in [interface.eth1]")]
    [InlineData("name-servers = [\"2001:db8::1%eth0\"]", "f.toml:2:17: name-servers: '2001:db8::1%eth0': only a link-local address has an interface; write \"2001:db8::1\"")]
    [InlineData("name-servers = [\"\\u001b[2J\"]", "f.toml:2:17: name-servers: '\\x1b[2J': is not the address of a name server, such as \"192.0.2.53\" or \"2001:db8::53\"")]
    [InlineData("search-domains = [\"a.example\", \"A.example\"]", "f.toml:2:32: search-domains: A.example is there twice")]
    [InlineData("search-domains = [\"example.org.\"]", "f.toml:2:19: search-domains: 'example.org.': write \"example.org\", without the last dot")]
    [InlineData("search-domains = [\"a_b.example\"]", "f.toml:2:19: search-domains: 'a_b.example' is not a domain of letters, digits and hyphens, such as \"example.org\"")]
    [InlineData("search-domains = [\"a b\"]", "f.toml:2:19: search-domains: 'a b' is not a domain of letters, digits and hyphens, such as \"example.org\"")]
    [InlineData("dns = false\nname-servers = [\"192.0.2.53\"]", "f.toml:3:16: name-servers: cannot go with dns = false, by which nobody is told of them; remove one of them")]
    [InlineData("search-domains = [\"example.org\"]\ndns = false", "f.toml:2:18: search-domains: cannot go with dns = false, by which nobody is told of them; remove one of them")]
    [InlineData("nameservers = [\"192.0.2.53\"]", "f.toml:2:1: unknown key 'nameservers'; did you mean 'name-servers'?")]
    public void NameServers_ThatAreWrong_AreRefusedWithTheirMend(string key, string problem) =>
        Assert.Equal([problem], Problems($"[interface.eth0]\n{key}\n"));

    [Fact]
    public void NameServers_BesideTheFirstThreeOfAFile_AreTold()
    {
        ConfigurationResult result = Read("[interface.eth0]\ndns = \"file\"\nname-servers = [\"192.0.2.1\", \"192.0.2.2\", \"192.0.2.3\", \"192.0.2.4\"]");
        Assert.Empty(result.Problems);
        Assert.Equal("f.toml:3:16: name-servers: programs read the first 3 of /etc/resolv.conf; the others have no effect", Assert.Single(result.Warnings).ToString());
    }
}
