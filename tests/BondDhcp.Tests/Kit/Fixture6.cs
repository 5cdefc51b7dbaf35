using System.Collections.Immutable;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Tests.Kit;

/// <summary>Who is who in the tests of DHCPv6: this host, two servers, the link-local addresses and what is leased.</summary>
public static class Fixture6
{
    public static readonly Duid Client = DuidOf("00048baf2d96b4a2486c9e15ceee096b5ccd");
    public static readonly Iaid Iaid = new(0x32e81918);
    public static readonly Duid Server = DuidOf("00030001020000000001");
    public static readonly Duid Server2 = DuidOf("00030001020000000002");
    public static readonly Duid Server3 = DuidOf("00030001020000000003");

    public static readonly Ipv6Address LinkLocal = Ipv6Address.Parse("fe80::ff:fe00:a0a");
    public static readonly Ipv6Address LinkLocal2 = Ipv6Address.Parse("fe80::ff:fe00:b0b");
    public static readonly Ipv6Address ServerAddress = Ipv6Address.Parse("fe80::1");
    public static readonly Ipv6Address L = Ipv6Address.Parse("2001:db8::100");
    public static readonly Ipv6Address L2 = Ipv6Address.Parse("2001:db8::200");
    public static readonly Ipv6Address L3 = Ipv6Address.Parse("2001:db8:0:1::300");
    public static readonly Ipv6Prefix P = Ipv6Prefix.Parse("2001:db8:1200::/56");
    public static readonly Ipv6Prefix P2 = Ipv6Prefix.Parse("2001:db8:3400::/56");
    public static readonly Ipv6Address Dns = Ipv6Address.Parse("2001:db8::53");

    /// <summary>An ADVERTISE of one address. A transaction id of 0 is replaced by that of the last message sent.</summary>
    public static Reply6Message Advertise(Duid? server = null, Ipv6Address? address = null, byte? preference = null, uint xid = 0)
    {
        Reply6Message message = Offer(server, xid).IaNa(300, 480, (address ?? L, 600, 900));
        return preference is { } value ? message.Option(7, value) : message;
    }

    /// <summary>An ADVERTISE without an IA.</summary>
    public static Reply6Message Offer(Duid? server = null, uint xid = 0) => new(Dhcp6MessageType.Advertise, xid, Client, server ?? Server);

    /// <summary>A REPLY with one address: T1 300, T2 480, preferred 600, valid 900.</summary>
    public static Reply6Message Reply(Duid? server = null, Ipv6Address? address = null, uint xid = 0) =>
        Empty(server, xid).IaNa(300, 480, (address ?? L, 600, 900)).Dns(Dns);

    /// <summary>A REPLY without an IA.</summary>
    public static Reply6Message Empty(Duid? server = null, uint xid = 0) => new(Dhcp6MessageType.Reply, xid, Client, server ?? Server);

    /// <summary>A lease of <see cref="L"/>, granted at <paramref name="obtainedAt"/> s.</summary>
    public static Dhcp6Lease Lease(double obtainedAt = 0, Ipv6Address? address = null, Ipv6Prefix? prefix = null, Duid? server = null)
    {
        Instant start = Instant.FromSeconds(obtainedAt);
        var times = new Dhcp6IaTimes(start + TimeSpan.FromSeconds(300), start + TimeSpan.FromSeconds(480));
        Instant preferred = start + TimeSpan.FromSeconds(600), valid = start + TimeSpan.FromSeconds(900);
        return new Dhcp6Lease
        {
            Reply = Reply(server, address, 0x1234).ToReply(),
            ClientIdentifier = Client,
            Iaid = Iaid,
            ObtainedAt = start,
            Addresses = [new Dhcp6LeasedAddress(address ?? L, preferred, valid)],
            AddressTimes = times,
            Prefixes = prefix is { } delegated ? [new Dhcp6LeasedPrefix(delegated, null, preferred, valid)] : [],
            PrefixTimes = prefix is null ? Dhcp6IaTimes.Never : times,
        };
    }

    public static Dhcp6Memory Memory(params ImmutableArray<Dhcp6Lease> leases) => new(leases);

    private static Duid DuidOf(string hex) => Duid.TryParse(hex, out Duid? duid) ? duid : throw new ArgumentException(hex);
}
