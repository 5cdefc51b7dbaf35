using BondDhcp.Host.Control;
using BondDhcp.Host.Control.Linux;
using Xunit;

namespace BondDhcp.Tests.Host;

public sealed class ControlPermissionTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("bonddhcp-test-").FullName;
    private readonly ControlPermission _permission;

    public ControlPermissionTests()
    {
        File.WriteAllText(Path.Combine(_directory, "group"), "root:x:0:\nnetdev:x:107:alice\nbroken\n");
        Directory.CreateDirectory(Path.Combine(_directory, "77"));
        File.WriteAllText(Path.Combine(_directory, "77", "status"), "Name:\tsh\nUid:\t1000\t1000\t1000\t1000\nGroups:\t4 107 1000 \n");
        _permission = new ControlPermission(Path.Combine(_directory, "group"), _directory);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact(DisplayName = "AC-9 changes are for root and the control-group, by peer credentials")]
    public void Change_IsForRootAndTheGroup()
    {
        Assert.True(_permission.MayChange(new PeerCredentials(1, 0, 0)));
        Assert.False(_permission.MayChange(new PeerCredentials(77, 1000, 107)));
        Assert.True(_permission.SetGroup("netdev"));
        Assert.True(_permission.MayChange(new PeerCredentials(1, 1001, 107)));
        Assert.True(_permission.MayChange(new PeerCredentials(77, 1000, 1000)));
        Assert.False(_permission.MayChange(new PeerCredentials(78, 1000, 1000)));
    }

    [Fact]
    public void Process_OfAnotherUser_LendsNoGroups()
    {
        Assert.True(_permission.SetGroup("netdev"));
        Assert.False(_permission.MayChange(new PeerCredentials(77, 1002, 1002)));
    }

    [Fact]
    public void Group_Unknown_IsSaidAndAllowsNobody()
    {
        Assert.False(_permission.SetGroup("nobodies"));
        Assert.False(_permission.MayChange(new PeerCredentials(77, 1000, 107)));
        Assert.True(_permission.SetGroup(""));
    }
}
