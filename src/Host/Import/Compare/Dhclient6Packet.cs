using System.Collections.Immutable;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Import.Isc;

namespace BondDhcp.Host.Import.Compare;

/// <summary>What a <c>dhclient -6</c> is started for (dhclient(8)).</summary>
internal sealed record Dhclient6Wish
{
    /// <summary>-S: configuration without leases.</summary>
    public bool IsStateless { get; init; }

    /// <summary>-N, and the default: so many IA_NA.</summary>
    public int Addresses { get; init; } = 1;

    /// <summary>-P: so many IA_PD.</summary>
    public int Prefixes { get; init; }

    /// <summary>--prefix-len-hint; null without it.</summary>
    public byte? PrefixLength { get; init; }
}

/// <summary>
/// The first packet of ISC <c>dhclient -6</c> 4.4 (its client/dhc6.c, start_init6(), start_confirm6(), start_info_request6()), as
/// its configuration and lease files make it.
/// </summary>
internal static class Dhclient6Packet
{
    // dhc6.c: what it wishes for in every association, which servers pay no attention to.
    private const uint RenewSeconds = 3600, RebindSeconds = 5400, PreferredSeconds = 7200, ValidSeconds = 7500;

    private const ushort ClientIdentifier = 1, IaNa = 3, ElapsedTime = 8, IaPd = 25, FullyQualifiedName = 39;

    /// <summary>The packet.</summary>
    /// <param name="settings">dhclient.conf for the interface; null without one.</param>
    /// <param name="duid">Its DUID; null where it makes one when it starts.</param>
    /// <param name="lease">The last lease of the interface; null for none in force.</param>
    /// <param name="iaid">The IAID of a new association: the last four octets of the hardware address.</param>
    /// <param name="wish">What it is started for.</param>
    public static FirstPacket6 Of(DhclientSettings? settings, Duid? duid, DhclientLease6? lease, uint iaid, Dhclient6Wish wish)
    {
        Dhcp6MessageType type = wish.IsStateless ? Dhcp6MessageType.InformationRequest
            : lease is null ? Dhcp6MessageType.Solicit
            : lease.Prefixes is null ? Dhcp6MessageType.Confirm
            : Dhcp6MessageType.Rebind;
        FirstPacket6 packet = FirstPacket6.Of(type).With(ElapsedTime, [0, 0]);
        bool named = false;
        foreach (DhclientOption sent in settings?.Sent ?? [])
        {
            // Rapid commit only where it belongs; what is asked for has a statement of its own by now.
            if (!sent.Option.IsDhcp6 || sent.Option.Code is 6 || (sent.Option.Code is 14 && type != Dhcp6MessageType.Solicit)) continue;
            named |= sent.Option.Code == ClientIdentifier;
            packet = packet.With(sent.Option.Code, sent.Data);
        }
        if (!named) packet = packet.With(ClientIdentifier, duid is null ? [] : [.. duid.Octets]);
        if (settings?.FullyQualifiedName is { } name) packet = packet.With(FullyQualifiedName, NameOption(name.Name, settings.NameFlags));
        packet = packet.WithRequest(Asked(settings));
        return wish.IsStateless ? packet : WithAssociations(packet, type, lease, iaid, wish);
    }

    private static List<ushort> Asked(DhclientSettings? settings)
    {
        List<ushort> codes = [];
        if (settings?.Requested is not { } requested) codes.AddRange(DhclientSettings.DefaultRequest6);
        else
            foreach ((IscOption option, _) in requested)
                if (option.IsDhcp6) codes.Add(option.Code);
        return codes;
    }

    private static FirstPacket6 WithAssociations(FirstPacket6 packet, Dhcp6MessageType type, DhclientLease6? lease, uint iaid, Dhclient6Wish wish)
    {
        // In a CONFIRM every time is 0 (RFC 9915 section 18.2.3).
        bool confirms = type == Dhcp6MessageType.Confirm;
        uint t1 = confirms ? 0 : RenewSeconds, t2 = confirms ? 0 : RebindSeconds;
        for (int i = 0; i < wish.Addresses; i++)
        {
            DhclientAssociation? held = i == 0 ? lease?.Addresses : null;
            if (held is null && confirms) continue;
            IaOctets association = new(held?.Iaid ?? Next(iaid, i), t1, t2);
            foreach (DhclientBinding one in held?.Bindings ?? []) association.AddAddress(one.Prefix.Address, confirms ? 0 : PreferredSeconds, confirms ? 0 : ValidSeconds);
            packet = packet.With(IaNa, association.Data);
        }
        for (int i = 0; i < wish.Prefixes && !confirms; i++)
        {
            DhclientAssociation? held = i == 0 ? lease?.Prefixes : null;
            IaOctets association = new(held?.Iaid ?? Next(iaid, i), t1, t2);
            foreach (DhclientBinding one in held?.Bindings ?? []) association.AddPrefix(one.Prefix, PreferredSeconds, ValidSeconds);
            if (held is null && wish.PrefixLength is { } length) association.AddPrefix(new Net.Ipv6Prefix(Net.Ipv6Address.Any, length), 0, 0);
            packet = packet.With(IaPd, association.Data);
        }
        return packet;
    }

    // Of several associations each has the last octet of the one before and one more.
    private static uint Next(uint iaid, int number) => iaid & ~0xffu | (iaid + (uint)number) & 0xff;

    // Flags (S 1, N 2) and the name, whole in any case (RFC 4704 section 4).
    private static ImmutableArray<byte> NameOption(string name, byte flags)
    {
        const byte serverUpdates = 1, noUpdate = 2;
        Span<byte> wire = stackalloc byte[DomainNames.MaxWireLength];
        return [(byte)(flags & (serverUpdates | noUpdate)), .. wire[..DomainNames.Write(name, wire)]];
    }
}
