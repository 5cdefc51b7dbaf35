using BondDhcp.Bond.Linux;
using BondDhcp.Bond.Wpa;
using BondDhcp.Host.Loop;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Supplicants;

/// <summary>Follows the radio switches of this host. It only looks: nothing is ever unblocked.</summary>
internal sealed class RfkillWatch : IDisposable
{
    // Longer than any event, so that one read takes one whole.
    private const int BufferLength = 32;

    // Every device of a machine, many times over; the rest comes in the next turn.
    private const int MaxEventsPerTurn = 64;

    private readonly RfkillTable _table = new();
    private readonly RfkillDevice? _device;
    private readonly LoopWatch? _watch;
    private readonly string _sysfs;

    /// <summary>Follows them in the loop; where the device is missing or closed to us, nothing is known, which the journal is told once.</summary>
    public RfkillWatch(EventLoop loop, Action<string, Report> journal, string path = RfkillDevice.DefaultPath, string sysfs = "/sys")
    {
        _sysfs = sysfs;
        _device = RfkillDevice.TryOpen(path, out string? problem);
        if (_device is null)
        {
            journal("supplicant", Report.Of("warning", ("message", $"{path}: {problem}; a radio that is switched off is not told of")));
            return;
        }
        Drain();
        _watch = loop.Register(_device.Descriptor, Readiness.Read, _ =>
        {
            if (Drain()) Changed?.Invoke();
        });
    }

    /// <summary>A switch changed.</summary>
    public event Action? Changed;

    /// <summary>Events that made no sense.</summary>
    public long Ignored { get; private set; }

    /// <summary>Why the radio of an interface is off; null when it is not, or has no switch.</summary>
    public string? WhyBlocked(string interfaceName) =>
        _device is null ? null : _table.WhyBlocked(RfkillDevice.SwitchesOf(interfaceName, _sysfs));

    /// <inheritdoc/>
    public void Dispose()
    {
        _watch?.Dispose();
        _device?.Dispose();
    }

    private bool Drain()
    {
        bool changed = false;
        Span<byte> buffer = stackalloc byte[BufferLength];
        for (int i = 0; i < MaxEventsPerTurn; i++)
        {
            int length = _device!.Read(buffer);
            if (length == 0) break;
            if (RfkillEvent.Parse(buffer[..length]) is { } told) changed |= _table.Take(told);
            else Ignored++;
        }
        return changed;
    }
}
