using BondDhcp.Host.Import.Running;
using BondDhcp.Host.Resolver;

namespace BondDhcp.Host.Import;

/// <summary>
/// Who tells the host's programs of name servers. dhclient-script writes /etc/resolv.conf itself where neither systemd-resolved nor
/// resolvconf is there; the daemon does so only where it is told to.
/// </summary>
/// <param name="root">The system.</param>
/// <param name="reader">What was read.</param>
/// <param name="processes">The clients that run.</param>
internal sealed class ImportResolver(ImportRoot root, ImportReader reader, IReadOnlyList<ClientProcess> processes)
{
    private const string ResolvConf = "/etc/resolv.conf", EnterHooks = "/etc/dhcp/dhclient-enter-hooks.d", Units = "/etc/systemd/system";

    private static readonly string[] s_programs = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <summary>Theirs do something only where they are there themselves, and may be left behind.</summary>
    private static readonly string[] s_hooksOfOthers = ["resolvconf", "resolved", "resolved-enter"];

    /// <summary>Sets <c>dns</c> of the interfaces whose dhclient wrote the file.</summary>
    public void Decide()
    {
        SetFile();
        // The lines were for resolvconf, and had no effect without it either.
        foreach (ImportedInterface one in reader.Draft.Interfaces)
            if (!one.Has("dns") && (Key(one, "name-servers") ?? Key(one, "search-domains")) is { } line && !SomebodyTakes())
                reader.Draft.Remark(line.From[0], $"neither systemd-resolved nor resolvconf is there to be told of the name servers of {one.Name}; dns = \"file\" writes them into /etc/resolv.conf");
    }

    private static ImportedValue? Key(ImportedInterface one, string key) => one.Items(key) is [var first, ..] ? first : null;

    private void SetFile()
    {
        List<ImportedInterface> served = [];
        foreach (ImportedInterface one in reader.Draft.Interfaces)
            if (!one.Has("dns") && IsOfDhclient(one)) served.Add(one);
        if (served.Count == 0 || !IsDhclientThere() || SomebodyTakes()) return;
        if (OwnScript() is { } hook)
        {
            reader.Draft.Remark(new SourceLine(hook, 0), "it has a make_resolv_conf in the place of dhclient-script's; dns = \"file\" writes /etc/resolv.conf, and without it nobody is told of name servers");
            return;
        }
        if (IsLink())
        {
            reader.Draft.Remark(new SourceLine(ResolvConf, 0), "it is a link, which dns = \"file\" leaves alone; make it a file, and write dns = \"file\", for name servers to go into it as with dhclient-script");
            return;
        }
        foreach (ImportedInterface one in served) one.Set("dns", new ImportedValue("\"file\"", [], "dhclient-script wrote /etc/resolv.conf"));
    }

    // dhcp6c has a script of its own.
    private bool IsOfDhclient(ImportedInterface one) => one.Dhcp4 || (one.Dhcp6 && reader.Dhcp6c?.Of(one.Name) is null);

    // ifupdown takes other clients where it is not.
    private bool IsDhclientThere()
    {
        if (reader.Dhclient is not null || reader.LeaseFiles.Count > 0 || FindProgram(DhclientProcess.ProcessName) is not null) return true;
        foreach (ClientProcess process in processes)
            if (process is DhclientProcess) return true;
        return false;
    }

    private bool SomebodyTakes()
    {
        if (root.IsHere)
        {
            ResolverWays ways = new ResolverPlaces { StateDirectory = "", RuntimeDirectory = "" }.Look();
            return ways.Resolved || ways.Resolvconf || ways.AreOfOthers;
        }
        return (FindProgram("resolvectl") is not null && IsResolvedWanted()) || FindProgram("resolvconf") is not null;
    }

    // On a system that does not run its socket is a leftover at best, and Debian's systemd once brought the program along for all.
    private bool IsResolvedWanted()
    {
        foreach (string directory in root.List(Units))
            if (directory.EndsWith(".wants", StringComparison.Ordinal) && root.List($"{Units}/{directory}").Contains("systemd-resolved.service")) return true;
        return root.Exists($"/run/systemd/resolve/{ResolverPlaces.ResolvedSocketName}");
    }

    // Where it is; resolvconf that is resolvectl by another name is nothing without systemd-resolved.
    private string? FindProgram(string name)
    {
        foreach (string directory in s_programs)
        {
            string path = $"{directory}/{name}";
            if (root.Exists(path) && (name == "resolvectl" || Path.GetFileName(root.Resolve(path, out _)) != "resolvectl")) return path;
        }
        return null;
    }

    private string? OwnScript()
    {
        foreach (string path in (string[])["/etc/dhclient-enter-hooks", .. root.Glob($"{EnterHooks}/*")])
            if (!s_hooksOfOthers.Contains(Path.GetFileName(path)) && root.ReadText(path)?.Contains("make_resolv_conf", StringComparison.Ordinal) == true) return path;
        return null;
    }

    private bool IsLink() => root.Resolve("/etc", out _) is { } etc && root.Resolve(ResolvConf, out _) != Path.Combine(etc, "resolv.conf");
}
