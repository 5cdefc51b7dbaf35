using System.Text;
using BondDhcp.Bond.Wpa;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Supplicants;
using Xunit;

namespace BondDhcp.Tests.Wpa;

public sealed class SupplicantKeysTests
{
    [Theory]
    [InlineData("supplicant = \"/etc/wpa.conf\"", "nl80211,wext")]
    [InlineData("supplicant-driver = \"wired\"\nsupplicant = \"/etc/wpa.conf\"", "wired")]
    [InlineData("supplicant = \"/etc/wpa.conf\"\nsupplicant-driver = \"nl80211\"", "nl80211")]
    public void Keys_InAnyOrder_MakeASupplicant(string keys, string driver)
    {
        ConfigurationResult result = ConfigurationReader.Read("f.toml", "[interface.wlan0]\n" + keys);
        Assert.Empty(result.Problems);
        Assert.Equal(new SupplicantSettings("wlan0", "/etc/wpa.conf", driver), Assert.Single(result.Configuration!.Interfaces).Supplicant);
    }

    [Theory]
    [InlineData("supplicant = \"wpa.conf\"", "must be the absolute path")]
    [InlineData("supplicant-driver = \"nl80122\"", "'nl80122' is no driver of wpa_supplicant")]
    [InlineData("supplicant-driver = \"\"", "'' is no driver")]
    [InlineData("supplicant = true", "must be a string in quotes")]
    public void Values_Impossible_AreRefused(string key, string why) =>
        Assert.Contains(why, Assert.Single(ConfigurationReader.Read("f.toml", "[interface.wlan0]\n" + key).Problems).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("wlan0", "bonddhcp-supplicant@wlan0.service")]
    [InlineData("wl-x.1", "bonddhcp-supplicant@wl\\x2dx.1.service")]
    [InlineData(".x", "bonddhcp-supplicant@\\x2ex.service")]
    public void Unit_IsNamedAsSystemdEscapes(string name, string unit) => Assert.Equal(unit, SupplicantUnit.NameOf(name));

    [Fact]
    public void UnitEnvironment_IsQuoted()
    {
        SupplicantSettings settings = new("wlan0", "/etc/a \"b\" $c.conf", "nl80211,wext");
        Assert.Equal(
            "DRIVER=\"nl80211,wext\"\nCONFIGURATION=\"/etc/a \\\"b\\\" \\$c.conf\"\nOPTIONS=-O/run/wpa_supplicant\n",
            Encoding.UTF8.GetString(SupplicantUnit.EnvironmentOf(settings, WpaConfigurationFile.Parse(""))));
    }

    [Theory(DisplayName = "The supplicant's unit waits for the daemon's end where a stop or restart of the daemon is under way, not where a reload or start is")]
    [InlineData("812 bonddhcp.service stop running", true)]
    [InlineData("812 bonddhcp.service   restart waiting", true)]
    [InlineData("811 x.service stop running; 812 bonddhcp.service try-restart waiting", true)]
    [InlineData("812 bonddhcp.service reload running", false)]
    [InlineData("812 bonddhcp.service start running", false)]
    [InlineData("812 bonddhcp.service reload-or-start waiting; 813 other.service stop running", false)]
    [InlineData("No jobs running.", false)]
    [InlineData("", false)]
    public void Unit_WaitsForTheDaemonsEnd(string jobs, bool heldBack) => Assert.Equal(heldBack, SupplicantUnit.IsHeldBack(jobs));
}
