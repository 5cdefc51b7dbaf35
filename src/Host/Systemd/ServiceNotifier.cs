using System.Diagnostics;
using System.Globalization;
using System.Text;
using BondDhcp.Host.Control.Linux;
using BondDhcp.Host.Loop;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Systemd;

/// <summary>Tells the service manager how the daemon fares (sd_notify(3)); does nothing where there is none.</summary>
internal sealed class ServiceNotifier : IDisposable
{
    private readonly string? _socket;
    private readonly LoopDeadline? _watchdog;
    private readonly TimeSpan _watchdogInterval;
    private FileDescriptor? _sender;
    private string _status = "";

    /// <summary>Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID by <paramref name="environment"/>.</summary>
    public ServiceNotifier(EventLoop loop, Func<string, string?> environment)
    {
        _socket = environment("NOTIFY_SOCKET") is { Length: > 1 } name && name[0] is '/' or '@' ? name : null;
        if (_socket is null || !ForUs(environment("WATCHDOG_PID"))) return;
        if (!long.TryParse(environment("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out long microseconds)) return;
        // Half of what the manager waits, as sd_watchdog_enabled(3) advises.
        _watchdogInterval = TimeSpan.FromMicroseconds(microseconds / 2.0);
        _watchdog = loop.AddDeadline(KeepAlive);
        KeepAlive();
    }

    /// <summary>There is a service manager.</summary>
    public bool IsHeard => _socket is not null;

    /// <summary>The control socket listens and the interfaces are under way; after <see cref="Reloading"/>, the new configuration is in force.</summary>
    public void Ready() => Send("READY=1");

    /// <summary>One line for <c>systemctl status</c>; the same again is not sent.</summary>
    public void Status(string text)
    {
        if (text == _status) return;
        _status = text;
        Send("STATUS=" + text);
    }

    /// <summary>A new configuration is being applied; <see cref="Ready"/> follows.</summary>
    public void Reloading() =>
        Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000)}"));

    /// <summary>The end begins, and may take so long: who set a shorter limit than that is asked for patience.</summary>
    public void Stopping(TimeSpan longest)
    {
        Send("STOPPING=1");
        Send(string.Create(CultureInfo.InvariantCulture, $"EXTEND_TIMEOUT_USEC={(long)longest.TotalMicroseconds}"));
    }

    /// <summary>
    /// Gives the manager a file to keep, under a name, until <see cref="Forget"/> or the service's end; the next start
    /// finds it among its <see cref="Linux.InheritedDescriptors"/>. FDPOLL=0: it is not looked at meanwhile.
    /// </summary>
    public void Keep(string name, FileDescriptor file) => Send($"FDSTORE=1\nFDNAME={name}\nFDPOLL=0", file);

    /// <summary>The manager drops what it keeps under this name.</summary>
    public void Forget(string name) => Send($"FDSTOREREMOVE=1\nFDNAME={name}");

    /// <inheritdoc/>
    public void Dispose()
    {
        _watchdog?.Dispose();
        _sender?.Dispose();
        _sender = null;
    }

    private void KeepAlive()
    {
        Send("WATCHDOG=1");
        _watchdog!.At = BoottimeClock.Now + _watchdogInterval;
    }

    // A manager that does not read, or that cannot be reached, is no reason to do anything else differently. The socket is
    // kept: where no descriptor is left, the watchdog would otherwise take a daemon for dead that lives.
    private void Send(string text, FileDescriptor? attached = null)
    {
        if (_socket is null) return;
        try
        {
            _ = UnixDatagram.Send(_sender ??= UnixDatagram.Open(), _socket, Encoding.UTF8.GetBytes(text), attached);
        }
        catch (Exception error) when (error is LinuxException or IOException)
        {
            // No descriptor is left, or no socket can have that name.
        }
    }

    private static bool ForUs(string? processId) =>
        processId is null || processId == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
}
