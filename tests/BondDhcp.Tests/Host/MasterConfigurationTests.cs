using BondDhcp.Bond.Plan;
using BondDhcp.Host.Configuration;
using Xunit;

namespace BondDhcp.Tests.Host;

/// <summary>The keys about bonds, bridges and their slaves.</summary>
public sealed class MasterConfigurationTests
{
    private static ConfigurationResult Read(string text) => ConfigurationReader.Read("f.toml", text);

    private static string[] Problems(string text) => [.. Read(text).Problems.Select(problem => problem.ToString())];

    private static MasterSettings? Master(string name, string keys)
    {
        ConfigurationResult result = Read($"[interface.{name}]\n{keys}");
        Assert.Empty(result.Problems);
        return result.Configuration!.Find(name)!.Master;
    }

    [Theory]
    [InlineData("bond0", "slaves = [\"a\", \"b\"]", MasterKind.Bond)]
    [InlineData("br0", "slaves = [\"a\", \"b\"]", MasterKind.Bridge)]
    [InlineData("br0", "slaves = [\"a\", \"b\"]\nkind = \"bond\"", MasterKind.Bond)]
    [InlineData("bond0", "kind = \"bond\"", MasterKind.Bond)]
    [InlineData("lan", "kind = \"bridge\"", MasterKind.Bridge)]
    public void Kind_ByItsRule(string name, string keys, object kind) => Assert.Equal(kind, Master(name, keys)!.Kind);

    [Theory]
    [InlineData("br0", "dhcp4 = true")]
    [InlineData("bond0", "slaves = []\nmode = \"active-backup\"\nmiimon = 100")]
    [InlineData("eth0", "kind = \"existing\"")]
    public void Interface_WithoutSlaves_IsLeftToOthers(string name, string keys) => Assert.Null(Master(name, keys));

    [Fact]
    public void Options_ByKernelName_AreReadInTheDriversOrder()
    {
        MasterSettings master = Master(
            "bond0",
            "slaves = [\"a\", \"b\"]\nprimary = \"b\"\nprimary_reselect = \"better\"\nall_slaves_active = true\nupdelay = 200\nmiimon = 50\nresend_igmp = 3\nenforce = true")!;
        Assert.Equal(["miimon 50", "updelay 200", "primary_reselect better", "resend_igmp 3", "all_slaves_active on"], master.Options.Select(option => option.ToString()));
        Assert.Equal(("b", true), (master.Primary, master.Enforce));
        Assert.Contains("fail_over_mac active", master.WantedOptions.Select(option => option.ToString()));
    }

    [Fact]
    public void ArpMonitor_ExcludesTheDefaultOfMiimon()
    {
        MasterSettings master = Master("bond0", "slaves = [\"a\", \"b\"]\narp_interval = 1000\narp_ip_target = [\"192.0.2.1\", \"192.0.2.2\"]\narp_validate = \"all\"")!;
        Assert.Equal(
            ["mode active-backup", "arp_interval 1000", "arp_ip_target 192.0.2.1,192.0.2.2", "arp_validate all", "fail_over_mac active", "num_grat_arp 2"],
            master.WantedOptions.Select(option => option.ToString()));
    }

    [Theory]
    [InlineData("slaves = [\"a\", \"b\"]\nprimary = \"c\"", "f.toml:3:11: primary: 'c' is none of the slaves")]
    [InlineData("slaves = [\"a\", \"a\"]", "f.toml:2:16: slaves: 'a' is there twice")]
    [InlineData("slaves = [\"bond0\"]", "f.toml:2:11: slaves: 'bond0' cannot be its own slave")]
    [InlineData("slaves = [\"a\"]\nkind = \"existing\"", "f.toml:2:10: slaves: an interface of kind \"existing\"")]
    [InlineData("slaves = [\"a\", \"b\"]\nmode = \"active-backup\"\nlacp_rate = \"fast\"", "f.toml:4:13: lacp_rate: mode \"active-backup\" does not know it")]
    [InlineData("slaves = [\"a\", \"b\"]\nmode = \"802.3ad\"\nprimary = \"a\"", "f.toml:4:11: primary: mode \"802.3ad\" has no primary")]
    [InlineData("slaves = [\"a\", \"b\"]\nmiimon = 100\narp_interval = 100\narp_ip_target = [\"192.0.2.1\"]", "f.toml:3:10: miimon: miimon and arp_interval exclude each other")]
    [InlineData("slaves = [\"a\", \"b\"]\narp_interval = 100", "f.toml:3:16: arp_interval: it needs arp_ip_target")]
    [InlineData("slaves = [\"a\", \"wlan0\"]\nmode = \"802.3ad\"", "f.toml:2:16: slaves: 'wlan0' is wireless: that works in a bond of mode \"active-backup\" alone")]
    [InlineData("slaves = [\"a\", \"b\"]\nmode = \"active-bakup\"", "f.toml:3:8: mode: must be one of \"balance-rr\"")]
    [InlineData("slaves = [\"a\", \"b\"]\nmiimon = -1", "f.toml:3:10: miimon: must be a number from 0 to 2147483647")]
    [InlineData("slaves = [\"a\", \"b\"]\nnum_grat_arp = 256", "f.toml:3:16: num_grat_arp: must be a number from 0 to 255")]
    [InlineData("miimon = 50", "f.toml:2:10: miimon: it is an option of bonds")]
    [InlineData("slaves = [\"a\", \"b\"]\nmode = \"802.3ad\"\npath-failover = true", "f.toml:4:17: path-failover: only a bond of mode active-backup")]
    public void Contradiction_IsRefusedWithItsPlace(string keys, string problem) =>
        Assert.StartsWith(problem, Assert.Single(Problems("[interface.bond0]\n" + keys)));

    [Theory]
    [InlineData("[interface.bond0]\nslaves = [\"a\", \"b\"]\n[interface.a]\ndhcp4 = true\ndns = false", "f.toml:2:11: slaves: 'a' cannot have addresses of its own")]
    [InlineData("[interface.bond0]\nslaves = [\"a\", \"b\"]\n[interface.bond1]\nslaves = [\"c\", \"b\"]", "f.toml:2:16: slaves: 'b' is a slave of bond1 too")]
    public void Slave_OfTwoOrWithAddresses_IsRefused(string text, string problem) => Assert.StartsWith(problem, Problems(text)[0]);

    [Theory(DisplayName = "No master stands below itself, however many are between; told once, at the first of them")]
    [InlineData("[interface.bond0]\nslaves = [\"bond1\"]\n[interface.bond1]\nslaves = [\"bond0\"]", "f.toml:2:11: slaves: 'bond1' cannot be below bond0: bond0 is a slave of bond1, which is a slave of bond0; remove one of them")]
    [InlineData("[interface.bond0]\nslaves = [\"a\", \"bond2\"]\n[interface.bond1]\nslaves = [\"bond0\"]\n[interface.bond2]\nslaves = [\"bond1\"]", "f.toml:2:16: slaves: 'bond2' cannot be below bond0: bond0 is a slave of bond1, which is a slave of bond2, which is a slave of bond0; remove one of them")]
    [InlineData("[interface.bond2]\nslaves = [\"bond0\"]\n[interface.bond1]\nslaves = [\"bond1\"]", "f.toml:4:11: slaves: 'bond1' cannot be its own slave")]
    [InlineData("[interface.br0]\nslaves = [\"x\"]\n[interface.x]\nslaves = [\"y\"]\n[interface.y]\nslaves = [\"x\"]", "f.toml:2:11: slaves: 'x' is a slave of y too")]
    public void Cycle_IsRefused(string text, string problem) => Assert.Equal(problem, Problems(text)[0]);

    [Fact]
    public void Cycle_IsToldOnce_AndTheInterfaceAboveIsSound()
    {
        Assert.Single(Problems("[interface.bond1]\nslaves = [\"bond0\"]\n[interface.bond0]\nslaves = [\"bond1\"]"));
        Assert.Empty(Problems("[interface.br0]\nslaves = [\"bond0\"]\n[interface.bond0]\nslaves = [\"a\", \"b\"]"));
    }

    [Fact(DisplayName = "AB-18 a bond with one slave is accepted with a warning")]
    public void OneSlave_IsAcceptedWithAWarning()
    {
        ConfigurationResult result = Read("[interface.bond0]\nslaves = [\"a\"]");
        Assert.Empty(result.Problems);
        Assert.Contains("nothing to fail over to", Assert.Single(result.Warnings).ToString());
    }

    [Fact(DisplayName = "AB-12 what the driver will make of updelay is said when the configuration is read")]
    public void UpDelay_NotAMultiple_IsWarnedOf() =>
        Assert.Contains(Read("[interface.bond0]\nslaves = [\"a\", \"b\"]\nupdelay = 250").Warnings, warning => warning.ToString().Contains("250 is 200 in effect", StringComparison.Ordinal));

    [Fact]
    public void SameAs_ComparesMastersByContent()
    {
        InterfaceConfiguration One(string keys) => Read("[interface.bond0]\n" + keys).Configuration!.Find("bond0")!;
        Assert.True(One("slaves = [\"a\", \"b\"]\nmiimon = 50").SameAs(One("slaves = [\"a\", \"b\"]\nmiimon = 50")));
        Assert.False(One("slaves = [\"a\", \"b\"]").SameAs(One("slaves = [\"b\", \"a\"]")));
        Assert.False(One("slaves = [\"a\", \"b\"]").SameAs(One("dhcp4 = false")));
    }
}
