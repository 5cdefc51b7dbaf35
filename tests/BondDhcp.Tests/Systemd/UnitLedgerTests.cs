using BondDhcp.Host.Systemd;
using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Systemd;

/// <summary>What the units of components are told, and when again.</summary>
public sealed class UnitLedgerTests
{
    private readonly UnitLedger _ledger = new();
    private Instant _now = Instant.FromSeconds(100);

    private static UnitWish[] Wishes(params string[] wishes) => [.. wishes.Select(one => new UnitWish(one[1..], one[0] == '+'))];

    private string Next(params string[] wishes) =>
        _ledger.Next(Wishes(wishes), _now) is { } call ? $"{call.Verb} {string.Join(' ', call.Components)}" : "";

    private void Tell(bool succeeded, bool isLast, params string[] wishes) =>
        _ledger.Told(_ledger.Next(Wishes(wishes), _now)!, succeeded, isLast, _now);

    [Fact]
    public void FirstTime_EveryUnitIsTold()
    {
        Assert.Equal("stop b", Next("+a", "-b"));
        Tell(true, false, "+a", "-b");
        Assert.Equal("start a", Next("+a", "-b"));
        Tell(true, false, "+a", "-b");
        Assert.Equal("", Next("+a", "-b"));
        Assert.Equal("stop a", Next("-b"));
    }

    [Fact(DisplayName = "After systemctl start dhcp4@bond0 failed its unit is told again, with the component unchanged")]
    public void Failed_IsToldAgainALittleLater()
    {
        Tell(succeeded: false, false, "+dhcp4@bond0");
        Assert.Equal("", Next("+dhcp4@bond0"));
        Assert.Equal(_now + TimeSpan.FromSeconds(1), _ledger.AgainAt);
        _now += TimeSpan.FromSeconds(1);
        Assert.Equal("start dhcp4@bond0", Next("+dhcp4@bond0"));
        Tell(succeeded: true, false, "+dhcp4@bond0");
        Assert.Equal("", Next("+dhcp4@bond0"));
        Assert.True(_ledger.AgainAt.IsNever);
    }

    [Fact]
    public void Failing_AgainAndAgain_IsLeftUntilTheNextChange()
    {
        List<double> waits = [];
        for (int i = 0; i < 20; i++)
        {
            if (Next("+a").Length == 0) break;
            Tell(succeeded: false, false, "+a");
            if (_ledger.AgainAt.IsNever) continue;
            waits.Add((_ledger.AgainAt - _now).TotalSeconds);
            _now = _ledger.AgainAt;
        }
        Assert.Equal([1, 2, 4, 8, 16, 32], waits);
        _now += TimeSpan.FromDays(1);
        Assert.Equal("", Next("+a"));
        _ledger.Change();
        Assert.Equal("start a", Next("+a"));
        Tell(succeeded: false, false, "+a");
        Assert.Equal(_now + TimeSpan.FromSeconds(1), _ledger.AgainAt);
    }

    [Fact(DisplayName = "A stop that fails holds back no start: those are told in the same round, and once; the stop is told again as often as ever")]
    public void StopFailed_StartsAreToldAllTheSame()
    {
        string[] wishes = ["+a", "-b"];
        Assert.Equal("stop b", Next(wishes));
        Tell(succeeded: false, false, wishes);
        Assert.Equal("start a", Next(wishes));
        Tell(succeeded: true, false, wishes);
        Assert.Equal("", Next(wishes));
        List<double> waits = [];
        while (!_ledger.AgainAt.IsNever && waits.Count < 20)
        {
            waits.Add((_ledger.AgainAt - _now).TotalSeconds);
            _now = _ledger.AgainAt;
            Assert.Equal("stop b", Next(wishes));
            Tell(succeeded: false, false, wishes);
            Assert.Equal("", Next(wishes));
        }
        Assert.Equal([1, 2, 4, 8, 16, 32], waits);
    }

    [Fact]
    public void StopAndStartFailed_AreOneRound()
    {
        string[] wishes = ["+a", "-b"];
        Tell(succeeded: false, false, wishes);
        Assert.Equal("start a", Next(wishes));
        Tell(succeeded: false, false, wishes);
        Assert.Equal("", Next(wishes));
        Assert.Equal(_now + TimeSpan.FromSeconds(1), _ledger.AgainAt);
        _now = _ledger.AgainAt;
        Assert.Equal("stop b", Next(wishes));
        Tell(succeeded: true, false, wishes);
        Assert.Equal("start a", Next(wishes));
    }

    [Fact]
    public void Change_WaitsForNothing()
    {
        Tell(succeeded: false, false, "+a");
        _ledger.Change();
        Assert.Equal("stop a", Next("-a"));
    }

    [Fact]
    public void LastTime_IsNotRepeated()
    {
        Tell(succeeded: true, false, "+a");
        Assert.Equal("stop a", Next());
        Tell(succeeded: false, isLast: true);
        _ledger.Change();
        Assert.Equal("", Next());
    }
}
