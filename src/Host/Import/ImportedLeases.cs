using System.Buffers.Binary;
using System.Collections.Immutable;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Store;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Import.Isc;
using BondDhcp.Net;

namespace BondDhcp.Host.Import;

/// <summary>
/// dhclient's leases as the store keeps them. The messages that granted them are put together again from what dhclient
/// wrote, and pass the same reader as those from the network.
/// </summary>
internal static class ImportedLeases
{
    private const byte LeaseTime = 51, MessageType = 53;
    private const ushort ServerIdentifier = 2;

    /// <summary>Long enough to put other programs' configuration aside by hand and to start the daemon.</summary>
    private static readonly TimeSpan s_inUse = TimeSpan.FromMinutes(10);

    // A DUID of the type that is reserved (0), which no server has: a REBIND is addressed to none.
    private static readonly byte[] s_unknownServer = [0, 0, .. "unknown"u8];

    /// <summary>A DHCPv4 lease; null, with the reason, where no message like it would be taken.</summary>
    /// <param name="lease">dhclient's.</param>
    /// <param name="clientIdentifier">Option 61 as it will be sent from now on: the lease goes on under it.</param>
    /// <param name="mac">The interface's hardware address; null where it is not known.</param>
    /// <param name="clock">Now.</param>
    /// <param name="why">Why it is null.</param>
    public static Dhcp4Lease? Of(DhclientLease lease, ImmutableArray<byte> clientIdentifier, MacAddress? mac, StoreClock clock, out string why)
    {
        why = lease.IsBootp ? "it is of a BOOTP server, which cannot be asked for it" : "";
        if (why.Length > 0 || ReadAck(lease, mac, out why) is not { } ack) return null;
        bool isInfinite = ack.LeaseSeconds == uint.MaxValue;
        // Half a block, of a file that was cut off.
        if (lease.Expire == DateTimeOffset.MaxValue && !isInfinite) why = "it does not say when it ends";
        if (why.Length > 0) return null;
        TimeSpan length = TimeSpan.FromSeconds(ack.LeaseSeconds);
        // Not later than it was granted for, whatever the clock was that wrote it.
        Instant expiresAt = isInfinite ? At(lease.Expire, clock) : Instant.Min(At(lease.Expire, clock), clock.Now + length);
        return new Dhcp4Lease
        {
            Ack = ack,
            ClientIdentifier = clientIdentifier,
            Chaddr = mac ?? MacAddress.Zero,
            // Of no device that is known: it is not presented to any server.
            DepartedChaddrTried = mac is null,
            ObtainedAt = expiresAt.IsNever ? At(clock.WallClock, clock) : expiresAt - length,
            RenewAt = Instant.Min(At(lease.Renew, clock), expiresAt),
            RebindAt = Instant.Min(At(lease.Rebind, clock), expiresAt),
            ExpiresAt = expiresAt,
            KnownServers = [ack.ServerIdentifier],
        };
    }

    /// <summary>A DHCPv6 lease; null, with the reason, where no message like it would be taken.</summary>
    /// <param name="lease">dhclient's.</param>
    /// <param name="iaid">The IAID as it will be sent from now on.</param>
    /// <param name="duid">The DUID as it will be sent from now on.</param>
    /// <param name="clock">Now.</param>
    /// <param name="why">Why it is null.</param>
    public static Dhcp6Lease? Of(DhclientLease6 lease, Iaid iaid, Duid duid, StoreClock clock, out string why)
    {
        if (ReadReply(lease, out why) is not { } reply) return null;
        ImmutableArray<DhclientBinding> addresses = Take(lease.Addresses), prefixes = Take(lease.Prefixes);
        var made = new Dhcp6Lease
        {
            Reply = reply,
            ClientIdentifier = duid,
            Iaid = iaid,
            ObtainedAt = At((lease.Addresses ?? lease.Prefixes)?.Starts ?? clock.WallClock, clock),
            Addresses = [.. addresses.Where(one => one.Prefix.PrefixLength == Ipv6Address.Bits).Select(one =>
                new Dhcp6LeasedAddress(one.Prefix.Address, PreferredUntil(one, clock), At(one.Until, clock)))],
            Prefixes = [.. prefixes.Where(one => one.Prefix.PrefixLength is > 0 and < Ipv6Address.Bits).Select(one =>
                new Dhcp6LeasedPrefix(one.Prefix.Masked, null, PreferredUntil(one, clock), At(one.Until, clock)))],
            AddressTimes = TimesOf(lease.Addresses, clock),
            PrefixTimes = TimesOf(lease.Prefixes, clock),
        };
        if (made.IsEmpty) why = "it holds neither an address nor a prefix";
        return made.IsEmpty ? null : made;
    }

    /// <summary>
    /// A lease of which nothing is known but that its program held it until now: it is taken for good for a while, within which any
    /// server is asked to extend it before all else (REBIND), and tells its lifetimes.
    /// </summary>
    /// <param name="addresses">Its addresses.</param>
    /// <param name="prefixes">Its prefixes.</param>
    /// <param name="iaid">The IAID under which it was granted.</param>
    /// <param name="duid">The DUID under which it was granted.</param>
    /// <param name="clock">Now.</param>
    public static Dhcp6Lease? InUse(ImmutableArray<Ipv6Address> addresses, ImmutableArray<Ipv6Prefix> prefixes, Iaid iaid, Duid duid, StoreClock clock)
    {
        var message = new Dhcp6ReplyMessage(1);
        message.TryAdd(ServerIdentifier, s_unknownServer);
        if (message.Read(out _) is not { } reply || (addresses.IsEmpty && prefixes.IsEmpty)) return null;
        Instant until = clock.Now + s_inUse;
        var times = new Dhcp6IaTimes(clock.Now, clock.Now);
        return new Dhcp6Lease
        {
            Reply = reply,
            ClientIdentifier = duid,
            Iaid = iaid,
            ObtainedAt = clock.Now,
            Addresses = [.. addresses.Take(Dhcp6Lease.MaxLeasesPerIa).Select(address => new Dhcp6LeasedAddress(address, until, until))],
            Prefixes = [.. prefixes.Take(Dhcp6Lease.MaxLeasesPerIa).Select(prefix => new Dhcp6LeasedPrefix(prefix.Masked, null, until, until))],
            AddressTimes = addresses.IsEmpty ? Dhcp6IaTimes.Never : times,
            PrefixTimes = prefixes.IsEmpty ? Dhcp6IaTimes.Never : times,
        };
    }

    private static ImmutableArray<DhclientBinding> Take(DhclientAssociation? association) =>
        [.. (association?.Bindings ?? []).Where(one => one.PreferredSeconds <= one.ValidSeconds).Take(Dhcp6Lease.MaxLeasesPerIa)];

    private static Instant PreferredUntil(DhclientBinding one, StoreClock clock) => At(DhclientLease6.After(one.Starts, one.PreferredSeconds), clock);

    private const string TooMany = "it has more options than a message can hold";

    private static Dhcp4Reply? ReadAck(DhclientLease lease, MacAddress? mac, out string why)
    {
        var message = new Dhcp4AckMessage(1, mac ?? MacAddress.Zero, lease.Address, Ipv4Address.Any, Ipv4Address.Any);
        message.Add(MessageType, [(byte)Dhcp4MessageType.Ack]);
        if (lease.Find(LeaseTime) is null) message.Add(LeaseTime, SecondsOf(lease));
        try
        {
            foreach ((byte code, ImmutableArray<byte> data) in lease.Options)
                if (code != MessageType) message.Add(code, data.AsSpan());
        }
        catch (FormatException)
        {
            why = TooMany;
            return null;
        }
        Dhcp4Reply? ack = message.Read(out Dhcp4DropReason reason);
        why = ack is null ? $"a DHCPACK like it would not be taken: {InWords(reason)}" : "";
        return ack;
    }

    // What can be wrong with a message that is put together here; the rest is of headers.
    private static string InWords(Dhcp4DropReason reason) => reason switch
    {
        Dhcp4DropReason.ServerIdentifier => "it does not name one server (dhcp-server-identifier)",
        Dhcp4DropReason.LeaseTime => "it has no lifetime (dhcp-lease-time)",
        Dhcp4DropReason.Yiaddr => "its address is none for a host (fixed-address)",
        Dhcp4DropReason.SubnetMask => "its netmask is none (subnet-mask)",
        Dhcp4DropReason.OptionLength => "one of its options has a wrong length",
        _ => "it contradicts itself",
    };

    private static string InWords(Dhcp6DropReason reason) => reason switch
    {
        Dhcp6DropReason.ServerIdentifier => "it does not name one server (dhcp6.server-id)",
        Dhcp6DropReason.Length or Dhcp6DropReason.OptionLength => "one of its options has a wrong length",
        _ => "it contradicts itself",
    };

    // BOOTP-like leases of old versions: what is written is the end alone.
    private static byte[] SecondsOf(DhclientLease lease)
    {
        byte[] seconds = new byte[sizeof(uint)];
        double left = lease.Expire == DateTimeOffset.MaxValue ? uint.MaxValue : Math.Clamp((lease.Expire - lease.Renew).TotalSeconds * 2, 1, uint.MaxValue - 1);
        BinaryPrimitives.WriteUInt32BigEndian(seconds, (uint)left);
        return seconds;
    }

    private static Dhcp6Reply? ReadReply(DhclientLease6 lease, out string why)
    {
        var message = new Dhcp6ReplyMessage(1);
        foreach ((ushort code, ImmutableArray<byte> data) in lease.Options)
        {
            if (message.TryAdd(code, data.AsSpan())) continue;
            why = TooMany;
            return null;
        }
        Dhcp6Reply? reply = message.Read(out Dhcp6DropReason reason);
        why = reply is null ? $"a REPLY like it would not be taken: {InWords(reason)}" : "";
        return reply;
    }

    private static Dhcp6IaTimes TimesOf(DhclientAssociation? association, StoreClock clock)
    {
        if (association is null) return Dhcp6IaTimes.Never;
        // 0 leaves the time to the client (RFC 9915 section 21.4): it then asks at once, which does no harm.
        Instant renew = At(DhclientLease6.After(association.Starts, association.RenewSeconds), clock);
        Instant rebind = At(DhclientLease6.After(association.Starts, association.RebindSeconds), clock);
        return new Dhcp6IaTimes(Instant.Min(renew, rebind), rebind);
    }

    private static Instant At(DateTimeOffset time, StoreClock clock) => time == DateTimeOffset.MaxValue ? Instant.Never : clock.Now + (time - clock.WallClock);
}
