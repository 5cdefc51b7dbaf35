using System.Diagnostics;
using System.Text;

namespace BondDhcp.Tests.Beds;

/// <summary>A program that runs in a namespace for the length of a test, with its output kept line by line.</summary>
public sealed class BedProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly Task _reading;

    private BedProcess(string name, ProcessStartInfo start)
    {
        Name = name;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.StandardOutputEncoding = Encoding.UTF8;
        start.StandardErrorEncoding = Encoding.UTF8;
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{name} did not start");
        _process.StandardInput.Close();
        _reading = Task.WhenAll(ReadAsync(_process.StandardOutput), ReadAsync(_process.StandardError));
    }

    /// <summary>Starts a program; its standard input is at its end from the start.</summary>
    public static BedProcess Start(string name, ProcessStartInfo start) => new(name, start);

    public string Name { get; }

    /// <summary>Process id in the test's own pid namespace.</summary>
    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public IReadOnlyList<string> Lines
    {
        get { lock (_lines) return [.. _lines]; }
    }

    public string Output => string.Join('\n', Lines);

    /// <summary>Waits for a line of output, and fails with all of it when it does not come or the program ends first.</summary>
    public async Task<string> WaitForLineAsync(Func<string, bool> wanted, TimeSpan patience)
    {
        string? found = null;
        await Wait.UntilAsync(() => (found = Lines.FirstOrDefault(wanted)) is not null || _process.HasExited, patience, $"a line of {Name}", () => Output);
        if (found is not null) return found;
        await _reading.WaitAsync(patience);
        return Lines.FirstOrDefault(wanted) ?? throw new BedException($"{Name} ended with {_process.ExitCode}:\n{Output}");
    }

    /// <summary>Sends a signal by its name without SIG, such as "TERM".</summary>
    public void Signal(string signal) => Programs.Run("/bin/sh", "-c", $"kill -{signal} {Id}");

    /// <summary>Waits for the end and returns the exit code.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan patience)
    {
        await Wait.ForAsync(_process.WaitForExitAsync(), patience, $"the end of {Name}", () => Output);
        await _reading.WaitAsync(patience);
        return _process.ExitCode;
    }

    /// <summary>SIGTERM, and SIGKILL for what does not listen.</summary>
    public async Task StopAsync()
    {
        if (!_process.HasExited)
        {
            // A stopped process takes the SIGTERM only once it goes on; by then it may be gone.
            Programs.Run("/bin/sh", "-c", $"kill -TERM {Id}; kill -CONT {Id}; true");
            using CancellationTokenSource patience = new(TimeSpan.FromSeconds(5));
            await _process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await KillAsync();
    }

    /// <summary>SIGKILL, for its children too.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await WaitForExitAsync(TimeSpan.FromSeconds(10));
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
            lock (_lines) _lines.Add(line);
    }
}
