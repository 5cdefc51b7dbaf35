using BondDhcp.Bond.Linux;
using BondDhcp.Bond.Wpa;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Supplicants;

/// <summary>How a supplicant of ours comes to its end.</summary>
internal sealed partial class SupplicantRunner
{
    /// <summary>It deauthenticates, flushes and removes its socket, which takes some tens of milliseconds.</summary>
    private static readonly TimeSpan s_endDuration = TimeSpan.FromSeconds(3);

    private Action? _afterEnd;

    // Ends what is ours and goes on with the action; what is not ours is only let go of.
    private void End(Action then)
    {
        _afterEnd = then;
        if (_phase == Phase.Ending) return;
        _retry.At = Instant.Never;
        _phase = Phase.Ending;
        if (_owner == Owner.Ours && _process is not null && _process.Terminate())
            _limit.At = BoottimeClock.Now + s_endDuration;
        else if (_owner == Owner.Unit)
        {
            _limit.At = BoottimeClock.Now + s_endDuration;
            StopUnit();
        }
        else if (_process is null) FinishEnding();
        else _limit.At = BoottimeClock.Now + s_endDuration; // it has ended already, which its pidfd is about to tell
        Tell();
    }

    private void LoseEnding()
    {
        if (_phase != Phase.Ending) return;
        if (_process is null)
        {
            if (_owner == Owner.Unit) Warn("the unit of the supplicant does not end");
            FinishEnding();
        }
        else if (_process.Kill()) _limit.At = BoottimeClock.Now + s_endDuration;
    }

    private void FinishEnding()
    {
        _limit.At = Instant.Never;
        ReleaseProcess();
        (_owner, _trouble, _failed, _retryDelay) = (Owner.None, null, false, FirstRetryDelay);
        _connection.Give(new WpaInput.Halt());
        // A later Start or Stop may have replaced it meanwhile: the last one counts.
        Action? then = _afterEnd;
        _afterEnd = null;
        then?.Invoke();
    }

    // What belonged to a process of ours that is gone. After SIGKILL its socket is still there, and nobody listens.
    private void Forget()
    {
        if (_owner != Owner.Ours) return;
        TryDelete(RecordPath);
        string socket = _file.SocketOf(_settings.InterfaceName);
        if (File.Exists(socket) && !WpaSocket.IsListening(socket)) TryDelete(socket);
        if (_phase == Phase.Ending) TryDelete(LogPath);
    }

    private void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Warn($"{path} cannot be removed: {IoFailure.Of(error, path)}");
        }
    }
}
