using BondDhcp.Bond.Addressing;
using BondDhcp.Host.Configuration;

namespace BondDhcp.Host.Import.Recipe;

/// <summary>
/// <c>/etc/conf.d/network.conf</c> folded in: its settings become keys, so that the file is of no more use. The daemon's
/// own reader reads it.
/// </summary>
internal static class NetworkConfImport
{
    /// <summary>Reads a file's text into the draft.</summary>
    public static void Read(string file, string text, ImportDraft draft)
    {
        ProblemList problems = new(file);
        NetworkConf conf = NetworkConf.Read(text, problems);
        foreach (ConfigurationProblem problem in problems.Problems) draft.Lose(new SourceLine(file, problem.Line), problem.Message);
        // The last assignment of a variable is its value.
        Dictionary<string, int> lines = [];
        foreach (EnvironmentAssignment assignment in EnvironmentFile.Read(text, new ProblemList(file))) lines[assignment.Name] = assignment.Line;
        foreach (NetworkConfInterface one in conf.Interfaces)
        {
            if (one is { Primary: null, Addresses: [], Routes: [] }) continue;
            ImportedInterface target = draft.Of(one.Name, new SourceLine(file, one.Line));
            if (one.Primary is { } primary)
            {
                var from = new SourceLine(file, primary.Line);
                draft.Set(target, "kind", new ImportedValue("\"bond\"", from));
                draft.Set(target, "primary", new ImportedValue(TomlText.Quote(primary.Slave), from));
                target.Add("slaves", new ImportedValue(TomlText.Quote(primary.Slave), from));
            }
            foreach (StaticAddress address in one.Addresses)
                target.Add("addresses", new ImportedValue(TomlText.Quote(address.ToString()), new SourceLine(file, lines.GetValueOrDefault(one.Name + "ADDRS", one.Line))));
            foreach ((StaticRoute route, int line, _) in one.Routes)
                target.Add("routes", new ImportedValue(TomlText.Quote(TextOf(route)), new SourceLine(file, line)));
        }
    }

    private static string TextOf(StaticRoute route)
    {
        string text = route.ToString();
        if (route.Metric is { } metric) text += FormattableString.Invariant($" metric {metric}");
        if (route.Mtu is { } mtu) text += FormattableString.Invariant($" mtu {mtu}");
        return route.OnLink ? text + " onlink" : text;
    }
}
