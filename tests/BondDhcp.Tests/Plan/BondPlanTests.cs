using BondDhcp.Bond.Links;
using BondDhcp.Bond.Plan;
using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Plan;

/// <summary>What the plan of a bond does with the kernel, step by step.</summary>
public sealed class BondPlanTests
{
    internal static readonly string[] s_two = ["w0", "w1"];

    internal static PlanBench Started(MasterSettings? settings = null, bool up = false)
    {
        PlanBench bench = new(settings ?? PlanBench.Bond(s_two, "w0"));
        bench.Kernel.AddDevice("w0", up);
        bench.Kernel.AddDevice("w1", up);
        bench.Run();
        return bench;
    }

    internal static string Text(Report report) => report.Event + " " + string.Join(' ', report.Fields.Select(field => $"{field.Name}={field.Value}"));

    internal static string[] Told(PlanBench bench, string name) => [.. bench.Reports.Where(report => report.Event == name).Select(Text)];

    [Fact(DisplayName = "AB-1 one request makes the bond with all of its options; read back it is as requested")]
    public void Bond_NotThere_IsMadeInOneRequest()
    {
        PlanBench bench = Started();
        BondAct.Create create = Assert.IsType<BondAct.Create>(bench.Acts[0].Act);
        Assert.Equal(["mode active-backup", "miimon 100", "fail_over_mac active", "num_grat_arp 2"], create.Settings.Select(setting => setting.ToString()));
        Assert.DoesNotContain(bench.Acts, act => act.Act is BondAct.SetOptions || !act.Result.Succeeded);
        Assert.Equal((MasterState.Running, ""), (bench.Plan.State, bench.Plan.Why));
        Link bond = bench.Kernel["bond0"];
        Assert.Equal((bench.Kernel["w0"].Index, bench.Kernel["w0"].Index, bench.Kernel["w0"].Mac), (bond.Bond!.ActiveSlave, bond.Bond.Primary, bond.Mac));
        Assert.Equal(bond.Index, bench.Plan.Owned.Created);
    }

    [Fact(DisplayName = "AB-1 the driver is loaded without its own bond0 before the first bond is made")]
    public void Driver_NotThere_IsLoadedFirst()
    {
        PlanBench bench = new(PlanBench.Bond(s_two));
        bench.Kernel.HasBonding = false;
        bench.Run();
        Assert.Equal(["load bonding", "create bond0"], bench.ActKeys.Take(2));
    }

    [Fact(DisplayName = "AB-2 a bond that matches is adopted untouched and is not ours")]
    public void Bond_ThatMatches_IsAdoptedUntouched()
    {
        PlanBench bench = Matching();
        bench.Run();
        Assert.Empty(bench.Acts);
        Assert.Equal(MasterState.Running, bench.Plan.State);
        bench.Plan = bench.Plan.Stop();
        bench.Run();
        Assert.Empty(bench.Acts);
        Assert.Equal(MasterState.Stopped, bench.Plan.State);
    }

    private static PlanBench Matching(string mode = "active-backup", string miimon = "100")
    {
        PlanBench bench = new(PlanBench.Bond(s_two, null, ("miimon", "100")));
        bench.Kernel.AddDevice("w0");
        bench.Kernel.AddDevice("w1");
        int bond = bench.Kernel.AddBond("bond0", ("mode", mode), ("miimon", miimon), ("fail_over_mac", "active"), ("num_grat_arp", "2"));
        foreach (string slave in s_two) bench.Kernel.Do(new BondAct.Enslave(bond, bench.Kernel[slave].Index, slave));
        bench.Kernel.Do(new BondAct.SetUp(bond, "bond0"));
        return bench;
    }

    [Fact(DisplayName = "AB-2 the record of an earlier run makes an adopted bond ours: it goes at stop")]
    public void Bond_RecordedAsOurs_IsDeletedAtStop()
    {
        PlanBench bench = Matching();
        int bond = bench.Kernel["bond0"].Index;
        bench.Plan = BondPlan.Create(bench.Plan.Settings, new MasterOwnership
        {
            Created = bond,
            Slaves = [.. s_two.Select(name => new OwnedSlave(bench.Kernel[name].Index, name, name == "w0", 1400))],
        });
        bench.Run();
        Assert.Empty(bench.Acts);
        bench.Plan = bench.Plan.Stop();
        bench.Run();
        Assert.Null(bench.Kernel.Find("bond0"));
        Assert.Equal((true, 1400), (bench.Kernel["w0"].IsUp, bench.Kernel["w0"].Mtu));
        Assert.False(bench.Kernel["w1"].IsUp);
        Assert.Equal(MasterState.Stopped, bench.Plan.State);
    }

    [Fact(DisplayName = "AB-8 miimon read back as 0 is corrected")]
    public void Miimon_Zero_IsCorrected()
    {
        PlanBench bench = Matching(miimon: "0");
        bench.Run();
        Assert.Equal("miimon 100", Assert.Single(Assert.Single(bench.Acts.Select(act => act.Act).OfType<BondAct.SetOptions>()).Settings).ToString());
        Assert.Equal(100u, bench.Kernel["bond0"].Bond!.MiimonMilliseconds);
    }

    [Fact(DisplayName = "AB-2 AB-4 what needs an empty bond is named, not tried, on one in use; the rest is changed live")]
    public void Mode_OfABondInUse_RequiresRebuild()
    {
        PlanBench bench = Matching(mode: "balance-xor", miimon: "50");
        bench.Run();
        Assert.Equal(["set miimon 100"], bench.ActKeys.Select(key => key.Split('#')[0]));
        RebuildNeed need = bench.Plan.NeedsRebuild[0];
        Assert.Equal(("mode", "active-backup", "balance-xor"), (need.Option, need.Wanted, need.Present));
        Assert.Equal(MasterState.Running, bench.Plan.State);
        Assert.Contains("requires rebuild: mode is balance-xor and should be active-backup", bench.Plan.Why);
        bench.Pass(600);
        Assert.Single(bench.Acts);
    }

    [Fact(DisplayName = "AB-2 the empty balance-rr bond0 that the module made is reconfigured while it is empty")]
    public void Bond_EmptyAndForeign_IsReconfigured()
    {
        PlanBench bench = new(PlanBench.Bond(s_two, "w0", ("updelay", "200")));
        bench.Kernel.AddBond("bond0");
        bench.Kernel.SetUp("bond0", true);
        bench.Kernel.AddDevice("w0");
        bench.Run();
        Assert.DoesNotContain(bench.Acts, act => !act.Result.Succeeded);
        BondState bond = bench.Kernel["bond0"].Bond!;
        Assert.Equal((BondState.ActiveBackup, 1, 100u, 200u), (bond.Mode, bond.FailOverMac, bond.MiimonMilliseconds, bond.UpDelayMilliseconds));
        Assert.Equal((true, MasterState.Running, 0), (bench.Kernel["bond0"].IsUp, bench.Plan.State, bench.Plan.Owned.Created));
    }

    [Fact(DisplayName = "AB-10 without a slave the bond waits and says so")]
    public void Slaves_AllGone_WaitsWithReason()
    {
        PlanBench bench = Started();
        bench.Kernel.Remove("w0");
        bench.Kernel.Remove("w1");
        bench.Run();
        Assert.Equal((MasterState.Waiting, "no slave"), (bench.Plan.State, bench.Plan.Why));
        Assert.Equal("the interface is not there", bench.Plan.SlaveProblems["w0"]);
    }

    [Fact(DisplayName = "AB-7 the driver's choice is corrected while another slave can be used, and undone when it can")]
    public void ActiveSlave_Unusable_IsLeftForAUsableOne()
    {
        PlanBench bench = Started();
        bench.Kernel.Unusable.Add("w0");
        bench.Run();
        Assert.Equal(bench.Kernel["w1"].Index, bench.Kernel["bond0"].Bond!.ActiveSlave);
        Assert.Equal("w0 cannot be used: not authenticated", bench.Plan.Failovers.Reason);
        bench.Kernel.Unusable.Clear();
        bench.Pass(1);
        Assert.Equal(bench.Kernel["w0"].Index, bench.Kernel["bond0"].Bond!.ActiveSlave);
        Assert.Equal(2, bench.Plan.Failovers.Count);
    }

    [Fact(DisplayName = "AB-7 where no slave can be used the driver's choice stays")]
    public void ActiveSlave_UnusableAsAllOthers_Stays()
    {
        PlanBench bench = Started();
        int acts = bench.Acts.Count;
        bench.Kernel.Unusable.UnionWith(s_two);
        bench.Pass(60);
        Assert.Equal(acts, bench.Acts.Count);
    }

    [Fact(DisplayName = "AM-18 a slave whose hardware address changes is selected anew within a second")]
    public void ActiveSlave_WithAnotherMac_IsReselected()
    {
        PlanBench bench = Started();
        bench.Kernel.SetMac("w0", 0x02_0000_00aa_bb);
        bench.Run();
        bench.Pass(0.5);
        Assert.Equal(bench.Kernel["w0"].Mac, bench.Kernel["bond0"].Mac);
        Assert.Equal(bench.Kernel["w1"].Index, bench.Acts.Select(act => act.Act).OfType<BondAct.Reselect>().Single().Other);
    }

    [Fact(DisplayName = "AM-18 with one slave it is taken out and put back")]
    public void OnlySlave_WithAnotherMac_IsEnslavedAgain()
    {
        PlanBench bench = new(PlanBench.Bond(["w0"]));
        bench.Kernel.AddDevice("w0");
        bench.Run();
        bench.Kernel.SetMac("w0", 0x02_0000_00aa_bb);
        bench.Run();
        bench.Pass(0.5);
        Assert.Equal((bench.Kernel["w0"].Mac, bench.Kernel["bond0"].Index), (bench.Kernel["bond0"].Mac, bench.Kernel["w0"].MasterIndex));
        Assert.DoesNotContain("actor", string.Join('\n', Told(bench, "slaveAdded")));
    }

    [Fact(DisplayName = "AB-11 what somebody else changes is named and followed")]
    public void Change_ByOthers_IsFollowed()
    {
        PlanBench bench = Started();
        int acts = bench.Acts.Count;
        int bond = bench.Kernel["bond0"].Index;
        bench.Kernel.Do(new BondAct.SetActive(bond, bench.Kernel["w1"].Index, "w1", ""));
        bench.Run();
        Assert.Contains("actor=external", Told(bench, "activeSlave")[^1]);
        bench.Kernel.Do(new BondAct.SetOptions(bond, [ModelKernel.Setting(("miimon", "50"))]));
        bench.Run();
        Assert.Equal("optionChanged option=miimon old=100 new=50 actor=external", Told(bench, "optionChanged")[^1]);
        bench.Kernel.Do(new BondAct.Release(bench.Kernel["w1"].Index, "w1", false, null));
        bench.Run();
        Assert.Equal("slaveRemoved slave=w1 why=released actor=external", Told(bench, "slaveRemoved")[^1]);
        bench.Pass(600);
        Assert.Equal(acts, bench.Acts.Count);
        Assert.Contains("somebody else took it out", bench.Plan.SlaveProblems["w1"]);
    }

    [Fact(DisplayName = "AB-11 AB-16 with enforce it is changed back, three times in a minute")]
    public void Change_ByOthersUnderEnforce_IsUndoneThreeTimes()
    {
        PlanBench bench = Started(PlanBench.Bond(s_two, "w0") with { Enforce = true });
        int bond = bench.Kernel["bond0"].Index;
        for (int i = 0; i < 5; i++)
        {
            bench.Kernel.Do(new BondAct.SetOptions(bond, [ModelKernel.Setting(("miimon", "50"))]));
            bench.Pass(2);
        }
        Assert.Equal(ActBudget.MaxActs, bench.Acts.Count(act => act.Act is BondAct.SetOptions));
        Assert.Contains("contested", bench.Plan.Why);
        bench.Pass(3600);
        Assert.Equal(ActBudget.MaxActs, bench.Acts.Count(act => act.Act is BondAct.SetOptions));
    }

    [Theory(DisplayName = "AB-16 a bond that is deleted is made again, three times in a minute, then the component failed")]
    [InlineData(false)]
    [InlineData(true)]
    public void Bond_DeletedAgainAndAgain_IsGivenUp(bool enforce)
    {
        PlanBench bench = Started(PlanBench.Bond(s_two, "w0") with { Enforce = enforce });
        for (int i = 0; i < ActBudget.MaxActs; i++)
        {
            bench.Kernel.Remove("bond0");
            bench.Pass(2);
            Assert.Equal((MasterState.Running, 2), (bench.Plan.State, bench.Kernel.Links.Values.Count(link => link.MasterIndex != 0)));
        }
        bench.Kernel.Remove("bond0");
        bench.Pass(600);
        Assert.Null(bench.Kernel.Find("bond0"));
        Assert.Equal(MasterState.Failed, bench.Plan.State);
        Assert.StartsWith("contested: making bond0", bench.Plan.Why);
        bench.Plan = bench.Plan.Start(bench.Plan.Owned);
        bench.Run();
        Assert.Equal(MasterState.Running, bench.Plan.State);
    }

    [Fact(DisplayName = "AB-12 what the driver makes of updelay is told, and is no difference")]
    public void UpDelay_Rounded_IsToldAndLeft()
    {
        PlanBench bench = Started(PlanBench.Bond(s_two, null, ("updelay", "250")));
        Assert.Equal(200u, bench.Kernel["bond0"].Bond!.UpDelayMilliseconds);
        Assert.DoesNotContain(bench.Acts, act => act.Act is BondAct.SetOptions);
        Assert.Equal("updelay 250 is 200 in effect: the driver counts in steps of miimon 100", bench.Reports.Single(report => report.Event == "warning").Fields[0].Value);
    }

    [Fact(DisplayName = "AB-13 the slave's MTU becomes the bond's, which is told; one that cannot is named and not tried")]
    public void Mtu_OfSlave_IsToldOrNamed()
    {
        PlanBench bench = new(PlanBench.Bond(s_two));
        bench.Kernel.AddDevice("w0", mtu: 1400);
        bench.Kernel.AddDevice("w1", mtu: 1400, maxMtu: 1400);
        bench.Pass(600);
        Assert.Equal("mtuChanged slave=w0 old=1400 new=1500", Assert.Single(Told(bench, "mtuChanged")));
        Assert.Equal("its largest MTU is 1400, that of bond0 is 1500", bench.Plan.SlaveProblems["w1"]);
        Assert.Single(bench.Acts, act => act.Act is BondAct.Enslave);
    }

    [Fact(DisplayName = "AB-14 failovers are counted, with the slave before, why, and the time without a link")]
    public void Failover_IsRecorded()
    {
        PlanBench bench = Started();
        bench.Kernel.SetCarrier("w1", false);
        bench.Run();
        bench.Kernel.SetCarrier("w0", false);
        bench.Run();
        bench.Now += TimeSpan.FromSeconds(3);
        bench.Kernel.SetCarrier("w1", true);
        bench.Run();
        Assert.Equal((1, "w0", TimeSpan.FromSeconds(3)), (bench.Plan.Failovers.Count, bench.Plan.Failovers.Previous, bench.Plan.Failovers.WithoutLink));
        Assert.DoesNotContain("actor", string.Join('\n', Told(bench, "activeSlave")));
    }

    [Fact(DisplayName = "AT-7 stop releases the slaves, puts them back as they were and deletes the bond")]
    public void Stop_TakesDownWhatIsOurs()
    {
        PlanBench bench = new(PlanBench.Bond(s_two));
        bench.Kernel.AddDevice("w0", up: true, mtu: 1400);
        bench.Kernel.AddDevice("w1");
        bench.Run();
        bench.Plan = bench.Plan.Stop();
        bench.Run();
        Assert.Equal(MasterState.Stopped, bench.Plan.State);
        Assert.Equal(s_two, bench.Kernel.Links.Values.Select(link => link.Name));
        Assert.Equal((true, 1400, false), (bench.Kernel["w0"].IsUp, bench.Kernel["w0"].Mtu, bench.Kernel["w1"].IsUp));
        Assert.True(bench.Plan.Owned.SameAs(MasterOwnership.None));
    }

    [Fact(DisplayName = "AM-9 num_grat_arp follows the paths and is no difference")]
    public void PeerNotifications_AreSetLive()
    {
        PlanBench bench = Started();
        bench.Plan = bench.Plan.WithPeerNotifications(0);
        bench.Run();
        Assert.Equal(0, bench.Kernel["bond0"].Bond!.PeerNotifications);
        bench.Plan = bench.Plan.WithPeerNotifications(2);
        bench.Pass(1);
        Assert.Equal(2, bench.Kernel["bond0"].Bond!.PeerNotifications);
        Assert.DoesNotContain("external", string.Join('\n', bench.Reports.Select(Text)));
    }

    [Fact]
    public void Name_OfSomethingElse_Fails()
    {
        PlanBench bench = new(PlanBench.Bond(s_two));
        bench.Kernel.AddDevice("bond0");
        bench.Pass(600);
        Assert.Empty(bench.Acts);
        Assert.Equal((MasterState.Failed, "bond0 is there and is no bond"), (bench.Plan.State, bench.Plan.Why));
    }

    [Fact]
    public void Bridge_IsMadeWithItsPorts()
    {
        PlanBench bench = new(new MasterSettings { Name = "br0", Kind = MasterKind.Bridge, Slaves = [new SlaveSettings("w0")] });
        bench.Kernel.AddDevice("w0");
        bench.Run();
        Assert.Equal(("bridge", MasterState.Running), (bench.Kernel["br0"].Kind, bench.Plan.State));
        Assert.Equal(bench.Kernel["br0"].Index, bench.Kernel["w0"].MasterIndex);
    }

    [Fact(DisplayName = "AW-6 a slave that somebody who knows more names is used at once")]
    public void Select_ChangesTheSlaveInUseOnce()
    {
        PlanBench bench = Started();
        bench.Plan = bench.Plan.Select(new SlaveRequest(bench.Kernel["w1"].Index, "the gateway is silent on w0"));
        bench.Run();
        Assert.Equal(bench.Kernel["w1"].Index, bench.Kernel["bond0"].Bond!.ActiveSlave);
        Assert.Equal("the gateway is silent on w0", bench.Plan.Failovers.Reason);
    }
}
