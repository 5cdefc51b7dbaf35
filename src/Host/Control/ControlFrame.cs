using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace BondDhcp.Host.Control;

/// <summary>The framing of the control socket: a length of four octets, big-endian, then that much UTF-8 JSON.</summary>
internal static class ControlFrame
{
    /// <summary>Octets before the JSON.</summary>
    public const int HeaderLength = 4;

    /// <summary>The longest request. The longest real one is a tenth of it.</summary>
    public const int MaxRequestLength = 64 * 1024;

    /// <summary>The longest answer a client takes.</summary>
    public const int MaxAnswerLength = 4 * 1024 * 1024;

    /// <summary>Appends a frame whose JSON <paramref name="write"/> makes.</summary>
    public static void Append(ArrayBufferWriter<byte> output, Action<Utf8JsonWriter> write)
    {
        int start = output.WrittenCount;
        output.GetSpan(HeaderLength)[..HeaderLength].Clear();
        output.Advance(HeaderLength);
        using (Utf8JsonWriter json = new(output)) write(json);
        // The header is written where it was left room for; the buffer may have moved meanwhile.
        Span<byte> written = MemoryMarshalSpan(output);
        BinaryPrimitives.WriteInt32BigEndian(written[start..], output.WrittenCount - start - HeaderLength);
    }

    private static Span<byte> MemoryMarshalSpan(ArrayBufferWriter<byte> output) =>
        System.Runtime.InteropServices.MemoryMarshal.AsMemory(output.WrittenMemory).Span;
}
