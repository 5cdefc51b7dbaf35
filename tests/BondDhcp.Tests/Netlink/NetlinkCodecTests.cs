using BondDhcp.Bond.Netlink;
using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Netlink;

public sealed class NetlinkCodecTests
{
    [Fact]
    public void Message_WithNestedAttributes_HasLengthsAndPadding()
    {
        Assert.True(BitConverter.IsLittleEndian);
        var writer = new NetlinkWriter();
        writer.Begin(16, 0x600);
        writer.AddHeader(16)[0] = 0xaa;
        writer.AddText(3, "bond0");
        using (writer.Nest(18))
        {
            writer.AddText(1, "bond");
            using (writer.Nest(2)) writer.AddByte(1, 1);
        }
        Assert.Equal(
            "48000000" + "1000" + "0006" + "00000000" + "00000000"
            + "aa000000" + "00000000" + "00000000" + "00000000"
            + "0a00" + "0300" + "626f6e643000" + "0000"
            + "1c00" + "1200"
            + "0900" + "0100" + "626f6e6400" + "000000"
            + "0c00" + "0200"
            + "0500" + "0100" + "01" + "000000",
            Convert.ToHexStringLower(writer.Finish()));
    }

    [Fact]
    public void Writer_UsedAgain_LeavesNothingOfTheMessageBefore()
    {
        var writer = new NetlinkWriter();
        writer.Begin(1, 0);
        writer.Add(1, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
        writer.Finish();
        writer.Begin(2, 0);
        writer.AddByte(1, 0xff);
        Assert.Equal("180000000200000000000000000000000500" + "0100ff000000", Convert.ToHexStringLower(writer.Finish()));
    }

    [Fact]
    public void Writer_ManyAttributes_Grows()
    {
        var writer = new NetlinkWriter();
        writer.Begin(1, 0);
        for (int i = 0; i < 1000; i++) writer.AddAddress(2, new Ipv4Address((uint)i));
        byte[] message = writer.Finish().ToArray();
        var reader = new NetlinkReader(message);
        Assert.True(reader.TryRead(out NetlinkMessage read));
        Assert.True(read.TrySplit(0, out _, out NetlinkAttributeReader attributes));
        uint next = 0;
        while (attributes.TryRead(out NetlinkAttribute attribute)) Assert.Equal(new Ipv4Address(next++), attribute.AsAddress());
        Assert.Equal(1000u, next);
    }

    [Fact]
    public void Finish_WithOpenNesting_Throws()
    {
        var writer = new NetlinkWriter();
        writer.Begin(1, 0);
        writer.Nest(2);
        Assert.Throws<InvalidOperationException>(() => writer.Finish().Length);
    }

    [Theory]
    [InlineData("", 0, false)]
    [InlineData("10", 0, true)]
    [InlineData("0f000000020000000000000000000000", 0, true)]
    [InlineData("00000000020000000000000000000000", 0, true)]
    [InlineData("11000000020000000000000000000000", 0, true)]
    [InlineData("ffffffff020000000000000000000000", 0, true)]
    [InlineData("10000000020000000000000000000000", 1, false)]
    [InlineData("1000000002000000000000000000000010000000030000000000000000000000", 2, false)]
    [InlineData("1100000002000000000000000000000001", 1, false)]
    [InlineData("100000000200000000000000000000000000", 1, true)]
    public void Datagram_OfAnyOctets_EndsWithoutException(string hex, int messages, bool malformed)
    {
        var reader = new NetlinkReader(Convert.FromHexString(hex));
        int count = 0;
        while (reader.TryRead(out _)) count++;
        Assert.Equal(messages, count);
        Assert.Equal(malformed, reader.IsMalformed);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("040001", 0)]
    [InlineData("03000100", 0)]
    [InlineData("00000100", 0)]
    [InlineData("09000100aaaaaaaa", 0)]
    [InlineData("04000100", 1)]
    [InlineData("05000100aa", 1)]
    [InlineData("05000100aa00000004000200", 2)]
    [InlineData("0500" + "0180" + "aa000000" + "ffff", 1)]
    public void Attributes_OfAnyOctets_EndWithoutException(string hex, int attributes)
    {
        var reader = new NetlinkAttributeReader(Convert.FromHexString(hex));
        int count = 0;
        while (reader.TryRead(out _)) count++;
        Assert.Equal(attributes, count);
    }

    [Fact]
    public void Attribute_WithFlagsInItsType_IsReadWithoutThem()
    {
        var reader = new NetlinkAttributeReader([5, 0, 7, 0xc0, 9]);
        Assert.True(reader.TryRead(out NetlinkAttribute attribute));
        Assert.Equal(7, attribute.Type);
        Assert.Equal((byte)9, attribute.AsByte());
    }

    [Fact]
    public void Attribute_OfAnotherLength_IsReadAsAbsent()
    {
        var reader = new NetlinkAttributeReader([7, 0, 1, 0, 1, 2, 3]);
        Assert.True(reader.TryRead(out NetlinkAttribute attribute));
        Assert.Null(attribute.AsByte());
        Assert.Null(attribute.AsUInt32());
        Assert.Null(attribute.AsAddress());
        Assert.Null(attribute.AsMac());
    }

    [Fact]
    public void Readers_OnRandomOctets_NeverThrow()
    {
        var random = new Random(1);
        byte[] octets = new byte[256];
        for (int round = 0; round < 20_000; round++)
        {
            random.NextBytes(octets);
            // A plausible length, or hardly any random datagram would get past its header.
            octets[0] = (byte)random.Next(16, 256);
            octets[1] = octets[2] = octets[3] = 0;
            octets[4] = (byte)random.Next(0, 36);
            octets[5] = 0;
            NetlinkSamples.ReadWithEverything(octets);
        }
    }
}
