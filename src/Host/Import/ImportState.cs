using System.Collections.Immutable;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Store;
using BondDhcp.Host.Import.Isc;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Import;

/// <summary>Puts DUID and leases into the state directory. What is newer there stays, and what is replaced is told.</summary>
/// <param name="directory">The state directory.</param>
/// <param name="clock">Now.</param>
/// <param name="say">Is told what was done.</param>
internal sealed class ImportState(string directory, StoreClock clock, Action<string> say)
{
    private readonly Dhcp4LeaseStore _leases = new(directory);
    private readonly Dhcp6LeaseStore _leases6 = new(directory);

    /// <summary>Something could not be written.</summary>
    public bool Failed { get; private set; }

    /// <summary>The DUID: the imported one, the one that is there, or one made as the daemon would.</summary>
    /// <param name="imported">What was found; null for nothing.</param>
    /// <param name="machineId">That system's machine-id; null without one.</param>
    public Duid KeepDuid(Duid? imported, byte[]? machineId)
    {
        DuidChoice choice = new DuidStore(directory).Choose(
            imported, imported is null ? _leases.FindDuid() ?? _leases6.FindDuid() : null, machineId, new KernelEntropy());
        foreach (string warning in choice.Warnings) say(warning);
        return choice.Duid;
    }

    /// <summary>The client identifier of the form "mac" as it is stored, which is then for ever.</summary>
    public ImmutableArray<byte>? KeepMacIdentifier(string interfaceName, MacAddress? mac)
    {
        if (mac is not { } known) return null;
        ImmutableArray<byte> identifier = new MacIdentifierStore(directory).Choose(interfaceName, known, out ImmutableArray<string> warnings);
        foreach (string warning in warnings) say(warning);
        return identifier;
    }

    /// <summary>What is stored for an interface, and the imported lease before it.</summary>
    /// <param name="interfaceName">The interface.</param>
    /// <param name="lease">The lease; null where none is in force.</param>
    /// <param name="lastAddress">The address last held, which is asked for where there is no lease.</param>
    public Dhcp4Memory Keep(string interfaceName, Dhcp4Lease? lease, Ipv4Address? lastAddress)
    {
        Dhcp4Memory stored = Load(_leases, interfaceName);
        if (lease is not null && stored.Leases is [var newest, ..] && IsNewer(newest.ExpiresAt, lease.ExpiresAt))
        {
            say($"{interfaceName}: the stored lease of {newest.Address} is newer than dhclient's of {lease.Address}, and stays first");
            return stored;
        }
        if (lease is null && (lastAddress is null || stored.LastAddress is not null)) return stored;
        Dhcp4Memory kept = lease is null
            ? stored with { LastAddress = lastAddress }
            : new Dhcp4Memory([lease, .. stored.Leases.Where(one => one.Address != lease.Address).Take(Dhcp4Memory.MaxLeases - 1)], lease.Address);
        if (lease is not null && stored.Leases is [var before, ..] && before.Address != lease.Address)
            say($"{interfaceName}: dhclient's lease of {lease.Address} comes before the stored one of {before.Address}");
        Save(_leases, interfaceName, kept);
        return kept;
    }

    /// <summary>As for DHCPv4.</summary>
    /// <param name="interfaceName">The interface.</param>
    /// <param name="lease">The lease; null for none.</param>
    /// <param name="program">Whose it is.</param>
    /// <param name="isInForce">Its program ran until now: no stored one is newer.</param>
    public Dhcp6Memory Keep(string interfaceName, Dhcp6Lease? lease, string program, bool isInForce)
    {
        Dhcp6Memory stored = Load(_leases6, interfaceName);
        if (lease is null) return stored;
        if (!isInForce && stored.Leases is [var newest, ..] && IsNewer(newest.ExpiresAt, lease.ExpiresAt))
        {
            say($"{interfaceName}: the stored DHCPv6 lease is newer than {program}'s, and stays first");
            return stored;
        }
        if (stored.Leases is [var before, ..] && !before.Addresses.Any(address => lease.Holds(address.Address))) say($"{interfaceName}: {program}'s DHCPv6 lease comes before the stored one");
        var kept = new Dhcp6Memory([lease, .. stored.Leases.Where(one => !one.Addresses.Any(address => lease.Holds(address.Address))).Take(Dhcp6Memory.MaxLeases - 1)]);
        Save(_leases6, interfaceName, kept);
        return kept;
    }

    /// <summary>The last unexpired lease of an interface in the files, else the last one.</summary>
    public static (DhclientLease Lease, string File)? Last(ImportReader reader, string interfaceName, DateTimeOffset now)
    {
        (DhclientLease Lease, string File)? last = null;
        foreach (ReadLeaseFile file in reader.LeaseFiles)
        {
            foreach (DhclientLease lease in file.Content.Leases)
            {
                if (lease.Interface != interfaceName) continue;
                // Of several files, the one with the later end is the one in use.
                bool sameFile = last?.File == file.File;
                if (last is null || (lease.Expire > now && (sameFile || lease.Expire >= last.Value.Lease.Expire)) || (sameFile && last.Value.Lease.Expire <= now)) last = (lease, file.File);
            }
        }
        return last;
    }

    /// <summary>The same of DHCPv6; null where none is in force.</summary>
    public static (DhclientLease6 Lease, string File)? Last6(ImportReader reader, string interfaceName, DateTimeOffset now)
    {
        (DhclientLease6 Lease, string File)? last = null;
        foreach (ReadLeaseFile file in reader.LeaseFiles)
            foreach (DhclientLease6 lease in file.Content.Leases6)
                if (lease.Interface == interfaceName && lease.Until > now) last = (lease, file.File);
        return last;
    }

    // The same lease read twice ends at instants that differ by what passed between two looks at the clocks.
    private static bool IsNewer(Instant stored, Instant imported) => stored != imported && stored - imported > TimeSpan.FromSeconds(1);

    private T Load<T>(LeaseStore<T> store, string interfaceName) where T : class
    {
        StoredMemory<T> stored = store.Load(interfaceName, clock);
        foreach (string warning in stored.Warnings) say(warning);
        return stored.Memory;
    }

    private void Save<T>(LeaseStore<T> store, string interfaceName, T memory) where T : class
    {
        if (store.Save(interfaceName, memory, clock) is not { } problem) return;
        Failed = true;
        say($"the lease of {interfaceName} could not be stored: {problem}");
    }
}
