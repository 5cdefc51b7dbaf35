using System.Runtime.CompilerServices;

namespace BondDhcp.Tests.Beds.Scenarios;

/// <summary>What the machine of a bed shares with the tests: its scripts, the scenarios, and the evidence they leave.</summary>
public sealed class BedDirectory : IDisposable
{
    private readonly IReadOnlyCollection<BedScenario> _scenarios;

    /// <summary>Lays out a directory.</summary>
    /// <param name="bed">Name of the bed's folder: its <c>init.sh</c> is the machine's first script, its other scripts are words of its own.</param>
    /// <param name="scenarios">What will run.</param>
    public BedDirectory(string bed, IReadOnlyCollection<BedScenario> scenarios)
    {
        _scenarios = scenarios;
        FullName = Directory.CreateTempSubdirectory("bonddhcp-bed-").FullName;
        foreach (string part in (ReadOnlySpan<string>)["words", "scenarios", "evidence"]) Directory.CreateDirectory(Path.Combine(FullName, part));
        string common = Path.GetDirectoryName(SourceFile())!;
        foreach (string script in Directory.GetFiles(common, "*.sh")) Copy(script, "");
        foreach (string script in Directory.GetFiles(Path.Combine(common, "..", bed), "*.sh")) Copy(script, Path.GetFileName(script) == "init.sh" ? "" : "words");
        foreach (BedScenario scenario in scenarios) File.WriteAllText(Path.Combine(FullName, "scenarios", scenario.Name + ".sh"), scenario.Script + "\n");
    }

    public string FullName { get; }

    /// <summary>
    /// What the machine adds to any time. An emulated processor with four scenarios at once is late by a second now and then, by more on a busy
    /// machine; a retry of whatever kind is later still. What is to happen within milliseconds is measured where the processor is real.
    /// </summary>
    public required TimeSpan Slack { get; init; }

    /// <summary>Whether the scenarios ran, by what the machine said: all of them, or until their time was over and what they had seen was kept.</summary>
    public static bool WasUsed(string console) =>
        console.Contains("init: all scenarios ended", StringComparison.Ordinal) || console.Contains("init: scenarios took longer", StringComparison.Ordinal);

    /// <summary>What each scenario left.</summary>
    /// <param name="console">What the machine said.</param>
    public IReadOnlyDictionary<string, BedEvidence> Read(string console) =>
        _scenarios.ToDictionary(scenario => scenario.Name, scenario => BedEvidence.Read(Path.Combine(FullName, "evidence", scenario.Name), console, Slack));

    public void Dispose() => Directory.Delete(FullName, recursive: true);

    private void Copy(string script, string to) => File.Copy(script, Path.Combine(FullName, to, Path.GetFileName(script)));

    // The scripts are read where they are written, beside this file.
    private static string SourceFile([CallerFilePath] string path = "") => path;
}
