using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Linux;
using BondDhcp.Net;
using BondDhcp.Tests.Linux;
using Xunit;

namespace BondDhcp.Tests.Netlink;

/// <summary>c0 in a private namespace, with what configures it and a watch on what the kernel says of it.</summary>
internal sealed class ConfiguredInterface : IDisposable
{
    private readonly List<LinkEvent> _events = [];
    private readonly Ipv4Configurator _configurator;

    private ConfiguredInterface()
    {
        Rtnl = RtnlSocket.Open();
        _configurator = new Ipv4Configurator(Rtnl);
        Watch = LinkWatch.Open(Rtnl, _events);
        Assert.True(Watch.Table.TryFind("c0", out Link? link));
        Index = link.Index;
        _events.Clear();
    }

    public static Ipv4Configuration Lease { get; } = new()
    {
        Address = Ipv4Prefix.Parse("192.0.2.50/24"),
        Broadcast = Ipv4Address.Parse("192.0.2.255"),
        Valid = TimeSpan.FromSeconds(3600),
        Preferred = TimeSpan.FromSeconds(3600),
        Metric = 1024,
        Routes = [new Ipv4WantedRoute(Ipv4Prefix.Default, Ipv4Address.Parse("192.0.2.1"))],
    };

    public RtnlSocket Rtnl { get; }

    public LinkWatch Watch { get; }

    public int Index { get; }

    public Ipv4Ownership Owned { get; set; } = Ipv4Ownership.None;

    public static void Run(Action<ConfiguredInterface> test) => PrivateNetwork.Run(() =>
    {
        using var host = new ConfiguredInterface();
        test(host);
    });

    /// <summary>Configures, and expects that everything went well.</summary>
    public Ipv4Outcome Apply(Ipv4Configuration wanted)
    {
        Ipv4Outcome outcome = TryApply(wanted);
        Assert.Null(outcome.Error);
        Assert.Empty(outcome.Problems);
        return outcome;
    }

    public Ipv4Outcome TryApply(Ipv4Configuration wanted)
    {
        Ipv4Outcome outcome = _configurator.Apply(Index, wanted, Owned);
        Owned = outcome.Owned;
        return outcome;
    }

    public Ipv4Outcome Remove()
    {
        Ipv4Outcome outcome = _configurator.Remove(Index, Owned);
        Owned = outcome.Owned;
        return outcome;
    }

    /// <summary>What the kernel has said since the last time.</summary>
    public IReadOnlyList<LinkEvent> Events()
    {
        _events.Clear();
        Watch.Drain(_events);
        return [.. _events];
    }

    /// <summary>c0's IPv4 addresses, one a line, as ip(8) shows them.</summary>
    public static string Addresses() => PrivateNetwork.Ip("-4 -o addr show dev c0").Replace("\\", "", StringComparison.Ordinal);

    /// <summary>c0's IPv4 routes in the main table, one an item.</summary>
    public static string[] Routes() =>
        [.. PrivateNetwork.Ip("-4 route show dev c0").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    public void Dispose()
    {
        Watch.Dispose();
        Rtnl.Dispose();
    }
}
