using BondDhcp.Bond.Links;
using BondDhcp.Host.Paths;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Paths;

/// <summary>When DHCP may transmit: what is at the bottom of an interface decides.</summary>
public sealed class PathGateTests
{
    private const int BondIndex = 10;

    private static PathView Look(string name, Dictionary<string, SupplicantGate>? supplicants, params Link[] links)
    {
        LinkTable table = Links.Table(links);
        PathGate gate = new(table) { Supplicant = one => supplicants is not null && supplicants.TryGetValue(one, out SupplicantGate its) ? its : null };
        Assert.True(table.TryFind(name, out Link? link));
        return gate.Look(link);
    }

    private static readonly Link s_wired = Links.Up(1, "w0", BondIndex);
    private static readonly Link s_wireless = Links.Up(2, "w1", BondIndex);

    [Fact]
    public void PlainInterface_IsUsableAsTheKernelSays()
    {
        Assert.Equal((true, "", 1), Parts(Look("w0", null, s_wired with { MasterIndex = 0 })));
        Assert.Equal((false, "no carrier", 1), Parts(Look("w0", null, s_wired.Unplugged())));
        Assert.Equal((false, "the interface is down", 1), Parts(Look("w0", null, s_wired with { Flags = LinkFlags.Broadcast })));
        Assert.Equal((false, "operational state dormant", 1), Parts(Look("w0", null, s_wired.Dormant())));
    }

    [Fact]
    public void Bond_IsWhatItsActiveSlaveIs() =>
        Assert.Equal((true, "", 2), Parts(Look("bond0", null, Links.Bond(BondIndex, "bond0", 2), s_wired.Unplugged(), s_wireless)));

    [Fact]
    public void Bond_WhoseActiveSlaveLostItsCarrier_IsThatPathUntilTheBondChangesOver()
    {
        Link bond = Links.Bond(BondIndex, "bond0", 1);
        Assert.Equal((true, "", 1), Parts(Look("bond0", null, bond, s_wired.Unplugged(), s_wireless)));
        Assert.Equal((false, "w0: no carrier", 1), Parts(Look("bond0", null, bond, s_wired.Unplugged(), s_wireless.Unplugged())));
        // Nobody would notice.
        Link blind = bond with { Bond = bond.Bond! with { MiimonMilliseconds = 0 } };
        Assert.Equal((false, "w0: no carrier", 1), Parts(Look("bond0", null, blind, s_wired.Unplugged(), s_wireless)));
    }

    [Fact(DisplayName = "AB-6 the active slave is DORMANT: the bond shows operational state UP and is not used")]
    public void Bond_WithADormantActiveSlave_IsClosed() =>
        Assert.Equal((false, "w1: operational state dormant", 2), Parts(Look("bond0", null, Links.Bond(BondIndex, "bond0", 2), s_wired.Unplugged(), s_wireless.Dormant())));

    [Fact(DisplayName = "AW-7 wpa_state 4WAY_HANDSHAKE with carrier: closed; COMPLETED and operational state UP: open")]
    public void Bond_WithASupplicant_OpensWhenItIsComplete()
    {
        Link bond = Links.Bond(BondIndex, "bond0", 2);
        Dictionary<string, SupplicantGate> supplicants = new() { ["w1"] = new(false, "4WAY_HANDSHAKE", null, false) };
        Assert.Equal((false, "w1: 4WAY_HANDSHAKE", 2), Parts(Look("bond0", supplicants, bond, s_wired.Unplugged(), s_wireless.Dormant())));
        supplicants["w1"] = new(true, "", "02:00:00:00:01:01", true);
        Assert.False(Look("bond0", supplicants, bond, s_wired.Unplugged(), s_wireless.Dormant()).Usable);
        PathView open = Look("bond0", supplicants, bond, s_wired.Unplugged(), s_wireless);
        Assert.Equal((true, "02:00:00:00:01:01", true), (open.Usable, open.Attachment, open.IsEap));
    }

    [Fact]
    public void Bond_WithoutAnActiveSlave_SaysWhyNoneCanBe() =>
        Assert.Equal(
            "w0: no carrier; w1: wrong key",
            Look("bond0", new() { ["w1"] = new(false, "wrong key", null, false) }, Links.Bond(BondIndex, "bond0", 0), s_wired.Unplugged(), s_wireless.Unplugged()).Why);

    [Fact(DisplayName = "AB-10 a bond without slaves: waiting, \"no slave\"")]
    public void Bond_WithoutSlaves_SaysSo() =>
        Assert.Equal((false, "no slave", BondIndex), Parts(Look("bond0", null, Links.Bond(BondIndex, "bond0", 0))));

    [Theory]
    [InlineData("vlan")]
    [InlineData("bridge")]
    public void Device_AboveABond_FollowsItsActiveSlave(string kind)
    {
        Link above = Links.Up(20, "top") with { Kind = kind, LowerIndex = kind == "vlan" ? BondIndex : 0 };
        Link bond = Links.Bond(BondIndex, "bond0", 2) with { MasterIndex = kind == "bridge" ? 20 : 0 };
        Assert.Equal((true, "", 2), Parts(Look("top", null, above, bond, s_wired.Unplugged(), s_wireless)));
        Assert.False(Look("top", null, above, bond, s_wired.Unplugged(), s_wireless.Dormant()).Usable);
    }

    [Fact]
    public void BondBelow_TellsWhetherWhatIsSentHasATag()
    {
        Link bond = Links.Bond(BondIndex, "bond0", 2) with { MasterIndex = 20 };
        Link bridge = Links.Up(20, "br0") with { Kind = "bridge" };
        Link vlan = Links.Up(21, "br0.5") with { Kind = "vlan", LowerIndex = 20 };
        PathGate gate = new(Links.Table(bond, bridge, vlan, s_wired, s_wireless));
        Assert.Equal((BondIndex, false), (gate.BondBelow(bridge, out bool tagged)?.Index ?? 0, tagged));
        Assert.Equal((BondIndex, true), (gate.BondBelow(vlan, out tagged)?.Index ?? 0, tagged));
        Assert.Null(gate.BondBelow(s_wired with { MasterIndex = 0 }, out _));
    }

    [Fact]
    public void Bridge_OfPlainPorts_IsOneDeviceWhateverPortIsUp()
    {
        Link bridge = Links.Up(20, "br0") with { Kind = "bridge" };
        Link one = Links.Up(1, "p1", 20), other = Links.Up(2, "p2", 20);
        Assert.Equal(20, Look("br0", null, bridge, one, other).Device);
        Assert.Equal(20, Look("br0", null, bridge, one.Unplugged(), other).Device);
        Assert.False(Look("br0", null, bridge, one.Unplugged(), other.Unplugged()).Usable);
    }

    [Fact]
    public void BalancedBond_IsUsableByAnySlave()
    {
        Link bond = Links.Bond(BondIndex, "bond0", 0) with { Bond = new BondState(0, 0, 0, 0, 0, 100, 0, 0, 2), Flags = s_wired.Flags, OperationalState = OperationalState.Up, Carrier = true };
        Assert.Equal((true, "", BondIndex), Parts(Look("bond0", null, bond, s_wired.Unplugged(), s_wireless)));
    }

    [Fact]
    public void Circle_OfDevices_Ends()
    {
        Link one = Links.Up(1, "a") with { Kind = "vlan", LowerIndex = 2 };
        Link two = Links.Up(2, "b") with { Kind = "vlan", LowerIndex = 1 };
        Assert.False(Look("a", null, one, two).Usable);
    }

    [Fact]
    public void Path_CarriesTheClassOfItsSlave()
    {
        LinkTable table = Links.Table(Links.Bond(BondIndex, "bond0", 2), s_wired, s_wireless);
        MacAddress gateway = MacAddress.Parse("02:00:00:00:01:02");
        PathGate gate = new(table) { Classify = link => link.Name == "w1" ? (PathClass.Different, gateway) : (PathClass.Unknown, null) };
        PathView view = gate.Look(table.Links[BondIndex]);
        Assert.Equal((PathClass.Different, gateway), (view.Network, view.Gateway));
    }

    private static (bool, string, int) Parts(PathView view) => (view.Usable, view.Why, view.Device);
}
