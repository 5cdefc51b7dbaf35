using BondDhcp.Host.Components;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Daemon;
using Xunit;

namespace BondDhcp.Tests.Host;

/// <summary>A reload that goes wrong anywhere is answered once, and ends nothing.</summary>
public sealed class ReloadTurnTests
{
    private readonly List<string> _log = [];
    private Completion? _applied;

    private static readonly ConfigurationResult s_sound = new(new DaemonConfiguration(), [], []);

    private void Run(Func<ConfigurationResult> read, Func<Completion, string?> apply) => new ReloadTurn(
        read, (_, _, applied) =>
        {
            _applied = applied;
            return apply(applied);
        },
        report => _log.Add($"{report.Event} {report.Fields[0].Value}"), (exitCode, problem) => _log.Add($"answer {exitCode} {problem ?? "none"}")).Run();

    [Fact]
    public void Fault_InReading_IsToldAndTheConfigurationStays()
    {
        Run(() => throw new ArgumentOutOfRangeException(null, "outside"), _ => throw new InvalidOperationException("not to be applied"));
        Assert.Equal(["fault outside", "warning the configuration stays as it was: internal fault: outside", "answer 1 internal fault: outside"], _log);
    }

    [Fact]
    public void Fault_InApplying_IsToldAsSuch()
    {
        Run(() => s_sound, _ => throw new InvalidOperationException("half"));
        Assert.Equal(["fault half", "warning the new configuration may be in force in part: internal fault: half", "answer 1 internal fault: half"], _log);
        _applied!(null);
        Assert.Equal(3, _log.Count);
    }

    [Fact]
    public void Fault_BehindTheAnswer_IsNoSecondAnswer()
    {
        Run(() => s_sound, applied =>
        {
            applied(null);
            throw new InvalidOperationException("late");
        });
        Assert.Equal(["command reload", "answer 0 none", "fault late"], _log);
    }

    [Fact]
    public void Problems_AreRefusedWithTheFirstAndTheirNumber()
    {
        var problem = new ConfigurationProblem("f.toml", 2, 3, "wrong");
        Run(() => new ConfigurationResult(null, [problem], []), _ => null);
        Run(() => new ConfigurationResult(null, [problem, problem, problem], []), _ => null);
        Run(() => s_sound, _ => "another daemon has eth0");
        Assert.Equal(
            [
                "warning the configuration stays as it was: f.toml:2:3: wrong", "answer 2 f.toml:2:3: wrong",
                "warning the configuration stays as it was: f.toml:2:3: wrong (and 2 more)", "answer 2 f.toml:2:3: wrong (and 2 more)",
                "warning the configuration stays as it was: another daemon has eth0", "answer 1 another daemon has eth0",
            ],
            _log);
    }

    [Fact]
    public void Success_IsAnsweredWhenItIsInForce()
    {
        Run(() => s_sound, _ => null);
        Assert.Empty(_log);
        _applied!("eth0 is left");
        Assert.Equal(["command reload", "answer 1 the new configuration is in force, but eth0 is left"], _log);
    }
}
