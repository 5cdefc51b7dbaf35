using System.Text;
using BondDhcp.Host.Loop;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Resolver;

/// <summary>Acts carried out: one program at a time, or the file.</summary>
internal sealed partial class ResolverRunner
{
    /// <summary>Part of the name under which resolvconf knows what it is told: IFACE.PROGRAM.</summary>
    private const string ProgramName = "bonddhcp";

    private LoopProcess? _process;
    private bool _stepping;
    private long _begun;

    private void Step(ResolverInput input)
    {
        _machine = _machine.Step(input, BoottimeClock.Now);
        // An act that ends at once is an input of its own.
        if (_stepping) return;
        _stepping = true;
        try
        {
            while (_machine.Running is { } act && act.Number != _begun)
            {
                _begun = act.Number;
                // Before it is done: whoever comes after a crash must know that it may have been.
                Record();
                if (act.Target == ResolverTarget.File) EndOfFile(act);
                else Run(act, CallsOf(act));
            }
        }
        finally
        {
            _stepping = false;
        }
        Record();
        _deadline.At = _machine.NextDeadline;
        if (_waiting.Count > 0 && _machine.IsSettled) Settled();
    }

    private void Record()
    {
        if (_record.Write(_machine.Entries) is { } problem) WarnOnce("", problem);
    }

    private IReadOnlyList<ProgramCall> CallsOf(ResolverAct act)
    {
        string name = act.Target.Interface;
        if (act.Target.Way == ResolverWay.Resolvconf)
        {
            string key = $"{name}.{ProgramName}";
            return act.Content is { } told
                ?
                [
                    new ProgramCall(_places.Resolvconf, ["-a", key])
                    {
                        Input = Encoding.ASCII.GetBytes(told.ToResolvConf()),
                        // openresolv puts the lower first; Debian's has an order of its own.
                        Environment = [FormattableString.Invariant($"IF_METRIC={told.Metric}")],
                    },
                ]
                : [new ProgramCall(_places.Resolvconf, ["-d", key])];
        }
        if (act.Content is not { } content) return [new ProgramCall(_places.Resolvectl, ["--", "revert", name])];
        // An empty word takes away what is there.
        return
        [
            new ProgramCall(_places.Resolvectl, ["--", "dns", name, .. OrEmpty(content.ServerList)]),
            new ProgramCall(_places.Resolvectl, ["--", "domain", name, .. OrEmpty(content.SearchList)]),
        ];
    }

    private static string[] OrEmpty(string[] words) => words.Length == 0 ? [""] : words;

    private void Run(ResolverAct act, IReadOnlyList<ProgramCall> calls, int next = 0)
    {
        ProgramCall call = calls[next];
        _process = LoopProcess.Start(_loop, call, result =>
        {
            _process = null;
            if (!result.Succeeded) End(act, result.Why(call.Program));
            else if (next + 1 < calls.Count) Run(act, calls, next + 1);
            else End(act, null);
        }, out string? problem);
        if (_process is null) End(act, problem ?? "it does not start");
    }

    private void EndOfFile(ResolverAct act)
    {
        string? left = null;
        string? error = act.Content is { } content ? _file.Put(content) : _file.TakeBack(out left);
        if (left is null) End(act, error);
        else
        {
            Warn(act.Target.Interface, left);
            Step(new ResolverInput.Ended(null));
        }
    }

    private void End(ResolverAct act, string? error)
    {
        if (error is null) Tell(act);
        WarnOnce($"{act.Target.Way} {act.Target.Interface}", error ?? "", act.Target.Interface);
        Step(new ResolverInput.Ended(error));
    }

    private void Tell(ResolverAct act) => _journal(act.Target.Interface, "resolver", Report.Of(
        "nameServers",
        ("to", ResolverRecord.WordOf(act.Target.Way)),
        ("servers", act.Content?.Servers),
        ("searchDomains", act.Content is { Search.Length: > 0 } content ? content.Search : null),
        ("leftOut", act.Content is { LeftOut.Length: > 0 } cut ? cut.LeftOut : null),
        ("takenBack", act.Content is null ? true : null)));
}
