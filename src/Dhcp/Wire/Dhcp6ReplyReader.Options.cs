using System.Collections.Immutable;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Wire;

public static partial class Dhcp6ReplyReader
{
    /// <summary>The first <see cref="MaxServers"/> that are of use; a router's link-local address is.</summary>
    private static ImmutableArray<Ipv6Address> ReadAddresses(in Dhcp6MessageView message, ushort code, ref ReplyNotes notes, bool configured = false)
    {
        if (!TryGet(message, code, ref notes, out ReadOnlySpan<byte> data)) return [];
        ImmutableArray<Ipv6Address> addresses = ServerAddresses(data, configured, out int leftOut);
        if (leftOut > 0) notes.Add($"option {code}: {leftOut} left out, of no use or over the limit");
        return addresses;
    }

    private static ImmutableArray<Ipv6Address> ServerAddresses(ReadOnlySpan<byte> data, bool configured, out int leftOut)
    {
        ImmutableArray<Ipv6Address>.Builder addresses = ImmutableArray.CreateBuilder<Ipv6Address>();
        leftOut = 0;
        for (; !data.IsEmpty; data = data[Ipv6Address.Length..])
        {
            var address = Ipv6Address.FromBytes(data);
            if (addresses.Count < MaxServers && (configured ? IsOwnersServer(address) : IsServer(address))) addresses.Add(address);
            else leftOut++;
        }
        return addresses.ToImmutable();
    }

    /// <summary>Where this host's owner names a server it may be on this host itself.</summary>
    internal static bool IsOwnersServer(Ipv6Address address) => IsServer(address) || address.IsLoopback;

    private static bool IsServer(Ipv6Address address) => address.IsUsableUnicast || address.IsLinkLocal;

    private static ImmutableArray<string> ReadSearchList(in Dhcp6MessageView message, ref ReplyNotes notes)
    {
        if (!TryGet(message, 24, ref notes, out ReadOnlySpan<byte> data)) return [];
        if (!DomainNames.TryReadList(data, isCompressed: false, out ImmutableArray<string> names, out ImmutableArray<string> refused))
            notes.Add("option 24 (domain-search) is malformed and ignored as a whole");
        notes.AddRefused("option 24 (domain-search)", refused);
        return names;
    }

    private static string? ReadName(in Dhcp6MessageView message, ushort code, ref ReplyNotes notes)
    {
        if (!TryGet(message, code, ref notes, out ReadOnlySpan<byte> data)) return null;
        if (DomainNames.TryReadUncompressed(data, out string name)) return name;
        notes.Add($"option {code} ({Dhcp6OptionTable.Of(code).Name}) is not a valid name and is ignored");
        return null;
    }

    /// <summary>RFC 4704 section 4: flags, then a name, which is partial without its root label; none at all is allowed.</summary>
    private static string? ReadFullyQualifiedName(in Dhcp6MessageView message, ref ReplyNotes notes)
    {
        if (!TryGet(message, 39, ref notes, out ReadOnlySpan<byte> data) || data.Length == 1) return null;
        ReadOnlySpan<byte> name = data[1..];
        if (DomainNames.TryReadUncompressed(name, out string text) || DomainNames.TryReadPartial(name, out text)) return text;
        notes.Add("option 39 (client-fqdn) is not a valid name and is ignored");
        return null;
    }

    private static string? ReadTzdbTimeZone(in Dhcp6MessageView message, ref ReplyNotes notes)
    {
        if (!TryGet(message, 42, ref notes, out ReadOnlySpan<byte> data)) return null;
        string? zone = ReportedText.TimeZoneName(data);
        if (zone is null) notes.Add("option 42 (tzdb-timezone) is not the name of a time zone and is ignored");
        return zone;
    }

    private static string? ReadPortal(in Dhcp6MessageView message, ref ReplyNotes notes)
    {
        if (!TryGet(message, 103, ref notes, out ReadOnlySpan<byte> data)) return null;
        string? portal = ReportedText.PortalUri(data);
        if (portal is null) notes.Add("option 103 (captive-portal) is not the address of a page and is ignored");
        return portal;
    }

    /// <summary>
    /// RFC 5908 wants one sub-option in each of several options 56; servers that put all into one are understood as well.
    /// </summary>
    private static ImmutableArray<Dhcp6NtpServer> ReadNtpServers(in Dhcp6MessageView message, ref ReplyNotes notes)
    {
        ImmutableArray<Dhcp6NtpServer>.Builder servers = ImmutableArray.CreateBuilder<Dhcp6NtpServer>();
        int leftOut = 0;
        Dhcp6OptionWalker walker = message.Options;
        while (walker.MoveNext())
        {
            if (walker.Code != 56) continue;
            var inner = new Dhcp6OptionWalker(walker.Data);
            while (inner.MoveNext())
            {
                if (servers.Count < MaxServers && TryReadNtpServer(inner.Code, inner.Data, out Dhcp6NtpServer server)) servers.Add(server);
                else leftOut++;
            }
            if (inner.IsMalformed) leftOut++;
        }
        if (leftOut > 0) notes.Add($"option 56: {leftOut} left out, malformed, of no use or over the limit");
        return servers.ToImmutable();
    }

    internal static bool TryReadNtpServer(ushort code, ReadOnlySpan<byte> data, out Dhcp6NtpServer server)
    {
        var kind = (Dhcp6NtpKind)code;
        Ipv6Address address = default;
        string? name = null;
        bool isUsable = kind switch
        {
            Dhcp6NtpKind.Address => TryReadAddress(data, out address) && IsServer(address),
            Dhcp6NtpKind.Multicast => TryReadAddress(data, out address) && address.IsMulticast,
            Dhcp6NtpKind.Name => DomainNames.TryReadUncompressed(data, out name),
            _ => false,
        };
        server = isUsable ? new Dhcp6NtpServer(kind, address, name) : default;
        return isUsable;
    }

    private static bool TryReadAddress(ReadOnlySpan<byte> data, out Ipv6Address address)
    {
        address = data.Length == Ipv6Address.Length ? Ipv6Address.FromBytes(data) : default;
        return data.Length == Ipv6Address.Length;
    }

    private static ImmutableArray<EncryptedResolver> ReadEncryptedResolvers(in Dhcp6MessageView message, ref ReplyNotes notes)
    {
        ImmutableArray<EncryptedResolver>.Builder resolvers = ImmutableArray.CreateBuilder<EncryptedResolver>();
        int leftOut = 0;
        Dhcp6OptionWalker walker = message.Options;
        while (walker.MoveNext())
        {
            if (walker.Code != 144) continue;
            if (resolvers.Count < MaxServers && EncryptedResolverReader.ReadIpv6(walker.Data) is { } resolver) resolvers.Add(resolver);
            else leftOut++;
        }
        if (leftOut > 0) notes.Add($"option 144: {leftOut} left out, malformed or over the limit");
        return [.. resolvers.OrderBy(static one => one.Priority)];
    }
}
