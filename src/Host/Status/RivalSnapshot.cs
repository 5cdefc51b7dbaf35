using System.Collections.Immutable;
using System.Text.Json;
using BondDhcp.Host.Coexistence;
using BondDhcp.Host.Text;

namespace BondDhcp.Host.Status;

/// <summary>Another program that configures an interface, as <c>status</c> shows it.</summary>
/// <param name="Rival">Who.</param>
/// <param name="Advice">How it is told to keep its hands off.</param>
internal sealed record RivalSnapshot(Rival Rival, RivalAdvice Advice);

/// <summary>Who else configures an interface: <c>rivals</c> of <c>status --json</c>, and for people.</summary>
internal static class RivalJson
{
    /// <summary>Writes the array.</summary>
    public static void Write(Utf8JsonWriter json, ImmutableArray<RivalSnapshot> rivals)
    {
        json.WriteStartArray("rivals");
        foreach ((Rival rival, RivalAdvice advice) in rivals)
        {
            json.WriteStartObject();
            json.WriteString("program", rival.Program);
            if (rival.Pid == 0) json.WriteNull("pid");
            else json.WriteNumber("pid", rival.Pid);
            json.WriteString("interface", rival.Interface);
            json.WriteString("evidence", rival.Evidence);
            json.WriteBoolean("certain", rival.IsCertain);
            SnapshotJson.WriteText(json, "file", advice.File);
            json.WriteStartArray("content");
            foreach (string line in advice.Content) json.WriteStringValue(line);
            json.WriteEndArray();
            json.WriteString("command", advice.Command);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>Prints it: who, and the file that keeps it away as it is to be written.</summary>
    public static void WriteText(TextWriter output, JsonElement one)
    {
        foreach (JsonElement rival in SnapshotText.Elements(one, "rivals"))
        {
            string process = SnapshotText.Number(rival, "pid") is not "-" and var pid ? $" (process {pid})" : "";
            output.WriteLine($"  beside us  {SnapshotText.Text(rival, "program")}{process} {SnapshotText.Text(rival, "evidence")}");
            if (SnapshotText.Text(rival, "file") is { } file)
            {
                output.WriteLine($"             {file}:");
                foreach (JsonElement line in SnapshotText.Elements(rival, "content"))
                    output.WriteLine($"               {TerminalText.Of(line.GetString() ?? "")}");
            }
            output.WriteLine($"             {(SnapshotText.Text(rival, "file") is null ? "stop it" : "then")}: {SnapshotText.Text(rival, "command")}");
        }
    }
}
