using BondDhcp.Tests.Beds;

namespace BondDhcp.Bench;

/// <summary>Makes <c>pcaps/dhcpv6/*.pcap</c> anew: real servers, the program itself as the client, seen at the client's interface.</summary>
internal static class Captures6
{
    private const string C0 = Dhcp6Scene.Interface;

    /// <summary>After a change of the path or a start nothing follows for longer than this.</summary>
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(2.5);

    private static readonly (string Name, Dhcp6ServerKind Kind)[] Servers =
        [("dnsmasq", Dhcp6ServerKind.Dnsmasq), ("kea", Dhcp6ServerKind.Kea), ("isc", Dhcp6ServerKind.Isc)];

    /// <summary>Writes the captures below a directory.</summary>
    /// <param name="directory">Where; made if need be.</param>
    /// <param name="only">A part of the names of those that are made; empty for all.</param>
    public static async Task MakeAsync(string directory, string only)
    {
        string folder = Directory.CreateDirectory(Path.Combine(directory, "dhcpv6")).FullName;
        foreach (Recipe recipe in Recipes().Where(recipe => recipe.Name.Contains(only, StringComparison.Ordinal)))
        {
            Console.Error.WriteLine(recipe.Name);
            await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(static _ => { }, recipe.Kind);
            scene.Configure(recipe.Settings, "hostname = \"client\"");
            PacketTrace capture = scene.Bed.Add(await PacketTrace.StartAsync(scene.Bed.Client, C0, "udp port 546 or udp port 547"));
            await recipe.Play(scene);
            await Task.Delay(Aftermath);
            capture.Save(Path.Combine(folder, recipe.Name + ".pcap"));
        }
    }

    private sealed record Recipe(string Name, Dhcp6ServerKind Kind, Func<Dhcp6Scene, Task> Play, string Settings = "dhcp6 = true");

    private static IEnumerable<Recipe> Recipes()
    {
        const string delegation = "dhcp6 = true\nprefix-delegation = 56";
        foreach ((string name, Dhcp6ServerKind kind) in Servers)
        {
            yield return new($"{name}-cycle", kind, CycleAsync);
            yield return new($"{name}-confirm", kind, FailOverAsync);
            yield return new($"{name}-restart", kind, RestartAsync);
            yield return new($"{name}-elsewhere", kind, ElsewhereAsync);
            yield return new($"{name}-information", kind, scene => WaitAsync(scene, "informationBound"), "dhcp6 = \"stateless\"");
            if (kind == Dhcp6ServerKind.Dnsmasq) continue; // It delegates no prefixes.
            yield return new($"{name}-delegation", kind, CycleAsync, delegation);
            yield return new($"{name}-rebind", kind, FailOverAsync, delegation);
        }
        yield return new("dnsmasq-rapid-commit", Dhcp6ServerKind.Dnsmasq, scene => scene.BindAsync(), "dhcp6 = true\nrapid-commit = true");
    }

    private static async Task WaitAsync(Dhcp6Scene scene, string state)
    {
        scene.Client.Start();
        await scene.WaitForStateAsync(state);
    }

    private static async Task CycleAsync(Dhcp6Scene scene)
    {
        await scene.BindAsync();
        foreach (string command in (string[])["renew", "rebind", "release"])
            await scene.Client.MustAsync(command, C0, "-6", "--timeout", "10");
    }

    private static async Task FailOverAsync(Dhcp6Scene scene)
    {
        await scene.BindAsync();
        await Task.Delay(Aftermath);
        scene.Bed.FailOver();
        await Task.Delay(Aftermath);
        await scene.WaitForStateAsync("bound");
    }

    private static async Task RestartAsync(Dhcp6Scene scene)
    {
        await scene.BindAsync();
        await scene.Client.KillAsync();
        scene.Client.Start();
        await Task.Delay(Aftermath);
        await scene.WaitForStateAsync("bound");
    }

    private static async Task ElsewhereAsync(Dhcp6Scene scene)
    {
        await scene.BindAsync();
        await Task.Delay(Aftermath);
        await scene.MoveServerAsync("2001:db8:66");
        scene.Bed.FailOver();
        await Wait.UntilAsync(() => scene.Addresses() is [var one] && one.StartsWith("2001:db8:66:", StringComparison.Ordinal), Dhcp6Scene.Patience, "the other network's address", scene.ToString);
    }
}
