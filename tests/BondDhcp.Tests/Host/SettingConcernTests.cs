using System.Collections;
using System.Collections.Immutable;
using System.Net;
using System.Reflection;
using BondDhcp.Bond.Plan;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Resolver;
using BondDhcp.Host.Statics;
using Xunit;

namespace BondDhcp.Tests.Host;

/// <summary>Whom each setting concerns, and so whom a reload disturbs: no setting is forgotten, and none says too little.</summary>
public sealed class SettingConcernTests
{
    private const string Clients = "dhcp4 = true\ndhcp6 = true\n";
    private const string Informed = "dhcp6 = true\naddresses = [\"192.0.2.2/24\"]\n";
    private const string Bonded = Clients + "slaves = [\"a\", \"b\"]\n";

    private static readonly string[] s_replies = ["supersede", "default", "prepend", "append"];

    /// <summary>Key, whom it concerns, what is added; what is there before and after where that is not both clients.</summary>
    private static readonly (string Key, Concern Concern, string Added, string Before)[] s_rows =
    [
        ("dhcp4", Concern.Dhcp4 | Concern.Static | Concern.Resolver, "dhcp4 = true", "dhcp6 = true\n"),
        ("dhcp6", Concern.Dhcp6 | Concern.Resolver, "dhcp6 = \"stateless\"", "dhcp4 = true\n"),
        ("inform", Concern.Dhcp4 | Concern.Resolver, "inform = true", Informed),
        ("iaid", Concern.Clients | Concern.Static, "iaid = 7", Clients),
        ("iaid", Concern.Clients | Concern.Static, "iaid = 7", Clients + "ipv4-link-local = true\n"),
        ("release-on-stop", Concern.Nobody, "release-on-stop = true", Clients),
        ("conflict-detection", Concern.Dhcp4, "conflict-detection = \"before\"", Clients),
        ("conflict-detection", Concern.Dhcp4 | Concern.Static, "conflict-detection = \"off\"", Clients),
        ("defend", Concern.Dhcp4 | Concern.Static, "defend = \"always\"", Clients),
        ("metric", Concern.Clients | Concern.Static | Concern.Resolver, "metric = 7", Clients),
        ("chaddr", Concern.Dhcp4, "chaddr = \"lease\"", Clients),
        ("broadcast", Concern.Dhcp4, "broadcast = \"always\"", Clients),
        ("offer-wait", Concern.Dhcp4, "offer-wait = 100", Clients),
        ("dnav4", Concern.Dhcp4, "dnav4 = false", Clients),
        ("rapid-commit", Concern.Dhcp4, "rapid-commit = \"dhcp4\"", Clients),
        ("rapid-commit", Concern.Dhcp6, "rapid-commit = \"dhcp6\"", Clients),
        ("rapid-commit", Concern.Clients, "rapid-commit = true", Clients),
        ("ipv6-only", Concern.Dhcp4, "ipv6-only = true", Clients),
        ("lease-routes", Concern.Dhcp4, "lease-routes = \"ignore\"", Clients),
        ("protected-routes", Concern.Dhcp4, "protected-routes = [\"10.0.0.0/8\"]", Clients),
        ("require-server", Concern.Dhcp4, "require-server = [\"192.0.2.1\"]", Clients),
        ("require-server", Concern.Dhcp6, "require-server = [\"00:03:00:01:02:00:00:00:00:01\"]", Clients),
        ("reject-server", Concern.Dhcp4, "reject-server = [\"192.0.2.1\"]", Clients),
        ("reject-server", Concern.Dhcp6, "reject-server = [\"00:03:00:01:02:00:00:00:00:01\"]", Clients),
        ("dns", Concern.Resolver, "dns = \"file\"", Clients),
        ("solicit-delay", Concern.Dhcp6, "solicit-delay = false", Clients),
        ("prefix-delegation", Concern.Dhcp6, "prefix-delegation = 60", Clients),
        ("kind", Concern.Bond, "kind = \"bond\"", Clients),
        ("slaves", Concern.Bond, "slaves = [\"a\"]", Clients),
        ("primary", Concern.Bond, "primary = \"a\"", Bonded),
        ("enforce", Concern.Bond, "enforce = true", Bonded),
        ("path-failover", Concern.Paths, "path-failover = true", Bonded),
        ("mode", Concern.Bond, "mode = \"balance-rr\"", Bonded),
        ("supplicant", Concern.Supplicant, "supplicant = \"/etc/w.conf\"", Clients),
        ("supplicant-driver", Concern.Supplicant, "supplicant-driver = \"wext\"", Clients + "supplicant = \"/etc/w.conf\"\n"),
        ("addresses", Concern.Static, "addresses = [\"192.0.2.9/24\"]", Clients),
        ("addresses", Concern.Static | Concern.Dhcp4, "addresses = [\"192.0.2.9/24\"]", Clients + "ipv4-link-local = true\n"),
        ("routes", Concern.Static, "routes = [\"192.0.2.0/24\"]", Clients),
        ("fallback", Concern.Static, "fallback = [\"192.0.2.9/24\"]", Clients),
        ("ipv4-link-local", Concern.Static | Concern.Dhcp4, "ipv4-link-local = true", Clients),
        ("ipv4-link-local", Concern.Static, "ipv4-link-local = true", Clients + "addresses = [\"192.0.2.9/24\"]\n"),
        ("name-servers", Concern.Static | Concern.Resolver, "name-servers = [\"192.0.2.53\"]", Clients),
        ("search-domains", Concern.Static | Concern.Resolver, "search-domains = [\"example.org\"]", Clients),
        ("request", Concern.Dhcp4, "request = [\"ntp-servers\"]", Clients),
        ("request", Concern.Dhcp6, "request = [\"dhcp6.sntp-servers\"]", Clients),
        ("require", Concern.Dhcp4, "require = [\"ntp-servers\"]", Clients),
        ("require", Concern.Dhcp6, "require = [\"dhcp6.sntp-servers\"]", Clients),
        ("anonymity", Concern.Clients | Concern.Paths, "anonymity = true", Clients),
        ("send", Concern.Dhcp4, "send = { \"224\" = \"hex:01\" }", Clients),
        ("send", Concern.Dhcp6, "send = { \"dhcp6.224\" = \"hex:01\" }", Clients),
        .. s_replies.Select(static table => (table, Concern.Dhcp4, $"{table} = {{ ntp-servers = [\"192.0.2.1\"] }}", Clients)),
        .. s_replies.Select(static table => (table, Concern.Dhcp6, $"{table} = {{ \"dhcp6.name-servers\" = [\"2001:db8::53\"] }}", Clients)),
    ];

    /// <summary>The rows, by what they add to what.</summary>
    public static TheoryData<int, string> Rows
    {
        get
        {
            TheoryData<int, string> rows = [];
            for (int i = 0; i < s_rows.Length; i++) rows.Add(i, $"{s_rows[i].Before}{s_rows[i].Added}".ReplaceLineEndings("; "));
            return rows;
        }
    }

    private static InterfaceConfiguration Read(string section)
    {
        // Anonymity goes with no other form.
        ConfigurationResult result = ConfigurationReader.Read("f.toml", "client-id = \"mac\"\n[interface.eth0]\n" + section);
        return (result.Configuration ?? throw new InvalidOperationException($"{section}\n{result.Problems[0]}")).Interfaces[0];
    }

    private static string[] Settable(Type type) =>
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static one => one.SetMethod is not null).Select(static one => one.Name)];

    private static string[] Changed<T>(T before, T after) =>
        [.. Settable(typeof(T)).Where(name => !IsSame(typeof(T).GetProperty(name)!.GetValue(before), typeof(T).GetProperty(name)!.GetValue(after)))];

    private static bool IsSame(object? one, object? other) => (one, other) switch
    {
        (MasterSettings master, MasterSettings another) => master.SameAs(another),
        (IEnumerable some, IEnumerable others) when one is not string => some.Cast<object>().SequenceEqual(others.Cast<object>()),
        _ => Equals(one, other),
    };

    [Fact(DisplayName = "Whoever adds a setting says whom it concerns: the tables have every property that can be set, each once")]
    public void EverySetting_SaysWhomItConcerns()
    {
        Check(InterfaceSettings.All);
        Check(DaemonSettings.All);

        static void Check<T>(ImmutableArray<Setting<T>> table)
        {
            string[] names = [.. table.Select(static setting => setting.Name)];
            Assert.Empty(Settable(typeof(T)).Except(names));
            Assert.Equal(names.Distinct(), names);
            Assert.All(names, static name => Assert.NotNull(typeof(T).GetProperty(name)));
        }
    }

    [Fact(DisplayName = "Every key of a section, and every setting, is in the rows below")]
    public void EveryKey_HasARow()
    {
        // The driver's options are one setting, of which one row is enough.
        Assert.Empty(InterfaceKeys.All.Keys.Except(s_rows.Select(static row => row.Key)).Except(BondOptionTable.All.Select(static option => option.Name)).Except(["num_unsol_na"]));
        IEnumerable<string> changed = s_rows.SelectMany(static row => Changed(Read(row.Before), Read(row.Before + row.Added)));
        Assert.Equal([nameof(InterfaceConfiguration.Name)], Settable(typeof(InterfaceConfiguration)).Except(changed));
    }

    [Theory(DisplayName = "A changed setting concerns those who do something else because of it, and no other")]
    [MemberData(nameof(Rows))]
    public void ChangedSetting_ConcernsWhomItShould(int index, string what)
    {
        (_, Concern expected, string added, string unchanged) = s_rows[index];
        InterfaceConfiguration before = Read(unchanged), after = Read(unchanged + added);
        string[] changed = Changed(before, after);
        Assert.False(changed is [] || before.SameAs(after), what);
        Assert.True(before.SameAs(Read(unchanged)) && after.SameAs(Read(unchanged + added)), what);
        Assert.Equal(expected, InterfaceSettings.Differences(before, after));
        Assert.Equal(expected, InterfaceSettings.Differences(after, before));
        foreach (Setting<InterfaceConfiguration> setting in InterfaceSettings.All)
            if (typeof(InterfaceConfiguration).GetProperty(setting.Name)!.SetMethod is not null)
                Assert.True(setting.IsSame(before, after) == !changed.Contains(setting.Name), setting.Name);

        // Those who are made of the section say for themselves whether they differ.
        Duid duid = Duid.FromMac(BondDhcp.Net.MacAddress.Parse("02:00:00:00:00:01"));
        Differs(Concern.Dhcp4, one => InterfaceIdentity.Create(new DaemonConfiguration(), one, duid, "host", static () => []));
        Differs(Concern.Dhcp6, one => Dhcp6Identity.Create(new DaemonConfiguration(), one, duid, "host"));
        Differs(Concern.Static, one => StaticSettings.Of(one, duid));
        Differs(Concern.Resolver, static one => ResolverPolicy.Of(one));

        void Differs(Concern who, Func<InterfaceConfiguration, object> make)
        {
            if (Dump(make(before)) != Dump(make(after))) Assert.True(expected.HasFlag(who), $"{who} does something else");
        }
    }

    [Theory(DisplayName = "What stands above the sections concerns those who say it")]
    [InlineData("hostname = false", (int)Concern.Clients)]
    [InlineData("hostname = \"other\"", (int)Concern.Clients)]
    [InlineData("client-id = \"mac\"", (int)Concern.Dhcp4)]
    [InlineData("client-id = \"01:02:03\"", (int)Concern.Dhcp4)]
    [InlineData("duid = \"00:03:00:01:02:00:00:00:00:01\"", (int)(Concern.Clients | Concern.Static))]
    [InlineData("hooks = \"/etc/h\"", (int)Concern.Daemon)]
    [InlineData("control-group = \"adm\"", (int)Concern.Daemon)]
    [InlineData("network-conf = \"/etc/conf.d/network.conf\"", (int)Concern.Nobody)]
    public void ChangedSettingOfAll_ConcernsWhomItShould(string added, int expected)
    {
        DaemonConfiguration before = ConfigurationReader.Read("f.toml", "").Configuration!, after = ConfigurationReader.Read("f.toml", added).Configuration!;
        string[] changed = Changed(before, after);
        Assert.NotEmpty(changed);
        Assert.Equal((Concern)expected, DaemonSettings.Differences(before, after));
        foreach (Setting<DaemonConfiguration> setting in DaemonSettings.All) Assert.True(setting.IsSame(before, after) == !changed.Contains(setting.Name), setting.Name);
    }

    // Everything that can be read of it, arrays by content; what lies deeper says it itself.
    private static string Dump(object? value, int depth = 0) => value switch
    {
        null => "-",
        string or IPAddress or Duid => $"{value}",
        IEnumerable some => $"[{string.Join(' ', some.Cast<object?>().Select(one => Dump(one, depth + 1)))}]",
        _ when value is ValueType || depth == 3 => $"{value}",
        _ => "{" + string.Join(' ', value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(static one => one.GetIndexParameters().Length == 0 && !one.PropertyType.IsByRefLike)
            .Select(one => $"{one.Name}={Dump(one.GetValue(value), depth + 1)}")) + "}",
    };
}
