using BondDhcp.Host.Loop;
using BondDhcp.Host.Systemd;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Supplicants;

/// <summary>Where the supplicant is a unit of systemd's.</summary>
internal sealed partial class SupplicantRunner
{
    private ChildProcess? _systemctl;
    private LoopWatch? _systemctlWatch;
    private LoopProcess? _jobQuery;

    private string EnvironmentPath => StatePath.Of(_runtimeDirectory, "supplicant-", _settings.InterfaceName, ".env");

    private void StartUnit()
    {
        _stamp = FileStamp.Of(_settings.ConfigurationFile);
        _wasAttached = false;
        if (StateFile.WriteForThisBoot(EnvironmentPath, SupplicantUnit.EnvironmentOf(_settings, _file)) is { } problem)
        {
            BackOff($"{EnvironmentPath}: {problem}", failed: true);
            return;
        }
        _owner = Owner.Unit;
        Systemctl("start");
    }

    private void StopUnit()
    {
        Systemctl("stop");
        TryDelete(EnvironmentPath);
    }

    private void RestartUnit() => Systemctl("restart");

    private void Systemctl(string verb)
    {
        _systemctlWatch?.Dispose();
        _systemctl?.Dispose();
        (_systemctlWatch, _systemctl) = (null, null);
        string unit = SupplicantUnit.NameOf(_settings.InterfaceName);
        _systemctl = ChildProcess.Start("systemctl", ["--no-block", verb, unit], default, out string? problem);
        if (_systemctl is null)
        {
            FailUnit($"{problem}");
            return;
        }
        _systemctlWatch = _loop.Register(_systemctl.Descriptor, Readiness.Read, _ => Guard(() =>
        {
            if (_systemctl is null || !_systemctl.TryReap(out ExitStatus status)) return;
            _systemctlWatch?.Dispose();
            _systemctl.Dispose();
            (_systemctlWatch, _systemctl) = (null, null);
            if (status.IsSuccess && verb == "stop") FollowStop();
            if (!status.IsSuccess) FailUnit($"systemctl {verb} {unit} failed ({status}); see 'systemctl status {unit}'");
        }));
    }

    // While systemd stops this daemon, in a shutdown above all, the supplicant's end waits for ours: it is ordered before the
    // daemon, so that a DHCPRELEASE still gets out. Its stop is queued, and that is all there is to wait for.
    private void FollowStop()
    {
        if (!UnitFiles.IsOf("self", UnitFiles.Daemon)) return;
        _jobQuery = LoopProcess.Start(_loop, new ProgramCall("systemctl", ["list-jobs", "--no-legend", "--plain", UnitFiles.Daemon]), answer => Guard(() =>
        {
            _jobQuery = null;
            if (_phase == Phase.Ending && _owner == Owner.Unit && answer.Succeeded && SupplicantUnit.IsHeldBack(answer.LastWords(MaxLastWords))) FinishEnding();
        }), out _);
    }

    private void FailUnit(string why)
    {
        if (_phase == Phase.Ending) Warn(why);
        else BackOff(why, failed: true);
    }
}
