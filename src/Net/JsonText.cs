using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace BondDhcp.Net;

/// <summary>How the program writes JSON for itself: everything beyond ASCII escaped, as <see cref="Utf8JsonWriter"/> does when not told.</summary>
public static class JsonText
{
    /// <summary>
    /// For <see cref="JsonWriterOptions.Encoder"/>. The writer's own makes another one beside, for all of Unicode: a fifth of a
    /// millisecond, between the first messages and their answers.
    /// </summary>
    public static JavaScriptEncoder Escaping { get; } = JavaScriptEncoder.Create(UnicodeRanges.BasicLatin);

    /// <summary>
    /// What is wrong with a file that was read as JSON, by what the reading of it threw, in words: those of the reader's are for programmers.
    /// </summary>
    public static string WhyDamaged(Exception error) => error switch
    {
        JsonException => "it is no JSON, or not all of it is there",
        KeyNotFoundException => "something is missing in it",
        _ => "something in it is not what it can be",
    };

    /// <summary>Without white space.</summary>
    public static JsonWriterOptions Compact => new() { Encoder = Escaping };

    /// <summary>For people too.</summary>
    public static JsonWriterOptions Indented => new() { Encoder = Escaping, Indented = true, NewLine = "\n" };
}
