using BondDhcp.Bond.Plan;

namespace BondDhcp.Bond.Linux;

/// <summary>
/// <c>master-IFACE.json</c> in the runtime directory: which master and slaves are ours. As <see cref="OwnershipFile"/>,
/// it does not outlive the boot, and is opened on a thread in the network namespace that it is about.
/// </summary>
/// <param name="runtimeDirectory">Where it is.</param>
/// <param name="name">The master's name, of which the file's is made.</param>
/// <param name="bootId">The kernel's name for this boot; empty when unknown: nothing of before is recognised then.</param>
/// <exception cref="ArgumentException">Not a name that an interface can have.</exception>
public sealed class MasterRecordFile(string runtimeDirectory, string name, string bootId)
{
    private readonly RuntimeRecord _file = new(runtimeDirectory, "master-", name);

    /// <summary>What an earlier run recorded; a file that cannot be used is set aside, with a sentence in <paramref name="warning"/>.</summary>
    public MasterOwnership Read(out string? warning)
    {
        if (_file.Read(out warning) is not { } octets) return MasterOwnership.None;
        MasterOwnership owned = MasterOwnership.Read(octets, bootId, _file.NetworkNamespace, out string? damage);
        if (damage is not null) warning = _file.SetAside(damage);
        return owned;
    }

    /// <summary>Records what is ours; there is no file while nothing is. Null when done, else a sentence for the log.</summary>
    public string? Write(MasterOwnership owned) => owned.IsEmpty ? _file.Remove() : _file.Write(owned.Write(bootId, _file.NetworkNamespace));
}
