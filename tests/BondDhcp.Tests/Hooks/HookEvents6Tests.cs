using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Host.Hooks;
using BondDhcp.Host.Runner;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Hooks;

/// <summary>What hooks are told of DHCPv6: dhclient-script's word for each change, and its variables.</summary>
public sealed class HookEvents6Tests
{
    private static readonly DateTimeOffset s_boot = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly Dhcp6Lease s_both = Fixture6.Lease(prefix: Fixture6.P);

    private static HookEvent[] Of(Dhcp6Lease? before, Dhcp6Lease? after, string stateBefore = "requesting", LeaseEnd end = LeaseEnd.Expired, double at = 0) =>
        [.. HookEvents6.Of("bond0", new Dhcp6Change(before, after, after?.Reply, stateBefore, end), Instant.FromSeconds(at), s_boot)];

    private static Dictionary<string, string> Map(ImmutableArray<HookVariable> variables) => variables.ToDictionary(one => one.Name, one => one.Value);

    [Fact(DisplayName = "S-4 BOUND6: an event for each address and each prefix, each with its own new_ variables and no old_ ones")]
    public void NewLease_IsBound6_OfEachPart()
    {
        HookEvent[] events = Of(null, s_both);
        Assert.Equal(["BOUND6", "BOUND6"], events.Select(one => one.Word));
        Assert.All(events, one => Assert.Empty(one.Old));
        Dictionary<string, string> address = Map(events[0].New), prefix = Map(events[1].New);
        Dictionary<string, string> expected = new()
        {
            ["ip6_address"] = "2001:db8::100",
            ["ip6_prefixlen"] = "128",
            ["dhcp6_name_servers"] = "2001:db8::53",
            ["dhcp6_client_id"] = "00:04:8b:af:2d:96:b4:a2:48:6c:9e:15:ce:ee:09:6b:5c:cd",
            ["dhcp6_server_id"] = "00:03:00:01:02:00:00:00:00:01",
            ["iaid"] = "32e81918",
            ["starts"] = s_boot.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            ["preferred_life"] = "600",
            ["max_life"] = "900",
        };
        Assert.Equal(expected.OrderBy(one => one.Key), address.OrderBy(one => one.Key));
        expected.Remove("ip6_address");
        expected["ip6_prefix"] = "2001:db8:1200::/56";
        expected["ip6_prefixlen"] = "56";
        Assert.Equal(expected.OrderBy(one => one.Key), prefix.OrderBy(one => one.Key));
    }

    [Fact(DisplayName = "RFC 6603: a script that makes subnets of a prefix is told which part of it stays the server's")]
    public void Prefix_WithAnExcludedPart_HasItInAVariable()
    {
        Dhcp6Lease lease = s_both with { Prefixes = [s_both.Prefixes[0] with { Excluded = Ipv6Prefix.Parse("2001:db8:1200:ff::/64") }] };
        HookEvent[] events = Of(null, lease);
        Assert.False(Map(events[0].New).ContainsKey("ip6_prefix_exclude"));
        Assert.Contains("new_ip6_prefix_exclude=2001:db8:1200:ff::/64", HookEnvironment.VariablesOf(events[1], 1));
        Assert.Contains("old_ip6_prefix_exclude=2001:db8:1200:ff::/64", HookEnvironment.VariablesOf(Of(lease, null, "bound", LeaseEnd.Released)[1], 1));
    }

    [Fact(DisplayName = "S-4 every option of the reply that is addresses, numbers or names is a variable by dhclient's name for it; what is anything else is in none")]
    public void Options_AreVariables()
    {
        byte[] server = new byte[16], name = [3, (byte)'n', (byte)'t', (byte)'p', 1, (byte)'x', 0];
        Fixture6.Dns.CopyTo(server);
        Dhcp6Lease lease = s_both with
        {
            Reply = Fixture6.Reply(null, null, 1)
                .Option(56, [0, 1, 0, 16, .. server]).Option(56, [0, 3, 0, (byte)name.Length, .. name]).Option(27, server).Option(29, name)
                .Option(21, [1, (byte)'a', 0, 2, (byte)'-', (byte)'b', 0]).Option(42, [.. "Europe/Berlin"u8]).Option(39, [0, .. name])
                .Option(59, [.. "tftp://x/$(id)"u8]).Option(103, [.. "https://portal.example/"u8]).Option(32, [0, 0, 2, 88]).ToReply(),
        };
        string[] given = [.. HookEnvironment.VariablesOf(Of(null, lease)[0], 1).Where(variable => variable.StartsWith("new_dhcp6_", StringComparison.Ordinal))];
        Assert.Equal(
            [
                "new_dhcp6_client_id=00:04:8b:af:2d:96:b4:a2:48:6c:9e:15:ce:ee:09:6b:5c:cd", "new_dhcp6_fqdn=ntp.x", "new_dhcp6_info_refresh_time=600",
                "new_dhcp6_name_servers=2001:db8::53", "new_dhcp6_new_tzdb_timezone=Europe/Berlin", "new_dhcp6_nis_domain_name=ntp.x",
                "new_dhcp6_nis_servers=2001:db8::53", "new_dhcp6_ntp_server=2001:db8::53 ntp.x", "new_dhcp6_server_id=00:03:00:01:02:00:00:00:00:01",
                "new_dhcp6_sip_servers_names=a", "new_dhcp6_sntp_servers=2001:db8::53",
            ],
            given.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Servers_OfWhichNoneIsOfUse_AreInNoVariable()
    {
        Dhcp6Lease lease = s_both with { Reply = Fixture6.Empty(xid: 1).Dns(Ipv6Address.Parse("::1")).Option(31, [.. new byte[15], 1]).ToReply() };
        Assert.DoesNotContain(HookEnvironment.VariablesOf(Of(null, lease)[0], 1), variable => variable.EndsWith("=::1", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "The JSON of an event has the state in which the old lease was and the one of the new, and both IAIDs")]
    public void Json_HasStateAndIaid()
    {
        using JsonDocument json = JsonDocument.Parse(HookEnvironment.JsonOf(Of(s_both, Fixture6.Lease(300, prefix: Fixture6.P), "rebinding", at: 300)[0]));
        JsonElement old = json.RootElement.GetProperty("old"), @new = json.RootElement.GetProperty("new");
        Assert.Equal(("rebinding", "bound"), (old.GetProperty("state").GetString(), @new.GetProperty("state").GetString()));
        Assert.Equal(("32:e8:19:18", "32:e8:19:18"), (old.GetProperty("iaid").GetString(), @new.GetProperty("iaid").GetString()));
    }

    [Theory(DisplayName = "S-4 RENEW6 and REBIND6: old_ and new_ of the same address and of the same prefix")]
    [InlineData("renewing", "RENEW6")]
    [InlineData("rebinding", "REBIND6")]
    public void ExtendedLease_IsTheWordOfItsState_WithBoth(string state, string word)
    {
        HookEvent[] events = Of(s_both, Fixture6.Lease(300, prefix: Fixture6.P), state, at: 300);
        Assert.Equal([word, word], events.Select(one => one.Word));
        Assert.Equal(("2001:db8::100", "2001:db8::100"), (Map(events[0].Old)["ip6_address"], Map(events[0].New)["ip6_address"]));
        Assert.Equal(("2001:db8:1200::/56", "2001:db8:1200::/56"), (Map(events[1].Old)["ip6_prefix"], Map(events[1].New)["ip6_prefix"]));
        Assert.Equal(("300", "600"), (Map(events[1].Old)["preferred_life"], Map(events[1].New)["preferred_life"]));
        IReadOnlyList<string> given = HookEnvironment.VariablesOf(events[1], 1);
        Assert.Contains("old_ip6_prefix=2001:db8:1200::/56", given);
        Assert.Contains("new_ip6_prefix=2001:db8:1200::/56", given);
    }

    [Fact]
    public void OtherPrefix_IsTheEndOfOneAndTheBeginningOfTheOther()
    {
        HookEvent[] events = Of(s_both, Fixture6.Lease(300, prefix: Fixture6.P2), "renewing", at: 300);
        Assert.Equal(["EXPIRE6 2001:db8:1200::/56", "RENEW6 2001:db8::100", "BOUND6 2001:db8:3400::/56"], events.Select(one => $"{one.Word} {one.Subject}"));
        Assert.Empty(events[0].New);
        Assert.Equal("2001:db8:1200::/56", Map(events[0].Old)["ip6_prefix"]);
    }

    [Theory(DisplayName = "S-4 EXPIRE6, RELEASE6, STOP6: the word for each end, with the old_ variables of what went")]
    [InlineData(LeaseEnd.Expired, "EXPIRE6")]
    [InlineData(LeaseEnd.Refused, "EXPIRE6")]
    [InlineData(LeaseEnd.OtherNetwork, "EXPIRE6")]
    [InlineData(LeaseEnd.Conflict, "EXPIRE6")]
    [InlineData(LeaseEnd.Released, "RELEASE6")]
    [InlineData(LeaseEnd.InterfaceGone, "STOP6")]
    [InlineData(LeaseEnd.Lost, "STOP6")]
    public void EndedLease_IsTheWordOfItsEnd(LeaseEnd end, string word)
    {
        HookEvent[] events = Of(s_both, null, "bound", end);
        Assert.Equal([word, word], events.Select(one => one.Word));
        Assert.All(events, one => Assert.Empty(one.New));
        Assert.Equal(("2001:db8::100", "2001:db8:1200::/56"), (Map(events[0].Old)["ip6_address"], Map(events[1].Old)["ip6_prefix"]));
    }

    [Fact(DisplayName = "S-4 DEPREF6: once, at the end of the preferred lifetime of each address and prefix, with cur_ variables")]
    public void PreferredLifetimeOver_IsDepref6_Once()
    {
        HashSet<string> told = [];
        Assert.Equal(Instant.FromSeconds(600), HookEvents6.NextDeprecation(s_both, Instant.FromSeconds(10)));
        Assert.Empty(Depref(s_both, told, 599));
        HookEvent[] events = Depref(s_both, told, 600);
        Assert.Equal(["DEPREF6 2001:db8::100", "DEPREF6 2001:db8:1200::/56"], events.Select(one => $"{one.Word} {one.Subject}"));
        IReadOnlyList<string> given = HookEnvironment.VariablesOf(events[0], 1);
        Assert.Contains("cur_ip6_address=2001:db8::100", given);
        Assert.Contains("cur_ip6_prefixlen=128", given);
        Assert.DoesNotContain(given, variable => variable.StartsWith("new_", StringComparison.Ordinal) || variable.StartsWith("old_", StringComparison.Ordinal));
        Assert.Empty(Depref(s_both, told, 601));
        Assert.Equal(Instant.Never, HookEvents6.NextDeprecation(s_both, Instant.FromSeconds(600)));
        // Extended and left again: told again. What is over altogether has no preference to lose.
        Dhcp6Lease extended = Fixture6.Lease(700, prefix: Fixture6.P);
        Assert.Empty(Depref(extended, told, 700));
        Assert.Equal(2, Depref(extended, told, 1300).Length);
        Assert.Empty(Depref(s_both, [], 900));
        Assert.Equal(Instant.Never, HookEvents6.NextDeprecation(null, Instant.Zero));
    }

    [Fact(DisplayName = "S-4 stateless: BOUND6 with the options alone, RENEW6 at a refresh, EXPIRE6 at the end; nothing of a lease in any")]
    public void Information_IsToldWithoutALease()
    {
        var first = new Dhcp6Information(Fixture6.Empty(xid: 1).Dns(Fixture6.Dns).ToReply(), Instant.Never);
        var second = new Dhcp6Information(Fixture6.Empty(xid: 2).ToReply(), Instant.Never);
        HookEvent bound = Assert.Single(Information(null, first));
        Assert.Equal(("BOUND6", "dhcp6_name_servers dhcp6_client_id dhcp6_server_id"), (bound.Word, string.Join(' ', bound.New.Select(one => one.Name))));
        Assert.Equal("2001:db8::53", Map(bound.New)["dhcp6_name_servers"]);
        using JsonDocument json = JsonDocument.Parse(HookEnvironment.JsonOf(bound));
        Assert.Equal("2001:db8::53", json.RootElement.GetProperty("new").GetProperty("dns")[0].GetString());

        HookEvent renewed = Assert.Single(Information(first, second));
        Assert.Equal(("RENEW6", true, false), (renewed.Word, Map(renewed.Old).ContainsKey("dhcp6_name_servers"), Map(renewed.New).ContainsKey("dhcp6_name_servers")));
        HookEvent ended = Assert.Single(Information(second, null));
        Assert.Equal(("EXPIRE6", 0), (ended.Word, ended.New.Length));
        Assert.Empty(Information(first, first));
        // A lease takes its place: its own BOUND6 has the options.
        Assert.Equal(["BOUND6"], Information(first, null, Fixture6.Lease()).Select(one => one.Word));
    }

    private static HookEvent[] Depref(Dhcp6Lease lease, HashSet<string> told, double at) =>
        [.. HookEvents6.OfDeprecated("bond0", lease, told, Instant.FromSeconds(at), s_boot)];

    private static HookEvent[] Information(Dhcp6Information? before, Dhcp6Information? after, Dhcp6Lease? lease = null) =>
    [
        .. HookEvents6.Of("bond0", new Dhcp6Change(null, lease, lease?.Reply ?? after?.Reply, "informationRequesting", LeaseEnd.Expired)
        {
            InformationBefore = before,
            InformationAfter = after,
            ClientIdentifier = Fixture6.Client,
        }, Instant.Zero, s_boot),
    ];
}
