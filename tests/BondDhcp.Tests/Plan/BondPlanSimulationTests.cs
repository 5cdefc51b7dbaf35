using BondDhcp.Bond.Links;
using BondDhcp.Bond.Plan;
using Xunit;

namespace BondDhcp.Tests.Plan;

/// <summary>Random events on a model of the kernel: in the end the bond is as wanted, and nothing is done for ever.</summary>
public sealed class BondPlanSimulationTests
{
    private const int Seeds = 400;
    private static readonly string[] s_names = ["w0", "w1", "w2"];

    [Fact(DisplayName = "AB-11 AB-16 AH-1 AH-2 AH-8 random outside events: the plan converges and comes to rest")]
    public void RandomEvents_ThenQuiet_ConvergeAndRest()
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            try
            {
                Run(new Random(seed), enforce: seed % 2 == 0);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}: {e.Message}", e);
            }
        }
    }

    [Fact(DisplayName = "AB-2 whatever happened to a bond before, adopting it takes no slave down")]
    public void Adoption_OfAnyBond_TakesNoSlaveDown()
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            Random random = new(seed);
            PlanBench bench = new(PlanBench.Bond(s_names, "w0"));
            foreach (string name in s_names) bench.Kernel.AddDevice(name, up: random.Next(2) == 0);
            string[] modes = ["active-backup", "balance-xor", "802.3ad", "balance-rr"];
            int bond = bench.Kernel.AddBond("bond0", ("mode", modes[random.Next(modes.Length)]), ("miimon", random.Next(2) == 0 ? "0" : "100"));
            HashSet<int> members = [];
            foreach (string name in s_names)
            {
                if (random.Next(2) == 0) continue;
                bench.Kernel.Do(new BondAct.Enslave(bond, bench.Kernel[name].Index, name));
                members.Add(bench.Kernel[name].Index);
            }
            bench.Pass(120);
            foreach ((_, BondAct act, _) in bench.Acts)
            {
                Assert.False(act is BondAct.Release or BondAct.Reselect or BondAct.Delete, $"seed {seed}: {act.Key}");
                Assert.False(act is BondAct.Enslave enslave && members.Contains(enslave.Slave), $"seed {seed}: {act.Key}");
                Assert.False(act is BondAct.SetDown && members.Count > 0, $"seed {seed}: {act.Key}");
            }
        }
    }

    private static void Run(Random random, bool enforce)
    {
        PlanBench bench = new(PlanBench.Bond(s_names, "w0") with { Enforce = enforce });
        for (int i = 0; i < 40; i++)
        {
            Disturb(bench.Kernel, random);
            if (random.Next(4) == 0) bench.Pass(random.NextDouble() * 5);
            else bench.Run();
        }
        // Everything is back, and a person starts the bond anew.
        bench.Kernel.Unusable.Clear();
        bench.Kernel.Uninitialized.Clear();
        if (bench.Kernel.Find("bond7") is not null) bench.Kernel.Remove("bond7");
        foreach (string name in s_names)
        {
            if (bench.Kernel.Find(name) is null) bench.Kernel.AddDevice(name);
            bench.Kernel.SetCarrier(name, true);
        }
        bench.Plan = bench.Plan.Reconfigure(bench.Plan.Settings);
        bench.Pass(120);
        int acts = bench.Acts.Count;
        bench.Pass(3600);
        Assert.Equal(acts, bench.Acts.Count);

        Link bond = bench.Kernel["bond0"];
        Assert.Equal(MasterState.Running, bench.Plan.State);
        Assert.All(s_names, name => Assert.Equal(bond.Index, bench.Kernel[name].MasterIndex));
        Assert.Equal((bench.Kernel["w0"].Index, 100u, true), (bond.Bond!.Primary, bond.Bond.MiimonMilliseconds, bond.IsUp));
        Link active = bench.Kernel.Links[bond.Bond.ActiveSlave];
        Assert.Equal(active.Mac, bond.Mac);
        AssertBudget(bench);
    }

    // Three times within a minute, and no more; a reconfiguration in between makes it six.
    private static void AssertBudget(PlanBench bench)
    {
        foreach (IGrouping<string, (BondDhcp.Net.Instant At, BondAct Act, BondDhcp.Bond.Netlink.RtnlResult Result)> same in bench.Acts
            .Where(act => act.Result.Succeeded && act.Act is BondAct.Create or BondAct.Enslave or BondAct.SetPrimary or BondAct.SetUp).GroupBy(act => act.Act.Key))
        {
            foreach ((BondDhcp.Net.Instant at, _, _) in same)
                Assert.True(same.Count(other => other.At >= at && other.At - at < ActBudget.Window) <= 2 * ActBudget.MaxActs + 1, same.Key);
        }
    }

    private static void Disturb(ModelKernel kernel, Random random)
    {
        string name = s_names[random.Next(s_names.Length)];
        Link? device = kernel.Find(name), bond = kernel.Find("bond0");
        switch (random.Next(12))
        {
            case 0 when device is null: kernel.AddDevice(name, up: random.Next(2) == 0, mtu: 1400); break;
            case 1 when device is not null: kernel.Remove(name); break;
            case 2 or 3 when device is not null: kernel.SetCarrier(name, random.Next(2) == 0); break;
            case 4 when device is not null: kernel.SetMac(name, 0x0200_0000_1000u + (ulong)random.Next(100)); break;
            case 5: if (!kernel.Unusable.Add(name)) kernel.Unusable.Remove(name); break;
            case 6: if (!kernel.Uninitialized.Add(name)) kernel.Uninitialized.Remove(name); break;
            case 7 when bond is not null: kernel.Remove("bond0"); break;
            case 8 when bond is not null: kernel.Do(new BondAct.SetOptions(bond.Index, [ModelKernel.Setting(("miimon", random.Next(2) == 0 ? "50" : "0"))])); break;
            case 9 when bond is not null && device is not null: kernel.Do(new BondAct.SetActive(bond.Index, device.Index, name, "")); break;
            case 10 when device is { MasterIndex: not 0 }: kernel.Do(new BondAct.Release(device.Index, name, false, null)); break;
            case 11 when device is not null:
                if (kernel.Find("bond7") is null) kernel.AddBond("bond7", ("mode", "active-backup"));
                kernel.Do(new BondAct.Enslave(kernel["bond7"].Index, device.Index, name));
                break;
        }
    }
}
