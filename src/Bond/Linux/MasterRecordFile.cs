using BondDhcp.Bond.Plan;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Bond.Linux;

/// <summary>
/// <c>master-IFACE.json</c> in the runtime directory: which master and slaves are ours. As <see cref="OwnershipFile"/>,
/// it does not outlive the boot, and is opened on a thread in the network namespace that it is about.
/// </summary>
public sealed class MasterRecordFile
{
    private readonly string _path;
    private readonly string _bootId;
    private readonly string _networkNamespace;

    /// <summary>The file of one master.</summary>
    /// <param name="runtimeDirectory">Where it is.</param>
    /// <param name="name">The master's name, of which the file's is made.</param>
    /// <param name="bootId">The kernel's name for this boot; empty when unknown: nothing of before is recognised then.</param>
    /// <exception cref="ArgumentException">Not a name that an interface can have.</exception>
    public MasterRecordFile(string runtimeDirectory, string name, string bootId)
    {
        _path = StatePath.Of(runtimeDirectory, "master-", name, ".json");
        _bootId = bootId;
        _networkNamespace = new FileInfo(OwnershipFile.NamespacePath).LinkTarget ?? "";
    }

    /// <summary>What an earlier run recorded; a file that cannot be used is set aside, with a sentence in <paramref name="warning"/>.</summary>
    public MasterOwnership Read(out string? warning)
    {
        warning = null;
        StateFileContent content = StateFile.Read(_path);
        if (content.Octets is not { } octets)
        {
            if (content.Problem is { } problem)
                warning = content.MustBeSetAside ? StateFile.SetAside(_path, problem) : $"{_path} {problem}";
            return MasterOwnership.None;
        }
        MasterOwnership owned = MasterOwnership.Read(octets, _bootId, _networkNamespace, out string? damage);
        if (damage is not null) warning = StateFile.SetAside(_path, damage);
        return owned;
    }

    /// <summary>Records what is ours. Null when done, else a sentence for the log.</summary>
    public string? Write(MasterOwnership owned) =>
        StateFile.Write(_path, owned.Write(_bootId, _networkNamespace)) is { } problem ? $"{_path}: {problem}" : null;
}
