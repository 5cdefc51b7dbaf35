using BondDhcp.Net;

namespace BondDhcp.Dhcp.Capture;

/// <summary>A DHCP packet of a capture, of either family: where it was, and what is wrong with it.</summary>
public abstract record DecodedPacket
{
    /// <summary>Number of the frame in its file, from 1.</summary>
    public required int Frame { get; init; }

    /// <summary>When it was captured.</summary>
    public required CaptureTime At { get; init; }

    /// <summary>UDP source port.</summary>
    public required ushort SourcePort { get; init; }

    /// <summary>UDP destination port: 67 or 68, 546 or 547.</summary>
    public required ushort DestinationPort { get; init; }

    /// <summary>Link source; null where the capture does not keep it.</summary>
    public MacAddress? SourceMac { get; init; }

    /// <summary>Link destination; null where the capture does not keep it.</summary>
    public MacAddress? DestinationMac { get; init; }

    /// <summary>VLAN identifier of the innermost tag; null without one.</summary>
    public int? VlanId { get; init; }

    /// <summary>The rule it breaks and how, <c>V4 udpChecksum: ...</c>; null for a good packet.</summary>
    public string? Problem { get; init; }
}
