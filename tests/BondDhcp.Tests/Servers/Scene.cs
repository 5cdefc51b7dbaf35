using System.Text.Json;
using BondDhcp.Tests.Beds;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Servers;

/// <summary>A bed with a server and the program on it: where most scenarios begin.</summary>
public sealed class Scene : IAsyncDisposable
{
    /// <summary>Longer than anything in a scenario takes on a loaded machine; a scenario that meets it has failed.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private Scene(NetworkBed bed, DhcpServer server, BondDhcpProcess client)
    {
        Bed = bed;
        Server = server;
        Client = client;
    }

    public NetworkBed Bed { get; }

    public DhcpServer Server { get; }

    public BondDhcpProcess Client { get; }

    /// <summary>The address of <see cref="BindAsync"/>, without prefix length.</summary>
    public string Address { get; private set; } = "";

    public PacketTrace Trace => Bed.Trace;

    public KernelEvents Events => Bed.Events;

    /// <summary>A server that listens, and a client that is configured and not started.</summary>
    public static async Task<Scene> SetAsync(
        ITestOutputHelper output, ServerConfiguration configuration, ServerPlan? plan = null, string settings = "", string globalSettings = "", bool segment = false)
    {
        NetworkBed bed = await NetworkBed.CreateAsync(output.WriteLine, segment);
        try
        {
            DhcpServer server = await bed.StartServerAsync(configuration, plan);
            BondDhcpProcess client = bed.Add(new BondDhcpProcess(bed.Client));
            client.Configure(settings, globalSettings);
            return new(bed, server, client);
        }
        catch
        {
            await bed.DisposeAsync();
            throw;
        }
    }

    /// <summary>The same, with the client bound.</summary>
    public static async Task<Scene> BindAsync(
        ITestOutputHelper output, ServerConfiguration configuration, ServerPlan? plan = null, string settings = "", string globalSettings = "", bool segment = false)
    {
        Scene scene = await SetAsync(output, configuration, plan, settings, globalSettings, segment);
        try
        {
            scene.Client.Start();
            await scene.BoundAsync();
            return scene;
        }
        catch
        {
            await scene.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the client is bound and its address configured, and returns its lease as JSON.</summary>
    public async Task<JsonElement> BoundAsync(TimeSpan? patience = null)
    {
        JsonElement lease = await Client.WaitForStateAsync("bound", patience ?? Patience);
        string address = lease.GetProperty("address").GetString()!;
        Assert.Equal(address, Assert.Single(Bed.ClientAddresses()));
        Address = address.Split('/')[0];
        return lease;
    }

    /// <summary>
    /// Waits for the second announcement of the present MAC, 2 s after the first: no cap on messages or announcements is touched
    /// by what happened before.
    /// </summary>
    public async Task SettledAsync(int from = 0) => await Wait.UntilAsync(
        () => Trace.Frames.Skip(from).Count(f => f.Arp is { IsAnnouncement: true } arp && arp.SenderMac == Bed.ClientMac) >= 2,
        Patience, "two announcements", () => Trace.ToString());

    /// <summary>The kernel never took an address of c0 away.</summary>
    public void AssertNoDeletion() => Assert.DoesNotContain(Events.Addresses(NetworkBed.ClientInterface), e => e.Deleted);

    /// <summary>A change of the path gives nothing back and declines nothing.</summary>
    public void AssertNothingGivenBack()
    {
        Assert.Empty(Trace.Dhcp("RELEASE"));
        Assert.Empty(Trace.Dhcp("DECLINE"));
    }

    /// <summary>Events of one name in <c>timeline --json</c>, oldest first.</summary>
    public async Task<IReadOnlyList<JsonElement>> TimelineAsync(string name)
    {
        List<JsonElement> found = [];
        foreach (string line in (await Client.MustAsync("timeline", "--json")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            if (document.RootElement.GetProperty("event").GetString() == name) found.Add(document.RootElement.Clone());
        }
        return found;
    }

    public ValueTask DisposeAsync() => Bed.DisposeAsync();
}
