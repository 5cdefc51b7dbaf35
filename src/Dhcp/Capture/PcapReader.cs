using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace BondDhcp.Dhcp.Capture;

/// <summary>Reads the classic format (draft-ietf-opsawg-pcap): a file header, then records.</summary>
internal sealed class PcapReader : CaptureReader
{
    public const uint MicrosecondMagic = 0xa1b2c3d4;
    public const uint NanosecondMagic = 0xa1b23c4d;

    private const int RestOfHeaderLength = 20;
    private const int RecordHeaderLength = 16;
    private const uint NanosecondsPerMicrosecond = 1000;

    // The upper bits of the field say whether frames end with their check sequence.
    private const uint LinkTypeMask = 0xffff;

    private readonly uint _nanosecondsPerUnit;
    private readonly int _linkType;

    /// <summary>Takes over after the magic number.</summary>
    public PcapReader(CaptureInput input, bool nanoseconds) : base(input)
    {
        _nanosecondsPerUnit = nanoseconds ? 1 : NanosecondsPerMicrosecond;
        Span<byte> header = stackalloc byte[RestOfHeaderLength];
        if (input.Read(header) < header.Length)
            Problem = "the file ends within its header";
        else
            _linkType = (int)(input.UInt32(header[16..]) & LinkTypeMask);
    }

    public override bool TryRead([NotNullWhen(true)] out CaptureFrame? frame)
    {
        frame = null;
        if (Problem is not null) return false;
        Span<byte> header = stackalloc byte[RecordHeaderLength];
        int read = Input.Read(header);
        if (read == 0) return false;
        if (read < header.Length) return Fail("the file ends within a record header", out frame);

        uint length = Input.UInt32(header[8..]);
        if (length > MaxFrameLength)
            return Fail(string.Create(CultureInfo.InvariantCulture, $"a record of {length} octets is longer than any frame"), out frame);
        byte[] data = new byte[length];
        read = Input.Read(data);
        if (read < data.Length)
            return Fail(string.Create(CultureInfo.InvariantCulture, $"the file ends within a frame ({read} of {length} octets)"), out frame);

        var at = CaptureTime.FromParts(Input.UInt32(header), (ulong)Input.UInt32(header[4..]) * _nanosecondsPerUnit);
        frame = new CaptureFrame(++FrameCount, at, _linkType, data, Input.UInt32(header[12..]));
        return true;
    }
}
