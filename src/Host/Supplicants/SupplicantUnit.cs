using System.Text;
using BondDhcp.Bond.Wpa;
using BondDhcp.Host.Systemd;

namespace BondDhcp.Host.Supplicants;

/// <summary>The template unit <c>bonddhcp-supplicant@.service</c>.</summary>
internal static class SupplicantUnit
{
    private const string Template = "bonddhcp-supplicant@.service";

    /// <summary>systemd runs this machine, and the unit is installed.</summary>
    public static bool IsInstalled => UnitFiles.Find(Template) is not null;

    /// <summary>The unit of an interface.</summary>
    public static string NameOf(string interfaceName) => $"bonddhcp-supplicant@{Escape(interfaceName)}.service";

    /// <summary>As systemd-escape(1) does: all but letters, digits, <c>:</c>, <c>_</c> and an inner <c>.</c> as <c>\xNN</c>.</summary>
    internal static string Escape(string name)
    {
        StringBuilder escaped = new();
        foreach (byte octet in Encoding.UTF8.GetBytes(name))
        {
            char c = (char)octet;
            if (char.IsAsciiLetterOrDigit(c) || c is ':' or '_' || c == '.' && escaped.Length > 0) escaped.Append(c);
            else escaped.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\x{octet:x2}");
        }
        return escaped.ToString();
    }

    /// <summary>
    /// The daemon's unit has a job that ends this process, and which the supplicant's end therefore waits for: a stop, or a
    /// restart, which is one until it has become a start. A reload, or the start under way, leaves it running.
    /// </summary>
    /// <param name="jobs">What <c>systemctl list-jobs</c> says: number, unit, type and state of each, jobs apart by <c>;</c>.</param>
    internal static bool IsHeldBack(string jobs)
    {
        foreach (string job in jobs.Split(';'))
        {
            string[] words = job.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words is [_, UnitFiles.Daemon, "stop" or "restart" or "try-restart", ..]) return true;
        }
        return false;
    }

    /// <summary>What the unit reads: interface, drivers, file and further arguments.</summary>
    internal static byte[] EnvironmentOf(SupplicantSettings settings, WpaConfigurationFile file) => Encoding.UTF8.GetBytes(
        $"DRIVER={Quote(settings.Driver)}\nCONFIGURATION={Quote(settings.ConfigurationFile)}\n"
        + $"OPTIONS={(file.NamesDirectory ? "" : "-O" + WpaConfigurationFile.DefaultDirectory)}\n");

    // In double quotes, where a backslash takes the meaning from these (systemd.exec(5), EnvironmentFile=).
    private static string Quote(string value)
    {
        StringBuilder quoted = new("\"");
        foreach (char c in value)
        {
            if (c is '"' or '\\' or '$' or '`') quoted.Append('\\');
            quoted.Append(c);
        }
        return quoted.Append('"').ToString();
    }
}
