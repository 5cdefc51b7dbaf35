using System.Buffers.Binary;

namespace BondDhcp.Dhcp.Capture;

/// <summary>Writes a pcap file with nanoseconds, little-endian: what tcpdump and Wireshark read everywhere.</summary>
public sealed class PcapWriter
{
    private const int HeaderLength = 24;
    private const int RecordHeaderLength = 16;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly Stream _stream;

    /// <summary>Writes the file header.</summary>
    /// <param name="stream">The file; stays open.</param>
    /// <param name="linkType">What every frame begins with: <see cref="LinkType"/>.</param>
    public PcapWriter(Stream stream, int linkType)
    {
        _stream = stream;
        Span<byte> header = stackalloc byte[HeaderLength];
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, PcapReader.NanosecondMagic);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], 2); // version 2.4
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], 4);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], CaptureReader.MaxFrameLength);
        BinaryPrimitives.WriteInt32LittleEndian(header[20..], linkType);
        _stream.Write(header);
    }

    /// <summary>Appends a whole frame.</summary>
    /// <param name="at">Not before 1970; the format's seconds reach to the year 2106.</param>
    /// <param name="frame">Up to <see cref="CaptureReader.MaxFrameLength"/> octets.</param>
    /// <exception cref="ArgumentOutOfRangeException">A time or a length the format cannot hold.</exception>
    public void Write(CaptureTime at, ReadOnlySpan<byte> frame)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(frame.Length, CaptureReader.MaxFrameLength, nameof(frame));
        (long seconds, long nanoseconds) = Math.DivRem(at.UnixNanoseconds, NanosecondsPerSecond);
        ArgumentOutOfRangeException.ThrowIfNegative(at.UnixNanoseconds, nameof(at));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(seconds, uint.MaxValue, nameof(at));
        Span<byte> header = stackalloc byte[RecordHeaderLength];
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)seconds);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)nanoseconds);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], frame.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], frame.Length);
        _stream.Write(header);
        _stream.Write(frame);
    }
}
