namespace BondDhcp.Host.Text;

/// <summary>The value in <c>name=value</c> on a line that people and programs read.</summary>
internal static class FieldText
{
    /// <summary>
    /// As it is, or, where its end would not be seen, between quotes with those in it escaped. What else must be escaped is so already.
    /// </summary>
    public static string Of(string text) =>
        text.Length == 0 || text.AsSpan().ContainsAny(' ', '"') ? $"\"{text.Replace("\"", "\\\"", StringComparison.Ordinal)}\"" : text;
}
