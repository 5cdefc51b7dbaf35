using System.Buffers;
using System.Text;
using System.Text.Json;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Store;

/// <summary>
/// What surrounds a stored memory: JSON whose first line holds the SHA-256 of all octets after it, so that the envelope
/// is the same in every version and nothing has to be parsed to see damage.
/// </summary>
/// <remarks>
/// The version counts up when a field goes or changes its meaning, and a release reads every version that an earlier one
/// wrote. A field that is added leaves it as it is: a release that does not know the field ignores it, so that after a
/// downgrade what the later one wrote is read but for that. A version that is not known is kept under another name, with a
/// message, and what it held is acquired anew.
/// </remarks>
internal static class StoreEnvelope
{
    /// <summary>Hexadecimal digits of the checksum.</summary>
    internal const int ChecksumDigits = 2 * Sha256.Length;

    /// <summary>What stands before the checksum.</summary>
    internal static ReadOnlySpan<byte> Head => "{\"sha256\":\""u8;

    /// <summary>What stands after the checksum; what it covers follows.</summary>
    internal static ReadOnlySpan<byte> Neck => "\",\n"u8;

    /// <summary>The whole file.</summary>
    /// <param name="write">Writes one object.</param>
    internal static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonText.Indented)) write(json);
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

    /// <summary>
    /// Reads a whole file; never throws.
    /// </summary>
    /// <param name="file">Its octets.</param>
    /// <param name="version">The format this release writes.</param>
    /// <param name="read">Reads the object; a <see cref="FormatException"/> for what is wrong in it.</param>
    internal static MemoryDocument<T> Read<T>(ReadOnlyMemory<byte> file, int version, Func<JsonElement, MemoryDocument<T>> read) where T : class
    {
        if (!IsIntact(file.Span)) return Damaged<T>("does not match its checksum");
        try
        {
            using JsonDocument json = JsonDocument.Parse(file);
            int written = (int)StoreJson.Integer(json.RootElement, "version", 0, int.MaxValue);
            if (written > version) return new MemoryDocument<T> { NewerVersion = written };
            if (written < version) return Damaged<T>(FormattableString.Invariant($"is of format {written}, which no release wrote"));
            return read(json.RootElement);
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException)
        {
            // InvalidOperationException: a string with an escaped half of a surrogate pair.
            return Damaged<T>("is not a lease file: " + (error is FormatException ? $"'{error.Message}' in it is missing or not what it can be" : JsonText.WhyDamaged(error)));
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

    private static MemoryDocument<T> Damaged<T>(string problem) where T : class => new() { Problem = problem };
}
