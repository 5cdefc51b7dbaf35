using System.Runtime.InteropServices;

namespace BondDhcp.Tests.Beds.Scenarios;

/// <summary>What a machine must have for a bed.</summary>
public static class BedNeeds
{
    /// <summary>
    /// Why tests on a bed are skipped on this machine; null when they are not. Under CI they never are: there, what is missing
    /// makes them fail.
    /// </summary>
    /// <param name="programs">What the bed runs.</param>
    public static string? WhyNot(params ReadOnlySpan<string> programs)
    {
        if (Environment.GetEnvironmentVariable("CI") is { Length: > 0 }) return null;
        if (RuntimeInformation.OSArchitecture != Architecture.X64) return $"no kernel for {RuntimeInformation.OSArchitecture}: the bed is for x86-64";
        if (!Environment.IsPrivilegedProcess) return "not root";
        foreach (string program in programs)
            if (!IsThere(program)) return $"no {program} on this machine: scripts/setup test installs it where Debian's packages can be had";
        return null;
    }

    private static bool IsThere(string program) =>
        (Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin:/lib/systemd").Split(':').Any(directory => File.Exists(Path.Combine(directory, program)));
}
