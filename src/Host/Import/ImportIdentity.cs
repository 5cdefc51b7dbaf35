using System.Collections.Immutable;
using System.Globalization;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Host.Import.Isc;
using BondDhcp.Host.Import.Running;
using BondDhcp.Net;

namespace BondDhcp.Host.Import;

/// <summary>
/// Who the host says it is: DUID, IAID and option 61 as servers know them, so that they see the host they saw before. What
/// is new is told.
/// </summary>
/// <param name="reader">What was read.</param>
/// <param name="macs">Hardware addresses of interfaces; null where that system is not the running one, or has no such interface.</param>
/// <param name="processes">The clients that run.</param>
/// <param name="now">The time: a lease that ended says less than one in force.</param>
internal sealed class ImportIdentity(
    ImportReader reader, Func<string, MacAddress?> macs, IReadOnlyList<ClientProcess> processes, DateTimeOffset now)
{
    private readonly Dictionary<string, ImmutableArray<byte>> _sent = [];
    private (Duid Duid, SourceLine From)? _duid;

    private ImportDraft Draft => reader.Draft;

    /// <summary>Option 61 as dhclient sends it on an interface; empty where it sends none.</summary>
    public ImmutableArray<byte> Sent(string interfaceName) => _sent.GetValueOrDefault(interfaceName, []);

    /// <summary>The DUID that was found; null for none.</summary>
    public Duid? Duid => _duid?.Duid;

    /// <summary>Decides, and sets the keys.</summary>
    public void Decide()
    {
        ImmutableArray<ImportedInterface> clients = [.. Draft.Interfaces.Where(one => one.Dhcp4)];
        ChooseDuid(clients);
        foreach (ImportedInterface one in Draft.Interfaces.Where(one => one.Dhcp6 && !one.Has("iaid"))) KeepIaid6(one);
        (ImmutableArray<byte> Octets, SourceLine From)? first = null;
        string? of = null;
        foreach (ImportedInterface one in clients)
        {
            if (SentBy(one) is not { } sent) continue;
            _sent[one.Name] = sent.Octets;
            if (first is null) (first, of) = (sent, one.Name);
            else if (!IsSameForm(first.Value.Octets, of!, sent.Octets, one))
                Draft.Lose(sent.From, $"client identifier {HexText.Colons(sent.Octets.AsSpan())} of {one.Name}: client-id is one for all interfaces, and that of {of} is taken; servers see a new client on {one.Name}");
        }
        if (_duid is { } duid) Draft.Global.Set("duid", new ImportedValue(TomlText.Quote(duid.Duid.ToString()), duid.From));
        if (clients.IsEmpty) return;
        if (first is { } known) SetClientIdentifier(known, Draft.Find(of!)!, clients);
        else TellNewIdentifier(clients);
    }

    private void ChooseDuid(ImmutableArray<ImportedInterface> clients)
    {
        List<(Duid Duid, SourceLine From)> found = [];
        // That of a DHCPv6 lease in force first, then that of dhcp6c, which keeps no leases: what a DHCPv4 server knows is kept
        // by client-id in any case.
        foreach (ReadLeaseFile file in reader.LeaseFiles.Where(file => file.Content.Leases6.Any(lease => lease.Until > now))) AddDuid(file);
        if (reader.Dhcp6cDuid is { } wide && Draft.Interfaces.Any(one => one.Dhcp6)) found.Add(wide);
        foreach (ReadLeaseFile file in reader.LeaseFiles.OrderByDescending(file => file.Content.Leases6.Count > 0)) AddDuid(file);
        if (reader.Dhcp6cDuid is { } other) found.Add(other);
        // dhclient.conf with the DUID copied by hand.
        foreach (ImportedInterface one in clients)
            if (reader.Dhclient?.Of(one.Name).ClientIdentifier is { } sent && LooksLikeDuid(sent.Octets.AsSpan()) && BondDhcp.Dhcp.Identity.Duid.TryCreate(sent.Octets.AsSpan(), out Duid? bare)) found.Add((bare, sent.From));
        if (found.Count == 0) return;
        _duid = found[0];
        foreach ((Duid duid, SourceLine from) in found.Skip(1))
            if (!duid.Equals(found[0].Duid)) Draft.Lose(from, $"another DUID, {duid}: {found[0].From} has {found[0].Duid}, which is taken; a host has one");

        void AddDuid(ReadLeaseFile file)
        {
            if (file.Content.Duid is { } duid) found.Add((duid, new SourceLine(file.File, file.Content.DuidLine)));
        }
    }

    // RFC 9915 section 11: the types 1 to 4, with the least that each has.
    private static bool LooksLikeDuid(ReadOnlySpan<byte> octets) => octets is [0, var type, ..] && type switch
    {
        1 => octets.Length == 14,
        2 => octets.Length > 6,
        3 => octets.Length == 10,
        4 => octets.Length == 18,
        _ => false,
    };

    private void KeepIaid6(ImportedInterface one)
    {
        if (LastAssociation(one.Name) is not { } last) return;
        one.Set("iaid", new ImportedValue(last.Iaid.ToString(CultureInfo.InvariantCulture), last.From, "the same as before: the server knows the lease by it"));
    }

    private (uint Iaid, SourceLine From)? LastAssociation(string interfaceName)
    {
        (uint, SourceLine)? last = null;
        foreach (ReadLeaseFile file in reader.LeaseFiles)
            foreach (DhclientLease6 lease in file.Content.Leases6)
                if (lease.Interface == interfaceName && (lease.Addresses ?? lease.Prefixes) is { } association)
                    last = (association.Iaid, new SourceLine(file.File, lease.Line));
        return last;
    }

    /// <summary>What dhclient sends, or sent when it got its last lease; null for no identifier.</summary>
    private (ImmutableArray<byte> Octets, SourceLine From)? SentBy(ImportedInterface one)
    {
        DhclientSettings? settings = reader.Dhclient?.Of(one.Name);
        if (settings?.ClientIdentifier is { } configured) return configured;
        if (settings?.ClientIdentifierIsHardware is { } hardware)
        {
            if (macs(one.Name) is { } mac) return (Dhcp4ClientIdentifier.FromMac(mac), hardware);
            Draft.Remark(hardware, $"the hardware address of {one.Name} is not known here; client-id = \"mac\" takes the one that it has when it is first used");
            Draft.Global.Set("client-id", new ImportedValue("\"mac\"", hardware));
            return null;
        }
        DhclientProcess? process = processes.OfType<DhclientProcess>().FirstOrDefault(process => process.Serves(one.Name, isDhcp6: false));
        if (process?.ClientIdentifier is { } given) return ([.. System.Text.Encoding.Latin1.GetBytes(given)], new SourceLine($"{process} -C", 0));
        ReadLeaseFile? file = reader.LeaseFiles.LastOrDefault(file => file.Content.Leases.Any(lease => lease.Interface == one.Name));
        // A server that echoes it (RFC 6842) has said which it was.
        if (file?.Content.Leases.LastOrDefault(lease => lease.Interface == one.Name) is { } lease && lease.Find(Dhcp4Option61) is { Length: >= Dhcp4ClientIdentifier.MinLength } echoed)
            return (echoed, new SourceLine(file.File, lease.Line));
        return file is not null ? OfDuid(one, file, process) : null;
    }

    private const byte Dhcp4Option61 = 61;

    // "dhclient -i", as ifupdown starts it, sends 255, the last four octets of the hardware address and the DUID; only then
    // a DHCPv4 lease file has a DUID.
    private (ImmutableArray<byte> Octets, SourceLine From)? OfDuid(ImportedInterface one, ReadLeaseFile file, DhclientProcess? process)
    {
        if (file.Content.Duid is not { } duid || process is { SendsDuid: false } || one.SendsNoDuid) return null;
        var from = new SourceLine(file.File, file.Content.DuidLine);
        if ((macs(one.Name) ?? MacIn(duid)) is { } mac)
        {
            // The DUID's own address is the interface's where it was made there.
            uint iaid = LastAssociation(one.Name)?.Iaid ?? (uint)mac.Value;
            return (Dhcp4ClientIdentifier.FromDuid(new Iaid(iaid), duid), from);
        }
        Draft.Lose(from, $"dhclient -i sends the DUID and four octets of the hardware address of {one.Name}, which is not known here");
        return null;
    }

    // DUID-LLT and DUID-LL of an Ethernet device end with its address (RFC 9915 sections 11.2 and 11.4).
    private static MacAddress? MacIn(Duid duid) =>
        duid.Octets is [0, 1 or 3, 0, 1, ..] and { Length: 14 or 10 } ? MacAddress.FromBytes(duid.Octets[^MacAddress.Length..]) : null;

    // "duid" is another identifier on every interface, and yet one form.
    private bool IsSameForm(ImmutableArray<byte> first, string firstName, ImmutableArray<byte> other, ImportedInterface one) =>
        first.SequenceEqual(other)
        || (IsOwnMac(firstName, first) && IsOwnMac(one.Name, other))
        || (IsOfDuid(first, out _) && IsOfDuid(other, out Iaid iaid) && firstName != one.Name && TakeIaid(one, iaid));

    private bool IsOfDuid(ImmutableArray<byte> octets, out Iaid iaid) =>
        Dhcp4ClientIdentifier.TryGetDuid(octets.AsSpan(), out iaid, out Duid? duid) && duid!.Equals(_duid?.Duid);

    // False where DHCPv6 has another one already.
    private static bool TakeIaid(ImportedInterface one, Iaid iaid)
    {
        string text = iaid.Value.ToString(CultureInfo.InvariantCulture);
        if (one.Find("iaid") is { } known) return known == text;
        one.Set("iaid", new ImportedValue(text, [], "of the client identifier that dhclient sends"));
        return true;
    }

    private bool IsOwnMac(string name, ImmutableArray<byte> octets) =>
        macs(name) is { } mac && octets.SequenceEqual(Dhcp4ClientIdentifier.FromMac(mac));

    private void SetClientIdentifier((ImmutableArray<byte> Octets, SourceLine From) sent, ImportedInterface one, ImmutableArray<ImportedInterface> clients)
    {
        ReadOnlySpan<byte> octets = sent.Octets.AsSpan();
        string form =
            _duid is { } duid && octets.SequenceEqual(duid.Duid.Octets) ? "bare-duid"
            : IsOfDuid(sent.Octets, out Iaid iaid) && TakeIaid(one, iaid) ? "duid"
            : clients.Length > 1 && clients.All(client => _sent.TryGetValue(client.Name, out ImmutableArray<byte> its) && IsOwnMac(client.Name, its)) ? "mac"
            // Octets are the same on every interface: two of them in one network would be one client to the server.
            : clients.Length == 1 || clients.All(client => _sent.TryGetValue(client.Name, out ImmutableArray<byte> its) && its.SequenceEqual(sent.Octets)) ? HexText.Colons(octets)
            : "";
        if (form.Length == 0)
        {
            Draft.Lose(sent.From, $"client identifier {HexText.Colons(octets)} of {one.Name}: client-id is one for all interfaces, and \"duid\" makes another one of it for each; servers see new clients");
            Draft.Global.Replace("client-id", new ImportedValue(TomlText.Quote("duid"), sent.From, "new: not all interfaces send the same octets"));
            return;
        }
        string but = reader.UnreadOf(one.Name) is { } unread ? $", as far as its configuration could be read (not {unread})" : "";
        Draft.Global.Replace("client-id", new ImportedValue(TomlText.Quote(form), sent.From, "the octets that dhclient sends" + but));
    }

    private void TellNewIdentifier(ImmutableArray<ImportedInterface> clients)
    {
        if (Draft.Global.Has("client-id")) return;
        List<string> without = [];
        foreach (ImportedInterface one in clients)
        {
            if (reader.UnreadOf(one.Name) is not { } unread) without.Add(one.Name);
            else Draft.Remark(unread, $"whether dhclient sends a client identifier on {one.Name} is not known, because not all of its configuration could be read; \"duid\" may be another one than servers know");
        }
        Draft.Global.Set("client-id", new ImportedValue("\"duid\"", [], without.Count == clients.Length ? "new: dhclient sends none" : "what dhclient sends is not known"));
        if (without.Count == 0) return;
        Draft.Remark(null, $"client-id is NEW: dhclient sends none on {string.Join(", ", without)}, and bonddhcp always sends one. dnsmasq, ISC dhcpd and Kea "
            + "find a lease without an identifier by the hardware address and keep it; a server that does not may give another address, once. "
            + "\"mac\" is the form for a server that expects 01 and the hardware address");
    }
}
