using System.Text.RegularExpressions;
using BondDhcp.Host.Configuration;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Package;

/// <summary>The configuration that the package has as an example: every key, and each at its default.</summary>
public sealed partial class ExampleTests
{
    private static readonly string s_example = File.ReadAllText(Path.Combine(SourceTree.Root, "packaging", "examples", "bonddhcp.toml"));
    private static readonly string s_uncommented = CommentedKey().Replace(s_example, "$1");

    // The driver's options are in its own documentation, and num_unsol_na is the other name of one.
    private static readonly string[] s_driver = [.. Bond.Plan.BondOptionTable.All.Select(option => option.Name), "num_unsol_na"];

    [Fact]
    public void Example_IsSound()
    {
        ConfigurationResult result = ConfigurationReader.Read("bonddhcp.toml", s_example);
        Assert.Empty(result.Problems);
        Assert.Empty(result.Warnings);
    }

    [Fact]
    public void Example_HasEveryKey()
    {
        IEnumerable<string> wanted = DaemonKeys.All.Keys.Concat(InterfaceKeys.All.Keys.Except(s_driver));
        string[] there = [.. Key().Matches(s_uncommented).Select(match => match.Groups[1].Value)];
        Assert.Empty(wanted.Except(there));
    }

    [Fact]
    public void CommentedKeys_AreAtTheirDefaults()
    {
        ConfigurationResult result = ConfigurationReader.Read("bonddhcp.toml", s_uncommented);
        Assert.Empty(result.Problems);
        DaemonConfiguration plain = ConfigurationReader.Read("bonddhcp.toml", s_example).Configuration!, full = result.Configuration!;
        Assert.Equal(plain with { Interfaces = [] }, full with { Interfaces = [] });
        Assert.Equal(plain.Interfaces.Length, full.Interfaces.Length);
        foreach ((InterfaceConfiguration one, InterfaceConfiguration other) in plain.Interfaces.Zip(full.Interfaces))
        {
            Assert.True(one.SameAs(other with { Master = one.Master }), $"{one}\n{other}");
            if (one.Master is not { } master) continue;
            // The kind of a setting that stands in the file differs only in its text.
            Assert.True((master with { Options = [] }).SameAs(other.Master! with { Options = [] }));
            Assert.Equal(master.WantedOptions.Select(option => (option.Option.Name, option.Number)), other.Master!.WantedOptions.Select(option => (option.Option.Name, option.Number)));
        }
    }

    // "#metric = 1024", not "#   slaves = [...]" in the words before.
    [GeneratedRegex("^#([a-z][-a-z_0-9]* = )", RegexOptions.Multiline)]
    private static partial Regex CommentedKey();

    [GeneratedRegex("^([a-z][-a-z_0-9]*) = ", RegexOptions.Multiline)]
    private static partial Regex Key();
}
