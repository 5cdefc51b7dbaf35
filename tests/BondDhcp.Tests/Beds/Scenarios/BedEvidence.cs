using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace BondDhcp.Tests.Beds.Scenarios;

/// <summary>What a scenario left: packets at the ports of the network, the kernel's events, the client's words.</summary>
public sealed class BedEvidence
{
    private readonly Dictionary<string, DateTime> _marks;
    private readonly Dictionary<string, JsonElement> _leases;
    private readonly Dictionary<string, JsonElement> _leases6;
    private readonly IReadOnlyList<JsonElement> _timeline;
    private readonly Dictionary<string, string> _files;
    private readonly string _text;

    private BedEvidence(string directory, string console, TimeSpan slack)
    {
        Slack = slack;
        Failure = !Directory.Exists(directory) ? "it left nothing" : File.Exists(Path.Combine(directory, "failed")) ? File.ReadAllText(Path.Combine(directory, "failed")) : null;
        _marks = Lines(directory, "marks").Select(line => line.Split(' ')).ToDictionary(
            words => words[1], words => DateTime.UnixEpoch.AddSeconds(double.Parse(words[0], CultureInfo.InvariantCulture)));
        Events = [.. Lines(directory, "monitor").Where(line => line.StartsWith('[')).Select(line => KernelEvent.Parse(line, DateTimeStyles.AssumeUniversal))];
        Frames = [.. Files(directory, "*.pcap").SelectMany(ReadCapture).OrderBy(frame => frame.Frame.At)];
        string[] leases = [.. Files(directory, "lease-*.json").Select(path => Path.GetFileName(path))];
        _leases = leases.ToDictionary(file => file["lease-".Length..^".json".Length], file => FamilyOf("dhcp4", Lines(directory, file)));
        _leases6 = leases.ToDictionary(file => file["lease-".Length..^".json".Length], file => FamilyOf("dhcp6", Lines(directory, file)));
        // Those of earlier daemons come before the last one's.
        _timeline = [.. Files(directory, "timeline*.json").Order(StringComparer.Ordinal).SelectMany(path => File.ReadLines(path)).Select(Parse)];
        _files = Files(directory, "*-*.json").Concat(Files(directory, "*.txt")).Concat(Files(directory, "ap-*.log"))
            .ToDictionary(path => Path.GetFileName(path), File.ReadAllText);
        _text = Describe(directory, console);
    }

    /// <summary>Reads a scenario's directory.</summary>
    public static BedEvidence Read(string directory, string console, TimeSpan slack) => new(directory, console, slack);

    /// <summary>What the bed adds to any time.</summary>
    public TimeSpan Slack { get; }

    /// <summary>Why the script did not come to its end; null when it did.</summary>
    public string? Failure { get; }

    /// <summary>Link, address and route events in the client's namespace.</summary>
    public IReadOnlyList<KernelEvent> Events { get; }

    /// <summary>What the client's slaves sent, as it came in at the network's ports, by time.</summary>
    public IReadOnlyList<PortFrame> Frames { get; }

    /// <summary>The time of a mark in the script.</summary>
    public DateTime At(string mark) => _marks[mark];

    /// <summary>From a mark to the next one, or to the end.</summary>
    public bool IsIn(string phase, DateTime at) => at >= At(phase) && _marks.Values.All(other => other <= At(phase) || at < other);

    /// <summary>The dhcp4 object of a <c>lease</c> in the script.</summary>
    public JsonElement Lease(string name) => _leases[name];

    /// <summary>The dhcp6 object of a <c>lease</c> in the script.</summary>
    public JsonElement Lease6(string name) => _leases6[name];

    /// <summary>What the script kept under this name: a <c>note</c>, what an access point said (<c>ap-pw1</c>); empty where it did not.</summary>
    public string Said(string name) => _files.GetValueOrDefault($"{name}.txt") ?? _files.GetValueOrDefault($"{name}.log", "");

    /// <summary>The answer of a <c>status</c> in the script.</summary>
    public JsonElement Status(string name) => Parse(_files[$"status-{name}.json"]);

    /// <summary>A link as a <c>links</c> in the script showed it; undefined when it was not there.</summary>
    public JsonElement Link(string name, string link) =>
        Parse(_files[$"links-{name}.json"]).EnumerateArray().FirstOrDefault(one => one.GetProperty("ifname").GetString() == link);

    /// <summary>The lines of a text file that the script left.</summary>
    public IReadOnlyList<string> TextOf(string file) => _files[file].Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The client's events with one name, in a phase; after a restart, those since.</summary>
    public IReadOnlyList<JsonElement> Timeline(string name, string? phase = null) =>
        [.. _timeline.Where(e => e.GetProperty("event").GetString() == name && (phase is null || IsIn(phase, TimeOf(e))))];

    /// <summary>When an event of the timeline was, to the millisecond.</summary>
    public static DateTime TimeOf(JsonElement timelineEvent) => timelineEvent.GetProperty("at").GetDateTime().ToUniversalTime();

    /// <summary>Everything, for a person.</summary>
    public override string ToString() => _text;

    // Nothing where the client did not answer, or knew no bond0: who looks at it fails.
    private static JsonElement FamilyOf(string family, string[] lines) =>
        lines.SelectMany(line => Parse(line).GetProperty("interfaces").EnumerateArray()).Select(one => one.GetProperty(family)).FirstOrDefault();

    private static JsonElement Parse(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        return document.RootElement.Clone();
    }

    private static string[] Lines(string directory, string file) =>
        File.Exists(Path.Combine(directory, file)) ? File.ReadAllLines(Path.Combine(directory, file)) : [];

    private static string[] Files(string directory, string pattern) => Directory.Exists(directory) ? Directory.GetFiles(directory, pattern) : [];

    // tcpdump's classic pcap: a header of 24 octets, then seconds, microseconds, captured length, length, frame.
    private static IEnumerable<PortFrame> ReadCapture(string path)
    {
        string port = Path.GetFileNameWithoutExtension(path);
        byte[] capture = File.ReadAllBytes(path);
        for (int at = 24; at + 16 <= capture.Length;)
        {
            uint seconds = BinaryPrimitives.ReadUInt32LittleEndian(capture.AsSpan(at));
            uint microseconds = BinaryPrimitives.ReadUInt32LittleEndian(capture.AsSpan(at + 4));
            int length = BinaryPrimitives.ReadInt32LittleEndian(capture.AsSpan(at + 8));
            at += 16;
            if (at + length > capture.Length) yield break;
            yield return new(port, TracedFrame.Read(DateTime.UnixEpoch.AddSeconds(seconds).AddMicroseconds(microseconds), capture.AsSpan(at, length)));
            at += length;
        }
    }

    private string Describe(string directory, string console)
    {
        StringBuilder text = new();
        string[] first = ["marks", "script.log", "client.log", "timeline.json", "monitor", "server.log"];
        foreach (string file in first.Union(Files(directory, "*.log").Select(path => Path.GetFileName(path))))
            text.Append("--- ").Append(file).Append('\n').AppendJoin('\n', Lines(directory, file)).Append('\n');
        foreach ((string file, string content) in _files) text.Append("--- ").Append(file).Append('\n').Append(content).Append('\n');
        text.Append("--- frames\n").AppendJoin('\n', Frames);
        return text.Append("\n--- console\n").Append(console).ToString();
    }
}

/// <summary>A frame that came in at a port of the network: pw0 from the slave w0, pw1 (and a second access point pw2) from w1.</summary>
public sealed record PortFrame(string Port, TracedFrame Frame)
{
    public override string ToString() => $"{Port} {Frame}";
}
