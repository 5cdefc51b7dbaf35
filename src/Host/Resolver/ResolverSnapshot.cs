using System.Collections.Immutable;
using BondDhcp.Dhcp.Wire;

namespace BondDhcp.Host.Resolver;

/// <summary>What an interface's networks offer beside addresses, both families together, and who takes its name servers.</summary>
/// <param name="Way">resolved, resolvconf or file; null where nobody is told.</param>
/// <param name="Servers">Name servers, as they are told.</param>
/// <param name="SearchDomains">Domains, as they are told.</param>
/// <param name="Why">Why nobody has them; null where somebody has, or there are none.</param>
internal sealed record ResolverSnapshot(string? Way, ImmutableArray<string> Servers, ImmutableArray<string> SearchDomains, string? Why)
{
    /// <summary>Time servers.</summary>
    public ImmutableArray<string> NtpServers { get; init; } = [];

    /// <summary>The captive portal; null when none was offered.</summary>
    public string? CaptivePortal { get; init; }

    /// <summary>The time zone; null when none was offered.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Encrypted resolvers.</summary>
    public ImmutableArray<EncryptedResolver> EncryptedResolvers { get; init; } = [];
}
