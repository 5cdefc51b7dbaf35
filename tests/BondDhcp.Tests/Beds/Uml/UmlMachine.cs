using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using BondDhcp.Tests.Beds.Scenarios;
using BondDhcp.Tests.Kit;

namespace BondDhcp.Tests.Beds.Uml;

/// <summary>
/// A kernel with the bonding driver as an ordinary process: Debian's user-mode-linux, with this machine's files as its
/// root, read-only but for one directory.
/// </summary>
public static class UmlMachine
{
    /// <summary>
    /// What a user-mode kernel on a loaded machine, with all scenarios on its one processor, adds to any time: a second where a page
    /// fault of this machine takes no more than 4 µs, for such a kernel lives on them; up to 4 s where they take longer.
    /// </summary>
    public static readonly TimeSpan Slack = TimeSpan.FromSeconds(Math.Clamp(PageFault().TotalMicroseconds / 4, 1, 4));

    /// <summary>For all scenarios together; they run side by side. After it the machine powers itself off.</summary>
    private const int ScenarioSeconds = 600;

    /// <summary>With the boot; after it the machine is killed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(ScenarioSeconds + 30);

    // A user-mode kernel is one processor's work; more of them than processors would only make each other late.
    private static readonly SemaphoreSlim s_processors = new(Math.Max(1, Environment.ProcessorCount));

    /// <summary>Runs scenarios in one boot and returns what each of them saw.</summary>
    /// <exception cref="BedException">It did not run to its end; the message has what it said.</exception>
    public static async Task<IReadOnlyDictionary<string, BedEvidence>> RunAsync(IReadOnlyCollection<BedScenario> scenarios)
    {
        using BedDirectory directory = new("Uml", scenarios) { Slack = Slack };
        await s_processors.WaitAsync();
        try
        {
            return directory.Read(await BootAsync(directory.FullName));
        }
        finally
        {
            s_processors.Release();
        }
    }

    private static unsafe TimeSpan PageFault()
    {
        const int Pages = 4096;
        // So much comes fresh from the kernel.
        byte* memory = (byte*)NativeMemory.Alloc((nuint)(Pages * Environment.SystemPageSize));
        long start = Stopwatch.GetTimestamp();
        for (int page = 0; page < Pages; page++) Volatile.Write(ref memory[page * Environment.SystemPageSize], 1);
        TimeSpan took = Stopwatch.GetElapsedTime(start);
        NativeMemory.Free(memory);
        return took / Pages;
    }

    private static async Task<string> BootAsync(string directory)
    {
        // In a pid namespace that dies with unshare: the processes of a user-mode kernel would outlive it otherwise.
        ProcessStartInfo start = new("unshare",
        [
            "--pid", "--fork", "--kill-child=KILL", "--mount-proc",
            "bash", "-c", ". \"$1\"; shift; linux_uml \"$@\"", "uml", Path.Combine(SourceTree.Root, "scripts", "uml"), directory,
            // The kernel hands what it does not know to init, as its environment.
            $"BED={directory}", string.Create(CultureInfo.InvariantCulture, $"LIMIT={ScenarioSeconds}"), $"BINARY={BondDhcpProcess.Binary}",
            $"DOTNET_ROOT={Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."))}",
            // And what follows this, as its arguments.
            "--", $"{directory}/init.sh",
        ]);
        await using BedProcess machine = BedProcess.Start("user-mode Linux", start);
        int exitCode = await machine.WaitForExitAsync(Patience);
        return BedDirectory.WasUsed(machine.Output) ? machine.Output : throw new BedException($"user-mode Linux ended with {exitCode}:\n{machine.Output}");
    }
}
