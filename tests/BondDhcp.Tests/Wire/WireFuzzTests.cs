using System.Diagnostics;
using BondDhcp.Dhcp.Wire;
using Xunit;

namespace BondDhcp.Tests.Wire;

/// <summary>Damaged messages through the whole reader: no exception, no hang, no growth.</summary>
public class WireFuzzTests
{
    private static byte[][] Seeds() =>
    [
        WireMessage.Offer().Add(121, "00c0000201100a11c000020919c633640000000000").ToPacket(),
        WireMessage.Ack().Add(119, "076578616d706c65036f72670003656e67c000").Add(15, "example.org"u8.ToArray())
            .Add(26, 5, 220).Add(58, 0, 0, 7, 8).Add(59, 0, 0, 12, 78).Add(28, 192, 0, 2, 255).Add(42, 192, 0, 2, 1).ToPacket(),
        WireMessage.Nak().Add(56, "no"u8.ToArray()).ToPacket(),
        WireMessage.Offer().Add(52, 3).Add(81, "04000003626f78076578616d706c65036f726700").Add(82, "0104657468300504c6336400")
            .Add(125, "0000aabb060102cafe0500").Add(43, "0102aabb0201ff").Add(77, "03616263026465")
            .With(m => (m.File, m.Sname) = ([66, 3, 97, 98, 99, 255], [67, 3, 100, 101, 102, 255])).ToPacket(),
        WireMessage.Offer().Add(108, 0, 0, 7, 8).Add(33, "0a000000c0000209").Add(3, 1, 2, 3, 4).Add(114, "https://x/"u8.ToArray()).ToPacket(),
        .. MessageVectorTests.Packets(),
    ];

    [Fact(DisplayName = "AX-2 damaged packets and messages: no exception, no hang, no allocation above 1 MiB")]
    public void Packets_Damaged_AreReadOrDropped()
    {
        byte[][] seeds = Seeds();
        var random = Fuzzing.Random(20260117);
        var clock = Stopwatch.StartNew();
        int taken = 0;
        for (int i = 0; i < Fuzzing.Iterations; i++)
        {
            byte[] octets = Fuzzing.Mutate(seeds[random.Next(seeds.Length)], random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            // Half of them reach the options, whatever happened to the headers.
            if (i % 2 == 0) WireReading.ReasonOf(octets, checksumTrusted: true);
            else if (ReadPayload(octets.AsSpan(Math.Min(28, octets.Length)))) taken++;
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated <= Fuzzing.MaxAllocated, $"{allocated} octets for {Convert.ToHexString(octets)}");
        }
        Assert.True(clock.Elapsed < Fuzzing.MaxMean * Fuzzing.Iterations, $"{clock.Elapsed}");
        // Damage that nothing survives would not reach the code behind the checks.
        Assert.InRange(taken, Fuzzing.Iterations / 20, Fuzzing.Iterations / 2);
    }

    private static bool ReadPayload(ReadOnlySpan<byte> message)
    {
        bool read = false;
        if (Dhcp4MessageView.TryParse(message, out Dhcp4MessageView view) == Dhcp4DropReason.None)
            read = Dhcp4ReplyReader.TryRead(view, out _) == Dhcp4DropReason.None;
        Dhcp4MessageView.TryParseRequest(message, out view);
        if (message.Length < Dhcp4MessageView.FixedLength) return false;
        foreach (Dhcp4Option option in view.CopyOptions()) ShowOption(option.Code, option.Data.AsSpan());
        return read;
    }

    private static void ShowOption(byte code, ReadOnlySpan<byte> data)
    {
        string? text = Dhcp4OptionText.Format(code, data);
        if (text is not null && text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            throw new InvalidOperationException($"Option {code} shows what is not printable: {Convert.ToHexString(data)}");
        Dhcp4SubOptions.Read(code, data);
    }

    [Fact(DisplayName = "AX-2 random octets as the data of every structured option")]
    public void OptionData_AtRandom_IsReadOrRefused()
    {
        byte[] codes = [43, 61, 77, 81, 82, 101, 114, 119, 121, 124, 125, 249];
        var random = Fuzzing.Random(20260118);
        byte[] data = new byte[600];
        for (int i = 0; i < Fuzzing.Iterations; i++)
        {
            Span<byte> octets = data.AsSpan(0, random.Next(data.Length));
            random.NextBytes(octets);
            // Small octets are plausible lengths and widths.
            for (int j = 0; j < octets.Length; j++) if (random.Next(2) == 0) octets[j] &= 0x07;
            ShowOption(codes[random.Next(codes.Length)], octets);
            DomainNames.TryReadSearchList(octets, out _);
            Dhcp4Routes.TryReadClassless(octets, out _, out _);
            Dhcp4Routes.TryReadStatic(octets, out _, out _);
        }
    }
}
