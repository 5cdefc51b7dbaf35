using System.Text.Json;
using System.Text.RegularExpressions;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Tests.Beds;
using BondDhcp.Tests.Kit;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Servers;

/// <summary>IPv4 link-local addresses on a real interface (RFC 3927).</summary>
public sealed class LinkLocalTests(ITestOutputHelper output)
{
    private const string C0 = NetworkBed.ClientInterface;

    // 15 s of policy delay, up to 7 s of probing, and a loaded machine.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(40);

    private const string Duid = "00:04:8b:af:2d:96:b4:a2:48:6c:9e:15:ce:ee:09:6b:5c:cd";

    private static string Candidate(int attempt) =>
        new LinkLocalSequence(Fixture6.Client, Iaid.FromInterfaceName(C0))[attempt].ToString();

    private static async Task<JsonElement> StatusAsync(BondDhcpProcess client)
    {
        using JsonDocument status = JsonDocument.Parse(await client.MustAsync("status", "--json"));
        return status.RootElement.Clone();
    }

    [Fact(DisplayName = "A4-64, A4-65 no server: an address of 169.254/16 of scope link, probed and announced, no default route, not online; after a failover announced; gone when a lease is bound")]
    public async Task WithoutAServer_ALinkLocalAddress_UntilALease()
    {
        await using NetworkBed bed = await NetworkBed.CreateAsync(output.WriteLine);
        // Another host has the first address of the sequence.
        bed.Server.Ip($"address add {Candidate(0)}/16 dev {NetworkBed.ServerInterface}");
        BondDhcpProcess client = bed.StartClient("ipv4-link-local = true", $"duid = \"{Duid}\"");
        await Wait.UntilAsync(() => bed.ClientAddresses().Count > 0, s_patience, "an address", () => $"{bed.Trace}\n{client}");
        Assert.Equal($"{Candidate(1)}/16", Assert.Single(bed.ClientAddresses()));
        Assert.Contains("scope link", bed.Client.Ip($"-4 address show dev {C0}"), StringComparison.Ordinal);
        Assert.DoesNotContain("default", bed.Client.Ip("route show"), StringComparison.Ordinal);
        Assert.All(bed.Trace.Dhcp("DISCOVER"), frame => Assert.Equal<byte>([1], frame.Dhcp!.Options[116]));
        TracedFrame[] probes = [.. bed.Trace.Frames.Where(frame => frame.Arp is { IsProbe: true })];
        Assert.Equal(Candidate(0), probes[0].Arp!.TargetIp);
        Assert.Equal(3, probes.Count(frame => frame.Arp!.TargetIp == Candidate(1)));
        Assert.True(probes[0].At - bed.Trace.Dhcp("DISCOVER")[0].At >= TimeSpan.FromSeconds(14));

        JsonElement status = await StatusAsync(client);
        JsonElement shown = status.GetProperty("interfaces")[0].GetProperty("addresses")[0];
        Assert.Equal(($"{Candidate(1)}/16", "link-local"), (shown.GetProperty("address").GetString(), shown.GetProperty("origin").GetString()));
        Assert.Equal("running", status.GetProperty("components").EnumerateArray().Single(one => one.GetProperty("name").GetString() == $"static@{C0}").GetProperty("state").GetString());
        Assert.Equal(4, (await client.CommandAsync("wait-online", C0, "--timeout", "1")).ExitCode);
        bed.Client.Run("ping", "-c1", "-W2", Candidate(0));

        int mark = bed.Trace.Mark;
        bed.FailOver();
        await bed.Trace.WaitForAsync(
            frame => frame.Arp is { IsAnnouncement: true, SenderMac: NetworkBed.MacB } arp && arp.SenderIp == Candidate(1), Scene.Patience, "an announcement", mark);
        Assert.Equal($"{Candidate(1)}/16", Assert.Single(bed.ClientAddresses()));

        // A restart keeps it; a lease takes its place, and DHCP found it as if there were none.
        Assert.Equal(0, await client.StopAsync("TERM"));
        client.Start();
        await bed.StartServerAsync(ServerConfiguration.DnsmasqDefault);
        JsonElement lease = await client.WaitForStateAsync("bound", s_patience);
        await Wait.UntilAsync(() => bed.ClientAddresses() is [var only] && only == lease.GetProperty("address").GetString(), Scene.Patience, "the leased address alone", () => client.ToString());
        Assert.All(bed.Trace.Dhcp("DISCOVER"), frame => Assert.Equal("0.0.0.0", frame.Dhcp!.Source));
        Assert.Equal(0, (await client.CommandAsync("wait-online", C0, "--timeout", "5")).ExitCode);
        // It was given up once, and no other had been there in between.
        Assert.Equal([Candidate(1)], bed.Events.Addresses(C0).Where(change => change.Deleted).Select(change => Regex.Match(change.ToString(), "169[0-9.]+").Value).Where(text => text.Length > 0));
    }
}
