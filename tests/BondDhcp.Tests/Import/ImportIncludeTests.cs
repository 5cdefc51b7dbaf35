using BondDhcp.Host.Import;
using BondDhcp.Host.Import.Isc;
using Xunit;

namespace BondDhcp.Tests.Import;

/// <summary>Files that dhclient.conf includes.</summary>
public sealed class ImportIncludeTests
{
    private const string Main = "/etc/dhcp/dhclient.conf", Local = "/etc/dhcp/local.conf";

    private static SystemTree Tree(string conf) =>
        new SystemTree().File("/etc/network/interfaces", "auto c0 c1\niface c0 inet dhcp\niface c1 inet dhcp\n").File(Main, conf);

    private static string[] Lost(ImportOutcome outcome) => [.. outcome.Reader.Draft.Lost.Select(note => note.ToString())];

    [Fact(DisplayName = "include is followed where it stands, also within interface blocks: each line of the TOML has the file and line it is from")]
    public void Include_OfAFile_IsReadInItsPlace()
    {
        using SystemTree tree = Tree($"send host-name \"before\";\ninclude \"{Local}\";\nsend user-class \"main\";\ninterface \"c1\" {{\n  include \"/run/c1.conf\";\n}}\n")
            .File(Local, "option my-number code 224 = unsigned integer 8;\nsend host-name \"local\";\nsend dhcp-client-identifier 1:2:3;\nsend user-class \"local\";\ninterface \"c0\" { send my-number 7; }\n")
            .Link("/run/c1.conf", "/etc/dhcp/c1.conf").File("/etc/dhcp/c1.conf", "\nselect-timeout 5;\n");
        ImportOutcome outcome = tree.Import();
        Assert.Empty(Lost(outcome));
        Assert.Contains($"hostname = \"local\" # {Local}:2\n", outcome.Toml, StringComparison.Ordinal);
        Assert.Contains($"client-id = \"01:02:03\" # {Local}:3: the octets that dhclient sends\n", outcome.Toml, StringComparison.Ordinal);
        Assert.Contains($"send.user-class = \"main\" # {Main}:3\n", outcome.Toml.Replace("hex:6d:61:69:6e", "main", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains($"offer-wait = 5000 # /run/c1.conf:2: select-timeout", outcome.Toml, StringComparison.Ordinal);
        Assert.Contains($"send.224 = \"hex:07\" # {Local}:5\n", outcome.Toml.Replace("\"224\"", "224", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("NEW", outcome.Toml, StringComparison.Ordinal);
        Assert.Contains(Local, outcome.Reader.Files);
        Assert.Null(outcome.Reader.UnreadOf("c0"));
    }

    [Theory(DisplayName = "A file that cannot be read is named with the line of its include, and nothing is claimed of what dhclient sends")]
    [InlineData("include \"/etc/dhcp/none.conf\";", "'include \"/etc/dhcp/none.conf\"': not read: ")]
    [InlineData("include \"/etc/dhcp\";", "'include \"/etc/dhcp\"': not read: it is no regular file")]
    [InlineData("include \"local.conf\";", "'include \"local.conf\"': not read: dhclient looks for it where it was started; write the whole path")]
    public void Include_ThatCannotBeRead_LeavesClaimsOut(string include, string why)
    {
        using SystemTree tree = Tree($"# first\n{include}\n");
        ImportOutcome outcome = tree.Import();
        Assert.StartsWith($"{Main}:2: {why}", Assert.Single(Lost(outcome)), StringComparison.Ordinal);
        Assert.DoesNotContain("sends none", outcome.Toml, StringComparison.Ordinal);
        Assert.DoesNotContain("sends no host-name", outcome.Toml, StringComparison.Ordinal);
        Assert.Contains("client-id = \"duid\" # what dhclient sends is not known\n", outcome.Toml, StringComparison.Ordinal);
        Assert.Contains($"hostname = false # not known: {Main}:2 could not be read\n", outcome.Toml, StringComparison.Ordinal);
        Assert.Contains(outcome.Reader.Draft.Remarks, note => note.ToString().StartsWith($"{Main}:2: whether dhclient sends a client identifier on c0 is not known", StringComparison.Ordinal));
        Assert.Equal(new SourceLine(Main, 2), outcome.Reader.UnreadOf("c1"));
    }

    [Fact(DisplayName = "What is not read within an interface block is about that interface alone, and an identifier beside it is qualified")]
    public void Include_WithinAnInterface_ConcernsItAlone()
    {
        using SystemTree one = Tree("interface \"c0\" {\n  include \"/none\";\n}\n");
        ImportOutcome outcome = one.Import();
        Assert.Equal((new SourceLine(Main, 2), null), (outcome.Reader.UnreadOf("c0"), outcome.Reader.UnreadOf("c1")));
        Assert.Contains("dhclient sends none on c1,", string.Join('\n', outcome.Reader.Draft.Remarks), StringComparison.Ordinal);
        using SystemTree sent = Tree("send dhcp-client-identifier 1:2:3;\ninclude \"/none\";\n");
        Assert.Contains(
            $"client-id = \"01:02:03\" # {Main}:1: the octets that dhclient sends, as far as its configuration could be read (not {Main}:2)\n", sent.Import().Toml, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A dhclient.conf that cannot be read itself says nothing of what is sent either")]
    public void Conf_ThatCannotBeRead_LeavesClaimsOut()
    {
        using SystemTree tree = new SystemTree().File("/etc/network/interfaces", "auto c0\niface c0 inet dhcp\n").Link(Main, "/etc");
        ImportOutcome outcome = tree.Import();
        Assert.Contains($"{Main} cannot be read", string.Join('\n', Lost(outcome)), StringComparison.Ordinal);
        Assert.DoesNotContain("sends none", outcome.Toml, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Files that include themselves are named and read once; a name without quotes is none to dhclient")]
    public void Include_InACircle_Ends()
    {
        using SystemTree tree = Tree($"include \"{Local}\";\ninclude /etc/x;\n")
            .File(Local, $"send host-name \"local\";\ninclude \"{Local}\";\ninclude \"{Main}\";\nsend vendor-class-identifier \"a\"\n");
        ImportOutcome outcome = tree.Import();
        Assert.Equal(
            [
                $"{Local}:2: 'include \"{Local}\"': that file is being read already; it is not read within itself",
                $"{Local}:3: 'include \"{Main}\"': that file is being read already; it is not read within itself",
                $"{Main}:2: 'include /etc/x': the name of a file in quotes belongs here, and dhclient reads none without them",
                $"{Local}:4: a ';' is missing",
            ],
            Lost(outcome));
        Assert.Contains($"hostname = \"local\" # {Local}:1\n", outcome.Toml, StringComparison.Ordinal);
        Assert.Null(outcome.Reader.UnreadOf("c0"));
    }

    [Fact(DisplayName = "There is a limit on files within files, on their number and on their length")]
    public void Include_WithoutEnd_IsLimited()
    {
        (int Read, string Lost) Limit(string main, Func<string, string> text)
        {
            int read = 0;
            ImportDraft draft = new();
            var conf = DhclientConf.Read("/0", main, draft, path =>
            {
                read++;
                return new IncludedFile(path, text(path), null);
            });
            Assert.NotNull(conf.Global.Unread);
            return (read, draft.Lost[0].ToString());
        }
        // Circles that no name shows.
        (int depth, string deep) = Limit("include \"/1\";", path => $"include \"{path}1\";");
        Assert.Equal(8, depth);
        Assert.StartsWith("/11111111:1: 'include \"/111111111\"': not read: files are within files too deep;", deep, StringComparison.Ordinal);
        (int files, string many) = Limit("include \"/a\"; include \"/a\";", path => path.Length < 7 ? string.Concat(Enumerable.Repeat($"include \"{path}b\"; include \"{path}c\";", 2)) : "send user-class \"a\";");
        Assert.Equal(64, files);
        Assert.EndsWith("not read: more than 64 files are included; what it says to dhclient is not known", many, StringComparison.Ordinal);
        (int large, string length) = Limit("include \"/a\"; include \"/b\"; include \"/c\";", _ => new string('#', 600_000));
        Assert.Equal(3, large);
        Assert.StartsWith("/0:1: 'include \"/b\"': not read: the included files are longer", length, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "A lease of dhclient.conf is a fallback until it ends; one that ended is named, and one without a date that can be read")]
    [InlineData("expire 2 2000/1/12 00:00:01;", "the lease of 10.9.9.9/24 ended on 2000-01-12, and dhclient does not use it any more either")]
    [InlineData("expire 2 2000/1/12;", "the lease of 10.9.9.9/24 ended on 2000-01-12, and dhclient does not use it any more either")]
    [InlineData("expire soon;", "'lease { ... }': its 'expire' is no time")]
    [InlineData("expire never;", null)]
    [InlineData("expire 5 2037/1/1 00:00:01;", null)]
    public void Lease_OfTheConfiguration_IsAFallbackUntilItEnds(string expire, string? lost)
    {
        using SystemTree tree = Tree($"send host-name \"a\";\nlease {{ interface \"c0\"; fixed-address 10.9.9.9; option subnet-mask 255.255.255.0; {expire} }}\n");
        ImportOutcome outcome = tree.Import();
        Assert.Equal(lost is null ? [] : [$"{Main}:2: {lost}"], Lost(outcome));
        Assert.Equal(lost is null, outcome.Reader.Draft.Find("c0")!.Has("fallback"));
    }

    [Fact(DisplayName = "A host name that is none is shown with the octets of the file")]
    public void HostName_OfOtherLetters_IsShownAsItsOctets()
    {
        using SystemTree tree = new SystemTree().File("/etc/network/interfaces", "auto c0\niface c0 inet dhcp\n").File(Main, "send host-name \"b\u00c3\u00bccher\";\n");
        Assert.Equal([$"{Main}:1: send host-name \"b\\xc3\\xbccher\": it is no host name, and none is sent"], Lost(tree.Import()));
    }
}
