using System.Collections.Immutable;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Options;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Wire;

/// <summary>Messages of the DHCPv6 client against octets computed elsewhere, and what may and must be in each.</summary>
public class Message6VectorTests
{
    private const string SolicitHex = "012a2b2c0001001200048baf2d96b4a2486c9e15ceee096b5ccd0008000200000006000800170018003800520003000c32e819180000000000000000";
    private const string RequestHex = "032a2b2d0001001200048baf2d96b4a2486c9e15ceee096b5ccd0002000a000300010200000000010008000200000006000800170018003800520003002832e8191800000000000000000005001820010db80000000000000000000001000000000000000000";
    private const string ConfirmHex = "042a2b2e0001001200048baf2d96b4a2486c9e15ceee096b5ccd0008000200000003002832e8191800000000000000000005001820010db80000000000000000000001000000000000000000";
    private const string ReplyHex = "072a2b2d0001001200048baf2d96b4a2486c9e15ceee096b5ccd0002000a000300010200000000010003002832e819180000012c000001e00005001820010db800000000000000000000010000000258000003840017001020010db80000000000000000000000530018000d076578616d706c65036f726700";

    private static readonly Iaid Bond0 = Iaid.FromInterfaceName("bond0");
    private static readonly Ipv6Address Leased = Ipv6Address.Parse("2001:db8::100");
    private static readonly Dhcp6Identification Plain = new() { ClientIdentifier = Wire6Message.Client };

    private static readonly Dhcp6Transmission Solicit = new()
    {
        Type = Dhcp6MessageType.Solicit,
        Xid = 0x2a2b2c,
        OptionRequest = Dhcp6OptionRequest.Default,
        IaNas = [new Dhcp6IaNaRequest(Bond0, [])],
    };

    private static readonly Dhcp6Transmission Request = Solicit with
    {
        Type = Dhcp6MessageType.Request,
        Xid = 0x2a2b2d,
        ServerIdentifier = Wire6Message.Server,
        IaNas = [new Dhcp6IaNaRequest(Bond0, [Leased])],
    };

    private static byte[] Write(Dhcp6Transmission message, Dhcp6Identification? identification = null)
    {
        byte[] destination = new byte[Dhcp6MessageWriter.MaxLength];
        return destination[..Dhcp6MessageWriter.Write(message, identification ?? Plain, destination)];
    }

    private static int[] Codes(byte[] message)
    {
        Assert.Equal(Dhcp6DropReason.None, Dhcp6MessageView.TryParse(message, out Dhcp6MessageView view));
        return [.. view.CopyOptions().Select(option => (int)option.Code)];
    }

    /// <summary>The messages of the vectors, for other tests.</summary>
    public static IEnumerable<byte[]> Messages() =>
        ((string[])[SolicitHex, RequestHex, ConfirmHex, ReplyHex]).Select(Convert.FromHexString);

    [Fact(DisplayName = "A6-1 the SOLICIT of the vectors, octet for octet: options 1, 8 (0), 6, 3 without times and addresses")]
    public void Solicit_IsThatOfTheVector() => Assert.Equal(SolicitHex, Convert.ToHexStringLower(Write(Solicit)));

    [Fact(DisplayName = "The REQUEST of the vectors, octet for octet")]
    public void Request_IsThatOfTheVector() => Assert.Equal(RequestHex, Convert.ToHexStringLower(Write(Request)));

    [Fact(DisplayName = "A6-26 the CONFIRM of the vectors, octet for octet: no options 2 and 6, times of 0")]
    public void Confirm_IsThatOfTheVector() => Assert.Equal(
        ConfirmHex,
        Convert.ToHexStringLower(Write(Request with { Type = Dhcp6MessageType.Confirm, Xid = 0x2a2b2e, ServerIdentifier = null, OptionRequest = [] })));

    [Fact(DisplayName = "The REPLY of the vectors: T1 300, T2 480, 600 and 900 s, DNS, search list")]
    public void Reply_OfTheVector_GivesItsFacts()
    {
        Assert.Equal(Dhcp6DropReason.None, Wire6Reading.Read(Convert.FromHexString(ReplyHex), Wire6Reading.Any, out Dhcp6Reply? reply));
        Assert.NotNull(reply);
        Assert.Equal((Dhcp6MessageType.Reply, 0x2a2b2du), (reply.Type, reply.Xid));
        Assert.Equal((Wire6Message.Server, Wire6Message.Client), (reply.ServerIdentifier, reply.ClientIdentifier));
        Dhcp6IaNa ia = Assert.Single(reply.IaNas);
        Assert.Equal((Bond0, 300u, 480u, true), (ia.Iaid, ia.T1Seconds, ia.T2Seconds, ia.Status.IsSuccess));
        Assert.Equal([new Dhcp6IaAddress(Leased, 600, 900)], ia.Addresses.AsEnumerable());
        Assert.Equal(["2001:db8::53"], reply.DnsServers.Select(address => address.ToString()));
        Assert.Equal(["example.org"], reply.SearchDomains.AsEnumerable());
        Assert.Empty(reply.IaPds);
        Assert.Empty(reply.Notes);
        Assert.Equal((0, (byte)0, false, null, null), (reply.RepeatedOptions, reply.Preference, reply.RapidCommit, reply.Status.Text, reply.SolMaxRtSeconds));
        Assert.Equal([1, 2, 3, 23, 24], reply.Options.Select(option => (int)option.Code));
    }

    [Fact(DisplayName = "A6-1 options of a SOLICIT with everything: no 2, no 20")]
    public void Solicit_WithEverything_HasItsOptionsInOrder()
    {
        var identification = new Dhcp6Identification
        {
            ClientIdentifier = Wire6Message.Client,
            FullyQualifiedName = "box.example.org",
            Sent = [SentAs(15, "abc", "de"), SentAs(16, "enterprise-43793 systemd")],
        };
        byte[] solicit = Write(
            Solicit with
            {
                RapidCommit = true,
                OptionRequest = Dhcp6OptionRequest.For(name: true, prefixes: true),
                IaPds = [new Dhcp6IaPdRequest(Bond0, [Ipv6Prefix.Parse("::/56")])],
            }, identification);
        Assert.Equal([1, 8, 6, 3, 25, 14, 39, 15, 16], Codes(solicit));
        Assert.Equal(Dhcp6DropReason.None, Dhcp6MessageView.TryParse(solicit, out Dhcp6MessageView view));
        string Hex(ushort code, in Dhcp6MessageView view) =>
            view.TryGetOption(code, out ReadOnlySpan<byte> data) ? Convert.ToHexStringLower(data) : "absent";
        Assert.Equal("0017001800380052" + "001f0029002a00670090" + "00270043", Hex(6, view));
        Assert.Equal("32e819180000000000000000" + "001a0019" + "0000000000000000" + "38" + "00000000000000000000000000000000", Hex(25, view));
        Assert.Equal("00" + "03626f78076578616d706c65036f726700", Hex(39, view));
        Assert.Equal("0003616263" + "00026465", Hex(15, view));
        Assert.Equal("0000ab11" + "000773797374656d64", Hex(16, view));
    }

    private static Dhcp6Option SentAs(ushort code, params string[] items) =>
        new(code, Dhcp6OptionForms.Encode(code, new OptionValue([.. items.Select(text => new OptionItem(text))], items.Length > 1), out _)!.Value);

    [Theory(DisplayName = "Name and classes go only into the messages they belong to (RFC 4704 section 5)")]
    [InlineData(Dhcp6MessageType.Solicit, true, true)]
    [InlineData(Dhcp6MessageType.Request, true, true)]
    [InlineData(Dhcp6MessageType.Renew, true, true)]
    [InlineData(Dhcp6MessageType.Rebind, true, true)]
    [InlineData(Dhcp6MessageType.InformationRequest, false, true)]
    [InlineData(Dhcp6MessageType.Confirm, false, false)]
    [InlineData(Dhcp6MessageType.Release, false, false)]
    [InlineData(Dhcp6MessageType.Decline, false, false)]
    public void Identification_ByType_IsSentOrNot(Dhcp6MessageType type, bool name, bool classes)
    {
        var identification = new Dhcp6Identification
        {
            ClientIdentifier = Wire6Message.Client,
            FullyQualifiedName = "box",
            Sent = [SentAs(15, "a"), SentAs(16, "enterprise-1 b")],
        };
        int[] codes = Codes(Write(Solicit with { Type = type }, identification));
        Assert.Equal((name, classes, classes), (codes.Contains(39), codes.Contains(15), codes.Contains(16)));
        Assert.Equal(1, codes[0]);
    }

    [Fact(DisplayName = "A name without a dot is partial: no root label (RFC 4704 section 4.2)")]
    public void Name_WithoutADot_IsPartial()
    {
        byte[] solicit = Write(Solicit, new Dhcp6Identification { ClientIdentifier = Wire6Message.Client, FullyQualifiedName = "box" });
        Assert.EndsWith("0027000500" + "03626f78", Convert.ToHexStringLower(solicit), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A6-5 elapsed time and a transaction id of 24 bits, nothing of which spills into the type")]
    public void Header_AtItsLimits_KeepsItsFields()
    {
        byte[] solicit = Write(Solicit with { Xid = 0xffffffff, ElapsedCentiseconds = 0xffff });
        Assert.Equal("01ffffff", Convert.ToHexStringLower(solicit.AsSpan(0, 4)));
        Assert.Contains("00080002ffff", Convert.ToHexStringLower(solicit), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "AX-3 a maximal configuration fits into 1232 octets in every type, and one that does not is refused")]
    public void Message_OfAMaximalConfiguration_Fits()
    {
        var longest = Wire6Message.DuidOf("0009" + new string('a', 256));
        var identification = new Dhcp6Identification
        {
            ClientIdentifier = longest,
            FullyQualifiedName = string.Join('.', Enumerable.Repeat(new string('a', 49), 5)),
            Sent = [new Dhcp6Option(15, [.. new byte[Dhcp6MessageWriter.MaxSentLength - 4]])],
        };
        Dhcp6Transmission whole = Request with
        {
            ServerIdentifier = longest,
            OptionRequest = [.. Enumerable.Range(23, 60).Select(code => (ushort)code)],
            IaNas = [new Dhcp6IaNaRequest(Bond0, [Leased])],
            IaPds = [new Dhcp6IaPdRequest(Bond0, [Ipv6Prefix.Parse("2001:db8:100::/56")])],
            RapidCommit = true,
        };
        foreach (Dhcp6MessageType type in (Dhcp6MessageType[])[Dhcp6MessageType.Solicit, Dhcp6MessageType.Request, Dhcp6MessageType.Renew,
            Dhcp6MessageType.Rebind, Dhcp6MessageType.Confirm, Dhcp6MessageType.Release, Dhcp6MessageType.Decline, Dhcp6MessageType.InformationRequest])
        {
            byte[] message = Write(whole with { Type = type }, identification);
            Assert.InRange(message.Length, 1, Dhcp6MessageWriter.MaxLength);
            Assert.Contains(3, Codes(message));
        }
        ImmutableArray<Ipv6Address> many = [.. Enumerable.Range(1, 40).Select(i => new Ipv6Address((UInt128)i))];
        Assert.Throws<ArgumentException>(() => Write(whole with { IaNas = [new Dhcp6IaNaRequest(Bond0, many)] }, identification));
        Dhcp6Identification tooMuch = identification with { Sent = identification.Sent.Add(new Dhcp6Option(16, [.. new byte[400]])) };
        Assert.Contains("Option 16", Assert.Throws<ArgumentException>(() => Write(whole, tooMuch)).Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "AX-3 every number of addresses and prefixes is written whole or refused, never cut")]
    public void Leases_OfEveryNumber_AreWrittenOrRefused()
    {
        for (int count = 0; count < 60; count++)
        {
            Dhcp6Transmission message = Request with
            {
                IaNas = [new Dhcp6IaNaRequest(Bond0, [.. Enumerable.Range(1, count).Select(i => new Ipv6Address(Leased.Value + (uint)i))])],
            };
            try
            {
                byte[] octets = Write(message);
                Assert.Equal(Write(Request with { IaNas = [new Dhcp6IaNaRequest(Bond0, [])] }).Length + 28 * count, octets.Length);
                Codes(octets);
                Assert.True(count < 45);
            }
            catch (ArgumentException)
            {
                Assert.True(count > 38, $"{count} addresses should fit");
            }
        }
    }
}
