namespace BondDhcp.Host.Resolver;

/// <summary>How name servers reach the programs of this host.</summary>
internal enum ResolverWay
{
    /// <summary><c>resolvectl</c>, where systemd-resolved runs.</summary>
    Resolved,
    /// <summary><c>resolvconf</c>, Debian's or openresolv.</summary>
    Resolvconf,
    /// <summary><c>/etc/resolv.conf</c> itself.</summary>
    File,
}

/// <summary>Somebody who takes name servers.</summary>
/// <param name="Way">How.</param>
/// <param name="Interface">Of which interface; empty for the file, which is everybody's.</param>
internal readonly record struct ResolverTarget(ResolverWay Way, string Interface) : IComparable<ResolverTarget>
{
    /// <summary>The file.</summary>
    public static readonly ResolverTarget File = new(ResolverWay.File, "");

    /// <inheritdoc/>
    public int CompareTo(ResolverTarget other) =>
        Way != other.Way ? Way.CompareTo(other.Way) : string.CompareOrdinal(Interface, other.Interface);
}

/// <summary>What somebody is told. Addresses and LDH names alone, with a blank between them.</summary>
/// <param name="Servers">Name servers; may be empty where there are domains.</param>
/// <param name="Search">Domains.</param>
/// <param name="Metric">The interface's metric: the lower goes first where the one who is told has an order.</param>
internal sealed record ResolverContent(string Servers, string Search, uint Metric = 0)
{
    /// <summary>Name servers of the file that are not told, because those who read it would not ask them; empty for none.</summary>
    public string LeftOut { get; init; } = "";

    /// <summary>The name servers, one by one.</summary>
    public string[] ServerList => Servers.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The domains, one by one.</summary>
    public string[] SearchList => Search.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>As resolv.conf(5) writes it.</summary>
    public string ToResolvConf() =>
        (Search.Length == 0 ? "" : $"search {Search}\n") + string.Concat(ServerList.Select(static server => $"nameserver {server}\n"))
        + (LeftOut.Length == 0 ? "" : $"# Left out, because the C library reads three: {LeftOut}\n");
}

/// <summary>Somebody is to be told something, or was.</summary>
/// <param name="Target">Who.</param>
/// <param name="Content">What.</param>
internal sealed record ResolverWish(ResolverTarget Target, ResolverContent Content);

/// <summary>Who is there to take name servers.</summary>
/// <param name="Resolved">systemd-resolved runs.</param>
/// <param name="Resolvconf">There is a resolvconf.</param>
internal readonly record struct ResolverWays(bool Resolved, bool Resolvconf)
{
    /// <summary>One of them is there, and belongs to another network namespace: our interfaces' names mean others there.</summary>
    public bool AreOfOthers { get; init; }
}
