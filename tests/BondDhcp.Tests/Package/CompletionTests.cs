using System.Diagnostics;
using BondDhcp.Host.Commands;
using BondDhcp.Tests.Beds;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Package;

/// <summary>What a shell offers after the tabulator, with the completions of the package: each line is asked of the shell itself.</summary>
public sealed class CompletionTests : IDisposable
{
    private static readonly string[] s_commands = [.. CommandTable.All.Select(command => command.Name).Order(StringComparer.Ordinal)];
    private readonly TemporaryDirectory _directory = new();

    public CompletionTests()
    {
        // The program under the name it is known by, whatever build it is of.
        File.WriteAllText(Path.Combine(_directory.Path, "bonddhcp"), $"#!/bin/sh\nexec '{BondDhcpProcess.Binary}' --runtime-dir '{_directory.Path}' \"$@\"\n");
        File.SetUnixFileMode(Path.Combine(_directory.Path, "bonddhcp"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.WriteAllText(Path.Combine(_directory.Path, "capture.pcap"), "");
        Directory.CreateDirectory(Path.Combine(_directory.Path, "captures"));
    }

    public void Dispose() => _directory.Dispose();

    [ProgramTheory("bash")]
    [InlineData("offered.bash", "bonddhcp.bash")]
    public Task Bash_OffersWhatThereIs(string script, string completions) => OffersAsync("bash", script, completions);

    [ProgramTheory("zsh")]
    [InlineData("offered.zsh", "")]
    public Task Zsh_OffersWhatThereIs(string script, string completions) => OffersAsync("zsh", script, completions);

    [ProgramTheory("fish")]
    [InlineData("offered.fish", "bonddhcp.fish")]
    public Task Fish_OffersWhatThereIs(string script, string completions) => OffersAsync("fish", script, completions);

    private async Task OffersAsync(string shell, string script, string completions)
    {
        async Task<string[]> OfferedAsync(string line)
        {
            string source = Path.Combine(SourceTree.Root, "tests", "BondDhcp.Tests", "Package", script);
            ProcessStartInfo start = new(shell, [source, Path.Combine(SourceTree.Root, "packaging", "completions", completions), line]) { WorkingDirectory = _directory.Path };
            start.Environment["PATH"] = $"{_directory.Path}:{Environment.GetEnvironmentVariable("PATH")}";
            start.Environment["HOME"] = _directory.Path;
            ProgramResult result = await Programs.TryRunAsync(start);
            Assert.True(result.ExitCode == 0, $"{line}: {result}");
            return [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(word => word.TrimEnd('/')).Distinct().Order(StringComparer.Ordinal)];
        }

        Assert.Equal(s_commands, await OfferedAsync("bonddhcp "));
        Assert.Equal(["start", "status", "stop"], await OfferedAsync("bonddhcp st"));
        Assert.Equal(["wait-online", "watch"], await OfferedAsync("bonddhcp --config x.toml wa"));
        Assert.Equal(["--config", "--help", "--runtime-dir", "--state-dir", "--version"], (await OfferedAsync("bonddhcp --")).Except(["-h"]));
        foreach (CommandSpec command in CommandTable.All)
            Assert.Empty(command.Options.Except(await OfferedAsync($"bonddhcp {command.Name} -")));
        string[] interfaces = [.. Directory.GetDirectories("/sys/class/net").Select(path => Path.GetFileName(path)!).Where(name => name != "lo").Order(StringComparer.Ordinal)];
        Assert.Equal(interfaces, await OfferedAsync("bonddhcp status "));
        Assert.Equal(interfaces.Select(name => "dhcp4@" + name), await OfferedAsync("bonddhcp stop dhcp4@"));
        Assert.Equal(interfaces.Length * 6, (await OfferedAsync("bonddhcp restart static@x ")).Length);
        Assert.Equal(["capture.pcap", "captures"], await OfferedAsync("bonddhcp decode cap"));
        Assert.Equal(["captures"], (await OfferedAsync("bonddhcp --state-dir cap")).Except([""]));
        Assert.Empty(await OfferedAsync("bonddhcp renew --timeout "));
    }
}
