using System.Net;
using BondDhcp.Bond.Links;

namespace BondDhcp.Host.Coexistence;

/// <summary>What is known of the host when somebody asks who else configures one interface with one family.</summary>
internal sealed record RivalFacts
{
    /// <summary>The interface's name.</summary>
    public required string Interface { get; init; }

    /// <summary>Its index.</summary>
    public required int Index { get; init; }

    /// <summary>DHCPv6 and not DHCPv4.</summary>
    public bool Ipv6 { get; init; }

    /// <summary>The names of every other interface.</summary>
    public IReadOnlyCollection<string> OtherInterfaces { get; init; } = [];

    /// <summary>The addresses on it.</summary>
    public IReadOnlyCollection<IPAddress> Addresses { get; init; } = [];

    /// <summary>Packet sockets in this network namespace.</summary>
    public IReadOnlyList<PacketHolder> Packets { get; init; } = [];

    /// <summary>Who is bound to the client's port of the family.</summary>
    public IReadOnlyList<PortHolder> Ports { get; init; } = [];

    /// <summary>Inodes of our own sockets.</summary>
    public IReadOnlySet<ulong> Ours { get; init; } = new HashSet<ulong>();

    /// <summary>Processes in this network namespace that are known to configure interfaces, or hold one of the sockets; not ourselves.</summary>
    public IReadOnlyList<ProcessFacts> Processes { get; init; } = [];

    /// <summary>What systemd-networkd says of the interface.</summary>
    public ManagedLink Networkd { get; init; }

    /// <summary>What NetworkManager says of the interface.</summary>
    public ManagedLink NetworkManager { get; init; }

    /// <summary>dhcpcd's configuration; empty for none.</summary>
    public string DhcpcdConfiguration { get; init; } = "";

    /// <summary>connman's configuration; empty for none.</summary>
    public string ConnmanConfiguration { get; init; } = "";

    /// <summary>The port of the family's clients.</summary>
    public ushort Port => PortOf(Ipv6);

    /// <summary>The port that clients listen at (RFC 2131 section 4.1, RFC 9915 section 7.2).</summary>
    public static ushort PortOf(bool ipv6) => (ushort)(ipv6 ? 546 : 68);
}
