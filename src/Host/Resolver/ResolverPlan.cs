using System.Net;
using System.Net.Sockets;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Configuration;

namespace BondDhcp.Host.Resolver;

/// <summary>What an interface's section says of name servers.</summary>
/// <param name="Name">The interface.</param>
/// <param name="Output">To whom they go.</param>
/// <param name="Metric">Its metric.</param>
internal readonly record struct ResolverPolicy(string Name, DnsOutput Output, uint Metric)
{
    /// <summary>A lease may bring some: what is written down is not all there will be.</summary>
    public bool AwaitsLease { get; init; }

    /// <summary>Some are written down.</summary>
    public bool HasStatic { get; init; }

    /// <summary>The policy of a section.</summary>
    public static ResolverPolicy Of(InterfaceConfiguration one) =>
        new(one.Name, one.Dns, one.Metric) { AwaitsLease = one.HasDhcp, HasStatic = one.HasStaticNames };
}

/// <summary>What one interface has to tell, and to whom.</summary>
/// <param name="Target">To whom; null for nobody.</param>
/// <param name="Content">What, both families together; null for nothing.</param>
/// <param name="Why">Why nobody takes it; null where somebody does, or there is nothing to take.</param>
internal readonly record struct ResolverRoute(ResolverTarget? Target, ResolverContent? Content, string? Why)
{
    /// <summary>The interface has no path at present: nobody answers there.</summary>
    public bool IsUnusable { get; init; }
}

/// <summary>Who is to be told what, of what is offered. Pure.</summary>
internal static class ResolverPlan
{
    /// <summary>Servers of one interface that are told; resolvers ask the first few.</summary>
    public const int MaxServers = 32;

    /// <summary>Servers that the C library takes from the file (MAXNS of resolv.h); what follows is never asked.</summary>
    public const int MaxServersInFile = 3;

    /// <summary>
    /// What is offered on one interface together: what is written down first, then DHCPv4's servers, none twice, and the domains in the same order. A
    /// domain name counts where its family sent no search list.
    /// </summary>
    public static ResolverContent? Merge(IEnumerable<NetworkOffer> offers, ResolverPolicy policy, bool withScope)
    {
        List<string> servers = [];
        List<string> domains = [];
        foreach (NetworkOffer offer in offers)
        {
            foreach (IPAddress server in offer.DnsServers)
                if (IsServer(server, offer.ServersAreOwners)) AddOnce(servers, TextOf(server, policy.Name, withScope), MaxServers);
            IEnumerable<string> search = offer.SearchDomains.IsEmpty && offer.DomainName is { } domain ? [domain] : offer.SearchDomains;
            foreach (string name in search)
                if (DomainNames.IsValid(name)) AddOnce(domains, name, DomainNames.MaxSearchNames);
        }
        return servers.Count + domains.Count == 0
            ? null
            : new ResolverContent(string.Join(' ', servers), string.Join(' ', domains), policy.Metric);
    }

    /// <summary>What one interface has to tell, and to whom.</summary>
    public static ResolverRoute Route(IEnumerable<NetworkOffer> offers, ResolverPolicy policy, ResolverWays ways)
    {
        ResolverWay? way = policy.Output switch
        {
            DnsOutput.File => ResolverWay.File,
            DnsOutput.None => null,
            _ => ways.Resolved ? ResolverWay.Resolved : ways.Resolvconf ? ResolverWay.Resolvconf : null,
        };
        // resolved knows the link by itself; in a file an address of the link's own says nothing without it.
        ResolverContent? content = Merge(offers, policy, withScope: way != ResolverWay.Resolved);
        if (content is null) return default;
        if (policy.Output == DnsOutput.None) return new ResolverRoute(null, content, "dns is false");
        if (way is null)
        {
            string who = ways.AreOfOthers
                ? "systemd-resolved or resolvconf is there, but is another network namespace's"
                : "neither systemd-resolved nor resolvconf is there";
            return new ResolverRoute(null, content, $"nobody takes them: {who}; dns = \"file\" writes /etc/resolv.conf");
        }
        if (way != ResolverWay.File && !IsTellable(policy.Name))
            return new ResolverRoute(null, content, "nobody takes them: the interface has a name that is an option or a number to other programs");
        return new ResolverRoute(new ResolverTarget(way.Value, way == ResolverWay.File ? "" : policy.Name), content, null);
    }

    /// <summary>
    /// Everybody who is to be told something. The file gets what its interfaces have, those with a path first, then the lower
    /// metric, and in the order of the configuration where it is the same.
    /// </summary>
    public static IReadOnlyList<ResolverWish> Wanted(IEnumerable<ResolverRoute> routes)
    {
        List<ResolverWish> wanted = [];
        List<ResolverRoute> inFile = [];
        foreach (ResolverRoute route in routes)
        {
            if (route is not { Target: { } target, Content: { } content }) continue;
            if (target == ResolverTarget.File) inFile.Add(route);
            else wanted.Add(new ResolverWish(target, content));
        }
        if (inFile.Count > 0)
            wanted.Add(new ResolverWish(ResolverTarget.File, Join(inFile.OrderBy(static one => one.Content!.Metric).OrderBy(GivesWay))));
        return wanted;
    }

    private static ResolverContent Join(IReadOnlyList<ResolverRoute> routes)
    {
        string[] all = [.. routes.SelectMany(static one => one.Content!.ServerList).Distinct(StringComparer.Ordinal)];
        List<string> told = ChosenOf(routes);
        return new ResolverContent(
            string.Join(' ', all.Where(told.Contains)),
            string.Join(' ', routes.SelectMany(static one => one.Content!.SearchList).Distinct(StringComparer.OrdinalIgnoreCase)))
        {
            LeftOut = string.Join(' ', all.Where(server => !told.Contains(server))),
        };
    }

    // One of each interface with a path, then what else they have, then what the others have: a name that only the second
    // network knows is found where its server is one of the three.
    private static List<string> ChosenOf(IReadOnlyList<ResolverRoute> routes)
    {
        List<string> chosen = [];
        foreach (ResolverRoute route in routes)
            if (!GivesWay(route) && !route.Content!.ServerList.Any(chosen.Contains)) Choose(route.Content.ServerList.Take(1));
        foreach (ResolverRoute route in routes) Choose(route.Content!.ServerList);
        return chosen;

        void Choose(IEnumerable<string> servers)
        {
            foreach (string server in servers) AddOnce(chosen, server, MaxServersInFile);
        }
    }

    // A server on this host itself answers without a path.
    private static bool GivesWay(ResolverRoute route) =>
        route.IsUnusable && !route.Content!.ServerList.Any(static server => IPAddress.TryParse(server, out IPAddress? address) && IPAddress.IsLoopback(address));

    private static void AddOnce(List<string> list, string text, int most)
    {
        if (list.Count < most && !list.Contains(text, StringComparer.OrdinalIgnoreCase)) list.Add(text);
    }

    // On this host itself is a place for a server where its owner says so, and nobody else.
    private static bool IsServer(IPAddress address, bool isOwners) => IPAddress.IsLoopback(address)
        ? isOwners
        : address.AddressFamily == AddressFamily.InterNetwork
            ? BondDhcp.Net.Ipv4Address.FromBytes(address.GetAddressBytes()).IsUsableUnicast
            : !address.IsIPv6Multicast && !address.IsIPv4MappedToIPv6 && !address.Equals(IPAddress.IPv6Any);

    private static string TextOf(IPAddress address, string interfaceName, bool withScope)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork) return address.ToString();
        // Without the number of a scope that it may have been given.
        string text = new IPAddress(address.GetAddressBytes()).ToString();
        return withScope && address.IsIPv6LinkLocal && IsTellable(interfaceName) ? $"{text}%{interfaceName}" : text;
    }

    /// <summary>
    /// True of an interface that other programs can be told of by its name. resolvectl takes a number for an index, and a hyphen
    /// begins an option. What is no letter, digit or one of a few signs could mean something to a script.
    /// </summary>
    internal static bool IsTellable(string name) =>
        name[0] is not ('-' or '.') && !name.All(char.IsAsciiDigit)
        && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '@' or '+');
}
