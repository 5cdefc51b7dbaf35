using BondDhcp.Bond.Linux;
using BondDhcp.Bond.Wpa;
using BondDhcp.Host.Loop;
using BondDhcp.Host.Supplicants;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Wpa;

public sealed class RfkillTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact(DisplayName = "AW-11 events of 8 and of 9 octets are read, one of 7 is not")]
    public void Event_OfEitherLength_IsRead()
    {
        byte[] octets = [2, 0, 0, 0, 1, 2, 1, 0, 1];
        RfkillEvent expected = new(2, RfkillEvent.WirelessLan, RfkillOperation.Change, IsSoftBlocked: true, IsHardBlocked: false);
        Assert.Equal(expected, RfkillEvent.Parse(octets));
        Assert.Equal(expected, RfkillEvent.Parse(octets.AsSpan(0, 8)));
        Assert.Null(RfkillEvent.Parse(octets.AsSpan(0, 7)));
        octets[5] = 4;
        Assert.Null(RfkillEvent.Parse(octets));
    }

    [Fact(DisplayName = "AW-12 the switch of the interface's own radio is the reason, hard before soft")]
    public void Switches_OfTheInterface_AreTheReason()
    {
        // wlan0 on phy1, whose switch is rfkill3; rfkill0 belongs to another.
        Directory.CreateDirectory(Path.Combine(_directory.Path, "class/net/wlan0"));
        Directory.CreateDirectory(Path.Combine(_directory.Path, "class/net/eth0"));
        Link("class/net/wlan0/phy80211", "../../ieee80211/phy1");
        foreach ((string name, string phy) in (ReadOnlySpan<(string, string)>)[("rfkill0", "phy0"), ("rfkill3", "phy1")])
        {
            Directory.CreateDirectory(Path.Combine(_directory.Path, "class/rfkill", name));
            Link($"class/rfkill/{name}/device", $"../../{phy}");
        }
        Assert.Equal([3u], RfkillDevice.SwitchesOf("wlan0", _directory.Path));
        Assert.Empty(RfkillDevice.SwitchesOf("eth0", _directory.Path));
        Assert.Empty(RfkillDevice.SwitchesOf("none", _directory.Path));

        // What the kernel gives is read from a file here, an event at its start and no more.
        string device = Path.Combine(_directory.Path, "rfkill");
        File.WriteAllBytes(device, [3, 0, 0, 0, 1, 0, 1, 0]);
        RfkillTable table = new();
        Assert.True(table.Take(RfkillEvent.Parse(File.ReadAllBytes(device))!.Value));
        Assert.StartsWith("soft-blocked", table.WhyBlocked([3]), StringComparison.Ordinal);
        Assert.Null(table.WhyBlocked([0]));
        Assert.True(table.Take(new RfkillEvent(3, 1, RfkillOperation.Change, true, true)));
        Assert.False(table.Take(new RfkillEvent(3, 1, RfkillOperation.Change, true, true)));
        Assert.StartsWith("hard-blocked", table.WhyBlocked([3]), StringComparison.Ordinal);
        Assert.True(table.Take(new RfkillEvent(3, 1, RfkillOperation.Delete, false, false)));
        Assert.Null(table.WhyBlocked([3]));
    }

    [Fact(DisplayName = "AW-13 without /dev/rfkill the feature is off, said once")]
    public void Device_Missing_IsSaidOnce()
    {
        using EventLoop loop = new();
        List<Report> journal = [];
        using RfkillWatch watch = new(loop, (_, report) => journal.Add(report), Path.Combine(_directory.Path, "none"));
        Assert.Equal("warning", Assert.Single(journal).Event);
        Assert.Null(watch.WhyBlocked("wlan0"));
    }

    private void Link(string name, string target) => File.CreateSymbolicLink(Path.Combine(_directory.Path, name), target);
}
