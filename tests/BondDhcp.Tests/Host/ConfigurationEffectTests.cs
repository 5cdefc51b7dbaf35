using BondDhcp.Host.Configuration;
using Xunit;
using static BondDhcp.Tests.Host.ConfigurationReaderTests;

namespace BondDhcp.Tests.Host;

/// <summary>Settings that have no effect, and those that have one.</summary>
public class ConfigurationEffectTests
{
    [Theory(DisplayName = "A setting that is certain to have no effect is told with its place, and accepted")]
    [InlineData("chaddr = \"lease\"", "f.toml:2:10: chaddr: has no effect: neither dhcp4 nor inform is on")]
    [InlineData("dhcp6 = true\nbroadcast = \"always\"", "f.toml:3:13: broadcast: has no effect: neither dhcp4 nor inform is on")]
    [InlineData("offer-wait = 5", "f.toml:2:14: offer-wait: has no effect: neither dhcp4 nor inform is on")]
    [InlineData("dnav4 = false", "f.toml:2:9: dnav4: has no effect: neither dhcp4 nor inform is on")]
    [InlineData("dhcp6 = true\nipv6-only = true", "f.toml:3:13: ipv6-only: has no effect: neither dhcp4 nor inform is on")]
    [InlineData("lease-routes = \"ignore\"", "f.toml:2:16: lease-routes: has no effect: neither dhcp4 nor inform is on")]
    [InlineData("protected-routes = [\"10.0.0.0/8\"]", "f.toml:2:20: protected-routes: has no effect: neither dhcp4 nor inform is on")]
    [InlineData("dhcp6 = true\nreject-server = [\"192.0.2.1\"]", "f.toml:3:17: reject-server: the IPv4 addresses have no effect: dhcp4 is off")]
    [InlineData("dhcp4 = true\nrequire-server = [\"00:03:00:01:02:00:00:00:00:01\"]", "f.toml:3:18: require-server: the DUIDs have no effect: dhcp6 is off")]
    [InlineData("addresses = [\"fd00::2/64\"]\ndefend = \"always\"", "f.toml:3:10: defend: has no effect: there is no IPv4 address, neither by dhcp4 nor in 'addresses' or 'fallback'")]
    [InlineData("dhcp6 = true\nconflict-detection = \"off\"", "f.toml:3:22: conflict-detection: has no effect: there is no IPv4 address, neither by dhcp4 nor in 'addresses' or 'fallback'")]
    [InlineData("dhcp6 = true\nfallback = [\"192.0.2.9/24\"]", "f.toml:3:12: fallback: no lease of IPv4 will ever take their place: they come after 15 seconds and stay; write them in 'addresses', or add dhcp4 = true")]
    [InlineData("addresses = [\"192.0.2.9/24\"]\nrapid-commit = true", "f.toml:3:16: rapid-commit: has no effect: neither dhcp4 nor dhcp6 is on")]
    [InlineData("addresses = [\"192.0.2.9/24\"]\nrapid-commit = \"dhcp6\"", "f.toml:3:16: rapid-commit: has no effect: neither dhcp4 nor dhcp6 is on")]
    [InlineData("dhcp4 = true\nrapid-commit = \"dhcp6\"", "f.toml:3:16: rapid-commit: has no effect: dhcp6 is off")]
    [InlineData("dhcp6 = true\nrapid-commit = \"dhcp4\"", "f.toml:3:16: rapid-commit: has no effect: dhcp4 is off")]
    [InlineData("iaid = 7", "f.toml:2:8: iaid: has no effect: neither dhcp4 nor dhcp6 is on")]
    [InlineData("dhcp4 = true\nsolicit-delay = false", "f.toml:3:17: solicit-delay: has no effect: dhcp6 is off")]
    [InlineData("metric = 7", "f.toml:2:10: metric: has no effect: the section asks for nothing that has a metric")]
    [InlineData("addresses = [\"192.0.2.9/24\"]\ndns = \"file\"", "f.toml:3:7: dns: has no effect: no name servers can come, neither from a lease nor from 'name-servers'")]
    [InlineData("release-on-stop = true", "f.toml:2:19: release-on-stop: has no effect: the section asks for nothing")]
    [InlineData("dhcp4 = true\nenforce = true", "f.toml:3:11: enforce: has no effect: eth0 is left as it is, because it has no slaves and no kind")]
    [InlineData("kind = \"bond\"\npath-failover = true\naddresses = [\"192.0.2.9/24\"]", "f.toml:3:17: path-failover: has no effect: only a lease of DHCPv4 has a gateway to ask for, and dhcp4 is off")]
    [InlineData("dhcp4 = true\nsupplicant-driver = \"wired\"", "f.toml:3:21: supplicant-driver: has no effect: there is no 'supplicant'")]
    [InlineData("dhcp4 = true\nmode = \"active-backup\"", "f.toml:3:8: mode: has no effect: it is an option of bonds, and eth0 is left as it is, because it has no slaves and no kind \"bond\"")]
    [InlineData("", "f.toml:1:12: [interface.eth0] asks for nothing: write dhcp4 = true for a lease, or 'addresses' for static ones")]
    public void SettingWithoutEffect_IsToldAndAccepted(string keys, string note)
    {
        ConfigurationResult result = Read("[interface.eth0]\n" + keys);
        Assert.Empty(result.Problems);
        Assert.Equal(note, Assert.Single(result.Warnings).ToString());
    }

    [Theory(DisplayName = "Of a setting that has an effect, or might have, nothing is told; nor of values that hold anyway")]
    [InlineData("addresses = [\"192.0.2.9/24\"]\ndefend = \"always\"\nconflict-detection = \"off\"\nmetric = 7\nrelease-on-stop = true")]
    [InlineData("ipv4-link-local = true\niaid = 7\ndefend = \"never\"")]
    [InlineData("dhcp4 = true\nfallback = [\"192.0.2.9/24\"]\nchaddr = \"lease\"\nrapid-commit = true\ndns = false")]
    [InlineData("dhcp6 = \"stateless\"\ndns = \"file\"\nmetric = 7\nsolicit-delay = false")]
    [InlineData("addresses = [\"192.0.2.9/24\"]\ninform = true\nreject-server = [\"192.0.2.1\"]\ndns = \"file\"")]
    [InlineData("addresses = [\"192.0.2.9/24\"]\ninform = true\niaid = 7\nchaddr = \"current\"\nbroadcast = \"always\"\nlease-routes = \"ignore\"\ndefend = \"never\"\nrelease-on-stop = true\nmetric = 7")]
    [InlineData("name-servers = [\"192.0.2.53\"]\ndns = \"file\"\nmetric = 7")]
    [InlineData("supplicant = \"/etc/w.conf\"\nsupplicant-driver = \"wired\"\nrelease-on-stop = true")]
    [InlineData("dhcp4 = false\ndhcp6 = false\nchaddr = \"auto\"\nbroadcast = \"auto\"\noffer-wait = 0\ndnav4 = true\nipv6-only = false\nlease-routes = \"limited\"\ndefend = \"once\"\nmetric = 1024\ndns = \"auto\"\nsupplicant-driver = \"nl80211,wext\"")]
    [InlineData("kind = \"bond\"\npath-failover = true\n[interface.\"eth0.5\"]\ndhcp4 = true")]
    [InlineData("[interface.bond0]\nslaves = [\"eth0\", \"eth1\"]\nenforce = true\nmode = \"active-backup\"")]
    public void SettingWithEffect_IsNotSpokenOf(string keys)
    {
        ConfigurationResult result = Read("[interface.eth0]\n" + keys);
        Assert.Empty(result.Problems);
        Assert.Empty(result.Warnings);
    }
}
