using System.Text;
using BondDhcp.Host.Daemon;
using BondDhcp.Host.Journal;
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
    private Instant _now = Instant.FromSeconds(100);

    public JournalLogTests()
    {
        _logger = new LoggerConfiguration().WriteTo.Sink(new StandardErrorSink(_stderr, isTerminal: false)).CreateLogger();
        _factory = new LoggerFactory().AddSerilog(_logger);
        _journal = new EventJournal(() => _now, TimeProvider.System);
        _ = new JournalLog(_journal, _factory.CreateLogger<JournalLog>()).StartAsync(CancellationToken.None);
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

    [Fact(DisplayName = "AX-7 the escape sequences of a DHCPNAK are shown, once escaped")]
    public void Refusal_WithTerminalSequences_ShowsThem()
    {
        _journal.Record("eth0", "dhcp4", Refusal("\u001b[2Jgo\r\n\0"u8));
        Assert.EndsWith(@" text=\x1b[2Jgo\x0d\x0a\x00", Assert.Single(Lines), StringComparison.Ordinal);
    }

    /// <summary>What the client tells of a DHCPNAK with this message.</summary>
    private static Report Refusal(ReadOnlySpan<byte> message)
    {
        MachineBench bench = new MachineBench().Start();
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A));
        bench.Take(Fixture.Nak(bench.Last.Xid, Fixture.A).Option(56, message));
        return Assert.Single(bench.Told("refused"));
    }
}
