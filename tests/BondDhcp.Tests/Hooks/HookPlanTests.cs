using System.Net;
using System.Text.Json;
using BondDhcp.Dhcp.Client;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Daemon;
using BondDhcp.Host.Hooks;
using BondDhcp.Host.Runner;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Hooks;

/// <summary>What hooks are told, and in which order: everything that needs no program.</summary>
public sealed class HookPlanTests
{
    private static readonly DateTimeOffset s_boot = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private static Dictionary<string, string> VariablesOf(Dhcp4Lease lease, Func<InterfaceConfiguration, InterfaceConfiguration>? edit = null)
    {
        var configuration = new InterfaceConfiguration { Name = "bond0" };
        LeaseConfiguration its = LeaseConfiguration.Of(lease, edit?.Invoke(configuration) ?? configuration, Instant.FromSeconds(1), 1500);
        return HookVariables.Of(lease, its, s_boot).ToDictionary(one => one.Name, one => one.Value);
    }

    [Fact(DisplayName = "S-4 a lease in the variables of dhclient-script")]
    public void Variables_OfALease_AreThoseOfDhclient()
    {
        Dhcp4Lease lease = Fixture.Lease() with
        {
            Ack = Fixture.Ack(1, Fixture.A).Text(12, "box").Text(15, "example.org").Option(119, [1, (byte)'a', 7, .. "example"u8, 0, 1, (byte)'b', 0xc0, 2])
                .Address(42, Fixture.Server, Fixture.Server2).Option(26, 5, 120).Seconds(58, 1800).Text(101, "Europe/Berlin").ToReply(),
        };
        Dictionary<string, string> expected = new()
        {
            ["ip_address"] = "192.0.2.50",
            ["subnet_mask"] = "255.255.255.0",
            ["network_number"] = "192.0.2.0",
            ["broadcast_address"] = "192.0.2.255",
            ["routers"] = "192.0.2.1",
            ["domain_name"] = "example.org",
            ["domain_search"] = "a.example b.example",
            ["domain_name_servers"] = "192.0.2.1",
            ["host_name"] = "box",
            ["ntp_servers"] = "192.0.2.1 192.0.2.2",
            ["tcode"] = "Europe/Berlin",
            ["interface_mtu"] = "1400",
            ["dhcp_lease_time"] = "3600",
            ["dhcp_renewal_time"] = "1800",
            ["dhcp_message_type"] = "5",
            ["dhcp_server_identifier"] = "192.0.2.1",
            ["expiry"] = (s_boot + TimeSpan.FromHours(1)).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
        Assert.Equal(expected.OrderBy(one => one.Key), VariablesOf(lease).OrderBy(one => one.Key));
    }

    [Fact]
    public void Variables_OfClasslessRoutes_AreTheOctetsOfThoseTaken()
    {
        // 192.168.10.0/24 via 192.0.2.1, 0.0.0.0/1 via 192.0.2.9, default via 192.0.2.1, 10.0.0.0/8 on-link.
        byte[] option = [24, 192, 168, 10, 192, 0, 2, 1, 1, 0, 192, 0, 2, 9, 0, 192, 0, 2, 1, 8, 10, 0, 0, 0, 0];
        Dhcp4Lease lease = Fixture.Lease() with { Ack = Fixture.Ack(1, Fixture.A).Option(121, option).ToReply() };
        // What would take over a VPN's traffic is not taken, and no script is to take it either.
        Assert.Equal("24 192 168 10 192 0 2 1 0 192 0 2 1 8 10 0 0 0 0", VariablesOf(lease)["rfc3442_classless_static_routes"]);
        Assert.DoesNotContain("routers", VariablesOf(lease, one => one with { LeaseRoutes = LeaseRoutes.Ignore }).Keys);
        Assert.Contains("1 0 192 0 2 9", VariablesOf(lease, one => one with { LeaseRoutes = LeaseRoutes.Accept })["rfc3442_classless_static_routes"], StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_OfAnIpv6Address_AreThoseOfDhclient()
    {
        HookLease6 lease = new()
        {
            Address = IPAddress.Parse("2001:db8::50"),
            PrefixLength = 128,
            PreferredSeconds = 100,
            ValidSeconds = 200,
            Iaid = 0x32e81918,
            ClientDuid = [0, 4, 1],
            Offer = new() { DnsServers = [IPAddress.Parse("2001:db8::53"), IPAddress.Parse("fe80::1")], SearchDomains = ["a.example", "b.example"] },
        };
        var variables = HookVariables.Of(lease, "bond0", s_boot).ToDictionary(one => one.Name, one => one.Value);
        Assert.Equal(("2001:db8::50", "128"), (variables["ip6_address"], variables["ip6_prefixlen"]));
        Assert.Equal(("2001:db8::53 fe80::1%bond0", "a.example b.example"), (variables["dhcp6_name_servers"], variables["dhcp6_domain_search"]));
        Assert.Equal(("32e81918", "100", "200", "00:04:01"), (variables["iaid"], variables["preferred_life"], variables["max_life"], variables["dhcp6_client_id"]));
        Assert.DoesNotContain("ip6_prefix", variables.Keys);
        Assert.Equal("2001:db8:1::/56", HookVariables.Of(new HookLease6 { Prefix = IPAddress.Parse("2001:db8:1::"), PrefixLength = 56 }, "bond0", s_boot).Single(one => one.Name == "ip6_prefix").Value);
    }

    [Theory(DisplayName = "AX-5 a value with any character that a script could take for something is left out, wherever it came from")]
    [InlineData("a;reboot")]
    [InlineData("$(id)")]
    [InlineData("`id`")]
    [InlineData("a\nPATH=/evil")]
    [InlineData("it's")]
    [InlineData("\"x\"")]
    [InlineData("\x1b[2J")]
    [InlineData("() { :;}; id")]
    [InlineData("a*b")]
    [InlineData("~root")]
    [InlineData("a\0b")]
    [InlineData("é")]
    public void Environment_OfAnUnfitValue_LeavesItOut(string value)
    {
        HookEvent happened = new("bond0", HookReason.Bound) { New = [new("domain_name", value), new("ip_address", "192.0.2.50")], Old = [new("domain_name", value)] };
        Assert.Equal(["reason=BOUND", "interface=bond0", "medium=", "pid=42", "new_ip_address=192.0.2.50"], HookEnvironment.VariablesOf(happened, 42));
        Assert.False(HookEnvironment.IsPlain(value));
    }

    [Fact]
    public void Json_HasTheEventAndBothLeases()
    {
        HookEvent happened = new("bond0", HookReason.Renew6) { At = s_boot, NewJson = json => json.WriteStringValue("x") };
        Assert.Equal(
            """{"schema":1,"at":"2026-01-31T12:00:00.000Z","interface":"bond0","family":6,"reason":"RENEW6","old":null,"new":"x"}""",
            JsonDocument.Parse(HookEnvironment.JsonOf(happened)).RootElement.GetRawText());
    }

    [Theory]
    [InlineData("requesting", false, false, "BOUND")]
    [InlineData("probing", false, false, "BOUND")]
    [InlineData("rebooting", false, false, "REBOOT")]
    [InlineData("renewing", true, false, "RENEW")]
    [InlineData("rebinding", true, false, "REBIND")]
    [InlineData("verifying", true, false, "REBOOT")]
    [InlineData("bound", true, false, "RENEW")]
    [InlineData("renewing", true, true, "BOUND")]
    [InlineData("verifying", true, true, "BOUND")]
    public void Reason_OfALease_IsDhclientsWord(string state, bool hasPrevious, bool otherAddress, string word)
    {
        Dhcp4Lease lease = Fixture.Lease();
        Dhcp4Lease previous = Fixture.Lease() with { Ack = Fixture.Ack(1, Fixture.A, address: otherAddress ? Fixture.L2 : null).ToReply() };
        HookReason reason = LeaseSharing.ReasonOf(new ConfiguredLease(lease, hasPrevious ? previous : null, state));
        Assert.Equal(word, new HookEvent("bond0", reason).Word);
    }

    [Theory]
    [InlineData(LeaseEnd.Expired, "EXPIRE")]
    [InlineData(LeaseEnd.Refused, "EXPIRE")]
    [InlineData(LeaseEnd.OtherNetwork, "EXPIRE")]
    [InlineData(LeaseEnd.Conflict, "EXPIRE")]
    [InlineData(LeaseEnd.Released, "RELEASE")]
    [InlineData(LeaseEnd.InterfaceGone, "STOP")]
    [InlineData(LeaseEnd.Lost, "STOP")]
    public void Reason_OfAnEnd_IsDhclientsWord(LeaseEnd why, string word) => Assert.Equal(word, new HookEvent("bond0", LeaseSharing.ReasonOf(why)).Word);

    [Fact]
    public void Words_AreThoseOfDhclientScript() =>
        Assert.Equal(
            ["PREINIT", "BOUND", "RENEW", "REBIND", "REBOOT", "EXPIRE", "FAIL", "STOP", "RELEASE",
                "PREINIT6", "BOUND6", "RENEW6", "REBIND6", "DEPREF6", "EXPIRE6", "STOP6", "RELEASE6"],
            Enum.GetValues<HookReason>().Select(reason => new HookEvent("x", reason).Word));

    private static HookEvent Event(HookReason reason, string old, string @new, string subject = "") =>
        new("bond0", reason) { Old = [new("n", old)], New = [new("n", @new)], Subject = subject };

    private static string[] Drain(HookQueue queue)
    {
        List<string> taken = [];
        while (queue.Take() is { } one) taken.Add($"{one.Word} {one.Old[0].Value}>{one.New[0].Value}");
        return [.. taken];
    }

    [Fact]
    public void Queue_OfExtensionsInARow_IsOneFromTheFirstToTheLast()
    {
        var queue = new HookQueue();
        queue.Add(Event(HookReason.Bound, "0", "1"));
        queue.Add(Event(HookReason.Renew, "1", "2"));
        queue.Add(Event(HookReason.Rebind, "2", "3"));
        queue.Add(Event(HookReason.Expire, "3", "-"));
        queue.Add(Event(HookReason.Reboot, "4", "5"));
        queue.Add(Event(HookReason.Renew, "5", "6"));
        queue.Add(Event(HookReason.Bound, "6", "7"));
        Assert.Equal(["BOUND 0>3", "EXPIRE 3>-", "REBOOT 4>6", "BOUND 6>7"], Drain(queue));
        queue.Add(Event(HookReason.Renew, "1", "2"));
        queue.Add(Event(HookReason.Rebind, "2", "3"));
        Assert.Equal(["REBIND 1>3"], Drain(queue));
    }

    [Fact]
    public void Queue_OfOtherFamiliesAndAddresses_MergesNone()
    {
        var queue = new HookQueue();
        queue.Add(Event(HookReason.Bound, "0", "1"));
        queue.Add(Event(HookReason.Renew6, "a", "b", "2001:db8::1"));
        queue.Add(Event(HookReason.Renew6, "c", "d", "2001:db8::2"));
        queue.Add(Event(HookReason.Renew, "1", "2"));
        queue.Add(Event(HookReason.Renew6, "b", "e", "2001:db8::1"));
        Assert.Equal(["BOUND 0>2", "RENEW6 a>e", "RENEW6 c>d"], Drain(queue));
    }

    [Fact]
    public void Queue_Full_LosesExtensionsFirst()
    {
        var queue = new HookQueue();
        int lost = 0;
        for (int i = 0; i < HookQueue.Capacity; i++) lost += queue.Add(i == 5 ? Event(HookReason.Renew6, "r", "r", "x") : Event(HookReason.Bound, $"{i}", $"{i}")) ? 1 : 0;
        Assert.Equal(0, lost);
        Assert.True(queue.Add(Event(HookReason.Expire, "e", "-")));
        Assert.True(queue.Add(Event(HookReason.Bound, "b", "b")));
        string[] left = Drain(queue);
        Assert.Equal(HookQueue.Capacity, left.Length);
        Assert.Equal(("BOUND 1>1", "BOUND b>b"), (left[0], left[^1]));
        Assert.DoesNotContain("RENEW6 r>r", left);
    }

    [Theory]
    [InlineData("10-ntp", true)]
    [InlineData("dhclient_hooks", true)]
    [InlineData("hook.sh", false)]
    [InlineData("hook~", false)]
    [InlineData(".hidden", false)]
    [InlineData("..", false)]
    [InlineData("hook.dpkg-old", false)]
    [InlineData("a b", false)]
    [InlineData("", false)]
    public void Name_OfAHook_IsAsRunPartsTakesIt(string name, bool isHook) => Assert.Equal(isHook, HookDirectory.IsHookName(name));
}
