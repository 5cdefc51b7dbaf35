using BondDhcp.Host.Loop;
using BondDhcp.Net;
using BondDhcp.Net.Linux;
using Xunit;

namespace BondDhcp.Tests.Runner;

public sealed class EventLoopTests
{
    // Long enough for any machine; reached only when something is wrong.
    private const int Patience = 10_000;

    [Fact(DisplayName = "AP-4 CLOCK_BOOTTIME minus CLOCK_MONOTONIC grows: told once, and once again at the next time")]
    public void Turn_AfterSuspend_TellsOnce()
    {
        TimeSpan suspended = TimeSpan.FromHours(1);
        using var loop = new EventLoop(() => suspended);
        int resumes = 0;
        loop.Resumed += () => resumes++;
        TurnNow(loop);
        Assert.Equal(0, resumes);
        suspended += TimeSpan.FromHours(2);
        for (int i = 0; i < 3; i++) TurnNow(loop);
        Assert.Equal(1, resumes);
        suspended += TimeSpan.FromSeconds(1);
        for (int i = 0; i < 3; i++) TurnNow(loop);
        Assert.Equal(2, resumes);
    }

    [Fact(DisplayName = "A program that was running when the machine went to sleep has its time anew: a hook is not ended for it")]
    public void Process_OverASuspend_HasItsTimeAnew()
    {
        TimeSpan suspended = TimeSpan.Zero;
        using var loop = new EventLoop(() => suspended);
        ProgramResult? ended = null;
        using LoopProcess? process = LoopProcess.Start(
            loop, new ProgramCall("sleep", ["2.5"]) { Limit = TimeSpan.FromMilliseconds(1500) }, result => ended = result, out _);
        Instant start = BoottimeClock.Now;
        while (ended is null && BoottimeClock.Now - start < TimeSpan.FromMilliseconds(Patience))
        {
            // Before its time is over, and so every time; a loaded machine may lose most of a second.
            if (BoottimeClock.Now - start > TimeSpan.FromMilliseconds(500)) suspended = BoottimeClock.Now - start;
            loop.Turn(50);
        }
        Assert.True(ended?.Succeeded, ended?.Why("sleep"));
    }

    [Fact]
    public void Turn_ClocksReadApart_IsNoResume()
    {
        TimeSpan suspended = TimeSpan.Zero;
        using var loop = new EventLoop(() => suspended);
        loop.Resumed += () => Assert.Fail("nobody slept");
        suspended += ResumeDetector.Threshold - TimeSpan.FromTicks(1);
        TurnNow(loop);
    }

    [Fact]
    public void Turn_AfterSuspend_TellsBeforeDeadlines()
    {
        TimeSpan suspended = TimeSpan.Zero;
        using var loop = new EventLoop(() => suspended);
        List<string> order = [];
        loop.Resumed += () => order.Add("resumed");
        using LoopDeadline deadline = loop.AddDeadline(() => order.Add("deadline"));
        deadline.At = BoottimeClock.Now;
        suspended = TimeSpan.FromMinutes(1);
        loop.Turn(Patience);
        Assert.Equal(["resumed", "deadline"], order);
    }

    [Fact]
    public void Turn_Late_TakesWhatCameInTimeBeforeDeadlines()
    {
        using var loop = new EventLoop();
        using var packet = new WakeDescriptor();
        List<string> order = [];
        using LoopWatch watch = loop.Register(packet.Descriptor, Readiness.Read, _ =>
        {
            packet.Acknowledge();
            order.Add("packet");
        });
        using LoopDeadline deadline = loop.AddDeadline(() => order.Add("deadline"));
        deadline.At = BoottimeClock.Now;
        packet.Wake();
        loop.Turn(Patience);
        Assert.Equal(["packet", "deadline"], order);
    }

    [Fact(DisplayName = "What comes while a turn takes long is heard before time is up, too")]
    public void Turn_ThatTakesLong_TakesWhatCameMeanwhileBeforeDeadlines()
    {
        using var loop = new EventLoop();
        using var first = new WakeDescriptor();
        using var packet = new WakeDescriptor();
        List<string> order = [];
        using LoopDeadline deadline = loop.AddDeadline(() => order.Add("deadline"));
        using LoopWatch slow = loop.Register(first.Descriptor, Readiness.Read, _ =>
        {
            first.Acknowledge();
            order.Add("slow");
            deadline.At = BoottimeClock.Now; // which is over when this is done
            packet.Wake();
        });
        using LoopWatch watch = loop.Register(packet.Descriptor, Readiness.Read, _ =>
        {
            packet.Acknowledge();
            order.Add("packet");
        });
        first.Wake();
        loop.Turn(Patience);
        Assert.Equal(["slow", "packet", "deadline"], order);
    }

    [Fact]
    public void Deferred_WhilePacketsWait_IsDoneAfterThem()
    {
        using var loop = new EventLoop();
        using var packet = new WakeDescriptor();
        List<string> order = [];
        int left = 3;
        using LoopWatch watch = loop.Register(packet.Descriptor, Readiness.Read, _ =>
        {
            packet.Acknowledge();
            order.Add("packet");
            if (left == 3) loop.Defer(() => order.Add("deferred"));
            if (--left > 0) packet.Wake();
        });
        packet.Wake();
        // Waits for nothing once something is put off, and so ends.
        for (int i = 0; i < 4; i++) loop.Turn(Patience);
        Assert.Equal(["packet", "packet", "packet", "deferred"], order);
    }

    [Fact]
    public void Deferred_OnALoopThatIsNeverIdle_IsDoneAllTheSame()
    {
        using var loop = new EventLoop();
        using var packet = new WakeDescriptor();
        using LoopWatch watch = loop.Register(packet.Descriptor, Readiness.Read, static _ => { });
        packet.Wake();
        bool done = false;
        loop.Defer(() => done = true);
        for (int i = 1; i < EventLoop.MostBusyTurns; i++) loop.Turn(Patience);
        Assert.False(done);
        loop.Turn(Patience);
        Assert.True(done);
    }

    [Fact]
    public void Deferred_WhenTheLoopIsStopped_IsDoneBeforeRunReturns()
    {
        using var loop = new EventLoop();
        List<string> order = [];
        loop.Post(() =>
        {
            loop.Defer(() =>
            {
                order.Add("first");
                loop.Defer(() => order.Add("put off by it"));
            });
            loop.Stop();
        });
        loop.Run();
        Assert.Equal(["first", "put off by it"], order);
    }

    [Fact]
    public void Deadlines_OfSeveralHolders_ComeInTheirOrder()
    {
        using var loop = new EventLoop();
        List<string> reached = [];
        using LoopDeadline late = loop.AddDeadline(() => reached.Add("late"));
        using LoopDeadline early = loop.AddDeadline(() => reached.Add("early"));
        using LoopDeadline never = loop.AddDeadline(() => reached.Add("never"));
        Instant now = BoottimeClock.Now;
        late.At = now + TimeSpan.FromMilliseconds(40);
        early.At = now + TimeSpan.FromMilliseconds(20);
        while (reached.Count < 2) loop.Turn(Patience);
        Assert.Equal(["early", "late"], reached);
        Assert.True(BoottimeClock.Now >= now + TimeSpan.FromMilliseconds(40));
        Assert.True(early.At.IsNever && late.At.IsNever);
    }

    [Fact]
    public void Deadline_MovedAway_DoesNotCome()
    {
        using var loop = new EventLoop();
        using LoopDeadline deadline = loop.AddDeadline(() => Assert.Fail("it was moved"));
        deadline.At = BoottimeClock.Now + TimeSpan.FromMilliseconds(20);
        TurnNow(loop);
        deadline.At = Instant.Never;
        loop.Turn(60);
    }

    [Fact]
    public void Deadlines_DisposedByAnother_DoNotCome()
    {
        using var loop = new EventLoop();
        LoopDeadline? second = null;
        using LoopDeadline first = loop.AddDeadline(() => second!.Dispose());
        second = loop.AddDeadline(() => Assert.Fail("it was disposed"));
        first.At = second.At = BoottimeClock.Now;
        loop.Turn(Patience);
        TurnNow(loop);
    }

    [Fact]
    public void Watches_DisposedByAnotherInTheSameTurn_AreNotCalled()
    {
        using var loop = new EventLoop();
        using var left = new WakeDescriptor();
        using var right = new WakeDescriptor();
        int calls = 0;
        LoopWatch[] watches = new LoopWatch[2];
        watches[0] = loop.Register(left.Descriptor, Readiness.Read, _ => Called());
        watches[1] = loop.Register(right.Descriptor, Readiness.Read, _ => Called());
        left.Wake();
        right.Wake();
        loop.Turn(Patience);
        TurnNow(loop);
        Assert.Equal(1, calls);

        void Called()
        {
            calls++;
            foreach (LoopWatch watch in watches) watch.Dispose();
        }
    }

    [Fact]
    public void Post_FromAnotherThread_RunsOnTheLoopInOrder()
    {
        using var loop = new EventLoop();
        List<(int Number, int Thread)> ran = [];
        var poster = new Thread(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                int number = i;
                loop.Post(() => ran.Add((number, Environment.CurrentManagedThreadId)));
            }
            loop.Post(loop.Stop);
        });
        poster.Start();
        loop.Run();
        poster.Join();
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (i, Environment.CurrentManagedThreadId)), ran);
    }

    [Fact]
    public void Signal_ToTheProcess_ArrivesInTheLoop()
    {
        using var loop = new EventLoop();
        List<DaemonSignal> received = [];
        using (new LoopSignals(loop, received.Add))
        {
            Linux.PrivateNetwork.Command("kill", $"-HUP {Environment.ProcessId}");
            while (received.Count == 0) loop.Turn(Patience);
            Linux.PrivateNetwork.Command("kill", $"-USR2 {Environment.ProcessId}");
            while (received.Count == 1) loop.Turn(Patience);
        }
        Assert.Equal([DaemonSignal.Reload, DaemonSignal.HandOver], received);
    }

    [Fact]
    public void Turn_WithADeadlineAndADescriptor_AllocatesNothing()
    {
        using var loop = new EventLoop();
        using var wake = new WakeDescriptor();
        using LoopWatch watch = loop.Register(wake.Descriptor, Readiness.Read, _ => wake.Acknowledge());
        LoopDeadline? deadline = null;
        deadline = loop.AddDeadline(() => deadline!.At = BoottimeClock.Now);
        deadline.At = BoottimeClock.Now;
        for (int i = 0; i < 100; i++) Once();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) Once();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Once()
        {
            wake.Wake();
            loop.Turn(Patience);
        }
    }

    [Fact]
    public void Dispose_Twice_IsOnce()
    {
        var loop = new EventLoop();
        loop.Dispose();
        loop.Dispose();
        loop.Post(() => Assert.Fail("there is no loop"));
    }

    private static void TurnNow(EventLoop loop) => loop.Turn(0);
}
