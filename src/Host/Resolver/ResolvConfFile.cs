using System.Buffers;
using System.Text;
using System.Text.Json;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Resolver;

/// <summary>
/// <c>/etc/resolv.conf</c> with <c>dns = "file"</c>: replaced as a whole, never written through a link, and put back as it
/// was. What was there before, and what we wrote, is kept in the state directory, because the file outlives a boot. A file
/// that is neither is somebody else's by now and is left alone. Where that record was lost, ours stays: no file at all would be worse.
/// </summary>
internal sealed class ResolvConfFile
{
    private const int Version = 1;

    private const string Header =
        "# Written by bonddhcp, because its configuration says dns = \"file\". What was here before is put back\n"
        + "# when it is given up. Change this file, and bonddhcp leaves it as you made it.\n";

    private readonly string _path;
    private readonly string _recordPath;

    /// <summary>Nothing is touched yet.</summary>
    /// <param name="path">The file.</param>
    /// <param name="stateDirectory">Where it is kept what was there before.</param>
    public ResolvConfFile(string path, string stateDirectory)
    {
        _path = path;
        _recordPath = System.IO.Path.Combine(stateDirectory, "resolv.conf.json");
    }

    // What was there before, null for no file, and what of ours may be there: the last two, because a crash may come between.
    private sealed record Kept(byte[]? Before, byte[][] Ours)
    {
        // Ours was there already, and no record of what was before it.
        public bool IsBeforeLost { get; init; }
    }

    /// <summary>The file.</summary>
    public string Path => _path;

    /// <summary>An earlier run replaced the file, in this boot or one before.</summary>
    public bool IsTaken => ReadRecord(out _) is not null;

    /// <summary>A person asked for it: what somebody else made of the file is taken for what was there before.</summary>
    public void Reclaim()
    {
        if (ReadRecord(out _) is not { } kept || StateFile.Read(_path).Octets is not { } there || Contains(kept.Ours, there)) return;
        Kept reclaimed = new(there, []);
        if (!IsTooLong(reclaimed)) WriteRecord(reclaimed);
    }

    /// <summary>The file is as we wrote it, or not ours at all; false when somebody changed or removed what we wrote.</summary>
    public bool IsAsWritten()
    {
        if (ReadRecord(out _) is not { } kept) return true;
        return StateFile.Read(_path).Octets is { } present && Contains(kept.Ours, present);
    }

    /// <summary>Makes it the content of the file; null when done, else why not, in a sentence's second half.</summary>
    public string? Put(ResolverContent content)
    {
        StateFileContent present = StateFile.Read(_path);
        if (present.Problem is { } problem) return $"{_path} {WithTarget(problem)}, and is left alone";
        Kept? kept = ReadRecord(out string? unusable);
        if (unusable is not null) return unusable;
        // What is there now is lost with what replaces it, unless it was kept first; of ours a note is enough.
        string what = kept is null ? $"what is in {_path} now could not be kept first" : "what goes into it could not be noted first";
        byte[] text = Encoding.ASCII.GetBytes(Header + content.ToResolvConf());
        if (kept is null) kept = IsOurs(present.Octets) ? new Kept(null, [text, present.Octets!]) { IsBeforeLost = true } : new Kept(present.Octets, [text]);
        else if (present.Octets is not { } there || Contains(kept.Ours, there)) kept = kept with { Ours = [text, present.Octets ?? text] };
        else if (kept.Before is not null && there.AsSpan().SequenceEqual(kept.Before)) kept = kept with { Ours = [text] };
        else return $"{_path} was changed by somebody else and is left alone; 'bonddhcp reload' takes it again";
        if (IsTooLong(kept)) return $"{_path} is too long to be kept, and is left alone";
        if (WriteRecord(kept) is { } unwritten) return $"not written: {what} ({unwritten}); tried again, once a minute in the end";
        return StateFile.Replace(_path, TemporaryPath, text) is { } failed ? WithMount(failed) : null;
    }

    /// <summary>Puts back what was there before, unless somebody else changed the file since; null when done, else why not.</summary>
    /// <param name="left">A sentence where ours stays, because what was there before is not known; else null.</param>
    public string? TakeBack(out string? left)
    {
        left = null;
        if (ReadRecord(out string? unusable) is not { } kept) return unusable;
        StateFileContent present = StateFile.Read(_path);
        if (present.Octets is { } there && Contains(kept.Ours, there))
        {
            if (kept.IsBeforeLost) left = $"{_path} stays as bonddhcp wrote it: the record of what was there before was lost";
            string? failed = kept.IsBeforeLost ? null : kept.Before is { } before ? StateFile.Replace(_path, TemporaryPath, before) : Delete(_path);
            if (failed is not null) return WithMount(failed);
        }
        return Delete(_recordPath) is { } undeleted ? $"{_recordPath}: {undeleted}" : null;
    }

    // In the same directory, so that it can be renamed over the file.
    private string TemporaryPath => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(_path)!, ".resolv.conf.bonddhcp");

    // rename(2): EBUSY. To write into it in place would leave half a file to whoever reads it meanwhile, and after a crash.
    private string WithMount(string failed) => MountTable.IsMountPoint("/proc/thread-self/mountinfo", _path)
        ? $"{_path}: {failed}: it is mounted by itself, as in containers, and cannot be replaced; mount its directory instead, or say dns = false"
        : $"{_path}: {failed}";

    private string WithTarget(string problem) =>
        new FileInfo(_path).LinkTarget is { } target ? $"{problem} to {EscapedText.Of(target)}" : problem;

    // Ours without a record: of what was there before nothing is known any more.
    private static bool IsOurs(byte[]? content) => content is not null && content.AsSpan().StartsWith(Encoding.ASCII.GetBytes(Header));

    private static bool Contains(byte[][] ours, byte[] content) => ours.Any(one => one.AsSpan().SequenceEqual(content));

    private static string? Delete(string path)
    {
        try
        {
            File.Delete(path);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return IoFailure.Of(error, path);
        }
    }

    private Kept? ReadRecord(out string? unusable)
    {
        unusable = null;
        StateFileContent content = StateFile.Read(_recordPath);
        if (content.Octets is not { } octets)
        {
            if (content.Problem is { } problem) unusable = $"{_recordPath} {problem}: it is not known what was in {_path} before";
            return null;
        }
        if (Parse(octets) is { } kept) return kept;
        StateFile.SetAside(_recordPath, "is not a record of resolv.conf");
        return null;
    }

    // What could not be read again would be lost with what was there before.
    private static bool IsTooLong(Kept kept) => OctetsOf(kept).Length > StateFile.MaxLength;

    private string? WriteRecord(Kept kept) => StateFile.Write(_recordPath, OctetsOf(kept)) is { } problem ? $"{_recordPath}: {problem}" : null;

    private static ReadOnlySpan<byte> OctetsOf(Kept kept)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            if (kept.Before is { } before) json.WriteBase64String("before", before);
            else json.WriteNull("before");
            if (kept.IsBeforeLost) json.WriteBoolean("beforeLost", true);
            json.WriteStartArray("ours");
            foreach (byte[] one in kept.Ours) json.WriteBase64StringValue(one);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return buffer.WrittenSpan;
    }

    private static Kept? Parse(byte[] octets)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(octets);
            JsonElement root = document.RootElement;
            if (root.GetProperty("version").GetInt32() != Version) return null;
            JsonElement before = root.GetProperty("before");
            return new Kept(
                before.ValueKind == JsonValueKind.Null ? null : before.GetBytesFromBase64(),
                [.. root.GetProperty("ours").EnumerateArray().Select(static one => one.GetBytesFromBase64())])
            {
                IsBeforeLost = root.TryGetProperty("beforeLost", out JsonElement lost) && lost.GetBoolean(),
            };
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
