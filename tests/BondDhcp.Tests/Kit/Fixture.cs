using System.Collections.Immutable;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Tests.Kit;

/// <summary>Who is who in the tests: the wired slave A, the wireless slave B, the server, the gateway and the lease.</summary>
public static class Fixture
{
    public static readonly MacAddress A = MacAddress.Parse("02:00:00:00:0a:0a");
    public static readonly MacAddress B = MacAddress.Parse("02:00:00:00:0b:0b");
    public static readonly MacAddress Stranger = MacAddress.Parse("02:00:00:00:ee:ee");

    public static readonly Ipv4Address Server = Ipv4Address.Parse("192.0.2.1");
    public static readonly Ipv4Address Server2 = Ipv4Address.Parse("192.0.2.2");
    public static readonly MacAddress GatewayMac = MacAddress.Parse("02:00:00:00:00:01");
    public static readonly Ipv4Address L = Ipv4Address.Parse("192.0.2.50");
    public static readonly Ipv4Address L2 = Ipv4Address.Parse("192.0.2.77");

    /// <summary>255, the IAID of bond0, and a DUID-UUID.</summary>
    public static readonly ImmutableArray<byte> ClientIdentifier =
        [.. Convert.FromHexString("ff32e8191800048baf2d96b4a2486c9e15ceee096b5ccd")];

    public static ReplyMessage Offer(uint xid, MacAddress chaddr, Ipv4Address? server = null, Ipv4Address? address = null) =>
        Grant(Dhcp4MessageType.Offer, xid, chaddr, server, address, 3600);

    public static ReplyMessage Ack(uint xid, MacAddress chaddr, Ipv4Address? server = null, Ipv4Address? address = null, uint lease = 3600) =>
        Grant(Dhcp4MessageType.Ack, xid, chaddr, server, address, lease);

    public static ReplyMessage Nak(uint xid, MacAddress chaddr, Ipv4Address? server = null) =>
        new(Dhcp4MessageType.Nak, xid, chaddr, server ?? Server);

    private static ReplyMessage Grant(
        Dhcp4MessageType type, uint xid, MacAddress chaddr, Ipv4Address? server, Ipv4Address? address, uint lease) =>
        new ReplyMessage(type, xid, chaddr, server ?? Server) { Yiaddr = address ?? L }
            .Seconds(51, lease)
            .Address(1, Ipv4Address.Parse("255.255.255.0"))
            .Address(3, Server)
            .Address(6, Server);

    /// <summary>A lease of <see cref="L"/> granted to A at <paramref name="obtainedAt"/> s, for an hour.</summary>
    public static Dhcp4Lease Lease(double obtainedAt = 0, MacAddress? chaddr = null, bool gatewayKnown = true) => new()
    {
        Ack = Ack(0x1234, chaddr ?? A).ToReply(),
        ClientIdentifier = ClientIdentifier,
        Chaddr = chaddr ?? A,
        ObtainedAt = Instant.FromSeconds(obtainedAt),
        RenewAt = Instant.FromSeconds(obtainedAt + 1800),
        RebindAt = Instant.FromSeconds(obtainedAt + 3150),
        ExpiresAt = Instant.FromSeconds(obtainedAt + 3600),
        GatewayMac = gatewayKnown ? GatewayMac : null,
        KnownServers = [Server],
    };

    public static Dhcp4Memory Memory(params ImmutableArray<Dhcp4Lease> leases) =>
        new(leases, leases.IsEmpty ? null : leases[0].Address);
}
