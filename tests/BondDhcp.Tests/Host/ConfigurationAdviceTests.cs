using BondDhcp.Dhcp.Identity;
using BondDhcp.Host.Configuration;
using Xunit;
using static BondDhcp.Tests.Host.ConfigurationReaderTests;

namespace BondDhcp.Tests.Host;

/// <summary>What is said of a configuration that is TOML, and not what was meant: the mend that is proposed, and what is only worth a word.</summary>
public sealed class ConfigurationAdviceTests
{
    [Theory(DisplayName = "A table below an interface is a key misspelt, or an interface whose name needs quotes where it looks like one")]
    [InlineData("[interface.eth0]\nsuperseed = { domain-name = \"x\" }", "f.toml:2:1: unknown key 'superseed'; did you mean 'supersede'?")]
    [InlineData("[interface.eth0]\nsuperseed.domain-name = \"x\"", "f.toml:2:1: unknown key 'superseed'; did you mean 'supersede'?")]
    [InlineData("[interface.eth0.sned]\nhost-name = \"x\"", "f.toml:1:17: unknown key 'sned'; did you mean 'send'?")]
    [InlineData("[interface.eth0.sned.dhcp6]\nx = 1", "f.toml:1:17: unknown key 'sned'; did you mean 'send'?")]
    [InlineData("[interface.eth0.Send]\nhost-name = \"x\"", "f.toml:1:17: unknown key 'Send'; did you mean 'send'?")]
    [InlineData("[interface.eth0.zzzzzz]\nx = 1", "f.toml:1:17: unknown key 'zzzzzz'")]
    [InlineData("[interface.eth0.5]\ndhcp4 = true", "f.toml:1:17: write [interface.\"eth0.5\"]: a name with a dot needs quotes")]
    [InlineData("[interface.eth0.5.send]\nhost-name = \"x\"", "f.toml:1:17: write [interface.\"eth0.5\"]: a name with a dot needs quotes")]
    [InlineData("[interface.eth0.10.20]\ndhcp4 = true", "f.toml:1:17: write [interface.\"eth0.10.20\"]: a name with a dot needs quotes")]
    [InlineData("[interface.wlan0.sta1]\ndhcp4 = true", "f.toml:1:18: write [interface.\"wlan0.sta1\"]: a name with a dot needs quotes")]
    [InlineData("interface.eth0.5.dhcp4 = true", "f.toml:1:16: write [interface.\"eth0.5\"]: a name with a dot needs quotes")]
    [InlineData("[interface.eth0]\nDHCP4 = true", "f.toml:2:1: unknown key 'DHCP4'; did you mean 'dhcp4'?")]
    [InlineData("[interface.eth0]\nFail-Over-Mac = \"active\"", "f.toml:2:1: unknown key 'Fail-Over-Mac'; did you mean 'fail_over_mac'?")]
    [InlineData("Hostname = true", "f.toml:1:1: unknown key 'Hostname'; did you mean 'hostname'?")]
    [InlineData("[interface.eth0]\ndefend = \"NEVER\"", "f.toml:2:10: defend: must be one of \"once\", \"never\", \"always\"; did you mean 'never'?")]
    public void WhatWasMeant_IsProposed(string text, string problem) => Assert.Equal([problem], Problems(text));

    [Theory(DisplayName = "A server that is required and rejected is told where it is rejected")]
    [InlineData("require-server = [\"192.0.2.1\"]\nreject-server = [\n  \"192.0.2.7\",\n  \"192.0.2.1\"]", "f.toml:5:3: reject-server: require-server names 192.0.2.1 too; remove it from one of the two")]
    [InlineData("reject-server = [\"00:04:01:02:03\"]\nrequire-server = [\"00:04:01:02:03\"]", "f.toml:2:18: reject-server: require-server names 00:04:01:02:03 too; remove it from one of the two")]
    public void Server_RequiredAndRejected_IsRefusedAtItsPlace(string keys, string problem) => Assert.Equal([problem], Problems("[interface.eth0]\n" + keys));

    [Theory(DisplayName = "RFC 9915 section 12: an IAID that two interfaces have is refused where it is written, and both places are named")]
    [InlineData("[interface.eth0]\ndhcp6 = true\niaid = 7\n[interface.eth1]\niaid = 7\ndhcp6 = \"auto\"", "f.toml:5:8: iaid: 7 is the IAID of [interface.eth0] in line 3 too")]
    [InlineData("[interface.eth0]\ndhcp4 = true\niaid = 7\n[interface.eth1]\niaid = 0x07\ndhcp4 = true", "f.toml:5:8: iaid: 7 is the IAID of [interface.eth0] in line 3 too")]
    [InlineData("[interface.eth0]\niaid = NAME\ndhcp6 = true\n[interface.bond0]\ndhcp6 = true", "f.toml:2:8: iaid: NAME is the IAID that the name of [interface.bond0] in line 4 makes")]
    [InlineData("[interface.bond0]\ndhcp6 = true\n[interface.eth0]\ndhcp6 = true\niaid = NAME", "f.toml:5:8: iaid: NAME is the IAID that the name of [interface.bond0] in line 1 makes")]
    [InlineData("client-id = \"mac\"\n[interface.eth0]\ndhcp4 = true\niaid = 7\n[interface.eth1]\niaid = 7\ndhcp4 = true", null)]
    [InlineData("[interface.eth0]\ndhcp4 = true\niaid = 7\n[interface.eth1]\niaid = 7\ndhcp6 = true", null)]
    [InlineData("[interface.eth0]\ndhcp6 = true\niaid = 7\n[interface.eth1]\niaid = 7\ndhcp6 = \"stateless\"", null)]
    [InlineData("[interface.eth0]\ndhcp6 = true\niaid = 7\n[interface.eth1]\niaid = 8\ndhcp6 = true", null)]
    public void Iaid_OfTwoInterfaces_IsRefused(string text, string? problem)
    {
        string name = Iaid.FromInterfaceName("bond0").Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
        string[] expected = problem is null
            ? []
            : [problem.Replace("NAME", name, StringComparison.Ordinal) + ", and a server would take both interfaces for one; write another number, or leave it out: then the name makes one"];
        Assert.Equal(expected, Problems(text.Replace("NAME", name, StringComparison.Ordinal)));
    }

    [Theory(DisplayName = "Typographic quotes are called what they are, wherever they stand")]
    [InlineData("[interface.eth0]\ndns = \u201cfile\u201d", 2, 7)]
    [InlineData("[interface.eth0]\ndns = \u2018file\u2019 # mine", 2, 7)]
    [InlineData("[interface.eth0]\ndns = \u201efile\u201c\ndhcp4 = true", 2, 7)]
    [InlineData("[interface.eth0]\naddresses = [\"192.0.2.1/24\", \u201c192.0.2.2/24\u201d]", 2, 30)]
    [InlineData("[interface.\u201ceth0.5\u201d]\ndhcp4 = true", 1, 12)]
    [InlineData("hooks = \u201d/etc/hooks\"", 1, 9)]
    public void TypographicQuotes_AreNamed(string text, int line, int column) => Assert.Equal(
        [FormattableString.Invariant($"f.toml:{line}:{column}: this is a typographic quote, as programs for text make them; write \" in its place")], Problems(text));

    [Fact]
    public void TypographicQuotes_AtTheEndOfAString_AreNamed_AndInsideOneTheyAreText()
    {
        Assert.Equal(
            ["f.toml:1:9: the string that begins here ends with a typographic quote, as programs for text make them; write \" in its place"],
            Problems("hooks = \"/etc/hooks\u201d\n"));
        Assert.Empty(Problems("[interface.eth0] # \u201cmine\u201d\ndhcp4 = true\nsend = { vendor-class-identifier = \"it\u2019s\" }"));
    }

    [Theory(DisplayName = "What is named and not there is worth a word: a group, the file of a supplicant")]
    [InlineData("control-group = \"nosuchgroup\"", "f.toml:1:17: control-group: there is no group 'nosuchgroup'; only root may change things")]
    [InlineData("[interface.wlan0]\nsupplicant = \"/nope\"", "f.toml:2:14: supplicant: there is no file '/nope'; wpa_supplicant cannot start until it is there")]
    [InlineData("control-group = \"root\"\n[interface.wlan0]\nsupplicant = \"/etc/passwd\"", null)]
    [InlineData("control-group = \"\"\n[interface.wlan0]\nsupplicant = \"\"\ndhcp4 = true", null)]
    public void WhatIsNamed_AndNotThere_IsWorthAWord(string text, string? note)
    {
        ConfigurationResult result = ConfigurationReader.Read("f.toml", text, static _ => (null, "it is not read here"));
        Assert.Empty(result.Problems);
        string[] expected = note is null ? [] : [note];
        Assert.Equal(expected, result.Warnings.Select(one => one.ToString()));
    }

    [Theory(DisplayName = "DHCP on the loopback device, and a fallback that is there always: told to have no effect")]
    [InlineData("[interface.lo]\ndhcp4 = true", "f.toml:2:9: dhcp4: has no effect: lo leads to this host alone, and no server is there")]
    [InlineData("[interface.lo]\ndhcp6 = \"auto\"", "f.toml:2:9: dhcp6: has no effect: lo leads to this host alone, and no server is there")]
    [InlineData("[interface.eth0]\ndhcp4 = true\naddresses = [\"192.0.2.5/24\"]\nfallback = [\"192.0.2.6/24\", \"192.0.2.5/16\"]", "f.toml:4:29: fallback: 192.0.2.5 has no effect: it is in 'addresses' too, and so always there")]
    [InlineData("[interface.lo]\naddresses = [\"192.0.2.5/32\"]\ndhcp4 = false", null)]
    public void SettingWithoutEffect_IsTold(string text, string? note)
    {
        ConfigurationResult result = Read(text);
        Assert.Empty(result.Problems);
        string[] expected = note is null ? [] : [note];
        Assert.Equal(expected, result.Warnings.Select(one => one.ToString()));
    }
}
