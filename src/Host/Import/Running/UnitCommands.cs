using System.Text;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Import.Running;

/// <summary>What systemd would run when a unit's process ends.</summary>
internal static class UnitCommands
{
    private const string RunUnits = "/run/systemd/system";

    private const string DropIn = "[Service]\n# bonddhcp import ends the process: no release, no restart. Gone with the next boot.\nExecStop=\nExecStopPost=\nRestart=no\n";

    private static readonly string[] s_logins = ["ssh", "user@", "getty@", "serial-getty@", "console-getty"];

    /// <summary>systemctl waits for systemd to read its units.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Makes a unit run nothing when its process ends: a drop-in below /run. Null when done or not needed, else why not. Units of
    /// ifupdown hold more than a dhclient and do not notice its end.
    /// </summary>
    public static string? Silence(string unit)
    {
        if (!Directory.Exists(RunUnits) || unit.StartsWith("networking.", StringComparison.Ordinal) || unit.StartsWith("ifup@", StringComparison.Ordinal)) return null;
        // Started by hand, by somebody who logged in.
        if (s_logins.Any(login => unit.StartsWith(login, StringComparison.Ordinal))) return null;
        if (!unit.Contains("dhc", StringComparison.Ordinal)) return $"it runs in {unit}, which may release the lease or start it again; end it there";
        string file = $"{RunUnits}/{unit}.d/50-bonddhcp-import.conf";
        if (StateFile.Write(file, Encoding.ASCII.GetBytes(DropIn)) is { } problem) return $"{file}: {problem}; without it {unit} would release the lease";
        return Reload() is { } failed ? $"systemctl daemon-reload: {failed}; without it {unit} would release the lease" : null;
    }

    private static string? Reload()
    {
        using ChildProcess? child = ChildProcess.Start("systemctl", ["daemon-reload"], default, out string? problem);
        if (child is null) return problem;
        if (!child.Process.WaitForEnd(s_patience))
        {
            child.Kill();
            return "no end";
        }
        return child.TryReap(out ExitStatus status) && status.IsSuccess ? null : status.ToString();
    }
}
