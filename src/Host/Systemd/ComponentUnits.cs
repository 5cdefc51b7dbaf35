using System.Globalization;
using BondDhcp.Host.Components;
using BondDhcp.Host.Loop;
using BondDhcp.Net;

namespace BondDhcp.Host.Systemd;

/// <summary>
/// Keeps the units <c>dhcp4@bond0.service</c> and their like in step with the components they stand for, so that
/// <c>systemctl stop</c> finds something to stop. Their ExecStart and ExecStop are our own <c>start</c> and <c>stop</c>: a
/// request that only comes because we changed the unit is its echo, and changes nothing.
/// </summary>
internal sealed class ComponentUnits : IDisposable
{
    /// <summary>The manager has it done within milliseconds, unless it is waiting for something else.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private readonly EventLoop _loop;
    private readonly ComponentSet _components;
    private readonly Action<string, string, Report> _journal;
    private readonly Dictionary<ComponentKind, bool> _installed = [];
    private readonly Dictionary<string, bool> _told = new(StringComparer.Ordinal);
    private readonly HashSet<string> _now = new(StringComparer.Ordinal);
    private LoopProcess? _process;
    private string _verb = "";
    private bool _begun;
    private bool _posted;
    private Action? _allStopped;

    /// <summary>Does nothing before <see cref="Begin"/>.</summary>
    public ComponentUnits(EventLoop loop, ComponentSet components, Action<string, string, Report> journal)
    {
        _loop = loop;
        _components = components;
        _journal = journal;
        components.Changed += Follow;
    }

    /// <summary>Begins, where this daemon is the one of <c>bonddhcp.service</c>: the units speak to no other.</summary>
    public void Begin()
    {
        _begun = UnitFiles.IsOf("self", UnitFiles.Daemon);
        Follow();
    }

    /// <summary>
    /// True for a request by the component's unit that comes of what is being done to that unit here. Asked of the kernel,
    /// which knows the control group of whoever asks.
    /// </summary>
    public bool IsEcho(string verb, string component, int process) =>
        _process is not null && verb == _verb && _now.Contains(component)
        && UnitFiles.IsOf(process.ToString(CultureInfo.InvariantCulture), UnitOf(component));

    /// <summary>Everything was taken down and the daemon ends: the units follow, then <paramref name="done"/> is called.</summary>
    public void StopAll(Action done)
    {
        _allStopped = done;
        if (_process is null) Continue();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _components.Changed -= Follow;
        _process?.Dispose();
    }

    // What brings the change about is still under way.
    private void Follow()
    {
        if (!_begun || _posted || _allStopped is not null) return;
        _posted = true;
        _loop.Post(() =>
        {
            _posted = false;
            if (_process is null) Continue();
        });
    }

    private void Continue()
    {
        Dictionary<string, bool> wanted = new(StringComparer.Ordinal);
        if (_begun && _allStopped is null)
            foreach (Component one in _components.All)
                if (HasUnit(one.Spec)) wanted[one.Name] = one.WhyStopped is null;
        // At the first time nothing is known of what an earlier daemon told.
        string[] stop = [.. wanted.Where(one => !one.Value).Select(one => one.Key).Concat(_told.Keys.Where(name => !wanted.ContainsKey(name)))
            .Where(name => _told.GetValueOrDefault(name, true))];
        string[] start = [.. wanted.Where(one => one.Value && !_told.GetValueOrDefault(one.Key)).Select(one => one.Key)];
        if (stop.Length > 0) Tell("stop", stop);
        else if (start.Length > 0) Tell("start", start);
        else _allStopped?.Invoke();
    }

    private void Tell(string verb, string[] components)
    {
        _verb = verb;
        _now.Clear();
        _now.UnionWith(components);
        foreach (string name in components) _told[name] = verb == "start";
        // Where somebody else has asked the manager for something about one of them, that counts.
        ProgramCall call = new("systemctl", [verb, "--job-mode=fail", "--quiet", .. components.Select(UnitOf)]) { Limit = s_limit };
        _process = LoopProcess.Start(_loop, call, Ended, out string? problem);
        if (_process is null) Ended(problem!);
    }

    private void Ended(ProgramResult result)
    {
        if (result.Succeeded) Ended("");
        else Ended(result.Why("systemctl"));
    }

    private void Ended(string problem)
    {
        _process = null;
        if (problem.Length > 0) _journal("", "systemd", Report.Of("units", ("verb", _verb), ("problem", EscapedText.Of(problem))));
        Continue();
    }

    // A template of somebody else's by the same name is none of ours, nor is one that was masked.
    private bool HasUnit(ComponentSpec spec)
    {
        if (!_installed.TryGetValue(spec.Kind, out bool installed))
        {
            string template = ComponentSpec.NameOf(spec.Kind, "");
            _installed[spec.Kind] = installed = UnitFiles.Find(template + ".service") is { } path && Speaks(path, "bonddhcp start " + template);
        }
        // As people type it, which is not what systemd-escape(1) makes of it: a name with other characters has no unit.
        return installed && spec.Interface.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
    }

    private static bool Speaks(string path, string words)
    {
        try
        {
            return File.ReadAllText(path).Contains(words, StringComparison.Ordinal);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string UnitOf(string component) => component + ".service";
}
