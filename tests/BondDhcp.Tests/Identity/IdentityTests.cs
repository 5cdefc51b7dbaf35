using System.Collections.Immutable;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Identity;

public class IdentityTests
{
    private const string MachineIdText = "0123456789abcdef0123456789abcdef";
    private const string DuidText = "00:04:8b:af:2d:96:b4:a2:48:6c:9e:15:ce:ee:09:6b:5c:cd";

    [Fact(DisplayName = "AP-7 DUID and IAID are derived from machine-id and interface name")]
    public void MachineId_OfTheVector_GivesItsDuidAndIaid()
    {
        Duid duid = Duid.FromMachineId(MachineId.Parse(MachineIdText + "\n")!);
        Iaid iaid = Iaid.FromInterfaceName("bond0");

        Assert.Equal(DuidText, duid.ToString());
        Assert.Equal("32e81918", iaid.ToString());
        Assert.Equal(
            "ff32e8191800048baf2d96b4a2486c9e15ceee096b5ccd",
            Convert.ToHexStringLower(Dhcp4ClientIdentifier.FromDuid(iaid, duid).AsSpan()));
    }

    [Fact(DisplayName = "AH-11 a device replugged with another MAC keeps DUID, IAID and option 61")]
    public void Identity_OfAReplacedDevice_IsTheSame()
    {
        using var state = new TemporaryDirectory();
        ImmutableArray<byte> before = IdentityWith(state.Path);
        // Another device, another hardware address: neither is asked for anywhere in the making of an identity, and
        // the form that does hold a hardware address holds the first one.
        ImmutableArray<byte> after = IdentityWith(state.Path);
        Assert.Equal(before.AsEnumerable(), after);

        var macs = new MacIdentifierStore(state.Path);
        ImmutableArray<byte> first = macs.Choose("usb0", MacAddress.Parse("02:00:00:00:0a:0a"), out _);
        ImmutableArray<byte> second = macs.Choose("usb0", MacAddress.Parse("02:00:00:00:0b:0b"), out _);
        Assert.Equal("01:02:00:00:00:0a:0a", HexText.Colons(first.AsSpan()));
        Assert.Equal(first.AsEnumerable(), second);
    }

    [Theory(DisplayName = "A6-45 DUID lengths 2, 3, 130, 131; unknown types are opaque")]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(130, true)]
    [InlineData(131, false)]
    public void Duid_OfLength_IsTaken(int length, bool taken)
    {
        byte[] octets = new byte[length];
        octets[1] = 9;
        Assert.Equal(taken, Duid.TryCreate(octets, out Duid? duid));
        if (taken) Assert.Equal(octets, duid!.Octets.ToArray());
    }

    [Theory]
    [InlineData("uninitialized\n")]
    [InlineData("")]
    [InlineData("00000000000000000000000000000000\n")]
    [InlineData("0123456789abcdef0123456789abcde\n")]
    [InlineData("0123456789abcdef0123456789abcdef0\n")]
    [InlineData("0123456789abcdeg0123456789abcdef\n")]
    public void MachineId_ThatIsNone_IsNull(string text)
    {
        Assert.Null(MachineId.Parse(text));
    }

    [Fact]
    public void MachineId_WithoutFile_IsNull()
    {
        Assert.Null(MachineId.Read("/nonexistent/machine-id"));
    }

    [Fact]
    public void RandomDuid_IsAVersion4Uuid()
    {
        Duid duid = Duid.Random(ScriptedEntropy.From(() => uint.MaxValue));
        Assert.Equal("00:04:ff:ff:ff:ff:ff:ff:4f:ff:bf:ff:ff:ff:ff:ff:ff:ff", duid.ToString());
        Assert.NotEqual(Duid.Random(ScriptedEntropy.Seeded(1)), Duid.Random(ScriptedEntropy.Seeded(2)));
    }

    [Fact]
    public void ClientIdentifier_Notations_AreThoseOfTheServers()
    {
        byte[] identifier = [0xff, 0x32, 0xe8, 0x19, 0x18, 0, 4];
        Assert.Equal("id:ff:32:e8:19:18:00:04", Dhcp4ClientIdentifier.Dnsmasq(identifier));
        Assert.Equal("\"client-id\": \"ff:32:e8:19:18:00:04\"", Dhcp4ClientIdentifier.Kea(identifier));
        Assert.Equal("option dhcp-client-identifier ff:32:e8:19:18:00:04;", Dhcp4ClientIdentifier.Isc(identifier));
    }

    [Fact]
    public void ClientIdentifier_OfADuid_ComesApartAgain()
    {
        Assert.True(Duid.TryParse(DuidText, out Duid? duid));
        ImmutableArray<byte> identifier = Dhcp4ClientIdentifier.FromDuid(new Iaid(7), duid);
        Assert.True(Dhcp4ClientIdentifier.TryGetDuid(identifier.AsSpan(), out Iaid iaid, out Duid? again));
        Assert.Equal(new Iaid(7), iaid);
        Assert.Equal(duid, again);
        Assert.False(Dhcp4ClientIdentifier.TryGetDuid(identifier.AsSpan()[..7], out _, out _));
        Assert.False(Dhcp4ClientIdentifier.TryGetDuid(Dhcp4ClientIdentifier.FromBareDuid(duid).AsSpan(), out _, out _));
        Assert.Equal(duid.Octets.ToArray(), Dhcp4ClientIdentifier.FromBareDuid(duid));
    }

    [Theory]
    [InlineData("ff", false)]
    [InlineData("ff00", true)]
    [InlineData("ff:00", true)]
    [InlineData("ff:0", false)]
    [InlineData("xy:00", false)]
    public void ClientIdentifier_InHexadecimal_NeedsTwoOctets(string text, bool taken)
    {
        Assert.Equal(taken, Dhcp4ClientIdentifier.TryParse(text, out _));
    }

    private static ImmutableArray<byte> IdentityWith(string state)
    {
        DuidChoice choice = new DuidStore(state).Choose(null, null, MachineId.Parse(MachineIdText), ScriptedEntropy.Middle());
        return Dhcp4ClientIdentifier.FromDuid(Iaid.FromInterfaceName("usb0"), choice.Duid);
    }
}
