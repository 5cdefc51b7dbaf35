using System.Buffers;
using System.Text.Json;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Supplicants;

/// <summary>What a configuration file looked like, to notice that it was changed.</summary>
/// <param name="ModifiedTicks">Time of the last change; 0 for no file.</param>
/// <param name="Length">Octets.</param>
internal readonly record struct FileStamp(long ModifiedTicks, long Length)
{
    /// <summary>That of a file at present.</summary>
    public static FileStamp Of(string path) =>
        new FileInfo(path) is { Exists: true } file ? new FileStamp(file.LastWriteTimeUtc.Ticks, file.Length) : default;
}

/// <summary>
/// <c>supplicant-IFACE.json</c> in the runtime directory: the supplicant that we started, so that the next run of the
/// daemon knows it as ours.
/// </summary>
/// <param name="BootId">The kernel's name for this boot.</param>
/// <param name="Process">The supplicant.</param>
/// <param name="InterfaceIndex">ifindex of the interface it was started for.</param>
/// <param name="Settings">What it was started with.</param>
/// <param name="Stamp">The configuration file as it was read.</param>
internal sealed record SupplicantRecord(
    string BootId, ProcessIdentity Process, int InterfaceIndex, SupplicantSettings Settings, FileStamp Stamp)
{
    private const int Version = 1;

    /// <summary>Where it is.</summary>
    public static string PathOf(string runtimeDirectory, string interfaceName) =>
        StatePath.Of(runtimeDirectory, "supplicant-", interfaceName, ".json");

    /// <summary>
    /// The record of this boot; null without one. A file that cannot be used is set aside, with a sentence in <paramref name="warning"/>.
    /// </summary>
    public static SupplicantRecord? Read(string path, string interfaceName, string bootId, out string? warning)
    {
        warning = null;
        StateFileContent content = StateFile.Read(path);
        if (content.Octets is not { } octets)
        {
            if (content.Problem is { } problem) warning = content.MustBeSetAside ? StateFile.SetAside(path, problem) : $"{path} {problem}";
            return null;
        }
        if (Parse(octets, interfaceName) is { } record) return record.BootId == bootId && bootId.Length > 0 ? record : null;
        warning = StateFile.SetAside(path, "is not a record of a supplicant");
        return null;
    }

    /// <summary>Writes it; null when done, else a sentence for the log.</summary>
    public string? Write(string path) => StateFile.WriteForThisBoot(path, ToJson()) is { } problem ? $"{path}: {problem}" : null;

    private byte[] ToJson()
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, JsonText.Indented))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("bootId", BootId);
            json.WriteNumber("pid", Process.Pid);
            json.WriteNumber("startTicks", Process.StartTicks);
            json.WriteNumber("interfaceIndex", InterfaceIndex);
            json.WriteString("configurationFile", Settings.ConfigurationFile);
            json.WriteString("driver", Settings.Driver);
            json.WriteNumber("modifiedTicks", Stamp.ModifiedTicks);
            json.WriteNumber("length", Stamp.Length);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static SupplicantRecord? Parse(byte[] octets, string interfaceName)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(octets);
            JsonElement root = document.RootElement;
            if (root.GetProperty("version").GetInt32() != Version) return null;
            return new SupplicantRecord(
                root.GetProperty("bootId").GetString() ?? "",
                new ProcessIdentity(root.GetProperty("pid").GetInt32(), root.GetProperty("startTicks").GetUInt64()),
                root.GetProperty("interfaceIndex").GetInt32(),
                new SupplicantSettings(
                    interfaceName, root.GetProperty("configurationFile").GetString() ?? "", root.GetProperty("driver").GetString() ?? ""),
                new FileStamp(root.GetProperty("modifiedTicks").GetInt64(), root.GetProperty("length").GetInt64()));
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
