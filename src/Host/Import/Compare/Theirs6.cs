using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Import.Isc;
using BondDhcp.Host.Import.Running;
using BondDhcp.Host.Import.Wide;
using BondDhcp.Net;

namespace BondDhcp.Host.Import.Compare;

/// <summary>The first packets of the programs that did DHCPv6 on an interface, by what was read of them.</summary>
internal static class Theirs6
{
    /// <summary>dhcp6c's where its configuration names the interface; that of dhclient where it does not, or a lease of dhclient is in force.</summary>
    /// <param name="reader">What was read.</param>
    /// <param name="one">The interface as it will be.</param>
    /// <param name="mac">Its hardware address; null where it is not known.</param>
    /// <param name="process">The dhclient that runs on it; null for none.</param>
    /// <param name="now">Leases that ended before it are of no use to dhclient.</param>
    public static IEnumerable<(string Program, FirstPacket6 Packet)> Of(
        ImportReader reader, InterfaceConfiguration one, MacAddress? mac, DhclientProcess? process, DateTimeOffset now)
    {
        Dhcp6cSettings? dhcp6c = reader.Dhcp6c?.Of(one.Name);
        if (dhcp6c is not null) yield return ("dhcp6c", Dhcp6cPacket.Of(dhcp6c, reader.Dhcp6cDuid?.Duid));
        (DhclientLease6 Lease, string File)? last = ImportState.Last6(reader, one.Name, now);
        if (dhcp6c is not null && last is null) yield break;
        Duid? duid = DuidOf(reader, last?.File);
        if (((uint?)mac?.Value ?? last?.Lease.Addresses?.Iaid ?? last?.Lease.Prefixes?.Iaid) is not { } iaid) yield break;
        Dhclient6Wish wish = process?.Wish ?? new Dhclient6Wish
        {
            IsStateless = one.Dhcp6 == Dhcp6Mode.Stateless,
            Addresses = last is { Lease: { Addresses: null, Prefixes: not null } } ? 0 : 1,
            // As ifupdown's request_prefix: -P and -N.
            Prefixes = one.PrefixLengthHint is null ? 0 : 1,
        };
        yield return ("dhclient -6", Dhclient6Packet.Of(reader.Dhclient?.Of(one.Name), duid, last?.Lease, iaid, wish));
    }

    // Of a lease file of DHCPv6 first; ifupdown lets DHCPv6 look for a DUID in that of DHCPv4, too (-df).
    private static Duid? DuidOf(ImportReader reader, string? file)
    {
        Duid? found = null, other = null;
        foreach (ReadLeaseFile one in reader.LeaseFiles)
        {
            if (one.Content.Duid is not { } duid) continue;
            if (one.File == file) return duid;
            if (one.Content.Leases6.Count > 0) found ??= duid;
            else other ??= duid;
        }
        return found ?? other;
    }
}
