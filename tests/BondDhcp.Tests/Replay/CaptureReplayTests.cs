using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Replay;

/// <summary>What real servers said, through the machine: it must do what the program did, and go on doing it.</summary>
public class CaptureReplayTests
{
    /// <summary>Every capture of the program; a theory without data fails.</summary>
    public static TheoryData<string> Captures =>
        [.. Directory.EnumerateFiles(SourceTree.Captures, "*.pcap").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Theory(DisplayName = "Replay of a capture: the machine sends what the program sent, and decides what the snapshot shows")]
    [MemberData(nameof(Captures))]
    public void Capture_Replayed_DecidesTheSame(string name) =>
        Snapshot.Matches(CaptureReplay.Run(PathOf(name)).ToString(), name);

    [Theory]
    [MemberData(nameof(Captures))]
    public void Capture_ReplayedTwice_ReadsTheSame(string name) =>
        Assert.Equal(CaptureReplay.Run(PathOf(name)).ToString(), CaptureReplay.Run(PathOf(name)).ToString());

    [Theory]
    [MemberData(nameof(Captures))]
    public void Capture_OfTheTree_IsExplained(string name) =>
        Assert.Contains($"`dhcpv4/{name}.pcap`", File.ReadAllText(Path.Combine(SourceTree.Root, "pcaps", "README.md")), StringComparison.Ordinal);

    [Fact(DisplayName = "Replay notices any octet, message or packet that differs")]
    public void Capture_Altered_IsNoticed()
    {
        List<ReplayFrame> frames = ReplayFrame.ReadAll(PathOf("dnsmasq-failover"));
        CaptureReplay.Run(frames);
        // Whether the client sent it or a server did.
        foreach (ReplayFrame frame in frames.Where(frame => frame.Dhcp is not null))
            Fails([.. frames.Where(other => other != frame)], $"without frame {frame.Number}");
        foreach (ReplayFrame frame in frames.Where(frame => frame.Dhcp is { IsRequest: true }))
            foreach (int at in (int[])[10, 31, 240, 260])
            {
                byte[] octets = [.. frame.Dhcp!.Octets];
                octets[at] ^= 0x80;
                Fails([.. frames.Select(other => other == frame ? frame with { Dhcp = frame.Dhcp with { Octets = octets } } : other)], $"octet {at} of frame {frame.Number}");
            }
        ReplayFrame first = frames.First(frame => frame.Arp is { } arp && arp.SenderAddress == arp.TargetAddress);
        Fails([.. frames.Where(other => other != first)], "without the first announcement");
        Fails([.. frames, first with { At = frames[^1].At + TimeSpan.FromSeconds(1) }], "with one more announcement");

        static void Fails(List<ReplayFrame> altered, string how) =>
            Assert.True(Record.Exception(() => CaptureReplay.Run(altered)) is not null, how);
    }

    private static string PathOf(string name) => Path.Combine(SourceTree.Captures, name + ".pcap");
}
