using System.Globalization;

namespace BondDhcp.Tests.Beds;

/// <summary>One line of <c>ip monitor</c>.</summary>
/// <param name="At">When the kernel's message was read, to the microsecond.</param>
/// <param name="Deleted">A deletion.</param>
/// <param name="Text">The rest of the line.</param>
public sealed record KernelEvent(DateTime At, bool Deleted, string Text)
{
    /// <summary>Whether this is about an IPv4 address on an interface (and not a route or a link).</summary>
    public bool IsAddress(string interfaceName) => Text.Contains($": {interfaceName} ", StringComparison.Ordinal) && Text.Contains(" inet ", StringComparison.Ordinal);

    /// <summary>The address with its prefix length of an address event.</summary>
    public string Address => Text.Split(" inet ", 2)[1].Split(' ', 2)[0];

    /// <summary>Reads a line of <c>ip -ts -o monitor</c>.</summary>
    /// <param name="line">The line.</param>
    /// <param name="zone">Whether its time is this machine's or universal.</param>
    public static KernelEvent Parse(string line, DateTimeStyles zone = DateTimeStyles.AssumeLocal)
    {
        int end = line.IndexOf(']', StringComparison.Ordinal);
        DateTime at = DateTime.Parse(line.AsSpan(1, end - 1), CultureInfo.InvariantCulture, zone | DateTimeStyles.AdjustToUniversal);
        string text = line[(end + 2)..];
        bool deleted = text.StartsWith("Deleted ", StringComparison.Ordinal);
        return new(at, deleted, deleted ? text["Deleted ".Length..] : text);
    }

    public override string ToString() => $"{At:HH:mm:ss.ffffff} {(Deleted ? "DEL " : "")}{Text}";
}

/// <summary>The kernel's own stream of link, address and route events in a namespace.</summary>
public sealed class KernelEvents : IAsyncDisposable
{
    private readonly BedProcess _monitor;

    private KernelEvents(BedProcess monitor) => _monitor = monitor;

    /// <summary>Starts listening, and returns when events are really seen.</summary>
    public static async Task<KernelEvents> StartAsync(NetworkNamespace where)
    {
        KernelEvents events = new(BedProcess.Start("ip monitor", where.Program("ip", "-ts", "-o", "monitor", "link", "address", "route")));
        // ip says nothing when its socket is ready: change something harmless until it is seen.
        for (int attempt = 0; events._monitor.Lines.Count == 0; attempt++)
        {
            if (attempt == 100) throw new BedException($"ip monitor shows nothing:\n{events._monitor.Output}");
            where.Ip($"link set lo alias seen{attempt}");
            await Task.Delay(10);
        }
        return events;
    }

    public IReadOnlyList<KernelEvent> All => [.. _monitor.Lines.Where(line => line.StartsWith('[')).Select(line => KernelEvent.Parse(line))];

    /// <summary>Address events of one interface, oldest first.</summary>
    public IReadOnlyList<KernelEvent> Addresses(string interfaceName) => [.. All.Where(e => e.IsAddress(interfaceName))];

    /// <summary>Waits for an event that is at or after an index of <see cref="All"/>.</summary>
    public async Task<KernelEvent> WaitForAsync(Func<KernelEvent, bool> wanted, TimeSpan patience, string what, int from = 0)
    {
        KernelEvent? found = null;
        await Wait.UntilAsync(() => (found = All.Skip(from).FirstOrDefault(wanted)) is not null, patience, what, () => ToString());
        return found!;
    }

    public override string ToString() => string.Join('\n', All);

    public ValueTask DisposeAsync() => _monitor.DisposeAsync();
}
