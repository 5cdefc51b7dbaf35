using System.Collections.Immutable;
using BondDhcp.Dhcp.Client;
using BondDhcp.Host.Commands;
using BondDhcp.Host.Components;
using BondDhcp.Host.Control;
using BondDhcp.Host.Journal;
using BondDhcp.Host.Status;
using BondDhcp.Host.Text;
using BondDhcp.Net;

namespace BondDhcp.Host.Daemon;

/// <summary>What the daemon can do beside its components' work, for commands that ask for it.</summary>
/// <param name="Snapshot">Everything at this moment, or one interface.</param>
/// <param name="Knows">True for an interface that is configured.</param>
/// <param name="Reload">Reads the configuration again; tells the exit code, and what was wrong or null when what it took away is gone.</param>
/// <param name="TakeDown">Takes everything down; the action given is called before the daemon exits, with what went wrong or null.</param>
/// <param name="Now">The present, for the journal's gaps.</param>
internal sealed record DaemonActions(
    Func<string?, DaemonSnapshot> Snapshot, Func<string, bool> Knows, Action<Action<int, string?>> Reload, Action<Action<string?>> TakeDown, Func<DateTimeOffset> Now);

/// <summary>Carries out the requests of the control socket.</summary>
/// <param name="components">What is started and stopped.</param>
/// <param name="journal">What is watched, and told of faults.</param>
/// <param name="daemon">What is beside the components' work.</param>
/// <param name="isEcho">Verb, component and process of a request that only tells what was done here; it changes nothing.</param>
internal sealed class ControlCommands(ComponentSet components, EventJournal journal, DaemonActions daemon, Func<string, string, int, bool> isEcho)
{
    /// <summary>Asks what keeps a command, the first argument, that its caller gave up; the answer is a time-out with the reasons.</summary>
    public const string Unfinished = "unfinished";

    // Callers of wait-online, looked at again whenever something happened.
    private readonly List<(ControlCall Call, Func<bool> Holds)> _waiting = [];

    /// <summary>Something happened: who waits for it is answered.</summary>
    public void Reconsider()
    {
        for (int i = _waiting.Count - 1; i >= 0; i--)
        {
            (ControlCall call, Func<bool> holds) = _waiting[i];
            if (!call.Abandoned && !holds()) continue;
            _waiting.RemoveAt(i);
            call.Succeed();
        }
    }

    /// <summary>Somebody waits.</summary>
    public bool AnyoneWaits => _waiting.Count > 0;

    /// <summary>Carries out one request. A fault in it is that request's alone.</summary>
    public void Handle(ControlCall call)
    {
        try
        {
            Dispatch(call);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            journal.Record("", "daemon", Report.Of("fault", ("message", fault.Message), ("detail", fault.ToString())));
            call.Fail(ExitCode.Failed, $"internal fault: {fault.Message}");
        }
    }

    private void Dispatch(ControlCall call)
    {
        switch (call.Request.Command)
        {
            case "status": WithOptionalInterface(call, name => call.Succeed(json => SnapshotJson.WriteStatus(json, daemon.Snapshot(name)))); break;
            case "lease": WithOptionalInterface(call, name => call.Succeed(json => SnapshotJson.WriteLeases(json, Leased(daemon.Snapshot(name), name)))); break;
            case "watch": WithOptionalInterface(call, name => JournalStream.Follow(call, journal, daemon.Now, name), JournalNames); break;
            case "timeline": WithOptionalInterface(call, name => JournalStream.Replay(call, journal, daemon.Now, name), JournalNames); break;
            case Unfinished: WhyUnfinished(call); break;
            case "wait-online": WithOptionalInterface(call, name => WaitOnline(call, name)); break;
            case "start" or "stop" or "restart" or "renew" or "rebind" or "release" or "acquire" or "reload" when !call.MayChange:
                call.Fail(ExitCode.Failed, "not permitted: changes are for root and the control-group");
                break;
            case "start" or "stop" when call.Request.Arguments is [var only] && isEcho(call.Request.Command, only, call.Peer.ProcessId): call.Succeed(); break;
            case "start": Each(call, components.Start); break;
            case "stop" when call.Request.Arguments.IsEmpty: daemon.TakeDown(error => Answer(call, error)); break;
            case "stop": Each(call, components.Stop); break;
            case "restart": Each(call, components.Restart); break;
            case "renew": Execute(call, DhcpCommand.Renew); break;
            case "rebind": Execute(call, DhcpCommand.Rebind); break;
            case "release": Execute(call, DhcpCommand.Release); break;
            case "acquire": Execute(call, DhcpCommand.Acquire); break;
            case "reload": daemon.Reload((exitCode, problem) => Answer(call, problem, exitCode)); break;
            default: call.Fail(ExitCode.Usage, $"unknown request '{EscapedText.Of(call.Request.Command)}'"); break;
        }
    }

    // Who asks for all leases does not ask for what never has one.
    private static DaemonSnapshot Leased(DaemonSnapshot snapshot, string? name) =>
        name is null ? snapshot with { Interfaces = snapshot.Interfaces.RemoveAll(static one => one.Dhcp4 is null && one.Dhcp6 is null) } : snapshot;

    // An interface that is not configured any more may have events still.
    private bool JournalNames(string interfaceName)
    {
        for (long sequence = journal.FirstSequence; sequence < journal.NextSequence; sequence++)
            if (journal[sequence].Interface == interfaceName) return true;
        return false;
    }

    private void WithOptionalInterface(ControlCall call, Action<string?> then, Func<string, bool>? isKnownToo = null)
    {
        if (call.Request.Arguments is not [var name, ..]) then(null);
        else if (daemon.Knows(name) || (name.Length > 0 && isKnownToo?.Invoke(name) == true)) then(name);
        else call.Fail(ExitCode.Usage, $"'{EscapedText.Of(name)}' is not configured");
    }

    private void WaitOnline(ControlCall call, string? name)
    {
        bool Holds() => OnlineRule.Holds(daemon.Snapshot(name).Interfaces, call.Request.Ipv4, call.Request.Ipv6);
        if (!OnlineRule.Concerns(daemon.Snapshot(name).Interfaces)) call.Fail(ExitCode.Failed, "no interface with DHCP or addresses is configured");
        else if (Holds()) call.Succeed();
        else if (call.Request.Now)
        {
            List<string> reasons = [];
            AddWhyNotOnline(reasons, name, call.Request);
            call.Fail(ExitCode.TimedOut, $"not online: {string.Join("; ", reasons)}");
        }
        else
        {
            _waiting.Add((call, Holds));
            call.Ended += () => _waiting.RemoveAll(waiting => waiting.Call == call);
        }
    }

    private void WhyUnfinished(ControlCall call)
    {
        ControlRequest request = call.Request;
        string verb = request.Arguments is [var first, ..] ? first : "";
        List<string> reasons = [];
        if (verb == "wait-online") AddWhyNotOnline(reasons, request.Arguments is [_, var name, ..] ? name : null, request);
        else
        {
            for (int i = 1; i < request.Arguments.Length; i++)
            {
                if (components.Find(request.Arguments[i]) is { } named) AddWhy(reasons, named);
                foreach (Component one in LeasesOn(request.Arguments[i], request)) AddWhy(reasons, one);
            }
        }
        call.Fail(ExitCode.TimedOut, reasons.Count == 0 ? "timed out" : $"timed out: {string.Join("; ", reasons)}");
    }

    private void AddWhyNotOnline(List<string> reasons, string? name, ControlRequest request)
    {
        foreach (InterfaceSnapshot one in daemon.Snapshot(name).Interfaces)
        {
            if (OnlineRule.WhyNot(one, request.Ipv4, request.Ipv6) is not { } why) continue;
            int known = reasons.Count;
            // Without a way for frames nothing else matters; with one, what the clients say is more than that there is no address.
            if (one.IsUsable)
                foreach (Component lease in LeasesOn(one.Name, request)) AddWhy(reasons, lease);
            if (reasons.Count == known) reasons.Add($"{one.Name}: {why}");
        }
    }

    private static void AddWhy(List<string> reasons, Component one)
    {
        if ((one.Snapshot().Why ?? (one as LeaseComponent)?.ClientState) is { } why) reasons.Add($"{one.Name}: {why}");
    }

    // Of the families that are named, or of those that are configured where none is.
    private List<Component> LeasesOn(string interfaceName, ControlRequest request)
    {
        bool any = request.Ipv4 == request.Ipv6;
        List<Component> leases = [];
        if ((any || request.Ipv4) && components.FindDhcp4(interfaceName) is { } dhcp4) leases.Add(dhcp4);
        if ((any || request.Ipv6) && components.FindDhcp6(interfaceName) is { } dhcp6) leases.Add(dhcp6);
        return leases;
    }

    private void Execute(ControlCall call, DhcpCommand command)
    {
        string name = call.Request.Arguments is [var only] ? only : "";
        if (!daemon.Knows(name)) call.Fail(ExitCode.Usage, $"'{EscapedText.Of(name)}' is not configured");
        else ExecuteOn(call, command, name);
    }

    // Of the families that are named, or of those that are configured where none is.
    private void ExecuteOn(ControlCall call, DhcpCommand command, string name)
    {
        bool any = call.Request.Ipv4 == call.Request.Ipv6;
        LeaseComponent? dhcp4 = any || call.Request.Ipv4 ? components.FindDhcp4(name) : null;
        LeaseComponent? dhcp6 = any || call.Request.Ipv6 ? components.FindDhcp6(name) : null;
        string? missing = call.Request.Ipv4 && dhcp4 is null ? "DHCPv4" : call.Request.Ipv6 && dhcp6 is null ? "DHCPv6" : null;
        if (missing is null && dhcp4 is null && dhcp6 is null) missing = "DHCP";
        if (missing is not null)
        {
            call.Fail(ExitCode.Failed, $"{missing} is not configured on {name}");
            return;
        }
        int left = 1;
        string? first = null;
        void OneLess(string? error)
        {
            first ??= error;
            if (--left == 0) Answer(call, first);
        }
        foreach (LeaseComponent? component in (ReadOnlySpan<LeaseComponent?>)[dhcp6, dhcp4])
        {
            if (component is null) continue;
            left++;
            component.Execute(command, OneLess);
        }
        OneLess(null);
    }

    // "stop bond0" means one of the components on bond0, and only its user knows which.
    private string Meant(string name)
    {
        string[] ofInterface = [.. components.All.Select(one => one.Name).Where(one => one.EndsWith('@' + name, StringComparison.Ordinal))];
        return ofInterface.Length > 0 ? $"; on it are {string.Join(", ", ofInterface)}" : Suggestion.Phrase(name, components.All.Select(one => one.Name));
    }

    // All of them at once; the answer comes with the last.
    private void Each(ControlCall call, Action<Component, Completion> operation)
    {
        ImmutableArray<string> names = call.Request.Arguments;
        foreach (string name in names)
        {
            if (components.Find(name) is not null) continue;
            call.Fail(ExitCode.Usage, $"unknown component '{EscapedText.Of(name)}'{Meant(name)}");
            return;
        }
        int left = names.Length;
        string? firstError = names.IsEmpty ? "which component?" : null;
        if (names.IsEmpty) Answer(call, firstError);
        foreach (string name in names)
        {
            operation(components.Find(name)!, error =>
            {
                firstError ??= error;
                if (--left == 0) Answer(call, firstError);
            });
        }
    }

    private static void Answer(ControlCall call, string? error, int exitCode = ExitCode.Failed)
    {
        if (error is null) call.Succeed();
        else call.Fail(exitCode, error);
    }
}
