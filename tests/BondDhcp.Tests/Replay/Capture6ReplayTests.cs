using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Replay;

/// <summary>What real servers of DHCPv6 said, through the machine: it must do what the program did, and go on doing it.</summary>
public class Capture6ReplayTests
{
    /// <summary>Every capture of the program; a theory without data fails.</summary>
    public static TheoryData<string> Captures =>
        [.. Directory.EnumerateFiles(SourceTree.Captures6, "*.pcap").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Theory(DisplayName = "Replay of a DHCPv6 capture: the machine sends what the program sent, and decides what the snapshot shows")]
    [MemberData(nameof(Captures))]
    public void Capture_Replayed_DecidesTheSame(string name) => Snapshot.Matches(Capture6Replay.Run(PathOf(name)).ToString(), name);

    [Theory]
    [MemberData(nameof(Captures))]
    public void Capture_OfTheTree_IsExplained(string name) =>
        Assert.Contains($"`{name}.pcap`", File.ReadAllText(Path.Combine(SourceTree.Captures6, "README.md")), StringComparison.Ordinal);

    [Fact(DisplayName = "Replay of DHCPv6 notices any option or message that differs")]
    public void Capture_Altered_IsNoticed()
    {
        List<Replay6Frame> frames = Replay6Frame.ReadAll(PathOf("kea-cycle"));
        string whole = Capture6Replay.Run(frames).ToString();
        foreach (Replay6Frame frame in frames)
            Fails([.. frames.Where(other => other != frame)], $"without frame {frame.Number}");
        foreach (Replay6Frame frame in frames.Where(frame => frame.IsOwn))
            foreach (int at in (int[])[0, 8, 30])
            {
                byte[] octets = [.. frame.Octets];
                octets[at] ^= 0x02;
                Fails([.. frames.Select(other => other == frame ? frame with { Octets = octets } : other)], $"octet {at} of frame {frame.Number}");
            }

        // A REPLY that the client can do without shows in the transcript alone.
        void Fails(List<Replay6Frame> altered, string how) =>
            Assert.True(Record.Exception(() => Assert.Equal(whole, Capture6Replay.Run(altered).ToString())) is not null, how);
    }

    private static string PathOf(string name) => Path.Combine(SourceTree.Captures6, name + ".pcap");
}
