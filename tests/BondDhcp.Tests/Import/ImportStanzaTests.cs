using BondDhcp.Host.Import;
using Xunit;

namespace BondDhcp.Tests.Import;

/// <summary>Options of interfaces(5): each is carried over, says what is done in any case, or is named.</summary>
public sealed class ImportStanzaTests
{
    private const string Address4 = "address 10.0.0.7/24", Address6 = "address 2001:db8::7/64";

    private static ImportOutcome Import(string stanza, params string[] options)
    {
        using SystemTree tree = new SystemTree().File("/etc/network/interfaces", $"auto c0\niface c0 {stanza}\n" + string.Concat(options.Select(option => $"  {option}\n")));
        return tree.Import();
    }

    [Theory(DisplayName = "An option of interfaces(5) without a counterpart is named with its line")]
    [InlineData("inet static", Address4, "scope link", "addresses have the scope global")]
    [InlineData("inet static", Address4, "scope host", "addresses have the scope global")]
    [InlineData("inet static", Address4, "broadcast 10.0.0.77", "the broadcast address is the last one of the network")]
    [InlineData("inet static", Address4, "broadcast -", "the broadcast address is the last one of the network")]
    [InlineData("inet static", Address4, "network 10.0.1.0", "the network is that of address and netmask")]
    [InlineData("inet static", Address4, "preferred-lifetime 5", "addresses are preferred for ever")]
    [InlineData("inet static", Address4, "netmask 255.255.0.0", "the address has a length of its own, which is taken")]
    [InlineData("inet static", Address4, "metric 7", "it is that of a gateway, and there is none")]
    [InlineData("inet static", Address4, "pointopoint 10.0.0.8", "addresses of a peer have no counterpart")]
    [InlineData("inet static", Address4, "hwaddress 02:00:00:00:00:01", "hardware addresses are left as they are")]
    [InlineData("inet static", Address4, "mtu 1300", "no key sets the MTU")]
    [InlineData("inet static", Address4, "dhcp 1", "no counterpart")]
    [InlineData("inet dhcp", "", "metric x", "no counterpart")]
    [InlineData("inet dhcp", "", "scope link", "no counterpart")]
    [InlineData("inet dhcp", "", "broadcast 10.0.0.255", "no counterpart")]
    [InlineData("inet dhcp", "", "leasetime 5", "it is for other DHCP clients")]
    [InlineData("inet dhcp", "", "leasehours 5", "it is for other DHCP clients")]
    [InlineData("inet dhcp", "", "vendor x", "it is for other DHCP clients")]
    [InlineData("inet dhcp", "", "client x", "it is for other DHCP clients")]
    [InlineData("inet dhcp", "", "hwaddress 02:00:00:00:00:01", "hardware addresses are left as they are")]
    [InlineData("inet manual", "", "metric 5", "no counterpart")]
    [InlineData("inet manual", "", "mtu 1300", "no key sets the MTU")]
    [InlineData("inet manual", "", "hwaddress 02:00:00:00:00:01", "hardware addresses are left as they are")]
    [InlineData("inet6 static", Address6, "scope site", "addresses have the scope global")]
    [InlineData("inet6 static", Address6, "preferred-lifetime 0", "addresses are preferred for ever")]
    [InlineData("inet6 static", Address6, "media x", "no counterpart")]
    [InlineData("inet6 static", Address6, "accept_ra 0", "router advertisements are the kernel's business")]
    [InlineData("inet6 static", Address6, "autoconf 1", "router advertisements are the kernel's business")]
    [InlineData("inet6 static", Address6, "privext 2", "router advertisements are the kernel's business")]
    [InlineData("inet6 static", Address6, "dad-attempts 0", "the kernel says when an address can be used")]
    [InlineData("inet6 static", Address6, "dad-interval 1", "the kernel says when an address can be used")]
    [InlineData("inet6 auto", "", "privext 2", "router advertisements are the kernel's business")]
    [InlineData("inet6 auto", "", "accept_ra 2", "router advertisements are the kernel's business")]
    [InlineData("inet6 auto", "", "dhcp yes", "it is 0 or 1")]
    [InlineData("inet6 auto", "", "request_prefix 1", "no counterpart")]
    [InlineData("inet6 auto", "", "ll-attempts 9", "the kernel says when an address can be used")]
    [InlineData("inet6 dhcp", "", "request_prefix yes", "it is 0 or 1")]
    [InlineData("inet6 dhcp", "", "accept_ra 1", "router advertisements are the kernel's business")]
    [InlineData("inet6 dhcp", "", "autoconf 1", "router advertisements are the kernel's business")]
    [InlineData("inet6 dhcp", "", "ll-interval 9", "the kernel says when an address can be used")]
    [InlineData("inet6 dhcp", "", "hwaddress 02:00:00:00:00:01", "hardware addresses are left as they are")]
    public void Option_WithoutACounterpart_IsNamed(string stanza, string first, string option, string why)
    {
        ImportOutcome outcome = first.Length > 0 ? Import(stanza, first, option) : Import(stanza, option);
        string note = Assert.Single(outcome.Reader.Draft.Lost).ToString();
        Assert.StartsWith($"/etc/network/interfaces:{(first.Length > 0 ? 4 : 3)}: '{option.Split(' ')[0]} ", note, StringComparison.Ordinal);
        Assert.Contains($"': {why}", note, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "An option that says what is done in any case, or has a key, is not named")]
    [InlineData("inet static", Address4, "broadcast 10.0.0.255")]
    [InlineData("inet static", Address4, "broadcast +")]
    [InlineData("inet static", Address4, "network 10.0.0.0")]
    [InlineData("inet static", Address4, "netmask 255.255.255.0")]
    [InlineData("inet static", "address 10.0.0.7", "netmask 24")]
    [InlineData("inet static", Address4, "scope global")]
    [InlineData("inet static", "address 10.0.0.7/24\n  gateway 10.0.0.1", "metric 7")]
    [InlineData("inet6 static", Address6, "preferred-lifetime forever")]
    [InlineData("inet6 static", Address6, "scope global")]
    [InlineData("inet6 static", Address6, "netmask 64")]
    [InlineData("inet dhcp", "hostname vm", "metric 7")]
    [InlineData("inet6 auto", "dhcp 0", "dhcp 1")]
    [InlineData("inet6 dhcp", "request_prefix 0", "request-prefix 1")]
    public void Option_OfWhatIsDone_IsNotNamed(string stanza, string first, string option) =>
        Assert.Empty(Import(stanza, first, option).Reader.Draft.Lost);

    [Fact(DisplayName = "Lines beside the stanzas are named as well")]
    public void Line_OfIfupAlone_IsNamed()
    {
        using SystemTree tree = new SystemTree().File("/etc/network/interfaces", "no-auto-down c0\nno-scripts c0\nauto c0\niface c0 inet dhcp\n");
        Assert.Equal(
            ["/etc/network/interfaces:1: 'no-auto-down c0': it is about ifup and ifdown", "/etc/network/interfaces:2: 'no-scripts c0': it is about ifup and ifdown"],
            tree.Import().Reader.Draft.Lost.Select(note => note.ToString()));
    }
}
