using BondDhcp.Bond.Links;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Runner;

/// <summary>Start, stop, commands, and what happens after a fault.</summary>
internal abstract partial class DhcpRunner
{
    private readonly Queue<Action<bool, string?>> _commands = new();
    private readonly Queue<Action> _stops = new();

    /// <summary>The client is stopped, and not only idle.</summary>
    protected abstract bool ClientIsStopped { get; }

    /// <summary>Begins, with what is stored; nothing when it is started already.</summary>
    public void Start() => Guard(Begin);

    /// <summary>
    /// Ends. Without <paramref name="release"/> the addresses stay and nothing is sent.
    /// </summary>
    /// <param name="release">Give the lease back and take away exactly what it gave.</param>
    /// <param name="stopped">Is told when that is done: within 100 ms, or a second where the server is waited for.</param>
    public void Stop(bool release, Action stopped)
    {
        _restart.At = Instant.Never;
        if (!Started || ClientIsStopped)
        {
            Fault = null;
            End();
            stopped();
            return;
        }
        _stops.Enqueue(stopped);
        Guard(() => StopClient(release));
    }

    /// <summary>The state that the client is in before it was started.</summary>
    protected abstract void ResetClient();

    /// <summary>Starts the client on the interface, which may not be there yet.</summary>
    protected abstract void StartClient();

    /// <summary>Tells the client to end.</summary>
    protected abstract void StopClient(bool release);

    /// <summary>Puts what is stored where it is not loaded any more.</summary>
    protected abstract void SetStoredAside(string why);

    /// <summary>A command is given to the client; <paramref name="done"/> is told once how it ended, and why where it failed.</summary>
    protected void Command(Action give, Action<bool, string?> done)
    {
        if (!Started)
        {
            done(false, Fault ?? $"{Source} is stopped");
            return;
        }
        _commands.Enqueue(done);
        Guard(give);
    }

    /// <summary>The client ended a command: it answers each once, in the order in which they came.</summary>
    protected void AnswerCommand(bool succeeded, string? why)
    {
        if (_commands.TryDequeue(out Action<bool, string?>? answer)) answer(succeeded, why);
    }

    /// <summary>The client's state as <see cref="Since"/> counts it.</summary>
    protected string StateName { get; private set; } = "stopped";

    /// <summary>While a step is carried out: the client's state before it.</summary>
    public string StateBefore => StateName;

    /// <summary>After a step: the state may be another one.</summary>
    protected void NoteState(string name)
    {
        if (Counters.Failovers.IsOpen) Counters.Failovers.Step(HeldAddress, IsVerifying, Usable);
        if (name == StateName) return;
        StateName = name;
        Since = BoottimeClock.Now;
        if (ClientIsStopped) AnswerStop();
    }

    private void Begin()
    {
        if (Started) return;
        Fault = null;
        ResetClient();
        bool there = Network.Table.TryFind(Configuration.Name, out Link? link) && TryTakeLink(link);
        Usable = there && View.Usable;
        WhyUnusable = there ? View.Why : NotThere;
        Started = true;
        if (Usable) Counters.Acquisitions.Begin(BoottimeClock.Now);
        StartClient();
    }

    private void End()
    {
        Started = false;
        Usable = false;
        Counters.Acquisitions.Stop();
        Deadline.At = Instant.Never;
        LeaveLink();
    }

    private void RefuseCommands(string why)
    {
        while (_commands.TryDequeue(out Action<bool, string?>? answer)) answer(false, why);
        while (_stops.TryDequeue(out Action? stopped)) stopped();
    }

    // Idle after a release is "stopped" too, but only a stop ends the runner.
    private void AnswerStop()
    {
        if (_stops.Count == 0) return;
        End();
        while (_stops.TryDequeue(out Action? stopped)) stopped();
    }

    /// <summary>A fault here is this interface's alone: it is named, and the interface is started again from the store.</summary>
    protected void Guard(Action step)
    {
        if (_disposed) return;
        try
        {
            step();
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            StartAgain(fault);
        }
    }

    private void StartAgain(Exception fault)
    {
        TimeSpan delay = _faults.Note(BoottimeClock.Now, out bool setAside);
        End();
        ResetClient();
        Fault = fault.Message;
        Since = BoottimeClock.Now;
        StateName = "stopped";
        // The text goes into the log once; it is what a report of the fault needs.
        Journal(Report.Of("fault", ("message", fault.Message), ("detail", fault.ToString())));
        if (setAside)
            SetStoredAside(FormattableString.Invariant($"{FaultHistory.MaxFaults} faults in {FaultHistory.Window.TotalSeconds} s"));
        RefuseCommands("internal fault; the interface is started again");
        _restart.At = BoottimeClock.Now + delay;
    }
}
