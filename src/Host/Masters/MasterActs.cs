using BondDhcp.Bond.Linux;
using BondDhcp.Bond.Netlink;
using BondDhcp.Bond.Plan;
using BondDhcp.Net;
using BondDhcp.Net.Linux.Interop;

namespace BondDhcp.Host.Masters;

/// <summary>Carries out the acts of a plan that are requests to the kernel.</summary>
/// <param name="requests">The requests.</param>
/// <param name="tell">Is told of what happens on the way: each address that is removed.</param>
internal sealed class MasterActs(MasterRequests requests, Action<Report> tell)
{
    /// <summary>Carries one out; the answer is the kernel's to what the act is about.</summary>
    public RtnlResult Carry(BondAct act) => act switch
    {
        BondAct.Create create => WithHint(create.Kind, requests.Create(create.Name, create.Kind, create.Settings)),
        BondAct.SetOptions options => requests.SetOptions(options.Master, options.Settings),
        BondAct.SetUp up => requests.SetUp(up.Link),
        BondAct.SetDown down => requests.SetDown(down.Link),
        BondAct.Enslave enslave => Enslave(enslave.Master, enslave.Slave, enslave.Name),
        BondAct.Release release => Release(release),
        BondAct.SetPrimary primary => requests.SetPrimary(primary.Master, primary.Slave),
        BondAct.SetActive active => requests.SetActiveSlave(active.Master, active.Slave),
        BondAct.Reselect reselect => Reselect(reselect),
        BondAct.Delete delete => requests.Delete(delete.Master),
        _ => throw new ArgumentOutOfRangeException(nameof(act)),
    };

    /// <summary>The kernel's answer to the making of a master, with the mend where it does not know the kind.</summary>
    internal static RtnlResult WithHint(MasterKind kind, RtnlResult result)
    {
        if (result.Errno != KernelNumbers.EOPNOTSUPP || kind is not (MasterKind.Bond or MasterKind.Bridge)) return result;
        string driver = kind == MasterKind.Bond ? "bonding" : "bridge", hint = $"the kernel has no {driver} driver loaded: modprobe {driver}";
        return result with { Text = result.Text is { } text ? $"{text}; {hint}" : hint };
    }

    private RtnlResult Enslave(int master, int slave, string name)
    {
        if (requests.Find(slave) is not { } link || requests.Find(master) is not { } wanted)
            return new RtnlResult(KernelNumbers.ENODEV);
        RtnlResult result = RtnlResult.Success;
        // Another's, which is taken under enforce alone.
        if (link.MasterIndex != 0) result = requests.SetMaster(slave, 0);
        // A bond takes what is down, and sets it up; a bridge takes anything, and leaves it as it is.
        bool isBond = wanted.Bond is not null;
        if (result.Succeeded && isBond && link.IsUp) result = requests.SetDown(slave);
        if (result.Succeeded)
        {
            List<string> removed = [];
            result = requests.Flush(slave, removed);
            foreach (string address in removed)
                tell(Report.Of("addressRemoved", ("slave", name), ("address", address), ("why", $"it becomes a slave of {wanted.Name}")));
        }
        if (result.Succeeded) result = requests.SetMaster(slave, master);
        if (result.Succeeded ? !isBond : link.IsUp) _ = requests.SetUp(slave);
        return result;
    }

    private RtnlResult Release(BondAct.Release act)
    {
        RtnlResult result = requests.SetMaster(act.Slave, 0);
        if (!result.Succeeded) return result;
        // It has left; that it is not as before is worth a word, and no reason to do it again.
        if (act.Mtu is { } mtu) Restored(act.Name, requests.SetMtu(act.Slave, mtu));
        if (!act.UpAgain) return result;
        // A bond sets down what leaves it, a bridge does not. But a link-local address is made by the kernel only when an
        // interface comes up, and this one's was taken away when it became a port. What lies on it would not outlive its
        // being set down and up.
        if (requests.Find(act.Slave) is { IsUp: true }) Restored(act.Name, requests.RestoreLinkLocal(act.Slave));
        else Restored(act.Name, requests.SetUp(act.Slave));
        return result;
    }

    private void Restored(string name, RtnlResult result)
    {
        if (!result.Succeeded) tell(Report.Of("warning", ("slave", name), ("message", $"{name} was not put back as it was: {result}")));
    }

    private RtnlResult Reselect(BondAct.Reselect act)
    {
        if (act.Other != 0)
        {
            RtnlResult result = requests.SetActiveSlave(act.Master, act.Other);
            return result.Succeeded ? requests.SetActiveSlave(act.Master, act.Slave) : result;
        }
        RtnlResult released = requests.SetMaster(act.Slave, 0);
        return released.Succeeded ? Enslave(act.Master, act.Slave, act.Name) : released;
    }
}
