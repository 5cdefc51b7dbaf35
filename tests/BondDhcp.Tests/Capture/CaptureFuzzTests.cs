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
        byte[][] seeds =
        [
            CaptureFile.Pcap(frames),
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
