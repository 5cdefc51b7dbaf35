using System.Buffers;
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
    private const int Version = 1;

    // A lease has at most 64 of each; while it changes there are two leases'.
    private const int MaxEntries = 256;

    /// <summary>
    /// What of it is ours on the interface of this identity. Of one that is not there any more the routes are left, because
    /// they belong to no interface.
    /// </summary>
    public Ipv6Ownership OwnedOn(string bootId, string networkNamespace, int interfaceIndex)
    {
        if (BootId.Length == 0 || BootId != bootId || NetworkNamespace != networkNamespace) return Ipv6Ownership.None;
        return InterfaceIndex == interfaceIndex ? Owned : Owned with { Addresses = [] };
    }

    /// <summary>As JSON, UTF-8.</summary>
    public byte[] Write()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("bootId", BootId);
            json.WriteString("networkNamespace", NetworkNamespace);
            json.WriteNumber("interfaceIndex", InterfaceIndex);
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
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote; null, with the reason, for anything else.</summary>
    public static Ipv6OwnershipRecord? Read(ReadOnlySpan<byte> content, out string? problem)
    {
        problem = null;
        try
        {
            var reader = new Utf8JsonReader(content);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            JsonElement root = document.RootElement;
            int version = root.GetProperty("version").GetInt32();
            if (version != Version)
            {
                problem = FormattableString.Invariant($"is of format {version}");
                return null;
            }
            JsonElement addresses = root.GetProperty("addresses");
            JsonElement routes = root.GetProperty("routes");
            if (addresses.GetArrayLength() > MaxEntries || routes.GetArrayLength() > MaxEntries)
                throw new FormatException("more entries than there can be");
            return new Ipv6OwnershipRecord(
                Text(root, "bootId"), Text(root, "networkNamespace"), root.GetProperty("interfaceIndex").GetInt32(),
                new Ipv6Ownership
                {
                    Addresses = [.. addresses.EnumerateArray().Select(static element => Ipv6Address.Parse(element.GetString() ?? ""))],
                    Routes = [.. routes.EnumerateArray().Select(static element => new OwnedPrefixRoute(
                        Ipv6Prefix.Parse(Text(element, "unreachable")).Masked, element.GetProperty("metric").GetUInt32()))],
                });
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            problem = "is damaged: " + error.Message;
            return null;
        }
    }

    private static string Text(JsonElement element, string name) =>
        element.GetProperty(name).GetString() ?? throw new FormatException($"{name} is null");
}
