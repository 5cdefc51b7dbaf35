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
            using RuntimeDirectory? directory = RuntimeDirectory.TryTake(invocation.RuntimeDirectory, out int holder);
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
