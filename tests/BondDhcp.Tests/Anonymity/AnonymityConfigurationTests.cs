using BondDhcp.Dhcp.Identity;
using BondDhcp.Host.Configuration;
using Xunit;

namespace BondDhcp.Tests.Anonymity;

/// <summary>What of the configuration goes together with the anonymity profile, and what comes of it.</summary>
public class AnonymityConfigurationTests
{
    private const string Sound = "client-id = \"mac\"\n[interface.eth0]\nanonymity = true\n";

    private static readonly Duid s_duid = Duid.TryParse("00:04:01:02:03", out Duid? duid) ? duid : throw new InvalidOperationException();

    private static ConfigurationResult Read(string text) => ConfigurationReader.Read("f.toml", text);

    private static string[] Problems(string text) => [.. Read(text).Problems.Select(problem => problem.ToString())];

    private static string[] Warnings(string text) => [.. Read(text).Warnings.Select(warning => warning.ToString())];

    [Theory(DisplayName = "AM-23 anonymity together with an identity that is the same on every network is rejected, and the mend is named")]
    [InlineData("", "client-id = \"duid\"")]
    [InlineData("client-id = \"duid\"\n", "client-id = \"duid\"")]
    [InlineData("client-id = \"bare-duid\"\n", "client-id = \"bare-duid\"")]
    [InlineData("client-id = \"01:02:00:5e:00:53:01\"\n", "a client-id written down in hex")]
    public void Anonymity_WithASharedIdentity_IsRefused(string clientId, string named)
    {
        int line = clientId.Length == 0 ? 2 : 3;
        Assert.Equal(
            $"f.toml:{line}:13: anonymity: cannot go with {named}, which is the same on every network (RFC 7844); write client-id = \"mac\" before the first [table], of which this interface then sends its present hardware address, or remove anonymity",
            Assert.Single(Problems(clientId + "[interface.eth0]\nanonymity = true\ndhcp4 = true")));
    }

    [Theory(DisplayName = "D13 anonymity: what tells two networks apart, or sends more than the profile lists, is refused at its place")]
    [InlineData("iaid = 7", "f.toml:4:8: iaid: cannot go with anonymity = true: the IAID follows the hardware address (RFC 7844 section 4.5); remove one of them")]
    [InlineData("chaddr = \"lease\"", "f.toml:4:10: chaddr: cannot go with anonymity = true: a lease ends with the hardware address it was granted to (RFC 7844 section 3.2); remove one of them")]
    [InlineData("rapid-commit = true", "f.toml:4:16: rapid-commit: cannot go with anonymity = true: its option is not among those that RFC 7844 section 3 lists; remove one of them")]
    [InlineData("rapid-commit = \"dhcp6\"", "f.toml:4:16: rapid-commit: cannot go with anonymity = true: its option is not among those that RFC 7844 section 3 lists; remove one of them")]
    [InlineData("ipv4-link-local = true", "f.toml:4:19: ipv4-link-local: cannot go with anonymity = true: the address is made of the DUID, and is the same on every network; remove one of them")]
    [InlineData("send = { vendor-class-identifier = \"laptop\" }", "f.toml:4:36: send.vendor-class-identifier: cannot go with anonymity = true: messages hold what RFC 7844 lists and nothing else; remove one of them")]
    [InlineData("dhcp6 = true\nsend = { \"dhcp6.15\" = \"hex:00:01:61\" }", "f.toml:5:23: send.dhcp6.15: cannot go with anonymity = true: messages hold what RFC 7844 lists and nothing else; remove one of them")]
    public void Anonymity_WithWhatDefeatsIt_IsRefused(string keys, string problem) =>
        Assert.Equal(problem, Assert.Single(Problems(Sound + keys + "\ndhcp4 = true")));

    [Fact(DisplayName = "D13 anonymity with DHCPINFORM is refused: its address is the same under every hardware address")]
    public void Anonymity_WithInform_IsRefused() => Assert.Equal(
        "f.toml:5:10: inform: cannot go with anonymity = true: it names an address that is the same under every hardware address (RFC 7844 section 3.2); remove one of them",
        Assert.Single(Problems(Sound + "addresses = [\"192.0.2.7/24\"]\ninform = true")));

    [Theory(DisplayName = "D13 anonymity beside defaults written down, and beside what stays on this host, is taken")]
    [InlineData("iaid = \"auto\"\nchaddr = \"auto\"\nrapid-commit = false\nsend = {}\nipv4-link-local = false")]
    [InlineData("supersede = { domain-name-servers = [\"192.0.2.99\"] }\nreject-server = [\"192.0.2.1\"]\nrelease-on-stop = true\nipv6-only = true\ndhcp6 = \"auto\"")]
    [InlineData("chaddr = \"current\"\nbroadcast = \"always\"\nconflict-detection = \"before\"")]
    public void Anonymity_BesideOthers_IsTaken(string keys)
    {
        ConfigurationResult result = Read(Sound + keys + "\ndhcp4 = true");
        Assert.Empty(result.Problems);
        Assert.Empty(result.Warnings);
        Assert.True(result.Configuration!.Find("eth0")!.Anonymity);
    }

    [Theory(DisplayName = "D13 anonymity: what it costs, and what tells more than it hides, is said at the start")]
    [InlineData("", "f.toml:3:13: anonymity: has no effect: neither dhcp4 nor dhcp6 is on")]
    [InlineData("dhcp4 = true\nrequest = [42]", "f.toml:5:11: request: ntp-servers is asked for beside what the anonymity profile asks for: by it this host can be told from others")]
    [InlineData("dhcp4 = true\naddresses = [\"192.0.2.7/24\"]", "f.toml:5:13: addresses: stays the same under every hardware address, and tells that they are one host's: anonymity is of DHCP alone")]
    [InlineData("dhcp6 = true\nprefix-delegation = 56", "f.toml:5:21: prefix-delegation: few hosts ask for prefixes: by it this host can be told from others (RFC 7844 section 4.5.2)")]
    [InlineData("dhcp4 = true\nslaves = [\"a\", \"b\"]", "f.toml:3:13: anonymity: each failover gives the bond another hardware address, and so another identity and another IP address: connections end with it")]
    public void Anonymity_AtACost_IsWarnedOf(string keys, string warning) => Assert.Equal(warning, Assert.Single(Warnings(Sound + keys)));

    [Fact(DisplayName = "D13 anonymity: a bond whose hardware address stays, and a DUID written down that DHCPv6 does not send here")]
    public void Anonymity_OfABondWithOneAddress_CostsNothing()
    {
        Assert.Empty(Warnings(Sound + "dhcp4 = true\nslaves = [\"a\", \"b\"]\nfail_over_mac = \"none\""));
        Assert.Contains("the DUID written down is not sent here", Assert.Single(Warnings("duid = \"00:04:01:02:03\"\n" + Sound + "dhcp6 = true")));
    }

    [Fact(DisplayName = "D13 anonymity: neither family is given name, DUID, stored identifier or options sent; the list of requested ones is short")]
    public void Identity_UnderAnonymity_HoldsNothingOfTheHost()
    {
        DaemonConfiguration configuration = Read("hostname = \"host7.example.org\"\n" + Sound + "dhcp4 = true\ndhcp6 = true\nprefix-delegation = 56\nrequest = [42]").Configuration!;
        InterfaceConfiguration one = configuration.Interfaces[0];
        InterfaceIdentity identity = InterfaceIdentity.Create(configuration, one, s_duid, "host7", () => throw new InvalidOperationException("the stored identifier is not asked for"));
        Assert.True(identity.Settings is { Anonymous: true, RapidCommit: false, AutoConfigure: false, Chaddr: BondDhcp.Dhcp.Client.ChaddrPolicy.Current });
        Assert.Empty(identity.Settings.ClientIdentifier);
        Assert.Equal((null, null), (identity.Identification.HostName, identity.Identification.FullyQualifiedName));
        Assert.Empty(identity.Identification.Sent);
        Assert.Equal([1, 3, 6, 15, 121, 42], identity.Identification.ParameterRequestList.ToArray());
        Dhcp6Identity identity6 = Dhcp6Identity.Create(configuration, one, s_duid, "host7");
        Assert.True(identity6.Settings is { Anonymous: true, SendsName: false, RapidCommit: false, PrefixLengthHint: 56 });
        Assert.Null(identity6.Identification.FullyQualifiedName);
        Assert.NotEqual(s_duid, identity6.Settings.ClientIdentifier);
        Assert.NotEqual(s_duid, identity6.Identification.ClientIdentifier);
    }

    [Fact(DisplayName = "D13 anonymity: an interface beside it keeps its identity")]
    public void Identity_OfAnotherInterface_IsItsOwn()
    {
        DaemonConfiguration configuration = Read(Sound + "[interface.eth1]\ndhcp4 = true\ndhcp6 = true").Configuration!;
        InterfaceIdentity identity = InterfaceIdentity.Create(configuration, configuration.Find("eth1")!, s_duid, "host7", () => [1, 2, 0, 0, 0, 0, 9]);
        Assert.False(identity.Settings.Anonymous);
        Assert.Equal([1, 2, 0, 0, 0, 0, 9], identity.Identification.ClientIdentifier.ToArray());
        Assert.Equal("host7", identity.Identification.HostName);
        Assert.Equal(s_duid, Dhcp6Identity.Create(configuration, configuration.Find("eth1")!, s_duid, "host7").Settings.ClientIdentifier);
    }
}
