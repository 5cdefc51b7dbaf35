using System.Diagnostics;
using BondDhcp.Bond.Links;
using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Netlink;

public sealed class Ipv6TableTests
{
    private const int Index = 5;
    private readonly Ipv6Table _table = new(Index);
    private readonly List<Ipv6Event> _events = [];

    private static Ipv6InterfaceAddress Address(string text) => new(Index, Ipv6Address.Parse(text), 64);

    private string[] Replace(params Ipv6InterfaceAddress[] addresses)
    {
        _events.Clear();
        _table.Replace(addresses, Ipv6LinkFlags.None, _events);
        return [.. _events.Select(Name)];
    }

    private static string Name(Ipv6Event told) => told switch
    {
        Ipv6Event.AddressUsable(var one) => $"+{one.Address}",
        Ipv6Event.AddressRemoved(var one) => $"-{one.Address}",
        Ipv6Event.LinkLocalUsable(var one) => $"from {one}",
        Ipv6Event.LinkLocalLost(var one) => $"not from {one}",
        _ => told.ToString()!,
    };

    private IEnumerable<string> Known => _table.Addresses.Select(one => one.Address.ToString());

    [Fact]
    public void Replace_TellsWhatWentAndThenWhatCame_AndKeepsTheOrder()
    {
        Assert.Equal(["+2001:db8::1", "+fe80::1", "+2001:db8::2", "from fe80::1"], Replace(Address("2001:db8::1"), Address("fe80::1"), Address("2001:db8::2")));
        Assert.Empty(Replace(Address("2001:db8::2"), Address("2001:db8::1"), Address("fe80::1")));
        Assert.Equal(["2001:db8::1", "fe80::1", "2001:db8::2"], Known);
        Assert.Equal(["-2001:db8::1", "+2001:db8::3"], Replace(Address("2001:db8::3"), Address("fe80::1"), Address("2001:db8::2") with { PrefixLength = 128 }));
        Assert.Equal(["fe80::1", "2001:db8::2", "2001:db8::3"], Known);
        Assert.Equal(128, _table.Find(Ipv6Address.Parse("2001:db8::2"))!.PrefixLength);
        Assert.Null(_table.Find(Ipv6Address.Parse("2001:db8::1")));
        Assert.Equal(["-fe80::1", "-2001:db8::2", "-2001:db8::3", "not from fe80::1"], Replace());
    }

    [Fact]
    public void Take_AfterReplace_ChangesAndRemovesInPlace()
    {
        Replace(Address("2001:db8::1"), Address("2001:db8::2"), Address("2001:db8::3"));
        _events.Clear();
        _table.Take(
            [
                new LinkEvent.Ipv6AddressRemoved(Address("2001:db8::2")), new LinkEvent.Ipv6AddressRemoved(Address("2001:db8::2")),
                new LinkEvent.Ipv6AddressSeen(Address("2001:db8::1") with { PrefixLength = 128 }), new LinkEvent.Ipv6AddressSeen(Address("2001:db8::2")),
            ],
            _events);
        Assert.Equal(["-2001:db8::2", "+2001:db8::2"], _events.Select(Name));
        Assert.Equal(["2001:db8::1", "2001:db8::3", "2001:db8::2"], Known);
        Assert.Equal(128, _table.Addresses.First().PrefixLength);
    }

    [Fact(DisplayName = "A hundred thousand addresses, which the kernel takes, are read anew at once")]
    public void Replace_OfVeryManyAddresses_TakesNoTime()
    {
        Ipv6Address first = Ipv6Address.Parse("2001:db8::");
        Ipv6InterfaceAddress[] many = [.. Enumerable.Range(1, 100_000).Select(number => new Ipv6InterfaceAddress(Index, new Ipv6Address(first.Value + (UInt128)number), 128))];
        long before = Stopwatch.GetTimestamp();
        Assert.Equal(100_000, Replace(many).Length);
        Assert.Empty(Replace(many));
        Assert.Equal(100_000, Replace(Address("2001:db9::1"), Address("2001:db9::2"), many[7]).Length - 1);
        Assert.InRange(Stopwatch.GetElapsedTime(before), TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }
}
