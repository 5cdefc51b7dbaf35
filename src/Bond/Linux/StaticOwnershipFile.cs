using BondDhcp.Bond.Addressing;

namespace BondDhcp.Bond.Linux;

/// <summary>
/// <c>static-IFACE.json</c> in the runtime directory: what static configuration gave an interface. As
/// <see cref="OwnershipFile"/>, to be opened on a thread in the network namespace of the interface.
/// </summary>
/// <param name="runtimeDirectory">Where it is.</param>
/// <param name="interfaceName">The interface's name, of which the file's is made.</param>
/// <param name="interfaceIndex">ifindex.</param>
/// <param name="bootId">The kernel's name for this boot; empty when unknown: nothing of before is recognised then.</param>
/// <exception cref="ArgumentException">Not a name that an interface can have.</exception>
public sealed class StaticOwnershipFile(string runtimeDirectory, string interfaceName, int interfaceIndex, string bootId)
{
    private const string Prefix = "static-";

    private readonly RuntimeRecord _file = new(runtimeDirectory, Prefix, interfaceName);

    /// <summary>The interfaces of which a directory has such a file.</summary>
    public static IReadOnlyList<string> InterfacesIn(string runtimeDirectory) => RuntimeRecord.InterfacesIn(runtimeDirectory, Prefix);

    /// <summary>
    /// What an earlier run recorded as ours on this very interface, and in no interface at all. A file that cannot be used is set aside, with a
    /// sentence in <paramref name="warning"/>.
    /// </summary>
    public StaticOwnership Read(out string? warning)
    {
        if (_file.Read(out warning) is not { } octets) return StaticOwnership.None;
        if (StaticOwnershipRecord.Read(octets, out string? damage) is { } record)
            return record.OwnedOn(bootId, _file.NetworkNamespace, interfaceIndex);
        warning = _file.SetAside(damage!);
        return StaticOwnership.None;
    }

    /// <summary>Records what is ours; nothing is written when the file says so already, and there is none while nothing is. Null when done, else a sentence for the log.</summary>
    public string? Write(StaticOwnership owned) =>
        owned.IsEmpty ? _file.Remove() : _file.Write(new StaticOwnershipRecord(bootId, _file.NetworkNamespace, interfaceIndex, owned).Write());
}
