using System.Buffers.Binary;

namespace BondDhcp.Dhcp.Capture;

/// <summary>Reads a capture file forwards, in the octet order the file declares, and never more than is there.</summary>
internal sealed class CaptureInput(Stream stream)
{
    private const int SkipChunk = 64 * 1024;

    /// <summary>The octet order of the numbers that follow.</summary>
    public bool BigEndian { get; set; }

    /// <summary>Fills as much of the buffer as the file still has; the octets read.</summary>
    public int Read(Span<byte> buffer) => stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);

    /// <summary>Passes over octets without keeping them; false when the file ends before.</summary>
    public bool Skip(long octets)
    {
        byte[] chunk = new byte[Math.Min(octets, SkipChunk)];
        while (octets > 0)
        {
            int wanted = (int)Math.Min(octets, chunk.Length);
            if (Read(chunk.AsSpan(0, wanted)) < wanted) return false;
            octets -= wanted;
        }
        return true;
    }

    /// <summary>Two octets.</summary>
    public ushort UInt16(ReadOnlySpan<byte> octets) =>
        BigEndian ? BinaryPrimitives.ReadUInt16BigEndian(octets) : BinaryPrimitives.ReadUInt16LittleEndian(octets);

    /// <summary>Four octets.</summary>
    public uint UInt32(ReadOnlySpan<byte> octets) =>
        BigEndian ? BinaryPrimitives.ReadUInt32BigEndian(octets) : BinaryPrimitives.ReadUInt32LittleEndian(octets);

    /// <summary>Eight octets.</summary>
    public ulong UInt64(ReadOnlySpan<byte> octets) =>
        BigEndian ? BinaryPrimitives.ReadUInt64BigEndian(octets) : BinaryPrimitives.ReadUInt64LittleEndian(octets);
}
