using System.Collections.Immutable;
using BondDhcp.Dhcp.Wire;
using Xunit;

namespace BondDhcp.Tests.Wire;

public class SearchListTests
{
    private static string? Read(byte[] data) =>
        DomainNames.TryReadSearchList(data, out ImmutableArray<string> names) ? string.Join(' ', names) : null;

    private static byte[] Hex(string hex) => Convert.FromHexString(hex);

    [Fact(DisplayName = "A4-44 the vector: a compressed list gives its names in order")]
    public void SearchList_OfTheVector_GivesItsNames() =>
        Assert.Equal("example.org eng.example.org", Read(Hex("076578616d706c65036f72670003656e67c000")));

    [Fact(DisplayName = "A4-44 two fragments are joined before pointers are followed")]
    public void SearchList_InFragments_IsJoined()
    {
        byte[] data = Hex("076578616d706c65036f72670003656e67c000");
        Dhcp4Reply reply = WireReading.Accept(WireMessage.Ack().Add(119, data[..5]).Add(119, data[5..]));
        Assert.Equal(["example.org", "eng.example.org"], reply.SearchDomains.AsEnumerable());
    }

    [Theory(DisplayName = "A4-44 pointers forward, to themselves and in a loop, long labels, and cut names: nothing is read")]
    [InlineData("01610001 62c009 01630001640000")]
    [InlineData("c000")]
    [InlineData("0161c000")]
    [InlineData("0161c002")]
    [InlineData("0161c00401 62c000")]
    [InlineData("40616161")]
    [InlineData("80616161")]
    [InlineData("05616263")]
    [InlineData("0161")]
    [InlineData("0161c0")]
    [InlineData("00")]
    [InlineData("0161000162")]
    [InlineData("0120 00")]
    [InlineData("03612e6200")]
    [InlineData("")]
    public void SearchList_Malformed_GivesNothing(string hex) => Assert.Null(Read(Hex(hex.Replace(" ", "", StringComparison.Ordinal))));

    [Fact(DisplayName = "A4-44 a label of 64 and a name above 255 octets: nothing is read")]
    public void SearchList_TooLong_GivesNothing()
    {
        byte[] label = [63, .. Enumerable.Repeat((byte)'a', 63)];
        Assert.Null(Read([64, .. Enumerable.Repeat((byte)'a', 64), 0]));
        Assert.Null(Read([.. label, .. label, .. label, .. label, 0]));
        Assert.NotNull(Read([.. label, .. label, .. label, 61, .. Enumerable.Repeat((byte)'a', 61), 0]));
        // By a pointer: 190 octets and what they point to.
        Assert.Null(Read([.. label, .. label, .. label, 0, 61, .. Enumerable.Repeat((byte)'b', 61), 0xc0, 0, 0]));
    }

    [Theory(DisplayName = "AX-5 a name that is none is left out by itself and noted, escaped; it does not take the others with it")]
    [InlineData("my_corp", "my_corp.x")]
    [InlineData("-a", "-a.x")]
    [InlineData("a b", "a b.x")]
    [InlineData("a.b", @"a\.b.x")]
    [InlineData("\u001b[2J", @"\x1b[2J.x")]
    [InlineData("$(id)", "$(id).x")]
    [InlineData("", ".")]
    public void SearchList_WithANameThatIsNone_LosesItAlone(string label, string shown)
    {
        byte[] refused = label.Length == 0 ? [0] : [(byte)label.Length, .. System.Text.Encoding.Latin1.GetBytes(label), 1, (byte)'x', 0];
        byte[] list = [1, (byte)'a', 0, .. refused, 1, (byte)'b', 0];
        Dhcp4Reply reply = WireReading.Accept(WireMessage.Ack().Add(119, list));
        Assert.Equal(["a", "b"], reply.SearchDomains.AsEnumerable());
        Assert.Equal([$"option 119 (search list): left out, not a valid name: {shown}"], reply.Notes.AsEnumerable());
        Assert.Equal($"a, {shown}, b", Dhcp4OptionText.Format(119, list));

        Dhcp6Reply reply6 = Wire6Reading.Accept(Wire6Message.Reply().Add(24, list));
        Assert.Equal(["a", "b"], reply6.SearchDomains.AsEnumerable());
        Assert.Equal([$"option 24 (domain-search): left out, not a valid name: {shown}"], reply6.Notes.AsEnumerable());
        Assert.Equal($"a, {shown}, b", Dhcp6OptionText.Format(24, list));
    }

    [Fact(DisplayName = "AX-4 a list of nothing but such names is bounded, and its note is a line")]
    public void SearchList_OfNamesThatAreNone_IsBounded()
    {
        byte[] label = [63, .. Enumerable.Repeat((byte)'_', 63)];
        byte[] bomb = [.. label, .. label, .. label, 0, .. Enumerable.Repeat<byte[]>([0xc0, 0], 30000).SelectMany(pointer => pointer)];
        DomainNames.TryReadList(bomb, isCompressed: true, out _, out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(DomainNames.TryReadList(bomb, isCompressed: true, out ImmutableArray<string> names, out ImmutableArray<string> refused));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256 * 1024);
        Assert.Empty(names);
        Assert.InRange(refused.Length, 1, 2 * DomainNames.MaxSearchNames);
        Assert.InRange(Assert.Single(WireReading.Accept(WireMessage.Ack().Add(119, bomb[..250])).Notes).Length, 1, 400);
    }

    [Fact(DisplayName = "AX-4 a chain of more than 16 pointers is not followed")]
    public void SearchList_WithALongChain_GivesNothing()
    {
        // "a", then names that each point to the one before: name n needs n jumps.
        byte[] Chain(int length)
        {
            var data = new List<byte> { 1, (byte)'a', 0 };
            int target = 0;
            for (int i = 0; i < length; i++)
            {
                int here = data.Count;
                data.AddRange([1, (byte)'b', (byte)(0xc0 | target >> 8), (byte)target]);
                target = here;
            }
            return [.. data];
        }
        Assert.Equal(17, Read(Chain(16))!.Split(' ').Length);
        Assert.Null(Read(Chain(17)));
    }

    [Fact(DisplayName = "AX-4 a bomb of pointers costs a bounded amount of memory and time")]
    public void SearchList_OfPointers_IsBounded()
    {
        byte[] label = [63, .. Enumerable.Repeat((byte)'a', 63)];
        byte[] name = [.. label, .. label, .. label, 0];
        byte[] bomb = [.. name, .. Enumerable.Repeat<byte[]>([0xc0, 0], 32000).SelectMany(pointer => pointer)];
        Read(bomb);
        long before = GC.GetAllocatedBytesForCurrentThread();
        DomainNames.TryReadSearchList(bomb, out ImmutableArray<string> names);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
        Assert.InRange(names.Sum(text => text.Length + 1), 1, DomainNames.MaxSearchText);
    }
}
