using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Host.Configuration;
using Xunit;

namespace BondDhcp.Tests.Host;

public class InterfaceIdentityTests
{
    private static readonly Duid s_duid = Duid.TryParse("00:04:01:02:03", out Duid? duid) ? duid : throw new InvalidOperationException();

    private static InterfaceIdentity Identity(string global = "", string keys = "", string systemName = "host7")
    {
        DaemonConfiguration configuration = ConfigurationReader.Read("f", $"{global}\n[interface.bond0]\n{keys}").Configuration!;
        return InterfaceIdentity.Create(configuration, configuration.Interfaces[0], s_duid, systemName, () => [1, 9, 9, 9, 9, 9, 9]);
    }

    [Fact]
    public void ClientIdentifier_ByDefault_IsIaidAndDuid()
    {
        InterfaceIdentity identity = Identity();
        Assert.Equal(Dhcp4ClientIdentifier.FromDuid(Iaid.FromInterfaceName("bond0"), s_duid).ToArray(), identity.Identification.ClientIdentifier.ToArray());
        Assert.Equal(identity.Settings.ClientIdentifier.ToArray(), identity.Identification.ClientIdentifier.ToArray());
    }

    [Theory]
    [InlineData("", "iaid = 0x01020304", new byte[] { 255, 1, 2, 3, 4, 0, 4, 1, 2, 3 })]
    [InlineData("client-id = \"bare-duid\"", "", new byte[] { 0, 4, 1, 2, 3 })]
    [InlineData("client-id = \"mac\"", "", new byte[] { 1, 9, 9, 9, 9, 9, 9 })]
    [InlineData("client-id = \"de:ad\"", "", new byte[] { 0xde, 0xad })]
    public void ClientIdentifier_InEachForm_IsMade(string global, string keys, byte[] expected) =>
        Assert.Equal(expected, Identity(global, keys).Identification.ClientIdentifier.ToArray());

    [Theory(DisplayName = "A4-9 no host name, option 81 or option 12")]
    [InlineData("hostname = false", "host7", null, null)]
    [InlineData("hostname = true", "host7", "host7", null)]
    [InlineData("hostname = true", "localhost", null, null)]
    [InlineData("hostname = true", "not_a_name", null, null)]
    [InlineData("hostname = \"other\"", "host7", "other", null)]
    [InlineData("hostname = \"other.example.org\"", "host7", null, "other.example.org")]
    public void HostName_GoesIntoTheRightOption(string global, string systemName, string? option12, string? option81)
    {
        InterfaceIdentity identity = Identity(global, systemName: systemName);
        Assert.Equal((option12, option81), (identity.Identification.HostName, identity.Identification.FullyQualifiedName));
    }

    [Fact]
    public void ParameterRequestList_HasWhatIsReported_And108OnlyWithIpv6Only()
    {
        Assert.Equal([1, 121, 3, 33, 6, 15, 119, 26, 28, 42, 58, 59, 100, 101, 114, 162], Identity().Identification.ParameterRequestList.ToArray());
        Assert.Contains((byte)108, Identity(keys: "ipv6-only = true").Identification.ParameterRequestList.ToArray());
    }

    [Fact]
    public void Settings_FollowTheConfiguration()
    {
        Dhcp4Settings settings = Identity(keys: "conflict-detection = \"off\"\nchaddr = \"current\"\noffer-wait = 250\ndnav4 = false").Settings;
        Assert.Equal(ConflictDetection.Off, settings.ConflictDetection);
        Assert.Equal(ChaddrPolicy.Current, settings.Chaddr);
        Assert.Equal(TimeSpan.FromMilliseconds(250), settings.OfferWait);
        Assert.False(settings.DetectNetworkAttachment);
    }
}
