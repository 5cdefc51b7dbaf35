using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Simulation;
using Xunit;

namespace BondDhcp.Tests.Simulation6;

/// <summary>The DHCPv6 client against model servers over a bad network.</summary>
public class Simulation6Tests
{
    private const uint LeaseSeconds = 900;

    [Theory(DisplayName = "AM-32 for DHCPv6: failovers in one network, 30 % of the messages lost: what is configured never changes")]
    [InlineData(false)]
    [InlineData(true)]
    public void Failovers_WithLostMessages_KeepTheLease(bool prefix) => Seeds.ForAll(0, 500, (seed, log) =>
    {
        Simulated6Link link = Bound(seed, log, prefix, new Model6Server(1, Fixture6.Server, LeaseSeconds));
        link.Weather = new Weather { RequestLoss = 0.3, ReplyLoss = 0.3, Duplication = 0.3, MaxLatency = 0.2 };
        for (int i = 0; i < 12; i++)
        {
            link.FailOver((PathClass)link.Random.Next(2));
            link.Run(link.Random.NextDouble() * 120);
        }
        RequireUnchanged(link);
    });

    [Fact(DisplayName = "A6-24 in the simulation: a server that comes back without its leases costs nobody an address")]
    public void ServerRestarts_KeepTheLease() => Seeds.ForAll(0, 300, (seed, log) =>
    {
        var server = new Model6Server(1, Fixture6.Server, LeaseSeconds);
        Simulated6Link link = Bound(seed, log, prefix: seed % 2 == 0, server);
        for (int i = 0; i < 8; i++)
        {
            server.ForgetLeases();
            if (link.Random.Next(2) == 0) link.FailOver((PathClass)link.Random.Next(2));
            link.Run(link.Random.NextDouble() * 2 * LeaseSeconds);
        }
        RequireUnchanged(link);
    });

    [Fact(DisplayName = "A6-52 in the simulation: the second server takes over where the first is dead, without a gap")]
    public void ServerDies_TheOtherExtends() => Seeds.ForAll(0, 200, (seed, log) =>
    {
        var first = new Model6Server(1, Fixture6.Server, LeaseSeconds);
        var second = new Model6Server(1, Fixture6.Server2, LeaseSeconds) { Crashed = true };
        Simulated6Link link = Bound(seed, log, prefix: false, first, second);
        second.Crashed = false;
        // They share their leases, as servers that are to stand in for each other do.
        second.Answer(new Dhcp6Transmission { Type = Dhcp6MessageType.Request, Xid = 1, ServerIdentifier = Fixture6.Server2 });
        first.Crashed = true;
        link.Run(3 * LeaseSeconds);
        RequireUnchanged(link);
        Require(link.Client.Lease!.ServerIdentifier.Equals(Fixture6.Server2), "the second server was expected");
    });

    [Fact(DisplayName = "AX-11 any mixture of failovers, networks, servers and weather: in the end there is a lease of the network that is there")]
    public void AnyMixture_KeepsTheInvariants_AndEndsWithALease() => Seeds.ForAll(0, 1500, (seed, log) =>
    {
        var random = new Random(seed);
        Model6Server[] servers =
        [
            new Model6Server(1, Fixture6.Server, Pick(random, 30u, 90u, LeaseSeconds, 86400u)) { CommitsRapidly = random.Next(2) == 0 },
            new Model6Server(1, Fixture6.Server2, Pick(random, 30u, LeaseSeconds)),
            new Model6Server(2, Fixture6.Server3, Pick(random, 90u, LeaseSeconds)) { CommitsRapidly = random.Next(2) == 0 },
        ];
        var link = new Simulated6Link(
            seed,
            settings => settings with { PrefixLengthHint = random.Next(2) == 0 ? 56 : null, RapidCommit = random.Next(2) == 0 },
            log, servers);
        link.Start();
        for (int i = 0; i < 30; i++) Disturb(link, servers, random);

        // Peace: whatever it came to, a lease of this network follows. The last change of the path ends any long silence.
        link.Weather = Weather.Fine;
        link.Duplicates = 0;
        foreach (Model6Server server in servers) server.Crashed = false;
        if (!link.LinkUp) link.RestoreLink();
        link.Run(5);
        link.FailOver(PathClass.Unknown);
        link.Run(1000);
        Require(
            link.Configured.Any(one => one.PrefixLength == Ipv6Address.Bits && servers.First(server => server.Network == link.Network).Owns(one.Address)),
            $"no address of network {link.Network} after 1000 s of peace, but {link.Client.StateName} with {string.Join(' ', link.Configured)}");
    });

    private static void Disturb(Simulated6Link link, Model6Server[] servers, Random random)
    {
        Model6Server server = servers[random.Next(servers.Length)];
        switch (random.Next(14))
        {
            case 0:
                link.Weather = new Weather
                {
                    RequestLoss = random.NextDouble() * 0.6,
                    ReplyLoss = random.NextDouble() * 0.6,
                    Duplication = random.NextDouble() * 0.5,
                    MaxLatency = Pick(random, 0.01, 0.1, 2.0),
                };
                break;
            case 1: server.Crashed = !server.Crashed; break;
            case 2: server.ForgetLeases(); break;
            case 3: link.Duplicates = Pick(random, 0, 0, 0.2, 1); break;
            case 4 when link.LinkUp: link.CutLink(); break;
            case 4 or 5 when !link.LinkUp: link.RestoreLink(); break;
            case 6: link.Suspend(random.NextDouble() * 2000); break;
            case 7: link.RestartInterface(); break;
            case 8:
                for (int flaps = random.Next(20); flaps > 0; flaps--)
                {
                    link.FailOver((PathClass)random.Next(2));
                    link.Run(random.NextDouble());
                }
                break;
            case 9 or 10:
                int other = 3 - link.Network;
                link.FailOver(random.Next(2) == 0 ? PathClass.Different : PathClass.Unknown, other);
                break;
            default: link.FailOver((PathClass)random.Next(2)); break;
        }
        link.Run(Math.Pow(10, random.NextDouble() * 4 - 2));
    }

    private static Simulated6Link Bound(int seed, Transcript6? log, bool prefix, params IReadOnlyList<Model6Server> servers)
    {
        var link = new Simulated6Link(seed, settings => settings with { PrefixLengthHint = prefix ? 56 : null }, log, servers);
        link.Start();
        link.Run(6);
        Require(link.Client is { StateName: "bound", Tentative.IsEmpty: true }, "not bound");
        Require(link.Configured.Count == (prefix ? 2 : 1), "not all that was wanted");
        return link;
    }

    private static void RequireUnchanged(Simulated6Link link) =>
        Require(link.History.Count == 1, $"what is configured changed: {string.Join(", then ", link.History.Select(set => $"[{string.Join(' ', set)}]"))}");

    private static T Pick<T>(Random random, params ReadOnlySpan<T> from) => from[random.Next(from.Length)];

    private static void Require(bool holds, string rule)
    {
        if (!holds) throw new InvariantException(rule);
    }
}
