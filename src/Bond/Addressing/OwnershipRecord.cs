using System.Text.Json;
using BondDhcp.Bond.Links;
using BondDhcp.Net;

namespace BondDhcp.Bond.Addressing;

/// <summary>
/// What is ours on one interface, as a file in the runtime directory keeps it: the next run, after kill -9 too, adopts
/// it. It is only about the interface it was written for: an index means something in one boot and one network
/// namespace. Pure; read as untrusted.
/// </summary>
/// <param name="BootId">The kernel's name for the boot.</param>
/// <param name="NetworkNamespace">The namespace's name, <c>net:[4026531840]</c>.</param>
/// <param name="InterfaceIndex">ifindex.</param>
/// <param name="LinkCreated">The interface itself was made by us.</param>
/// <param name="Ipv4">Addresses, routes and MTU.</param>
public sealed record OwnershipRecord(
    string BootId, string NetworkNamespace, int InterfaceIndex, bool LinkCreated, Ipv4Ownership Ipv4)
{
    // A lease has one address and at most 64 routes; while it changes there are two leases'.
    private const int MaxAddresses = 16;
    private const int MaxRoutes = 512;

    /// <summary>True when this was written for the interface of this identity.</summary>
    public bool IsFor(string bootId, string networkNamespace, int interfaceIndex) =>
        Envelope.IsOf(bootId, networkNamespace) && InterfaceIndex == interfaceIndex;

    /// <summary>As JSON, UTF-8.</summary>
    public byte[] Write() => Envelope.Write(json =>
    {
        json.WriteBoolean("linkCreated", LinkCreated);
        json.WriteStartArray("addresses");
        foreach (Ipv4Prefix address in Ipv4.Addresses) json.WriteStringValue(address.ToString());
        json.WriteEndArray();
        json.WriteStartArray("routes");
        foreach (InstalledRoute route in Ipv4.Routes) WriteRoute(json, route);
        json.WriteEndArray();
        if (Ipv4.Mtu is not { } mtu) return;
        json.WriteStartObject("mtu");
        json.WriteNumber("before", mtu.Before);
        json.WriteNumber("ours", mtu.Ours);
        json.WriteEndObject();
    });

    /// <summary>Reads what <see cref="Write"/> wrote; null, with the reason, for anything else.</summary>
    public static OwnershipRecord? Read(ReadOnlySpan<byte> content, out string? problem) =>
        OwnershipEnvelope.Read(content, MaxAddresses, MaxRoutes, ReadOwned, out problem);

    private OwnershipEnvelope Envelope => new(BootId, NetworkNamespace, InterfaceIndex);

    private static OwnershipRecord ReadOwned(in OwnershipEnvelope envelope, JsonElement root, JsonElement addresses, JsonElement routes) =>
        new(
            envelope.BootId, envelope.NetworkNamespace, envelope.InterfaceIndex, root.GetProperty("linkCreated").GetBoolean(),
            new Ipv4Ownership
            {
                Addresses = [.. addresses.EnumerateArray().Select(element => Ipv4Prefix.Parse(element.GetString() ?? ""))],
                Routes = [.. routes.EnumerateArray().Select(ReadRoute)],
                Mtu = root.TryGetProperty("mtu", out JsonElement mtu)
                    ? new OwnedMtu(mtu.GetProperty("before").GetInt32(), mtu.GetProperty("ours").GetInt32())
                    : null,
            });

    private static void WriteRoute(Utf8JsonWriter json, InstalledRoute route)
    {
        json.WriteStartObject();
        json.WriteNumber("interfaceIndex", route.InterfaceIndex);
        json.WriteString("to", route.Destination.ToString());
        if (route.Gateway is { } gateway) json.WriteString("via", gateway.ToString());
        json.WriteNumber("table", route.Table);
        json.WriteNumber("metric", route.Metric);
        if (route.PreferredSource is { } source) json.WriteString("source", source.ToString());
        json.WriteNumber("protocol", route.Protocol);
        if (route.Mtu is { } mtu) json.WriteNumber("mtu", mtu);
        json.WriteBoolean("onLink", route.OnLink);
        json.WriteEndObject();
    }

    private static InstalledRoute ReadRoute(JsonElement element) =>
        new(
            element.GetProperty("interfaceIndex").GetInt32(),
            Ipv4Prefix.Parse(OwnershipEnvelope.Text(element, "to")),
            element.TryGetProperty("via", out JsonElement via) ? Ipv4Address.Parse(via.GetString() ?? "") : null)
        {
            Table = element.GetProperty("table").GetUInt32(),
            Metric = element.GetProperty("metric").GetUInt32(),
            PreferredSource = element.TryGetProperty("source", out JsonElement source) ? Ipv4Address.Parse(source.GetString() ?? "") : null,
            Protocol = element.GetProperty("protocol").GetByte(),
            Mtu = element.TryGetProperty("mtu", out JsonElement mtu) ? mtu.GetInt32() : null,
            OnLink = element.GetProperty("onLink").GetBoolean(),
        };
}
