using System.Globalization;
using System.Text;

namespace BondDhcp.Bench;

/// <summary>A table in Markdown, with the conditions it was made under.</summary>
internal sealed class Table(string title, params string[] columns)
{
    private readonly List<string[]> _rows = [];
    private readonly List<string> _notes = [];

    public void Row(params string[] cells) => _rows.Add(cells);

    public void Note(string text) => _notes.Add(text);

    public override string ToString()
    {
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"## {title}").AppendLine();
        foreach (string note in _notes) text.AppendLine(note).AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"| {string.Join(" | ", columns)} |");
        text.AppendLine(CultureInfo.InvariantCulture, $"|{string.Concat(columns.Select((_, i) => i == 0 ? "---|" : "---:|"))}");
        foreach (string[] row in _rows) text.AppendLine(CultureInfo.InvariantCulture, $"| {string.Join(" | ", row)} |");
        return text.ToString();
    }
}

/// <summary>The numbers of one contender.</summary>
internal sealed class Sample
{
    private readonly List<double> _values = [];

    public void Add(double value) => _values.Add(value);

    public int Count => _values.Count;

    public double Median
    {
        get
        {
            double[] sorted = [.. _values.Order()];
            if (sorted.Length == 0) return double.NaN;
            return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        }
    }

    public double Min => _values.Count == 0 ? double.NaN : _values.Min();

    public double Max => _values.Count == 0 ? double.NaN : _values.Max();

    public static string Text(double value, string format = "0.0") => double.IsNaN(value) ? "-" : value.ToString(format, CultureInfo.InvariantCulture);
}
