using System.Collections.Immutable;
using System.Net;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;

namespace BondDhcp.Host.Resolver;

/// <summary>Who made an offer. The order is that in which name servers are told.</summary>
internal enum OfferFamily
{
    /// <summary>The configuration, for as long as what is written down there is on the interface.</summary>
    Static,
    /// <summary>DHCPv4.</summary>
    Ipv4,
    /// <summary>DHCPv6, and what router advertisements say beside it.</summary>
    Ipv6,
}

/// <summary>
/// What one family, or the configuration, offers on one interface at present, beside addresses and routes. Validated: addresses, LDH names, and
/// text that has been read for what it should be. Immutable.
/// </summary>
internal sealed record NetworkOffer
{
    private const byte DnsServers4 = 6;
    private const ushort DnsServers6 = 23;

    /// <summary>Name servers, in the server's order; link-local ones without a scope, which is the interface.</summary>
    public ImmutableArray<IPAddress> DnsServers { get; init; } = [];

    /// <summary>The configuration has a part in <see cref="DnsServers"/>: one on this host itself is meant.</summary>
    public bool ServersAreOwners { get; init; }

    /// <summary>The domain of this host (option 15); a search list takes its place.</summary>
    public string? DomainName { get; init; }

    /// <summary>Domains in which short names are looked up.</summary>
    public ImmutableArray<string> SearchDomains { get; init; } = [];

    /// <summary>Time servers, addresses or names. Reported.</summary>
    public ImmutableArray<string> NtpServers { get; init; } = [];

    /// <summary>The portal's address (RFC 8910); null when none was offered. Reported.</summary>
    public string? CaptivePortal { get; init; }

    /// <summary>The time zone, by its name in the database where that was offered, else as POSIX writes it; null without one. Reported.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Encrypted resolvers (RFC 9463). Reported.</summary>
    public ImmutableArray<EncryptedResolver> EncryptedResolvers { get; init; } = [];

    /// <summary>What is written down; null for nothing.</summary>
    /// <param name="nameServers">Name servers, those on this host included.</param>
    /// <param name="searchDomains">Domains.</param>
    public static NetworkOffer? Of(ImmutableArray<IPAddress> nameServers, ImmutableArray<string> searchDomains) =>
        nameServers.IsEmpty && searchDomains.IsEmpty
            ? null
            : new NetworkOffer { DnsServers = nameServers, ServersAreOwners = true, SearchDomains = searchDomains };

    /// <summary>What a REPLY of DHCPv6 offers.</summary>
    public static NetworkOffer Of(Dhcp6Reply reply) => new()
    {
        DnsServers = [.. reply.DnsServers.Select(static server => IPAddress.Parse(server.ToString()))],
        ServersAreOwners = reply.Configured.Contains(DnsServers6),
        SearchDomains = reply.SearchDomains,
        // Option 31 is the older form of 56 (RFC 5908 section 1): of use where that is absent.
        NtpServers =
        [
            .. reply.NtpServers.IsEmpty
                ? reply.SntpServers.Select(static server => server.ToString())
                : reply.NtpServers.Select(static server => server.ToString()),
        ],
        CaptivePortal = reply.CaptivePortal,
        TimeZone = reply.TzdbTimeZone ?? reply.PosixTimeZone,
        EncryptedResolvers = reply.EncryptedResolvers,
    };

    /// <summary>What a DHCPv4 lease offers.</summary>
    public static NetworkOffer Of(Dhcp4Lease lease)
    {
        Dhcp4Reply ack = lease.Ack;
        return new NetworkOffer
        {
            DnsServers = [.. ack.DnsServers.Select(static server => IPAddress.Parse(server.ToString()))],
            ServersAreOwners = ack.Configured.Contains(DnsServers4),
            DomainName = ack.DomainName,
            SearchDomains = ack.SearchDomains,
            NtpServers = [.. ack.NtpServers.Select(static server => server.ToString())],
            CaptivePortal = ack.CaptivePortal,
            TimeZone = ack.TimeZoneName ?? ack.PosixTimeZone,
            EncryptedResolvers = ack.EncryptedResolvers,
        };
    }
}
