using BondDhcp.Host.Resolver;
using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Resolver;

/// <summary>One act at a time, the newest wish, back-off, and what an earlier run left.</summary>
public sealed class ResolverMachineTests
{
    private static readonly ResolverTarget s_bond = new(ResolverWay.Resolved, "bond0");
    private static readonly ResolverTarget s_eth = new(ResolverWay.Resolved, "eth0");
    private static readonly ResolverTarget s_conf = new(ResolverWay.Resolvconf, "bond0");
    private static readonly ResolverContent s_a = new("192.0.2.1", "a.example");
    private static readonly ResolverContent s_b = new("192.0.2.2", "b.example");

    private ResolverMachine _machine = new();
    private Instant _now = Instant.FromSeconds(1000);

    private ResolverAct? Want(params (ResolverTarget, ResolverContent)[] all) => Want(all, [], new ResolverWays(true, true));

    private ResolverAct? Want((ResolverTarget Target, ResolverContent Content)[] all, string[] undecided, ResolverWays ways, bool fileUndecided = false) =>
        Step(new ResolverInput.Wanted([.. all.Select(one => new ResolverWish(one.Target, one.Content))], undecided, fileUndecided, ways));

    private ResolverAct? Step(ResolverInput input)
    {
        _machine = _machine.Step(input, _now);
        return _machine.Running;
    }

    private ResolverAct? End(string? error = null) => Step(new ResolverInput.Ended(error));

    private void Pass(TimeSpan delay) => _now += delay;

    private static void Is(ResolverTarget target, ResolverContent? content, ResolverAct? act) => Assert.Equal((target, content), (act?.Target, act?.Content));

    [Fact]
    public void Wish_IsTold_AndTakenBackWhenItGoes()
    {
        Is(s_bond, s_a, Want((s_bond, s_a)));
        Assert.False(_machine.IsSettled);
        Assert.Null(End());
        Assert.True(_machine.IsSettled);
        Assert.Equal(Instant.Never, _machine.NextDeadline);
        Assert.Null(Want((s_bond, s_a)));
        Is(s_bond, null, Want());
        Assert.Null(End());
        Assert.Empty(_machine.Entries);
    }

    [Fact]
    public void Wishes_DuringAnAct_AreOneAfterIt()
    {
        Want((s_bond, s_a));
        for (int i = 0; i < 5; i++) Is(s_bond, s_a, Want((s_bond, new ResolverContent($"192.0.2.{i}", ""))));
        Is(s_bond, s_a, Want((s_bond, s_b)));
        Is(s_bond, s_b, End());
        Assert.Null(End());
    }

    [Fact]
    public void Acts_OfSeveral_AreOneAtATime_TakingBackFirst()
    {
        Is(s_bond, s_a, Want((s_bond, s_a), (s_eth, s_a)));
        Is(s_eth, s_a, End());
        End();
        // Another way for bond0: the old one goes before the new one comes.
        Is(s_bond, null, Want((s_conf, s_a), (s_eth, s_a)));
        Is(s_conf, s_a, End());
        Assert.Null(End());
    }

    [Fact]
    public void Failure_IsTriedAgainWithBackOff_AndHoldsUpNobodyElse()
    {
        Want((s_bond, s_a), (s_eth, s_b));
        Is(s_eth, s_b, End("no"));
        End();
        Assert.Equal("no", _machine.Find(s_bond)!.Why);
        Assert.True(_machine.IsSettled);
        TimeSpan last = TimeSpan.Zero;
        for (int i = 0; i < 12; i++)
        {
            TimeSpan delay = _machine.NextDeadline - _now;
            Assert.Equal(last == TimeSpan.Zero ? ResolverMachine.FirstRetryDelay : last * 2 < ResolverMachine.MaxRetryDelay ? last * 2 : ResolverMachine.MaxRetryDelay, delay);
            last = delay;
            Pass(delay - TimeSpan.FromMilliseconds(1));
            Assert.Null(Step(new ResolverInput.Deadline()));
            Pass(TimeSpan.FromMilliseconds(1));
            Is(s_bond, s_a, Step(new ResolverInput.Deadline()));
            Assert.Null(End("no"));
        }
        // Another wish is tried at once.
        Is(s_bond, s_b, Want((s_bond, s_b), (s_eth, s_b)));
        Assert.Null(End());
        Assert.Null(_machine.Find(s_bond)!.Why);
    }

    [Fact]
    public void WishBack_AfterAFailureOfAnother_IsToldAgain()
    {
        Want((s_bond, s_a));
        End();
        Want((s_bond, s_b));
        End("half way");
        // It may know a, b or half of each.
        Is(s_bond, s_a, Want((s_bond, s_a)));
    }

    [Fact(DisplayName = "AP-11 whoever forgot is told again, a moment later and within 2 s")]
    public void Lost_IsToldAgain()
    {
        Want((s_bond, s_a), (s_conf, s_a));
        End();
        End();
        Assert.Null(Step(new ResolverInput.Lost(ResolverWay.Resolved)));
        Assert.InRange(_machine.NextDeadline - _now, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1));
        Pass(ResolverMachine.SettlingDelay);
        Is(s_bond, s_a, Step(new ResolverInput.Deadline()));
        // It is not ready yet, and is asked again before the two seconds are over.
        End("not yet");
        Assert.InRange(_machine.NextDeadline - _now, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Pass(ResolverMachine.FirstRetryDelay);
        Is(s_bond, s_a, Step(new ResolverInput.Deadline()));
        Assert.Null(End());
        Assert.Equal(Instant.Never, _machine.NextDeadline);
    }

    [Fact(DisplayName = "AP-11 one that forgets while it is being told is told once more")]
    public void Lost_DuringTheAct_IsToldOnceMore()
    {
        ResolverAct first = Want((s_bond, s_a))!.Value;
        Step(new ResolverInput.Lost(ResolverWay.Resolved));
        ResolverAct second = End()!.Value;
        Is(s_bond, s_a, second);
        Assert.NotEqual(first.Number, second.Number);
        Assert.Null(End());
        Assert.True(_machine.IsSettled);
    }

    [Fact]
    public void Adopted_IsKeptUntilDecided_ThenToldOnceMore()
    {
        _machine = ResolverMachine.Adopt([new(s_bond, s_a), new(s_eth, s_b)]);
        Assert.Equal(Instant.Never, _machine.NextDeadline);
        // eth0 is not configured any more, of bond0 nothing is known yet.
        Is(s_eth, null, Want([], ["bond0"], new ResolverWays(true, true)));
        Assert.Null(End());
        Assert.Equal([s_bond], _machine.Entries.Select(one => one.Target));
        Is(s_bond, s_a, Want((s_bond, s_a)));
        Assert.Null(End());
    }

    [Fact]
    public void Adopted_DecidedToOfferNothing_IsTakenBack()
    {
        _machine = ResolverMachine.Adopt([new(s_bond, s_a), new(ResolverTarget.File, new ResolverContent("", ""))]);
        Assert.Null(Want([], ["bond0"], new ResolverWays(true, false), fileUndecided: true));
        Is(s_bond, null, Want());
        Is(ResolverTarget.File, null, End());
        Assert.Null(End());
        Assert.Empty(_machine.Entries);
    }

    [Fact]
    public void TakingBack_FromWhoIsGone_IsNothing()
    {
        Want((s_bond, s_a));
        End();
        Assert.Null(Want([], [], new ResolverWays(false, true)));
        Assert.Empty(_machine.Entries);
    }

    [Fact]
    public void TakingBack_ThatFails_IsGivenUp()
    {
        Want((s_bond, s_a));
        End();
        Want();
        for (int i = 1; i < ResolverMachine.MaxTakeBacks; i++)
        {
            End("no such device");
            Pass(_machine.NextDeadline - _now);
            Is(s_bond, null, Step(new ResolverInput.Deadline()));
        }
        Assert.Null(End("no such device"));
        Assert.Empty(_machine.Entries);
    }

    [Fact]
    public void WishAgain_WhileItIsTakenBack_IsToldAfterIt()
    {
        Want((s_bond, s_a));
        End();
        Is(s_bond, null, Want());
        Want((s_bond, s_a));
        Is(s_bond, s_a, End());
        Assert.Null(End());
    }

    [Fact]
    public void Inputs_InAnyOrder_EndWhereTheWishIs()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            _machine = new ResolverMachine();
            Dictionary<ResolverTarget, ResolverContent?> world = [];
            ResolverTarget[] targets = [s_bond, s_eth, s_conf, ResolverTarget.File];
            (ResolverTarget, ResolverContent)[] wish = [];
            for (int step = 0; step < 60; step++)
            {
                Pass(TimeSpan.FromMilliseconds(random.Next(0, 3000)));
                switch (random.Next(4))
                {
                    case 0:
                        wish = [.. targets.Where(_ => random.Next(2) == 0).Select(target => (target, random.Next(2) == 0 ? s_a : s_b))];
                        Want(wish);
                        break;
                    case 1:
                        ResolverWay way = (ResolverWay)random.Next(3);
                        foreach (ResolverTarget target in targets) if (target.Way == way) world.Remove(target);
                        Step(new ResolverInput.Lost(way));
                        break;
                    default:
                        if (_machine.Running is not { } act) Step(new ResolverInput.Deadline());
                        else if (act.Content is not null && random.Next(3) == 0) End("failed"); // a taking back that fails is given up at last
                        else
                        {
                            world[act.Target] = act.Content;
                            End();
                        }
                        break;
                }
            }
            for (int i = 0; i < 1000 && !(_machine.Running is null && _machine.NextDeadline.IsNever); i++)
            {
                if (_machine.Running is { } act)
                {
                    world[act.Target] = act.Content;
                    End();
                }
                else
                {
                    Pass(_machine.NextDeadline - _now);
                    Step(new ResolverInput.Deadline());
                }
            }
            var expected = wish.ToDictionary(one => one.Item1, one => one.Item2);
            foreach (ResolverTarget target in targets)
                Assert.True(expected.GetValueOrDefault(target) == world.GetValueOrDefault(target), $"seed {seed}: {target}");
        }
    }
}
