using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using BondDhcp.Host.Text;

namespace BondDhcp.Host.Hooks;

/// <summary>What a hook gets: variables, and the event as JSON. Pure.</summary>
internal static class HookEnvironment
{
    /// <summary>Grows when a field of the JSON changes its meaning.</summary>
    private const int SchemaVersion = 1;

    // A list of 32 search domains, or of 32 servers, and more.
    private const int MaxValueLength = 2048;

    /// <summary>
    /// The variables, NAME=VALUE, beside PATH and LC_ALL: nothing of our own environment. A value with any other character
    /// than addresses, numbers, names and lists of them have is left out, wherever it came from: scripts quote badly.
    /// </summary>
    public static IReadOnlyList<string> VariablesOf(HookEvent happened, int daemonPid)
    {
        List<string> variables =
        [
            "reason=" + happened.Word, "interface=" + happened.Interface, "medium=", FormattableString.Invariant($"pid={daemonPid}"),
        ];
        Add(variables, "old_", happened.Old);
        Add(variables, "new_", happened.New);
        Add(variables, "cur_", happened.Current);
        return variables;
    }

    /// <summary>An interface's name that can stand in a variable; the kernel takes nearly any character.</summary>
    public static bool IsPlain(string interfaceName) => interfaceName.Length > 0 && interfaceName[0] != '-' && interfaceName.All(IsPlain);

    /// <summary>schema, at, interface, family, reason, old, new.</summary>
    public static byte[] JsonOf(HookEvent happened)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("schema", SchemaVersion);
            json.WriteString("at", TimeText.Rfc3339(happened.At));
            json.WriteString("interface", happened.Interface);
            json.WriteNumber("family", happened.Family);
            json.WriteString("reason", happened.Word);
            Write(json, "old", happened.OldJson);
            Write(json, "new", happened.NewJson);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, string name, Action<Utf8JsonWriter>? write)
    {
        json.WritePropertyName(name);
        if (write is null) json.WriteNullValue();
        else write(json);
    }

    private static void Add(List<string> variables, string prefix, ImmutableArray<HookVariable> values)
    {
        foreach (HookVariable one in values)
            if (one.Value.Length is > 0 and <= MaxValueLength && one.Value.All(static c => c == ' ' || IsPlain(c))) variables.Add($"{prefix}{one.Name}={one.Value}");
    }

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or ':' or '-' or '_' or '/' or '%' or '+' or '@';
}
