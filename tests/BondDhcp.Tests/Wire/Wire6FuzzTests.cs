using System.Diagnostics;
using BondDhcp.Dhcp.Wire;
using Xunit;
using static BondDhcp.Tests.Wire.Wire6Message;

namespace BondDhcp.Tests.Wire;

/// <summary>Damaged DHCPv6 messages through the whole reader: no exception, no hang, no growth.</summary>
public class Wire6FuzzTests
{
    private static byte[][] Seeds() =>
    [
        .. Message6VectorTests.Messages(),
        Advertise().Add(7, 255).Add(13, 0, 2, 0x6e, 0x6f).Add(82, Number(7200, 4)).Add(83, Number(60, 4)).ToOctets(),
        Bare().Add(3, Ia(inner: [.. Address(inner: Status(0, "ok")), .. Address("2001:db8::101", 0, 0), .. Status(0)])).Add(14)
            .Add(25, Ia(7, inner: [.. Prefix("2001:db8:dead:bee0::/59", inner: Option(67, 0x40, 0x78)), .. Status(6, "none")])).ToOctets(),
        Bare().Add(23, [.. Octets("2001:db8::53"), .. Octets("fe80::1")]).Add(24, [.. Name("example.org"), .. Name("eng.example.org")])
            .Add(56, [.. Option(1, Octets("2001:db8::1")), .. Option(3, Name("ntp.example.org"))]).Add(39, [1, .. Name("box.example.org")])
            .Add(41, "CET-1"u8.ToArray()).Add(42, "Europe/Berlin"u8.ToArray()).Add(103, "https://x/"u8.ToArray()).Add(64, Name("aftr.example.org")).ToOctets(),
        Bare().Add(144, [0, 1, 0, 18, .. Name("doh1.example.com"), 0, 16, .. Octets("2001:db8::1"), 0, 1, 0, 1, 7]).Add(17, [0, 0, 0, 9, .. Option(1, 2)])
            .Add(16, 0, 0, 0, 9, 0, 1, 65).Add(15, 0, 1, 65).Add(32, Number(86400, 4)).Add(65000, 1, 2, 3).ToOctets(),
        [13, 1, .. Octets("2001:db8::"), .. Octets("fe80::1"), .. Option(18, 1), .. Option(9, Reply().ToOctets())],
    ];

    [Fact(DisplayName = "AX-2 damaged DHCPv6 messages: no exception, no hang, no allocation above 1 MiB")]
    public void Messages_Damaged_AreReadOrDropped()
    {
        byte[][] seeds = Seeds();
        var random = Fuzzing.Random(20260203);
        var clock = Stopwatch.StartNew();
        int taken = 0;
        for (int i = 0; i < Fuzzing.Iterations; i++)
        {
            byte[] octets = Fuzzing.Mutate(seeds[random.Next(seeds.Length)], random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            if (Read(octets)) taken++;
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated <= Fuzzing.MaxAllocated, $"{allocated} octets for {Convert.ToHexString(octets)}");
        }
        Assert.True(clock.Elapsed < Fuzzing.MaxMean * Fuzzing.Iterations, $"{clock.Elapsed}");
        // Damage that nothing survives would not reach the code behind the checks.
        Assert.InRange(taken, Fuzzing.Iterations / 20, Fuzzing.Iterations / 2);
    }

    private static bool Read(byte[] octets)
    {
        Dhcp6DropReason reason = Dhcp6MessageView.TryParse(octets, out Dhcp6MessageView view);
        Dhcp6SubOptions.Read(9, octets);
        Dhcp6OptionText.Format(9, octets);
        if (octets.Length < Dhcp6MessageView.HeaderLength) return false;
        foreach (Dhcp6Option option in view.CopyOptions()) Show(option.Code, option.Data.AsSpan());
        if (reason != Dhcp6DropReason.None) return false;
        Dhcp6ReplyReader.TryRead(view, Wire6Reading.Any, out _);
        if (Dhcp6ReplyReader.TryRead(view, out Dhcp6Reply? reply) != Dhcp6DropReason.None) return false;
        Check(reply!, octets);
        return true;
    }

    /// <summary>What a reply promises whatever the message was.</summary>
    private static void Check(Dhcp6Reply reply, byte[] octets)
    {
        IEnumerable<Dhcp6IaAddress> addresses = reply.IaNas.SelectMany(ia => ia.Addresses);
        IEnumerable<Dhcp6IaPrefix> prefixes = reply.IaPds.SelectMany(ia => ia.Prefixes);
        bool holds = addresses.All(one => one.Address.IsUsableUnicast && one.PreferredSeconds <= one.ValidSeconds)
            && prefixes.All(one => one.Prefix == one.Prefix.Masked && one.Prefix.PrefixLength is >= 1 and <= 128 && one.PreferredSeconds <= one.ValidSeconds)
            && prefixes.All(one => one.Excluded is not { } part || (one.Prefix.Contains(part) && part == part.Masked && part.PrefixLength > one.Prefix.PrefixLength))
            && reply.IaNas.Cast<Dhcp6Ia>().Concat(reply.IaPds).All(ia => ia.T2Seconds == 0 || ia.T1Seconds <= ia.T2Seconds)
            && reply.SearchDomains.All(DomainNames.IsValid)
            && reply.SolMaxRtSeconds is null or (>= 60 and <= 86400)
            && reply.DnsServers.All(one => one.IsUsableUnicast || one.IsLinkLocal)
            && reply.Notes.All(IsPrintable) && IsPrintable(reply.Status.Text ?? "") && IsPrintable(reply.PosixTimeZone ?? "");
        if (!holds) throw new InvalidOperationException($"A promise is broken by {Convert.ToHexString(octets)}");
    }

    private static bool IsPrintable(string text) => !text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private static void Show(ushort code, ReadOnlySpan<byte> data)
    {
        if (!IsPrintable(Dhcp6OptionText.Format(code, data) ?? "")) throw new InvalidOperationException($"Option {code} shows what is not printable: {Convert.ToHexString(data)}");
        foreach (SubOption option in Dhcp6SubOptions.Read(code, data))
            if (!IsPrintable(option.Value ?? "")) throw new InvalidOperationException($"Option {code} shows what is not printable: {Convert.ToHexString(data)}");
    }

    [Fact(DisplayName = "AX-2 random octets as the data of every known DHCPv6 option")]
    public void OptionData_AtRandom_IsReadOrRefused()
    {
        Dhcp6OptionInfo[] options = Dhcp6OptionTable.Known.ToArray();
        var random = Fuzzing.Random(20260204);
        byte[] data = new byte[600];
        for (int i = 0; i < Fuzzing.Iterations; i++)
        {
            Span<byte> octets = data.AsSpan(0, random.Next(data.Length));
            random.NextBytes(octets);
            // Small octets are plausible lengths and codes.
            for (int j = 0; j < octets.Length; j++) if (random.Next(2) == 0) octets[j] &= 0x07;
            ushort code = options[random.Next(options.Length)].Code;
            Show(code, octets);
            Dhcp6MessageView.TryParse([7, 1, 2, 3, .. Option(1, Client.Octets.ToArray()), .. Option(2, Server.Octets.ToArray()), .. Option(code, octets.ToArray())], out Dhcp6MessageView view);
            Dhcp6ReplyReader.TryRead(view, out _);
        }
    }

    [Fact(DisplayName = "F9 what the client writes reads back as it was")]
    public void Transmission_Written_ReadsBack()
    {
        var random = Fuzzing.Random(20260205);
        byte[] destination = new byte[Dhcp6MessageWriter.MaxLength];
        for (int i = 0; i < Fuzzing.Iterations / 10; i++)
        {
            BondDhcp.Net.Ipv6Address[] addresses = [.. Enumerable.Range(0, random.Next(8)).Select(_ => new BondDhcp.Net.Ipv6Address((UInt128)random.NextInt64() << 64 | (UInt128)random.NextInt64()))];
            var message = new Dhcp6Transmission
            {
                Type = (Dhcp6MessageType)random.Next(1, 12),
                Xid = (uint)random.Next(1, 1 << 24),
                ElapsedCentiseconds = (ushort)random.Next(65536),
                ServerIdentifier = random.Next(2) == 0 ? Server : null,
                OptionRequest = [.. Enumerable.Range(0, random.Next(20)).Select(_ => (ushort)random.Next(65536))],
                RapidCommit = random.Next(2) == 0,
                IaNas = [new Dhcp6IaNaRequest(new(Iaid), [.. addresses])],
            };
            int length = Dhcp6MessageWriter.Write(message, new Dhcp6Identification { ClientIdentifier = Client }, destination);
            Assert.Equal(Dhcp6DropReason.None, Dhcp6MessageView.TryParse(destination.AsSpan(0, length), out Dhcp6MessageView view));
            Assert.Equal((message.Type, message.Xid), (view.Type, view.Xid));
            Assert.True(view.TryGetOption(1, out ReadOnlySpan<byte> client) && client.SequenceEqual(Client.Octets));
            Assert.Equal(message.ServerIdentifier is not null, view.TryGetOption(2, out _));
            Assert.Equal(message.RapidCommit, view.TryGetOption(14, out _));
            Assert.True(view.TryGetOption(3, out ReadOnlySpan<byte> ia));
            Assert.Equal(addresses.Select(address => $"{address} preferred 0 valid 0"), Dhcp6SubOptions.Read(3, ia).Select(option => option.Value));
            string codes = view.TryGetOption(6, out ReadOnlySpan<byte> request) ? Dhcp6OptionText.Format(6, request)! : "";
            Assert.Equal(string.Join(", ", message.OptionRequest), codes);
        }
    }
}
