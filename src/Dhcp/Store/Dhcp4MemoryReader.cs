using System.Collections.Immutable;
using System.Text.Json;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using static BondDhcp.Dhcp.Store.StoredJson;

namespace BondDhcp.Dhcp.Store;

/// <summary>Reads the format of <see cref="Dhcp4MemoryWriter"/>, which may have been damaged or made up.</summary>
internal static class Dhcp4MemoryReader
{
    /// <summary>Reads a whole file; never throws.</summary>
    internal static MemoryDocument<Dhcp4Memory> Read(ReadOnlyMemory<byte> file) =>
        StoreEnvelope.Read(file, ReadMemory, out string? problem) ?? Damaged(problem!);

    private static MemoryDocument<Dhcp4Memory> ReadMemory(JsonElement root)
    {
        int version = (int)Integer(root, "version", 0, int.MaxValue);
        if (version > Dhcp4MemoryWriter.Version) return new MemoryDocument<Dhcp4Memory> { NewerVersion = version };
        if (version < Dhcp4MemoryWriter.Version) return Damaged(FormattableString.Invariant($"is of format {version}, which no release wrote"));

        var leases = ImmutableArray.CreateBuilder<Dhcp4Lease>();
        var refused = ImmutableArray.CreateBuilder<string>();
        foreach (JsonElement element in Array(root, "leases", Dhcp4Memory.MaxLeases))
        {
            if (ReadAck(Member(element, "ack"), out Dhcp4DropReason reason) is { } ack) leases.Add(ReadLease(element, ack));
            else refused.Add($"a stored lease is not used, as a DHCPACK like it would not be: {reason}");
        }
        return new MemoryDocument<Dhcp4Memory>
        {
            Memory = new Dhcp4Memory(leases.DrainToImmutable(), OptionalAddress(root, "lastAddress")),
            SavedAt = Clock(root),
            Refused = refused.DrainToImmutable(),
        };
    }

    private static Dhcp4Lease ReadLease(JsonElement lease, Dhcp4Reply ack) => new()
    {
        Ack = ack,
        ClientIdentifier = Dhcp4ClientIdentifier.TryParse(Text(lease, "clientId"), out ImmutableArray<byte> identifier)
            ? identifier
            : throw new FormatException("clientId"),
        Chaddr = Mac(Text(lease, "chaddr")),
        KeyedByChaddr = Flag(lease, "keyedByChaddr"),
        RenewWithLeaseChaddr = Flag(lease, "renewWithLeaseChaddr"),
        DepartedChaddrTried = Flag(lease, "departedChaddrTried"),
        ExpiryUnknown = Flag(lease, "expiryUnknown"),
        ObtainedAt = Time(lease, "obtainedAtBoottime"),
        RenewAt = Time(lease, "renewAtBoottime"),
        RebindAt = Time(lease, "rebindAtBoottime"),
        ExpiresAt = Time(lease, "expiresAtBoottime"),
        GatewayMac = OptionalMac(lease, "gatewayMac"),
        KnownServers = [.. Array(lease, "knownServers", Dhcp4Lease.MaxKnownServers).Select(server => Address(TextOf(server, "knownServers")))],
    };

    private static Dhcp4Reply? ReadAck(JsonElement ack, out Dhcp4DropReason reason)
    {
        var message = new StoredAckMessage(
            (uint)Integer(ack, "xid", 0, uint.MaxValue), Mac(Text(ack, "chaddr")),
            Address(Text(ack, "yiaddr")), Address(Text(ack, "siaddr")), Address(Text(ack, "giaddr")));
        foreach (JsonElement option in Array(ack, "options", byte.MaxValue))
        {
            byte code = (byte)Integer(option, "code", 1, 254);
            message.Add(code, Hex(option, "hex"));
        }
        return message.Read(out reason);
    }

    private static Ipv4Address? OptionalAddress(JsonElement parent, string name) =>
        OptionalText(parent, name) is { } text ? Address(text) : null;

    private static Ipv4Address Address(string text) =>
        Ipv4Address.TryParse(text, out Ipv4Address address) ? address : throw new FormatException("address");

    private static MacAddress Mac(string text) => MacAddress.Parse(text);

    private static MemoryDocument<Dhcp4Memory> Damaged(string problem) => new() { Problem = problem };
}
