using System.Net;
using System.Text.Json;

namespace BondDhcp.Bond.Addressing;

/// <summary>
/// What of static configuration is ours on one interface, as a file in the runtime directory keeps it; beside and like
/// <see cref="OwnershipRecord"/>, which is a lease's. Pure; read as untrusted.
/// </summary>
/// <param name="BootId">The kernel's name for the boot.</param>
/// <param name="NetworkNamespace">The namespace's name.</param>
/// <param name="InterfaceIndex">ifindex.</param>
/// <param name="Owned">Addresses and routes.</param>
public sealed record StaticOwnershipRecord(string BootId, string NetworkNamespace, int InterfaceIndex, StaticOwnership Owned)
{
    // Far more than anybody writes down; a file with more was not written here.
    private const int MaxEntries = 4096;

    /// <summary>
    /// What of it is ours on the interface of this identity. Of one that is not there any more those routes are left that
    /// lead nowhere, because they belong to no interface.
    /// </summary>
    public StaticOwnership OwnedOn(string bootId, string networkNamespace, int interfaceIndex)
    {
        if (!Envelope.IsOf(bootId, networkNamespace)) return StaticOwnership.None;
        return InterfaceIndex == interfaceIndex
            ? Owned
            : new StaticOwnership { Routes = Owned.Routes.RemoveAll(static route => route.Kind == StaticRouteKind.Unicast) };
    }

    /// <summary>As JSON, UTF-8.</summary>
    public byte[] Write() => Envelope.Write(json =>
    {
        json.WriteStartArray("addresses");
        foreach (StaticAddress address in Owned.Addresses) json.WriteStringValue(address.ToString());
        json.WriteEndArray();
        json.WriteStartArray("routes");
        foreach (StaticRoute route in Owned.Routes) WriteRoute(json, route);
        json.WriteEndArray();
    });

    /// <summary>Reads what <see cref="Write"/> wrote; null, with the reason, for anything else.</summary>
    public static StaticOwnershipRecord? Read(ReadOnlySpan<byte> content, out string? problem) =>
        OwnershipEnvelope.Read(content, MaxEntries, MaxEntries, ReadOwned, out problem);

    private OwnershipEnvelope Envelope => new(BootId, NetworkNamespace, InterfaceIndex);

    private static StaticOwnershipRecord ReadOwned(in OwnershipEnvelope envelope, JsonElement root, JsonElement addresses, JsonElement routes) =>
        new(
            envelope.BootId, envelope.NetworkNamespace, envelope.InterfaceIndex,
            new StaticOwnership
            {
                Addresses = [.. addresses.EnumerateArray().Select(element => ReadAddress(element.GetString()))],
                Routes = [.. routes.EnumerateArray().Select(ReadRoute)],
            });

    private static void WriteRoute(Utf8JsonWriter json, StaticRoute route)
    {
        json.WriteStartObject();
        json.WriteNumber("kind", (int)route.Kind);
        json.WriteString("to", route.Destination.ToString());
        if (route.Gateway is { } gateway) json.WriteString("via", gateway.ToString());
        if (route.Source is { } source) json.WriteString("source", source.ToString());
        json.WriteNumber("table", route.Table);
        if (route.Metric is { } metric) json.WriteNumber("metric", metric);
        if (route.Mtu is { } mtu) json.WriteNumber("mtu", mtu);
        json.WriteBoolean("onLink", route.OnLink);
        json.WriteEndObject();
    }

    private static StaticRoute ReadRoute(JsonElement element)
    {
        StaticAddress to = ReadAddress(OwnershipEnvelope.Text(element, "to"));
        int kind = element.GetProperty("kind").GetInt32();
        if (kind is < 0 or > (int)StaticRouteKind.Blackhole) throw new FormatException("a route of no known kind");
        return new StaticRoute(new StaticDestination(to.Address, to.PrefixLength))
        {
            Kind = (StaticRouteKind)kind,
            Gateway = Optional(element, "via", to),
            Source = Optional(element, "source", to),
            Table = element.GetProperty("table").GetUInt32(),
            Metric = element.TryGetProperty("metric", out JsonElement metric) ? metric.GetUInt32() : null,
            Mtu = element.TryGetProperty("mtu", out JsonElement mtu) ? mtu.GetInt32() : null,
            OnLink = element.GetProperty("onLink").GetBoolean(),
        };
    }

    // Of the destination's family: the kernel is asked for nothing else.
    private static IPAddress? Optional(JsonElement element, string name, StaticAddress like)
    {
        if (!element.TryGetProperty(name, out JsonElement text)) return null;
        IPAddress address = IPAddress.Parse(text.GetString() ?? "");
        return address.AddressFamily == like.Address.AddressFamily ? address : throw new FormatException($"{name} is of another family");
    }

    private static StaticAddress ReadAddress(string? text)
    {
        int slash = text?.LastIndexOf('/') ?? -1;
        if (slash < 0) throw new FormatException("an address without a prefix length");
        IPAddress address = IPAddress.Parse(text.AsSpan(0, slash));
        byte length = byte.Parse(text.AsSpan(slash + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture);
        if (length > 8 * address.GetAddressBytes().Length) throw new FormatException("a prefix longer than an address");
        return new StaticAddress(address, length);
    }
}
