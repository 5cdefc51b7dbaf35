using System.Net;

namespace BondDhcp.Bond.Links;

/// <summary>A UDP socket that is bound to a port.</summary>
/// <param name="Local">The address it is bound to; the unspecified one for all.</param>
/// <param name="Device">Index of the interface it is bound to (SO_BINDTODEVICE); 0 for none, or where that is not known.</param>
/// <param name="Inode">The number by which a process's descriptor names it.</param>
public readonly record struct PortHolder(IPAddress Local, int Device, ulong Inode)
{
    /// <summary>It takes what comes to any address.</summary>
    public bool IsWildcard => Local.Equals(IPAddress.Any) || Local.Equals(IPAddress.IPv6Any);
}
