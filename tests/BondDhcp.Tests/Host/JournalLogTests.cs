using System.Text;
using BondDhcp.Host.Daemon;
using BondDhcp.Host.Journal;
using BondDhcp.Host.Loop;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Microsoft.Extensions.Logging;
using Serilog;
using Xunit;

namespace BondDhcp.Tests.Host;

/// <summary>From the journal to the octets on stderr.</summary>
public sealed class JournalLogTests : IDisposable
{
    private readonly MemoryStream _stderr = new();
    private readonly Serilog.Core.Logger _logger;
    private readonly ILoggerFactory _factory;
    private readonly EventJournal _journal;
    private readonly JournalLog _log;
    private Instant _now = Instant.FromSeconds(100);

    public JournalLogTests()
    {
        _logger = new LoggerConfiguration().WriteTo.Sink(new StandardErrorSink(_stderr, StandardErrorReader.Journal)).CreateLogger();
        _factory = new LoggerFactory().AddSerilog(_logger);
        _journal = new EventJournal(() => _now, TimeProvider.System);
        _log = new JournalLog(_journal, _factory.CreateLogger<JournalLog>());
        _ = _log.StartAsync(CancellationToken.None);
    }

    private string[] Lines => Encoding.Latin1.GetString(_stderr.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public void Dispose()
    {
        _factory.Dispose();
        _logger.Dispose();
    }

    [Fact(DisplayName = "AX-7 a DHCPNAK with control bytes: escapes only, at most 128 octets of it, one line in 10 s for each interface and event")]
    public void Refusals_AtAnyRate_AreOneEscapedLineInTenSeconds()
    {
        Report refused = Refusal([.. Enumerable.Range(0, 255).Select(i => (byte)i)]);
        for (int i = 0; i < 20; i++)
        {
            _journal.Record("eth0", "dhcp4", refused);
            _now += JournalLog.LimitInterval / 20;
        }
        string line = Assert.Single(Lines);
        Assert.StartsWith("<4>eth0 dhcp4: refused ", line, StringComparison.Ordinal);
        Assert.All(line, c => Assert.InRange(c, ' ', '~'));
        string text = line[(line.IndexOf("text=", StringComparison.Ordinal) + "text=".Length)..].Trim('"');
        Assert.StartsWith(@"\x00\x01", text, StringComparison.Ordinal);
        Assert.InRange(text.Length, 100, 128);

        _journal.Record("eth1", "dhcp4", refused);
        _journal.Record("eth0", "dhcp4", Report.Of("conflict", ("address", Fixture.L)));
        Assert.Equal(3, Lines.Length);
        _journal.Record("eth0", "dhcp4", refused);
        _journal.Record("eth0", "dhcp4", refused);
        Assert.Equal(4, Lines.Length);
        _now += JournalLog.LimitInterval - TimeSpan.FromTicks(1);
        _journal.Record("eth0", "dhcp4", refused);
        Assert.Equal(4, Lines.Length);
        _now += TimeSpan.FromTicks(1);
        _journal.Record("eth0", "dhcp4", refused);
        Assert.Equal(5, Lines.Length);
    }

    [Theory(DisplayName = "A line of the log has the priority in front for the journal alone, the time on a terminal, and nothing for anybody else")]
    [InlineData(nameof(StandardErrorReader.Journal), "^<4>eth0 dhcp4: refused")]
    [InlineData(nameof(StandardErrorReader.Terminal), "^[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3} eth0 dhcp4: refused")]
    [InlineData(nameof(StandardErrorReader.Other), "^eth0 dhcp4: refused")]
    public void Line_HasWhatItsReaderTakesOff(string reader, string pattern)
    {
        using MemoryStream stderr = new();
        using Serilog.Core.Logger logger = new LoggerConfiguration().WriteTo.Sink(new StandardErrorSink(stderr, Enum.Parse<StandardErrorReader>(reader))).CreateLogger();
        using ILoggerFactory factory = new LoggerFactory().AddSerilog(logger);
        EventJournal journal = new(() => _now, TimeProvider.System);
        _ = new JournalLog(journal, factory.CreateLogger<JournalLog>()).StartAsync(CancellationToken.None);
        journal.Record("eth0", "dhcp4", Refusal("no"u8));
        Assert.Matches(pattern, Encoding.Latin1.GetString(stderr.ToArray()));
    }

    [Fact(DisplayName = "AX-7 the escape sequences of a DHCPNAK are shown, once escaped")]
    public void Refusal_WithTerminalSequences_ShowsThem()
    {
        _journal.Record("eth0", "dhcp4", Refusal("\u001b[2Jgo\r\n\0"u8));
        Assert.EndsWith(@" text=\x1b[2Jgo\x0d\x0a\x00", Assert.Single(Lines), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Different warnings of one part are all in the log; the same one once in 10 s")]
    public void Warnings_ThatDiffer_AreAllLogged()
    {
        string[] texts = ["hook 20-bad for BOUND failed (exit code 3)", "hook 40-nosheb for BOUND could not be started: Exec format error", "hook 20-bad for RENEW failed (exit code 3)"];
        for (int i = 0; i < 4; i++)
            foreach (string text in texts) Warn(text);
        Assert.Equal(texts.Select(text => $"<4>eth0 hooks: warning message=\"{text}\""), Lines);
        _now += JournalLog.LimitInterval;
        Warn(texts[0]);
        Assert.Equal(4, Lines.Length);
    }

    [Fact(DisplayName = "A flood of different warnings has its bound; how many were left out is a line of its own, with the next event or at the end")]
    public async Task Warnings_InAFlood_AreCounted()
    {
        for (int i = 0; i < JournalLog.MaxDifferent + 5; i++) Warn($"number {i}");
        Warn("number 3");
        Assert.Equal(JournalLog.MaxDifferent, Lines.Length);
        _journal.Record("eth1", "hooks", Report.Of("warning", ("message", "another's")));
        Assert.Equal(JournalLog.MaxDifferent + 1, Lines.Length);
        _now += JournalLog.LimitInterval;
        _journal.Record("eth1", "link", Report.Of("carrier", ("up", true)));
        Assert.Equal(
            ["<4>eth0 hooks: warning message=\"more were left out here: 5 in 10 seconds; 'bonddhcp timeline' has them\" leftOut=5", "<6>eth1 link: carrier up=true"],
            Lines[^2..]);
        for (int i = 0; i < JournalLog.MaxDifferent + 1; i++) Warn($"number {i}");
        await _log.StopAsync(CancellationToken.None);
        Assert.EndsWith(" leftOut=1", Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Warnings_LeftOut_AreToldWithoutAnotherEvent()
    {
        using EventLoop loop = new();
        // Long ago on the loop's clock: what was left out is due.
        EventJournal journal = new(() => Instant.Zero, TimeProvider.System);
        _ = new JournalLog(journal, _factory.CreateLogger<JournalLog>(), loop).StartAsync(CancellationToken.None);
        for (int i = 0; i < JournalLog.MaxDifferent + 2; i++) journal.Record("eth0", "hooks", Report.Of("warning", ("message", $"number {i}")));
        loop.Turn(10_000);
        Assert.EndsWith(" leftOut=2", Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Value_WithQuotes_HasThemEscaped()
    {
        _journal.Record("", "configuration", Report.Of("warning", ("message", "dns = \"file\" writes")));
        Assert.Equal("<4>configuration: warning message=\"dns = \\\"file\\\" writes\"", Assert.Single(Lines));
    }

    private void Warn(string text) => _journal.Record("eth0", "hooks", Report.Of("warning", ("message", text)));

    /// <summary>What the client tells of a DHCPNAK with this message.</summary>
    private static Report Refusal(ReadOnlySpan<byte> message)
    {
        MachineBench bench = new MachineBench().Start();
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A));
        bench.Take(Fixture.Nak(bench.Last.Xid, Fixture.A).Option(56, message));
        return Assert.Single(bench.Told("refused"));
    }
}
