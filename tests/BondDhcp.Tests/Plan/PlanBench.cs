using BondDhcp.Bond.Netlink;
using BondDhcp.Bond.Plan;
using BondDhcp.Net;

namespace BondDhcp.Tests.Plan;

/// <summary>A plan on a model of the kernel: what it does, what it tells, and time that passes when a test says so.</summary>
internal sealed class PlanBench
{
    public PlanBench(MasterSettings settings, MasterOwnership? owned = null) => Plan = BondPlan.Create(settings, owned ?? MasterOwnership.None);

    public ModelKernel Kernel { get; } = new();

    public BondPlan Plan { get; set; }

    public Instant Now { get; set; } = Instant.FromSeconds(100);

    /// <summary>Every act with the kernel's answer.</summary>
    public List<(Instant At, BondAct Act, RtnlResult Result)> Acts { get; } = [];

    public List<Report> Reports { get; } = [];

    public IEnumerable<string> ActKeys => Acts.Select(act => act.Act.Key);

    /// <summary>Steps until the plan wants nothing more at this moment.</summary>
    public void Run()
    {
        for (int i = 0; i < 100; i++)
        {
            BondStep step = Plan.Step(Kernel.Observe(Plan.Settings), Now);
            Plan = step.Plan;
            Reports.AddRange(step.Reports);
            if (step.Act is not { } act) return;
            RtnlResult result = Kernel.Do(act);
            Acts.Add((Now, act, result));
            Plan = Plan.Done(result, Now);
        }
        Xunit.Assert.Fail("the plan turns in circles: " + string.Join(", ", ActKeys.TakeLast(6)));
    }

    /// <summary>Lets time pass; the plan is asked whenever it asked for that.</summary>
    public void Pass(double seconds)
    {
        Instant end = Now + TimeSpan.FromSeconds(seconds);
        Run();
        while (Plan.NextDeadline <= end)
        {
            Now = Instant.Max(Now, Plan.NextDeadline);
            Run();
            Xunit.Assert.True(Plan.NextDeadline > Now, "a deadline that has passed stays");
        }
        Now = end;
        Run();
    }

    public static MasterSettings Bond(string[] slaves, string? primary = null, params (string, string)[] options) => new()
    {
        Name = "bond0",
        Kind = MasterKind.Bond,
        Slaves = [.. slaves.Select(name => new SlaveSettings(name))],
        Primary = primary,
        Options = [.. options.Select(ModelKernel.Setting)],
    };
}
