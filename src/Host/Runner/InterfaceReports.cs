using System.Buffers.Binary;
using BondDhcp.Bond.Links;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Host.Runner;

/// <summary>The journal's words for what a runner does and sees.</summary>
internal static class InterfaceReports
{
    private const byte MessageTypeOption = 53;

    // Behind op, htype, hlen and hops (RFC 2131 section 2).
    private const int XidOffset = 4;

    /// <summary>Option 54.</summary>
    public const byte ServerIdentifierOption = 54;

    private const byte ClientIdentifierOption = 61;

    /// <summary>A message of ours; <paramref name="error"/> where the kernel did not take it.</summary>
    public static Report Sent(Dhcp4Transmission message, Dhcp4Identification identification, MacAddress chaddr, string? error) =>
        Report.Of(
            "sent",
            ("message", Dhcp4MessageName.Of(message.Type)),
            ("xid", Hex(message.Xid)),
            ("chaddr", chaddr),
            ("clientId", HexText.Colons((message.AnonymousOrder is null ? identification.ClientIdentifier : Dhcp4ClientIdentifier.FromMac(chaddr)).AsSpan())),
            ("server", message.ServerIdentifier ?? (message.Destination == Ipv4Address.Broadcast ? null : message.Destination)),
            ("kind", message.RequestKind == Dhcp4RequestKind.None ? null : KindOf(message.RequestKind)),
            ("error", error));

    /// <summary>A message that the client used.</summary>
    public static Report Received(in Dhcp4MessageView message)
    {
        bool named = message.TryGetOption(ServerIdentifierOption, out ReadOnlySpan<byte> server) && server.Length == Ipv4Address.Length;
        return Report.Of(
            "received",
            ("message", Dhcp4MessageName.Of(TypeOf(message))),
            ("xid", Hex(message.Xid)),
            ("chaddr", message.Chaddr),
            ("clientId", message.TryGetOption(ClientIdentifierOption, out ReadOnlySpan<byte> client) ? HexText.Colons(client) : null),
            ("server", named ? Ipv4Address.FromBytes(server) : null));
    }

    /// <summary>The type of a message; 0 where it has none.</summary>
    public static Dhcp4MessageType TypeOf(in Dhcp4MessageView message) =>
        message.TryGetOption(MessageTypeOption, out ReadOnlySpan<byte> type) && type.Length == 1 ? (Dhcp4MessageType)type[0] : 0;

    /// <summary>A packet that was not used.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="count">How many there were until now.</param>
    /// <param name="octets">The DHCP message in it, as far as there is one; empty where there is none.</param>
    public static Report Dropped(string reason, long count, ReadOnlySpan<byte> octets) => Report.Of(
        "dropped", ("reason", reason), ("count", count),
        ("xid", octets.Length >= XidOffset + sizeof(uint) ? Hex(BinaryPrimitives.ReadUInt32BigEndian(octets[XidOffset..])) : null));

    /// <summary>The carrier came or went.</summary>
    public static Report Carrier(Link link) =>
        Report.Of("carrier", ("carrier", link.Carrier), ("operstate", OperStateOf(link)), ("up", link.IsUp));

    /// <summary>An address came or went.</summary>
    public static Report Address(string name, InterfaceAddress address) => Report.Of(
        name,
        ("address", address.Prefix.ToString()),
        ("origin", address.Protocol switch
        {
            InterfaceAddress.OurProtocol => "dhcp4",
            InterfaceAddress.StaticMark => "static",
            _ => "foreign",
        }));

    /// <summary>A route came or went.</summary>
    public static Report Route(string name, InstalledRoute route) => Report.Of(
        name,
        ("to", route.Destination.ToString()),
        ("via", route.Gateway),
        ("metric", route.Metric));

    /// <summary>The operational state in the kernel's words.</summary>
    public static string OperStateOf(Link link) => link.OperationalState switch
    {
        OperationalState.Unknown => "unknown",
        OperationalState.NotPresent => "notpresent",
        OperationalState.Down => "down",
        OperationalState.LowerLayerDown => "lowerlayerdown",
        OperationalState.Testing => "testing",
        OperationalState.Dormant => "dormant",
        OperationalState.Up => "up",
        _ => FormattableString.Invariant($"{(int)link.OperationalState}"),
    };

    private static string KindOf(Dhcp4RequestKind kind) => kind switch
    {
        Dhcp4RequestKind.Selecting => "selecting",
        Dhcp4RequestKind.InitReboot => "initReboot",
        Dhcp4RequestKind.Renewing => "renewing",
        _ => "rebinding",
    };

    private static string Hex(uint xid) => FormattableString.Invariant($"{xid:x8}");
}
