using System.Text.Json;
using BondDhcp.Host.Journal;
using BondDhcp.Host.Text;
using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Host;

public class TextTests
{
    [Theory(DisplayName = "AC-11 control characters never reach a terminal; what was escaped before stays as it is")]
    [InlineData("plain text", "plain text")]
    [InlineData("a\u001b[31mb", @"a\x1b[31mb")]
    [InlineData("\u009b2J", @"\xc2\x9b2J")]
    [InlineData(@"escaped \x1b before", @"escaped \x1b before")]
    public void TerminalText_IsPrintableAscii(string text, string expected) => Assert.Equal(expected, TerminalText.Of(text));

    [Theory]
    [InlineData("90", 90)]
    [InlineData("90s", 90)]
    [InlineData("10m", 600)]
    [InlineData("2h", 7200)]
    [InlineData("1d", 86400)]
    [InlineData("500ms", 0.5)]
    public void Duration_Forms_AreRead(string text, double seconds)
    {
        Assert.True(TimeText.TryParseDuration(text, out TimeSpan duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("-1")]
    [InlineData("1.5s")]
    [InlineData("99999999999")]
    [InlineData("1w")]
    [InlineData("36501d")]
    [InlineData("4294967295d")]
    public void Duration_Nonsense_IsRefused(string text) => Assert.False(TimeText.TryParseDuration(text, out _));

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(59, "59s")]
    [InlineData(725, "12m 05s")]
    [InlineData(11220, "3h 07m")]
    [InlineData(187200, "2d 4h")]
    public void Duration_IsPrintedInTwoUnits(long seconds, string expected) => Assert.Equal(expected, TimeText.Duration(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Instant_BecomesWallClockTime()
    {
        DateTimeOffset boot = new(2026, 1, 31, 12, 0, 0, TimeSpan.FromHours(1));
        Assert.Equal("2026-01-31T11:01:50.500Z", TimeText.Rfc3339(Instant.FromSeconds(110.5), boot));
        Assert.Null(TimeText.Rfc3339(Instant.Never, boot));
        Assert.Null(TimeText.Rfc3339(new Instant(long.MaxValue - 1), boot));
    }

    [Fact]
    public void Suggestion_IsTheNearestOrNothing()
    {
        Assert.Equal("miimon", Suggestion.Nearest("mimon", ["miimon", "mode"]));
        Assert.Null(Suggestion.Nearest("zzzzzz", ["miimon", "mode"]));
        Assert.Equal("miimon", Suggestion.Nearest("MIIMON", ["mode", "miimon"]));
        Assert.Equal("fail_over_mac", Suggestion.Nearest("Fail-Over-Mac", ["mode", "fail_over_mac"]));
    }

    [Theory(DisplayName = "The end of a value on a line is seen: quotes around it where it is not plain, those in it escaped")]
    [InlineData("plain", "plain")]
    [InlineData("", "\"\"")]
    [InlineData("two words", "\"two words\"")]
    [InlineData("dns = \"file\" writes", "\"dns = \\\"file\\\" writes\"")]
    [InlineData("\"x\"", "\"\\\"x\\\"\"")]
    public void FieldText_ShowsWhereItEnds(string text, string expected) => Assert.Equal(expected, FieldText.Of(text));

    [Fact]
    public void JournalLine_EscapesQuotes()
    {
        using JsonDocument entry = JsonDocument.Parse("""{"source":"configuration","event":"warning","message":"dns = \"file\" writes"}""");
        Assert.Equal("-        configuration warning message=\"dns = \\\"file\\\" writes\"", new JournalLine().Format(entry.RootElement));
    }
}
