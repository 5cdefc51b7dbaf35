using System.Collections.Immutable;

namespace BondDhcp.Host.Import;

/// <summary>One value of the configuration to be, and where it came from.</summary>
/// <param name="Text">As TOML writes it.</param>
/// <param name="From">Where it was read; more than one place where several made it together.</param>
/// <param name="Remark">What the reader of the configuration should know beside; empty for nothing.</param>
internal sealed record ImportedValue(string Text, ImmutableArray<SourceLine> From, string Remark = "")
{
    /// <summary>A value from one place.</summary>
    public ImportedValue(string text, SourceLine from, string remark = "") : this(text, [from], remark)
    {
    }
}

/// <summary>One table of the configuration to be: keys in the order in which they came.</summary>
internal class ImportedTable
{
    private readonly List<(string Key, List<ImportedValue> Values, bool IsList)> _keys = [];

    /// <summary>The keys as TOML writes them, dots and quotes included; each with its value or, for a list, its items.</summary>
    public IReadOnlyList<(string Key, List<ImportedValue> Values, bool IsList)> Keys => _keys;

    /// <summary>True when the key has a value.</summary>
    public bool Has(string key) => _keys.Exists(one => one.Key == key);

    /// <summary>A key's only value; null where it has none or is a list.</summary>
    public string? Find(string key) => _keys.Find(one => one.Key == key && !one.IsList).Values is [var value] ? value.Text : null;

    /// <summary>The items of a list; empty where it is not there.</summary>
    public IReadOnlyList<ImportedValue> Items(string key) => _keys.Find(one => one.Key == key && one.IsList).Values ?? [];

    /// <summary>Gives a key its value; one that it has already stays, and the one that was not taken is given back where it differs.</summary>
    public ImportedValue? Set(string key, ImportedValue value)
    {
        if (_keys.Find(one => one.Key == key).Values is not { } known)
        {
            _keys.Add((key, [value], false));
            return null;
        }
        return known[0].Text == value.Text ? null : known[0];
    }

    /// <summary>Gives a key its value whatever it had.</summary>
    public void Replace(string key, ImportedValue value)
    {
        Remove(key);
        _keys.Add((key, [value], false));
    }

    /// <summary>Adds an item to a list; nothing where it is there.</summary>
    public void Add(string key, ImportedValue item)
    {
        if (_keys.Find(one => one.Key == key).Values is not { } known) _keys.Add((key, [item], true));
        else if (!known.Exists(one => one.Text == item.Text)) known.Add(item);
    }

    /// <summary>Takes a key away.</summary>
    public void Remove(string key) => _keys.RemoveAll(one => one.Key == key);
}

/// <summary>One <c>[interface.NAME]</c> to be.</summary>
internal sealed class ImportedInterface(string name, SourceLine from) : ImportedTable
{
    /// <summary>The kernel's name.</summary>
    public string Name { get; } = name;

    /// <summary>Where it was first named.</summary>
    public SourceLine From { get; } = from;

    /// <summary>ifupdown starts dhclient without -i: no DUID is sent in DHCPv4.</summary>
    public bool SendsNoDuid { get; set; }

    /// <summary>Where interfaces(5) gives it fixed addresses of IPv4; null where it does not.</summary>
    public SourceLine? Static4 { get; set; }

    /// <summary>The same of IPv6.</summary>
    public SourceLine? Static6 { get; set; }

    /// <summary>It is to be brought up, whatever else is to be done with it.</summary>
    public bool IsUpWanted { get; set; }

    /// <summary>Nothing of it is for the daemon to do: a section without a key would bring it up all the same.</summary>
    public bool IsLeftOut => Keys.Count == 0 && !IsUpWanted;

    /// <summary>DHCPv4 is wanted.</summary>
    public bool Dhcp4 => Find("dhcp4") == "true";

    /// <summary>DHCPv6 is wanted in some form.</summary>
    public bool Dhcp6 => Find("dhcp6") is { } mode && mode != "false";
}

/// <summary>Something that was read and is not in the configuration, or is there in another form.</summary>
/// <param name="From">Where it was read; null where it is about no place.</param>
/// <param name="Text">What it is, and why.</param>
internal sealed record ImportNote(SourceLine? From, string Text)
{
    /// <inheritdoc/>
    public override string ToString() => From is null ? Text : $"{From}: {Text}";
}

/// <summary>The configuration to be while files are read, and what is to be told of them.</summary>
internal sealed class ImportDraft
{
    private readonly List<ImportedInterface> _interfaces = [];
    private readonly List<ImportNote> _lost = [];
    private readonly List<ImportNote> _remarks = [];

    /// <summary>The keys before the first table.</summary>
    public ImportedTable Global { get; } = new();

    /// <summary>The interfaces, in the order in which they were first named.</summary>
    public IReadOnlyList<ImportedInterface> Interfaces => _interfaces;

    /// <summary>Where ifupdown has something to do for an interface.</summary>
    public List<(string InterfaceName, SourceLine From)> Stanzas { get; } = [];

    /// <summary>The files of wpa_supplicant that are made.</summary>
    public List<ImportedSupplicant> Supplicants { get; } = [];

    /// <summary>Where they go.</summary>
    public SupplicantPlace SupplicantPlace { get; init; } = SupplicantPlace.Usual;

    /// <summary>What has no counterpart.</summary>
    public IReadOnlyList<ImportNote> Lost => _lost;

    /// <summary>What has one and should be known.</summary>
    public IReadOnlyList<ImportNote> Remarks => _remarks;

    /// <summary>The interface of a name, made at its first mention.</summary>
    public ImportedInterface Of(string name, SourceLine from)
    {
        if (Find(name) is { } known) return known;
        var added = new ImportedInterface(name, from);
        _interfaces.Add(added);
        return added;
    }

    /// <summary>The interface of a name; null where nobody named it.</summary>
    public ImportedInterface? Find(string name) => _interfaces.Find(one => one.Name == name);

    /// <summary>Takes an interface out again.</summary>
    public void Remove(ImportedInterface one) => _interfaces.Remove(one);

    /// <summary>Gives an interface's key its value; another one that was there first stays, and the later one is told.</summary>
    public void Set(ImportedInterface one, string key, ImportedValue value)
    {
        if (one.Set(key, value) is { } first)
            Lose(value.From[0], $"{key} = {value.Text} of {one.Name}: {first.From[0]} says {first.Text}, which is taken");
    }

    /// <summary>Tells of something that is not carried over.</summary>
    public void Lose(SourceLine? from, string text) => Note(_lost, from, text);

    /// <summary>Tells of something that is carried over and should be known.</summary>
    public void Remark(SourceLine? from, string text) => Note(_remarks, from, text);

    private static void Note(List<ImportNote> notes, SourceLine? from, string text)
    {
        const int maxNotes = 500; // beyond, nobody reads them
        var note = new ImportNote(from, text);
        if (notes.Count < maxNotes && !notes.Contains(note)) notes.Add(note);
    }
}
