using BondDhcp.Host.Commands;
using Xunit;

namespace BondDhcp.Tests.Host;

public class CommandLineTests
{
    private static CommandLine.Result Parse(params string[] arguments) => CommandLine.Parse(arguments, _ => null);

    [Fact]
    public void OptionsBeforeAndAfterTheCommand_MeanTheSame()
    {
        Invocation before = Parse("--config", "a.toml", "--timeout", "5", "-4", "renew", "eth0").Invocation!;
        Invocation after = Parse("renew", "eth0", "-4", "--timeout=5s", "--config=a.toml").Invocation!;
        Assert.Equal(before with { Arguments = [] }, after with { Arguments = [] });
        Assert.Equal(["eth0"], before.Arguments.ToArray());
        Assert.Equal(TimeSpan.FromSeconds(5), before.Timeout);
        Assert.Equal("a.toml", before.ConfigurationFile);
    }

    [Theory(DisplayName = "AC-3 unknown commands and options are wrong usage, with the nearest valid one")]
    [InlineData("unknown command 'statsu'; did you mean 'status'?", "statsu")]
    [InlineData("unknown option '--jsno'; did you mean '--json'?", "status", "--jsno")]
    [InlineData("unknown option '--json'", "renew", "eth0", "--json")]
    [InlineData("unknown command 'stat'; did you mean 'status'?", "stat")]
    [InlineData("unknown option '--confg'; did you mean '--config'?", "--confg", "x", "check")]
    [InlineData("which command? 'bonddhcp --help' lists them")]
    [InlineData("renew needs IFACE", "renew")]
    [InlineData("start needs COMPONENT", "start")]
    [InlineData("'eth1' is one argument too many", "renew", "eth0", "eth1")]
    [InlineData("--config needs a value", "status", "--config")]
    [InlineData("--config needs a value", "--config=", "check")]
    [InlineData("--runtime-dir needs a value", "status", "--runtime-dir", "")]
    [InlineData("unknown option '-V'", "-V")]
    [InlineData("--timeout: 'soon' is no time span, such as 90, 10m or 2h", "renew", "eth0", "--timeout", "soon")]
    [InlineData("--json takes no value", "status", "--json=yes")]
    public void Mistake_IsWrongUsage(string message, params string[] arguments)
    {
        CommandLine.Result result = Parse(arguments);
        Assert.Equal(CommandLine.Verdict.Wrong, result.Verdict);
        Assert.Equal(message, result.Message);
    }

    [Fact]
    public void File_GivenToWhatTakesNone_WasMeantAsTheConfiguration()
    {
        string file = typeof(CommandLineTests).Assembly.Location;
        Assert.Equal($"'{file}' is one argument too many; did you mean 'bonddhcp --config {file} check'?", Parse("check", file).Message);
        Assert.Equal($"'{file}' is one argument too many; did you mean 'bonddhcp --config {file} run'?", Parse("run", file).Message);
        Assert.Equal($"'{file}' is one argument too many; the daemon reads the file again that it was started with", Parse("reload", file).Message);
        Assert.Equal("'/no/such/file' is one argument too many", Parse("check", "/no/such/file").Message);
        Assert.Equal($"'{file}' is one argument too many", Parse("demo", file).Message);
    }

    [Fact]
    public void Directories_ComeFromTheEnvironmentUnlessGiven()
    {
        string? Environment(string name) => name == "STATE_DIRECTORY" ? "/s1:/s2" : name == "RUNTIME_DIRECTORY" ? "/r" : null;
        Invocation invocation = CommandLine.Parse(["run", "--runtime-dir", "/x"], Environment).Invocation!;
        Assert.Equal(("/s1", "/x"), (invocation.StateDirectory, invocation.RuntimeDirectory));
        Assert.Equal("/var/lib/bonddhcp", Parse("run").Invocation!.StateDirectory);
    }

    [Fact]
    public void Help_IsThereForEveryCommand()
    {
        foreach (CommandSpec command in CommandTable.All)
        {
            CommandLine.Result result = Parse(command.Name, "--help");
            Assert.Equal((CommandLine.Verdict.Help, command), (result.Verdict, result.Command));
            StringWriter output = new();
            HelpText.Write(output, command);
            Assert.StartsWith($"usage: bonddhcp {command.Name}", output.ToString());
        }
        Assert.Equal(CommandLine.Verdict.Help, Parse("--help").Verdict);
    }

    [Fact]
    public void Help_NamesTheOptionsThatAreTaken()
    {
        foreach (CommandSpec command in CommandTable.All)
        {
            string[] inUsage = [.. command.Synopsis.Split(' ', '[', ']').Where(word => word.StartsWith('-'))];
            Assert.Equal(inUsage.Order(StringComparer.Ordinal), command.Options.Order(StringComparer.Ordinal));
            StringWriter output = new();
            HelpText.Write(output, command);
            foreach (string option in command.Options)
            {
                Assert.Contains($"\n  {option} ", output.ToString(), StringComparison.Ordinal);
                string[] arguments = [.. Enumerable.Repeat("eth0", command.MinArguments)];
                string[] value = option switch
                {
                    "--timeout" or "--since" => [option, "10m"],
                    "--format" => [option, "openmetrics"],
                    "--root" or "--output" => [option, "/tmp/x"],
                    _ => [option],
                };
                Assert.Equal(CommandLine.Verdict.Run, Parse([command.Name, .. arguments, .. value]).Verdict);
            }
        }
    }

    [Fact]
    public void Help_ListsNothingThatDoesNotWorkYet()
    {
        StringWriter output = new();
        HelpText.Write(output, null);
        foreach (string later in (string[])["explain", "capture", "replay", "drill"])
            Assert.DoesNotContain($"  {later} ", output.ToString());
    }

    [Fact]
    public void DoubleDash_EndsTheOptions() => Assert.Equal(["-4"], Parse("decode", "--", "-4").Invocation!.Arguments.ToArray());
}
