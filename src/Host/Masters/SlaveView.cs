using BondDhcp.Net;

namespace BondDhcp.Host.Masters;

/// <summary>A slave for <c>status</c>: configured, or in the master without being configured.</summary>
/// <param name="Name">The configured name, else the kernel's.</param>
internal sealed record SlaveView(string Name)
{
    /// <summary>ifindex; 0 while it is not there.</summary>
    public int Index { get; init; }

    /// <summary>It has its master.</summary>
    public bool IsMember { get; init; }

    /// <summary>Its own hardware address.</summary>
    public MacAddress? Mac { get; init; }

    /// <summary>The slave in use.</summary>
    public bool IsActive { get; init; }

    /// <summary>The device senses a carrier.</summary>
    public bool Carrier { get; init; }

    /// <summary>RFC 2863 operational state, in the kernel's words; null while it is not there.</summary>
    public string? OperState { get; init; }

    /// <summary>It can carry the bond's traffic.</summary>
    public bool IsUsable { get; init; }

    /// <summary>What the bond says of its link: up, going down, down, going back; null where it is no bond's.</summary>
    public string? MiiStatus { get; init; }

    /// <summary>Times its link failed, as the bond counts.</summary>
    public uint LinkFailures { get; init; }

    /// <summary>Why it is not in the master, or cannot be used; empty when all is well.</summary>
    public string Why { get; init; } = "";
}
