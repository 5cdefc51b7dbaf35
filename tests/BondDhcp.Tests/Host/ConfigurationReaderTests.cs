using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Host.Configuration;
using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Host;

public class ConfigurationReaderTests
{
    internal static ConfigurationResult Read(string text) => ConfigurationReader.Read("f.toml", text);

    internal static string[] Problems(string text) => [.. Read(text).Problems.Select(problem => problem.ToString())];

    internal static InterfaceConfiguration Interface(string keys)
    {
        ConfigurationResult result = Read("[interface.eth0]\n" + keys);
        Assert.Empty(result.Problems);
        return Assert.Single(result.Configuration!.Interfaces);
    }

    [Fact]
    public void Defaults_AreTheContracts()
    {
        InterfaceConfiguration eth0 = Interface("");
        Assert.Equal(new InterfaceConfiguration { Name = "eth0" }, eth0);
        Assert.False(eth0.Dhcp4);
        Assert.Equal(ConflictDetection.Fast, eth0.ConflictDetection);
        Assert.Equal(1024u, eth0.Metric);
        Assert.True(eth0.DetectNetworkAttachment);
        Assert.Equal(HostNameSource.System, Read("").Configuration!.HostNameSource);
    }

    [Fact]
    public void EveryKey_SetToItsDefault_IsAccepted()
    {
        string text = """
            hostname = true
            client-id = "duid"
            duid = "auto"
            network-conf = ""
            hooks = ""
            control-group = ""
            [interface.bond0]
            kind = "existing"
            slaves = []
            primary = ""
            mode = "active-backup"
            miimon = 100
            fail_over_mac = "active"
            num_grat_arp = 2
            enforce = false
            path-failover = false
            dhcp4 = true
            dhcp6 = false
            iaid = "auto"
            prefix-delegation = false
            addresses = []
            routes = []
            fallback = []
            name-servers = []
            search-domains = []
            release-on-stop = false
            conflict-detection = "fast"
            defend = "once"
            metric = 1024
            chaddr = "auto"
            broadcast = "auto"
            offer-wait = 0
            dnav4 = true
            rapid-commit = false
            lease-routes = "limited"
            protected-routes = []
            require-server = []
            reject-server = []
            dns = "auto"
            ipv4-link-local = false
            ipv6-only = false
            anonymity = false
            inform = false
            supplicant = ""
            supplicant-driver = "nl80211,wext"
            """;
        Assert.Empty(Problems(text));
        Assert.True(Read(text).Configuration!.Find("bond0")!.Dhcp4);
    }

    [Fact]
    public void DocumentedSample_IsTaken()
    {
        string text = """
            hostname = true
            client-id = "duid"
            duid = "auto"
            network-conf = "/etc/conf.d/network.conf"
            hooks = ""
            control-group = ""
            [interface.bond0]
            kind = "bond"
            slaves = ["enp3s0", "wlp2s0"]
            primary = "enp3s0"
            mode = "active-backup"
            miimon = 100
            fail_over_mac = "active"
            num_grat_arp = 2
            enforce = false
            path-failover = false
            dhcp4 = true
            dhcp6 = true
            iaid = "auto"
            prefix-delegation = false
            addresses = ["192.168.0.2/24", "fd00::2/64"]
            routes = ["10.1.0.0/16 via 192.168.0.1"]
            fallback = []
            conflict-detection = "fast"
            dns = "auto"
            ipv4-link-local = false
            anonymity = false
            inform = false
            [interface.wlp2s0]
            supplicant = "/etc/wpa_supplicant/wpa_supplicant.conf"
            supplicant-driver = "nl80211,wext"
            """;
        Assert.Empty(Problems(text));
        Assert.Equal(Dhcp6Mode.Stateful, Read(text).Configuration!.Find("bond0")!.Dhcp6);
    }

    [Fact]
    public void Text_OfTheFile_ReachesNoTerminalUnescaped() =>
        Assert.All(
            Problems("[interface.a]\nroutes = [\"\\u001b[31m/8\"]\nprotected-routes = [\"\\u001b[31m\"]\nrequire-server = [\"\\u001b[31m\"]\naddresses = [\"\\u001b[31m\"]\nslaves = [\"\\u001b[31m\"]\n"),
            problem => Assert.DoesNotContain(problem, c => char.IsControl(c)));

    [Theory(DisplayName = "conflict-detection: its default, written down, is its default still, which for static addresses is another; what was chosen counts for both")]
    [InlineData("", nameof(ConflictDetection.Fast), nameof(ConflictDetection.Before))]
    [InlineData("conflict-detection = \"fast\"", nameof(ConflictDetection.Fast), nameof(ConflictDetection.Before))]
    [InlineData("conflict-detection = \"before\"", nameof(ConflictDetection.Before), nameof(ConflictDetection.Before))]
    [InlineData("conflict-detection = \"concurrent\"", nameof(ConflictDetection.Concurrent), nameof(ConflictDetection.Concurrent))]
    [InlineData("conflict-detection = \"off\"", nameof(ConflictDetection.Off), nameof(ConflictDetection.Off))]
    public void ConflictDetection_OfStaticAddresses(string key, string leased, string configured)
    {
        InterfaceConfiguration eth0 = Interface(key);
        Assert.Equal((leased, configured), (eth0.ConflictDetection.ToString(), eth0.StaticConflictDetection.ToString()));
    }

    [Fact]
    public void Values_ArriveInTheRecord()
    {
        InterfaceConfiguration eth0 = Interface("""
            dhcp4 = true
            iaid = 0xdeadbeef
            release-on-stop = true
            conflict-detection = "before"
            defend = "always"
            metric = 7
            chaddr = "lease"
            broadcast = "never"
            offer-wait = 1500
            dnav4 = false
            rapid-commit = true
            ipv6-only = true
            lease-routes = "default-only"
            protected-routes = ["10.1.2.3/8", "fd00::/8"]
            require-server = ["192.0.2.1"]
            reject-server = ["192.0.2.2"]
            dns = false
            """);
        Assert.True(eth0.SameAs(new InterfaceConfiguration
        {
            Name = "eth0",
            Dhcp4 = true,
            Iaid = 0xdeadbeef,
            ReleaseOnStop = true,
            ConflictDetection = ConflictDetection.Before,
            Defend = AddressDefence.Always,
            Metric = 7,
            Chaddr = ChaddrPolicy.Lease,
            Broadcast = BroadcastPolicy.Never,
            OfferWait = TimeSpan.FromSeconds(1.5),
            DetectNetworkAttachment = false,
            RapidCommit = true,
            RapidCommit6 = true,
            Ipv6Only = true,
            LeaseRoutes = LeaseRoutes.DefaultOnly,
            ProtectedRoutes = [Ipv4Prefix.Parse("10.0.0.0/8")],
            RequireServers = [Ipv4Address.Parse("192.0.2.1")],
            RejectServers = [Ipv4Address.Parse("192.0.2.2")],
            Dns = DnsOutput.None,
        }));
    }

    [Theory]
    [InlineData("[interface.eth0]\ndhpc4 = true", "f.toml:2:1: unknown key 'dhpc4'; did you mean 'dhcp4'?")]
    [InlineData("[interface.eth0]\n  fail-over-mac = \"active\"", "f.toml:2:3: unknown key 'fail-over-mac'; did you mean 'fail_over_mac'?")]
    [InlineData("hotsname = true", "f.toml:1:1: unknown key 'hotsname'; did you mean 'hostname'?")]
    [InlineData("dhcp4 = true", "f.toml:1:1: unknown key 'dhcp4'; it belongs into [interface.NAME]")]
    [InlineData("[interface.eth0]\nhostname = true", "f.toml:2:1: unknown key 'hostname'; it belongs before the first [table]")]
    [InlineData("[interface.eth0]\ndhcp4 = \"yes\"", "f.toml:2:9: dhcp4: must be true or false")]
    [InlineData("[interface.eth0]\nmetric = -1", "f.toml:2:10: metric: must be a number from 0 to 4294967295")]
    [InlineData("[interface.eth0]\nconflict-detection = \"fats\"", "f.toml:2:22: conflict-detection: must be one of \"fast\", \"before\", \"concurrent\", \"off\"; did you mean 'fast'?")]
    [InlineData("[interface.eth0]\nrequire-server = [\"192.0.2.1\", \"x\"]", "f.toml:2:32: require-server: 'x' is not the IPv4 address of a server, nor the DUID of one in colon-separated hex")]
    [InlineData("[interface.eth0.5]\ndhcp4 = true", "f.toml:1:17: write [interface.\"eth0.5\"]: a name with a dot needs quotes")]
    [InlineData("[interface.\"a/b\"]", "f.toml:1:12: 'a/b' is no interface name: '/', ':' and white space are not allowed in it")]
    [InlineData("[interface.a234567890123456]", "f.toml:1:12: 'a234567890123456' is longer than the 15 bytes of an interface name")]
    [InlineData("[interfaces.eth0]", "f.toml:1:2: unknown table 'interfaces'; write [interface.NAME]")]
    [InlineData("interface = 3", "f.toml:1:1: 'interface' must be a table: write [interface.NAME]")]
    [InlineData("hostname = \"a_b\"", "f.toml:1:12: hostname: must be true, false or a host name of letters, digits and hyphens")]
    [InlineData("duid = \"00:04\"", "f.toml:1:8: duid: must be \"auto\" or 3 to 130 octets in hexadecimal, such as \"00:04:...\"")]
    public void Mistake_IsReportedWithItsPlaceAndTheMend(string text, string expected) =>
        Assert.Equal([expected], Problems(text));

    [Fact(DisplayName = "AB-9 a hardware address for a bond is refused: the driver would say yes and do nothing")]
    public void HardwareAddressOfABond_IsRefused() => Assert.Equal(
        ["f.toml:3:1: mac: no effect with fail_over_mac=active: the hardware address of bond0 is that of the slave in use; remove it"],
        Problems("[interface.bond0]\nslaves = [\"a\", \"b\"]\nmac = \"02:00:00:00:00:01\""));

    [Theory(DisplayName = "AC-7 a DUID of fewer than 3 or more than 130 octets is refused")]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(130, true)]
    [InlineData(131, false)]
    public void Duid_OutsideItsLimits_IsRefused(int length, bool accepted) =>
        Assert.Equal(accepted, Problems($"duid = \"{HexText.Colons(new byte[length])}\"").Length == 0);

    [Fact]
    public void SeveralMistakes_AreAllReportedInOrder()
    {
        string[] problems = Problems("hostname = 3\n[interface.eth0]\nmetric = \"x\"\nnonsense-key = 1\n[interface.eth1]\ndhcp4 = 0\n");
        Assert.Equal(["f.toml:1:12", "f.toml:3:10", "f.toml:4:1", "f.toml:6:9"], problems.Select(p => string.Join(':', p.Split(':').Take(3))));
    }

    [Fact]
    public void Dhcp6_Keys_AreReadWithTheirModes()
    {
        InterfaceConfiguration Of(string keys) => Read("[interface.bond0]\n" + keys).Configuration!.Find("bond0")!;
        Assert.Null(Of("dhcp6 = false").Dhcp6);
        Assert.Equal(Dhcp6Mode.Stateful, Of("dhcp6 = true").Dhcp6);
        Assert.Equal(Dhcp6Mode.Stateless, Of("dhcp6 = \"stateless\"").Dhcp6);
        Assert.Equal(Dhcp6Mode.Auto, Of("dhcp6 = \"auto\"").Dhcp6);
        Assert.Equal(60, Of("dhcp6 = true\nprefix-delegation = 60").PrefixLengthHint);
        Assert.Equal(56, Of("dhcp6 = true\nprefix-delegation = true").PrefixLengthHint);
        Assert.Null(Of("dhcp6 = true\nprefix-delegation = false").PrefixLengthHint);
        Assert.False(Of("dhcp6 = true\nsolicit-delay = false").SolicitDelay);
        Assert.True(Of("dhcp6 = true").SolicitDelay);
        InterfaceConfiguration servers = Of("require-server = [\"192.0.2.1\", \"00:03:00:01:02:00:00:00:00:01\"]");
        Assert.Equal("192.0.2.1", Assert.Single(servers.RequireServers).ToString());
        Assert.Equal("00:03:00:01:02:00:00:00:00:01", Assert.Single(servers.RequireDuids).ToString());
    }

    [Theory]
    [InlineData("dhcp6 = \"slaac\"", "f.toml:2:9: dhcp6: must be true, false, \"stateless\" or \"auto\"")]
    [InlineData("dhcp6 = true\nprefix-delegation = 65", "f.toml:3:21: prefix-delegation: must be true, false or a prefix length from 1 to 64")]
    [InlineData("prefix-delegation = 56", "f.toml:2:21: prefix-delegation: needs DHCPv6; add dhcp6 = true, \"stateless\" or \"auto\", or remove it")]
    public void Dhcp6_ImpossibleKeys_AreRefusedWithTheMend(string keys, string problem) =>
        Assert.Equal(problem, Assert.Single(Problems("[interface.bond0]\n" + keys)));

    [Theory(DisplayName = "D18 rapid-commit is for both families, for one, or for none; each family's machine is told its own")]
    [InlineData("false", false, false)]
    [InlineData("true", true, true)]
    [InlineData("\"dhcp4\"", true, false)]
    [InlineData("\"dhcp6\"", false, true)]
    public void RapidCommit_OfOneFamily_IsNotTheOthers(string value, bool ipv4, bool ipv6)
    {
        DaemonConfiguration configuration = Read($"[interface.bond0]\ndhcp4 = true\ndhcp6 = true\nrapid-commit = {value}").Configuration!;
        InterfaceConfiguration one = configuration.Find("bond0")!;
        var duid = BondDhcp.Dhcp.Identity.Duid.FromMac(MacAddress.Parse("02:00:00:00:0a:0a"));
        Assert.Equal(
            (ipv4, ipv6),
            (InterfaceIdentity.Create(configuration, one, duid, "host", () => []).Settings.RapidCommit, Dhcp6Identity.Create(configuration, one, duid, "host").Settings.RapidCommit));
    }

    [Theory]
    [InlineData("\"dhcp5\"", "f.toml:2:16: rapid-commit: must be true, false, \"dhcp4\" or \"dhcp6\"; did you mean 'dhcp4'?")]
    [InlineData("\"always\"", "f.toml:2:16: rapid-commit: must be true, false, \"dhcp4\" or \"dhcp6\"")]
    [InlineData("4", "f.toml:2:16: rapid-commit: must be true, false, \"dhcp4\" or \"dhcp6\"")]
    public void RapidCommit_OfAnythingElse_IsRefusedWithTheChoices(string value, string problem) =>
        Assert.Equal(problem, Assert.Single(Problems($"[interface.bond0]\nrapid-commit = {value}")));

    [Theory(DisplayName = "AS-7 impossible static addresses are rejected with their position")]
    [InlineData("192.0.2.255/24", "it is the broadcast address of its network")]
    [InlineData("192.0.2.0/24", "it is the address of the network itself")]
    [InlineData("0.0.0.0/24", "no host can have it")]
    [InlineData("300.1.1.1/24", "is not ADDRESS/LENGTH")]
    [InlineData("0.0.0.0", "is not ADDRESS/LENGTH")]
    [InlineData("192.0.2.1/33", "is not ADDRESS/LENGTH")]
    [InlineData("ff02::1/64", "no host can have it")]
    public void StaticAddress_Impossible_IsRefusedWithPosition(string address, string why)
    {
        string problem = Assert.Single(Problems($"[interface.eth0]\naddresses = [\"{address}\"]"));
        Assert.StartsWith("f.toml:2:14: addresses: ", problem);
        Assert.Contains(why, problem);
    }

    [Fact(DisplayName = "AS-7 a gateway that is the interface's own address is rejected")]
    public void Gateway_EqualToOwnAddress_IsRefused() =>
        Assert.Contains(
            "f.toml:3:11: routes: the gateway 192.0.2.60 is this interface's own address",
            Problems("[interface.eth0]\naddresses = [\"192.0.2.60/24\"]\nroutes = [\"default via 192.0.2.60\"]"));

    [Fact(DisplayName = "AB-18 a wireless slave with fail_over_mac=none is rejected")]
    public void WirelessSlave_WithFailOverMacNone_IsRefused() =>
        Assert.Contains(
            "f.toml:2:21: slaves: 'wlp2s0' is wireless: fail_over_mac must be \"active\"",
            Problems("[interface.bond0]\nslaves = [\"enp3s0\", \"wlp2s0\"]\nfail_over_mac = \"none\""));

    [Theory(DisplayName = "D12 dns: to whoever is there, into the file where configured, or to nobody")]
    [InlineData("", DnsOutput.Auto)]
    [InlineData("dns = \"auto\"", DnsOutput.Auto)]
    [InlineData("dns = \"file\"", DnsOutput.File)]
    [InlineData("dns = false", DnsOutput.None)]
    public void Dns_EachOfItsValues_IsRead(string key, object output)
    {
        ConfigurationResult result = Read($"[interface.eth0]\ndhcp4 = true\n{key}");
        Assert.Empty(result.Problems);
        Assert.Empty(result.Warnings);
        Assert.Equal(output, result.Configuration!.Interfaces[0].Dns);
    }

    [Theory]
    [InlineData("[interface.eth0]\ndns = true", "f.toml:2:7: dns: must be \"auto\", \"file\" or false")]
    [InlineData("[interface.eth0]\ndns = \"resolved\"", "f.toml:2:7: dns: must be \"auto\", \"file\" or false")]
    [InlineData("hooks = \"hooks.d\"", "f.toml:1:9: hooks: must be the full path of a directory, such as \"/etc/bonddhcp/hooks.d\", or empty")]
    [InlineData("hooks = true", "f.toml:1:9: hooks: must be a string in quotes")]
    public void DnsAndHooks_AnythingElse_IsRefusedWithItsPlace(string text, string problem) => Assert.Equal(problem, Assert.Single(Problems(text)));

    [Fact]
    public void Hooks_OfADirectory_IsTaken_AndAMissingOneIsWorthAWord()
    {
        Assert.Equal("/usr/bin", Read("hooks = \"/usr/bin\"").Configuration!.Hooks);
        Assert.Equal("", Read("hooks = \"\"").Configuration!.Hooks);
        ConfigurationResult missing = Read("hooks = \"/no/such/directory\"");
        Assert.Equal("/no/such/directory", missing.Configuration!.Hooks);
        Assert.Contains("there is no directory '/no/such/directory'", Assert.Single(missing.Warnings).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void File_Missing_SaysSo()
    {
        ConfigurationResult result = ConfigurationReader.ReadFile("/nonexistent/bonddhcp.toml");
        Assert.Equal("/nonexistent/bonddhcp.toml: cannot be read: there is no such file; 'bonddhcp import --output /nonexistent/bonddhcp.toml' makes one from what is there", Assert.Single(result.Problems).ToString());
        Assert.Null(result.Configuration);
    }

    [Theory]
    [InlineData("duid", ClientIdentifierForm.Duid)]
    [InlineData("bare-duid", ClientIdentifierForm.BareDuid)]
    [InlineData("mac", ClientIdentifierForm.Mac)]
    [InlineData("01:02:00:00:00:00:01", ClientIdentifierForm.Octets)]
    [InlineData("0102", ClientIdentifierForm.Octets)]
    internal void ClientIdentifier_InEachForm_IsRead(string text, ClientIdentifierForm form) =>
        Assert.Equal(form, Read($"client-id = \"{text}\"").Configuration!.ClientIdentifierForm);
}
