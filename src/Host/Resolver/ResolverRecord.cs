using System.Buffers;
using System.Text.Json;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Resolver;

/// <summary>
/// <c>resolver.json</c> in the runtime directory: who was told what of which interface, so that the next run can take it
/// back. The file of <c>dns = "file"</c> has a record of its own.
/// </summary>
internal sealed class ResolverRecord(string runtimeDirectory, string bootId)
{
    private const int Version = 1;

    // Every interface of a large machine, by both programs.
    private const int MaxEntries = 1024;

    private readonly string _path = Path.Combine(runtimeDirectory, "resolver.json");
    private byte[] _written = [];

    /// <summary>What an earlier run of this boot told; a file that cannot be used is set aside, with a sentence in <paramref name="warning"/>.</summary>
    public List<ResolverWish> Read(out string? warning)
    {
        warning = null;
        StateFileContent content = StateFile.Read(_path);
        if (content.Octets is { } octets)
        {
            if (Parse(octets) is { } told) return told;
            warning = StateFile.SetAside(_path, "is not a record of name servers");
        }
        else if (content.Problem is { } problem) warning = content.MustBeSetAside ? StateFile.SetAside(_path, problem) : $"{_path} {problem}";
        return [];
    }

    /// <summary>Writes what is told, or may be; nothing when the file says so already, and there is none where nobody is. Null when done, else a sentence for the log.</summary>
    public string? Write(IEnumerable<ResolverEntry> entries)
    {
        bool any = false;
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("bootId", bootId);
            json.WriteStartArray("told");
            foreach (ResolverEntry entry in entries)
            {
                ResolverTarget target = entry.Target;
                if (target.Way == ResolverWay.File || entry.Told is not { } told) continue;
                any = true;
                json.WriteStartObject();
                json.WriteString("way", WordOf(target.Way));
                json.WriteString("interface", target.Interface);
                json.WriteString("servers", told.Servers);
                json.WriteString("search", told.Search);
                json.WriteNumber("metric", told.Metric);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        if (buffer.WrittenSpan.SequenceEqual(_written)) return null;
        if ((any ? StateFile.WriteForThisBoot(_path, buffer.WrittenSpan) : StateFile.Remove(_path)) is { } problem) return $"{_path}: {problem}";
        _written = buffer.WrittenSpan.ToArray();
        return null;
    }

    /// <summary>As status and events call it.</summary>
    public static string WordOf(ResolverWay way) => way switch
    {
        ResolverWay.Resolved => "resolved",
        ResolverWay.Resolvconf => "resolvconf",
        _ => "file",
    };

    private List<ResolverWish>? Parse(byte[] octets)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(octets);
            JsonElement root = document.RootElement;
            if (root.GetProperty("version").GetInt32() != Version) return null;
            List<ResolverWish> told = [];
            // What another boot told went with it.
            if (bootId.Length == 0 || root.GetProperty("bootId").GetString() != bootId) return told;
            foreach (JsonElement one in root.GetProperty("told").EnumerateArray().Take(MaxEntries))
            {
                ResolverWay way = one.GetProperty("way").GetString() == WordOf(ResolverWay.Resolved) ? ResolverWay.Resolved : ResolverWay.Resolvconf;
                string name = one.GetProperty("interface").GetString() ?? "";
                if (!BondDhcp.Net.StatePath.IsInterfaceName(name)) return null;
                ResolverContent content = new(
                    one.GetProperty("servers").GetString() ?? "", one.GetProperty("search").GetString() ?? "", one.GetProperty("metric").GetUInt32());
                ResolverTarget target = new(way, name);
                told.RemoveAll(earlier => earlier.Target == target);
                told.Add(new ResolverWish(target, content));
            }
            return told;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
