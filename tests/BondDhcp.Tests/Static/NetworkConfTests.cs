using BondDhcp.Host.Configuration;
using Xunit;

namespace BondDhcp.Tests.Static;

public sealed class NetworkConfTests
{
    private static NetworkConf Read(string text, out string[] problems)
    {
        var list = new ProblemList("network.conf");
        NetworkConf conf = NetworkConf.Read(text, list);
        problems = [.. list.Problems.Select(problem => problem.ToString())];
        return conf;
    }

    private static NetworkConf Sound(string text)
    {
        NetworkConf conf = Read(text, out string[] problems);
        Assert.Empty(problems);
        return conf;
    }

    private static string Addresses(NetworkConf conf, string name) =>
        string.Join(' ', conf.Interfaces.Single(one => one.Name == name).Addresses);

    private static string[] Routes(NetworkConf conf, string name) =>
        [.. conf.Interfaces.Single(one => one.Name == name).Routes.Select(one => one.Route.ToString())];

    [Fact(DisplayName = "The file of the recipe: PRIMARY, ADDRS, ROUTES with quotes in quotes, and an empty setting")]
    public void Recipe_IsReadAsWritten()
    {
        NetworkConf conf = Sound("""
            # the wired card first
            bond0PRIMARY='enp3s0'
            bond0ADDRS='192.168.0.2/24'
            bond0ROUTES='"to 10.1.0.0/16 via 192.168.0.1" "to 2001:db8:1::/48 via fe80::1"'
            wlp2s0ADDRS=''
            """);
        Assert.Equal("enp3s0", conf.PrimaryOf("bond0"));
        Assert.Null(conf.PrimaryOf("wlp2s0"));
        Assert.Equal("192.168.0.2/24", Addresses(conf, "bond0"));
        Assert.Equal(["10.1.0.0/16 via 192.168.0.1", "2001:db8:1::/48 via fe80::1"], Routes(conf, "bond0"));
        Assert.Equal(["bond0"], conf.Interfaces.Select(one => one.Name));
    }

    [Theory(DisplayName = "Interface names with '-' and '.', which a shell could not")]
    [InlineData("wlp-2.s0")]
    [InlineData("br-lan")]
    [InlineData("eth0.5")]
    [InlineData("en@x")]
    [InlineData("ADDRS")]
    public void Name_OfAnyKind_IsAnInterface(string name) =>
        Assert.Equal("192.0.2.7/24 fd00::7/64", Addresses(Sound($"{name}ADDRS='192.0.2.7/24 fd00::7/64'"), name));

    [Theory]
    [InlineData("aADDRS=192.0.2.7/24")]
    [InlineData("aADDRS=\"192.0.2.7/24\"")]
    [InlineData("aADDRS=192.0.2.'7/24'")]
    [InlineData("aADDRS=192.0.2\\.7/24")]
    [InlineData("  aADDRS='192.0.2.7/24'  # ours")]
    [InlineData("export aADDRS='192.0.2.7/24'")]
    [InlineData("aADDRS='192.0.2.7/24'\r\n")]
    [InlineData("\uFEFFaADDRS='192.0.2.7/24'")]
    [InlineData("aADDRS='192.0.2.9/24'\naADDRS='192.0.2.7/24'")]
    [InlineData("aADDRS=\"192.0.2\\\n.7/24\"")]
    [InlineData("aADDRS=192.0.2\\\n.7/24")]
    [InlineData("aADDRS='\n 192.0.2.7/24\n'")]
    [InlineData("; a comment of systemd's\n#aADDRS=x\naADDRS='192.0.2.7/24'")]
    [InlineData("aADDRS='\"192.0.2.7/24\"'")]
    public void Value_InAnySpelling_IsTheSame(string text) => Assert.Equal("192.0.2.7/24", Addresses(Sound(text), "a"));

    [Theory]
    [InlineData("aROUTES='to 10.0.0.0/8 via 192.0.2.1'", "10.0.0.0/8 via 192.0.2.1")]
    [InlineData("aROUTES=\"'10.0.0.0/8' 'default via 192.0.2.1'\"", "10.0.0.0/8|0.0.0.0/0 via 192.0.2.1")]
    [InlineData("aROUTES=\"\\\"10.0.0.0/8 via 192.0.2.1\\\" \\\"11.0.0.0/8\\\"\"", "10.0.0.0/8 via 192.0.2.1|11.0.0.0/8")]
    [InlineData("aROUTES='\"10.0.0.0/8\" \\\n \"11.0.0.0/8\"'", null)]
    [InlineData("aROUTES='\"10.0.0.0/8\"\n  \"11.0.0.0/8\"'", "10.0.0.0/8|11.0.0.0/8")]
    public void Routes_InAnyQuoting_AreRead(string text, string? expected)
    {
        NetworkConf conf = Read(text, out string[] problems);
        // Within single quotes a backslash is a backslash, and no route.
        if (expected is null) Assert.Single(problems);
        else Assert.Equal(expected.Split('|'), Routes(conf, "a"));
    }

    [Fact(DisplayName = "Nothing is evaluated: $(...) and backquotes are text, and no address")]
    public void Shell_IsNotEvaluated()
    {
        Read("aADDRS=\"$(touch /tmp/bonddhcp-evaluated)\"\nbADDRS=`id`\ncADDRS=$HOME", out string[] problems);
        Assert.Equal(4, problems.Length);
        Assert.False(File.Exists("/tmp/bonddhcp-evaluated"));
    }

    [Theory]
    [InlineData("DNS='1.1.1.1'\nif true; then\nfi\nSOME_VERY_LONG_SETTING_ADDRS=nonsense\nADDRS=nonsense\n=x\nfoo bar\n")]
    [InlineData("aADDRS=\nbROUTES=''\ncPRIMARY=\"\"\n")]
    [InlineData("aADDRS='   '")]
    [InlineData("")]
    public void OtherSoftwaresLines_HaveNoEffect(string text) => Assert.Empty(Sound(text).Interfaces);

    [Theory]
    [InlineData("x=1\nbond0ADDRS='192.0.2.7/24 192.0.2.255/24'", "network.conf:2:26: bond0ADDRS: '192.0.2.255/24': it is the broadcast address of its network")]
    [InlineData("bond0ROUTES='\"10.0.0.0/8 via\"'", "network.conf:1:15: bond0ROUTES: '10.0.0.0/8 via': 'via' needs an address behind it")]
    [InlineData("bond0ADDRS='192.0.2.7'", "network.conf:1:13: bond0ADDRS: '192.0.2.7' is not ADDRESS/LENGTH, such as \"192.0.2.7/24\" or \"fd00::7/64\"")]
    [InlineData("bond0PRIMARY='a b'", "network.conf:1:17: bond0PRIMARY: one interface, not several")]
    [InlineData("bond0PRIMARY=bond0", "network.conf:1:14: bond0PRIMARY: a bond cannot be its own slave")]
    [InlineData("\nbond0ADDRS='192.0.2.7/24", "network.conf:2:12: this quote is not closed")]
    [InlineData("aADDRS='192.0.2.7/24 192.0.2.7/25'", "network.conf:1:22: aADDRS: 192.0.2.7 is there twice")]
    public void BadValue_IsRefusedWithItsPlace(string text, string problem)
    {
        Read(text, out string[] problems);
        Assert.Contains(problem, problems);
    }

    [Fact(DisplayName = "Fuzz: whatever the text is, reading ends, without an exception, and problems have a place")]
    public void Fuzz()
    {
        string[] pieces = ["bond0", "ADDRS", "ROUTES", "PRIMARY", "=", "'", "\"", "\\", "\n", "\r", " ", "#", ";", "192.0.2.7/24", "fe80::1",
            "via", "to", "default", "/", "\0", "\u001b", "é", "export ", "$(", "10.0.0.0/8", "\uD800", "table", "99999999999"];
        var random = new Random(20_000);
        for (int round = 0; round < 20_000; round++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(25)).Select(_ => pieces[random.Next(pieces.Length)]));
            Read(text, out string[] problems);
            Assert.All(problems, problem => Assert.Matches("^network.conf:[1-9][0-9]*:[1-9][0-9]*: ", problem));
            Assert.All(problems, problem => Assert.DoesNotContain(problem, c => char.IsControl(c)));
        }
    }

    private const string Usual = "network-conf = \"/etc/conf.d/network.conf\"\n";

    private static ConfigurationResult Join(string toml, string? conf) =>
        ConfigurationReader.Read("f.toml", toml.StartsWith("network-conf", StringComparison.Ordinal) ? toml : Usual + toml, path => conf is null ? (null, "there is no such file") : (conf, null));

    [Fact]
    public void Toml_ReplacesTheSameSetting_NothingIsMerged()
    {
        ConfigurationResult result = Join(
            "[interface.a]\naddresses = [\"192.0.2.1/24\"]\n[interface.b]\nroutes = []\n",
            "aADDRS=192.0.2.9/24\naROUTES='10.0.0.0/8'\nbADDRS=192.0.2.8/24\nbROUTES='10.0.0.0/8'\nc-d.eADDRS=192.0.2.7/24\n");
        Assert.Empty(result.Problems);
        DaemonConfiguration read = result.Configuration!;
        Assert.Equal("192.0.2.1/24", Assert.Single(read.Find("a")!.Addresses).ToString());
        Assert.Equal("10.0.0.0/8", Assert.Single(read.Find("a")!.Routes).ToString());
        Assert.Equal("192.0.2.8/24", Assert.Single(read.Find("b")!.Addresses).ToString());
        Assert.Empty(read.Find("b")!.Routes);
        Assert.True(read.Find("c-d.e") is { Dhcp4: false, HasStatic: true });
    }

    [Fact]
    public void File_Absent_IsAProblemOnlyWhenNamed()
    {
        // The usual one may come later, and so may be named as in the documentation.
        ConfigurationResult usual = Join("", null);
        Assert.Empty(usual.Problems);
        Assert.Contains("f.toml:1:16: network-conf: /etc/conf.d/network.conf cannot be read", Assert.Single(usual.Warnings).ToString(), StringComparison.Ordinal);
        Assert.Equal(
            "f.toml:1:16: network-conf: /etc/other.conf cannot be read: there is no such file",
            Assert.Single(Join("network-conf = \"/etc/other.conf\"", null).Problems).ToString());
        Assert.Empty(Join("network-conf = \"\"", "aADDRS=nonsense").Problems);
        Assert.Empty(ConfigurationReader.Read("f.toml", "", _ => throw new InvalidOperationException("no file is named")).Problems);
    }

    [Fact(DisplayName = "AS-7 a gateway that is the interface's own address is refused where it stands, across both files")]
    public void Gateway_OwnAddress_IsRefused()
    {
        string problem = Assert.Single(Join("[interface.a]\naddresses = [\"192.0.2.1/24\"]", "aROUTES='default via 192.0.2.1'").Problems).ToString();
        Assert.Equal("/etc/conf.d/network.conf:1:10: aROUTES: the gateway 192.0.2.1 is this interface's own address", problem);
        problem = Assert.Single(Join("[interface.a]\nroutes = [\"default via 192.0.2.1\"]", "aADDRS='192.0.2.1/24'").Problems).ToString();
        Assert.Equal("f.toml:3:11: routes: the gateway 192.0.2.1 is this interface's own address", problem);
    }

    [Fact]
    public void Configuration_WithOtherStaticSettings_IsNotTheSame()
    {
        InterfaceConfiguration one = Join("[interface.a]\naddresses = [\"192.0.2.1/24\"]\nroutes = [\"10.0.0.0/8\"]", null).Configuration!.Find("a")!;
        InterfaceConfiguration same = Join("[interface.a]\nroutes = [\"to 10.0.0.0/8\"]\naddresses = [\"192.0.2.1/24\"]", null).Configuration!.Find("a")!;
        Assert.True(one.SameAs(same));
        Assert.False(one.SameAs(same with { Fallback = one.Addresses }));
        Assert.False(one.SameAs(same with { Routes = [] }));
    }
}
