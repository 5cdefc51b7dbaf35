using System.Text.Json;
using BondDhcp.Dhcp.Capture;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Wire;
using Xunit;
using static BondDhcp.Tests.Wire.Wire6Message;

namespace BondDhcp.Tests.Capture;

/// <summary>A second opinion on every DHCPv6 packet: tshark's, field by field.</summary>
public class Tshark6ComparisonTests
{
    private static Dictionary<int, JsonElement> Decode(string file)
    {
        var output = new StringWriter();
        using (FileStream stream = File.OpenRead(file)) CaptureDecoder.Run(stream, output, json: true, out _);
        return output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToDictionary(packet => packet.GetProperty("frame").GetInt32());
    }

    /// <summary>Packets compared.</summary>
    private static int Compare(string file)
    {
        Dictionary<int, JsonElement> ours = Decode(file);
        List<Tshark6Frame> theirs = Tshark6Frame.Read(file);
        Assert.Equal(theirs.Select(frame => frame.Number), ours.Keys);
        string[] differences = [.. theirs.SelectMany(frame => Tshark6Comparison.Differences(ours[frame.Number], frame))];
        Assert.True(differences.Length == 0, $"{Path.GetFileName(file)}:\n{string.Join('\n', differences)}");
        return theirs.Count;
    }

    /// <summary>The one capture with something wrong: dhcpcd's REQUEST ends with two octets that are no option, and Kea is silent.</summary>
    private const string Odd = "kea-dhcpcd-exclude.pcap";

    [Fact(DisplayName = "AC-12 decode and tshark agree on every frame of every capture in pcaps/dhcpv6; the one damaged message is named")]
    public void Captures_OfTheTree_ReadAsInTshark()
    {
        string[] files = [.. Directory.EnumerateFiles(SourceTree.Captures6, "*.pcap*", SearchOption.AllDirectories).Order()];
        Assert.True(files.Length >= 10, $"{files.Length} captures in {SourceTree.Captures6}");
        Assert.All(files, file =>
        {
            Assert.True(Compare(file) > 0, $"{file} holds no DHCPv6");
            Assert.All(Decode(file).Values, packet => Assert.Equal(
                Path.GetFileName(file) == Odd && packet.GetProperty("message").GetString() == "REQUEST" ? "optionLength" : null,
                packet.GetProperty("problem").GetString()?.Split(':')[0]));
        });
    }

    private static byte[] Frame(byte[] packet) => [0x33, 0x33, 0, 1, 0, 2, 2, 0, 0, 0, 0x0a, 0x0a, 0x86, 0xdd, .. packet];

    [Fact(DisplayName = "AC-12 decode and tshark agree on messages that no server of the captures sends")]
    public void Messages_MadeUp_ReadAsInTshark()
    {
        Wire6Message rich = Bare().Add(3, Ia(inner: [.. Address(inner: Status(0, "ok")), .. Status(2, "none left")])).Add(4, Number(7, 4))
            .Add(7, 255).Add(14).Add(15, 0, 3, 97, 98, 99).Add(19, 5).Add(20).Add(22, Octets("2001:db8::5"))
            .Add(25, Ia(7, inner: Prefix("2001:db8:dead:bee0::/59", inner: Option(67, 0x40, 0x78)))).Add(27, Octets("2001:db8::6"))
            .Add(31, Octets("2001:db8::123")).Add(32, Number(7200, 4)).Add(37, 0, 0, 0, 9, 1, 2).Add(38, 65, 66)
            .Add(56, [.. Option(1, Octets("2001:db8::1")), .. Option(3, Name("ntp.example.org"))]).Add(65000, 1, 2, 3);
        byte[] relay = [12, 1, .. Octets("2001:db8:66::1"), .. Octets("fe80::a"), .. Option(79, 0, 1, 2, 0, 0, 0, 10, 10), .. Option(18, 1, 2), .. Option(9, Advertise().ToOctets())];
        byte[] twice = [12, 2, .. Octets("::"), .. Octets("2001:db8::7"), .. Option(9, relay)];
        using var directory = new TemporaryDirectory();
        string file = Path.Combine(directory.Path, "made-up.pcap");
        File.WriteAllBytes(file, CaptureFile.Pcap(
            [
                Frame(Wire6Packet.Of("fe80::1", "fe80::2", 547, 546, rich.ToOctets())),
                Frame(Wire6Packet.Of("2001:db8::1", "2001:db8::2", 547, 547, relay)),
                Frame(Wire6Packet.Of("2001:db8::1", "2001:db8::2", 547, 547, twice)),
                Frame(Wire6Packet.WithExtension(Wire6Packet.Of("fe80::1", "fe80::2", 547, 546, Advertise().ToOctets()), 60, [0, 0, 1, 4, 0, 0, 0, 0])),
                .. Message6VectorTests.Messages().Select(message => Frame(Wire6Packet.Of("fe80::2", "ff02::1:2", 546, 547, message))),
            ]));
        Assert.Equal(8, Compare(file));
    }

    [Fact]
    public void Comparison_OfADifference_FindsIt()
    {
        using var directory = new TemporaryDirectory();
        string file = Path.Combine(directory.Path, "one.pcap");
        File.WriteAllBytes(file, CaptureFile.Pcap(Frame(Wire6Packet.Of("fe80::1", "fe80::2", 547, 546, Reply().Add(23, Octets("2001:db8::53")).ToOctets()))));
        Tshark6Frame theirs = Assert.Single(Tshark6Frame.Read(file));
        JsonElement ours = Assert.Single(Decode(file)).Value;
        Assert.Empty(Tshark6Comparison.Differences(ours, theirs));
        foreach ((string right, string wrong) in ((string, string)[])
            [("\"xid\":\"2a", "\"xid\":\"3a"), ("\"REPLY\"", "\"RENEW\""), ("2001:db8::100", "2001:db8::101"), ("valid 900", "valid 901"),
            ("t1 300", "t1 301"), ("\"code\":23", "\"code\":24"), ("\"code\":5", "\"code\":13"), ("00:00:00:53\"", "00:00:00:54\""),
            ("\"fe80::2\"", "\"fe80::3\""), ("\"2001:db8::53\"", "\"2001:db8::54\"")])
        {
            string text = ours.GetRawText();
            Assert.Contains(right, text, StringComparison.Ordinal);
            using JsonDocument changed = JsonDocument.Parse(text.Replace(right, wrong, StringComparison.Ordinal));
            Assert.NotEmpty(Tshark6Comparison.Differences(changed.RootElement, theirs));
        }
    }
}
