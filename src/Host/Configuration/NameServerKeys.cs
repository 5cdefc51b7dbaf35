using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Resolver;
using BondDhcp.Net;

namespace BondDhcp.Host.Configuration;

/// <summary>
/// <c>name-servers</c> and <c>search-domains</c>: what is told beside the leases, and without any, as a part of
/// <c>static@IF</c>.
/// </summary>
internal static class NameServerKeys
{
    /// <summary>What a resolv.conf may hold and programs read of it (MAXNS of the C library).</summary>
    private const int MaxServersOfFile = 3;

    /// <summary>Adds their readers.</summary>
    public static void AddTo(Dictionary<string, InterfaceKeys.Reader> keys)
    {
        keys.Add("name-servers", static (draft, value) => draft.Configuration = draft.Configuration with { NameServers = ReadServers(draft.Configuration.Name, value) });
        keys.Add("search-domains", static (draft, value) => draft.Configuration = draft.Configuration with { SearchDomains = ReadDomains(value) });
    }

    /// <summary>What can be said only when the whole section has been read.</summary>
    public static void Check(InterfaceDraft draft)
    {
        InterfaceConfiguration configuration = draft.Configuration;
        if (configuration is { Dns: DnsOutput.None, HasStaticNames: true })
        {
            string key = configuration.NameServers.IsEmpty ? "search-domains" : "name-servers";
            draft.Find(key)?.Refuse("cannot go with dns = false, by which nobody is told of them; remove one of them");
        }
        if (configuration.Dns == DnsOutput.File && configuration.NameServers.Length > MaxServersOfFile)
            draft.Find("name-servers")?.Warn(FormattableString.Invariant($"programs read the first {MaxServersOfFile} of /etc/resolv.conf; the others have no effect"));
    }

    private static ImmutableArray<IPAddress> ReadServers(string interfaceName, ConfigurationValue value)
    {
        ImmutableArray<IPAddress>.Builder servers = ImmutableArray.CreateBuilder<IPAddress>();
        foreach (ConfigurationValue.Item item in value.Items())
        {
            if (ReadServer(interfaceName, item.Text, out string why) is not { } server) value.Refuse(item, $"'{EscapedText.Of(item.Text)}': {why}");
            else if (servers.Contains(server)) value.Refuse(item, $"{server} is there twice");
            else if (servers.Count == ResolverPlan.MaxServers) value.Refuse(item, FormattableString.Invariant($"more than {ResolverPlan.MaxServers} are not told"));
            else servers.Add(server);
        }
        return servers.ToImmutable();
    }

    // A link-local address says nothing without its link. It is told with this interface, as one of a lease is; the number of
    // another interface would have to be followed through every change of that.
    private static IPAddress? ReadServer(string interfaceName, string text, out string why)
    {
        why = "is not the address of a name server, such as \"192.0.2.53\" or \"2001:db8::53\"";
        int percent = text.IndexOf('%', StringComparison.Ordinal);
        string plain = percent < 0 ? text : text[..percent];
        string? scope = percent < 0 ? null : text[(percent + 1)..];
        if (!StaticText.TryAddress(plain, out IPAddress? address)) return null;
        why = WhyNotServer(address) ?? WhyNotScope(interfaceName, plain, address, scope) ?? "";
        return why.Length == 0 ? address : null;
    }

    // One on this host itself, 127.0.0.1 or ::1, is its owner's to name.
    private static string? WhyNotServer(IPAddress address)
    {
        bool isPossible = IPAddress.IsLoopback(address) || (address.AddressFamily == AddressFamily.InterNetwork
            ? Ipv4Address.FromBytes(address.GetAddressBytes()).IsUsableUnicast
            : !address.IsIPv6Multicast && !address.IsIPv4MappedToIPv6 && !address.Equals(IPAddress.IPv6Any));
        return isPossible ? null : "no name server can have this address";
    }

    private static string? WhyNotScope(string interfaceName, string plain, IPAddress address, string? scope)
    {
        if (!address.IsIPv6LinkLocal) return scope is null ? null : $"only a link-local address has an interface; write \"{plain}\"";
        if (scope == interfaceName) return ResolverPlan.IsTellable(interfaceName) ? null : "a resolver cannot be told of an interface of this name";
        return scope is { Length: > 0 }
            ? $"is reached through another interface; write it in [interface.{EscapedText.Of(scope)}]"
            : $"a link-local address needs its interface; write \"{plain}%{EscapedText.Of(interfaceName)}\"";
    }

    private static ImmutableArray<string> ReadDomains(ConfigurationValue value)
    {
        ImmutableArray<string>.Builder domains = ImmutableArray.CreateBuilder<string>();
        foreach (ConfigurationValue.Item item in value.Items())
        {
            string shown = EscapedText.Of(item.Text);
            if (!DomainNames.IsValid(item.Text))
            {
                value.Refuse(item, item.Text.EndsWith('.') && DomainNames.IsValid(item.Text[..^1])
                    ? $"'{shown}': write \"{item.Text[..^1]}\", without the last dot"
                    : $"'{shown}' is not a domain of letters, digits and hyphens, such as \"example.org\"");
            }
            else if (domains.Contains(item.Text, StringComparer.OrdinalIgnoreCase)) value.Refuse(item, $"{shown} is there twice");
            else if (domains.Count == DomainNames.MaxSearchNames) value.Refuse(item, FormattableString.Invariant($"more than {DomainNames.MaxSearchNames} are not told"));
            else domains.Add(item.Text);
        }
        return domains.ToImmutable();
    }
}
