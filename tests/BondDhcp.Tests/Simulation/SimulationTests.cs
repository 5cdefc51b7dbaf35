using BondDhcp.Dhcp.Client;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Simulation;

/// <summary>
/// The client against model servers over a bad network. To see what a seed does, run its scenario with a transcript:
/// the failure message holds it.
/// </summary>
public class SimulationTests
{
    private const uint LeaseSeconds = 600;

    [Fact(DisplayName = "AM-32 N lost in 30 % of 1000 seeds, server keyed by client-id: nothing wrongly learnt, address always kept")]
    public void Failovers_WithLostRequests_TeachNothingWrong() => ForSeeds(1000, (seed, log) =>
    {
        var server = new ModelServer(ServerKind.ClientIdentifier, Fixture.Server, LeaseSeconds);
        SimulatedLink link = Bound(seed, log, server);
        link.Weather = new Weather { RequestLoss = 0.3 };
        for (int i = 0; i < 12; i++)
        {
            link.FailOver((PathClass)link.Random.Next(2));
            link.Run(link.Random.NextDouble() * 120);
            Require(link.LeasesWronglyKeyed == 0, "the server was taken for one that keys by chaddr");
        }
        Require(link.History is [{ } only] && only == Fixture.L, "the address was not always kept");
    });

    [Theory(DisplayName = "AM-9 the machine: every kind of server, failovers on a good network: one address, never a moment without")]
    [InlineData("ClientIdentifier")]
    [InlineData("ChaddrRefusing")]
    [InlineData("ChaddrSilent")]
    [InlineData("Udhcpd")]
    public void Failovers_OnAGoodNetwork_KeepTheAddress(string kind) => ForSeeds(500, (seed, log) =>
    {
        var server = new ModelServer(Enum.Parse<ServerKind>(kind), Fixture.Server, LeaseSeconds);
        SimulatedLink link = Bound(seed, log, server);
        for (int i = 0; i < 15; i++)
        {
            link.FailOver((PathClass)link.Random.Next(2));
            // From faster than a verification to slower than a lease.
            double pause = Math.Pow(10, link.Random.NextDouble() * 4 - 1);
            link.Run(pause);
            if (pause > 60) Require(link.Client.StateName is "bound" or "renewing" or "rebinding", $"still {link.Client.StateName} after {pause} s");
        }
        link.Run(3 * LeaseSeconds);
        Require(link.History is [{ } only] && only == Fixture.L, "the address was not always kept");
    });

    [Fact(DisplayName = "AM-12 the control: with chaddr = current a server keyed by chaddr takes the address away")]
    public void Failovers_WithChaddrCurrent_LoseTheAddress() => ForSeeds(50, (seed, log) =>
    {
        var server = new ModelServer(ServerKind.Udhcpd, Fixture.Server, LeaseSeconds);
        SimulatedLink link = Bound(seed, log, server, settings => settings with { Chaddr = ChaddrPolicy.Current });
        link.FailOver(PathClass.Same);
        link.Run(60);
        Require(link.History is [{ } first, null, { } second] && first != second, "the address was expected to change");
    });

    [Fact(DisplayName = "AM-31 any mixture of failovers, flaps, servers and weather: the caps hold, and in the end there is a lease")]
    public void AnyMixture_KeepsTheInvariants_AndEndsWithALease() => ForSeeds(2000, (seed, log) =>
    {
        var random = new Random(seed);
        // A probe by RFC 5227 takes up to 7 s: no lease may be shorter than that.
        ModelServer[] servers =
        [
            .. Enumerable.Range(0, 1 + random.Next(2)).Select(i =>
                new ModelServer((ServerKind)random.Next(4), i == 0 ? Fixture.Server : Fixture.Server2, Pick(random, 15u, 60u, LeaseSeconds, 86400u))),
        ];
        var link = new SimulatedLink(
            seed,
            settings => settings with
            {
                ConflictDetection = (ConflictDetection)random.Next(4),
                Chaddr = (ChaddrPolicy)random.Next(3),
                Broadcast = (BroadcastPolicy)random.Next(2),
            },
            log, servers);
        link.Start();
        for (int i = 0; i < 40; i++) Disturb(link, servers, random);

        // Peace: whatever it came to, a lease follows.
        link.Weather = Weather.Fine;
        link.GatewaySilent = false;
        foreach (ModelServer server in servers) server.Crashed = false;
        if (!link.LinkUp) link.RestoreLink();
        link.Run(400);
        Require(link.Configured is not null, $"no lease after 400 s of peace, but {link.Client.StateName}");
    });

    private static void Disturb(SimulatedLink link, ModelServer[] servers, Random random)
    {
        switch (random.Next(10))
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
            case 1:
                ModelServer server = servers[random.Next(servers.Length)];
                server.Crashed = !server.Crashed;
                break;
            case 2:
                link.GatewaySilent = !link.GatewaySilent;
                break;
            case 3 when link.LinkUp:
                link.CutLink();
                break;
            case 3 or 4 when !link.LinkUp:
                link.RestoreLink();
                break;
            case 5:
                link.Suspend(random.NextDouble() * 2000);
                break;
            case 6:
                for (int flaps = random.Next(20); flaps > 0; flaps--)
                {
                    link.FailOver((PathClass)random.Next(2));
                    link.Run(random.NextDouble());
                }
                break;
            default:
                link.FailOver((PathClass)random.Next(2));
                break;
        }
        link.Run(Math.Pow(10, random.NextDouble() * 4 - 2));
    }

    private static SimulatedLink Bound(
        int seed, Transcript? log, ModelServer server, Func<Dhcp4Settings, Dhcp4Settings>? configure = null)
    {
        var link = new SimulatedLink(seed, configure ?? (settings => settings), log, server);
        link.Start();
        link.Run(5);
        Require(link.Client is { StateName: "bound", Lease.GatewayMac: not null }, "not bound");
        return link;
    }

    private static void ForSeeds(int count, Action<int, Transcript?> scenario)
    {
        int failing = int.MaxValue;
        Parallel.For(0, count, (seed, loop) =>
        {
            if (Record.Exception(() => scenario(seed, null)) is null) return;
            for (int seen = failing; seed < seen; seen = failing)
                if (Interlocked.CompareExchange(ref failing, seed, seen) == seen) break;
            loop.Break();
        });
        if (failing == int.MaxValue) return;
        var log = new Transcript();
        Exception? error = Record.Exception(() => scenario(failing, log));
        Assert.Fail($"seed {failing}: {error}\n{log}");
    }

    private static T Pick<T>(Random random, params ReadOnlySpan<T> from) => from[random.Next(from.Length)];

    private static void Require(bool holds, string rule)
    {
        if (!holds) throw new InvariantException(rule);
    }
}
