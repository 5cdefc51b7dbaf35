using System.Collections.Immutable;
using BondDhcp.Dhcp.Options;

namespace BondDhcp.Host.Import.Isc;

/// <summary>An option with a value in dhclient.conf.</summary>
/// <param name="Option">The option.</param>
/// <param name="Data">Its octets.</param>
/// <param name="From">Where it stands.</param>
internal sealed record DhclientOption(IscOption Option, ImmutableArray<byte> Data, SourceLine From);

/// <summary>An address of a <c>lease</c> or <c>alias</c> block in dhclient.conf.</summary>
/// <param name="Interface">The interface; null where it names none.</param>
/// <param name="Prefix">With the prefix length.</param>
/// <param name="IsAlias">It is there beside the lease; else it is for when no server answers.</param>
/// <param name="Until">When a lease ends; <see cref="DateTimeOffset.MaxValue"/> where it does not say.</param>
/// <param name="From">Where it stands.</param>
internal sealed record DhclientFixed(string? Interface, string Prefix, bool IsAlias, DateTimeOffset Until, SourceLine From);

/// <summary>The settings of dhclient for one interface, or those outside of any.</summary>
internal sealed class DhclientSettings
{
    /// <summary>The options that dhclient asks for where nothing else is written (dhclient.conf(5)).</summary>
    public static readonly ImmutableArray<byte> DefaultRequest = [1, 28, 2, 3, 15, 6, 12];

    /// <summary>The same of DHCPv6.</summary>
    public static readonly ImmutableArray<ushort> DefaultRequest6 = [23, 24];

    /// <summary>Option 12: empty for the name of the system; null for none.</summary>
    public (string Name, SourceLine From)? HostName { get; set; }

    /// <summary>The name of option 81 as it is written; null for none.</summary>
    public (string Name, SourceLine From)? FullyQualifiedName { get; set; }

    /// <summary>The flags of option 81 (RFC 4702 section 2.1): S 1, E 4; N is 2 to dhclient, as in DHCPv6 (RFC 4704 section 4.1).</summary>
    public byte NameFlags { get; set; }

    /// <summary>Option 61; null for none in the configuration.</summary>
    public (ImmutableArray<byte> Octets, SourceLine From)? ClientIdentifier { get; set; }

    /// <summary>Option 61 is the hardware type and address: <c>= hardware</c>.</summary>
    public SourceLine? ClientIdentifierIsHardware { get; set; }

    /// <summary>What is sent beside.</summary>
    public List<DhclientOption> Sent { get; init; } = [];

    /// <summary>What is asked for; null for dhclient's own list.</summary>
    public List<(IscOption Option, SourceLine From)>? Requested { get; set; }

    /// <summary>What an offer must have.</summary>
    public List<(IscOption Option, SourceLine From)> Required { get; init; } = [];

    /// <summary>What becomes of options.</summary>
    public List<(OptionAct Act, DhclientOption Option)> Modified { get; init; } = [];

    /// <summary>Servers that are not listened to.</summary>
    public List<(string Server, SourceLine From)> Rejected { get; init; } = [];

    /// <summary>select-timeout in seconds; null where it is not written.</summary>
    public (uint Seconds, SourceLine From)? SelectTimeout { get; set; }

    /// <summary>Where a file is included that could not be read: what it sets is not known. Null for none.</summary>
    public SourceLine? Unread { get; set; }

    /// <summary>A copy to which an interface adds its own.</summary>
    public DhclientSettings Copy() => new()
    {
        HostName = HostName,
        FullyQualifiedName = FullyQualifiedName,
        NameFlags = NameFlags,
        ClientIdentifier = ClientIdentifier,
        ClientIdentifierIsHardware = ClientIdentifierIsHardware,
        Sent = [.. Sent],
        Requested = Requested is null ? null : [.. Requested],
        Required = [.. Required],
        Modified = [.. Modified],
        Rejected = [.. Rejected],
        SelectTimeout = SelectTimeout,
        Unread = Unread,
    };
}
