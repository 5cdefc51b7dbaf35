using BondDhcp.Dhcp.Client;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Runner;
using BondDhcp.Tests.Linux;
using Xunit;

namespace BondDhcp.Tests.Runner;

/// <summary>What another program takes of a lease, with the real kernel.</summary>
public sealed class RestoreRunnerTests
{
    private const string Accusation = "was removed by another program";

    // A machine that is slow to take it away a second time has the longer wait.
    private const int Patience = 20_000;

    [Fact(DisplayName = "A route of the lease that another program removes is put back: at once, after half a second, then not before 10 s; a renewal puts it back")]
    public void Route_RemovedByAnotherProgram_IsPutBack() => RunnerBed.Run(bed =>
    {
        bed.Serve("s0");
        InterfaceRunner runner = Bind(bed);
        for (int i = 0; i < 2; i++)
        {
            PrivateNetwork.Ip("route del default dev c0");
            bed.Until(HasDefault, Patience);
        }
        Assert.Null(runner.ClientWhy);
        PrivateNetwork.Ip("route del default dev c0");
        bed.Until(() => runner.ClientWhy is not null);
        Assert.Matches($"^route default via 192.0.2.1 {Accusation}; put back in [0-9]+ s$", runner.ClientWhy);
        bed.For(400);
        Assert.False(HasDefault());
        Assert.Equal(3, Accusations(bed));
        Assert.Equal("bound", runner.Client.StateName);

        runner.Command(DhcpCommand.Renew, static (_, _) => { });
        bed.Until(HasDefault);
        Assert.Null(runner.ClientWhy);
    });

    [Fact(DisplayName = "Routes that another program removes one after the other are one act: all are back with the second, and the next removal has its turn after 10 s")]
    public void Routes_RemovedOneAfterTheOther_AreOneAct() => RunnerBed.Run(bed =>
    {
        bed.Serve("s0").Edit = static reply => reply.Option(121, 0, 192, 0, 2, 1, 8, 10, 192, 0, 2, 1, 16, 172, 16, 192, 0, 2, 1, 24, 198, 51, 100, 192, 0, 2, 1);
        InterfaceRunner runner = Bind(bed);
        // Each is judged by itself; from the second on they wait.
        foreach (string route in (string[])["10.0.0.0/8", "172.16.0.0/16", "198.51.100.0/24", "default"])
        {
            int before = Accusations(bed);
            PrivateNetwork.Ip($"route del {route} via 192.0.2.1");
            bed.Until(() => Accusations(bed) > before);
        }
        Assert.DoesNotContain(Warnings(bed), message => message.Contains("again and again", StringComparison.Ordinal));
        Assert.Matches($"^route 172.16.0.0/16 via 192.0.2.1, .*route default via 192.0.2.1 {Accusation}; put back in [0-9]+ s$", runner.ClientWhy);
        bed.Until(HasDefault, Patience);
        Assert.Equal(4, PrivateNetwork.Ip("route show dev c0 proto dhcp").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Null(runner.ClientWhy);

        PrivateNetwork.Ip("route del default via 192.0.2.1");
        bed.Until(() => runner.ClientWhy is not null);
        Assert.Matches($"^route default via 192.0.2.1 {Accusation}; put back in [0-9]+ s$", runner.ClientWhy);
    });

    [Fact(DisplayName = "AT-5 an address flushed again while it was put back is back after half a second, with its routes; meanwhile status says so, and why a renewal is not sent")]
    public void Address_Flushed_IsBackSoon() => RunnerBed.Run(bed =>
    {
        bed.Serve("s0");
        InterfaceRunner runner = Bind(bed);
        PrivateNetwork.Ip("-4 address flush dev c0");
        bed.Until(HasAddress);
        PrivateNetwork.Ip("-4 address flush dev c0");
        bed.Until(() => runner.ClientWhy is not null);
        Assert.Matches($"^192.0.2.50/24 {Accusation}; put back in [0-9]+ s$", runner.ClientWhy);
        runner.Command(DhcpCommand.Renew, static (_, _) => { });
        Assert.Matches($"^192.0.2.50/24 {Accusation}; put back in [0-9]+ s; the last message could not be sent: .*unreachable", runner.ClientWhy);
        bed.Until(() => HasAddress() && HasDefault(), Patience);
        // Routes that went with it are not counted against anybody.
        Assert.DoesNotContain("route", string.Join('\n', Warnings(bed).Where(IsAccusation)), StringComparison.Ordinal);
    });

    [Fact]
    public void Routes_ThatWentWithTheInterface_AccuseNobody() => RunnerBed.Run(bed =>
    {
        bed.Serve("s0");
        InterfaceRunner runner = Bind(bed);
        for (int i = 0; i < 3; i++)
        {
            PrivateNetwork.Ip("link set c0 down");
            bed.Until(() => !runner.Client.LinkUsable);
            PrivateNetwork.Ip("route flush dev c0");
            bed.For(50);
            Assert.False(HasDefault());
            PrivateNetwork.Ip("link set c0 up");
            bed.Until(HasDefault);
        }
        Assert.Equal(0, Accusations(bed));
        Assert.Null(runner.ClientWhy);
    });

    [Fact]
    public void Route_NotWantedAnyMore_IsNotPutBack() => RunnerBed.Run(bed =>
    {
        bed.Serve("s0");
        InterfaceRunner runner = Bind(bed);
        runner.Reconfigure(runner.Options with { Interface = runner.Options.Interface with { LeaseRoutes = LeaseRoutes.Ignore } });
        bed.Until(() => bed.Count("routeRemoved") > 0);
        // Of the same protocol, but another program's.
        PrivateNetwork.Ip("route add 203.0.113.0/24 via 192.0.2.1 dev c0 proto dhcp");
        PrivateNetwork.Ip("route del 203.0.113.0/24 dev c0");
        bed.Until(() => bed.Count("routeRemoved") > 1);
        bed.For(100);
        Assert.Equal("", PrivateNetwork.Ip("route show dev c0 proto dhcp").Trim());
        Assert.Equal(0, Accusations(bed));
        Assert.Null(runner.ClientWhy);
    });

    private static bool HasDefault() => PrivateNetwork.Ip("route show dev c0 proto dhcp").Contains("default via 192.0.2.1", StringComparison.Ordinal);

    private static bool HasAddress() => PrivateNetwork.Ip("-4 address show dev c0").Contains("192.0.2.50/24", StringComparison.Ordinal);

    private static IEnumerable<string> Warnings(RunnerBed bed) =>
        bed.Journal.Where(one => one.Report.Event == "warning").Select(one => one.Report.Fields.Single(field => field.Name == "message").Value!.ToString()!);

    private static bool IsAccusation(string message) => message.Contains(Accusation, StringComparison.Ordinal);

    private static int Accusations(RunnerBed bed) => Warnings(bed).Count(IsAccusation);

    private static InterfaceRunner Bind(RunnerBed bed)
    {
        InterfaceRunner runner = bed.Bind();
        bed.Until(() => bed.Count("addressAdded") > 0 && bed.Count("routeAdded") > 0);
        return runner;
    }
}
