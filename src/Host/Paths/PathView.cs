using BondDhcp.Net;

namespace BondDhcp.Host.Paths;

/// <summary>What an interface's frames go through at this moment, down to the device that carries them.</summary>
/// <param name="Usable">A frame sent now gets into the network.</param>
/// <param name="Why">Where it does not, why; else empty.</param>
/// <param name="Device">Index of the device that carries: the active slave of a bond, else the interface itself.</param>
internal readonly record struct PathView(bool Usable, string Why, int Device)
{
    /// <summary>Changes with each association and authorisation of the device. Null where there is no such thing.</summary>
    public string? Attachment { get; init; }

    /// <summary>The path was authorised by EAP.</summary>
    public bool IsEap { get; init; }

    /// <summary>What is known of the network it leads into, compared with the lease's.</summary>
    public PathClass Network { get; init; }

    /// <summary>The hardware address of the gateway in that network, where one answered.</summary>
    public MacAddress? Gateway { get; init; }

    /// <summary>It cannot be used.</summary>
    public static PathView Closed(string why, int device) => new(false, why, device);
}

/// <summary>What a supplicant says of its interface.</summary>
/// <param name="Open">Frames pass: associated and authorised.</param>
/// <param name="Why">Where they do not, why; else empty.</param>
/// <param name="Attachment">As in <see cref="PathView"/>.</param>
/// <param name="IsEap">As in <see cref="PathView"/>.</param>
internal readonly record struct SupplicantGate(bool Open, string Why, string? Attachment, bool IsEap)
{
    /// <summary>The wireless network it is associated with, escaped; null for none.</summary>
    public string? Ssid { get; init; }

    /// <summary>Who it was authorised as by 802.1X; null without.</summary>
    public string? Identity { get; init; }
}
