namespace BondDhcp.Dhcp.Capture;

/// <summary>An interface description block: link type, and how the times of its packets count.</summary>
/// <param name="LinkType">What frames begin with.</param>
/// <param name="SnapLength">Octets kept of a frame; 0 for all.</param>
/// <param name="UnitsPerSecond">Of the times; 1 000 000 unless option if_tsresol says otherwise.</param>
/// <param name="OffsetSeconds">Added to the times (if_tsoffset).</param>
internal readonly record struct PcapngInterface(int LinkType, uint SnapLength, ulong UnitsPerSecond, long OffsetSeconds)
{
    private const ulong Microseconds = 1_000_000;
    private const ushort ResolutionOption = 9;
    private const ushort OffsetOption = 14;
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Reads the block's body; false when it is too short or its options run past it.</summary>
    public static bool TryRead(CaptureInput input, ReadOnlySpan<byte> body, out PcapngInterface description)
    {
        const int headerLength = 8;
        description = default;
        if (body.Length < headerLength) return false;
        ulong units = Microseconds;
        long offset = 0;
        ReadOnlySpan<byte> options = body[headerLength..];
        while (options.Length >= 4)
        {
            ushort code = input.UInt16(options);
            int length = input.UInt16(options[2..]);
            if (code == 0) break;
            options = options[4..];
            int padded = length + 3 & ~3;
            if (padded > options.Length) return false;
            if (code == ResolutionOption && length == 1 && !TryReadResolution(options[0], out units)) return false;
            if (code == OffsetOption && length == 8) offset = (long)input.UInt64(options);
            options = options[padded..];
        }
        description = new PcapngInterface(input.UInt16(body), input.UInt32(body[4..]), units, offset);
        return true;
    }

    /// <summary>The time of a packet; what lies before 1970 or after 2262 becomes that limit.</summary>
    public CaptureTime TimeOf(ulong units)
    {
        (ulong seconds, ulong rest) = Math.DivRem(units, UnitsPerSecond);
        Int128 shifted = (Int128)seconds + OffsetSeconds;
        ulong fraction = (ulong)((UInt128)rest * NanosecondsPerSecond / UnitsPerSecond);
        return shifted < 0 ? default : CaptureTime.FromParts(shifted > ulong.MaxValue ? ulong.MaxValue : (ulong)shifted, fraction);
    }

    /// <summary>A power of ten, or of two where the highest bit is set.</summary>
    private static bool TryReadResolution(byte value, out ulong units)
    {
        const byte binary = 0x80;
        int exponent = value & ~binary;
        units = 1;
        if ((value & binary) != 0)
        {
            units <<= exponent & 63;
            return exponent < 64;
        }
        // 10^19 is the last power of ten in 64 bits.
        for (int i = 0; i < exponent && exponent <= 19; i++) units *= 10;
        return exponent <= 19;
    }
}
