using BondDhcp.Host.Loop;
using BondDhcp.Net.Linux;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Linux;

/// <summary>Programs that are started: what they get, and how their end is told.</summary>
public sealed class ChildProcessTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Start_OfAProgram_GivesItNothingOfOursButTheStreams()
    {
        // Ours and inheritable, as a library might leave one.
        using FileStream ours = File.Create(Path.Combine(_directory.Path, "ours"));
        Assert.Equal(0, ClearCloseOnExec((int)ours.SafeFileHandle.DangerousGetHandle()));
        // The fourth is the directory that is being listed.
        Assert.Equal("0\n1\n2\n3\n", OutputOf("ls", "/proc/self/fd"));
        Assert.Equal("/dev/null\n", OutputOf("readlink", "/proc/self/fd/0"));
        Assert.Equal("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nLC_ALL=C\n", OutputOf("env"));
        Assert.Equal("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n", OutputOf("grep", "-E", "Sig(Blk|Ign)", "/proc/self/status"));
        string[] stat = OutputOf("cat", "/proc/self/stat").Split(' ');
        Assert.Equal(stat[0], stat[5]); // its own session
    }

    [Fact]
    public void Arguments_WithBlanksAndDollars_ReachTheProgramAsTheyAre() =>
        Assert.Equal("[a b][$HOME;'][]", OutputOf("printf", "[%s]", "a b", "$HOME;'", ""));

    [Theory]
    [InlineData("exit 0", 0, 0)]
    [InlineData("exit 7", 7, 0)]
    [InlineData("kill -9 $$", -1, 9)]
    public void End_OfAProgram_IsToldByThePidfd(string script, int exitCode, int signal)
    {
        using ChildProcess child = Start("sh", ["-c", script]);
        Assert.Equal(new ExitStatus(exitCode, signal), Await(child));
        Assert.False(child.Terminate());
        Assert.False(child.Identity.IsAlive);
    }

    [Fact]
    public void Terminate_OfARunningProgram_EndsIt()
    {
        using ChildProcess child = Start("sleep", ["60"]);
        Assert.False(child.TryReap(out _));
        Assert.True(child.Identity.IsAlive);
        Assert.True(child.Terminate());
        Assert.Equal(15, Await(child).Signal);
    }

    [Theory]
    [InlineData("no-such-program-anywhere", "no-such-program-anywhere: no such program")]
    [InlineData("/no/such/program", "/no/such/program: no such program")]
    [InlineData("/etc/passwd", "/etc/passwd: Permission denied")]
    public void Start_OfWhatIsNoProgram_SaysSo(string program, string expected)
    {
        Assert.Null(ChildProcess.Start(program, [], default, out string? problem));
        Assert.Equal(expected, problem);
    }

    [Fact]
    public void Open_OfAProcessNotOurs_TellsItsEndAndNeverTakesAnother()
    {
        using ChildProcess child = Start("sleep", ["60"]);
        using ProcessDescriptor process = ProcessDescriptor.Open(child.Identity)!;
        Assert.NotNull(process);
        Assert.Null(ProcessDescriptor.Open(child.Identity with { StartTicks = child.Identity.StartTicks + 1 }));
        Assert.True(process.Kill());
        Assert.Equal(9, Await(child).Signal);
        Assert.False(process.Kill());
        Assert.Null(ProcessDescriptor.Open(child.Identity));
    }

    [Theory]
    [InlineData("7 (a) b) (c) S 1 7 7 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 998877 1 1", 998877UL, false)]
    [InlineData("7 (x) Z 1 7 7 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 12 1 1", 12UL, true)]
    [InlineData("7 (x) S 1 7", null, false)]
    [InlineData("", null, false)]
    public void Identity_OfALineOfStat_IsFoundBehindAnyName(string line, ulong? start, bool ended)
    {
        Assert.Equal(start, ProcessIdentity.Parse(7, line, out bool hasEnded)?.StartTicks);
        Assert.Equal(ended, hasEnded);
    }

    private static ChildProcess Start(string program, string[] arguments) =>
        ChildProcess.Start(program, arguments, default, out string? problem) ?? throw new InvalidOperationException(problem);

    private string OutputOf(string program, params string[] arguments)
    {
        string path = Path.Combine(_directory.Path, "output");
        using FileDescriptor output = OutputFile.Create(path);
        using ChildProcess child = ChildProcess.Start(program, arguments, new ChildStreams(Output: output), out string? problem)
            ?? throw new InvalidOperationException(problem);
        Assert.Equal(new ExitStatus(0, 0), Await(child));
        return File.ReadAllText(path);
    }

    private static ExitStatus Await(ChildProcess child)
    {
        using var loop = new EventLoop();
        ExitStatus? status = null;
        using LoopWatch watch = loop.Register(child.Descriptor, Readiness.Read, _ =>
        {
            Assert.True(child.TryReap(out ExitStatus seen));
            status = seen;
        });
        while (status is null) loop.Turn(10_000);
        return status.Value;
    }

    private static unsafe int ClearCloseOnExec(int descriptor) => Tmds.Linux.LibC.fcntl(descriptor, Tmds.Linux.LibC.F_SETFD, 0);
}
