using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace BondDhcp.Tests.Metrics;

/// <summary>One sample.</summary>
public sealed record MetricSample(string Name, IReadOnlyDictionary<string, string> Labels, double Value);

/// <summary>One metric family with its metadata.</summary>
public sealed record MetricFamily(string Name, string Type, string? Unit, string? Help, List<MetricSample> Samples);

/// <summary>
/// Reads OpenMetrics 1.0 text and fails at the first thing that is not as its specification wants it, or that a parser of the
/// older text format would not take.
/// </summary>
public static partial class OpenMetricsGrammar
{
    /// <summary>The families in a text.</summary>
    public static IReadOnlyDictionary<string, MetricFamily> Parse(string text)
    {
        Assert.EndsWith("\n# EOF\n", text, StringComparison.Ordinal);
        string[] lines = text[..^1].Split('\n');
        Dictionary<string, MetricFamily> families = new(StringComparer.Ordinal);
        MetricFamily? current = null;
        for (int i = 0; i < lines.Length - 1; i++)
        {
            string line = lines[i];
            if (!line.StartsWith('#'))
            {
                AddSample(current, line);
                continue;
            }
            Match meta = Meta().Match(line);
            Assert.True(meta.Success, $"line {i + 1}: {line}");
            (string keyword, string name, string value) = (meta.Groups[1].Value, meta.Groups[2].Value, meta.Groups[3].Value);
            if (current?.Name != name)
            {
                Assert.False(families.ContainsKey(name), $"{name} is in two places");
                families[name] = current = new MetricFamily(name, "", null, null, []);
            }
            Assert.Empty(current.Samples); // metadata comes first
            current = keyword switch
            {
                "TYPE" => WithType(current, value),
                "UNIT" => WithUnit(current, value),
                _ => WithHelp(current, value),
            };
            families[name] = current;
        }
        Assert.Equal("# EOF", lines[^1]);
        foreach (MetricFamily family in families.Values) Check(family);
        return families;
    }

    private static MetricFamily WithType(MetricFamily family, string type)
    {
        Assert.Equal("", family.Type);
        Assert.Contains(type, (string[])["gauge", "counter", "histogram"]);
        return family with { Type = type };
    }

    private static MetricFamily WithUnit(MetricFamily family, string unit)
    {
        Assert.Null(family.Unit);
        Assert.EndsWith("_" + unit, family.Name, StringComparison.Ordinal);
        return family with { Unit = unit };
    }

    private static MetricFamily WithHelp(MetricFamily family, string help)
    {
        Assert.Null(family.Help);
        Assert.NotEqual("", help);
        return family with { Help = help };
    }

    private static void AddSample(MetricFamily? family, string line)
    {
        Match match = Sample().Match(line);
        Assert.True(match.Success, line);
        Assert.NotNull(family);
        Dictionary<string, string> labels = new(StringComparer.Ordinal);
        foreach (System.Text.RegularExpressions.Capture capture in match.Groups["label"].Captures)
        {
            int equals = capture.Value.IndexOf('=', StringComparison.Ordinal);
            Assert.True(labels.TryAdd(capture.Value[..equals], capture.Value[(equals + 2)..^1]), line);
        }
        string name = match.Groups["name"].Value;
        Assert.Contains(name[family.Name.Length..], family.Type switch
        {
            "counter" => (string[])["_total"],
            "histogram" => ["_bucket", "_count", "_sum"],
            _ => [""],
        });
        Assert.StartsWith(family.Name, name, StringComparison.Ordinal);
        string number = match.Groups["value"].Value;
        double value = number == "+Inf" ? double.PositiveInfinity : double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture);
        Assert.True(family.Type == "gauge" || value >= 0, line);
        string Key(MetricSample sample) => sample.Name + string.Join(',', sample.Labels.Select(label => $"{label.Key}={label.Value}"));
        MetricSample sample = new(name, labels, value);
        Assert.DoesNotContain(family.Samples, other => Key(other) == Key(sample));
        family.Samples.Add(sample);
    }

    private static void Check(MetricFamily family)
    {
        Assert.NotEqual("", family.Type);
        Assert.NotNull(family.Help);
        Assert.NotEmpty(family.Samples);
        if (family.Type != "histogram") return;
        foreach (var histogram in family.Samples.GroupBy(sample => string.Join(',', sample.Labels.Where(label => label.Key != "le"))))
        {
            MetricSample[] buckets = [.. histogram.Where(sample => sample.Name.EndsWith("_bucket", StringComparison.Ordinal))];
            double[] bounds = [.. buckets.Select(bucket => bucket.Labels["le"] == "+Inf" ? double.PositiveInfinity : double.Parse(bucket.Labels["le"], CultureInfo.InvariantCulture))];
            Assert.All(buckets, bucket => Assert.True(bucket.Labels["le"] == "+Inf" || bucket.Labels["le"].Contains('.', StringComparison.Ordinal)));
            Assert.Equal(bounds.Order().Distinct(), bounds);
            Assert.Equal(buckets.Select(bucket => bucket.Value).Order(), buckets.Select(bucket => bucket.Value));
            Assert.Equal("+Inf", buckets[^1].Labels["le"]);
            Assert.Equal(buckets[^1].Value, Assert.Single(histogram, sample => sample.Name == family.Name + "_count").Value);
            Assert.Single(histogram, sample => sample.Name == family.Name + "_sum");
        }
    }

    [GeneratedRegex("^# (TYPE|UNIT|HELP) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$")]
    private static partial Regex Meta();

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<label>[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\[\\"n])*")(,(?<label>[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\[\\"n])*"))*\})? (?<value>[+-]?[0-9]+(\.[0-9]+)?|\+Inf)$""", RegexOptions.ExplicitCapture)]
    private static partial Regex Sample();
}
