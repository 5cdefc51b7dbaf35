using System.Collections.Immutable;
using System.Text.Json;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Store;

/// <summary>Reads the format of <see cref="Dhcp4MemoryWriter"/>, which may have been damaged or made up.</summary>
internal static class Dhcp4MemoryReader
{
    /// <summary>Reads a whole file; never throws.</summary>
    internal static MemoryDocument<Dhcp4Memory> Read(ReadOnlyMemory<byte> file) => StoreEnvelope.Read(file, Dhcp4MemoryWriter.Version, ReadMemory);

    private static MemoryDocument<Dhcp4Memory> ReadMemory(JsonElement root)
    {
        var leases = ImmutableArray.CreateBuilder<Dhcp4Lease>();
        var refused = ImmutableArray.CreateBuilder<string>();
        foreach (JsonElement element in StoreJson.Array(root, "leases", Dhcp4Memory.MaxLeases))
        {
            if (ReadAck(StoreJson.Member(element, "ack"), out Dhcp4DropReason reason) is { } ack) leases.Add(ReadLease(element, ack));
            else refused.Add($"a stored lease is not used, as a DHCPACK like it would not be: {reason}");
        }
        return new MemoryDocument<Dhcp4Memory>
        {
            Memory = new Dhcp4Memory(leases.DrainToImmutable(), OptionalAddress(root, "lastAddress")),
            SavedAt = StoreJson.Clock(root),
            Refused = refused.DrainToImmutable(),
        };
    }

    private static Dhcp4Lease ReadLease(JsonElement lease, Dhcp4Reply ack) => new()
    {
        Ack = ack,
        ClientIdentifier = Dhcp4ClientIdentifier.TryParse(StoreJson.Text(lease, "clientId"), out ImmutableArray<byte> identifier)
            ? identifier
            : throw new FormatException("clientId"),
        Chaddr = Mac(StoreJson.Text(lease, "chaddr")),
        KeyedByChaddr = StoreJson.Flag(lease, "keyedByChaddr"),
        RenewWithLeaseChaddr = StoreJson.Flag(lease, "renewWithLeaseChaddr"),
        DepartedChaddrTried = StoreJson.Flag(lease, "departedChaddrTried"),
        ExpiryUnknown = StoreJson.Flag(lease, "expiryUnknown"),
        ObtainedAt = StoreJson.Time(lease, "obtainedAtBoottime"),
        RenewAt = StoreJson.Time(lease, "renewAtBoottime"),
        RebindAt = StoreJson.Time(lease, "rebindAtBoottime"),
        ExpiresAt = StoreJson.Time(lease, "expiresAtBoottime"),
        GatewayMac = StoreJson.OptionalMac(lease, "gatewayMac"),
        KnownServers = [.. StoreJson.Array(lease, "knownServers", Dhcp4Lease.MaxKnownServers).Select(server => Address(StoreJson.TextOf(server, "knownServers")))],
    };

    private static Dhcp4Reply? ReadAck(JsonElement ack, out Dhcp4DropReason reason)
    {
        var message = new Dhcp4AckMessage(
            (uint)StoreJson.Integer(ack, "xid", 0, uint.MaxValue), Mac(StoreJson.Text(ack, "chaddr")),
            Address(StoreJson.Text(ack, "yiaddr")), Address(StoreJson.Text(ack, "siaddr")), Address(StoreJson.Text(ack, "giaddr")));
        foreach (JsonElement option in StoreJson.Array(ack, "options", byte.MaxValue))
        {
            byte code = (byte)StoreJson.Integer(option, "code", 1, 254);
            message.Add(code, StoreJson.Octets(option, "hex"));
        }
        return message.Read([], informed: null, out reason);
    }

    private static Ipv4Address? OptionalAddress(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) ? Address(StoreJson.TextOf(value, name)) : null;

    private static Ipv4Address Address(string text) =>
        Ipv4Address.TryParse(text, out Ipv4Address address) ? address : throw new FormatException("address");

    private static MacAddress Mac(string text) => MacAddress.Parse(text);
}
