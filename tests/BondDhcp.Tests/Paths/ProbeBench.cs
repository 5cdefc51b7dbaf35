using BondDhcp.Bond.Paths;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;

namespace BondDhcp.Tests.Paths;

/// <summary>A probe on a bench: a wired slave w0 (2), active, and a wireless one w1 (3), with a clock that stands still until it is moved.</summary>
internal sealed class ProbeBench(bool pathFailover = false)
{
    public const int W0 = 2;
    public const int W1 = 3;
    public static readonly MacAddress OtherGateway = MacAddress.Parse("02:00:00:00:00:99");

    private readonly List<PathProbeEffect> _effects = [];

    public PathProbe Probe { get; private set; } = PathProbe.Create(pathFailover);

    public Instant Now { get; private set; } = Instant.FromSeconds(100);

    public double Seconds => Now.Seconds;

    public List<SlavePath> Slaves { get; } =
    [
        new(W0, "w0", Usable: true, Fixture.A, null, null, IsActive: true),
        new(W1, "w1", Usable: true, Fixture.B, null, null, IsActive: false),
    ];

    public List<(Instant At, PathProbeEffect Effect)> Effects { get; } = [];

    /// <summary>What stands behind each slave: called with each question, it may answer.</summary>
    public Func<PathProbeEffect.Ask, MacAddress?> Network { get; set; } = _ => null;

    public LeaseNetwork Lease { get; set; } = new(Fixture.Server, Fixture.GatewayMac);

    public double[] Asked(int slave) =>
        [.. Effects.Where(one => one.Effect is PathProbeEffect.Ask ask && ask.SlaveIndex == slave).Select(one => one.At.Seconds)];

    public IEnumerable<T> Told<T>() where T : PathProbeEffect => Effects.Select(one => one.Effect).OfType<T>();

    public PathClass ClassOf(int slave) => Probe.Find(slave)!.Class;

    public ProbeBench Start()
    {
        Step(new PathProbeInput.Slaves([.. Slaves]));
        return Step(new PathProbeInput.Lease(Lease));
    }

    public ProbeBench Step(PathProbeInput input)
    {
        _effects.Clear();
        Probe = Probe.Step(input, Now, _effects);
        PathProbeEffect[] happened = [.. _effects];
        Effects.AddRange(happened.Select(effect => (Now, effect)));
        foreach (PathProbeEffect.Ask ask in happened.OfType<PathProbeEffect.Ask>())
            if (Network(ask) is { } mac) Step(new PathProbeInput.ArpAnswer(ask.SlaveIndex, ask.Gateway, mac));
        return this;
    }

    public ProbeBench Answer(int slave, MacAddress mac) => Step(new PathProbeInput.ArpAnswer(slave, Lease.Gateway, mac));

    public ProbeBench Set(int slave, Func<SlavePath, SlavePath> change)
    {
        int at = Slaves.FindIndex(one => one.Index == slave);
        Slaves[at] = change(Slaves[at]);
        return Step(new PathProbeInput.Slaves([.. Slaves]));
    }

    /// <summary>The bond uses this slave now.</summary>
    public ProbeBench Activate(int slave)
    {
        for (int i = 0; i < Slaves.Count; i++) Slaves[i] = Slaves[i] with { IsActive = Slaves[i].Index == slave };
        return Step(new PathProbeInput.Slaves([.. Slaves]));
    }

    public ProbeBench After(double seconds)
    {
        Instant end = Now + TimeSpan.FromSeconds(seconds);
        while (Probe.NextDeadline <= end)
        {
            Now = Instant.Max(Now, Probe.NextDeadline);
            Step(PathProbeInput.DeadlineReached.Instance);
        }
        Now = end;
        return this;
    }

    public ProbeBench Forget()
    {
        Effects.Clear();
        return this;
    }

    /// <summary>The known gateway answers on these slaves.</summary>
    public ProbeBench GatewayOn(params int[] slaves)
    {
        Network = ask => slaves.Contains(ask.SlaveIndex) ? Fixture.GatewayMac : null;
        return this;
    }
}
