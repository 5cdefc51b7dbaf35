using Xunit;

namespace BondDhcp.Tests.Resolver;

/// <summary>What becomes of the file when paths come and go.</summary>
public sealed class ResolverPathTests : IDisposable
{
    private readonly ResolverBed _bed = new();

    public void Dispose() => _bed.Dispose();

    private string[] FileLines => [.. File.ReadAllLines(_bed.Places.ResolvConf).Where(line => !line.StartsWith('#'))];

    [Fact(DisplayName = "An interface whose path goes gives its places in the file to those with one, and has them again; status says who is left out")]
    public void File_FollowsPaths()
    {
        HashSet<string> down = [];
        _bed.Start("[interface.eth0]\ndhcp4 = true\ndns = \"file\"\n[interface.eth1]\ndhcp4 = true\ndns = \"file\"\n");
        _bed.Runner.IsUsable = name => !down.Contains(name);
        _bed.Offer4("eth0", "192.0.2.1", "192.0.2.2", "192.0.2.3");
        _bed.Offer4("eth1", "198.51.100.1", "198.51.100.2");
        _bed.Settle();
        Assert.Equal(["search example.org", "nameserver 192.0.2.1", "nameserver 192.0.2.2", "nameserver 198.51.100.1"], FileLines);
        Assert.Equal(["192.0.2.3"], _bed.Runner.SnapshotOf("eth0")!.LeftOut.AsEnumerable());
        Assert.Equal(["198.51.100.2"], _bed.Runner.SnapshotOf("eth1")!.LeftOut.AsEnumerable());

        int told = _bed.Journal.Count;
        _bed.Runner.FollowPaths();
        Assert.Equal(told, _bed.Journal.Count);
        down.Add("eth0");
        _bed.Runner.FollowPaths();
        _bed.Settle();
        Assert.Equal(["search example.org", "nameserver 198.51.100.1", "nameserver 198.51.100.2", "nameserver 192.0.2.1"], FileLines);
        down.Clear();
        _bed.Runner.FollowPaths();
        _bed.Settle();
        Assert.Equal(["nameserver 192.0.2.1", "nameserver 192.0.2.2", "nameserver 198.51.100.1"], FileLines[1..]);
        Assert.Empty(_bed.Warnings);
    }
}
