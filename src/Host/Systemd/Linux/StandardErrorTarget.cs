using System.Globalization;
using BondDhcp.Host.Commands.Linux;
using Tmds.Linux;

namespace BondDhcp.Host.Systemd.Linux;

/// <summary>Where stderr leads.</summary>
internal static unsafe class StandardErrorTarget
{
    /// <summary>
    /// It is the system's journal: JOURNAL_STREAM, which <paramref name="environment"/> gives, has its device and inode
    /// (systemd.exec(5)). Somebody may have turned it elsewhere since.
    /// </summary>
    public static bool IsJournal(Func<string, string?> environment)
    {
        if (environment("JOURNAL_STREAM") is not { } stream) return false;
        stat status;
        return LibC.fstat(StandardStream.Error, &status) == 0
            && stream == string.Create(CultureInfo.InvariantCulture, $"{(ulong)status.st_dev}:{(ulong)status.st_ino}");
    }
}
