using System.Collections.Immutable;
using System.Text.Json;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using static BondDhcp.Dhcp.Store.StoredJson;

namespace BondDhcp.Dhcp.Store;

/// <summary>Reads the format of <see cref="Dhcp6MemoryWriter"/>, which may have been damaged or made up.</summary>
internal static class Dhcp6MemoryReader
{
    // What a message of a UDP datagram's length can hold at most.
    private const int MaxMessageLength = 65527;
    private const int MaxOptions = MaxMessageLength / 4;

    /// <summary>Reads a whole file; never throws.</summary>
    internal static MemoryDocument<Dhcp6Memory> Read(ReadOnlyMemory<byte> file) =>
        StoreEnvelope.Read(file, ReadMemory, out string? problem) ?? Damaged(problem!);

    private static MemoryDocument<Dhcp6Memory> ReadMemory(JsonElement root)
    {
        int version = (int)Integer(root, "version", 0, int.MaxValue);
        if (version > Dhcp6MemoryWriter.Version) return new MemoryDocument<Dhcp6Memory> { NewerVersion = version };
        if (version < Dhcp6MemoryWriter.Version) return Damaged(FormattableString.Invariant($"is of format {version}, which no release wrote"));

        var leases = ImmutableArray.CreateBuilder<Dhcp6Lease>();
        var refused = ImmutableArray.CreateBuilder<string>();
        foreach (JsonElement element in Array(root, "leases", Dhcp6Memory.MaxLeases))
        {
            if (ReadReply(Member(element, "reply"), out Dhcp6DropReason reason) is { } reply) leases.Add(ReadLease(element, reply));
            else refused.Add($"a stored lease is not used, as a REPLY like it would not be: {reason}");
        }
        return new MemoryDocument<Dhcp6Memory>
        {
            Memory = new Dhcp6Memory(leases.DrainToImmutable()),
            SavedAt = Clock(root),
            Refused = refused.DrainToImmutable(),
        };
    }

    private static Dhcp6Lease ReadLease(JsonElement element, Dhcp6Reply reply)
    {
        var lease = new Dhcp6Lease
        {
            Reply = reply,
            ClientIdentifier = Duid.TryParse(Text(element, "duid"), out Duid? duid) ? duid : throw new FormatException("duid"),
            Iaid = new Iaid((uint)Integer(element, "iaid", 0, uint.MaxValue)),
            ExpiryUnknown = Flag(element, "expiryUnknown"),
            ObtainedAt = Time(element, "obtainedAtBoottime"),
            GatewayMac = OptionalMac(element, "gatewayMac"),
            AddressTimes = ReadTimes(Member(element, "addressTimes")),
            Addresses = [.. Array(element, "addresses", Dhcp6Lease.MaxLeasesPerIa).Select(ReadAddress)],
            PrefixTimes = ReadTimes(Member(element, "prefixTimes")),
            Prefixes = [.. Array(element, "prefixes", Dhcp6Lease.MaxLeasesPerIa).Select(ReadPrefix)],
        };
        return !lease.IsEmpty ? lease : throw new FormatException("addresses");
    }

    private static Dhcp6IaTimes ReadTimes(JsonElement times)
    {
        var read = new Dhcp6IaTimes(Time(times, "renewAtBoottime"), Time(times, "rebindAtBoottime"));
        return read.RenewAt <= read.RebindAt ? read : throw new FormatException("renewAtBoottime");
    }

    private static Dhcp6LeasedAddress ReadAddress(JsonElement element)
    {
        if (!Ipv6Address.TryParse(Text(element, "address"), out Ipv6Address address) || !address.IsUsableUnicast)
            throw new FormatException("address");
        (Instant preferred, Instant valid) = ReadLifetimes(element);
        return new Dhcp6LeasedAddress(address, preferred, valid);
    }

    private static Dhcp6LeasedPrefix ReadPrefix(JsonElement element)
    {
        Ipv6Prefix prefix = Prefix(Text(element, "prefix"));
        Ipv6Prefix? excluded = OptionalText(element, "excluded") is { } text ? Prefix(text) : null;
        if (excluded is { } part && (!prefix.Contains(part) || part == prefix)) throw new FormatException("excluded");
        (Instant preferred, Instant valid) = ReadLifetimes(element);
        return new Dhcp6LeasedPrefix(prefix, excluded, preferred, valid);
    }

    private static Ipv6Prefix Prefix(string text) =>
        Ipv6Prefix.TryParse(text, out Ipv6Prefix prefix) && prefix.PrefixLength > 0 && prefix == prefix.Masked && prefix.Address.IsUsableUnicast
            ? prefix
            : throw new FormatException("prefix");

    private static (Instant Preferred, Instant Valid) ReadLifetimes(JsonElement element)
    {
        Instant preferred = Time(element, "preferredUntilBoottime"), valid = Time(element, "validUntilBoottime");
        return preferred <= valid ? (preferred, valid) : throw new FormatException("preferredUntilBoottime");
    }

    /// <summary>The message put together again, so that the one reader that judges messages from the network judges it too.</summary>
    private static Dhcp6Reply? ReadReply(JsonElement element, out Dhcp6DropReason reason)
    {
        uint xid = (uint)Integer(element, "xid", 0, Dhcp6MessageView.MaxXid);
        List<byte> octets = [(byte)Dhcp6MessageType.Reply, (byte)(xid >> 16), (byte)(xid >> 8), (byte)xid];
        foreach (JsonElement option in Array(element, "options", MaxOptions))
        {
            int code = (int)Integer(option, "code", 0, ushort.MaxValue);
            byte[] data = Hex(option, "hex");
            if (octets.Count + 4 + data.Length > MaxMessageLength) throw new FormatException("options");
            octets.AddRange([(byte)(code >> 8), (byte)code, (byte)(data.Length >> 8), (byte)data.Length]);
            octets.AddRange(data);
        }
        reason = Dhcp6MessageView.TryParse(octets.ToArray(), out Dhcp6MessageView view);
        if (reason != Dhcp6DropReason.None) return null;
        reason = Dhcp6ReplyReader.TryRead(view, out Dhcp6Reply? reply);
        return reply;
    }

    private static MemoryDocument<Dhcp6Memory> Damaged(string problem) => new() { Problem = problem };
}
