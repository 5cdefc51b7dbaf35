using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using BondDhcp.Net;
using BondDhcp.Tests.Beds;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Linux;
using BondDhcp.Tests.Runner;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Servers;

/// <summary>The program on an interface that carries other hosts' DHCP, a thousand packets a second of it.</summary>
[Collection(Alone.Name)]
public sealed class ForeignTrafficTests(ITestOutputHelper output)
{
    private const int PacketsPerSecond = 1000;
    private const int Packets = 3 * PacketsPerSecond;

    /// <summary>sysconf(_SC_CLK_TCK), the same on every Linux of this architecture.</summary>
    private const double TicksPerSecond = 100;

    [Fact(DisplayName = "AP-14 1000 foreign DHCP packets a second: the kernel drops what is no reply to a client, the rest costs next to nothing")]
    public void Flood_WhileBound_IsDroppedCheaply() => PrivateNetwork.Run(() =>
    {
        using TemporaryDirectory directory = new();
        using HardwareIndex index = new();
        using ScriptedServer server = new(index.Of("s0"));
        using RawLink link = new(index.Of("s0"));
        string[] common = ["--config", Path.Combine(directory.Path, "toml"), "--state-dir", Path.Combine(directory.Path, "state"), "--runtime-dir", Path.Combine(directory.Path, "run")];
        File.WriteAllText(common[1], "[interface.c0]\ndhcp4 = true\ndns = false\nconflict-detection = \"off\"\n");
        BedProcess daemon = BedProcess.Start("bonddhcp", new ProcessStartInfo(BondDhcpProcess.Binary, [.. common, "run"]));
        try
        {
            Serve(server, () => PrivateNetwork.Ip("-4 address show dev c0").Contains($"{Fixture.L}/", StringComparison.Ordinal));
            // The second announcement comes 2 s after the first; nothing of the daemon's own is left to do after it.
            long bound = Stopwatch.GetTimestamp();
            Serve(server, () => Stopwatch.GetElapsedTime(bound) > TimeSpan.FromSeconds(3));

            long before = Received();
            Cost toOthers = Measure(() => Flood(link, new ReplyPacket { Op = 1 }, new ReplyPacket { DestinationPort = 67 }, new ReplyPacket { Cookie = 0 }));
            Assert.True(Received() - before >= Packets, "the packets did not arrive");
            Assert.Equal(0, Drops());
            // Thousands would be told of otherwise; a few are the runtime's own.
            Assert.InRange(toOthers.WakeUps, 0, Packets / 100);

            Cost toClients = Measure(() => Flood(link, new ReplyPacket()));
            // What a daemon without the processor cannot take from its socket in time is lost, as everywhere.
            Assert.InRange(Drops(), Packets / 2, Packets);
            Assert.InRange(toClients.Processor, 0, 0.1);
            using JsonDocument lease = JsonDocument.Parse(Command("lease", "--json"));
            Assert.Equal("bound", lease.RootElement.GetProperty("interfaces")[0].GetProperty("dhcp4").GetProperty("state").GetString());
        }
        finally
        {
            daemon.KillAsync().GetAwaiter().GetResult();
            output.WriteLine(daemon.Output);
        }

        string Command(params string[] arguments) => Programs.Run(BondDhcpProcess.Binary, [.. common, .. arguments]);

        long Drops()
        {
            using JsonDocument status = JsonDocument.Parse(Command("status", "--json"));
            return status.RootElement.GetProperty("interfaces")[0].GetProperty("drops").EnumerateObject().Sum(drop => drop.Value.GetInt64());
        }

        Cost Measure(Action flood)
        {
            (double processor, long wakeUps) = (ProcessorSeconds(daemon.Id), WakeUps(daemon.Id));
            long start = Stopwatch.GetTimestamp();
            flood();
            Cost cost = new((ProcessorSeconds(daemon.Id) - processor) / Stopwatch.GetElapsedTime(start).TotalSeconds, WakeUps(daemon.Id) - wakeUps);
            output.WriteLine($"{cost}");
            return cost;
        }
    });

    /// <summary>What a flood cost the daemon.</summary>
    /// <param name="Processor">Its share of one processor.</param>
    /// <param name="WakeUps">How often one of its threads had waited and went on.</param>
    private sealed record Cost(double Processor, long WakeUps);

    /// <summary>Interface indices in the namespace of the calling thread.</summary>
    private sealed class HardwareIndex : IDisposable
    {
        private readonly BondDhcp.Dhcp.Linux.HardwareAddressReader _reader = new();

        public int Of(string name) => _reader.IndexOf(name);

        public void Dispose() => _reader.Dispose();
    }

    private static void Flood(RawLink link, params ReplyPacket[] packets)
    {
        byte[][] frames = [.. packets.Select(packet => RawLink.Frame(MacAddress.Broadcast, Fixture.Stranger, 0x0800, packet.ToArray()))];
        long start = Stopwatch.GetTimestamp();
        for (int sent = 0; sent < Packets; sent++)
        {
            link.Send(frames[sent % frames.Length]);
            TimeSpan ahead = TimeSpan.FromSeconds((double)sent / PacketsPerSecond) - Stopwatch.GetElapsedTime(start);
            if (ahead > TimeSpan.Zero) Thread.Sleep(ahead);
        }
    }

    private static void Serve(ScriptedServer server, Func<bool> until)
    {
        long start = Stopwatch.GetTimestamp();
        while (!until())
        {
            server.Serve();
            Thread.Sleep(1);
            Assert.True(Stopwatch.GetElapsedTime(start) < Scene.Patience, "it did not come");
        }
    }

    private static long Received()
    {
        using JsonDocument links = JsonDocument.Parse(PrivateNetwork.Ip("-json -s link show dev c0"));
        return links.RootElement[0].GetProperty("stats64").GetProperty("rx").GetProperty("packets").GetInt64();
    }

    // proc(5): utime and stime are the 14th and 15th, counted from the process id; the name before may hold anything.
    private static double ProcessorSeconds(int processId)
    {
        string[] fields = File.ReadAllText($"/proc/{processId}/stat").Split(") ")[^1].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    private static long WakeUps(int processId) =>
        Directory.GetDirectories($"/proc/{processId}/task").SelectMany(task => File.ReadLines(Path.Combine(task, "status")))
            .Where(line => line.StartsWith("voluntary_ctxt_switches:", StringComparison.Ordinal))
            .Sum(line => long.Parse(line.Split('\t')[1], CultureInfo.InvariantCulture));
}
