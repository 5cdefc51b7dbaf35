using System.Collections.Immutable;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Import.Running;
using BondDhcp.Net;

namespace BondDhcp.Host.Import;

/// <summary>What was made of a system's files.</summary>
internal sealed class ImportOutcome
{
    /// <summary>A value that the configuration's reader refuses is left out, and the rest is read again; so often at most.</summary>
    private const int MaxRefusals = 1000;

    private IReadOnlyCollection<string> _left = [], _left6 = [];

    private ImportOutcome(ImportReader reader, ImportIdentity identity) => (Reader, Identity) = (reader, identity);

    /// <summary>What was read.</summary>
    public ImportReader Reader { get; }

    /// <summary>Who the host says it is.</summary>
    public ImportIdentity Identity { get; }

    /// <summary>The configuration as TOML.</summary>
    public string Toml { get; private set; } = "";

    /// <summary>The configuration as the daemon will read it.</summary>
    public DaemonConfiguration Configuration { get; private set; } = new();

    /// <summary>
    /// The interfaces on which no other client of a family is wanted any more: those with DHCP, and those that are static by now,
    /// whose lease was left out.
    /// </summary>
    public IReadOnlyList<string> Taken(bool isDhcp6) =>
        [.. Configuration.Interfaces.Where(one => isDhcp6 ? one.Dhcp6 is not null : one.Dhcp4).Select(one => one.Name), .. isDhcp6 ? _left6 : _left];

    /// <summary>The files of wpa_supplicant that the configuration names and that are made with it.</summary>
    public IReadOnlyList<ImportedSupplicant> Supplicants =>
        Reader.Draft.Supplicants.FindAll(made => Configuration.Find(made.InterfaceName)?.Supplicant?.ConfigurationFile == made.Path);

    /// <summary>Files that were named and are none, each with the reason.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>Reads a system's files.</summary>
    /// <param name="root">The system.</param>
    /// <param name="paths">The files; none for the standard places.</param>
    /// <param name="processes">The clients that run there.</param>
    /// <param name="macs">The hardware addresses of its interfaces.</param>
    /// <param name="now">The time.</param>
    /// <param name="place">Where files of wpa_supplicant go; null for the usual place.</param>
    public static ImportOutcome Of(
        ImportRoot root, ImmutableArray<string> paths, IReadOnlyList<ClientProcess> processes, Func<string, MacAddress?> macs, DateTimeOffset now, SupplicantPlace? place = null)
    {
        var reader = new ImportReader(root, place ?? SupplicantPlace.Usual);
        var outcome = new ImportOutcome(reader, new ImportIdentity(reader, macs, processes, now));
        foreach (string path in paths)
            if (reader.Read(path, mustBeKnown: true) is { } why) outcome.Errors.Add(why);
        if (paths.IsEmpty) reader.ReadPlaces(processes.SelectMany(process => process.Files));
        var finish = new ImportFinish(reader);
        finish.Complete(now);
        (outcome._left, outcome._left6) = (finish.Left(isDhcp6: false), finish.Left(isDhcp6: true));
        outcome.Identity.Decide();
        new ImportResolver(root, reader, processes).Decide();
        outcome.Write();
        return outcome;
    }

    // Whatever was read, what is written is sound: the daemon's own reader has the last word.
    private void Write()
    {
        for (int i = 0; i < MaxRefusals; i++)
        {
            ImportToml written = ImportToml.Write(Reader.Draft, Reader.Files);
            ConfigurationResult result = ConfigurationReader.Read("import", written.Text);
            if (result.Problems.Count == 0)
            {
                Toml = written.Text;
                Configuration = result.Configuration!;
                return;
            }
            ConfigurationProblem problem = result.Problems[0];
            if (written.At(problem.Line) is not { } place) throw new IOException($"the configuration made here is refused: {problem}");
            LeaveOut(place, problem.Message);
        }
        throw new IOException("the configuration made here is refused again and again");
    }

    private void LeaveOut(TomlPlace place, string why)
    {
        ImportedTable table = (ImportedTable?)place.Table ?? Reader.Draft.Global;
        (_, List<ImportedValue> values, bool isList) = table.Keys.First(entry => entry.Key == place.Key);
        ImportedValue value = place.Item ?? values[0];
        string of = place.Table is null ? "" : $" of {place.Table.Name}";
        // The reader names the key, too.
        string prefix = place.Key.Replace("\"", "", StringComparison.Ordinal) + ": ";
        if (why.StartsWith(prefix, StringComparison.Ordinal)) why = why[prefix.Length..];
        string text = isList && place.Item is null ? "" : $" = {value.Text}";
        Reader.Draft.Lose(value.From.FirstOrDefault(), $"{place.Key}{text}{of}: {why}");
        if (place.Item is not null && values.Count > 1) values.Remove(place.Item);
        else table.Remove(place.Key);
    }
}
