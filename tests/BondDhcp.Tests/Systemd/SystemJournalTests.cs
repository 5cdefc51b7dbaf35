using System.Buffers.Binary;
using System.Text;
using BondDhcp.Host.Daemon;
using BondDhcp.Host.Journal;
using BondDhcp.Host.Systemd;
using BondDhcp.Host.Systemd.Linux;
using BondDhcp.Net;
using BondDhcp.Net.Linux;
using BondDhcp.Tests.Beds;
using BondDhcp.Tests.Kit;
using Microsoft.Extensions.Logging;
using Serilog;
using Xunit;

namespace BondDhcp.Tests.Systemd;

/// <summary>From an event to the octets that systemd-journald gets.</summary>
public sealed class SystemJournalTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly MemoryStream _stderr = new();
    private readonly DatagramReader _journald;
    private readonly Serilog.Core.Logger _logger;
    private readonly ILoggerFactory _factory;
    private readonly EventJournal _journal = new(() => BoottimeClock.Now, TimeProvider.System);

    public SystemJournalTests()
    {
        _journald = new DatagramReader(Path.Combine(_directory.Path, "socket"));
        _logger = new LoggerConfiguration()
            .WriteTo.Sink(new SystemJournalSink(new StandardErrorSink(_stderr, StandardErrorReader.Journal), _journald.Path))
            .CreateLogger();
        _factory = new LoggerFactory().AddSerilog(_logger);
        _ = new JournalLog(_journal, _factory.CreateLogger<JournalLog>()).StartAsync(CancellationToken.None);
    }

    public void Dispose()
    {
        _factory.Dispose();
        _logger.Dispose();
        _journald.Dispose();
        _directory.Dispose();
    }

    private Dictionary<string, string> Entry() => Parse(_journald.TryRead()!.Octets);

    // The protocol as its reader has it.
    private static Dictionary<string, string> Parse(ReadOnlySpan<byte> octets)
    {
        Dictionary<string, string> fields = [];
        while (!octets.IsEmpty)
        {
            int end = octets.IndexOf((byte)'\n');
            int equals = octets[..end].IndexOf((byte)'=');
            if (equals > 0) fields.Add(Encoding.UTF8.GetString(octets[..equals]), Encoding.UTF8.GetString(octets[(equals + 1)..end]));
            else
            {
                int length = (int)BinaryPrimitives.ReadInt64LittleEndian(octets[(end + 1)..]);
                fields.Add(Encoding.UTF8.GetString(octets[..end]), Encoding.UTF8.GetString(octets.Slice(end + 9, length)));
                end += 9 + length;
            }
            Assert.Equal((byte)'\n', octets[end]);
            octets = octets[(end + 1)..];
        }
        return fields;
    }

    [Fact]
    public void Event_HasItsFields()
    {
        _journal.Record("bond0", "dhcp4", Report.Of("leaseBound", ("address", Ipv4Address.Parse("192.0.2.5")), ("leaseSeconds", 120), ("keyed", true)));
        Dictionary<string, string> entry = Entry();
        Assert.Equal("bond0 dhcp4: leaseBound address=192.0.2.5 leaseSeconds=120 keyed=true", entry["MESSAGE"]);
        Assert.Equal(("6", "bonddhcp", "bond0"), (entry["PRIORITY"], entry["SYSLOG_IDENTIFIER"], entry["INTERFACE"]));
        Assert.Equal(("leaseBound", "dhcp4"), (entry["BONDDHCP_EVENT"], entry["BONDDHCP_SOURCE"]));
        Assert.Equal(("192.0.2.5", "120", "true"), (entry["BONDDHCP_ADDRESS"], entry["BONDDHCP_LEASE_SECONDS"], entry["BONDDHCP_KEYED"]));
        Assert.Equal(9, entry.Count);
        Assert.Equal(0, _stderr.Length);
    }

    [Fact]
    public void State_IsFoundByWhatItCameTo()
    {
        _journal.Record("bond0", "dhcp4", Report.Of("state", ("from", "bound"), ("to", "renewing")));
        Dictionary<string, string> entry = Entry();
        Assert.Equal(("bound", "renewing", "renewing"), (entry["BONDDHCP_FROM"], entry["BONDDHCP_TO"], entry["BONDDHCP_STATE"]));
    }

    [Fact]
    public void Event_OfTheDaemonItself_HasNoInterfaceAndItsPriority()
    {
        _journal.Record("", "daemon", Report.Of("fault", ("message", "broken"), ("detail", "a\nb")));
        Dictionary<string, string> entry = Entry();
        Assert.False(entry.ContainsKey("INTERFACE"));
        Assert.Equal(("3", @"daemon: fault message=broken detail=a\x0ab"), (entry["PRIORITY"], entry["MESSAGE"]));
    }

    [Fact(DisplayName = "AX-7 text from the network comes into no field but its own, escaped")]
    public void Text_FromTheNetwork_IsEscaped()
    {
        _journal.Record("eth0", "dhcp4", Report.Of("refused", ("text", "\u001b[2Jgo\nPRIORITY=0\n\0")));
        Dictionary<string, string> entry = Entry();
        Assert.Equal("4", entry["PRIORITY"]);
        Assert.Equal(@"\x1b[2Jgo\x0aPRIORITY=0\x0a\x00", entry["BONDDHCP_TEXT"].Replace(@"\\", @"\", StringComparison.Ordinal));
        Assert.All(entry.Values, value => Assert.All(value, c => Assert.InRange(c, ' ', '~')));
    }

    [Fact]
    public void Value_OfSeveralLines_HasItsLengthInFront()
    {
        JournalMessage message = new();
        message.Add("MESSAGE", "a\nb");
        message.Add("PRIORITY", "6");
        Assert.Equal("MESSAGE\n\u0003\0\0\0\0\0\0\0a\nb\nPRIORITY=6\n", Encoding.Latin1.GetString(message.Octets));
    }

    [Fact]
    public void Entry_LongerThanADatagram_GoesAsASealedFile()
    {
        string text = new('x', 4 * 1024 * 1024);
        _logger.Information("{Text:l}", text);
        Datagram datagram = _journald.TryRead()!;
        Assert.Empty(datagram.Octets);
        using FileDescriptor file = datagram.Descriptor!;
        using FileStream content = new($"/proc/self/fd/{file.Number}", FileMode.Open, FileAccess.Read);
        byte[] octets = new byte[content.Length];
        content.ReadExactly(octets);
        Assert.Equal(text, Parse(octets)["MESSAGE"]);
        Assert.Throws<UnauthorizedAccessException>(() =>
        {
            using FileStream writer = new($"/proc/self/fd/{file.Number}", FileMode.Open, FileAccess.Write);
            writer.WriteByte(0);
            writer.Flush();
        });
    }

    [Fact]
    public void Journal_ThatIsGone_LeavesTheLineToStderr()
    {
        File.Delete(_journald.Path);
        _journal.Record("bond0", "dhcp4", Report.Of("leaseBound", ("address", "192.0.2.5")));
        Assert.Equal("<6>bond0 dhcp4: leaseBound address=192.0.2.5\n", Encoding.UTF8.GetString(_stderr.ToArray()));
    }

    [Fact]
    public void Stderr_IsTheJournalOnlyByDeviceAndInode()
    {
        string ours = Programs.Run("stat", "-L", "-c", "%d:%i", $"/proc/{Environment.ProcessId}/fd/2").Trim();
        Assert.True(StandardErrorTarget.IsJournal(_ => ours));
        foreach (string? other in (string?[])[null, "", "1:2", ours + "0"]) Assert.False(StandardErrorTarget.IsJournal(_ => other));
    }
}
