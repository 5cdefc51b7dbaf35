using System.Text.Json;
using BondDhcp.Dhcp.Capture;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Wire;
using Xunit;

namespace BondDhcp.Tests.Capture;

/// <summary>A second opinion on every packet: tshark's, field by field.</summary>
public class TsharkComparisonTests
{
    /// <summary>Packets compared.</summary>
    private static int Compare(string file)
    {
        var output = new StringWriter();
        using (FileStream stream = File.OpenRead(file)) CaptureDecoder.Run(stream, output, json: true, out _);
        Dictionary<int, JsonElement> ours = output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToDictionary(packet => packet.GetProperty("frame").GetInt32());
        List<TsharkFrame> theirs = TsharkFrame.Read(file);
        Assert.Equal(theirs.Select(frame => frame.Number), ours.Keys);
        string[] differences = [.. theirs.SelectMany(frame => TsharkComparison.Differences(ours[frame.Number], frame))];
        Assert.True(differences.Length == 0, $"{Path.GetFileName(file)}:\n{string.Join('\n', differences)}");
        return theirs.Count;
    }

    [Fact(DisplayName = "AC-12 decode and tshark agree on every field of every frame of every capture in pcaps/dhcpv4")]
    public void Captures_OfTheTree_ReadAsInTshark()
    {
        Assert.True(Directory.Exists(SourceTree.Captures), $"{SourceTree.Captures} is missing");
        string[] files = [.. Directory.EnumerateFiles(SourceTree.Captures, "*.pcap*", SearchOption.AllDirectories).Order()];
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.True(Compare(file) > 0, $"{file} holds no DHCPv4"));
    }

    [Fact(DisplayName = "AC-12 decode and tshark agree on messages that no server sends: overload, fragments, every known option")]
    public void Messages_MadeUp_ReadAsInTshark()
    {
        WireMessage overloaded = WireMessage.Offer().Add(52, 3).With(m => (m.File, m.Sname) = ([66, 3, 97, 98, 99, 255], [67, 3, 100, 101, 102, 255]));
        WireMessage rich = WireMessage.Offer()
            .Add(2, "ffffff9c").Add(12, "box"u8.ToArray()).Add(15, "example.org"u8.ToArray()).Add(19, 1).Add(23, 64).Add(26, "05dc").Add(28, "c00002ff")
            .Add(33, "0a000000c0000209ac100505c0000208").Add(42, "c0000201").Add(44, "c0000208").Add(46, 8)
            .Add(58, "00000708").Add(59, "00000c4e").Add(66, "tftp"u8.ToArray()).Add(67, "pxe.bin"u8.ToArray())
            .Add(100, "CET-1"u8.ToArray()).Add(101, "Europe/Berlin"u8.ToArray()).Add(108, "00000708").Add(116, 1)
            .Add(119, "076578616d706c65036f72670003656e67c000").Add(121, "00c0000201100a11c000020919c633640000000000")
            .Add(82, "010465746830020400010203").Add(150, "c0000201").Add(224, "cafe");
        WireMessage fragments = WireMessage.Offer().Add(6, "c0000203").Add(43, "0102aabb").Add(43, "020105");
        using var directory = new TemporaryDirectory();
        string file = Path.Combine(directory.Path, "made-up.pcap");
        File.WriteAllBytes(file, CaptureFile.Pcap(
            [
                CaptureFile.Ethernet(overloaded.ToPacket()), CaptureFile.Ethernet(rich.ToPacket()), CaptureFile.Ethernet(fragments.ToPacket()),
                CaptureFile.Ethernet(WireMessage.Nak().Add(56, "no such lease"u8.ToArray()).ToPacket(), null, Fixture.A, 7),
                .. MessageVectorTests.Packets().Select(packet => CaptureFile.Ethernet(packet, Fixture.A)),
            ]));
        Assert.Equal(13, Compare(file));
    }

    [Fact]
    public void Comparison_OfADifference_FindsIt()
    {
        using var directory = new TemporaryDirectory();
        string file = Path.Combine(directory.Path, "one.pcap");
        File.WriteAllBytes(file, CaptureFile.Pcap(CaptureFile.Ethernet(WireMessage.Offer().ToPacket())));
        var output = new StringWriter();
        using (FileStream stream = File.OpenRead(file)) CaptureDecoder.Run(stream, output, json: true, out _);
        TsharkFrame theirs = Assert.Single(TsharkFrame.Read(file));
        Assert.Empty(TsharkComparison.Differences(JsonDocument.Parse(output.ToString()).RootElement, theirs));
        foreach ((string right, string wrong) in ((string, string)[])
            [("\"xid\":\"3", "\"xid\":\"4"), ("192.0.2.50", "192.0.2.51"), ("\"3600\"", "\"3601\""), ("\"DHCPOFFER\"", "\"DHCPACK\""),
            ("00:00:0e:10", "00:00:0e:11"), ("\"code\":6", "\"code\":7"), ("\"secs\":0", "\"secs\":1"), ("20.123456789Z", "20.123456788Z")])
        {
            Assert.Contains(right, output.ToString(), StringComparison.Ordinal);
            using JsonDocument changed = JsonDocument.Parse(output.ToString().Replace(right, wrong, StringComparison.Ordinal));
            Assert.NotEmpty(TsharkComparison.Differences(changed.RootElement, theirs));
        }
    }
}
