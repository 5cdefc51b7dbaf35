using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Anonymity;

/// <summary>What the tests of the DHCPv6 machine under the anonymity profile have in common.</summary>
internal static class Anonymous6Scenes
{
    public static Machine6Bench Bench(Func<Dhcp6Settings, Dhcp6Settings>? configure = null, EntropySource? entropy = null)
    {
        Machine6Bench bench = new(settings => (configure is null ? settings : configure(settings)) with { Anonymous = true }, entropy);
        bench.Surroundings = bench.Surroundings with { Mac = Fixture.A };
        return bench;
    }

    public static Reply6Message Message(Dhcp6MessageType type, MacAddress? mac, Ipv6Address? address = null, Ipv6Prefix? prefix = null, Duid? server = null)
    {
        Reply6Message message = new(type, 0, mac is { } client ? Duid.FromMac(client) : null, server ?? Fixture6.Server)
        {
            AddressIaid = mac is { } of ? Iaid.FromMac(of) : default,
            PrefixIaid = default,
        };
        if (address is { } given) message.IaNa(300, 480, (given, 600, 900));
        if (prefix is { } delegated) message.IaPd(300, 480, (delegated, 600, 900));
        return message;
    }

    public static Machine6Bench Bound(Ipv6Prefix? prefix = null)
    {
        Machine6Bench bench = Bench(settings => settings with { PrefixLengthHint = prefix is null ? null : 56 });
        bench.Start().Take(Message(Dhcp6MessageType.Advertise, Fixture.A, Fixture6.L, prefix)).After(1.2);
        bench.Take(Message(Dhcp6MessageType.Reply, Fixture.A, Fixture6.L, prefix));
        Assert.Equal("bound", bench.State);
        return bench.Forget();
    }

    public static Dhcp6Lease StoredLease(MacAddress mac) => Fixture6.Lease() with { ClientIdentifier = Duid.FromMac(mac), Iaid = Iaid.FromMac(mac) };

    // The hardware address is another, and an event of the path tells of it.
    public static Machine6Bench Become(Machine6Bench bench, MacAddress mac)
    {
        bench.Surroundings = bench.Surroundings with { Mac = mac };
        return bench.Step(new Dhcp6Input.PathChanged(PathClass.Unknown, PendingPathChange.HardwareAddress));
    }

    // What a new identity does first, and all it does.
    public static void AssertBeginsAnew(Machine6Bench bench)
    {
        Assert.Empty(bench.Configured);
        Sent6Message solicit = Assert.Single(bench.Sent);
        Assert.True(solicit.Message is { Type: Dhcp6MessageType.Solicit, ServerIdentifier: null, RapidCommit: false, ElapsedCentiseconds: 0 }, solicit.ToString());
        Assert.Equal(Duid.FromMac(Fixture.B), solicit.Message.Anonymity!.ClientIdentifier);
        Dhcp6IaNaRequest ia = Assert.Single(solicit.Message.IaNas);
        Assert.Equal(Iaid.FromMac(Fixture.B), ia.Iaid);
        Assert.Empty(ia.Addresses);
        Assert.Equal(Dhcp6Memory.Empty, bench.Client.Memory);
        Assert.DoesNotContain(bench.Effects, effect => effect is Dhcp6Effect.SolicitRouters);
        Assert.All(bench.Effects.OfType<Dhcp6Effect.Announce>(), announce => Assert.Equal(Fixture6.LinkLocal, Assert.Single(announce.Addresses)));
        Assert.Equal("soliciting", bench.State);
    }

    public static Reply6Message Xid(Reply6Message message, uint xid)
    {
        message.Xid = xid;
        return message;
    }
}
