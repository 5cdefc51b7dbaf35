using System.Globalization;
using BondDhcp.Host.Components;
using BondDhcp.Host.Loop;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

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
    private readonly UnitLedger _ledger = new();
    private readonly LoopDeadline _again;
    private LoopProcess? _process;
    private UnitCall? _now;
    private string _lastProblem = "";
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
        _again = loop.AddDeadline(() =>
        {
            if (_process is null) Continue();
        });
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
        _process is not null && verb == _now?.Verb && _now.Components.Contains(component)
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
        _again.Dispose();
    }

    // What brings the change about is still under way.
    private void Follow()
    {
        if (!_begun || _posted || _allStopped is not null) return;
        _posted = true;
        _loop.Post(() =>
        {
            _posted = false;
            _ledger.Change();
            if (_process is null) Continue();
        });
    }

    private void Continue()
    {
        List<UnitWish> wishes = [];
        if (_allStopped is not null) _ledger.Change();
        else if (_begun)
        {
            foreach (Component one in _components.All)
                if (HasUnit(one.Spec)) wishes.Add(new UnitWish(one.Name, Runs: one.WhyStopped is null));
        }
        UnitCall? call = _ledger.Next(wishes, BoottimeClock.Now);
        _again.At = _ledger.AgainAt;
        if (call is not null) Tell(call);
        else _allStopped?.Invoke();
    }

    private void Tell(UnitCall call)
    {
        _now = call;
        // Where somebody else has asked the manager for something about one of them, that counts.
        ProgramCall program = new("systemctl", [call.Verb, "--job-mode=fail", "--quiet", .. call.Components.Select(UnitOf)]) { Limit = s_limit };
        _process = LoopProcess.Start(_loop, program, Ended, out string? problem);
        if (_process is null) Ended(call, problem!);
    }

    private void Ended(ProgramResult result) => Ended(_now!, result.Succeeded ? "" : result.Why("systemctl"));

    private void Ended(UnitCall call, string problem)
    {
        _process = null;
        _ledger.Told(call, problem.Length == 0, isLast: _allStopped is not null && call.Verb == "stop", BoottimeClock.Now);
        // The same once more is nothing new.
        if (problem.Length > 0 && problem != _lastProblem) _journal("", "systemd", Report.Of("units", ("verb", call.Verb), ("problem", EscapedText.Of(problem))));
        _lastProblem = problem;
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
