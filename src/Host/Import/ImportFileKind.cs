using System.Text;
using BondDhcp.Host.Import.Wide;

namespace BondDhcp.Host.Import;

/// <summary>What a file is.</summary>
internal enum ImportFileKind
{
    /// <summary>Nothing that is known.</summary>
    Unknown,
    /// <summary>/etc/network/interfaces, and the files it includes.</summary>
    Interfaces,
    /// <summary>dhclient.conf.</summary>
    DhclientConf,
    /// <summary>dhclient.leases or dhclient6.leases.</summary>
    DhclientLeases,
    /// <summary>dhcp6c.conf.</summary>
    Dhcp6cConf,
    /// <summary>dhcp6c_duid.</summary>
    Dhcp6cDuid,
    /// <summary>/etc/conf.d/network.conf.</summary>
    NetworkConf,
    /// <summary>A file of /etc/modprobe.d.</summary>
    Modprobe,
}

/// <summary>Tells files apart: by what is in them, and by their name where that does not say it.</summary>
internal static class ImportFileKinds
{
    private static readonly string[] s_dhclientWords =
    [
        "send", "request", "also", "require", "supersede", "default", "prepend", "append", "option", "reject", "timeout", "retry", "reboot",
        "select-timeout", "backoff-cutoff", "initial-interval", "initial-delay", "script", "alias", "media", "pseudo",
    ];

    /// <summary>What a file is.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="octets">What it holds.</param>
    public static ImportFileKind Of(string path, byte[] octets)
    {
        string name = Path.GetFileName(path);
        if (Dhcp6cDuid.Read(octets) is not null && (name.Contains("duid", StringComparison.Ordinal) || octets.AsSpan().IndexOfAnyInRange((byte)0, (byte)8) >= 0))
            return ImportFileKind.Dhcp6cDuid;
        ImportFileKind kind = OfLines(Encoding.Latin1.GetString(octets));
        return kind != ImportFileKind.Unknown ? kind : OfName(path, name);
    }

    // A file without a line of its own (all comments) is told by its name.
    private static ImportFileKind OfName(string path, string name) =>
        name.EndsWith(".leases", StringComparison.Ordinal) ? ImportFileKind.DhclientLeases
        : name.StartsWith("dhclient", StringComparison.Ordinal) && name.EndsWith(".conf", StringComparison.Ordinal) ? ImportFileKind.DhclientConf
        : name == "dhcp6c.conf" ? ImportFileKind.Dhcp6cConf
        : name == "network.conf" ? ImportFileKind.NetworkConf
        : name == "interfaces" || path.Contains("/interfaces.d/", StringComparison.Ordinal) ? ImportFileKind.Interfaces
        : path.Contains("/modprobe.d/", StringComparison.Ordinal) ? ImportFileKind.Modprobe
        : ImportFileKind.Unknown;

    private static ImportFileKind OfLines(string text)
    {
        bool isDhclient = false, includes = false;
        foreach (string raw in text.Split('\n'))
        {
            string line = raw.Trim();
            if (line.Length == 0 || line[0] == '#') continue;
            string[] words = line.Split([' ', '\t', ';', '{', ','], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0) continue;
            if (words[0] is "default-duid" || (words[0] is "lease" or "lease6" && !isDhclient && !includes)) return ImportFileKind.DhclientLeases;
            if (words[0] is "id-assoc" or "profile" || words is ["send", "ia-na" or "ia-pd" or "rapid-commit", ..] || words[0] == "information-only") return ImportFileKind.Dhcp6cConf;
            if (words[0] is "auto" or "iface" or "source" or "source-directory" or "mapping" || words[0].StartsWith("allow-", StringComparison.Ordinal)) return ImportFileKind.Interfaces;
            if (words[0] is "options" or "install" or "blacklist" or "softdep" or "alias" && words.Length > 2 && !line.Contains(';', StringComparison.Ordinal) && !line.Contains('{', StringComparison.Ordinal)) return ImportFileKind.Modprobe;
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            string variable = equals > 0 ? line[..equals].TrimEnd() : "";
            if (!variable.Contains(' ', StringComparison.Ordinal)
                && (variable.EndsWith("PRIMARY", StringComparison.Ordinal) || variable.EndsWith("ADDRS", StringComparison.Ordinal) || variable.EndsWith("ROUTES", StringComparison.Ordinal)))
                return ImportFileKind.NetworkConf;
            // No lease file includes another; dhcp6c.conf may.
            includes |= words[0] == "include";
            isDhclient |= (words[0] == "lease" && includes) || s_dhclientWords.Contains(words[0], StringComparer.OrdinalIgnoreCase);
        }
        return isDhclient ? ImportFileKind.DhclientConf : ImportFileKind.Unknown;
    }
}
