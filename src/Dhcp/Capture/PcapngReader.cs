using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace BondDhcp.Dhcp.Capture;

/// <summary>
/// Reads the block format (draft-ietf-opsawg-pcapng): sections, interface descriptions, and enhanced, simple and the old
/// packet blocks. Other blocks are passed over.
/// </summary>
internal sealed class PcapngReader : CaptureReader
{
    public const uint SectionHeader = 0x0a0d0d0a;

    private const uint ByteOrderMagic = 0x1a2b3c4d;
    private const uint InterfaceDescription = 1;
    private const uint OldPacket = 2;
    private const uint SimplePacket = 3;
    private const uint EnhancedPacket = 6;

    private const int BlockHeaderLength = 8;
    private const int BlockTrailerLength = 4;
    private const int LeastBlockLength = BlockHeaderLength + BlockTrailerLength;

    /// <summary>Octets of a block that is read as a whole: a frame, and room for its options.</summary>
    private const int MaxBlockLength = MaxFrameLength + 64 * 1024;

    /// <summary>Interfaces of one section: more than any host has.</summary>
    private const int MaxInterfaces = 4096;

    private readonly List<PcapngInterface> _interfaces = [];

    /// <summary>Takes over after the type of the first block, a section header.</summary>
    public PcapngReader(CaptureInput input) : base(input) => ReadSection();

    public override bool TryRead([NotNullWhen(true)] out CaptureFrame? frame)
    {
        frame = null;
        Span<byte> header = stackalloc byte[BlockHeaderLength];
        while (Problem is null)
        {
            // The type of a section header reads the same in either octet order; its length does not.
            int read = Input.Read(header[..4]);
            if (read == 0) return false;
            if (read < 4) return Fail("the file ends within a block header", out frame);
            uint type = Input.UInt32(header);
            if (type == SectionHeader)
            {
                ReadSection();
                continue;
            }
            if (Input.Read(header[4..]) < 4) return Fail("the file ends within a block header", out frame);
            uint length = Input.UInt32(header[4..]);
            if (length < LeastBlockLength || length % 4 != 0) return Fail(Damage(length), out frame);
            if (!ReadBlock(type, length - BlockHeaderLength, ref frame)) return false;
            if (frame is not null) return true;
        }
        return false;
    }

    /// <summary>Byte-order magic, version, section length and options; what was before it no longer holds.</summary>
    private void ReadSection()
    {
        const int length = 8;
        Span<byte> header = stackalloc byte[length];
        _interfaces.Clear();
        if (Input.Read(header) < length)
        {
            Fail("the file ends within a section header", out _);
            return;
        }
        uint order = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        Input.BigEndian = order == ByteOrderMagic;
        if (!Input.BigEndian && order != BinaryPrimitives.ReverseEndianness(ByteOrderMagic))
        {
            Fail("a section header without byte-order magic", out _);
            return;
        }
        uint blockLength = Input.UInt32(header);
        if (blockLength < LeastBlockLength + 16 || blockLength % 4 != 0) Fail(Damage(blockLength), out _);
        else if (!Input.Skip(blockLength - BlockHeaderLength - 4)) Fail("the file ends within a section header", out _);
    }

    /// <summary>Reads or passes over the rest of a block, trailer included; false when that is not possible.</summary>
    private bool ReadBlock(uint type, uint rest, ref CaptureFrame? frame)
    {
        if (type is not (InterfaceDescription or OldPacket or SimplePacket or EnhancedPacket))
            return Input.Skip(rest) || Fail("the file ends within a block", out frame);
        if (rest > MaxBlockLength) return Fail(Damage(rest), out frame);
        byte[] block = new byte[rest];
        if (Input.Read(block) < block.Length) return Fail("the file ends within a block", out frame);
        ReadOnlyMemory<byte> body = block.AsMemory(0, block.Length - BlockTrailerLength);
        return type switch
        {
            InterfaceDescription => AddInterface(body.Span, out frame),
            SimplePacket => ReadSimplePacket(body, out frame),
            _ => ReadPacket(body, type == OldPacket, out frame),
        };
    }

    private bool AddInterface(ReadOnlySpan<byte> body, out CaptureFrame? frame)
    {
        frame = null;
        if (_interfaces.Count == MaxInterfaces) return Fail("more interfaces than any host has", out frame);
        if (!PcapngInterface.TryRead(Input, body, out PcapngInterface description)) return Fail("a damaged interface description", out frame);
        _interfaces.Add(description);
        return true;
    }

    /// <summary>Interface, time, captured and original length; the frame; options. The old block has a 16-bit interface and a drop count.</summary>
    private bool ReadPacket(ReadOnlyMemory<byte> body, bool old, out CaptureFrame? frame)
    {
        const int headerLength = 20;
        ReadOnlySpan<byte> header = body.Span;
        if (header.Length < headerLength) return Fail("a packet block without room for its header", out frame);
        uint number = old ? Input.UInt16(header) : Input.UInt32(header);
        if (number >= _interfaces.Count) return Fail("a packet of an interface that is not described", out frame);
        ulong time = (ulong)Input.UInt32(header[4..]) << 32 | Input.UInt32(header[8..]);
        uint length = Input.UInt32(header[12..]);
        if (length > header.Length - headerLength || length > MaxFrameLength)
            return Fail("a packet block shorter than the frame it claims", out frame);
        PcapngInterface description = _interfaces[(int)number];
        frame = new CaptureFrame(
            ++FrameCount, description.TimeOf(time), description.LinkType, body.Slice(headerLength, (int)length),
            Input.UInt32(header[16..]));
        return true;
    }

    /// <summary>Original length and the frame, of the first interface, without a time.</summary>
    private bool ReadSimplePacket(ReadOnlyMemory<byte> body, out CaptureFrame? frame)
    {
        const int headerLength = 4;
        if (_interfaces.Count == 0 || body.Length < headerLength)
            return Fail("a packet of an interface that is not described", out frame);
        uint original = Input.UInt32(body.Span);
        long kept = Math.Min(original, body.Length - headerLength);
        if (_interfaces[0].SnapLength is not 0 and var snap) kept = Math.Min(kept, snap);
        if (kept > MaxFrameLength) return Fail("a packet block longer than any frame", out frame);
        frame = new CaptureFrame(++FrameCount, default, _interfaces[0].LinkType, body.Slice(headerLength, (int)kept), original);
        return true;
    }

    private static string Damage(uint length) =>
        string.Create(CultureInfo.InvariantCulture, $"a block of an impossible length ({length} octets)");
}
