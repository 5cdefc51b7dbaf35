using System.Globalization;
using System.Text;

namespace BondDhcp.Host.Metrics;

/// <summary>
/// Writes the text of OpenMetrics 1.0. Only the types that the older text format of Prometheus has as well are used
/// (gauge, counter, histogram): node_exporter's textfile collector reads that one, and takes the rest for comments.
/// </summary>
internal sealed class MetricWriter(TextWriter output)
{
    /// <summary>Every name begins with it.</summary>
    public const string Prefix = "bonddhcp_";

    private string _family = "";
    private Action? _head;

    /// <summary>Begins a family of gauges; <paramref name="unit"/> is the end of the name, or null for none.</summary>
    public MetricWriter Gauge(string name, string help, string? unit = null) => Begin(name, "gauge", help, unit);

    /// <summary>Begins a family of counters, whose samples end in <c>_total</c>.</summary>
    public MetricWriter Counter(string name, string help) => Begin(name, "counter", help, null);

    /// <summary>Begins a family of histograms.</summary>
    public MetricWriter Histogram(string name, string help, string unit) => Begin(name, "histogram", help, unit);

    /// <summary>One sample of the family begun last.</summary>
    /// <param name="value">Its value.</param>
    /// <param name="labels">Names and values.</param>
    public void Add(double value, params ReadOnlySpan<(string Name, string Value)> labels) => Add("", value, labels);

    /// <summary>One sample of a counter.</summary>
    public void AddTotal(double value, params ReadOnlySpan<(string Name, string Value)> labels) => Add("_total", value, labels);

    /// <summary>One sample whose name ends in <paramref name="suffix"/>, as those of a histogram do.</summary>
    public void Add(string suffix, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        // A family without samples is not there.
        _head?.Invoke();
        _head = null;
        StringBuilder line = new(_family);
        line.Append(suffix);
        for (int i = 0; i < labels.Length; i++)
            line.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"").Append(Escaped(labels[i].Value)).Append('"');
        if (labels.Length > 0) line.Append('}');
        output.WriteLine(line.Append(' ').Append(TextOf(value)).ToString());
    }

    /// <summary>The end, without which the text is cut off.</summary>
    public void End() => output.WriteLine("# EOF");

    /// <summary>A number as it stands for itself and in the label <c>le</c>.</summary>
    public static string TextOf(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf" : value.ToString("0.############", CultureInfo.InvariantCulture);

    private MetricWriter Begin(string name, string type, string help, string? unit)
    {
        _family = $"{Prefix}{name}{(unit is null ? "" : "_" + unit)}";
        string family = _family;
        _head = () =>
        {
            output.WriteLine($"# TYPE {family} {type}");
            if (unit is not null) output.WriteLine($"# UNIT {family} {unit}");
            output.WriteLine($"# HELP {family} {help}");
        };
        return this;
    }

    // What is no printable ASCII has no place in a label: no name of ours has any.
    private static string Escaped(string text)
    {
        StringBuilder escaped = new(text.Length);
        foreach (char one in text)
            escaped.Append(one switch
            {
                '\\' => "\\\\",
                '"' => "\\\"",
                '\n' => "\\n",
                < ' ' or > '~' => "?",
                _ => one.ToString(),
            });
        return escaped.ToString();
    }
}
