using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using BondDhcp.Net;

namespace BondDhcp.Bond.Plan;

/// <summary>A slave that was given its master here.</summary>
/// <param name="Index">ifindex.</param>
/// <param name="Name">Its name at that time.</param>
/// <param name="WasUp">It was up before: it is set up when it leaves.</param>
/// <param name="Mtu">Its MTU before, bytes; the master gave it its own.</param>
public sealed record OwnedSlave(int Index, string Name, bool WasUp, int Mtu);

/// <summary>What of one master is ours: recorded before it is made, taken down exactly.</summary>
public sealed record MasterOwnership
{
    /// <summary>Nothing.</summary>
    public static readonly MasterOwnership None = new();

    /// <summary>Its index when it was made here; 0 when it was not; <see cref="BeingMade"/> while the kernel is asked for it.</summary>
    public int Created { get; init; }

    /// <summary>Slaves that were given to it here.</summary>
    public ImmutableArray<OwnedSlave> Slaves { get; init; } = [];

    /// <summary>True when nothing is ours.</summary>
    public bool IsEmpty => Created == 0 && Slaves.IsEmpty;

    /// <summary><see cref="Created"/>: a run that ended in the middle may have made it.</summary>
    public const int BeingMade = -1;

    private const int Version = 1;

    // More ports than a bridge can have.
    private const int MaxSlaves = 1024;

    /// <summary>The slave with this index; null where it was not given its master here.</summary>
    public OwnedSlave? Find(int index)
    {
        foreach (OwnedSlave slave in Slaves)
            if (slave.Index == index) return slave;
        return null;
    }

    /// <summary>True when <paramref name="other"/> says the same.</summary>
    public bool SameAs(MasterOwnership other) => Created == other.Created && Slaves.AsSpan().SequenceEqual(other.Slaves.AsSpan());

    /// <summary>As JSON, UTF-8, with the boot and network namespace in which the indices mean something.</summary>
    public byte[] Write(string bootId, string networkNamespace)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonText.Compact))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("bootId", bootId);
            json.WriteString("networkNamespace", networkNamespace);
            json.WriteNumber("created", Created);
            json.WriteStartArray("slaves");
            foreach (OwnedSlave slave in Slaves)
            {
                json.WriteStartObject();
                json.WriteNumber("index", slave.Index);
                json.WriteString("name", slave.Name);
                json.WriteBoolean("wasUp", slave.WasUp);
                json.WriteNumber("mtu", slave.Mtu);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>
    /// Reads what <see cref="Write"/> wrote; <see cref="None"/> for what was written in another boot or network
    /// namespace. For anything else <paramref name="problem"/> says why it cannot be used.
    /// </summary>
    public static MasterOwnership Read(ReadOnlySpan<byte> content, string bootId, string networkNamespace, out string? problem)
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
                return None;
            }
            JsonElement slaves = root.GetProperty("slaves");
            if (slaves.GetArrayLength() > MaxSlaves) throw new FormatException("more slaves than there can be");
            var read = new MasterOwnership
            {
                Created = root.GetProperty("created").GetInt32(),
                Slaves = [.. slaves.EnumerateArray().Select(ReadSlave)],
            };
            bool isOfNow = bootId.Length > 0 && Text(root, "bootId") == bootId && Text(root, "networkNamespace") == networkNamespace;
            return isOfNow ? read : None;
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            problem = "is damaged: " + JsonText.WhyDamaged(error);
            return None;
        }
    }

    private static OwnedSlave ReadSlave(JsonElement element) => new(
        element.GetProperty("index").GetInt32(), Text(element, "name"), element.GetProperty("wasUp").GetBoolean(), element.GetProperty("mtu").GetInt32());

    private static string Text(JsonElement element, string name) =>
        element.GetProperty(name).GetString() ?? throw new FormatException($"{name} is null");
}
