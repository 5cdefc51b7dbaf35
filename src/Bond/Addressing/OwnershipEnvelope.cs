using System.Buffers;
using System.Text.Json;
using BondDhcp.Net;

namespace BondDhcp.Bond.Addressing;

/// <summary>
/// What the records of what is ours have in common: the interface they were written for, addresses and routes. An index
/// means something in one boot and one network namespace. Pure; read as untrusted.
/// </summary>
/// <remarks>
/// The version counts up when a field goes or changes its meaning. One that is added is ignored by a release that does not
/// know it, so that a downgrade in the same boot still knows what is ours.
/// </remarks>
/// <param name="BootId">The kernel's name for the boot.</param>
/// <param name="NetworkNamespace">The namespace's name, <c>net:[4026531840]</c>.</param>
/// <param name="InterfaceIndex">ifindex.</param>
internal readonly record struct OwnershipEnvelope(string BootId, string NetworkNamespace, int InterfaceIndex)
{
    private const int Version = 1;

    /// <summary>Writes what is between the braces of the object behind the envelope.</summary>
    internal delegate void Writer(Utf8JsonWriter json);

    /// <summary>Makes the record of an object whose envelope, and numbers of addresses and routes, were sound.</summary>
    internal delegate T Reader<T>(in OwnershipEnvelope envelope, JsonElement root, JsonElement addresses, JsonElement routes);

    /// <summary>True when it was written in this boot and namespace.</summary>
    public bool IsOf(string bootId, string networkNamespace) => BootId.Length > 0 && BootId == bootId && NetworkNamespace == networkNamespace;

    /// <summary>A record as JSON, UTF-8.</summary>
    /// <param name="rest">What follows the envelope: <c>addresses</c> and <c>routes</c> at least.</param>
    public byte[] Write(Writer rest)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonText.Compact))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("bootId", BootId);
            json.WriteString("networkNamespace", NetworkNamespace);
            json.WriteNumber("interfaceIndex", InterfaceIndex);
            rest(json);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote; null, with the reason, for anything else.</summary>
    /// <param name="content">The file.</param>
    /// <param name="maxAddresses">A file with more was not written here.</param>
    /// <param name="maxRoutes">As <paramref name="maxAddresses"/>.</param>
    /// <param name="read">Makes the record; may throw what a JSON document or a text that is none throws.</param>
    /// <param name="problem">Why it is null, behind the file's name.</param>
    public static T? Read<T>(ReadOnlySpan<byte> content, int maxAddresses, int maxRoutes, Reader<T> read, out string? problem) where T : class
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
            JsonElement addresses = root.GetProperty("addresses"), routes = root.GetProperty("routes");
            if (addresses.GetArrayLength() > maxAddresses || routes.GetArrayLength() > maxRoutes)
                throw new FormatException("more entries than there can be");
            var envelope = new OwnershipEnvelope(Text(root, "bootId"), Text(root, "networkNamespace"), root.GetProperty("interfaceIndex").GetInt32());
            return read(envelope, root, addresses, routes);
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            problem = "is damaged: " + JsonText.WhyDamaged(error);
            return null;
        }
    }

    /// <summary>A text that must be there.</summary>
    /// <exception cref="FormatException">It is null.</exception>
    public static string Text(JsonElement element, string name) =>
        element.GetProperty(name).GetString() ?? throw new FormatException($"{name} is null");
}
