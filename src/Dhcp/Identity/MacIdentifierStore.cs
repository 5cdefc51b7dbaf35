using System.Collections.Immutable;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Identity;

/// <summary>
/// Keeps the client identifier of the form <c>mac</c>: the hardware address that the interface had when it was first
/// used, for ever after, because an identity that follows a failover makes servers see two hosts.
/// </summary>
/// <param name="stateDirectory">The state directory; made when something is written.</param>
public sealed class MacIdentifierStore(string stateDirectory)
{
    /// <summary>The identifier kept for an interface; on first use that of <paramref name="mac"/>, which is then kept.</summary>
    /// <param name="interfaceName">The interface's name.</param>
    /// <param name="mac">Its hardware address now.</param>
    /// <param name="warnings">What the log should say.</param>
    /// <exception cref="ArgumentException">Not a name that an interface can have.</exception>
    public ImmutableArray<byte> Choose(string interfaceName, MacAddress mac, out ImmutableArray<string> warnings)
    {
        string path = StatePath.Of(stateDirectory, "client-id-", interfaceName, "");
        ImmutableArray<string>.Builder said = ImmutableArray.CreateBuilder<string>();
        byte[]? kept = IdentityFile.Read(path, IsOfMac, said, out bool mayReplace);
        ImmutableArray<byte> identifier = kept is null ? Dhcp4ClientIdentifier.FromMac(mac) : [.. kept];
        if (kept is null && mayReplace && IdentityFile.Write(path, identifier.AsSpan()) is { } why) said.Add($"the identifier cannot be kept in {why}");
        warnings = said.DrainToImmutable();
        return identifier;
    }

    private static bool IsOfMac(byte[] octets) =>
        octets.Length == 1 + MacAddress.Length && octets[0] == Dhcp4ClientIdentifier.TypeEthernet;
}
