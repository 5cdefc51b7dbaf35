using BondDhcp.Host.Components;
using BondDhcp.Host.Loop;
using BondDhcp.Host.Systemd;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Daemon;

/// <summary>The ways in which the daemon comes to its end.</summary>
internal sealed partial class DaemonProcess
{
    /// <summary>SIGTERM promises an end within 2 s where nothing is taken down.</summary>
    private static readonly TimeSpan s_longestEnd = TimeSpan.FromSeconds(1.5);

    /// <summary>A lease to give back, slaves to free, a supplicant that says goodbye to its access point: and a reserve.</summary>
    private static readonly TimeSpan s_longestTakeDown = TimeSpan.FromSeconds(10);

    /// <summary>For the units of components, once these are gone: each of them asks this daemon once more.</summary>
    private static readonly TimeSpan s_longestUnits = TimeSpan.FromSeconds(10);

    /// <summary>For the units, and what comes after the loop on a slow machine.</summary>
    private static readonly TimeSpan s_reserve = s_longestUnits + TimeSpan.FromSeconds(5);

    /// <summary>
    /// For what comes after the loop: the last line of the log, stored leases, sockets to close. None of it needs the loop;
    /// a disk or a log that nobody reads may hold it up, and then it has been long enough.
    /// </summary>
    private static readonly TimeSpan s_longestGoodbye = TimeSpan.FromSeconds(10);

    private bool _ending;
    private string _endedBy = "";
    private bool _takenDown;
    private bool _isDown;
    private Action<string?>? _lastWord;
    private string? _leftOver;

    private void OnSignal(DaemonSignal signal)
    {
        switch (signal)
        {
            case DaemonSignal.Reload: Reload(static (_, _) => { }); break;
            case DaemonSignal.HandOver: End("SIGUSR2", done => _components.EndAll(static _ => false, done), s_longestEnd); break;
            default: End(signal == DaemonSignal.Interrupt ? "SIGINT" : "SIGTERM", _components.EndAtTerm, _components.TakesDownAtTerm ? s_longestTakeDown : s_longestEnd); break;
        }
    }

    // Who asks while it is under way is answered with the one before: to be in a hurry is for signals.
    private void TakeDown(Action<string?> answer)
    {
        _lastWord += answer;
        if (_ending) return;
        _takenDown = true;
        End("stop", done => _components.EndAll(static _ => true, failure =>
        {
            _leftOver = failure;
            _isDown = true;
            _giveUp.At = BoottimeClock.Now + s_longestUnits;
            _units.StopAll(() => done(failure));
        }), s_longestTakeDown);
    }

    private void GiveUp()
    {
        // Units that were not stopped in time find no daemon to ask, which is told in their own state.
        if (!_isDown) _leftOver = "not everything could be taken down in time; 'ip addr' and 'ip link' show what is left";
        _loop.Stop();
    }

    private void End(string by, Action<Completion> endAll, TimeSpan longest)
    {
        if (_ending)
        {
            _loop.Stop(); // asked twice: at once
            return;
        }
        _notifier.Stopping(longest + s_reserve);
        _ending = true;
        _endedBy = by;
        _giveUp.At = BoottimeClock.Now + longest;
        // Where the loop itself is held up, nobody gives up.
        ProcessEnd.Within(longest + s_reserve);
        endAll(failure =>
        {
            _leftOver = failure;
            _loop.Stop();
        });
    }

    private void SayGoodbye()
    {
        ProcessEnd.Within(s_longestGoodbye);
        _interfaces.SettleKeeping();
        _journal.Record("", "daemon", Report.Of(JournalKeeping.EndedEvent, ("by", _endedBy), ("leftOver", _leftOver)));
        // Nothing of ours is there any more, and so nothing is to be gone on with.
        if (_takenDown) _keeping?.Drop();
        _lastWord?.Invoke(_leftOver);
        _host?.Stop();
    }
}
