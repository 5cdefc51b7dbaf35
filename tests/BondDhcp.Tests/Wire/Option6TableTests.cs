using System.Collections.Immutable;
using BondDhcp.Dhcp.Wire;
using Xunit;
using static BondDhcp.Tests.Wire.Wire6Message;

namespace BondDhcp.Tests.Wire;

public class Option6TableTests
{
    [Fact]
    public void Table_IsOrderedAndUnambiguous()
    {
        Dhcp6OptionInfo[] rows = Dhcp6OptionTable.Known.ToArray();
        Assert.Equal(rows.Select(row => row.Code).Distinct().Order(), rows.Select(row => row.Code));
        Assert.Equal(rows.Length, rows.Select(row => row.Name).Distinct().Count());
        Assert.All(rows, row => Assert.Matches("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", row.Name));
        Assert.All(rows, row => Assert.NotEmpty(row.Source));
        Assert.All(rows, row => Assert.Same(row, Dhcp6OptionTable.Of(row.Code)));
        Assert.All((ushort[])[1, 2, 3, 5, 6, 7, 8, 13, 14, 23, 24, 25, 26, 32, 39, 56, 67, 82, 83, 103], code => Assert.Contains(rows, row => row.Code == code));
    }

    [Fact]
    public void Table_OfAnUnknownCode_NamesIt()
    {
        foreach (ushort code in (ushort[])[0, 10, 149, 65535])
        {
            Dhcp6OptionInfo unknown = Dhcp6OptionTable.Of(code);
            Assert.Equal((code, $"option-{code}", Dhcp6OptionKind.Opaque), (unknown.Code, unknown.Name, unknown.Kind));
            Assert.True(unknown.Length.Allows(0) && unknown.Length.Allows(65535));
        }
    }

    [Fact(DisplayName = "Which options may occur more than once in one place")]
    public void Table_OfRepeatableOptions_IsThatOfTheRfcs() => Assert.Equal(
        [3, 4, 5, 16, 17, 25, 26, 45, 56, 74, 144], Dhcp6OptionTable.Known.ToArray().Where(row => row.Repeats).Select(row => (int)row.Code));

    /// <summary>The length rules, written down a second time: code, then the lengths up to 33 that are well-formed.</summary>
    [Theory(DisplayName = "AX-1 the length rules of the options the client uses")]
    [InlineData(1, "3-33")]
    [InlineData(2, "3-33")]
    [InlineData(3, "12-33")]
    [InlineData(5, "24-33")]
    [InlineData(6, "2 4 6 8 10 12 14 16 18 20 22 24 26 28 30 32")]
    [InlineData(7, "1")]
    [InlineData(8, "2")]
    [InlineData(13, "2-33")]
    [InlineData(14, "0")]
    [InlineData(19, "1")]
    [InlineData(20, "0")]
    [InlineData(23, "16 32")]
    [InlineData(24, "1-33")]
    [InlineData(25, "12-33")]
    [InlineData(26, "25-33")]
    [InlineData(31, "16 32")]
    [InlineData(32, "4")]
    [InlineData(39, "1-33")]
    [InlineData(67, "2-17")]
    [InlineData(82, "4")]
    [InlineData(83, "4")]
    [InlineData(148, "0")]
    public void LengthRule_OfAnOption_IsThatOfItsRfc(int code, string lengths)
    {
        int[] expected = lengths.Split('-') is [var first, var last] ? [.. Enumerable.Range(int.Parse(first), int.Parse(last) - int.Parse(first) + 1)] : [.. lengths.Split(' ').Select(int.Parse)];
        Assert.Equal(expected, Enumerable.Range(0, 34).Where(Dhcp6OptionTable.Of((ushort)code).Length.Allows));
    }

    [Fact(DisplayName = "AX-1 every known option at every length 0 to 300: no exception, no text where the rule does not hold, the lease stands")]
    public void Option_OfEveryLength_IsReadOrIgnored()
    {
        foreach (Dhcp6OptionInfo option in Dhcp6OptionTable.Known)
        {
            for (int length = 0; length <= 300; length++)
            {
                byte[] data = new byte[length];
                bool allowed = option.Length.Allows(length);
                string? text = Dhcp6OptionText.Format(option.Code, data);
                if (!allowed) Assert.Null(text);
                else if (HasText(option.Kind)) Assert.NotNull(text);
                ImmutableArray<SubOption> inner = Dhcp6SubOptions.Read(option.Code, data);
                if (!allowed) Assert.Empty(inner);
                if (option.Code is 1 or 2 or 3) continue;

                Dhcp6DropReason reason = Wire6Reading.Read(Reply().Add(option.Code, data).ToOctets(), Wire6Reading.Any, out Dhcp6Reply? reply);
                // Zeros inside an IA_PD are options of code 0 and length 0, or the beginning of one.
                if (option.Code == 25 && length > 12 && length % 4 != 0)
                {
                    Assert.Equal(Dhcp6DropReason.OptionLength, reason);
                    continue;
                }
                Assert.Equal(Dhcp6DropReason.None, reason);
                Assert.Single(Assert.Single(reply!.IaNas).Addresses);
                if (option.Code is 7 or 13 or 14 or 23 or 25 or 31 or 32 or 39 or 41 or 64 or 103 or 148 && !allowed)
                    Assert.Contains(reply.Notes, note => note.StartsWith($"option {option.Code} ({option.Name}) has a wrong length", StringComparison.Ordinal));
            }
        }
    }

    [Fact(DisplayName = "AX-1 identifiers at every length 0 to 300: dropped wherever the rule does not hold")]
    public void Identifier_OfEveryLength_IsTakenOrDropsTheMessage()
    {
        for (int length = 0; length <= 300; length++)
        {
            byte[] duid = new byte[length];
            bool allowed = Dhcp6OptionTable.Of(2).Length.Allows(length);
            Assert.Equal(allowed ? Dhcp6DropReason.None : Dhcp6DropReason.ServerIdentifier, Wire6Reading.ReasonOf(Reply().Without(2).Add(2, duid)));
            Assert.Equal(Dhcp6DropReason.ClientIdentifier, Wire6Reading.ReasonOf(Reply().Without(1).Add(1, duid)));
        }
    }

    [Fact(DisplayName = "AX-1 IAs, addresses, prefixes and what is in them at every length 0 to 300: no exception, taken only where the rule holds")]
    public void InnerOption_OfEveryLength_IsTakenOrIgnored()
    {
        byte[] address = [.. Octets("2001:db8::100"), .. Number(600, 4), .. Number(900, 4)];
        byte[] prefix = [.. Number(600, 4), .. Number(900, 4), 56, .. Octets("2001:db8:100::")];
        for (int length = 0; length <= 300; length++)
        {
            Check(3, address, 5, 24, reply => reply.IaNas.SelectMany(ia => ia.Addresses).Count());
            Check(25, prefix, 26, 25, reply => reply.IaPds.SelectMany(ia => ia.Prefixes).Count());

            void Check(int code, byte[] lease, int inner, int least, Func<Dhcp6Reply, int> count)
            {
                byte[] data = Pad(lease, length);
                Dhcp6DropReason reason = Wire6Reading.Read(Bare().Add(code, Ia(inner: Option(inner, data))).ToOctets(), Wire6Reading.Any, out Dhcp6Reply? reply);
                bool partial = length > least && (length - least) % 4 != 0;
                Assert.Equal(partial ? Dhcp6DropReason.OptionLength : Dhcp6DropReason.None, reason);
                if (reply is not null) Assert.Equal(length >= least ? 1 : 0, count(reply));

                data = Pad(Ia(inner: Option(inner, lease)), length);
                reason = Wire6Reading.Read(Bare().Add(code, data).ToOctets(), Wire6Reading.Any, out reply);
                if (length < 12) Assert.Equal((Dhcp6DropReason.None, 0), (reason, reply!.IaNas.Length + reply.IaPds.Length));
                else if (reply is not null) Assert.Equal(length >= 12 + 4 + lease.Length ? 1 : 0, count(reply));
            }
        }
        static byte[] Pad(byte[] data, int length) => [.. data.Take(length), .. new byte[Math.Max(0, length - data.Length)]];
    }

    /// <summary>Kinds of which zeros of a right length have a text.</summary>
    private static bool HasText(Dhcp6OptionKind kind) => kind is not (Dhcp6OptionKind.Opaque or Dhcp6OptionKind.TimeZoneName
        or Dhcp6OptionKind.PortalUri or Dhcp6OptionKind.Name or Dhcp6OptionKind.NameList or Dhcp6OptionKind.PdExclude
        or Dhcp6OptionKind.FullyQualifiedName or Dhcp6OptionKind.StringList or Dhcp6OptionKind.VendorClass or Dhcp6OptionKind.NtpServer
        or Dhcp6OptionKind.Options or Dhcp6OptionKind.EncryptedResolver);

    [Theory]
    [InlineData(1, ClientHex, "00:04:8b:af:2d:96:b4:a2:48:6c:9e:15:ce:ee:09:6b:5c:cd")]
    [InlineData(3, "32e819180000012c000001e0", "iaid 32e81918 t1 300 t2 480")]
    [InlineData(4, "32e81918", "iaid 32e81918")]
    [InlineData(5, "20010db8000000000000000000000100 00000258 ffffffff", "2001:db8::100 preferred 600 valid 4294967295")]
    [InlineData(6, "001700180052", "23, 24, 82")]
    [InlineData(7, "ff", "255")]
    [InlineData(8, "0102", "258")]
    [InlineData(9, "012a2b2c", "SOLICIT xid 2a2b2c")]
    [InlineData(9, "0c0100", null)]
    [InlineData(9, "0c01 20010db8000000000000000000000000 fe800000000000000000000000000001", "RELAY-FORW hops 1 link 2001:db8:: peer fe80::1")]
    [InlineData(13, "0004", "NotOnLink")]
    [InlineData(13, "0002 66756c6c1b", @"NoAddrsAvail (full\x1b)")]
    [InlineData(14, "", "")]
    [InlineData(15, "0003616263 00026465", "abc, de")]
    [InlineData(15, "000361", null)]
    [InlineData(16, "0000ab11 000773797374656d64", "enterprise-43793 systemd")]
    [InlineData(16, "0000ab11", "enterprise-43793")]
    [InlineData(16, "0000ab11 00", null)]
    [InlineData(17, "0000ab11", "enterprise-43793")]
    [InlineData(19, "05", "RENEW")]
    [InlineData(23, "20010db8000000000000000000000053 fe800000000000000000000000000001", "2001:db8::53, fe80::1")]
    [InlineData(24, "076578616d706c65036f726700", "example.org")]
    [InlineData(24, "076578616d706c65036f726700c000", null)]
    [InlineData(26, "00000258 00000384 38 20010db8010000000000000000000000", "2001:db8:100::/56 preferred 600 valid 900")]
    [InlineData(26, "00000258 00000384 81 20010db8010000000000000000000000", null)]
    [InlineData(32, "00015180", "86400")]
    [InlineData(37, "00000007 0102", "enterprise-7 01:02")]
    [InlineData(39, "0103626f78076578616d706c65036f726700", "box.example.org flags=0x01")]
    [InlineData(39, "00", "flags=0x00")]
    [InlineData(39, "0005626f78", null)]
    [InlineData(64, "046166747200", "aftr")]
    [InlineData(67, "4078", null)]
    [InlineData(79, "0001 020000000a0a", "type 1 02:00:00:00:0a:0a")]
    [InlineData(82, "00001c20", "7200")]
    [InlineData(103, "68747470733a2f2f782f", "https://x/")]
    [InlineData(144, "0001 0003 c00000 0010 20010db8000000000000000000000053", null)]
    [InlineData(144, "0001 0003 016100 0010 20010db8000000000000000000000053", "a 2001:db8::53")]
    [InlineData(65000, "01", null)]
    public void Option_OfKnownData_ReadsLikeThis(int code, string hex, string? expected) =>
        Assert.Equal(expected, Dhcp6OptionText.Format((ushort)code, Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))));

    [Fact(DisplayName = "Inner options: of IAs, the excluded prefix in words, vendors, time servers, relayed messages")]
    public void InnerOptions_AreRead()
    {
        SubOption prefix = Assert.Single(Dhcp6SubOptions.Read(25, Ia(inner: Prefix("2001:db8:dead:bee0::/59", inner: [.. Option(67, 0x40, 0x78), .. Status(0, "ok")]))));
        Assert.Equal(("ia-prefix", "2001:db8:dead:bee0::/59 preferred 600 valid 900"), (prefix.Name, prefix.Value));
        Assert.Equal(["pd-exclude=2001:db8:dead:beef::/64", "status-code=Success (ok)"], prefix.Options.Select(option => $"{option.Name}={option.Value}"));
        Assert.Equal(
            ["server-address=2001:db8::1", "server-name=ntp.example.org", "option-9="],
            Dhcp6SubOptions.Read(56, [.. Option(1, Octets("2001:db8::1")), .. Option(3, Name("ntp.example.org")), .. Option(9, 1)]).Select(option => $"{option.Name}={option.Value}"));
        Assert.Equal(["option-1 2"], Dhcp6SubOptions.Read(17, [0, 0, 0, 7, .. Option(1, 1, 2)]).Select(option => $"{option.Name} {option.Data.Length}"));
        byte[] relay = [12, 0, .. Octets("2001:db8::"), .. Octets("fe80::1"), .. Option(18, 1), .. Option(9, Reply().ToOctets())];
        ImmutableArray<SubOption> relayed = Dhcp6SubOptions.Read(9, relay);
        Assert.Equal(["interface-id", "relay-message"], relayed.Select(option => option.Name));
        Assert.Equal(["client-identifier", "server-identifier", "ia-na"], relayed[1].Options.Select(option => option.Name));
        Assert.Equal("ia-address", Assert.Single(relayed[1].Options[2].Options).Name);
        Assert.Empty(Dhcp6SubOptions.Read(3, [.. Ia(), 0, 5, 0, 9]));
        Assert.Empty(Dhcp6SubOptions.Read(23, Octets("2001:db8::1")));
    }

    [Fact(DisplayName = "AX-4 messages in messages, and options without number, are read to a bounded depth and number")]
    public void Bombs_AreBounded()
    {
        byte[] nested = [1, 0, 0, 0];
        for (int i = 0; i < 1000; i++) nested = [12, 0, .. new byte[32], .. Option(9, nested)];
        int depth = 0;
        for (ImmutableArray<SubOption> options = Dhcp6SubOptions.Read(9, nested); !options.IsEmpty; options = options[0].Options) depth++;
        Assert.Equal(Dhcp6SubOptions.MaxDepth, depth);

        byte[] many = [.. Enumerable.Repeat(Option(65000), 16000).SelectMany(option => option)];
        Assert.Empty(Dhcp6SubOptions.Read(66, many));
        Assert.Equal(Dhcp6DropReason.OptionLength, Wire6Reading.ReasonOf(Reply().With(m => m.Tail = many)));
        Assert.Equal(Dhcp6DropReason.OptionLength, Wire6Reading.ReasonOf(Bare().Add(3, [.. Ia(), .. many])));

        byte[] addresses = [.. Enumerable.Range(1, 1000).SelectMany(i => Address($"2001:db8::{i:x}"))];
        byte[][] ias = [.. Enumerable.Range(0, 100).Select(i => Ia((uint)i, inner: addresses))];
        Wire6Message bomb = Bare();
        foreach (byte[] ia in ias.Take(2)) bomb.Add(3, ia);
        for (int i = 0; i < 500; i++) bomb.Add(3, Ia((uint)(1000 + i)));
        byte[] octets = bomb.ToOctets();
        Wire6Reading.Read(octets, Wire6Reading.Any, out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(Dhcp6DropReason.None, Wire6Reading.Read(octets, Wire6Reading.Any, out Dhcp6Reply? reply));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Fuzzing.MaxAllocated);
        Assert.Equal((Dhcp6ReplyReader.MaxIas, Dhcp6ReplyReader.MaxLeases), (reply!.IaNas.Length, reply.IaNas[0].Addresses.Length));
        Assert.InRange(reply.Notes.Length, 1, 32);
    }
}
