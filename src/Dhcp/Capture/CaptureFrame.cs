namespace BondDhcp.Dhcp.Capture;

/// <summary>One frame of a capture file.</summary>
/// <param name="Number">Its place in the file, from 1, as tcpdump and Wireshark count.</param>
/// <param name="At">When it was captured.</param>
/// <param name="LinkType">What its first header is: <see cref="Capture.LinkType"/>.</param>
/// <param name="Data">The octets kept.</param>
/// <param name="OriginalLength">Octets it had on the wire; more than are kept when the capture was cut to a snapshot length.</param>
public sealed record CaptureFrame(int Number, CaptureTime At, int LinkType, ReadOnlyMemory<byte> Data, long OriginalLength)
{
    /// <summary>True when the end of the frame is not in the file.</summary>
    public bool IsCut => OriginalLength > Data.Length;
}

/// <summary>Link types of capture files (draft-ietf-opsawg-pcaplinktype) that can carry DHCP here.</summary>
public static class LinkType
{
    /// <summary>LINKTYPE_ETHERNET.</summary>
    public const int Ethernet = 1;

    /// <summary>LINKTYPE_RAW: IPv4 or IPv6, by the version in the first octet.</summary>
    public const int Raw = 101;

    /// <summary>LINKTYPE_LINUX_SLL: what capturing on all interfaces gives.</summary>
    public const int LinuxCooked = 113;

    /// <summary>LINKTYPE_IPV4.</summary>
    public const int Ipv4 = 228;

    /// <summary>LINKTYPE_IPV6.</summary>
    public const int Ipv6 = 229;

    /// <summary>LINKTYPE_LINUX_SLL2.</summary>
    public const int LinuxCooked2 = 276;
}
