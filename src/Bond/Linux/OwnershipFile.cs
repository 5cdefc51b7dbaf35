using BondDhcp.Bond.Addressing;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Bond.Linux;

/// <summary>
/// <c>owned-IFACE.json</c> in the runtime directory, which does not outlive the boot, as what it is about does not.
/// Must be opened on a thread in the network namespace of the interface.
/// </summary>
public sealed class OwnershipFile
{
    /// <summary>Its target names the network namespace of the calling thread.</summary>
    internal const string NamespacePath = "/proc/thread-self/ns/net";

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
    public OwnershipFile(string runtimeDirectory, string interfaceName, int interfaceIndex, string bootId)
    {
        _path = StatePath.Of(runtimeDirectory, "owned-", interfaceName, ".json");
        _interfaceIndex = interfaceIndex;
        _bootId = bootId;
        _networkNamespace = new FileInfo(NamespacePath).LinkTarget ?? "";
    }

    /// <summary>
    /// What an earlier run recorded as ours on this very interface; nothing when it was another one, with the same
    /// name, in another boot or namespace. A file that cannot be used is set aside, with a sentence in
    /// <paramref name="warning"/>.
    /// </summary>
    public Ipv4Ownership Read(out string? warning)
    {
        warning = null;
        StateFileContent content = StateFile.Read(_path);
        if (content.Octets is not { } octets)
        {
            if (content.Problem is { } problem)
                warning = content.MustBeSetAside ? StateFile.SetAside(_path, problem) : $"{_path} {problem}";
            return Ipv4Ownership.None;
        }
        if (OwnershipRecord.Read(octets, out string? damage) is not { } record)
        {
            warning = StateFile.SetAside(_path, damage!);
            return Ipv4Ownership.None;
        }
        return record.IsFor(_bootId, _networkNamespace, _interfaceIndex) ? record.Ipv4 : Ipv4Ownership.None;
    }

    /// <summary>Records what is ours; nothing is written when the file says so already. Null when done, else a sentence for the log.</summary>
    public string? Write(Ipv4Ownership owned)
    {
        byte[] content = new OwnershipRecord(_bootId, _networkNamespace, _interfaceIndex, LinkCreated: false, owned).Write();
        if (content.AsSpan().SequenceEqual(_written)) return null;
        if (StateFile.Write(_path, content) is { } problem) return $"{_path}: {problem}";
        _written = content;
        return null;
    }
}
