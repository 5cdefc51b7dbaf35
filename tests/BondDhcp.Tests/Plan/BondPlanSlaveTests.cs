using BondDhcp.Bond.Plan;
using Xunit;
using static BondDhcp.Tests.Plan.BondPlanTests;

namespace BondDhcp.Tests.Plan;

/// <summary>Slaves that come, go, and are another's, in the plan of a bond.</summary>
public sealed class BondPlanSlaveTests
{
    [Fact(DisplayName = "AH-1 a slave that appears is enslaved, once udev has finished with it, and is the primary")]
    public void Slave_ThatAppears_IsEnslavedWhenSettled()
    {
        PlanBench bench = new(PlanBench.Bond(s_two, "w0"));
        bench.Kernel.AddDevice("w1");
        bench.Run();
        bench.Kernel.Uninitialized.Add("w0");
        bench.Kernel.AddDevice("w0");
        bench.Pass(9);
        Assert.Equal(0, bench.Kernel["w0"].MasterIndex);
        Assert.Equal("udev has not finished with it", bench.Plan.SlaveProblems["w0"]);
        bench.Pass(1.1);
        Assert.Equal(bench.Kernel["bond0"].Index, bench.Kernel["w0"].MasterIndex);
        Assert.Equal(bench.Kernel["w0"].Index, bench.Kernel["bond0"].Bond!.Primary);
    }

    [Fact(DisplayName = "AH-3 a slave that is renamed to a configured name is enslaved; the primary is set again after a rename")]
    public void Slave_Renamed_IsFollowed()
    {
        PlanBench bench = new(PlanBench.Bond(s_two, "w0"));
        bench.Kernel.AddDevice("eth0");
        bench.Run();
        bench.Kernel.Rename("eth0", "w0");
        bench.Run();
        Assert.Equal(bench.Kernel["w0"].Index, bench.Kernel["bond0"].Bond!.Primary);
        bench.Kernel.Rename("w0", "x0");
        bench.Run();
        bench.Kernel.Rename("x0", "w0");
        bench.Pass(2);
        Assert.Equal(bench.Kernel["w0"].Index, bench.Kernel["bond0"].Bond!.Primary);
        Assert.Equal((MasterState.Running, ""), (bench.Plan.State, bench.Plan.Why));
    }

    [Fact(DisplayName = "AH-8 a slave that another bond takes is dropped and told, and comes back when that lets go")]
    public void Slave_TakenByAnother_IsDropped()
    {
        PlanBench bench = Started();
        int other = bench.Kernel.AddBond("bond7", ("mode", "active-backup"));
        bench.Kernel.Do(new BondAct.Enslave(other, bench.Kernel["w1"].Index, "w1"));
        bench.Pass(600);
        Assert.Equal(other, bench.Kernel["w1"].MasterIndex);
        Assert.Equal("slaveRemoved slave=w1 why=it belongs to bond7 now actor=external", Told(bench, "slaveRemoved")[^1]);
        Assert.Equal("it belongs to bond7", bench.Plan.SlaveProblems["w1"]);
        bench.Kernel.Do(new BondAct.Release(bench.Kernel["w1"].Index, "w1", false, null));
        bench.Run();
        Assert.Equal(bench.Kernel["bond0"].Index, bench.Kernel["w1"].MasterIndex);
    }

    [Fact]
    public void Slave_StoppedAndStarted_LeavesAndReturns()
    {
        PlanBench bench = Started();
        bench.Plan = bench.Plan.WantSlave("w1", false);
        bench.Pass(60);
        Assert.Equal((0, "stopped by command"), (bench.Kernel["w1"].MasterIndex, bench.Plan.SlaveProblems["w1"]));
        bench.Plan = bench.Plan.WantSlave("w1", true);
        bench.Run();
        Assert.Equal(bench.Kernel["bond0"].Index, bench.Kernel["w1"].MasterIndex);
    }

    [Fact]
    public void Reconfigure_WithAnotherSlave_ReleasesTheOneNoLongerWanted()
    {
        PlanBench bench = Started();
        bench.Kernel.AddDevice("w2");
        bench.Plan = bench.Plan.Reconfigure(PlanBench.Bond(["w0", "w2"], "w0"));
        bench.Run();
        Assert.Equal((0, bench.Kernel["bond0"].Index), (bench.Kernel["w1"].MasterIndex, bench.Kernel["w2"].MasterIndex));
    }

    [Fact]
    public void Slave_Wireless_IsRefusedOutsideActiveBackup()
    {
        PlanBench bench = new(PlanBench.Bond(s_two, null, ("mode", "balance-xor")));
        bench.Kernel.Wireless.Add("w1");
        bench.Kernel.AddDevice("w0");
        bench.Kernel.AddDevice("w1");
        bench.Run();
        Assert.Equal(0, bench.Kernel["w1"].MasterIndex);
        Assert.Contains("active-backup alone", bench.Plan.SlaveProblems["w1"]);
    }
}
