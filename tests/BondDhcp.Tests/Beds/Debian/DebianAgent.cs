using System.Globalization;

namespace BondDhcp.Tests.Beds.Debian;

/// <summary>The hands of a test in the machine: agent.sh at the other end of a serial port. One script at a time.</summary>
public sealed class DebianAgent : IDisposable
{
    private readonly StreamReader _reader;
    private readonly StreamWriter _writer;
    private readonly string _directory;
    private string _boot = "";
    private int _steps;

    private DebianAgent(Stream stream, string directory)
    {
        _reader = new StreamReader(stream);
        _writer = new StreamWriter(stream) { AutoFlush = true };
        _directory = directory;
        Directory.CreateDirectory(Path.Combine(directory, "steps"));
    }

    /// <summary>Takes the port at a socket that QEMU listens on.</summary>
    /// <param name="path">The socket.</param>
    /// <param name="directory">What is /bed in the machine.</param>
    public static async Task<DebianAgent> ConnectAsync(string path, string directory) => new(await LocalSocket.ConnectAsync(path), directory);

    /// <summary>Waits until the machine is up that was not when this was asked the last time; true when it is.</summary>
    public async Task<bool> WaitForBootAsync(TimeSpan patience)
    {
        using CancellationTokenSource limit = new(patience);
        try
        {
            while (await ReadAsync(limit.Token) is { } words)
            {
                if (words is not ["ready", { } boot] || boot == _boot) continue;
                _boot = boot;
                return true;
            }
        }
        catch (OperationCanceledException)
        {
        }
        return false;
    }

    /// <summary>Asks for a script and does not wait for its end.</summary>
    public async Task<int> BeginAsync(string script)
    {
        int step = ++_steps;
        await File.WriteAllTextAsync(PathOf(step, "sh"), script + "\n");
        await _writer.WriteLineAsync(step.ToString(CultureInfo.InvariantCulture));
        return step;
    }

    /// <summary>Runs a script to its end, or to the first command in it that fails.</summary>
    /// <returns>Its exit code, and what it said.</returns>
    /// <exception cref="BedException">It did not end in time.</exception>
    public async Task<(int ExitCode, string Output)> RunAsync(string script, TimeSpan patience)
    {
        int step = await BeginAsync(script);
        using CancellationTokenSource limit = new(patience);
        try
        {
            while (await ReadAsync(limit.Token) is { } words)
                if (words is ["done", { } number, { } exitCode] && number == step.ToString(CultureInfo.InvariantCulture))
                    return (int.Parse(exitCode, CultureInfo.InvariantCulture), await File.ReadAllTextAsync(PathOf(step, "out")));
        }
        catch (OperationCanceledException)
        {
            throw new BedException($"no end after {patience.TotalSeconds} s: {script}\n{(File.Exists(PathOf(step, "out")) ? File.ReadAllText(PathOf(step, "out")) : "")}");
        }
        throw new BedException($"the machine is gone: {script}");
    }

    public void Dispose()
    {
        _reader.Dispose();
        _writer.Dispose();
    }

    private string PathOf(int step, string extension) => Path.Combine(_directory, "steps", $"{step}.{extension}");

    private async Task<string[]?> ReadAsync(CancellationToken limit) => (await _reader.ReadLineAsync(limit))?.Split(' ');
}
