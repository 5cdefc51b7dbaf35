using System.Diagnostics;
using BondDhcp.Host.Configuration;
using Tomlyn.Parsing;
using Xunit;
using static BondDhcp.Tests.Host.ConfigurationReaderTests;

namespace BondDhcp.Tests.Host;

/// <summary>Files that are no TOML, or a kind of it that few write.</summary>
public class ConfigurationSyntaxTests
{
    [Theory(DisplayName = "What is no TOML, or says a thing twice, gets one line with the place, what is wrong and what to write; nothing of the parser's words")]
    [InlineData("[interface.eth0]\ndhcp4 = true\n[interface.eth0]\ndhcp6 = true", "f.toml:3:1: this section is there already, from line 1 on; put all of its keys into one")]
    [InlineData("[interface.eth0]\ndhcp4 = true\n[interface.eth0.dhcp4]\nx = 1", "f.toml:3:1: what this section says is there already, in line 2; remove one of them")]
    [InlineData("[interface.eth0]\ndhcp4 = true\ndhcp4 = false", "f.toml:3:1: 'dhcp4' is given twice, in line 2 already; remove one of them")]
    [InlineData("[interface.eth0]\naddresses = [\"192.0.2.1/24\", 5]", "f.toml:2:30: addresses: must be a string in quotes")]
    [InlineData("[interface.eth0]\nslaves = [enp3s0]", "f.toml:2:11: 'enp3s0' is no value; a string needs quotes: \"enp3s0\"")]
    [InlineData("[interface.eth0]\naddresses = [192.0.2.1/24]", "f.toml:2:14: '192.0.2.1/24' is no value; a string needs quotes: \"192.0.2.1/24\"")]
    [InlineData("[interface.eth0]\nname-servers = [\"192.0.2.1\", fe80::1]", "f.toml:2:30: 'fe80::1' is no value; a string needs quotes: \"fe80::1\"")]
    [InlineData("[interface.eth0]\nslaves = [\"a\" \"b\"]", "f.toml:2:15: a comma is missing before this item")]
    [InlineData("[interface.eth0]\nslaves = [\"a\", \"b\"\ndhcp4 = true", "f.toml:2:19: the array has no end; write ']' behind its last item")]
    [InlineData("[interface.eth0]\nslaves = [\n  \"a\",\n  \"b\"\n\n[interface.eth1]\ndhcp4 = true", "f.toml:4:6: the array has no end; write ']' behind its last item")]
    [InlineData("[interface.eth0]\nslaves = [\"a\", \"b\" # my slaves", "f.toml:2:19: the array has no end; write ']' behind its last item")]
    [InlineData("[interface.eth0]\nslaves = [\n  \"a#\", # first\n  # none\n\n[interface.eth1]", "f.toml:3:8: the array has no end; write ']' behind its last item")]
    [InlineData("x = [1", "f.toml:1:7: the array has no end; write ']' behind its last item")]
    [InlineData("x = [true", "f.toml:1:10: the array has no end; write ']' behind its last item")]
    [InlineData("[interface.eth0]\nslaves = [\n  \"a\",", "f.toml:3:7: the array has no end; write ']' behind its last item")]
    [InlineData("[interface.eth0]\nslaves = [\"a\",\n  # none more\n\n", "f.toml:2:15: the array has no end; write ']' behind its last item")]
    [InlineData("x = [[1,", "f.toml:1:9: the array has no end; write ']' behind its last item")]
    [InlineData("[interface.eth0]\nsend = { x = 1\n\n", "f.toml:2:15: the table is not complete; write { KEY = VALUE, KEY = VALUE }")]
    [InlineData("[interface.eth0]\ndns =\n", "f.toml:2:6: the value is missing; write it behind the '='")]
    [InlineData("[interface.eth0]\r\ndhcp4\r\n", "f.toml:2:6: '=' is missing; write KEY = VALUE")]
    [InlineData("[interface.eth0]\ndns = \"file\\", "f.toml:2:7: the string that begins here has no closing quote on its line; write it")]
    [InlineData("[interface.eth0]\nmetric = 017", "f.toml:2:10: '017' begins with 0; write 17, or 0o17 for a number in octal")]
    [InlineData("[interface.eth0]\niaid = 0xzz", "f.toml:2:8: '0xzz' is no number; after 0x come the digits 0 to 9 and a to f")]
    [InlineData("[interface.eth0]\niaid = 0o9", "f.toml:2:8: '0o9' is no number; after 0o come the digits 0 to 7")]
    [InlineData("[interface.eth0]\niaid = 0X12", "f.toml:2:8: '0X12' is no number that can be read; write digits alone, or 0x and digits in hexadecimal")]
    [InlineData("[interface.eth0]\nmetric = 1__0", "f.toml:2:10: '1__0' is no number that can be read; write digits alone, or 0x and digits in hexadecimal")]
    [InlineData("[interface.eth0]\nmetric = 99999999999999999999", "f.toml:2:10: '99999999999999999999' is no number that can be read; write digits alone, or 0x and digits in hexadecimal")]
    [InlineData("[interface.eth0]\ndns = \"file", "f.toml:2:7: the string that begins here has no closing quote on its line; write it")]
    [InlineData("[interface.eth0]\r\ndns = 'file\r\ndhcp4 = true\r\n", "f.toml:2:7: the string that begins here has no closing quote on its line; write it")]
    [InlineData("[interface.eth0]\ndns = \"\"\"file\ndhcp4 = true\n", "f.toml:2:7: the text that begins here has no end; write the three quotes behind it, or one on each side")]
    [InlineData("[interface.eth0]\ndns = 1979-05-27", "f.toml:2:7: dns: must be \"auto\", \"file\" or false")]
    [InlineData("[interface.eth0]\ndns = 1979-13-99", "f.toml:2:7: '1979-13-99' is no value; a string needs quotes: \"1979-13-99\"")]
    [InlineData("[interface.eth0]\nprimary = 07:32:00", "f.toml:2:11: primary: must be a string in quotes")]
    [InlineData("[interface.eth0]\ndns =", "f.toml:2:6: the value is missing; write it behind the '='")]
    [InlineData("[interface.eth0]\ndhcp4: true", "f.toml:2:6: '=' is missing; write KEY = VALUE")]
    [InlineData("[interface.eth0]\ndhcp4 == true", "f.toml:2:8: write a single '=' before the value")]
    [InlineData("[interface.eth0]\ndhcp4 = yes", "f.toml:2:9: 'yes' is no value; write true")]
    [InlineData("[interface.eth0]\ndhcp4 = False", "f.toml:2:9: 'False' is no value; write false")]
    [InlineData("[interface.eth0]\ndhcp4 = true dhcp6 = true", "f.toml:2:14: 'dhcp6' does not belong behind the value; write one key a line, and '#' before a comment")]
    [InlineData("[interface.eth0]\ndhcp4 = true; # no", "f.toml:2:13: ';' does not belong behind the value; write one key a line, and '#' before a comment")]
    [InlineData("[interface.eth0]\ndns = \"a\\q\"", "f.toml:2:10: a backslash between \" and \" begins an escape such as \\n; write \\\\ for the backslash itself, or the text between ' and '")]
    [InlineData("[interface.eth0]\ndns = \"a\u0001b\"", "f.toml:2:7: there is a control character; remove it")]
    [InlineData("[interface.eth0]\ndhcp4 = { x = 1 }", "f.toml:2:1: 'dhcp4' is a key of [interface.eth0], not a table; write dhcp4 = VALUE there")]
    [InlineData("[interface.eth0\ndhcp4 = true", "f.toml:1:16: write [interface.NAME] on a line of its own; a NAME with a dot needs quotes")]
    [InlineData("[interface eth0] # x.y\ndhcp4 = true", "f.toml:1:12: write [interface.NAME] on a line of its own; a NAME with a dot needs quotes")]
    [InlineData("[interface.eth0] dhcp4 = true", "f.toml:1:18: write [interface.NAME] on a line of its own; a NAME with a dot needs quotes")]
    [InlineData("<xml>", "f.toml:1:1: '<xml>' begins neither a key nor a section; write KEY = VALUE, or [interface.NAME]")]
    [InlineData("[interface.bond0]\nslaves = [\"enp3s0\", \"wlp2s0\"]\nprimary = \"enp3s1\"", "f.toml:3:11: primary: 'enp3s1' is none of the slaves; did you mean 'enp3s0'?")]
    [InlineData("[interface.bond0]\nslaves = [\"enp3s0\", \"wlp2s0\"]\nprimary = \"x\"", "f.toml:3:11: primary: 'x' is none of the slaves, which are enp3s0, wlp2s0")]
    [InlineData("[interface.eth0]\nroutes = [\"10.0.0.0/8 via 10.0.0.300\"]", "f.toml:2:11: routes: '10.0.0.0/8 via 10.0.0.300': '10.0.0.300' is not an address; behind 'via' stands one without a prefix length, such as 192.0.2.1 or fe80::1")]
    [InlineData("[interface.eth0]\nroutes = [\"10.0.0.0/8 via fe80::1\"]", "f.toml:2:11: routes: '10.0.0.0/8 via fe80::1': fe80::1 is of another family than 10.0.0.0/8; write one of the same")]
    [InlineData("[interface.eth0]\nroutes = [\"10.0.0.0/8 via\"]", "f.toml:2:11: routes: '10.0.0.0/8 via': 'via' needs an address behind it")]
    [InlineData("[interface.eth0]\nroutes = [\"10.0.0.0/8 gw 10.0.0.1\"]", "f.toml:2:11: routes: '10.0.0.0/8 gw 10.0.0.1': unknown word 'gw'; did you mean 'via'?")]
    [InlineData("[interface.eth0]\nroutes = [\"10.0.0.0/8 dev eth0\"]", "f.toml:2:11: routes: '10.0.0.0/8 dev eth0': unknown word 'dev'; the interface is that of the section: remove it with the name behind it")]
    public void DamagedFile_IsToldInOneLine(string text, string expected) => Assert.Equal([expected], Problems(text));

    [Fact(DisplayName = "Behind a string without an end, and below a section that cannot be read, what else is wrong is found in the same go")]
    public void DamagedFile_IsReadOn() => Assert.Equal(
        [
            "f.toml:2:7: the string that begins here has no closing quote on its line; write it",
            "f.toml:3:9: dhcp4: must be true or false",
            "f.toml:4:1: unknown key 'metrics'; did you mean 'metric'?",
            "f.toml:5:12: write [interface.NAME] on a line of its own; a NAME with a dot needs quotes",
            "f.toml:6:9: dhcp6: must be true, false, \"stateless\" or \"auto\"",
        ],
        Problems("[interface.eth0]\ndns = \"file\ndhcp4 = 7\nmetrics = 5\n[interface eth1]\ndhcp6 = 3\n"));

    // What people write, with every form of value that the keys take.
    private const string Rich = """
        # The host.
        hostname = "host.example.org" # told to servers
        client-id = 'duid'
        duid = "00:04:00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f"

        [interface.bond0] # the bond
        slaves = ["enp3s0", "wlp2s0"] # my slaves
        mode = "active-backup"
        primary = "enp3s0"
        dhcp4 = true
        dhcp6 = "auto"
        prefix-delegation = 56
        iaid = 0x0a_0b # hexadecimal
        offer-wait = 5
        require-server = [
          "192.0.2.1", # the first
          '192.0.2.2',
          # none more
        ]
        send = { vendor-class-identifier = "a \"b\" \\ c", user-class = ["one", "two"] }
        dns = "file"

        [interface.bond0.supersede]
        domain-name-servers = ["192.0.2.53"]
        dhcp6.domain-search = [ "example.org" ]

        [interface."eth0.5"]
        addresses = ["192.0.2.60/24", "2001:db8::5/64"]
        routes = [
          "default via 192.0.2.1 metric 5",
          "blackhole fd09::/16" ]
        search-domains = ["example.org"]
        """;

    [Fact]
    public void RichFile_IsSound() => Assert.Empty(Problems(Rich));

    [Theory(DisplayName = "A file that ends anywhere, with its last line damaged in any way, is a sound configuration or has problems, each with its place")]
    [InlineData("")]
    [InlineData("\"")]
    [InlineData("'")]
    [InlineData("]")]
    [InlineData("[")]
    [InlineData("{")]
    [InlineData("=")]
    [InlineData(",")]
    [InlineData("#")]
    [InlineData("\\")]
    [InlineData("\r")]
    [InlineData("\0")]
    [InlineData("\ud800")]
    [InlineData("9")]
    [InlineData("x y")]
    public void CutFile_IsReadToItsEnd(string damage)
    {
        Random random = new(7);
        for (int length = 0; length <= Rich.Length; length++)
        {
            string cut = Rich[..length];
            int lastLine = cut.LastIndexOf('\n') + 1;
            AssertIsRead(cut + damage);
            AssertIsRead(cut.Insert(random.Next(lastLine, length + 1), damage));
            if (length > lastLine) AssertIsRead(cut.Remove(random.Next(lastLine, length), 1) + damage);
        }
    }

    [Fact(DisplayName = "Any piece of a file, changed anywhere in any way that the parser has rules for, is a sound configuration or has problems with their places")]
    public void ChangedPiece_IsReadToItsEnd()
    {
        string[] bits =
        [
            "\"", "'", "[", "]", "{", "}", "=", ",", "#", "\n", "\r", "\\", "\"\"\"", "'''", "0x", "1__0", "1979-05-27T", "\\u00", "\\U0011", "\\x4", "inf",
            "+", "-", "e", ".", "\u0001", "\ud800", "\ufeff", "\u2028", " ", "\t", "<eof>", "true", "[[", "]]",
        ];
        Random random = new(11);
        for (int i = 0; i < 5000; i++)
        {
            int from = random.Next(Rich.Length);
            string text = Rich[from..random.Next(from, Math.Min(Rich.Length, from + 300))];
            for (int edits = random.Next(4); edits >= 0; edits--)
            {
                int at = random.Next(text.Length + 1);
                text = random.Next(3) == 0 && at < text.Length ? text.Remove(at, 1) : text.Insert(at, bits[random.Next(bits.Length)]);
            }
            AssertIsRead(text);
        }
    }

    private static void AssertIsRead(string text)
    {
        try
        {
            ConfigurationResult result = Read(text);
            Assert.NotEqual(result.Configuration is null, result.Problems.Count == 0);
            int lines = text.Split('\n').Length;
            Assert.All([.. result.Problems, .. result.Warnings], problem =>
            {
                Assert.InRange(problem.Line, 1, lines);
                Assert.InRange(problem.Column, 1, text.Length + 1);
                Assert.NotEqual("", problem.Message);
            });
        }
        catch (Exception fault) when (fault is not Xunit.Sdk.XunitException)
        {
            Assert.Fail($"{fault}\n{text}");
        }
    }

    [Fact(DisplayName = "A mebibyte of lines that are no TOML takes as long to refuse as to parse: they are not compared line with line")]
    public void DamagedFile_OfAllLines_IsRefusedAtOnce()
    {
        string text = string.Concat(Enumerable.Repeat("x\n", 1 << 19));
        long before = Stopwatch.GetTimestamp();
        Assert.True(SyntaxParser.Parse(text, "f.toml", validate: true).HasErrors);
        TimeSpan parsing = Stopwatch.GetElapsedTime(before);
        before = Stopwatch.GetTimestamp();
        Assert.Equal("f.toml:21:2: and 524268 more", Problems(text)[^1]);
        Assert.InRange(Stopwatch.GetElapsedTime(before), TimeSpan.Zero, 5 * parsing);
    }

    [Fact(DisplayName = "No sequence of damaged lines is read for ever, and a file of another kind is not told line by line")]
    public void DamagedFile_OfManyLines_HasALimit()
    {
        string[] lines = ["[", "[interface.\"", "\"", "'x", "a = \"", "[interface.eth0", "k = [", "\"\"\"", "]]"];
        Random random = new(7);
        for (int i = 0; i < 300; i++)
        {
            string text = string.Join('\n', Enumerable.Range(0, 60).Select(_ => lines[random.Next(lines.Length)]));
            Assert.InRange(Problems(text).Length, 1, 60);
        }
    }

    [Fact]
    public void BrokenToml_IsReportedWithItsPlace()
    {
        string problem = Problems("[interface.eth0\ndhcp4 = true")[0];
        Assert.StartsWith("f.toml:1:", problem);
    }

    [Fact]
    public void Text_WithoutQuotes_IsToldWhatIsMissing()
    {
        string problem = Problems("[interface.bond0]\nslaves = enp3s0\n")[0];
        Assert.StartsWith("f.toml:2:10: ", problem, StringComparison.Ordinal);
        Assert.EndsWith("; a string needs quotes: \"enp3s0\"", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void File_OfAnotherKind_IsRefusedInAFewLines()
    {
        string[] problems = [.. Problems(string.Concat(Enumerable.Range(0, 300).Select(static line => $"\u0001\u0002 {line} = = ]\n")))];
        Assert.Equal(21, problems.Length);
        Assert.Matches("^f.toml:21:[0-9]+: and 280 more$", problems[^1]);
    }

    [Theory]
    [InlineData("interface.eth0.dhcp4 = true")]
    [InlineData("interface = { eth0 = { dhcp4 = true } }")]
    [InlineData("[interface]\neth0.dhcp4 = true")]
    [InlineData("[interface.\"eth0\"]\n\"dhcp4\" = true")]
    public void OtherSpellingsOfToml_MeanTheSame(string text)
    {
        ConfigurationResult result = Read(text);
        Assert.Empty(result.Problems);
        Assert.True(result.Configuration!.Find("eth0")!.Dhcp4);
    }
}
