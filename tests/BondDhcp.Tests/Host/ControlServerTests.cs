using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using BondDhcp.Host.Control;
using BondDhcp.Host.Control.Linux;
using BondDhcp.Host.Daemon;
using BondDhcp.Host.Journal;
using BondDhcp.Host.Loop;
using BondDhcp.Net;
using BondDhcp.Net.Linux;
using Xunit;

namespace BondDhcp.Tests.Host;

/// <summary>A real socket in a temporary directory; the loop turns on its own thread, as in the daemon.</summary>
public sealed class ControlServerTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("bonddhcp-test-").FullName;
    private readonly EventLoop _loop = new();
    private readonly EventJournal _journal = new(() => BoottimeClock.Now, TimeProvider.System);
    private readonly ControlServer _server;
    private readonly Thread _thread;
    private readonly List<ControlCall> _kept = [];

    public ControlServerTests()
    {
        _server = new ControlServer(_loop, Path.Combine(_directory, ControlServer.SocketName), new ControlPermission(), Handle);
        _thread = new Thread(_loop.Run);
        _thread.Start();
    }

    [Fact]
    public void SendDatagram_ToAReaderThatDoesNotRead_DoesNotWait()
    {
        string path = Path.Combine(_directory, "notify");
        using var reader = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Unspecified);
        reader.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(path));
        int sent = 0;
        // Its queue holds net.unix.max_dgram_qlen datagrams.
        while (sent < 100_000 && UnixDatagram.Send(path, "WATCHDOG=1"u8) == 0) sent++;
        Assert.InRange(sent, 1, 99_999);
    }

    public void Dispose()
    {
        _loop.Post(_loop.Stop);
        _thread.Join();
        _server.Dispose();
        _loop.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private void Handle(ControlCall call)
    {
        switch (call.Request.Command)
        {
            case "echo": call.Succeed(json => json.WriteStringValue(string.Join(' ', call.Request.Arguments))); break;
            case "watch": JournalStream.Follow(call, _journal, () => DateTimeOffset.UnixEpoch, call.Request.Arguments.FirstOrDefault()); break;
            case "timeline": JournalStream.Replay(call, _journal, () => DateTimeOffset.UnixEpoch, call.Request.Arguments.FirstOrDefault()); break;
            case "keep": _kept.Add(call); break;
            default: call.Fail(1, "no"); break;
        }
    }

    private ControlClient Send(string command, params string[] arguments) => ControlClient.Send(_directory, new ControlRequest(command, [.. arguments]))!;

    private static JsonDocument Receive(ControlClient client)
    {
        Assert.Equal(CallOutcome.Answered, client.Receive(TimeSpan.FromSeconds(10), out JsonDocument? frame));
        return frame!;
    }

    private void OnLoop(Action action)
    {
        using ManualResetEventSlim done = new();
        _loop.Post(() =>
        {
            action();
            done.Set();
        });
        Assert.True(done.Wait(TimeSpan.FromSeconds(10)));
    }

    // An empty frame, or a piece of one, by hand.
    private FileDescriptor Connect() => UnixSocket.Connect(Path.Combine(_directory, ControlServer.SocketName), out _)!;

    private void AssertServes()
    {
        using ControlClient client = Send("echo", "still", "here");
        using JsonDocument answer = Receive(client);
        Assert.Equal("still here", answer.RootElement.GetProperty("result").GetString());
    }

    [Fact]
    public void Call_IsAnsweredOnceAndClosed()
    {
        using ControlClient client = Send("echo", "a", "b");
        using JsonDocument answer = Receive(client);
        Assert.Equal("""{"exit":0,"result":"a b"}""", answer.RootElement.GetRawText());
        Assert.Equal(CallOutcome.NoDaemon, client.Receive(TimeSpan.FromSeconds(10), out _));
    }

    [Fact]
    public void Call_ThatFails_SaysWhy()
    {
        using ControlClient client = Send("nonsense");
        using JsonDocument answer = Receive(client);
        Assert.Equal("""{"exit":1,"error":"no"}""", answer.RootElement.GetRawText());
    }

    [Theory(DisplayName = "AC-9 junk on the control socket harms nothing")]
    [InlineData("00100000")]
    [InlineData("ffffffff")]
    [InlineData("00000000")]
    [InlineData("000000017b")]
    [InlineData("00000002fffe")]
    [InlineData("000000025b5d7b7d")]
    [InlineData("000000077b2261223a317d")]
    [InlineData("000000157b22636f6d6d616e64223a22645c7564383030227d")]
    [InlineData("474554202f20485454502f312e310d0a0d0a")]
    public void Junk_IsRefusedAndTheServerGoesOn(string hex)
    {
        using (FileDescriptor socket = Connect())
        {
            UnixSocket.Send(socket, Convert.FromHexString(hex));
            UnixSocket.SetReceiveTimeout(socket, TimeSpan.FromSeconds(10));
            byte[] buffer = new byte[4096];
            int count = UnixSocket.Receive(socket, buffer);
            Assert.True(count > ControlFrame.HeaderLength);
            Assert.Contains("\"error\"", Encoding.UTF8.GetString(buffer, 0, count));
        }
        AssertServes();
    }

    [Fact(DisplayName = "AC-9 a request of 1 MiB is refused")]
    public void Request_OfOneMebibyte_IsRefused()
    {
        using FileDescriptor socket = Connect();
        byte[] request = new byte[(1 << 20) + 4];
        BinaryPrimitives.WriteInt32BigEndian(request, 1 << 20);
        int sent = 0;
        while (sent < request.Length && UnixSocket.Send(socket, request.AsSpan(sent)) is > 0 and var count) sent += count;
        UnixSocket.SetReceiveTimeout(socket, TimeSpan.FromSeconds(10));
        byte[] answer = new byte[4096];
        Assert.Contains("longer than 64 KiB", Encoding.UTF8.GetString(answer, 0, Math.Max(0, UnixSocket.Receive(socket, answer))));
        AssertServes();
    }

    [Fact(DisplayName = "AC-9 a client that does not finish its request is cut after 5 s, the others are served meanwhile")]
    public void SlowClient_IsCut()
    {
        using FileDescriptor slow = Connect();
        UnixSocket.Send(slow, [0, 0]);
        AssertServes();
        UnixSocket.SetReceiveTimeout(slow, TimeSpan.FromSeconds(10));
        Assert.Equal(UnixSocket.Closed, UnixSocket.Receive(slow, new byte[16]));
        AssertServes();
    }

    [Fact(DisplayName = "AC-9 100 connections that ask nothing: 64 are kept, and who asks is served")]
    public void HundredConnections_AreBoundedAndKeepNobodyOut()
    {
        List<FileDescriptor> sockets = [];
        for (int i = 0; i < 100; i++) sockets.Add(Connect());
        AssertServes();
        int cut = 0;
        foreach (FileDescriptor socket in sockets)
        {
            UnixSocket.SetReceiveTimeout(socket, TimeSpan.FromMilliseconds(5));
            if (UnixSocket.Receive(socket, new byte[256]) == UnixSocket.Closed) cut++;
        }
        Assert.Equal(100 + 1 - ControlServer.MaxConnections, cut);
        foreach (FileDescriptor socket in sockets) socket.Dispose();
        AssertServes();
    }

    [Fact(DisplayName = "AC-9 when all connections wait for an answer, the next is refused with the reason")]
    public void Connection_WhenAllAreBusy_IsRefused()
    {
        List<ControlClient> busy = [];
        for (int i = 0; i < ControlServer.MaxConnections; i++) busy.Add(Send("keep"));
        OnLoop(() => { }); // connections made before are accepted by then, requests read at the next turn
        while (true)
        {
            int kept = 0;
            OnLoop(() => kept = _kept.Count);
            if (kept == ControlServer.MaxConnections) break;
            Thread.Yield();
        }
        using (ControlClient late = Send("echo", "x"))
        using (JsonDocument answer = Receive(late)) Assert.Equal("too many connections", answer.RootElement.GetProperty("error").GetString());
        busy.ForEach(client => client.Dispose());
    }

    [Fact(DisplayName = "AC-8 watch gives every event in order")]
    public void Watch_GivesEveryEventInOrder()
    {
        using ControlClient client = Send("watch");
        AssertServes(); // the server has taken the watch by then: connections are served in order
        OnLoop(() =>
        {
            for (int i = 0; i < 500; i++) _journal.Record("eth0", "test", Report.Of("tick", ("n", i)));
        });
        for (int i = 0; i < 500; i++)
        {
            using JsonDocument line = Receive(client);
            Assert.Equal(i, line.RootElement.GetProperty("n").GetInt32());
        }
    }

    [Fact(DisplayName = "AC-8 a slow reader is told how many events it missed")]
    public void Watch_ThatReadsTooSlowly_SeesASaidGap()
    {
        using ControlClient client = Send("watch");
        AssertServes();
        const int Events = EventJournal.Capacity * 8;
        OnLoop(() =>
        {
            for (int i = 0; i < Events; i++) _journal.Record("eth0", "test", Report.Of("tick", ("n", i), ("padding", new string('x', 200))));
        });
        int expected = 0;
        int gaps = 0;
        while (expected < Events)
        {
            using JsonDocument line = Receive(client);
            if (line.RootElement.GetProperty("event").GetString() == JournalJson.GapEvent)
            {
                gaps++;
                expected += line.RootElement.GetProperty("missed").GetInt32();
            }
            else
            {
                Assert.Equal(expected++, line.RootElement.GetProperty("n").GetInt32());
            }
        }
        Assert.True(gaps > 0);
    }

    [Fact]
    public void Timeline_GivesWhatIsKeptAndEnds()
    {
        OnLoop(() =>
        {
            for (int i = 0; i < EventJournal.Capacity + 5; i++) _journal.Record("eth0", "test", Report.Of("tick", ("n", i)));
        });
        using ControlClient client = Send("timeline");
        using (JsonDocument gap = Receive(client)) Assert.Equal(5, gap.RootElement.GetProperty("missed").GetInt32());
        for (int i = 5; i < EventJournal.Capacity + 5; i++)
        {
            using JsonDocument line = Receive(client);
            Assert.Equal(i, line.RootElement.GetProperty("n").GetInt32());
        }
        using JsonDocument end = Receive(client);
        Assert.Equal(0, end.RootElement.GetProperty("exit").GetInt32());
    }

    [Fact(DisplayName = "watch and timeline of one interface: its events and no others, over more than a piece of the stream")]
    public void Streams_OfOneInterface_HaveItsEventsAlone()
    {
        const int Each = 400;
        OnLoop(() =>
        {
            for (int i = 0; i < Each; i++)
                foreach (string name in (string[])["eth0", "eth1", ""]) _journal.Record(name, "test", Report.Of("tick", ("n", i)));
        });
        using ControlClient timeline = Send("timeline", "eth1");
        using (JsonDocument gap = Receive(timeline)) Assert.Equal((3 * Each) - EventJournal.Capacity, gap.RootElement.GetProperty("missed").GetInt32());
        int first = (int)Math.Ceiling(((3 * Each) - EventJournal.Capacity - 1) / 3.0);
        for (int i = first; i < Each; i++)
        {
            using JsonDocument line = Receive(timeline);
            Assert.Equal(("eth1", i), (line.RootElement.GetProperty("interface").GetString(), line.RootElement.GetProperty("n").GetInt32()));
        }
        using (JsonDocument end = Receive(timeline)) Assert.Equal(0, end.RootElement.GetProperty("exit").GetInt32());

        using ControlClient watch = Send("watch", "eth1");
        AssertServes();
        OnLoop(() =>
        {
            _journal.Record("eth0", "test", Report.Of("other"));
            _journal.Record("eth1", "test", Report.Of("own"));
        });
        using JsonDocument came = Receive(watch);
        Assert.Equal("own", came.RootElement.GetProperty("event").GetString());
    }

    [Fact]
    public void Caller_ThatLeaves_IsNoticed()
    {
        ManualResetEventSlim ended = new();
        ControlClient client = Send("keep");
        AssertServes();
        OnLoop(() => Assert.Single(_kept).Ended += ended.Set);
        client.Dispose();
        Assert.True(ended.Wait(TimeSpan.FromSeconds(10)));
        OnLoop(() => Assert.True(_kept[0].Abandoned));
    }

    [Fact]
    public void Socket_IsOpenToAll() =>
        Assert.Equal((UnixFileMode)0x1b6, File.GetUnixFileMode(Path.Combine(_directory, ControlServer.SocketName)));
}
