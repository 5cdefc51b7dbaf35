using System.Runtime.InteropServices;
using System.Text;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Linux;
using BondDhcp.Bond.Wpa;
using BondDhcp.Host.Coexistence.Linux;
using BondDhcp.Host.Loop;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Supplicants;

/// <summary>How a supplicant comes to run.</summary>
internal sealed partial class SupplicantRunner
{
    /// <summary>The program.</summary>
    public const string Program = "wpa_supplicant";

    /// <summary>After an end, at first; doubled up to the most while ends follow each other.</summary>
    internal static readonly TimeSpan FirstRetryDelay = TimeSpan.FromSeconds(1);
    internal static readonly TimeSpan MaxRetryDelay = TimeSpan.FromSeconds(60);

    /// <summary>One that ran so long had not failed to start: the next end is a first one.</summary>
    private static readonly TimeSpan s_soundDuration = TimeSpan.FromSeconds(60);

    /// <summary>Whoever started a foreign one may start it again.</summary>
    private static readonly TimeSpan s_foreignDelay = TimeSpan.FromSeconds(5);

    // A few lines; a supplicant that repeats itself must not fill the memory that the runtime directory is.
    private const int MaxLastWords = 512;

    // USER_HZ, of what /proc tells: the same on every machine.
    private const double TicksPerSecond = 100;
    private const int MaxLogLength = 64 * 1024;

    private ChildProcess? _child;
    private ProcessDescriptor? _process;
    private LoopWatch? _processWatch;
    private TimeSpan _retryDelay = FirstRetryDelay;
    private Instant _startedAt;
    private bool _wasAttached;
    private bool _mustReread;

    private string RecordPath => SupplicantRecord.PathOf(_runtimeDirectory, _settings.InterfaceName);

    private string LogPath => StatePath.Of(_runtimeDirectory, "supplicant-", _settings.InterfaceName, ".log");

    private void Begin()
    {
        _retry.At = Instant.Never;
        ReleaseProcess();
        _file = WpaConfigurationFile.Read(_settings.ConfigurationFile);
        bool isThere = _network.Table.TryFind(_settings.InterfaceName, out Link? link);
        _interfaceIndex = link?.Index ?? 0;
        _phase = Phase.Running;
        _owner = Owner.None;
        SupplicantRecord? record = SupplicantRecord.Read(RecordPath, _settings.InterfaceName, _bootId, out string? warning);
        if (warning is not null) Warn(warning);
        ProcessDescriptor? process = record is null ? null : ProcessDescriptor.Open(record.Process);
        if (process is null && FindUnrecorded() is { } found) (record, process) = (found, ProcessDescriptor.Open(found.Process));
        if (record is not null && process is not null) Adopt(record, process);
        else if (!isThere) _phase = Phase.NoInterface;
        else if (WpaSocket.IsListening(_file.SocketOf(_settings.InterfaceName)))
        {
            _owner = SupplicantUnit.IsInstalled && File.Exists(EnvironmentPath) ? Owner.Unit : Owner.Foreign;
            _stamp = FileStamp.Of(_settings.ConfigurationFile);
        }
        else if (SupplicantUnit.IsInstalled) StartUnit();
        else Launch();
        if (_phase == Phase.Running)
        {
            if (link is not null) _connection.Give(new WpaInput.Carrier(link.Carrier));
            _connection.Give(new WpaInput.Expect());
        }
        Tell();
    }

    // A run that was killed between the start of a supplicant and its record leaves one that no record names. Its words go into
    // our log, which was made before it, and its command line names our interface: so it is ours. What else it was started with
    // the command line says too.
    private SupplicantRecord? FindUnrecorded()
    {
        foreach ((ProcessIdentity identity, string[] command) in new ProcessTable().Named(Program))
        {
            // It may have ended meanwhile, or have overwritten its command line.
            int named = Array.IndexOf(command, "-i");
            if (named < 0 || named + 1 >= command.Length || command[named + 1] != _settings.InterfaceName) continue;
            if (!KernelFile.IsSame(FormattableString.Invariant($"/proc/{identity.Pid}/fd/1"), LogPath)) continue;
            bool asWanted = command.AsSpan(1).SequenceEqual(CollectionsMarshal.AsSpan(Arguments()));
            // Read anew where it may have been changed since: when the process began is known to a hundredth of a second.
            DateTime began = DateTime.UtcNow - (BoottimeClock.Now - Instant.FromSeconds(identity.StartTicks / TicksPerSecond));
            bool asRead = File.GetLastWriteTimeUtc(_settings.ConfigurationFile) < began;
            SupplicantRecord record = new(
                _bootId, identity, _interfaceIndex, asWanted ? _settings : _settings with { Driver = "" }, asRead ? FileStamp.Of(_settings.ConfigurationFile) : default);
            Record(record);
            return record;
        }
        return null;
    }

    // One that we started before: as ours, if it is what is wanted now.
    private void Adopt(SupplicantRecord record, ProcessDescriptor process)
    {
        _owner = Owner.Ours;
        _stamp = record.Stamp;
        _mustReread = FileStamp.Of(_settings.ConfigurationFile) != record.Stamp;
        _wasAttached = true;
        _startedAt = BoottimeClock.Now;
        Hold(process);
        if (record.Settings != _settings || record.InterfaceIndex != _interfaceIndex) End(Begin);
    }

    private void Launch()
    {
        _stamp = FileStamp.Of(_settings.ConfigurationFile);
        _wasAttached = false;
        _startedAt = BoottimeClock.Now;
        using FileDescriptor? log = TryCreateLog();
        _child = ChildProcess.Start(Program, Arguments(), new ChildStreams(null, log, log), out string? problem);
        if (_child is null)
        {
            BackOff($"{problem}; it comes with the package wpasupplicant (wpa_supplicant)", failed: true);
            return;
        }
        _owner = Owner.Ours;
        Hold(_child.Process);
        Record(new SupplicantRecord(_bootId, _child.Identity, _interfaceIndex, _settings, _stamp));
    }

    private List<string> Arguments()
    {
        List<string> arguments =
            ["-q", "-i", _settings.InterfaceName, "-D", _settings.Driver, "-c", _settings.ConfigurationFile];
        // wpa_cli and wpa_gui need a control socket as much as we do.
        if (!_file.NamesDirectory) arguments.AddRange(["-O", WpaConfigurationFile.DefaultDirectory]);
        return arguments;
    }

    private void Record(SupplicantRecord record)
    {
        if (record.Write(RecordPath) is { } notWritten) Warn($"the supplicant will not be known as ours to the next run: {notWritten}");
    }

    private FileDescriptor? TryCreateLog()
    {
        try
        {
            return OutputFile.Create(LogPath);
        }
        catch (LinuxException error)
        {
            Warn($"what wpa_supplicant says at its start is lost: {error.Message}");
            return null;
        }
    }

    private void Hold(ProcessDescriptor process)
    {
        _process = process;
        _processWatch = _loop.Register(process.Descriptor, Readiness.Read, _ => Guard(FollowEnd));
    }

    private void FollowEnd()
    {
        string how = _child is not null && _child.TryReap(out ExitStatus status) ? status.ToString() : "its process is gone";
        ReleaseProcess();
        _connection.Give(new WpaInput.Refused());
        Forget();
        if (_phase == Phase.Ending)
        {
            FinishEnding();
            return;
        }
        if (_wasAttached)
        {
            if (BoottimeClock.Now - _startedAt >= s_soundDuration) _retryDelay = FirstRetryDelay;
            BackOff($"wpa_supplicant ended ({how}); it is started again", failed: false);
        }
        else BackOff($"wpa_supplicant does not start ({how}): {LastWords()}", failed: true);
    }

    private void BackOff(string why, bool failed)
    {
        Restarts++;
        if (_trouble != why) Warn(why);
        (_trouble, _failed, _phase, _owner) = (why, failed, Phase.BackingOff, Owner.None);
        _retry.At = BoottimeClock.Now + _retryDelay;
        TimeSpan next = _retryDelay * 2;
        _retryDelay = next > MaxRetryDelay ? MaxRetryDelay : next;
        Tell();
    }

    private string LastWords()
    {
        string[] lines = Encoding.UTF8.GetString(OutputFile.ReadEnd(LogPath, MaxLastWords))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lines.Length == 0) return "it said nothing";
        return string.Join("; ", lines.Skip(lines.Length - 3).Select(line => EscapedText.Of(line)));
    }

    private void ReleaseProcess()
    {
        _processWatch?.Dispose();
        _peerWatch?.Dispose();
        _child?.Dispose();
        _process?.Dispose();
        _peer?.Dispose();
        (_processWatch, _peerWatch, _child, _process, _peer) = (null, null, null, null, null);
    }
}
