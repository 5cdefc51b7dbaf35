using System.Collections.Immutable;
using BondDhcp.Net;

namespace BondDhcp.Host.Import.Wide;

/// <summary>An address or prefix that dhcp6c.conf wishes for.</summary>
/// <param name="Prefix">With /128 for an address.</param>
/// <param name="PreferredSeconds">Its preferred lifetime; 0xffffffff is infinite.</param>
/// <param name="ValidSeconds">Its valid lifetime.</param>
internal sealed record Dhcp6cWish(Ipv6Prefix Prefix, uint PreferredSeconds, uint ValidSeconds);

/// <summary>Where addresses are made of a delegated prefix: <c>prefix-interface</c>.</summary>
/// <param name="Interface">The interface that gets one.</param>
/// <param name="SubnetId">sla-id: the subnet's number.</param>
/// <param name="SubnetLength">sla-len: its length in bits.</param>
internal sealed record Dhcp6cSubnet(string Interface, ulong SubnetId, int SubnetLength)
{
    /// <summary>ifid: the last 64 bits of the address; null where they are made of the interface's hardware address.</summary>
    public ulong? InterfaceId { get; init; }

    /// <summary>ifid-random: nobody knows them.</summary>
    public bool IsRandom { get; init; }
}

/// <summary>An <c>id-assoc</c> that an interface sends.</summary>
/// <param name="IsDelegation">An IA_PD and not an IA_NA.</param>
/// <param name="Iaid">Its identifier.</param>
internal sealed record Dhcp6cAssociation(bool IsDelegation, uint Iaid)
{
    /// <summary>What it wishes for.</summary>
    public ImmutableArray<Dhcp6cWish> Wishes { get; init; } = [];

    /// <summary>What is made of its prefix.</summary>
    public ImmutableArray<Dhcp6cSubnet> Subnets { get; init; } = [];
}

/// <summary>What dhcp6c does on one interface.</summary>
internal sealed class Dhcp6cSettings
{
    /// <summary>information-only.</summary>
    public bool IsStateless { get; set; }

    /// <summary>send rapid-commit.</summary>
    public bool RapidCommit { get; set; }

    /// <summary>Codes of the options that are asked for, in the order in which they stand.</summary>
    public List<ushort> Requested { get; } = [];

    /// <summary>Its associations, in the order in which they are sent.</summary>
    public List<Dhcp6cAssociation> Associations { get; } = [];
}
