using System.Buffers;
using System.Text;
using System.Text.Json;
using BondDhcp.Dhcp.Identity;

namespace BondDhcp.Dhcp.Store;

/// <summary>
/// What lease files of every kind and version have around them: JSON whose first line holds the SHA-256 of all octets
/// after it, so that nothing has to be parsed to see damage.
/// </summary>
internal static class StoreEnvelope
{
    /// <summary>Hexadecimal digits of the checksum.</summary>
    private const int ChecksumDigits = 2 * Sha256.Length;

    /// <summary>What stands before the checksum.</summary>
    private static ReadOnlySpan<byte> Head => "{\"sha256\":\""u8;

    /// <summary>What stands after the checksum; what it covers follows.</summary>
    private static ReadOnlySpan<byte> Neck => "\",\n"u8;

    /// <summary>The whole file around a JSON object.</summary>
    internal static byte[] Write(Action<Utf8JsonWriter> writeObject)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" })) writeObject(json);
        // The writer's own brace makes way for the envelope's.
        ReadOnlySpan<byte> body = buffer.WrittenSpan[1..].TrimStart((byte)'\n');

        Span<byte> hash = stackalloc byte[Sha256.Length];
        byte[] file = new byte[Head.Length + ChecksumDigits + Neck.Length + body.Length + 1];
        Span<byte> covered = file.AsSpan(Head.Length + ChecksumDigits + Neck.Length);
        body.CopyTo(covered);
        covered[^1] = (byte)'\n';
        Sha256.Hash(covered, hash);
        Head.CopyTo(file);
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash), file.AsSpan(Head.Length));
        Neck.CopyTo(file.AsSpan(Head.Length + ChecksumDigits));
        return file;
    }

    /// <summary>Reads a whole file, which may have been damaged or made up; never throws.</summary>
    /// <param name="file">Its octets.</param>
    /// <param name="read">Reads the object; may throw what wrong JSON throws.</param>
    /// <param name="problem">Why it cannot be used, to follow its name; null when it was read.</param>
    internal static T? Read<T>(ReadOnlyMemory<byte> file, Func<JsonElement, T> read, out string? problem) where T : class
    {
        problem = "does not match its checksum";
        if (!IsIntact(file.Span)) return null;
        try
        {
            using JsonDocument json = JsonDocument.Parse(file);
            T result = read(json.RootElement);
            problem = null;
            return result;
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException)
        {
            // InvalidOperationException: a string with an escaped half of a surrogate pair.
            problem = "is not a lease file: " + error.Message;
            return null;
        }
    }

    private static bool IsIntact(ReadOnlySpan<byte> file)
    {
        int covered = Head.Length + ChecksumDigits + Neck.Length;
        if (file.Length < covered || !file.StartsWith(Head) || !file[..covered].EndsWith(Neck)) return false;
        Span<byte> hash = stackalloc byte[Sha256.Length];
        Span<byte> stored = stackalloc byte[Sha256.Length];
        Sha256.Hash(file[covered..], hash);
        return Convert.FromHexString(file.Slice(Head.Length, ChecksumDigits), stored, out _, out _) == OperationStatus.Done
            && hash.SequenceEqual(stored);
    }
}
