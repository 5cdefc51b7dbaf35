using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BondDhcp.Tests.Beds.Debian;

/// <summary>QEMU's monitor, in its machine protocol (docs/interop/qmp-spec).</summary>
public sealed class QemuMonitor : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly StreamReader _reader;
    private readonly StreamWriter _writer;
    private readonly List<string> _events = [];

    private QemuMonitor(NetworkStream stream)
    {
        _reader = new StreamReader(stream);
        _writer = new StreamWriter(stream) { AutoFlush = true };
    }

    /// <summary>Takes the monitor at a socket that QEMU listens on.</summary>
    public static async Task<QemuMonitor> ConnectAsync(string path)
    {
        QemuMonitor monitor = new(await LocalSocket.ConnectAsync(path));
        await monitor.DoAsync("qmp_capabilities");
        return monitor;
    }

    /// <summary>Carries out a command.</summary>
    /// <exception cref="BedException">QEMU refuses, or does not answer.</exception>
    public async Task DoAsync(string command, JsonObject? arguments = null)
    {
        JsonObject request = new() { ["execute"] = command };
        if (arguments is not null) request["arguments"] = arguments;
        await _writer.WriteLineAsync(request.ToJsonString());
        await ReadUntilAsync(line =>
        {
            if (line.TryGetProperty("error", out JsonElement error)) throw new BedException($"QEMU: {request.ToJsonString()}: {error}");
            return line.TryGetProperty("return", out _);
        }, command);
    }

    /// <summary>Waits for an event of the machine; those that came before count.</summary>
    /// <param name="name">The event.</param>
    /// <param name="device">The device that it names; null for one that names none.</param>
    public async Task WaitForEventAsync(string name, string? device = null)
    {
        bool IsIt(string text) => text.Contains($"\"{name}\"", StringComparison.Ordinal) && (device is null || text.Contains($"\"{device}\"", StringComparison.Ordinal));
        if (_events.RemoveAll(IsIt) > 0) return;
        await ReadUntilAsync(line => IsIt(line.GetRawText()), name);
    }

    public void Dispose()
    {
        _reader.Dispose();
        _writer.Dispose();
    }

    private async Task ReadUntilAsync(Func<JsonElement, bool> wanted, string what)
    {
        using CancellationTokenSource limit = new(Patience);
        while (true)
        {
            string? line;
            try
            {
                line = await _reader.ReadLineAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw new BedException($"QEMU's monitor did not answer: {what}");
            }
            using JsonDocument document = JsonDocument.Parse(line ?? throw new BedException($"QEMU's monitor is gone: {what}"));
            if (wanted(document.RootElement)) return;
            if (document.RootElement.TryGetProperty("event", out _)) _events.Add(line);
        }
    }
}
