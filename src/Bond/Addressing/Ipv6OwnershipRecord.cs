using System.Text.Json;
using BondDhcp.Net;

namespace BondDhcp.Bond.Addressing;

/// <summary>
/// What of DHCPv6 is ours on one interface, as a file in the runtime directory keeps it; beside and like
/// <see cref="OwnershipRecord"/>, which is DHCPv4's. Pure; read as untrusted.
/// </summary>
/// <param name="BootId">The kernel's name for the boot.</param>
/// <param name="NetworkNamespace">The namespace's name.</param>
/// <param name="InterfaceIndex">ifindex.</param>
/// <param name="Owned">Addresses and routes.</param>
public sealed record Ipv6OwnershipRecord(string BootId, string NetworkNamespace, int InterfaceIndex, Ipv6Ownership Owned)
{
    // A lease has at most 64 of each; while it changes there are two leases'.
    private const int MaxEntries = 256;

    /// <summary>
    /// What of it is ours on the interface of this identity. Of one that is not there any more the routes are left, because
    /// they belong to no interface.
    /// </summary>
    public Ipv6Ownership OwnedOn(string bootId, string networkNamespace, int interfaceIndex)
    {
        if (!Envelope.IsOf(bootId, networkNamespace)) return Ipv6Ownership.None;
        return InterfaceIndex == interfaceIndex ? Owned : Owned with { Addresses = [] };
    }

    /// <summary>As JSON, UTF-8.</summary>
    public byte[] Write() => Envelope.Write(json =>
    {
        json.WriteStartArray("addresses");
        foreach (Ipv6Address address in Owned.Addresses) json.WriteStringValue(address.ToString());
        json.WriteEndArray();
        json.WriteStartArray("routes");
        foreach (OwnedPrefixRoute route in Owned.Routes)
        {
            json.WriteStartObject();
            json.WriteString("unreachable", route.Prefix.ToString());
            json.WriteNumber("metric", route.Metric);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });

    /// <summary>Reads what <see cref="Write"/> wrote; null, with the reason, for anything else.</summary>
    public static Ipv6OwnershipRecord? Read(ReadOnlySpan<byte> content, out string? problem) =>
        OwnershipEnvelope.Read(content, MaxEntries, MaxEntries, ReadOwned, out problem);

    private OwnershipEnvelope Envelope => new(BootId, NetworkNamespace, InterfaceIndex);

    private static Ipv6OwnershipRecord ReadOwned(in OwnershipEnvelope envelope, JsonElement root, JsonElement addresses, JsonElement routes) =>
        new(
            envelope.BootId, envelope.NetworkNamespace, envelope.InterfaceIndex,
            new Ipv6Ownership
            {
                Addresses = [.. addresses.EnumerateArray().Select(static element => Ipv6Address.Parse(element.GetString() ?? ""))],
                Routes = [.. routes.EnumerateArray().Select(static element => new OwnedPrefixRoute(
                    Ipv6Prefix.Parse(OwnershipEnvelope.Text(element, "unreachable")).Masked, element.GetProperty("metric").GetUInt32()))],
            });
}
