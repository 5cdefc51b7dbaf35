using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Host.Configuration;
using BondDhcp.Net;

namespace BondDhcp.Host.Import.Isc;

/// <summary>
/// <c>dhclient.leases</c> and <c>dhclient6.leases</c> (dhclient.leases(5)): leases as they were written one after the other,
/// and the DUID. Pure; what is damaged in it is told, and the rest is read.
/// </summary>
internal sealed class DhclientLeaseFile
{
    /// <summary>dhclient appends a lease at every renewal and rewrites the file every hundred of them.</summary>
    private const int MaxLeases = 4096;

    private readonly IscOptionNames _names = new();
    private readonly List<DhclientLease> _leases = [];
    private readonly List<DhclientLease6> _leases6 = [];
    private readonly List<(int Line, string Message)> _problems = [];

    private DhclientLeaseFile()
    {
    }

    /// <summary>The leases of DHCPv4, in the file's order.</summary>
    public IReadOnlyList<DhclientLease> Leases => _leases;

    /// <summary>The leases of DHCPv6, in the file's order; what was released is left out.</summary>
    public IReadOnlyList<DhclientLease6> Leases6 => _leases6;

    /// <summary>default-duid; null without one.</summary>
    public Duid? Duid { get; private set; }

    /// <summary>Where the DUID stands; 0 without one.</summary>
    public int DuidLine { get; private set; }

    /// <summary>What could not be read.</summary>
    public IReadOnlyList<(int Line, string Message)> Problems => _problems;

    /// <summary>Reads a file's text, in which each character is one octet.</summary>
    public static DhclientLeaseFile Read(string text)
    {
        var file = new DhclientLeaseFile();
        ImmutableArray<IscStatement> statements = IscFile.Read(text, out ImmutableArray<(int, string)> problems);
        foreach (IscStatement statement in statements) file.Take(statement);
        file._problems.AddRange(problems);
        return file;
    }

    private void Take(IscStatement statement)
    {
        switch (statement)
        {
            case { Keyword: "default-duid" }:
                byte[]? octets = OctetsOf(statement, 1);
                if (octets is not null && BondDhcp.Dhcp.Identity.Duid.TryCreate(octets, out Duid? duid)) (Duid, DuidLine) = (duid, statement.Line);
                else Problem(statement, "default-duid is no DUID");
                break;
            case { Keyword: "lease", Block: { } block }:
                if (_leases.Count < MaxLeases && ReadLease(statement, block) is { } lease) _leases.Add(lease);
                break;
            case { Keyword: "lease6", Block: { } block }:
                if (_leases6.Count < MaxLeases && ReadLease6(statement, block) is { } lease6) _leases6.Add(lease6);
                break;
            case { Keyword: "option" } when Definition(statement) is { } defined: // dhclient writes none, but takes them
                _names.Define(statement.Argument(1), defined);
                break;
            default:
                Problem(statement, $"'{Shown(statement.Begun(1))}' is nothing that is in a lease file");
                break;
        }
    }

    /// <summary><c>option NAME code N = ...;</c>: the option it defines; null for anything else.</summary>
    public static IscOption? Definition(IscStatement statement)
    {
        if (!statement.Word(2).Equals("code", StringComparison.OrdinalIgnoreCase)) return null;
        bool isDhcp6 = statement.Argument(1).StartsWith(IscOption.Dhcp6Prefix, StringComparison.OrdinalIgnoreCase);
        if (!isDhcp6 && statement.Argument(1).Contains('.', StringComparison.Ordinal)) return null; // in a space of its own
        return ushort.TryParse(statement.Word(3), NumberStyles.None, CultureInfo.InvariantCulture, out ushort code) && code > 0 && (isDhcp6 || code < byte.MaxValue)
            ? new IscOption(code, isDhcp6) { Defined = IscOptionValue.KindOf(statement) } : null;
    }

    private DhclientLease? ReadLease(IscStatement lease, ImmutableArray<IscStatement> block)
    {
        string name = InterfaceIn(block);
        Ipv4Address address = default;
        bool isBootp = false;
        DateTimeOffset? renew = DateTimeOffset.MaxValue, rebind = renew, expire = renew;
        ImmutableArray<(byte, ImmutableArray<byte>)>.Builder options = ImmutableArray.CreateBuilder<(byte, ImmutableArray<byte>)>();
        foreach (IscStatement one in block)
        {
            switch (one.Keyword)
            {
                case "fixed-address": _ = Ipv4Address.TryParse(one.Argument(1), out address); break;
                case "renew": renew = IscTime.Read(one, 1); break;
                case "rebind": rebind = IscTime.Read(one, 1); break;
                case "expire": expire = IscTime.Read(one, 1); break;
                case "bootp": isBootp = true; break;
                case "option" when ReadOption(one) is { Option.IsDhcp6: false } read: options.Add(((byte)read.Option.Code, read.Data)); break;
            }
        }
        if (name.Length == 0 || !address.IsUsableUnicast || renew is null || rebind is null || expire is null)
        {
            Problem(lease, "this lease has no interface, no address or no time, and is not used");
            return null;
        }
        return new DhclientLease(lease.Line, name, address)
        {
            Options = options.ToImmutable(),
            Renew = renew.Value,
            Rebind = rebind.Value,
            Expire = expire.Value,
            IsBootp = isBootp,
        };
    }

    private (IscOption Option, ImmutableArray<byte> Data)? ReadOption(IscStatement statement)
    {
        string name = statement.Argument(1);
        if (_names.Find(name) is not { } option)
        {
            // Parts of encapsulated options (fqdn.fqdn) come again with the next message; none is needed to confirm a lease.
            if (!name.Contains('.', StringComparison.Ordinal)) Problem(statement, $"option '{Shown(name)}' is not known");
            return null;
        }
        // The status is written in words; it is not kept in any case.
        if (option is { IsDhcp6: true, Code: 13 }) return null;
        if (IscOptionValue.Read(option, statement, 2, out string why) is { } data) return (option, data);
        Problem(statement, $"option {Shown(name)}: {why}");
        return null;
    }

    private DhclientLease6? ReadLease6(IscStatement lease, ImmutableArray<IscStatement> block)
    {
        DhclientAssociation? addresses = null, prefixes = null;
        ImmutableArray<(ushort, ImmutableArray<byte>)>.Builder options = ImmutableArray.CreateBuilder<(ushort, ImmutableArray<byte>)>();
        foreach (IscStatement one in block)
        {
            switch (one.Keyword)
            {
                case "released":
                    // It was given back, and so was what earlier blocks say of it.
                    _leases6.RemoveAll(earlier => earlier.Interface == InterfaceIn(block));
                    return null;
                case "ia-na": addresses ??= ReadAssociation(one, "iaaddr"); break;
                case "ia-pd": prefixes ??= ReadAssociation(one, "iaprefix"); break;
                case "option" when ReadOption(one) is { Option.IsDhcp6: true } read: options.Add((read.Option.Code, read.Data)); break;
            }
        }
        string name = InterfaceIn(block);
        if (name.Length > 0) return new DhclientLease6(lease.Line, name) { Addresses = addresses, Prefixes = prefixes, Options = options.ToImmutable() };
        Problem(lease, "this lease names no interface, and is not used");
        return null;
    }

    private DhclientAssociation? ReadAssociation(IscStatement association, string binding)
    {
        if (association.Block is not { } block || OctetsOf(association, 1) is not { Length: Iaid.Length } iaid)
        {
            Problem(association, $"'{Shown(association.Shown)}' has no identifier of four octets");
            return null;
        }
        return new DhclientAssociation(
            BinaryPrimitives.ReadUInt32BigEndian(iaid), StartIn(block), SecondsIn(block, "renew"), SecondsIn(block, "rebind"),
            [.. block.Where(one => one.Keyword == binding).Select(ReadBinding).OfType<DhclientBinding>()]);
    }

    private DhclientBinding? ReadBinding(IscStatement binding)
    {
        string text = binding.Argument(1);
        if (!text.Contains('/', StringComparison.Ordinal)) text += "/128";
        if (binding.Block is { } block && Ipv6Prefix.TryParse(text, out Ipv6Prefix prefix) && prefix.Network.IsUsableUnicast)
            return new DhclientBinding(prefix, StartIn(block), SecondsIn(block, "preferred-life"), SecondsIn(block, "max-life"));
        Problem(binding, $"'{Shown(text)}' is not an address or a prefix");
        return null;
    }

    private static string InterfaceIn(ImmutableArray<IscStatement> block)
    {
        string name = block.FirstOrDefault(one => one.Keyword == "interface")?.Argument(1) ?? "";
        return NameRules.WhyNotInterfaceName(name) is null ? name : "";
    }

    private static DateTimeOffset StartIn(ImmutableArray<IscStatement> block) =>
        long.TryParse(block.FirstOrDefault(one => one.Keyword == "starts")?.Word(1), NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
            ? IscTime.OfEpoch(seconds) ?? DateTimeOffset.UnixEpoch : DateTimeOffset.UnixEpoch;

    private static uint SecondsIn(ImmutableArray<IscStatement> block, string keyword) =>
        uint.TryParse(block.FirstOrDefault(one => one.Keyword == keyword)?.Word(1), NumberStyles.None, CultureInfo.InvariantCulture, out uint seconds) ? seconds : 0;

    // In quotes with octal escapes, or as hexadecimal octets (lease-id-format).
    private static byte[]? OctetsOf(IscStatement statement, int at)
    {
        if (at >= statement.Tokens.Length) return null;
        IscToken token = statement.Tokens[at];
        return token.Kind == IscTokenKind.Text ? token.Octets : IscOptionValue.ReadHex(token.Value);
    }

    private void Problem(IscStatement statement, string message)
    {
        const int maxProblems = 20; // a file that is no lease file need not be told line by line
        if (_problems.Count < maxProblems) _problems.Add((statement.Line, message));
    }

    private static string Shown(string text) => EscapedText.Of(System.Text.Encoding.Latin1.GetBytes(text));
}
