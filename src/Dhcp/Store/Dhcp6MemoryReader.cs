using System.Collections.Immutable;
using System.Text.Json;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Store;

/// <summary>Reads the format of <see cref="Dhcp6MemoryWriter"/>, which may have been damaged or made up.</summary>
internal static class Dhcp6MemoryReader
{
    private const int MaxOptions = 1024;

    /// <summary>Reads a whole file; never throws.</summary>
    internal static MemoryDocument<Dhcp6Memory> Read(ReadOnlyMemory<byte> file) => StoreEnvelope.Read(file, Dhcp6MemoryWriter.Version, ReadMemory);

    private static MemoryDocument<Dhcp6Memory> ReadMemory(JsonElement root)
    {
        var leases = ImmutableArray.CreateBuilder<Dhcp6Lease>();
        var refused = ImmutableArray.CreateBuilder<string>();
        foreach (JsonElement element in StoreJson.Array(root, "leases", Dhcp6Memory.MaxLeases))
        {
            if (ReadReply(StoreJson.Member(element, "reply"), out Dhcp6DropReason reason) is { } reply) leases.Add(ReadLease(element, reply));
            else refused.Add($"a stored lease is not used, as a REPLY like it would not be: {reason}");
        }
        return new MemoryDocument<Dhcp6Memory>
        {
            Memory = new Dhcp6Memory(leases.DrainToImmutable()),
            SavedAt = StoreJson.Clock(root),
            Refused = refused.DrainToImmutable(),
        };
    }

    private static Dhcp6Lease ReadLease(JsonElement element, Dhcp6Reply reply)
    {
        Dhcp6Lease lease = ReadParts(element, reply);
        return !lease.IsEmpty ? lease : throw new FormatException("addresses");
    }

    private static Dhcp6Lease ReadParts(JsonElement lease, Dhcp6Reply reply) => new()
    {
        Reply = reply,
        ClientIdentifier = Duid.TryCreate(StoreJson.Octets(lease, "duid"), out Duid? duid) ? duid : throw new FormatException("duid"),
        Iaid = new Iaid((uint)StoreJson.Integer(lease, "iaid", 0, uint.MaxValue)),
        ExpiryUnknown = StoreJson.Flag(lease, "expiryUnknown"),
        ObtainedAt = StoreJson.Time(lease, "obtainedAtBoottime"),
        GatewayMac = StoreJson.OptionalMac(lease, "gatewayMac"),
        AddressTimes = ReadTimes(lease, "addressTimes"),
        Addresses = [.. StoreJson.Array(lease, "addresses", Dhcp6Lease.MaxLeasesPerIa).Select(ReadAddress)],
        PrefixTimes = ReadTimes(lease, "prefixTimes"),
        Prefixes = [.. StoreJson.Array(lease, "prefixes", Dhcp6Lease.MaxLeasesPerIa).Select(ReadPrefix)],
    };

    private static Dhcp6IaTimes ReadTimes(JsonElement lease, string name)
    {
        JsonElement times = StoreJson.Member(lease, name);
        var read = new Dhcp6IaTimes(StoreJson.Time(times, "renewAtBoottime"), StoreJson.Time(times, "rebindAtBoottime"));
        return read.RenewAt <= read.RebindAt ? read : throw new FormatException("renewAtBoottime");
    }

    private static Dhcp6LeasedAddress ReadAddress(JsonElement element)
    {
        (Instant preferred, Instant valid) = ReadLifetimes(element);
        return Ipv6Address.TryParse(StoreJson.Text(element, "address"), out Ipv6Address address) && address.IsUsableUnicast
            ? new Dhcp6LeasedAddress(address, preferred, valid)
            : throw new FormatException("address");
    }

    private static Dhcp6LeasedPrefix ReadPrefix(JsonElement element)
    {
        (Instant preferred, Instant valid) = ReadLifetimes(element);
        Ipv6Prefix prefix = Prefix(StoreJson.Text(element, "prefix"));
        Ipv6Prefix? excluded = element.TryGetProperty("excluded", out JsonElement part) ? Prefix(StoreJson.TextOf(part, "excluded")) : null;
        return excluded is not { } inside || (prefix.Contains(inside) && inside != prefix)
            ? new Dhcp6LeasedPrefix(prefix, excluded, preferred, valid)
            : throw new FormatException("excluded");
    }

    private static (Instant Preferred, Instant Valid) ReadLifetimes(JsonElement element)
    {
        Instant preferred = StoreJson.Time(element, "preferredUntilBoottime"), valid = StoreJson.Time(element, "validUntilBoottime");
        return preferred <= valid ? (preferred, valid) : throw new FormatException("preferredUntilBoottime");
    }

    private static Ipv6Prefix Prefix(string text) =>
        Ipv6Prefix.TryParse(text, out Ipv6Prefix prefix) && prefix is { PrefixLength: > 0, Network.IsUsableUnicast: true } && prefix == prefix.Masked
            ? prefix
            : throw new FormatException("prefix");

    private static Dhcp6Reply? ReadReply(JsonElement stored, out Dhcp6DropReason reason)
    {
        var message = new Dhcp6ReplyMessage((uint)StoreJson.Integer(stored, "xid", 0, Dhcp6MessageView.MaxXid));
        foreach (JsonElement option in StoreJson.Array(stored, "options", MaxOptions))
        {
            ushort code = (ushort)StoreJson.Integer(option, "code", 0, ushort.MaxValue);
            if (!message.TryAdd(code, StoreJson.Octets(option, "hex"))) throw new FormatException("options");
        }
        return message.Read(out reason);
    }
}
