using System.Diagnostics;
using System.Text.RegularExpressions;
using BondDhcp.Host.Commands;
using BondDhcp.Host.Configuration;
using BondDhcp.Tests.Beds;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Package;

/// <summary>The man pages name what there is, all of it and nothing else.</summary>
public sealed partial class ManualTests
{
    private static readonly string s_program = Read("bonddhcp.8");
    private static readonly string s_configuration = Read("bonddhcp.toml.5");

    [Fact]
    public void Commands_AreThoseOfTheProgram()
    {
        string[] commands = [.. CommandTable.All.Select(command => command.Name)];
        Assert.Equal(commands.Order(StringComparer.Ordinal), Items(s_program).Select(item => item.Split(' ')[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Command_HasItsArgumentsAndOptions()
    {
        foreach (CommandSpec command in CommandTable.All)
        {
            string item = Assert.Single(Items(s_program), item => item.Split(' ')[0] == command.Name);
            string[] options = [.. OptionName().Matches(item).Select(match => match.Groups[1].Value)];
            Assert.Equal(command.Options.Select(option => option[1..]).Order(StringComparer.Ordinal), options.Order(StringComparer.Ordinal));
            Assert.True(command.MaxArguments == 0 || item.Contains(" Ar ", StringComparison.Ordinal), $"{command.Name}: no argument in '{item}'");
        }
    }

    [Fact]
    public void ExitCodes_AreThoseOfTheProgram()
    {
        string section = s_program[s_program.IndexOf(".Sh EXIT STATUS", StringComparison.Ordinal)..s_program.IndexOf(".Sh EXAMPLES", StringComparison.Ordinal)];
        int[] codes = [ExitCode.Done, ExitCode.Failed, ExitCode.Usage, ExitCode.NoDaemon, ExitCode.TimedOut];
        Assert.Equal(codes.Select(code => $".It {code}"), section.Split('\n').Where(line => line.StartsWith(".It ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Keys_AreThoseOfTheReader()
    {
        IEnumerable<string> known = DaemonKeys.All.Keys.Concat(InterfaceKeys.All.Keys).Order(StringComparer.Ordinal);
        Assert.Equal(known, Items(s_configuration).SelectMany(item => item.Split(" , ")).Order(StringComparer.Ordinal));
    }

    [ProgramTheory("man")]
    [InlineData("bonddhcp.8")]
    [InlineData("bonddhcp.toml.5")]
    public async Task Page_GivesNoWarning(string page)
    {
        ProcessStartInfo start = new("man", ["--warnings", "-E", "UTF-8", "-Tutf8", "-l", PathOf(page)]) { Environment = { ["MANWIDTH"] = "80", ["LC_ALL"] = "C.UTF-8" } };
        ProgramResult result = await Programs.TryRunAsync(start);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.NotEmpty(result.Output);
    }

    // The items of a page that name commands or keys, behind ".It Ic ".
    private static string[] Items(string page) =>
        [.. page.Split('\n').Where(line => line.StartsWith(".It Ic ", StringComparison.Ordinal)).Select(line => line[".It Ic ".Length..])];

    private static string PathOf(string page) => Path.Combine(SourceTree.Root, "packaging", "man", page);

    private static string Read(string page) => File.ReadAllText(PathOf(page));

    // "Fl -json" is --json, "Fl 4" is -4.
    [GeneratedRegex("Fl ([-a-z0-9]+)")]
    private static partial Regex OptionName();
}
