using System.Buffers.Binary;
using BondDhcp.Bond.Links;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Host.Runner;

/// <summary>The journal's words for what a runner of DHCPv6 does and sees.</summary>
internal static class Dhcp6Reports
{
    private const ushort ClientIdentifierOption = 1;

    /// <summary>Option 2.</summary>
    public const ushort ServerIdentifierOption = 2;

    /// <summary>A message of ours; <paramref name="error"/> where the kernel did not take it.</summary>
    public static Report Sent(Dhcp6Transmission message, Dhcp6Identification identification, string? error) =>
        Report.Of(
            "sent",
            ("message", Dhcp6MessageName.Of(message.Type)),
            ("xid", Hex(message.Xid)),
            ("clientId", ClientOf(message, identification) is { } client ? TextOf(client) : null),
            ("server", message.ServerIdentifier is { } server ? TextOf(server) : null),
            ("error", error));

    /// <summary>A message that the client used.</summary>
    public static Report Received(in Dhcp6MessageView message) => Report.Of(
        "received",
        ("message", Dhcp6MessageName.Of(message.Type)),
        ("xid", Hex(message.Xid)),
        ("clientId", Identifier(message, ClientIdentifierOption)),
        ("server", Identifier(message, ServerIdentifierOption)));

    /// <summary>A message that was not used.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="count">How many there were until now.</param>
    /// <param name="octets">The message.</param>
    public static Report Dropped(string reason, long count, ReadOnlySpan<byte> octets) =>
        Report.Of("dropped", ("reason", reason), ("count", count), ("xid", XidOf(octets) is { } xid ? Hex(xid) : null));

    // Behind the type (RFC 9915 section 8); what relays say to each other has none (section 9).
    private static uint? XidOf(ReadOnlySpan<byte> octets) =>
        octets.Length >= sizeof(uint) && (Dhcp6MessageType)octets[0] is not (Dhcp6MessageType.RelayForward or Dhcp6MessageType.RelayReply)
            ? BinaryPrimitives.ReadUInt32BigEndian(octets) & 0xffffff
            : null;

    /// <summary>An address came or went.</summary>
    public static Report Address(string name, Ipv6InterfaceAddress address) => Report.Of(
        name, ("address", address.ToString()), ("origin", OriginOf(address)));

    /// <summary>Who configured an address: <c>dhcp6</c>, <c>static</c>, <c>kernel</c> or <c>foreign</c>.</summary>
    public static string OriginOf(Ipv6InterfaceAddress address) => address.Protocol switch
    {
        InterfaceAddress.OurProtocol => "dhcp6",
        InterfaceAddress.StaticMark => "static",
        // IFA_PROTO of what the kernel made itself: loopback, router advertisement, link-local.
        >= 1 and <= 3 => "kernel",
        _ => "foreign",
    };

    /// <summary>A DUID as colon-separated hex.</summary>
    public static string TextOf(Duid duid) => HexText.Colons(duid.Octets);

    private static Duid? ClientOf(Dhcp6Transmission message, Dhcp6Identification identification) =>
        message.Anonymity is not { } anonymity ? identification.ClientIdentifier
        : message.Type == Dhcp6MessageType.InformationRequest ? null
        : anonymity.ClientIdentifier;

    private static string? Identifier(in Dhcp6MessageView message, ushort code) =>
        message.TryGetOption(code, out ReadOnlySpan<byte> octets) ? HexText.Colons(octets) : null;

    private static string Hex(uint xid) => FormattableString.Invariant($"{xid:x6}");
}
