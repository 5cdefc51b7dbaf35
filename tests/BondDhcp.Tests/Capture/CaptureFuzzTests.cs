using System.Diagnostics;
using BondDhcp.Dhcp.Capture;
using BondDhcp.Tests.Wire;
using Xunit;

namespace BondDhcp.Tests.Capture;

/// <summary>Damaged files through the whole decoder.</summary>
public class CaptureFuzzTests
{
    [Fact(DisplayName = "AX-2 damaged captures: no exception, no hang, nothing unprintable")]
    public void Captures_Damaged_AreReadAsFarAsTheyGo()
    {
        byte[][] frames = [.. MessageVectorTests.Packets().Take(2).Select(packet => CaptureFile.Ethernet(packet)), CaptureFile.Ethernet(WireMessage.Offer().ToPacket(), null, null, 7)];
        byte[][] packets6 =
        [
            .. Message6VectorTests.Messages().Select(message => Wire6Packet.Of("fe80::1", "fe80::2", 547, (ushort)(message[0] == 7 ? 546 : 547), message)),
            Wire6Packet.WithExtension(Wire6Packet.Of("fe80::1", "ff02::1:2", 546, 547, Message6VectorTests.Messages().First()), 0, [0, 0, 1, 4, 0, 0, 0, 0]),
            Wire6Packet.Of("2001:db8::1", "2001:db8::2", 547, 547, [12, 0, .. new byte[32], .. Wire6Message.Option(9, Wire6Message.Reply().ToOctets())]),
        ];
        byte[][] seeds =
        [
            CaptureFile.Pcap(frames),
            CaptureFile.Pcap(LinkType.Raw, packets6),
            CaptureFile.Pcap(bigEndian: true, nanoseconds: true, 5, 6, frames[0]),
            [
                .. CaptureFile.Section(true), .. CaptureFile.Interface(true, LinkType.Ethernet, 6), .. CaptureFile.Packet(true, 0, 77, frames[1]),
                .. CaptureFile.SimplePacket(true, frames[2]),
            ],
        ];
        // A file costs as much as several packets.
        int iterations = Fuzzing.Iterations / 4;
        var random = Fuzzing.Random(20260119);
        var clock = Stopwatch.StartNew();
        int packets = 0;
        for (int i = 0; i < iterations; i++)
        {
            byte[] file = Fuzzing.Mutate(seeds[random.Next(seeds.Length)], random);
            var output = new StringWriter();
            long before = GC.GetAllocatedBytesForCurrentThread();
            packets += CaptureDecoder.Run(new MemoryStream(file), output, json: i % 2 == 0, out string? error);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated <= Fuzzing.MaxAllocated, $"{allocated} octets for {Convert.ToHexString(file)}");
            Assert.DoesNotContain('\x1b', output.ToString());
            Assert.DoesNotContain('\0', error ?? "");
        }
        Assert.True(clock.Elapsed < Fuzzing.MaxMean * iterations, $"{clock.Elapsed}");
        Assert.True(packets > iterations / 2, $"{packets} packets");
    }
}
