using System.IO.Enumeration;

namespace BondDhcp.Host.Coexistence;

/// <summary>Which interfaces the configuration of a program that looks after everything keeps it away from. Pure.</summary>
internal static class SparedInterfaces
{
    private static readonly char[] s_blanks = [' ', '\t', ','];

    /// <summary>True when dhcpcd.conf denies the interface, or allows only others.</summary>
    public static bool ByDhcpcd(string configuration, string interfaceName)
    {
        bool? allowed = null;
        foreach (string line in configuration.Split('\n', StringSplitOptions.TrimEntries))
        {
            string[] words = line.Split(s_blanks, StringSplitOptions.RemoveEmptyEntries);
            if (words is ["denyinterfaces", .. var denied] && Matches(denied, interfaceName)) return true;
            if (words is ["allowinterfaces", .. var only]) allowed = (allowed ?? false) || Matches(only, interfaceName);
        }
        return allowed == false;
    }

    /// <summary>True when connman's main.conf has the interface on its list of those it leaves alone, which goes by how names begin.</summary>
    public static bool ByConnman(string configuration, string interfaceName)
    {
        foreach (string line in configuration.Split('\n', StringSplitOptions.TrimEntries))
        {
            string[] sides = line.Split('=', 2, StringSplitOptions.TrimEntries);
            if (sides is ["NetworkInterfaceBlacklist", var list])
                return list.Split(s_blanks, StringSplitOptions.RemoveEmptyEntries).Any(start => interfaceName.StartsWith(start, StringComparison.Ordinal));
        }
        return false;
    }

    // As fnmatch(3), of which interface names use * and ?.
    private static bool Matches(string[] patterns, string interfaceName) =>
        patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, interfaceName, ignoreCase: false));
}
