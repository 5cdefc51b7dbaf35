using BondDhcp.Bond.Links;
using BondDhcp.Dhcp.Client;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Runner;

/// <summary>Start, stop, commands, reload, and what happens after a fault.</summary>
internal sealed partial class InterfaceRunner
{
    private readonly Queue<Action<bool, string?>> _commands = new();
    private readonly Queue<Action> _stops = new();

    /// <summary>Begins, with what is stored; nothing when it is started already.</summary>
    public void Start() => Guard(Begin);

    /// <summary>
    /// Ends. Without <paramref name="release"/> the address stays and nothing is sent.
    /// </summary>
    /// <param name="release">Send DHCPRELEASE and take away exactly what the lease gave.</param>
    /// <param name="stopped">Is told when that is done, within 100 ms.</param>
    public void Stop(bool release, Action stopped)
    {
        _restart.At = Instant.Never;
        if (!_started || Client.State is Dhcp4State.Stopped)
        {
            Fault = null;
            End();
            stopped();
            return;
        }
        _stops.Enqueue(stopped);
        Guard(() => Feed(new Dhcp4Input.Stop(release)));
    }

    /// <summary>Gives a command; <paramref name="done"/> is told once how it ended, and why where it failed.</summary>
    public void Command(DhcpCommand command, Action<bool, string?> done)
    {
        if (!_started)
        {
            done(false, Fault ?? "dhcp4 is stopped");
            return;
        }
        _commands.Enqueue(done);
        Guard(() => Feed(new Dhcp4Input.Command(command)));
    }

    /// <summary>
    /// Goes on under another configuration with the lease it has. Only another client identifier is another client: the
    /// lease is given back and a new one is acquired.
    /// </summary>
    public void Reconfigure(InterfaceRunnerOptions options)
    {
        bool sameClient = options.Dhcp4.ClientIdentifier.AsSpan().SequenceEqual(Options.Dhcp4.ClientIdentifier.AsSpan());
        if (sameClient || !_started)
        {
            Options = options;
            Client = Client with { Settings = options.Dhcp4 };
            Guard(ConfigureAgain);
            return;
        }
        Stop(release: true, () =>
        {
            Options = options;
            Start();
        });
    }

    private void Begin()
    {
        if (_started) return;
        Fault = null;
        Client = Dhcp4Client.Create(Options.Dhcp4);
        bool there = _network.Table.TryFind(Options.Name, out Link? link) && TryTakeLink(link);
        _usable = there && _view.Usable;
        _whyUnusable = there ? _view.Why : NotThere;
        _started = true;

        Dhcp4Memory memory = _memory.Load();
        Adopt(memory);
        bool present = !memory.Leases.IsEmpty && _owned.Addresses.Contains(memory.Leases[0].Prefix);
        Feed(new Dhcp4Input.Start(memory, present, _usable, _whyUnusable));
    }

    private void End()
    {
        _started = false;
        _usable = false;
        _deadline.At = Instant.Never;
        LeaveLink();
    }

    private void AnswerCommand(Dhcp4Effect.CommandDone done)
    {
        // The machine answers each command once, in the order in which they came.
        if (_commands.TryDequeue(out Action<bool, string?>? answer)) answer(done.Succeeded, done.Why);
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
    private void Guard(Action step)
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
        TimeSpan delay = _faults.Note(BoottimeClock.Now, out bool setLeaseAside);
        End();
        Client = Dhcp4Client.Create(Options.Dhcp4);
        Fault = fault.Message;
        Since = BoottimeClock.Now;
        _stateName = "stopped";
        // The text goes into the log once; it is what a report of the fault needs.
        Journal(Report.Of("fault", ("message", fault.Message), ("detail", fault.ToString())));
        if (setLeaseAside)
            _memory.SetAside(FormattableString.Invariant($"{FaultHistory.MaxFaults} faults in {FaultHistory.Window.TotalSeconds} s"));
        RefuseCommands("internal fault; the interface is started again");
        _restart.At = BoottimeClock.Now + delay;
    }
}
