using System.Text;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Loop;

/// <summary>A program to run, what it reads, and how long it may take.</summary>
/// <param name="Program">A path, or a name that is looked for in the system's directories.</param>
/// <param name="Arguments">Those after its own name.</param>
internal sealed record ProgramCall(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>Its standard input; empty for /dev/null.</summary>
    public ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>NAME=VALUE, beside PATH and LC_ALL.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>After this it is told to end, with everything it started; a little later it is made to.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>How a program ended.</summary>
/// <param name="Status">Exit code or signal.</param>
/// <param name="TimedOut">Its time was over.</param>
/// <param name="Output">What it said on both of its streams, at most <see cref="LoopProcess.MaxOutput"/> octets.</param>
internal readonly record struct ProgramResult(ExitStatus Status, bool TimedOut, byte[] Output)
{
    /// <summary>Exit code 0 in time.</summary>
    public bool Succeeded => Status.IsSuccess && !TimedOut;

    /// <summary>Why it did not succeed, with its last words: the second half of a sentence. To be escaped where it is printed.</summary>
    public string Why(string program, int limit = EscapedText.DefaultLimit)
    {
        string how = TimedOut ? "took too long and was ended" : $"failed ({Status})";
        string said = LastWords(limit);
        return said.Length == 0 ? $"{program} {how}" : $"{program} {how}: {said}";
    }

    /// <summary>The end of what it said, its lines joined by "; ". To be escaped where it is printed.</summary>
    public string LastWords(int limit)
    {
        ReadOnlySpan<byte> end = Output.AsSpan().TrimEnd(" \t\r\n"u8);
        if (end.Length > limit) end = end[^limit..];
        return string.Join("; ", Encoding.Latin1.GetString(end).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }
}

/// <summary>
/// A program that runs beside the loop: it is never waited for. Its end comes as a call, its time is limited, and what it
/// says is kept within bounds.
/// </summary>
internal sealed class LoopProcess : IDisposable
{
    /// <summary>Writing more fails for the program, with EPERM.</summary>
    public const int MaxOutput = 64 * 1024;

    /// <summary>Between being told to end and being made to.</summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly ChildProcess _child;
    private readonly FileDescriptor _output;
    private readonly EventLoop _loop;
    private readonly LoopWatch _watch;
    private readonly LoopDeadline _limit;
    private readonly TimeSpan _limitDuration;
    private readonly Action<ProgramResult> _ended;
    private bool _timedOut;
    private bool _disposed;

    private LoopProcess(EventLoop loop, ChildProcess child, FileDescriptor output, TimeSpan limit, Action<ProgramResult> ended)
    {
        _child = child;
        _output = output;
        _loop = loop;
        _limitDuration = limit;
        _ended = ended;
        _watch = loop.Register(child.Descriptor, Readiness.Read, _ => FollowEnd());
        _limit = loop.AddDeadline(PutAnEnd);
        GiveTime();
        loop.Resumed += GiveTime;
    }

    /// <summary>
    /// Starts it; null when that fails, which <paramref name="problem"/> explains. <paramref name="ended"/> is called once,
    /// from the loop, unless this object is disposed before.
    /// </summary>
    public static LoopProcess? Start(EventLoop loop, ProgramCall call, Action<ProgramResult> ended, out string? problem)
    {
        FileDescriptor? output = null;
        try
        {
            using FileDescriptor? input = call.Input.IsEmpty ? null : MemoryFile.Of(call.Input.Span);
            output = MemoryFile.WithLimit(MaxOutput);
            ChildProcess? child = ChildProcess.Start(
                call.Program, call.Arguments, new ChildStreams(input, output, output), out problem, call.Environment);
            if (child is not null) return new LoopProcess(loop, child, output, call.Limit, ended);
        }
        catch (LinuxException error)
        {
            problem = $"{call.Program}: {error.Message}";
        }
        output?.Dispose();
        return null;
    }

    /// <summary>Lets go of it: it runs on, and nobody is told of its end.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _loop.Resumed -= GiveTime;
        _watch.Dispose();
        _limit.Dispose();
        _child.Dispose();
        _output.Dispose();
    }

    // The clock went on while the machine slept, and the program did not.
    private void GiveTime()
    {
        if (!_timedOut) _limit.At = BoottimeClock.Now + _limitDuration;
    }

    private void PutAnEnd()
    {
        if (_timedOut)
        {
            _child.KillGroup();
            return;
        }
        _timedOut = true;
        _child.TerminateGroup();
        _limit.At = BoottimeClock.Now + Grace;
    }

    private void FollowEnd()
    {
        // What it started and left behind is ended with it where its time was over: it leads the group until it is reaped.
        if (_timedOut) _child.KillGroup();
        if (!_child.TryReap(out ExitStatus status)) return;
        ProgramResult result = new(status, _timedOut, MemoryFile.ReadWritten(_output));
        Dispose();
        _ended(result);
    }
}
