using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace BondDhcp.Dhcp.Capture;

/// <summary>
/// Reads the frames of a pcap or pcapng file of either octet order. A file that is cut short or damaged gives the frames
/// before the damage and then says what is wrong; it never throws for what is in the file.
/// </summary>
public abstract class CaptureReader
{
    /// <summary>Octets kept of one frame: tcpdump's own limit (MAXIMUM_SNAPLEN). A longer record is damage.</summary>
    public const int MaxFrameLength = 256 * 1024;

    private protected CaptureReader(CaptureInput input) => Input = input;

    private protected CaptureInput Input { get; }

    /// <summary>Frames read so far.</summary>
    public int FrameCount { get; private protected set; }

    /// <summary>Why reading ended before the end of the file; null while all is well.</summary>
    public string? Problem { get; private protected set; }

    /// <summary>
    /// Looks at the first octets. A file that is no capture gives a reader without frames whose <see cref="Problem"/>
    /// says so.
    /// </summary>
    /// <param name="stream">The file, at its beginning; read forwards only.</param>
    public static CaptureReader Open(Stream stream)
    {
        var input = new CaptureInput(stream);
        Span<byte> magic = stackalloc byte[4];
        if (input.Read(magic) < magic.Length) return new NoCapture(input, "the file is empty or too short to be a capture");
        uint value = BinaryPrimitives.ReadUInt32BigEndian(magic);
        if (value == PcapngReader.SectionHeader) return new PcapngReader(input);
        foreach (bool bigEndian in (ReadOnlySpan<bool>)[true, false])
        {
            uint read = bigEndian ? value : BinaryPrimitives.ReverseEndianness(value);
            if (read is not (PcapReader.MicrosecondMagic or PcapReader.NanosecondMagic)) continue;
            input.BigEndian = bigEndian;
            return new PcapReader(input, read == PcapReader.NanosecondMagic);
        }
        return new NoCapture(input, string.Create(CultureInfo.InvariantCulture, $"not a pcap or pcapng file (it begins with {value:x8})"));
    }

    /// <summary>The next frame; false at the end, and where <see cref="Problem"/> is set.</summary>
    public abstract bool TryRead([NotNullWhen(true)] out CaptureFrame? frame);

    private protected bool Fail(string problem, out CaptureFrame? frame)
    {
        frame = null;
        Problem ??= FrameCount == 0
            ? problem
            : string.Create(CultureInfo.InvariantCulture, $"{problem}, after frame {FrameCount}");
        return false;
    }

    private sealed class NoCapture : CaptureReader
    {
        public NoCapture(CaptureInput input, string problem) : base(input) => Problem = problem;

        public override bool TryRead([NotNullWhen(true)] out CaptureFrame? frame)
        {
            frame = null;
            return false;
        }
    }
}
