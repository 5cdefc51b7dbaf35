using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Linux;
using BondDhcp.Net;
using BondDhcp.Net.Linux;
using BondDhcp.Tests.Linux;
using Xunit;

namespace BondDhcp.Tests.Netlink;

/// <summary>c0 with IPv6 in a private namespace, with what configures it and what the kernel says of it. s0 has IPv6 when a test gives it some.</summary>
internal sealed class Ipv6Interface : IDisposable
{
    private readonly List<LinkEvent> _happened = [];
    private readonly Ipv6Configurator _configurator;

    private Ipv6Interface()
    {
        Rtnl = RtnlSocket.Open();
        _configurator = new Ipv6Configurator(Rtnl);
        Watch = LinkWatch.Open(Rtnl, _happened);
        Assert.True(Watch.Table.TryFind("c0", out Link? link));
        Link = link;
        Table = new Ipv6Table(link.Index);
        _happened.Clear();
    }

    public RtnlSocket Rtnl { get; }

    public LinkWatch Watch { get; }

    public Link Link { get; }

    public int Index => Link.Index;

    public Ipv6Table Table { get; }

    public List<Ipv6Event> Events { get; } = [];

    public Ipv6Ownership Owned { get; set; } = Ipv6Ownership.None;

    /// <summary>Runs a test; duplicate address detection takes a tenth of a second here, where it is wanted at all.</summary>
    public static void Run(Action<Ipv6Interface> test, bool detectsDuplicates = false) => PrivateNetwork.Run(() =>
    {
        foreach (string name in (string[])["c0", "s0"])
        {
            Set(name, "router_solicitation_delay", "0");
            Set(name, "accept_dad", detectsDuplicates ? "1" : "0");
            File.WriteAllText($"/proc/sys/net/ipv6/neigh/{name}/retrans_time_ms", "100");
        }
        using var host = new Ipv6Interface();
        Enable("c0");
        test(host);
    });

    public static void Enable(string name) => Set(name, "disable_ipv6", "0");

    public static void Set(string name, string setting, string value) =>
        File.WriteAllText($"/proc/sys/net/ipv6/conf/{name}/{setting}", value);

    public Ipv6Outcome Apply(Ipv6Configuration wanted)
    {
        Ipv6Outcome outcome = _configurator.Apply(Index, wanted, Owned);
        Owned = outcome.Owned;
        return outcome;
    }

    public Ipv6Outcome Remove()
    {
        Ipv6Outcome outcome = _configurator.Remove(Index, Owned);
        Owned = outcome.Owned;
        return outcome;
    }

    /// <summary>Takes in what the kernel says until a condition holds.</summary>
    public void Follow(Func<bool> condition)
    {
        using EpollSet readiness = new();
        readiness.Add(Watch.Descriptor, Readiness.Read, 1);
        Span<ReadyDescriptor> ready = new ReadyDescriptor[1];
        long end = Environment.TickCount64 + 10_000;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < end, $"in vain; so far: {string.Join(", ", Events)}");
            readiness.Wait(ready, 50);
            _happened.Clear();
            Watch.Drain(_happened);
            Table.Take(_happened, Events);
        }
    }

    /// <summary>Waits for a link-local address that can be used, and forgets the events that led to it.</summary>
    public Ipv6Address AwaitLinkLocal()
    {
        Follow(() => Table.LinkLocal is not null);
        Events.Clear();
        return Table.LinkLocal!.Value;
    }

    public static Ipv6Address Address(string text) => Ipv6Address.Parse(text);

    public static Ipv6Configuration Leased(params ReadOnlySpan<string> addresses)
    {
        List<Ipv6WantedAddress> wanted = [];
        foreach (string address in addresses) wanted.Add(new Ipv6WantedAddress(Address(address), TimeSpan.FromSeconds(600), TimeSpan.FromSeconds(900)));
        return new Ipv6Configuration { Addresses = [.. wanted] };
    }

    public static Ipv6Configuration Delegated(string prefix) => new() { Prefixes = [Ipv6Prefix.Parse(prefix)] };

    /// <summary>c0's global addresses, one a line, as ip(8) shows them.</summary>
    public static string Addresses() => PrivateNetwork.Ip("-6 -o addr show dev c0 scope global").Replace("\\", "", StringComparison.Ordinal);

    /// <summary>The unreachable routes of the main table as ip(8) shows them.</summary>
    public static string Routes() => PrivateNetwork.Ip("-6 -details route show type unreachable");

    public void Dispose()
    {
        Watch.Dispose();
        Rtnl.Dispose();
    }
}
