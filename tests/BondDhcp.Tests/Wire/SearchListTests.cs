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
