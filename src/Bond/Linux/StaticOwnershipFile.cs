using BondDhcp.Bond.Addressing;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Bond.Linux;

/// <summary>
/// <c>static-IFACE.json</c> in the runtime directory: what static configuration gave an interface. As
/// <see cref="OwnershipFile"/>, to be opened on a thread in the network namespace of the interface.
/// </summary>
public sealed class StaticOwnershipFile
{
    private readonly string _path;
    private readonly string _bootId;
    private readonly string _networkNamespace;
    private readonly int _interfaceIndex;
    private byte[] _written = [];

    /// <summary>The file of one interface.</summary>
    /// <param name="runtimeDirectory">Where it is.</param>
    /// <param name="interfaceName">The interface's name, of which the file's is made.</param>
    /// <param name="interfaceIndex">ifindex.</param>
    /// <param name="bootId">The kernel's name for this boot; empty when unknown: nothing of before is recognised then.</param>
    /// <exception cref="ArgumentException">Not a name that an interface can have.</exception>
    public StaticOwnershipFile(string runtimeDirectory, string interfaceName, int interfaceIndex, string bootId)
    {
        _path = StatePath.Of(runtimeDirectory, "static-", interfaceName, ".json");
        _interfaceIndex = interfaceIndex;
        _bootId = bootId;
        _networkNamespace = new FileInfo(OwnershipFile.NamespacePath).LinkTarget ?? "";
    }

    /// <summary>
    /// What an earlier run recorded as ours on this very interface, and in no interface at all. A file that cannot be used is set aside, with a
    /// sentence in <paramref name="warning"/>.
    /// </summary>
    public StaticOwnership Read(out string? warning)
    {
        warning = null;
        StateFileContent content = StateFile.Read(_path);
        if (content.Octets is not { } octets)
        {
            if (content.Problem is { } problem)
                warning = content.MustBeSetAside ? StateFile.SetAside(_path, problem) : $"{_path} {problem}";
            return StaticOwnership.None;
        }
        if (StaticOwnershipRecord.Read(octets, out string? damage) is not { } record)
        {
            warning = StateFile.SetAside(_path, damage!);
            return StaticOwnership.None;
        }
        return record.OwnedOn(_bootId, _networkNamespace, _interfaceIndex);
    }

    /// <summary>Records what is ours; nothing is written when the file says so already. Null when done, else a sentence for the log.</summary>
    public string? Write(StaticOwnership owned)
    {
        byte[] content = new StaticOwnershipRecord(_bootId, _networkNamespace, _interfaceIndex, owned).Write();
        if (content.AsSpan().SequenceEqual(_written)) return null;
        if (StateFile.Write(_path, content) is { } problem) return $"{_path}: {problem}";
        _written = content;
        return null;
    }
}
