using System.Text;
using BondDhcp.Bond.Plan;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Host.Import.Ifupdown;
using BondDhcp.Host.Import.Isc;
using BondDhcp.Host.Import.Recipe;
using BondDhcp.Host.Import.Wide;

namespace BondDhcp.Host.Import;

/// <summary>A lease file and what is in it.</summary>
/// <param name="File">Its name, as it is shown.</param>
/// <param name="Content">What is in it.</param>
internal sealed record ReadLeaseFile(string File, DhclientLeaseFile Content);

/// <summary>Finds and reads the files, and brings them into the configuration to be. What is read is kept for what is decided later.</summary>
/// <param name="root">The system.</param>
/// <param name="place">Where files of wpa_supplicant go.</param>
internal sealed class ImportReader(ImportRoot root, SupplicantPlace place)
{
    private const string Interfaces = "/etc/network/interfaces";

    /// <summary>The standard places, in the order in which they are read: what comes first decides.</summary>
    private static readonly string[] s_places =
    [
        Interfaces,
        "/etc/conf.d/network.conf",
        "/etc/wide-dhcpv6/dhcp6c.conf", "/etc/dhcp6c.conf",
        "/etc/dhcp/dhclient.conf", "/etc/dhcp3/dhclient.conf", "/etc/dhclient.conf",
        "/var/lib/dhcp/*.leases", "/var/lib/dhclient/*.leases",
        "/var/lib/dhcpv6/dhcp6c_duid", "/var/db/dhcp6c_duid",
        "/etc/modprobe.d/*.conf",
    ];

    private readonly HashSet<string> _done = [];
    private SourceLine? _unread;

    /// <summary>The configuration to be.</summary>
    public ImportDraft Draft { get; } = new() { SupplicantPlace = place };

    /// <summary>dhclient.conf; null where none was found.</summary>
    public DhclientConf? Dhclient { get; private set; }

    /// <summary>
    /// Where dhclient is told to read something that could not be read here: what it sends on the interface is not known for certain.
    /// Null where all was read.
    /// </summary>
    public SourceLine? UnreadOf(string interfaceName) => Dhclient?.Of(interfaceName).Unread ?? _unread;

    /// <summary>The lease files.</summary>
    public List<ReadLeaseFile> LeaseFiles { get; } = [];

    /// <summary>dhcp6c.conf; null where none was found.</summary>
    public Dhcp6cConf? Dhcp6c { get; private set; }

    /// <summary>The DUID of dhcp6c; null without one.</summary>
    public (Duid Duid, SourceLine From)? Dhcp6cDuid { get; private set; }

    /// <summary>What modprobe.d says of every bond.</summary>
    public List<(BondOption Option, ImportedValue Value)> DriverOptions { get; } = [];

    /// <summary>The files that were read.</summary>
    public List<string> Files { get; } = [];

    /// <summary>Reads what is in the standard places.</summary>
    /// <param name="more">Files that running processes name.</param>
    public void ReadPlaces(IEnumerable<string> more)
    {
        var units = new UnitImport(root, Draft);
        units.Take();
        foreach (string path in s_places.SelectMany(place => root.Glob(place)).Concat(units.Files).Concat(more))
            if (root.Exists(path)) Read(path, mustBeKnown: false);
        foreach (ImportedInterface one in Draft.Interfaces)
            if (units.Static.Count > 0 && one.Has("addresses") && !units.Static.Contains(one.Name))
                Draft.Remark(one.From, $"static@{one.Name} is not enabled; bonddhcp sets its addresses whenever the interface is there");
    }

    /// <summary>Reads a file; false, with the reason, where it cannot be read or is nothing that is known.</summary>
    public string? Read(string path, bool mustBeKnown)
    {
        if (!_done.Add(path)) return null;
        if (root.ReadOctets(path, out string? why) is not { } octets)
        {
            if (!mustBeKnown) Draft.Lose(null, $"{path} cannot be read: {why}");
            if (ImportFileKinds.Of(path, []) == ImportFileKind.DhclientConf) _unread ??= new SourceLine(path, 0);
            return $"{path}: {why}";
        }
        ImportFileKind kind = ImportFileKinds.Of(path, octets);
        if (kind == ImportFileKind.Unknown)
            return mustBeKnown ? $"{path}: neither of ifupdown, dhclient, dhcp6c, network.conf nor modprobe.d" : null;
        Take(path, octets, kind);
        Files.Add(path);
        return null;
    }

    private void Take(string path, byte[] octets, ImportFileKind kind)
    {
        string text = Encoding.UTF8.GetString(octets), exact = Encoding.Latin1.GetString(octets);
        switch (kind)
        {
            case ImportFileKind.Interfaces: InterfacesImport.Take(InterfacesFile.Read(path, text, Draft, Include), Draft, root.ReadText); break;
            case ImportFileKind.NetworkConf: NetworkConfImport.Read(path, text, Draft); break;
            case ImportFileKind.Dhcp6cConf:
                var dhcp6c = Dhcp6cConf.Read(path, exact, Draft);
                Dhcp6c ??= dhcp6c;
                break;
            case ImportFileKind.Modprobe: DriverOptions.AddRange(ModprobeOptions.Read(path, text, Draft)); break;
            case ImportFileKind.DhclientConf when Dhclient is null: Dhclient = DhclientConf.Read(path, exact, Draft, IncludeExact); break;
            case ImportFileKind.DhclientConf: Draft.Lose(new SourceLine(path, 0), "a second dhclient.conf; the first one is taken"); break;
            case ImportFileKind.DhclientLeases:
                var leases = DhclientLeaseFile.Read(exact);
                foreach ((int line, string message) in leases.Problems) Draft.Lose(new SourceLine(path, line), message);
                LeaseFiles.Add(new ReadLeaseFile(path, leases));
                break;
            case ImportFileKind.Dhcp6cDuid: Dhcp6cDuid ??= (Wide.Dhcp6cDuid.Read(octets)!, new SourceLine(path, 0)); break;
        }
    }

    // interfaces(5): relative to the file that names it; of a directory, only files with names of letters, digits, '-' and '_'.
    private IEnumerable<IncludedFile> Include(string pattern, bool isDirectory, string from)
    {
        string path = pattern.StartsWith('/') ? pattern : $"{Path.GetDirectoryName(from)}/{pattern}";
        IReadOnlyList<string> found = root.Glob(path);
        if (found.Count == 0 && !path.AsSpan().ContainsAny('*', '?')) yield return new IncludedFile(path, null, "there is no such file");
        foreach (string file in isDirectory
            ? found.SelectMany(directory => root.List(directory).Where(IsPlainName).Select(name => $"{directory}/{name}")) : found)
        {
            if (!_done.Add(file)) continue;
            byte[]? octets = root.ReadOctets(file, out string? why);
            // A pattern may name directories as well.
            if (octets is null && why == "it is no regular file") continue;
            if (octets is not null) Files.Add(file);
            yield return new IncludedFile(file, octets is null ? null : Encoding.UTF8.GetString(octets), why);
        }
    }

    // Of a file that dhclient.conf includes each character is one octet, as of itself.
    private IncludedFile IncludeExact(string path)
    {
        byte[]? octets = root.ReadOctets(path, out string? why);
        if (octets is null) return new IncludedFile(path, null, why);
        if (_done.Add(path)) Files.Add(path);
        return new IncludedFile(path, Encoding.Latin1.GetString(octets), null);
    }

    private static bool IsPlainName(string name) => name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
