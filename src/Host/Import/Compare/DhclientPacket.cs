using System.Collections.Immutable;
using System.Text;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Import.Isc;
using BondDhcp.Net;

namespace BondDhcp.Host.Import.Compare;

/// <summary>
/// The first packet of ISC dhclient 4.4 (its client/dhclient.c, make_discover() and make_request()), as its configuration and
/// lease files make it.
/// </summary>
internal static class DhclientPacket
{
    private const byte HostName = 12, RequestedAddress = 50, ParameterRequestList = 55, ClientIdentifier = 61, FullyQualifiedName = 81;

    /// <summary>The packet.</summary>
    /// <param name="settings">dhclient.conf for the interface; null without one.</param>
    /// <param name="clientIdentifier">Option 61 as it is sent; empty for none.</param>
    /// <param name="lease">The last lease of the interface; null for none.</param>
    /// <param name="now">A lease that ended before is only a wish.</param>
    /// <param name="mac">The interface's hardware address; null where it is not known.</param>
    /// <param name="systemHostName">What gethostname() gives.</param>
    public static FirstPacket Of(
        DhclientSettings? settings, ImmutableArray<byte> clientIdentifier, DhclientLease? lease, DateTimeOffset now, MacAddress? mac, string systemHostName)
    {
        List<Dhcp4Option> options = [];
        if (lease is not null) options.Add(new Dhcp4Option(RequestedAddress, [.. OctetsOf(lease.Address)]));
        if (settings?.HostName is { } host) options.Add(new Dhcp4Option(HostName, [.. Encoding.Latin1.GetBytes(host.Name.Length == 0 ? systemHostName : host.Name)]));
        ImmutableArray<byte> asked = settings?.Requested is { } requested
            ? [.. requested.Where(one => !one.Option.IsDhcp6).Select(one => (byte)one.Option.Code)] : DhclientSettings.DefaultRequest;
        if (!asked.IsEmpty) options.Add(new Dhcp4Option(ParameterRequestList, asked));
        if (!clientIdentifier.IsEmpty) options.Add(new Dhcp4Option(ClientIdentifier, clientIdentifier));
        else if (settings?.ClientIdentifierIsHardware is not null) options.Add(new Dhcp4Option(ClientIdentifier, Dhcp4ClientIdentifier.FromMac(mac ?? MacAddress.Zero)));
        foreach (DhclientOption sent in settings?.Sent ?? [])
            if (!sent.Option.IsDhcp6) options.Add(new Dhcp4Option((byte)sent.Option.Code, sent.Data));
        if (settings?.FullyQualifiedName is { } name) options.Add(new Dhcp4Option(FullyQualifiedName, [.. NameOption(name.Name, settings.NameFlags)]));
        bool reboots = lease is { IsBootp: false } && lease.Expire > now;
        return new FirstPacket(
            Dhcp4MessageName.Of(reboots ? Dhcp4MessageType.Request : Dhcp4MessageType.Discover), Broadcast: false, Ipv4Address.Any, mac,
            options);
    }

    private static byte[] OctetsOf(Ipv4Address address)
    {
        byte[] octets = new byte[Ipv4Address.Length];
        address.CopyTo(octets);
        return octets;
    }

    // Flags, result codes of 0, and the name (RFC 4702 section 2): as text where E is clear.
    private static byte[] NameOption(string name, byte flags)
    {
        const byte encoded = 4;
        Span<byte> wire = stackalloc byte[DomainNames.MaxWireLength];
        return [flags, 0, 0, .. (flags & encoded) != 0 ? wire[..DomainNames.Write(name, wire)].ToArray() : Encoding.ASCII.GetBytes(name)];
    }
}
