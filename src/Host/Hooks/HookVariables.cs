using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using BondDhcp.Bond.Addressing;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Resolver;
using BondDhcp.Host.Runner;
using BondDhcp.Net;

namespace BondDhcp.Host.Hooks;

/// <summary>An address or prefix of DHCPv6, or configuration without either, as hooks are told of it.</summary>
internal sealed record HookLease6
{
    /// <summary>The address; null for a prefix.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>The delegated prefix, such as <c>2001:db8:1::</c>; null for an address.</summary>
    public IPAddress? Prefix { get; init; }

    /// <summary>The part of the prefix that stays the server's (RFC 6603); null for none.</summary>
    public Ipv6Prefix? Excluded { get; init; }

    /// <summary>Of the address or prefix, 0 to 128.</summary>
    public int PrefixLength { get; init; } = 128;

    /// <summary>Seconds.</summary>
    public uint PreferredSeconds { get; init; }

    /// <summary>Seconds.</summary>
    public uint ValidSeconds { get; init; }

    /// <summary>The IAID.</summary>
    public uint Iaid { get; init; }

    /// <summary>The client's DUID.</summary>
    public ImmutableArray<byte> ClientDuid { get; init; } = [];

    /// <summary>The server's DUID.</summary>
    public ImmutableArray<byte> ServerDuid { get; init; } = [];

    /// <summary>What the server offers beside.</summary>
    public NetworkOffer Offer { get; init; } = new();

    /// <summary>The message whose options are in force; null where there are none but those of <see cref="Offer"/>.</summary>
    public Dhcp6Reply? Reply { get; init; }
}

/// <summary>Leases as the variables of dhclient-script(8), names and forms included. Pure.</summary>
internal static class HookVariables
{
    private const byte ClasslessRoutes = 121, MsClasslessRoutes = 249;

    // Of DHCPv6.
    private const ushort NameServers = 23, SearchDomains = 24, TimeServers = 31;

    /// <summary>Those of a DHCPv4 lease. Of its routes only those that are taken: a script must not install what the configuration refuses.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="its">What it means for the interface.</param>
    /// <param name="boot">When boot was, as people say it.</param>
    /// <param name="asked">Codes that the configuration asks for or sets beside: these too, where they can be said in words.</param>
    public static ImmutableArray<HookVariable> Of(Dhcp4Lease lease, LeaseConfiguration its, DateTimeOffset boot, params IEnumerable<ushort> asked)
    {
        Dhcp4Reply ack = lease.Ack;
        Variables list = new();
        list.Add("ip_address", lease.Address.ToString());
        list.Add("subnet_mask", MaskOf(lease.Prefix.PrefixLength));
        list.Add("network_number", lease.Prefix.Network.ToString());
        list.Add("broadcast_address", its.Wanted.Broadcast?.ToString());
        list.Add("routers", ack.Routers.Where(router => its.Wanted.Routes.Any(route => route.Gateway == router)));
        foreach (byte code in (ReadOnlySpan<byte>)[ClasslessRoutes, MsClasslessRoutes])
        {
            if (!ack.Options.Any(option => option.Code == code)) continue;
            list.Add(code == ClasslessRoutes ? "rfc3442_classless_static_routes" : "ms_classless_static_routes", OctetsOf(its.Wanted.Routes));
            break;
        }
        list.Add("domain_name", ack.DomainName);
        list.Add("domain_search", ack.SearchDomains);
        list.Add("domain_name_servers", ack.DnsServers);
        list.Add("host_name", ack.HostName);
        list.Add("ntp_servers", ack.NtpServers);
        list.Add("tcode", ack.TimeZoneName);
        list.Add("interface_mtu", its.Wanted.Mtu is { } mtu ? Number(mtu) : null);
        list.Add("dhcp_lease_time", ack.LeaseSeconds == 0 ? null : Number(ack.LeaseSeconds)); // none to a DHCPINFORM
        list.Add("dhcp_renewal_time", ack.RenewalSeconds is { } renewal ? Number(renewal) : null);
        list.Add("dhcp_rebinding_time", ack.RebindingSeconds is { } rebinding ? Number(rebinding) : null);
        list.Add("dhcp_message_type", Number((int)ack.Type));
        list.Add("dhcp_server_identifier", lease.ServerIdentifier.ToString());
        foreach (Dhcp4Option option in ack.Options.Where(option => asked.Contains(option.Code)))
        {
            string name = Dhcp4OptionTable.IscNameOf(option.Code).Replace('-', '_');
            if (!list.Has(name)) list.Add(name, PlainValueOf(option));
        }
        list.Add("expiry", lease.ExpiresAt.IsNever ? null : Number((boot + TimeSpan.FromTicks(lease.ExpiresAt.Ticks)).ToUnixTimeSeconds()));
        return list.ToImmutable();
    }

    /// <summary>Those of an address or prefix of DHCPv6, or of configuration without either.</summary>
    public static ImmutableArray<HookVariable> Of(HookLease6 lease, string interfaceName, DateTimeOffset start)
    {
        Variables list = new();
        bool isLease = lease.Address is not null || lease.Prefix is not null;
        list.Add("ip6_address", lease.Address?.ToString());
        list.Add("ip6_prefixlen", isLease ? Number(lease.PrefixLength) : null);
        list.Add("ip6_prefix", lease.Prefix is { } prefix ? FormattableString.Invariant($"{prefix}/{lease.PrefixLength}") : null);
        list.Add("ip6_prefix_exclude", lease.Excluded?.ToString());
        list.Add("dhcp6_name_servers", lease.Offer.DnsServers.Select(server => server.IsIPv6LinkLocal ? $"{new IPAddress(server.GetAddressBytes())}%{interfaceName}" : server.ToString()));
        list.Add("dhcp6_domain_search", lease.Offer.SearchDomains);
        list.Add("dhcp6_sntp_servers", lease.Offer.NtpServers.Where(static server => IPAddress.TryParse(server, out _)));
        list.Add("dhcp6_client_id", lease.ClientDuid.IsEmpty ? null : HexText.Colons(lease.ClientDuid.AsSpan()));
        list.Add("dhcp6_server_id", lease.ServerDuid.IsEmpty ? null : HexText.Colons(lease.ServerDuid.AsSpan()));
        foreach (Dhcp6Option option in lease.Reply?.Options ?? [])
        {
            // Servers and domains are above, without what is of no use; all of them left out is no reason to hand them on here.
            if (option.Code is NameServers or SearchDomains or TimeServers) continue;
            string name = "dhcp6_" + Dhcp6OptionTable.IscNameOf(option.Code).Replace('-', '_');
            // Of what may occur once the first counts, and of several time servers the reply has all.
            if (!list.Has(name)) list.Add(name, PlainValueOf(option, lease.Reply!));
        }
        if (!isLease) return list.ToImmutable();
        list.Add("iaid", lease.Iaid.ToString("x8", CultureInfo.InvariantCulture));
        list.Add("starts", Number(start.ToUnixTimeSeconds()));
        list.Add("preferred_life", Number(lease.PreferredSeconds));
        list.Add("max_life", Number(lease.ValidSeconds));
        return list.ToImmutable();
    }

    // Addresses, numbers and names are what they are; other text might be anything to a script.
    private static string? PlainValueOf(Dhcp4Option option)
    {
        string? text = Dhcp4OptionText.Format(option.Code, option.Data.AsSpan());
        return Dhcp4OptionTable.Of(option.Code).Kind switch
        {
            Dhcp4OptionKind.Boolean or Dhcp4OptionKind.Byte or Dhcp4OptionKind.UInt16 or Dhcp4OptionKind.UInt16List or Dhcp4OptionKind.Int32
                or Dhcp4OptionKind.Seconds or Dhcp4OptionKind.Address or Dhcp4OptionKind.AddressList
                or Dhcp4OptionKind.TimeZoneName => text?.Replace(", ", " ", StringComparison.Ordinal),
            Dhcp4OptionKind.NameList => DomainNames.TryReadList(option.Data.AsSpan(), isCompressed: true, out ImmutableArray<string> names, out _) ? string.Join(' ', names) : null,
            Dhcp4OptionKind.Text when text is not null && DomainNames.IsValid(text) => text,
            _ => null,
        };
    }

    private static string? PlainValueOf(Dhcp6Option option, Dhcp6Reply reply)
    {
        ReadOnlySpan<byte> data = option.Data.AsSpan();
        string? text = Dhcp6OptionText.Format(option.Code, data);
        return Dhcp6OptionTable.Of(option.Code).Kind switch
        {
            Dhcp6OptionKind.Byte or Dhcp6OptionKind.UInt16 or Dhcp6OptionKind.UInt16List or Dhcp6OptionKind.Seconds or Dhcp6OptionKind.Address
                or Dhcp6OptionKind.AddressList or Dhcp6OptionKind.Name or Dhcp6OptionKind.TimeZoneName => text?.Replace(", ", " ", StringComparison.Ordinal),
            Dhcp6OptionKind.NameList => DomainNames.TryReadList(data, isCompressed: false, out ImmutableArray<string> names, out _) ? string.Join(' ', names) : null,
            Dhcp6OptionKind.NtpServer => string.Join(' ', reply.NtpServers),
            Dhcp6OptionKind.FullyQualifiedName => reply.FullyQualifiedName,
            Dhcp6OptionKind.Text when text is not null && DomainNames.IsValid(text) => text,
            _ => null,
        };
    }

    private static string MaskOf(int prefixLength) =>
        new Ipv4Address(prefixLength == 0 ? 0 : uint.MaxValue << (32 - prefixLength)).ToString();

    // As dhclient prints an array of octets: width, the octets of the destination that count, and the router.
    private static string OctetsOf(IEnumerable<Ipv4WantedRoute> routes)
    {
        List<string> octets = [];
        foreach (Ipv4WantedRoute route in routes)
        {
            octets.Add(Number(route.Destination.PrefixLength));
            octets.AddRange(route.Destination.Network.ToString().Split('.').Take((route.Destination.PrefixLength + 7) / 8));
            octets.AddRange((route.Gateway ?? Ipv4Address.Any).ToString().Split('.'));
        }
        return string.Join(' ', octets);
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private readonly struct Variables()
    {
        private readonly ImmutableArray<HookVariable>.Builder _all = ImmutableArray.CreateBuilder<HookVariable>();

        public void Add(string name, string? value)
        {
            if (value is { Length: > 0 }) _all.Add(new HookVariable(name, value));
        }

        public bool Has(string name) => _all.Any(variable => variable.Name == name);

        public void Add<T>(string name, IEnumerable<T> values) => Add(name, string.Join(' ', values));

        public ImmutableArray<HookVariable> ToImmutable() => _all.ToImmutable();
    }
}
