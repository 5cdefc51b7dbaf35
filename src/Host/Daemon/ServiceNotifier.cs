using System.Diagnostics;
using System.Globalization;
using System.Text;
using BondDhcp.Host.Control.Linux;
using BondDhcp.Host.Loop;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Daemon;

/// <summary>Tells the service manager how the daemon fares (sd_notify(3)); does nothing where there is none.</summary>
internal sealed class ServiceNotifier : IDisposable
{
    private readonly string? _socket;
    private readonly LoopDeadline? _watchdog;
    private readonly TimeSpan _watchdogInterval;

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

    /// <summary>The control socket listens and the interfaces are under way.</summary>
    public void Ready() => Send("READY=1");

    /// <summary>One line for <c>systemctl status</c>.</summary>
    public void Status(string text) => Send("STATUS=" + text);

    /// <summary>A new configuration is being applied; <see cref="Ready"/> follows.</summary>
    public void Reloading() =>
        Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000)}"));

    /// <summary>The end begins.</summary>
    public void Stopping() => Send("STOPPING=1");

    /// <inheritdoc/>
    public void Dispose() => _watchdog?.Dispose();

    private void KeepAlive()
    {
        Send("WATCHDOG=1");
        _watchdog!.At = BoottimeClock.Now + _watchdogInterval;
    }

    // A manager that does not read is no reason to do anything else differently.
    private void Send(string text)
    {
        if (_socket is not null) UnixSocket.SendDatagram(_socket, Encoding.UTF8.GetBytes(text));
    }

    private static bool ForUs(string? processId) =>
        processId is null || processId == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
}
