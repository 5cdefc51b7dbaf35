using BondDhcp.Bond.Plan;
using Xunit;

namespace BondDhcp.Tests.Plan;

/// <summary>A plan whose wishes change, and what becomes of that which others did.</summary>
public sealed class BondPlanReconfigureTests
{
    private static readonly string[] s_two = ["w0", "w1"];

    private static PlanBench Started(MasterSettings settings)
    {
        PlanBench bench = new(settings);
        bench.Kernel.AddDevice("w0");
        bench.Kernel.AddDevice("w1");
        bench.Run();
        return bench;
    }

    private static PlanBench Foreign()
    {
        PlanBench bench = new(PlanBench.Bond(s_two));
        int bond = bench.Kernel.AddBond("bond0", ("mode", "active-backup"), ("miimon", "100"), ("fail_over_mac", "active"), ("num_grat_arp", "2"));
        foreach (string slave in s_two) bench.Kernel.Do(new BondAct.Enslave(bond, bench.Kernel.AddDevice(slave), slave));
        bench.Kernel.Do(new BondAct.SetUp(bond, "bond0"));
        bench.Run();
        return bench;
    }

    [Fact(DisplayName = "An option and a primary that are configured no longer are what the driver would have made of them")]
    public void Option_ConfiguredNoLonger_IsTheDriversAgain()
    {
        PlanBench bench = Started(PlanBench.Bond(s_two, "w0", ("resend_igmp", "5"), ("updelay", "200"), ("miimon", "50")));
        bench.Plan = bench.Plan.Reconfigure(PlanBench.Bond(s_two));
        bench.Run();
        BondSetting[] set = [.. bench.Acts.Select(act => act.Act).OfType<BondAct.SetOptions>().SelectMany(act => act.Settings)];
        Assert.Equal(["miimon 100", "resend_igmp 1", "updelay 0"], set.Select(setting => setting.ToString()).Order(StringComparer.Ordinal));
        Assert.Equal(0, bench.Kernel["bond0"].Bond!.Primary);
        Assert.Equal((MasterState.Running, ""), (bench.Plan.State, bench.Plan.Why));
        bench.Plan = bench.Plan.Reconfigure(PlanBench.Bond(s_two, "w0", ("resend_igmp", "5")));
        bench.Run();
        Assert.Equal(bench.Kernel["w0"].Index, bench.Kernel["bond0"].Bond!.Primary);
        Assert.Equal("resend_igmp 5", Assert.Single(Assert.IsType<BondAct.SetOptions>(bench.Acts.Last(act => act.Act is BondAct.SetOptions).Act).Settings).ToString());
    }

    [Fact(DisplayName = "num_grat_arp that follows flapping paths is never contested")]
    public void PeerNotifications_SetOften_AreNotContested()
    {
        PlanBench bench = Started(PlanBench.Bond(s_two));
        for (int i = 0; i < 20; i++)
        {
            bench.Plan = bench.Plan.WithPeerNotifications((byte)(i % 2 == 0 ? 0 : 2));
            bench.Pass(1);
        }
        bench.Pass(120);
        Assert.Equal((2, ""), (bench.Kernel["bond0"].Bond!.PeerNotifications, bench.Plan.Why));
    }

    [Fact(DisplayName = "AB-2 slaves that somebody else put in stay when they are wanted no longer; one that a person names leaves")]
    public void Slave_OfOthers_LeavesWhenItIsNamed()
    {
        PlanBench bench = Foreign();
        Assert.Empty(bench.Acts);
        bench.Plan = bench.Plan.WantSlave("w0", wanted: false).WantSlave("w1", wanted: false, expelled: true);
        bench.Run();
        Assert.Equal((bench.Kernel["bond0"].Index, 0), (bench.Kernel["w0"].MasterIndex, bench.Kernel["w1"].MasterIndex));
        Assert.False(bench.Plan.Releases("w0", bench.Kernel["w0"].Index));
    }

    [Fact(DisplayName = "AB-11 with enforce the slave in use is changed back, three times in a minute")]
    public void ActiveSlave_ChangedByOthersUnderEnforce_IsChangedBack()
    {
        PlanBench bench = Started(PlanBench.Bond(s_two, "w0") with { Enforce = true });
        int bond = bench.Kernel["bond0"].Index;
        for (int i = 0; i < 5; i++)
        {
            bench.Kernel.Do(new BondAct.SetActive(bond, bench.Kernel["w1"].Index, "w1", ""));
            bench.Pass(2);
            Assert.Equal(bench.Kernel[i < ActBudget.MaxActs ? "w0" : "w1"].Index, bench.Kernel["bond0"].Bond!.ActiveSlave);
        }
    }

    [Fact(DisplayName = "AB-16 what was given up is tried again when a person asks for it")]
    public void Bond_Contested_IsMadeAgainOnRequest()
    {
        PlanBench bench = Started(PlanBench.Bond(s_two));
        for (int i = 0; i <= ActBudget.MaxActs; i++)
        {
            bench.Kernel.Remove("bond0");
            bench.Pass(2);
        }
        Assert.Equal(MasterState.Failed, bench.Plan.State);
        bench.Plan = bench.Plan.Retry();
        bench.Run();
        Assert.Equal(MasterState.Running, bench.Plan.State);
    }
}
