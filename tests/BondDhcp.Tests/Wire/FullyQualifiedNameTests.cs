using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Configuration;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Wire;

public class FullyQualifiedNameTests
{
    [Fact(DisplayName = "AX-3 the longest host name that the configuration takes fits option 81")]
    public void HostName_OfTheGreatestLength_FitsTheOption()
    {
        string longest = string.Join('.', new string('a', 63), new string('b', 63), new string('c', 63), new string('d', 58));
        Assert.Equal(250, longest.Length);
        Assert.True(NameRules.IsHostName(longest));
        Assert.False(NameRules.IsHostName(longest + "d"));

        var discover = new Dhcp4Transmission { Type = Dhcp4MessageType.Discover, Xid = 1 };
        var identification = new Dhcp4Identification
        {
            ClientIdentifier = Fixture.ClientIdentifier,
            ParameterRequestList = Dhcp4ParameterRequestList.Default,
            FullyQualifiedName = longest,
        };
        byte[] buffer = new byte[Dhcp4MessageWriter.MaxLength];
        int length = Dhcp4MessageWriter.Write(discover, identification, Fixture.A, mtu: 1500, buffer);
        Assert.Equal(Dhcp4DropReason.None, Dhcp4MessageView.TryParseRequest(buffer.AsSpan(0, length), out Dhcp4MessageView view));
        Assert.True(view.TryGetOption(81, out ReadOnlySpan<byte> name));
        Assert.Equal(255, name.Length);
    }
}
