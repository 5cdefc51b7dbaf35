namespace BondDhcp.Host.Commands;

/// <summary>What the program exits with.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Failed, or not permitted; one line on stderr says why.</summary>
    public const int Failed = 1;

    /// <summary>Wrong usage or configuration.</summary>
    public const int Usage = 2;

    /// <summary>No daemon answers.</summary>
    public const int NoDaemon = 3;

    /// <summary>Timed out.</summary>
    public const int TimedOut = 4;
}
