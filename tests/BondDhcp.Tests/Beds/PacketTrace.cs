using System.Buffers.Binary;
using System.Diagnostics;

namespace BondDhcp.Tests.Beds;

/// <summary>What passes on an interface of a namespace, seen as it passes: tcpdump's capture, decoded here.</summary>
public sealed class PacketTrace : IAsyncDisposable
{
    private readonly Process _tcpdump;
    private readonly List<TracedFrame> _frames = [];
    private readonly MemoryStream _capture = new();
    private readonly Task _reading;

    private PacketTrace(Process tcpdump)
    {
        _tcpdump = tcpdump;
        _reading = ReadAsync(tcpdump.StandardOutput.BaseStream);
    }

    /// <summary>Starts capturing, and returns when frames are being captured.</summary>
    public static async Task<PacketTrace> StartAsync(NetworkNamespace where, string interfaceName, string filter = "arp or udp port 67 or udp port 68 or icmp")
    {
        ProcessStartInfo start = where.Program("tcpdump", "-i", interfaceName, "-U", "--immediate-mode", "-Z", "root", "-s", "0", "-w", "-", filter);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        Process tcpdump = Process.Start(start) ?? throw new BedException("tcpdump did not start");
        List<string> said = [];
        while (await tcpdump.StandardError.ReadLineAsync() is { } line)
        {
            said.Add(line);
            if (line.Contains("listening on", StringComparison.Ordinal)) return new(tcpdump);
        }
        throw new BedException($"tcpdump: {string.Join('\n', said)}");
    }

    public IReadOnlyList<TracedFrame> Frames
    {
        get { lock (_frames) return [.. _frames]; }
    }

    /// <summary>DHCP messages, oldest first; <paramref name="message"/> is a name without DHCP, null for all.</summary>
    public IReadOnlyList<TracedFrame> Dhcp(string? message = null, int from = 0) =>
        [.. Frames.Skip(from).Where(f => f.Dhcp is not null && (message is null || f.Dhcp.Message == message))];

    /// <summary>How many frames there are: a mark for "from here on".</summary>
    public int Mark => Frames.Count;

    /// <summary>Waits for a frame at or after a mark.</summary>
    public async Task<TracedFrame> WaitForAsync(Func<TracedFrame, bool> wanted, TimeSpan patience, string what, int from = 0)
    {
        TracedFrame? found = null;
        await Wait.UntilAsync(() => (found = Frames.Skip(from).FirstOrDefault(wanted)) is not null, patience, what, () => ToString());
        return found!;
    }

    /// <summary>Waits for a DHCP message by its name without DHCP.</summary>
    public Task<TracedFrame> WaitForDhcpAsync(string message, TimeSpan patience, int from = 0, Func<TracedDhcp, bool>? wanted = null) =>
        WaitForAsync(f => f.Dhcp?.Message == message && (wanted is null || wanted(f.Dhcp)), patience, "DHCP" + message, from);

    /// <summary>Writes what was captured as a pcap file.</summary>
    public void Save(string path)
    {
        lock (_frames) File.WriteAllBytes(path, _capture.ToArray());
    }

    public override string ToString() => string.Join('\n', Frames);

    public async ValueTask DisposeAsync()
    {
        if (!_tcpdump.HasExited) _tcpdump.Kill();
        await _reading;
        _tcpdump.Dispose();
        await _capture.DisposeAsync();
    }

    // The classic pcap format in this machine's byte order: a header of 24 bytes, then seconds, microseconds, captured length, length, frame.
    private async Task ReadAsync(Stream pcap)
    {
        byte[] header = new byte[24];
        if (await pcap.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false) < header.Length) return;
        lock (_frames) _capture.Write(header);
        byte[] record = new byte[16];
        while (await pcap.ReadAtLeastAsync(record, record.Length, throwOnEndOfStream: false) == record.Length)
        {
            byte[] frame = new byte[BinaryPrimitives.ReadInt32LittleEndian(record.AsSpan(8))];
            if (await pcap.ReadAtLeastAsync(frame, frame.Length, throwOnEndOfStream: false) < frame.Length) return;
            DateTime at = DateTime.UnixEpoch.AddSeconds(BinaryPrimitives.ReadUInt32LittleEndian(record)).AddMicroseconds(BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan(4)));
            lock (_frames)
            {
                _frames.Add(TracedFrame.Read(at, frame));
                _capture.Write(record);
                _capture.Write(frame);
            }
        }
    }
}
