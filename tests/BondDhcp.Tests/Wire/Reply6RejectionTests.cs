using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using Xunit;
using static BondDhcp.Tests.Wire.Wire6Message;

namespace BondDhcp.Tests.Wire;

/// <summary>Which DHCPv6 messages are not taken, and under which name they are counted.</summary>
public class Reply6RejectionTests
{
    private static readonly Dhcp6Expectation AdvertiseOnly = Wire6Reading.Any with { Reply = false };

    [Fact]
    public void Messages_AsTheyShouldBe_AreTaken()
    {
        Assert.Equal(Dhcp6MessageType.Reply, Wire6Reading.Accept(Reply()).Type);
        Assert.Equal(Dhcp6MessageType.Advertise, Wire6Reading.Accept(Advertise()).Type);
    }

    [Theory(DisplayName = "A6-10 an ADVERTISE without option 1, with another's, without option 2, with another xid: dropped, each by its name")]
    [InlineData("no 1", Dhcp6DropReason.ClientIdentifier)]
    [InlineData("other 1", Dhcp6DropReason.ClientIdentifier)]
    [InlineData("cut 1", Dhcp6DropReason.ClientIdentifier)]
    [InlineData("no 2", Dhcp6DropReason.ServerIdentifier)]
    [InlineData("short 2", Dhcp6DropReason.ServerIdentifier)]
    [InlineData("xid", Dhcp6DropReason.Xid)]
    public void Advertise_NotForThisExchange_IsDropped(string what, Dhcp6DropReason expected)
    {
        Wire6Message message = Advertise();
        switch (what)
        {
            case "no 1": message.Without(1); break;
            case "other 1": message.Without(1).Add(1, ClientHex[..^2] + "ce"); break;
            case "cut 1": message.Without(1).Add(1, ClientHex[..^2]); break;
            case "no 2": message.Without(2); break;
            case "short 2": message.Without(2).Add(2, "0003"); break;
            case "xid": message.Xid ^= 0x800000; break;
        }
        Assert.Equal(expected, Wire6Reading.ReasonOf(message, AdvertiseOnly));
        message.Type = 7;
        Assert.Equal(expected, Wire6Reading.ReasonOf(message));
    }

    [Fact(DisplayName = "A6-34 a REPLY to a message with option 1 needs the same, to one without it needs none")]
    public void Reply_ToAMessageWithoutOption1_HasNone()
    {
        Dhcp6Expectation anonymous = Wire6Reading.Any with { ClientIdentifier = null };
        Assert.Equal(Dhcp6DropReason.ClientIdentifier, Wire6Reading.ReasonOf(Reply().Without(1)));
        Assert.Equal(Dhcp6DropReason.ClientIdentifier, Wire6Reading.ReasonOf(Reply(), anonymous));
        Assert.Null(Wire6Reading.Accept(Reply().Without(1), anonymous).ClientIdentifier);
    }

    [Fact(DisplayName = "A6-13 a REPLY to a SOLICIT with rapid commit needs an empty option 14")]
    public void Reply_WithoutRapidCommit_IsDropped()
    {
        Dhcp6Expectation committing = Wire6Reading.Any with { RapidCommit = true };
        Assert.Equal(Dhcp6DropReason.RapidCommit, Wire6Reading.ReasonOf(Reply(), committing));
        Assert.Equal(Dhcp6DropReason.RapidCommit, Wire6Reading.ReasonOf(Reply().Add(14, 0), committing));
        Assert.True(Wire6Reading.Accept(Reply().Add(14), committing).RapidCommit);
        Assert.False(Wire6Reading.Accept(Advertise(), committing).RapidCommit);
        Assert.Equal(Dhcp6DropReason.UnexpectedMessage, Wire6Reading.ReasonOf(Reply().Add(14), AdvertiseOnly));
        Assert.Equal(Dhcp6DropReason.UnexpectedMessage, Wire6Reading.ReasonOf(Advertise(), Wire6Reading.Any with { Advertise = false }));
    }

    [Fact]
    public void Reply_OfAnotherServer_IsDropped()
    {
        Dhcp6Expectation addressed = Wire6Reading.Any with { ServerIdentifier = Server };
        Wire6Reading.Accept(Reply(), addressed);
        Assert.Equal(Dhcp6DropReason.OtherServer, Wire6Reading.ReasonOf(Reply().Without(2).Add(2, "00030001020000000002"), addressed));
        Assert.Equal(Dhcp6DropReason.ServerIdentifier, Wire6Reading.ReasonOf(Reply().Without(2), addressed));
    }

    [Fact(DisplayName = "A6-51 a RECONFIGURE is dropped under its own name, whatever it carries")]
    public void Reconfigure_IsDropped()
    {
        Assert.Equal(Dhcp6DropReason.Reconfigure, Wire6Reading.ReasonOf(Bare().With(m => m.Type = 10).Add(19, 5)));
        Assert.Equal(Dhcp6DropReason.Reconfigure, Wire6Reading.ReasonOf(Bare().With(m => (m.Type, m.Xid) = (10, 0)).Add(11, new byte[28]).Add(19, 5)));
    }

    [Fact(DisplayName = "Every type but ADVERTISE and REPLY is dropped (RFC 9915 section 16)")]
    public void Message_OfEveryOtherType_IsDropped()
    {
        for (int type = 0; type <= 255; type++)
        {
            Dhcp6DropReason reason = Wire6Reading.ReasonOf(Reply().With(m => m.Type = (byte)type));
            Assert.Equal(type switch { 2 or 7 => Dhcp6DropReason.None, 10 => Dhcp6DropReason.Reconfigure, _ => Dhcp6DropReason.MessageType }, reason);
        }
    }

    [Fact]
    public void Message_ShorterThanItsHeader_IsDropped()
    {
        for (int length = 0; length < 4; length++)
            Assert.Equal(Dhcp6DropReason.Length, Wire6Reading.Read(Reply().ToOctets().AsSpan(0, length), Wire6Reading.Any, out _));
    }

    [Theory(DisplayName = "A6-39 an option that runs past what holds it, at each depth: the message is dropped")]
    [InlineData("top")]
    [InlineData("header")]
    [InlineData("unknown")]
    [InlineData("IA_NA")]
    [InlineData("IAADDR")]
    [InlineData("IA_PD")]
    [InlineData("IAPREFIX")]
    [InlineData("another IAID")]
    public void Option_PastItsContainer_DropsTheMessage(string where)
    {
        byte[] past = [0, 13, 0, 5, 0, 0];
        Wire6Message message = where switch
        {
            "top" => Reply().With(m => m.Tail = [0, 23, 0, 16, 1]),
            "header" => Reply().With(m => m.Tail = [0, 23, 0]),
            "unknown" => Reply().With(m => m.Tail = [0xff, 0xff, 0xff, 0xff, 1]),
            "IA_NA" => Bare().Add(3, Ia(inner: [.. Address(), .. past])),
            "IAADDR" => Bare().Add(3, Ia(inner: Address(inner: past))),
            "IA_PD" => Bare().Add(25, Ia(inner: [.. Prefix(), .. past])),
            "IAPREFIX" => Bare().Add(25, Ia(inner: Prefix(inner: past))),
            _ => Reply().Add(3, Ia(iaid: 99, inner: past)),
        };
        Assert.Equal(Dhcp6DropReason.OptionLength, Wire6Reading.ReasonOf(message));
        // The same with the lengths put right is taken.
        byte[] whole = [0, 13, 0, 2, 0, 0];
        Wire6Reading.Accept(Bare().Add(3, Ia(inner: [.. Address(inner: whole), .. whole])).Add(25, Ia(inner: [.. Prefix(inner: whole), .. whole])));
    }

    [Fact(DisplayName = "A6-39 a message cut at every octet but between options is dropped")]
    public void Message_CutAnywhere_IsDropped()
    {
        byte[] octets = Reply().Add(25, Ia(inner: Prefix())).Add(23, Octets("2001:db8::53")).ToOctets();
        int position = 4;
        var whole = new List<int> { position };
        while (position < octets.Length) whole.Add(position += 4 + (octets[position + 2] << 8 | octets[position + 3]));
        for (int length = 4; length <= octets.Length; length++)
        {
            Dhcp6DropReason reason = Wire6Reading.Read(octets.AsSpan(0, length), Wire6Reading.Any, out _);
            if (!whole.Contains(length)) Assert.Equal(Dhcp6DropReason.OptionLength, reason);
            else if (length >= whole[2]) Assert.Equal(Dhcp6DropReason.None, reason);
        }
    }

    [Theory(DisplayName = "A6-45 DUIDs of 2, 3, 130 and 131 octets; of an unknown type: opaque")]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(130, true)]
    [InlineData(131, false)]
    public void Duid_AtItsLimits_IsTakenOrNot(int length, bool taken)
    {
        byte[] duid = new byte[length];
        duid[1] = 9;
        Dhcp6DropReason reason = Wire6Reading.ReasonOf(Reply().Without(2).Add(2, duid));
        Assert.Equal(taken ? Dhcp6DropReason.None : Dhcp6DropReason.ServerIdentifier, reason);
        Assert.Equal(taken, Duid.TryCreate(duid, out Duid? made));
        if (taken) Assert.Equal(made, Wire6Reading.Accept(Reply().Without(2).Add(2, duid)).ServerIdentifier);
    }

    [Fact]
    public void Message_WithoutAnExpectation_IsReadByItsOwnRules()
    {
        Dhcp6DropReason ReasonOf(Wire6Message message)
        {
            Assert.Equal(Dhcp6DropReason.None, Dhcp6MessageView.TryParse(message.ToOctets(), out Dhcp6MessageView view));
            return Dhcp6ReplyReader.TryRead(view, out _);
        }
        Assert.Equal(Dhcp6DropReason.None, ReasonOf(Reply().Without(1)));
        Assert.Equal(Dhcp6DropReason.ClientIdentifier, ReasonOf(Advertise().Without(1)));
        Assert.Equal(Dhcp6DropReason.ClientIdentifier, ReasonOf(Reply().Without(1).Add(1, 0, 1)));
        Assert.Equal(Dhcp6DropReason.ServerIdentifier, ReasonOf(Reply().Without(2)));
    }

    [Fact(DisplayName = "AP-14 a message that is not for this exchange is dropped without an allocation")]
    public void Message_OfAnother_IsDroppedWithoutAllocation()
    {
        byte[][] others =
        [
            Reply().With(m => m.Xid++).ToOctets(), Reply().Without(1).Add(1, "0001").ToOctets(), Reply().With(m => m.Type = 10).ToOctets(),
            Reply().With(m => m.Type = 1).ToOctets(), Reply().With(m => m.Tail = [0, 1, 0, 9]).ToOctets(), [7, 1],
            Reply().Without(2).Add(2, "00030001020000000002").ToOctets(),
        ];
        Dhcp6Expectation expected = Wire6Reading.Any with { ServerIdentifier = Server };
        int dropped = 0;
        void Round()
        {
            foreach (byte[] octets in others)
                if (Wire6Reading.Read(octets, expected, out _) != Dhcp6DropReason.None) dropped++;
        }
        Round();
        Round();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) Round();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(1002 * others.Length, dropped);
    }
}
