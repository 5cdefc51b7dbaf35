namespace BondDhcp.Host.Daemon;

/// <summary>
/// Which components a user stopped. It holds over reload, hot-plug and restart of the daemon until start or reboot: a
/// file in the runtime directory, with the boot it belongs to.
/// </summary>
internal sealed class StoppedComponents
{
    /// <summary>The file's name.</summary>
    public const string FileName = "stopped";

    private readonly string _path;
    private readonly string _bootId;
    private readonly SortedDictionary<string, string> _reasons = new(StringComparer.Ordinal);

    /// <summary>Reads what an earlier daemon left in <paramref name="runtimeDirectory"/>; of another boot it is nothing.</summary>
    public StoppedComponents(string runtimeDirectory, string bootId)
    {
        _path = Path.Combine(runtimeDirectory, FileName);
        _bootId = bootId;
        if (!File.Exists(_path)) return;
        string[] lines = File.ReadAllLines(_path);
        if (lines.Length == 0 || lines[0] != bootId) return;
        foreach (string line in lines.Skip(1))
        {
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0) _reasons[line[..space]] = line[(space + 1)..];
        }
    }

    /// <summary>Why the component is stopped; null when it is not.</summary>
    public string? Why(string component) => _reasons.GetValueOrDefault(component);

    /// <summary>The component is stopped.</summary>
    public void Add(string component, string why)
    {
        _reasons[component] = why;
        Write();
    }

    /// <summary>The component is not stopped any more.</summary>
    public void Remove(string component)
    {
        if (_reasons.Remove(component)) Write();
    }

    // Written beside and moved over: a daemon killed meanwhile leaves the old or the new one.
    private void Write()
    {
        string temporary = _path + ".new";
        File.WriteAllLines(temporary, [_bootId, .. _reasons.Select(entry => $"{entry.Key} {entry.Value}")]);
        File.Move(temporary, _path, overwrite: true);
    }
}
