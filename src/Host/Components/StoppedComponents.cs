using System.Text;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Components;

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
    private readonly Dictionary<string, string> _reasons = [];

    /// <summary>Reads what an earlier daemon left in <paramref name="runtimeDirectory"/>; of another boot it is nothing.</summary>
    public StoppedComponents(string runtimeDirectory, string bootId)
    {
        _path = Path.Combine(runtimeDirectory, FileName);
        _bootId = bootId;
        if (!File.Exists(_path)) return;
        string[] lines = ReadLines();
        if (lines.Length == 0 || lines[0] != bootId) return;
        foreach (string line in lines.Skip(1))
        {
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0) _reasons[line[..space]] = line[(space + 1)..];
        }
    }

    /// <summary>Why it is not known what was stopped; null where it is.</summary>
    public string? Warning { get; private set; }

    private string[] ReadLines()
    {
        try
        {
            return File.ReadAllLines(_path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Warning = $"{IoFailure.Of(error, _path)}; what was stopped by command runs again";
            return [];
        }
    }

    /// <summary>A component was stopped, or is not stopped any more.</summary>
    public event Action? Changed;

    /// <summary>Why the component is stopped; null when it is not.</summary>
    public string? Why(string component) => _reasons.GetValueOrDefault(component);

    /// <summary>The component is stopped. Null, or why the next daemon will not know of it.</summary>
    public string? Add(string component, string why)
    {
        _reasons[component] = why;
        return Write();
    }

    /// <summary>The component is not stopped any more. Null, or why the next daemon will not know of it.</summary>
    public string? Remove(string component) => _reasons.Remove(component) ? Write() : null;

    private string? Write()
    {
        Changed?.Invoke();
        string text = string.Concat(_reasons.Keys.Order(StringComparer.Ordinal).Select(component => $"{component} {_reasons[component]}\n"));
        return (text.Length > 0 ? StateFile.WriteForThisBoot(_path, Encoding.UTF8.GetBytes($"{_bootId}\n{text}")) : StateFile.Remove(_path)) is { } problem
            ? $"done, but a restart of the daemon will undo it: {_path}: {problem}"
            : null;
    }
}
