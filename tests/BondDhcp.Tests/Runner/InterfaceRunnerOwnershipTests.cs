using BondDhcp.Bond.Linux;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Runner;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Linux;
using Xunit;

namespace BondDhcp.Tests.Runner;

/// <summary>What a runner takes for its own on the interface: by record, by mark, by the stored lease; and what it leaves for the next.</summary>
public sealed class InterfaceRunnerOwnershipTests
{
    private const string NewMac = "02:00:00:00:00:1c";

    [Fact]
    public void Dispose_BeforeTheRecordIsWritten_WritesIt() => RunnerBed.Run(bed =>
    {
        bed.Serve("s0");
        using var directory = new TemporaryDirectory();
        bed.OpenRecord = index => new OwnershipFile(directory.Path, "c0", index, "boot");
        InterfaceRunner runner = bed.Bind();
        Assert.Empty(Directory.GetFiles(directory.Path));
        bed.Drop(runner);
        Assert.Contains("192.0.2.50", File.ReadAllText(Assert.Single(Directory.GetFiles(directory.Path))), StringComparison.Ordinal);
    });

    [Fact]
    public void Stop_WithoutRelease_LeavesTheAddressForTheNextRun() => RunnerBed.Run(bed =>
    {
        ScriptedServer server = bed.Serve("s0");
        InterfaceRunner first = bed.Bind();
        bool stopped = false;
        first.Stop(release: false, () => stopped = true);
        Assert.True(stopped);
        first.Dispose();
        PrivateNetwork.Ip($"link set c0 address {NewMac}");
        bed.Journal.Clear();

        InterfaceRunner second = bed.Add("c0");
        second.Start();
        Assert.Equal("verifying", second.Client.StateName);
        bed.Until(() => second.Client.StateName == "bound");
        bed.For(20);
        Assert.Equal(0, bed.Count("addressRemoved"));
        Assert.DoesNotContain(server.Heard, one => one.Type == Dhcp4MessageType.Release);
        second.Stop(release: true, () => stopped = true);
        bed.Until(() => second.Client.StateName == "stopped");
        Assert.Equal("", PrivateNetwork.Ip("-4 address show dev c0").Trim());
        Assert.Equal("", PrivateNetwork.Ip("route show dev c0").Trim());
    });

    [Theory(DisplayName = "A mask superseded while no daemon ran: the lease's address is known as ours and goes on with the other prefix, without a gap")]
    [InlineData(false)]
    [InlineData(true)]
    public void Mask_SupersededMeanwhile_ChangesThePrefixAndKeepsTheAddress(bool withoutRecord) => RunnerBed.Run(bed =>
    {
        using var directory = new TemporaryDirectory();
        bed.OpenRecord = index => new OwnershipFile(directory.Path, "c0", index, "boot");
        bed.Serve("s0");
        InterfaceRunner first = bed.Bind();
        bed.Until(() => bed.Count("addressAdded") > 0);
        first.Stop(release: false, static () => { });
        bed.Drop(first);
        if (withoutRecord) foreach (string file in Directory.GetFiles(directory.Path)) File.Delete(file);

        InterfaceRunner second = bed.Add("c0", Mask16);
        second.Start();
        Assert.Equal("verifying", second.Client.StateName);
        Assert.Equal(["192.0.2.50/16"], Addresses());
        bed.Until(() => second.Client.StateName == "bound");
        Assert.Equal(["192.0.2.50/16"], Addresses());
        Assert.Equal(0, bed.Count("warning"));
        // At every moment one of the two was there.
        string[] told = [.. bed.Journal.Where(one => one.Report.Event is "addressAdded" or "addressRemoved").Select(one => one.Report.Event)];
        Assert.Equal(["addressAdded", "addressRemoved"], told);
        Assert.Contains("default via 192.0.2.1", PrivateNetwork.Ip("route show dev c0 proto dhcp"), StringComparison.Ordinal);
    });

    [Fact(DisplayName = "A mask superseded while no daemon ran, and the lease over meanwhile: its address goes, whatever its prefix")]
    public void Mask_SupersededMeanwhile_LeaseOver_TakesTheAddressAway() => RunnerBed.Run(bed =>
    {
        using var directory = new TemporaryDirectory();
        bed.OpenRecord = index => new OwnershipFile(directory.Path, "c0", index, "boot");
        ScriptedServer server = bed.Serve("s0");
        InterfaceRunner first = bed.Bind();
        first.Stop(release: false, static () => { });
        bed.Drop(first);
        Dhcp4Memory memory = bed.Stored["c0"];
        bed.Stored["c0"] = memory with { Leases = [memory.Leases[0] with { ExpiresAt = Instant.Zero }] };
        server.Silent = true;

        InterfaceRunner second = bed.Add("c0", Mask16);
        second.Start();
        Assert.Empty(Addresses());
    });

    [Theory(DisplayName = "Where the kernel keeps no marks and no record says so, a lease's address is ours with the lease's prefix alone")]
    [InlineData("192.0.2.50/24", "")]
    [InlineData("192.0.2.50/25", "192.0.2.50/25")]
    public void Address_WithoutMarkOrRecord_IsOursByItsPrefix(string found, string left) => RunnerBed.Run(bed =>
    {
        bed.Serve("s0");
        InterfaceRunner first = bed.Bind();
        first.Stop(release: false, static () => { });
        bed.Drop(first);
        PrivateNetwork.Ip("address del 192.0.2.50/24 dev c0");
        PrivateNetwork.Ip($"address add {found} dev c0");
        // The kernel's own mark is what tells a kernel that has them.
        PrivateNetwork.Ip("address flush dev lo");
        bed.Network.Drain();

        InterfaceRunner second = bed.Bind();
        Assert.Contains(found, Addresses());
        bool stopped = false;
        second.Stop(release: true, () => stopped = true);
        bed.Until(() => stopped);
        Assert.Equal(left, string.Join(' ', Addresses()));
    });

    private static InterfaceConfiguration Mask16(InterfaceConfiguration configuration) =>
        configuration with { Options4 = ConfigurationReader.Read("f.toml", "[interface.c0]\ndhcp4 = true\nsupersede = { subnet-mask = \"255.255.0.0\" }").Configuration!.Interfaces[0].Options4 };

    private static string[] Addresses() =>
        [.. PrivateNetwork.Ip("-4 -o address show dev c0").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3])];
}
