using System.Collections.Immutable;
using System.Globalization;
using BondDhcp.Bond.Plan;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Import.Isc;

namespace BondDhcp.Host.Import;

/// <summary>What can be said only when every file has been read: bonds, their slaves, and what dhclient does on each interface.</summary>
/// <param name="reader">What was read.</param>
internal sealed class ImportFinish(ImportReader reader)
{
    private readonly Dictionary<string, SourceLine> _left = [], _left6 = [];

    private ImportDraft Draft => reader.Draft;

    /// <summary>The interfaces that stay static, and had a lease of a family in force: a client is at work there as well.</summary>
    public IReadOnlyCollection<string> Left(bool isDhcp6) => isDhcp6 ? _left6.Keys : _left.Keys;

    /// <summary>Completes the draft, but for who the host says it is.</summary>
    /// <param name="now">Leases that ended before it say nothing of what is in use.</param>
    public void Complete(DateTimeOffset now)
    {
        AddLeaseholders(now);
        foreach (ImportedInterface one in Draft.Interfaces.Where(one => one.Find("kind") == "\"bond\"")) CompleteBond(one);
        foreach (ImportedInterface master in Draft.Interfaces.ToArray())
            foreach (ImportedValue slave in master.Items("slaves")) FreeSlave(master, slave);
        if (reader.Dhclient is { } dhclient) TakeSettings(dhclient, now);
    }

    // A lease in force is a client at work, whoever started it; but where addresses are fixed by now, it is a leftover.
    private void AddLeaseholders(DateTimeOffset now)
    {
        foreach (ReadLeaseFile file in reader.LeaseFiles)
        {
            foreach (DhclientLease lease in file.Content.Leases.Where(lease => lease.Expire > now))
            {
                var from = new SourceLine(file.File, lease.Line);
                if (Draft.Find(lease.Interface) is { Static4: { } fixedBy, Dhcp4: false }) _left.TryAdd(lease.Interface, fixedBy);
                else Draft.Of(lease.Interface, from).Set("dhcp4", new ImportedValue("true", from, "a lease in force"));
            }
            foreach (DhclientLease6 lease in file.Content.Leases6.Where(lease => lease.Until > now))
            {
                var from = new SourceLine(file.File, lease.Line);
                if (Draft.Find(lease.Interface) is { Static6: { } fixedBy, Dhcp6: false }) _left6.TryAdd(lease.Interface, fixedBy);
                else AddLeaseholder6(lease, from);
            }
        }
        // dhclient appends a lease at every renewal: the last one stands for them.
        foreach ((string name, SourceLine fixedBy) in _left)
            if (ImportState.Last(reader, name, now) is { } last) LoseLease(new SourceLine(last.File, last.Lease.Line), $"lease of {last.Lease.Address}", name, fixedBy);
        foreach ((string name, SourceLine fixedBy) in _left6)
            if (ImportState.Last6(reader, name, now) is { } last) LoseLease(new SourceLine(last.File, last.Lease.Line), "DHCPv6 lease", name, fixedBy);
    }

    private void LoseLease(SourceLine from, string what, string name, SourceLine fixedBy) =>
        Draft.Lose(from, $"the {what} on {name} is in force, but {fixedBy} says static, and {name} stays static");

    private void AddLeaseholder6(DhclientLease6 lease, SourceLine from)
    {
        ImportedInterface one = Draft.Of(lease.Interface, from);
        one.Set("dhcp6", new ImportedValue("true", from, "a lease in force"));
        if (lease.Prefixes is { Bindings: [var prefix, ..] } && prefix.Prefix.PrefixLength <= 64)
            one.Set("prefix-delegation", new ImportedValue(prefix.Prefix.PrefixLength.ToString(CultureInfo.InvariantCulture), from, "a prefix of this length is delegated"));
    }

    private void CompleteBond(ImportedInterface bond)
    {
        foreach ((BondOption option, ImportedValue value) in reader.DriverOptions)
            if (!bond.Has(option.Name)) bond.Set(option.Name, value);
        if (!bond.Has("mode") && bond.Has("primary"))
        {
            // Only such a bond has a use for a primary; the recipe, which names one, has its mode from the driver's options.
            Draft.Remark(bond.From, $"{bond.Name} has a primary and no mode in any file: mode \"active-backup\", the default here, is taken");
        }
        else if (!bond.Has("mode"))
        {
            bond.Set("mode", new ImportedValue("\"balance-rr\"", [], "the driver's own default, because no file names one"));
            Draft.Remark(bond.From, $"{bond.Name} gets mode balance-rr, the driver's default; \"active-backup\" is the mode in which an address outlives its path");
        }
        if (bond.Find("arp_interval") is { } interval && interval != "0" && !bond.Has("miimon"))
            bond.Set("miimon", new ImportedValue("0", bond.From, "arp_interval watches the slaves"));
        if (bond.Find("mode") is null or "\"active-backup\"" && !bond.Has("fail_over_mac"))
            Draft.Remark(bond.From, $"{bond.Name} has fail_over_mac = \"active\", the default here (the driver's is none): wireless slaves need it, and its hardware address is then that of the slave in use");
    }

    // Addresses and leases are the master's.
    private void FreeSlave(ImportedInterface master, ImportedValue slave)
    {
        if (Draft.Interfaces.FirstOrDefault(one => TomlText.Quote(one.Name) == slave.Text) is not { } one) return;
        foreach ((string key, List<ImportedValue> values, _) in one.Keys.ToArray())
        {
            if (key is "supplicant" or "supplicant-driver") continue;
            one.Remove(key);
            if (IsOfMaster(master, key, values)) continue;
            Draft.Lose(values[0].From.FirstOrDefault(), $"{key} of {one.Name}: it is a slave of {master.Name}, which has the addresses");
        }
        if (one.Keys.Count == 0) Draft.Remove(one);
    }

    // ifenslave(8) lets a slave's stanza repeat what is the bond's.
    private static bool IsOfMaster(ImportedInterface master, string key, List<ImportedValue> values) =>
        BondOptionTable.Find(key) is not null && values is [var only] && (master.Find(key) ?? (key == "mode" ? "\"active-backup\"" : null)) == only.Text;

    private void TakeSettings(DhclientConf dhclient, DateTimeOffset now)
    {
        foreach (ImportedInterface one in Draft.Interfaces.Where(one => one.Dhcp4 || one.Dhcp6)) DhclientToml.Apply(Draft, one, dhclient.Of(one.Name));
        foreach (string name in dhclient.Interfaces)
            if (Draft.Find(name) is not { } one || !(one.Dhcp4 || one.Dhcp6)) Draft.Lose(null, $"dhclient.conf: interface \"{name}\" has settings and no DHCP in any other file; they are left out");
        foreach ((string? name, string prefix, bool isAlias, DateTimeOffset until, SourceLine from) in dhclient.Fixed)
        {
            string? target = name ?? (Draft.Interfaces.Where(one => one.Dhcp4).ToArray() is [var only] ? only.Name : null);
            if (!isAlias && until <= now) Draft.Lose(from, string.Create(CultureInfo.InvariantCulture, $"the lease of {prefix} ended on {until:yyyy-MM-dd}, and dhclient does not use it any more either"));
            else if (target is null) Draft.Lose(from, $"{prefix} names no interface");
            else if (StaticText.ReadAddress(prefix, out string why) is null) Draft.Lose(from, why);
            else Draft.Of(target, from).Add(isAlias ? "addresses" : "fallback", new ImportedValue(TomlText.Quote(prefix), from, isAlias ? "alias" : "a lease for when no server answers"));
        }
        ImmutableArray<ImportedInterface> clients = [.. Draft.Interfaces.Where(one => one.Dhcp4)];
        if (clients.IsEmpty) return;
        ImportedValue hostName = DhclientToml.HostName(Draft, dhclient.Of(clients[0].Name))
            ?? new ImportedValue("false", [], reader.UnreadOf(clients[0].Name) is { } unread ? $"not known: {unread} could not be read" : "dhclient.conf sends no host-name");
        Draft.Global.Set("hostname", hostName);
    }
}
