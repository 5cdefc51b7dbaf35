using BondDhcp.Bond.Addressing;

namespace BondDhcp.Bond.Linux;

/// <summary>
/// <c>owned6-IFACE.json</c> in the runtime directory: what DHCPv6 gave an interface. As <see cref="OwnershipFile"/>, to be
/// opened on a thread in the network namespace of the interface.
/// </summary>
/// <param name="runtimeDirectory">Where it is.</param>
/// <param name="interfaceName">The interface's name, of which the file's is made.</param>
/// <param name="interfaceIndex">ifindex.</param>
/// <param name="bootId">The kernel's name for this boot; empty when unknown: nothing of before is recognised then.</param>
/// <exception cref="ArgumentException">Not a name that an interface can have.</exception>
public sealed class Ipv6OwnershipFile(string runtimeDirectory, string interfaceName, int interfaceIndex, string bootId)
{
    private const string Prefix = "owned6-";

    private readonly RuntimeRecord _file = new(runtimeDirectory, Prefix, interfaceName);

    /// <summary>The interfaces of which a directory has such a file.</summary>
    public static IReadOnlyList<string> InterfacesIn(string runtimeDirectory) => RuntimeRecord.InterfacesIn(runtimeDirectory, Prefix);

    /// <summary>
    /// What an earlier run recorded as ours on this very interface, and in no interface at all. A file that cannot be used
    /// is set aside, with a sentence in <paramref name="warning"/>.
    /// </summary>
    public Ipv6Ownership Read(out string? warning)
    {
        if (_file.Read(out warning) is not { } octets) return Ipv6Ownership.None;
        if (Ipv6OwnershipRecord.Read(octets, out string? damage) is { } record)
            return record.OwnedOn(bootId, _file.NetworkNamespace, interfaceIndex);
        warning = _file.SetAside(damage!);
        return Ipv6Ownership.None;
    }

    /// <summary>Records what is ours; nothing is written when the file says so already, and there is none while nothing is. Null when done, else a sentence for the log.</summary>
    public string? Write(Ipv6Ownership owned) =>
        owned.IsEmpty ? _file.Remove() : _file.Write(new Ipv6OwnershipRecord(bootId, _file.NetworkNamespace, interfaceIndex, owned).Write());
}
