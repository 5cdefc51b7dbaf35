using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace BondDhcp.Tests.Beds.Uml;

/// <summary>
/// A kernel with the bonding driver as an ordinary process: Debian's user-mode-linux, with this machine's files as its
/// root, read-only but for one directory.
/// </summary>
public static class UmlMachine
{
    /// <summary>For all scenarios together; they run side by side. After it the machine powers itself off.</summary>
    private const int ScenarioSeconds = 70;

    /// <summary>With the boot; after it the machine is killed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(ScenarioSeconds + 30);

    /// <summary>Runs scenarios in one boot and returns what each of them saw.</summary>
    /// <exception cref="BedException">It did not run to its end; the message has what it said.</exception>
    public static async Task<IReadOnlyDictionary<string, UmlEvidence>> RunAsync(IReadOnlyCollection<UmlScenario> scenarios)
    {
        string directory = Directory.CreateTempSubdirectory("bonddhcp-uml-").FullName;
        try
        {
            string words = Path.GetDirectoryName(SourceFile())!;
            foreach (string script in (ReadOnlySpan<string>)["init.sh", "bed.sh"]) File.Copy(Path.Combine(words, script), Path.Combine(directory, script));
            Directory.CreateDirectory(Path.Combine(directory, "scenarios"));
            Directory.CreateDirectory(Path.Combine(directory, "evidence"));
            foreach (UmlScenario scenario in scenarios)
                await File.WriteAllTextAsync(Path.Combine(directory, "scenarios", scenario.Name + ".sh"), scenario.Script + "\n");
            string console = await BootAsync(directory);
            return scenarios.ToDictionary(scenario => scenario.Name, scenario => UmlEvidence.Read(Path.Combine(directory, "evidence", scenario.Name), console));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<string> BootAsync(string directory)
    {
        // In a pid namespace that dies with unshare: the processes of a user-mode kernel would outlive it otherwise.
        ProcessStartInfo start = new("unshare",
        [
            "--pid", "--fork", "--kill-child=KILL", "--mount-proc", "linux.uml", "mem=512M",
            "root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro", "init=/bin/bash",
            "con=null", "con0=fd:0,fd:1", $"uml_dir={directory}/", "umid=uml", "quiet",
            // The kernel hands what it does not know to init, as its environment.
            $"BED={directory}", string.Create(CultureInfo.InvariantCulture, $"LIMIT={ScenarioSeconds}"), $"BINARY={BondDhcpProcess.Binary}",
            $"DOTNET_ROOT={Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."))}",
            // And what follows this, as its arguments.
            "--", $"{directory}/init.sh",
        ]);
        await using BedProcess machine = BedProcess.Start("user-mode Linux", start);
        int exitCode = await machine.WaitForExitAsync(Patience);
        const string finished = "init: all scenarios ended";
        if (!machine.Lines.Contains(finished)) throw new BedException($"user-mode Linux ended with {exitCode}:\n{machine.Output}");
        return machine.Output;
    }

    // The scripts are read where they are written, beside this file.
    private static string SourceFile([CallerFilePath] string path = "") => path;
}
