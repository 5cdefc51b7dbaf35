using System.Collections.Immutable;
using BondDhcp.Dhcp.Wire;

namespace BondDhcp.Host.Resolver;

/// <summary>What an interface's networks offer beside addresses, both families together, and who takes its name servers.</summary>
/// <param name="Way">resolved, resolvconf or file; null where nobody is told.</param>
/// <param name="Servers">Name servers, as they are told; those of <see cref="LeftOut"/> too.</param>
/// <param name="SearchDomains">Domains, as they are told.</param>
/// <param name="Why">Why nobody has them; null where somebody has, or there are none.</param>
internal sealed record ResolverSnapshot(string? Way, ImmutableArray<string> Servers, ImmutableArray<string> SearchDomains, string? Why)
{
    /// <summary>Those of the name servers that are not told, because the C library reads three from the file.</summary>
    public ImmutableArray<string> LeftOut { get; init; } = [];

    /// <summary>Those of the name servers that are written down in the configuration.</summary>
    public ImmutableArray<string> StaticServers { get; init; } = [];

    /// <summary>Those of the domains that are written down in the configuration.</summary>
    public ImmutableArray<string> StaticSearchDomains { get; init; } = [];

    /// <summary>Time servers.</summary>
    public ImmutableArray<string> NtpServers { get; init; } = [];

    /// <summary>The captive portal; null when none was offered.</summary>
    public string? CaptivePortal { get; init; }

    /// <summary>The time zone; null when none was offered.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Encrypted resolvers.</summary>
    public ImmutableArray<EncryptedResolver> EncryptedResolvers { get; init; } = [];
}
