using BondDhcp.Host.Commands;
using BondDhcp.Host.Configuration;
using BondDhcp.Net.Linux;
using BondDhcp.Net.Linux.Interop;

namespace BondDhcp.Host.Daemon;

/// <summary>
/// <c>run</c>. The first packet leaves before anything is made that can wait: log, host, control socket and signals
/// come after it.
/// </summary>
internal static class RunCommand
{
    private static readonly TimeSpan s_killedTimeout = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc cref="CommandSpec.Run"/>
    public static int Run(Invocation invocation)
    {
        ConfigurationResult result = ConfigurationReader.ReadFile(invocation.ConfigurationFile);
        if (result.Configuration is not { } configuration)
        {
            foreach (ConfigurationProblem problem in result.Problems) Console.Error.WriteLine(problem.ToString());
            return ExitCode.Usage;
        }
        try
        {
            using RuntimeDirectory? directory = Take(invocation.RuntimeDirectory, out int holder);
            if (directory is null) return Fail($"another daemon, process {Process(holder)}, runs on {invocation.RuntimeDirectory}");
            using InterfaceLocks locks = new();
            foreach (string name in configuration.InterfaceNames)
                if (locks.WhyNot(name) is { } why) return Fail(why);
            using DaemonProcess daemon = new(invocation, directory, locks, configuration, result.Warnings);
            return daemon.Run();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or LinuxException)
        {
            return Fail(IsDenied(e) && !Environment.IsPrivilegedProcess ? $"{e.Message}; run as root" : e.Message);
        }
    }

    // One that was killed a moment ago holds its place until the kernel has cleared it away.
    private static RuntimeDirectory? Take(string path, out int holder)
    {
        if (RuntimeDirectory.TryTake(path, out holder) is { } directory) return directory;
        using ProcessDescriptor? other = ProcessDescriptor.OpenToWait(holder);
        return other is null || other.WaitForEnd(s_killedTimeout) ? RuntimeDirectory.TryTake(path, out holder) : null;
    }

    private static bool IsDenied(Exception e) =>
        e is UnauthorizedAccessException or LinuxException { Errno: KernelNumbers.EPERM or KernelNumbers.EACCES } or IOException { InnerException: UnauthorizedAccessException };

    /// <summary>A process id as text; it is unknown across PID namespaces.</summary>
    public static string Process(int id) => id == 0 ? "of another PID namespace" : id.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static int Fail(string why)
    {
        Console.Error.WriteLine($"bonddhcp: {why}");
        return ExitCode.Failed;
    }
}
