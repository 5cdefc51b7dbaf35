using System.Collections.Immutable;

namespace BondDhcp.Host.Commands;

/// <summary>A command line, understood.</summary>
internal sealed record Invocation
{
    /// <summary>What is to be done.</summary>
    public required CommandSpec Command { get; init; }

    /// <summary>Interfaces, components or files.</summary>
    public ImmutableArray<string> Arguments { get; init; } = [];

    /// <summary>The configuration file.</summary>
    public string ConfigurationFile { get; init; } = "/etc/bonddhcp/bonddhcp.toml";

    /// <summary>Where leases and the DUID are kept.</summary>
    public string StateDirectory { get; init; } = UsualStateDirectory;

    /// <summary>Where leases and the DUID usually are.</summary>
    public const string UsualStateDirectory = "/var/lib/bonddhcp";

    /// <summary>Where the control socket and the lock are.</summary>
    public string RuntimeDirectory { get; init; } = "/run/bonddhcp";

    /// <summary><c>--json</c>.</summary>
    public bool Json { get; init; }

    /// <summary><c>--format openmetrics</c>.</summary>
    public bool OpenMetrics { get; init; }

    /// <summary><c>-4</c>.</summary>
    public bool Ipv4 { get; init; }

    /// <summary><c>-6</c>.</summary>
    public bool Ipv6 { get; init; }

    /// <summary><c>--timeout</c>; null where not given.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary><c>--since</c>; null where not given.</summary>
    public TimeSpan? Since { get; init; }

    /// <summary><c>--root</c>.</summary>
    public string Root { get; init; } = "/";

    /// <summary><c>--output</c>; null for stdout.</summary>
    public string? Output { get; init; }

    /// <summary><c>--replace</c>.</summary>
    public bool Replace { get; init; }

    /// <summary><c>--stop-dhclient</c>.</summary>
    public bool StopDhclient { get; init; }
}
