using BondDhcp.Dhcp.Capture;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Wire;
using Xunit;

namespace BondDhcp.Tests.Capture;

public class CaptureReaderTests
{
    private static readonly byte[] Frame = [.. Enumerable.Range(0, 61).Select(i => (byte)i)];

    [Theory]
    [InlineData(false, false, "2023-11-14T22:13:20.123456Z")]
    [InlineData(true, false, "2023-11-14T22:13:20.123456Z")]
    [InlineData(false, true, "2023-11-14T22:13:20.000123456Z")]
    [InlineData(true, true, "2023-11-14T22:13:20.000123456Z")]
    public void Pcap_OfEitherOrderAndResolution_IsRead(bool bigEndian, bool nanoseconds, string at)
    {
        (List<CaptureFrame> frames, string? problem) = CaptureFile.Read(CaptureFile.Pcap(bigEndian, nanoseconds, 1_700_000_000, 123_456, Frame));
        CaptureFrame frame = Assert.Single(frames);
        Assert.Null(problem);
        Assert.Equal((1, at, LinkType.Ethernet, 71L, true), (frame.Number, frame.At.ToString(), frame.LinkType, frame.OriginalLength, frame.IsCut));
        Assert.Equal(Frame, frame.Data.ToArray());
    }

    [Fact]
    public void Pcap_Written_ReadsBack()
    {
        (List<CaptureFrame> frames, string? problem) = CaptureFile.Read(CaptureFile.Pcap(LinkType.Raw, Frame, [], Frame[..20]));
        Assert.Null(problem);
        Assert.Equal([61, 0, 20], frames.Select(frame => frame.Data.Length));
        Assert.Equal([1, 2, 3], frames.Select(frame => frame.Number));
        Assert.Equal(CaptureFile.SomeTime + 2, frames[2].At.UnixNanoseconds);
        Assert.All(frames, frame => Assert.Equal(LinkType.Raw, frame.LinkType));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pcapng_WithSeveralInterfacesAndSections_IsRead(bool bigEndian)
    {
        byte[] file =
        [
            .. CaptureFile.Section(bigEndian),
            .. CaptureFile.Interface(bigEndian, LinkType.Ethernet),
            .. CaptureFile.Interface(bigEndian, LinkType.LinuxCooked, resolution: 9),
            .. CaptureFile.Interface(bigEndian, LinkType.Raw, resolution: 0x80 | 20),
            .. CaptureFile.Block(0x0bad, bigEndian, new byte[40]),
            .. CaptureFile.Packet(bigEndian, 0, 1_700_000_000_123_456, Frame),
            .. CaptureFile.Packet(bigEndian, 1, 1_700_000_000_123_456_789, Frame),
            .. CaptureFile.Packet(bigEndian, 2, 3UL << 19, Frame),
            .. CaptureFile.SimplePacket(bigEndian, Frame),
            // Another section of the other order: its interfaces count from 0 again.
            .. CaptureFile.Section(!bigEndian),
            .. CaptureFile.Interface(!bigEndian, LinkType.LinuxCooked2),
            .. CaptureFile.Packet(!bigEndian, 0, 1_700_000_000_000_001, Frame),
        ];
        (List<CaptureFrame> frames, string? problem) = CaptureFile.Read(file);
        Assert.Null(problem);
        Assert.Equal(
            ["2023-11-14T22:13:20.123456Z", "2023-11-14T22:13:20.123456789Z", "1970-01-01T00:00:01.500000Z", "1970-01-01T00:00:00.000000Z", "2023-11-14T22:13:20.000001Z"],
            frames.Select(frame => frame.At.ToString()));
        Assert.Equal(
            [LinkType.Ethernet, LinkType.LinuxCooked, LinkType.Raw, LinkType.Ethernet, LinkType.LinuxCooked2], frames.Select(frame => frame.LinkType));
        Assert.All(frames, frame => Assert.Equal(Frame, frame.Data.ToArray()));
    }

    [Fact]
    public void File_ThatIsNoCapture_SaysSo()
    {
        Assert.Equal("the file is empty or too short to be a capture", CaptureFile.Read([]).Problem);
        Assert.Equal("not a pcap or pcapng file (it begins with 48656c6c)", CaptureFile.Read("Hello, world"u8.ToArray()).Problem);
    }

    [Fact]
    public void Pcap_CutAnywhere_GivesWhatIsWholeAndSaysWhere()
    {
        byte[] whole = CaptureFile.Pcap(Frame, Frame);
        int record = 16 + Frame.Length;
        for (int length = 4; length < whole.Length; length++)
        {
            (List<CaptureFrame> frames, string? problem) = CaptureFile.Read(whole[..length]);
            Assert.Equal(length < 24 ? 0 : (length - 24) / record, frames.Count);
            bool atBoundary = length >= 24 && (length - 24) % record == 0;
            Assert.Equal(atBoundary, problem is null);
        }
        Assert.Equal("the file ends within a frame (60 of 61 octets), after frame 1", CaptureFile.Read(whole[..^1]).Problem);
        Assert.Equal("the file ends within a record header, after frame 1", CaptureFile.Read(whole[..(24 + record + 3)]).Problem);
    }

    [Fact]
    public void Pcapng_CutAnywhere_GivesWhatIsWhole()
    {
        byte[] head = [.. CaptureFile.Section(false), .. CaptureFile.Interface(false, LinkType.Ethernet)];
        byte[] packet = CaptureFile.Packet(false, 0, 1, Frame);
        byte[] whole = [.. head, .. packet, .. packet];
        for (int length = 4; length < whole.Length; length++)
        {
            (List<CaptureFrame> frames, string? problem) = CaptureFile.Read(whole[..length]);
            Assert.Equal(Math.Max(0, length - head.Length) / packet.Length, frames.Count);
            bool atBoundary = length == 28 || (length >= head.Length && (length - head.Length) % packet.Length == 0);
            Assert.Equal(atBoundary, problem is null);
        }
    }

    [Fact]
    public void Record_OfAnImpossibleLength_IsDamage()
    {
        byte[] file = CaptureFile.Pcap(Frame);
        BitConverter.GetBytes(0x7fff_ffff).CopyTo(file, 24 + 8);
        Assert.Equal("a record of 2147483647 octets is longer than any frame", CaptureFile.Read(file).Problem);

        byte[] section = [.. CaptureFile.Section(false), .. CaptureFile.Interface(false, 1), 6, 0, 0, 0, 255, 255, 255, 127];
        Assert.Contains("impossible length", CaptureFile.Read(section).Problem, StringComparison.Ordinal);
        byte[] undescribed = [.. CaptureFile.Section(false), .. CaptureFile.Packet(false, 0, 0, Frame)];
        Assert.Equal("a packet of an interface that is not described", CaptureFile.Read(undescribed).Problem);
    }

    [Fact]
    public void LinkHeaders_OfEveryKind_ArePeeled()
    {
        byte[] packet = WireMessage.Offer().ToPacket();
        byte[] cooked = [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0, .. packet];
        byte[] cooked2 = [8, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, .. packet];
        Assert.Equal((Fixture.GatewayMac, Fixture.A, null, packet.Length), Peel(LinkType.Ethernet, CaptureFile.Ethernet(packet, null, Fixture.A)));
        Assert.Equal((Fixture.GatewayMac, Fixture.A, 7, packet.Length), Peel(LinkType.Ethernet, CaptureFile.Ethernet(packet, null, Fixture.A, 0x2064, 7)));
        Assert.Equal((Fixture.GatewayMac, null, null, packet.Length), Peel(LinkType.LinuxCooked, cooked));
        Assert.Equal((Fixture.GatewayMac, null, null, packet.Length), Peel(LinkType.LinuxCooked2, cooked2));
        Assert.Equal((null, null, null, packet.Length), Peel(LinkType.Raw, packet));
        Assert.Null(Peel(LinkType.Ethernet, CaptureFile.Ethernet(packet, null, null, 1, 2, 3, 4, 5)));
        Assert.Null(Peel(147, packet));
        for (int length = 0; length < 14; length++) Assert.Null(Peel(LinkType.Ethernet, packet[..length]));
        for (int length = 0; length < 20; length++) Assert.Null(Peel(LinkType.LinuxCooked2, packet[..length]));
    }

    private static (MacAddress? Source, MacAddress? Destination, int? Vlan, int Length)? Peel(int linkType, byte[] data) =>
        LinkFrame.TryPeel(linkType, data, out LinkFrame frame)
            ? (frame.Source, frame.Destination, frame.VlanId, frame.Payload.Length)
            : null;
}
