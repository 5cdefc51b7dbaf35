using System.Text;
using BondDhcp.Bond.Wpa;
using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Wpa;

public sealed class WpaEventTests
{
    [Theory(DisplayName = "AW-3 CONNECTED, with and without the interface's name before it")]
    [InlineData("<3>CTRL-EVENT-CONNECTED - Connection to 02:00:00:00:01:00 completed [id=0 id_str=]")]
    [InlineData("IFNAME=wlan0 <3>CTRL-EVENT-CONNECTED - Connection to 02:00:00:00:01:00 completed [id=0 id_str=]")]
    public void Connected_IsReadWithItsAccessPoint(string text)
    {
        WpaEvent told = WpaEvent.Parse(Encoding.ASCII.GetBytes(text))!;
        Assert.Equal(WpaEventKind.Connected, told.Kind);
        Assert.Equal(3, told.Level);
        Assert.Equal(MacAddress.Parse("02:00:00:00:01:00"), told.Bssid);
        Assert.StartsWith("CTRL-EVENT-CONNECTED", told.Text, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "AW-5 a network that is put aside for a wrong key says so, and for how long")]
    public void WrongKey_IsReadWithAllItSays()
    {
        WpaEvent told = Parse("<3>CTRL-EVENT-SSID-TEMP-DISABLED id=0 ssid=\"a \\\"b\\x00\" auth_failures=3 duration=30 reason=WRONG_KEY");
        Assert.Equal(WpaEventKind.NetworkDisabled, told.Kind);
        Assert.Equal("WRONG_KEY", told.Reason);
        Assert.Equal(3, told.Failures);
        Assert.Equal(30, told.DurationSeconds);
        Assert.Equal("a \"b\0"u8.ToArray(), told.Ssid!.Value.ToArray());
    }

    [Theory]
    [InlineData("<3>CTRL-EVENT-DISCONNECTED bssid=02:00:00:00:01:00 reason=3 locally_generated=1", WpaEventKind.Disconnected, "3")]
    [InlineData("<3>CTRL-EVENT-SSID-REENABLED id=0 ssid=\"x\"", WpaEventKind.NetworkEnabled, null)]
    [InlineData("<3>CTRL-EVENT-ASSOC-REJECT bssid=02:00:00:00:01:00 status_code=17", WpaEventKind.AssociationRejected, "17")]
    [InlineData("<3>CTRL-EVENT-AUTH-REJECT 02:00:00:00:01:00 auth_type=3 auth_transaction=2 status_code=15", WpaEventKind.AuthenticationRejected, "15")]
    [InlineData("<3>CTRL-EVENT-NETWORK-NOT-FOUND ", WpaEventKind.NetworkNotFound, null)]
    [InlineData("<3>CTRL-EVENT-EAP-STARTED EAP authentication started", WpaEventKind.EapProgress, null)]
    [InlineData("<3>CTRL-EVENT-EAP-FAILURE EAP authentication failed", WpaEventKind.EapFailed, null)]
    [InlineData("<3>CTRL-EVENT-TERMINATING ", WpaEventKind.Terminating, null)]
    [InlineData("<3>CTRL-EVENT-SCAN-RESULTS ", WpaEventKind.Noise, null)]
    [InlineData("<3>CTRL-REQ-PASSWORD-0:Password needed for SSID x", WpaEventKind.Asking, null)]
    [InlineData("<3>SME: Trying to authenticate with 02:00:00:00:01:00", WpaEventKind.Trying, null)]
    [InlineData("<2>something of a later version", WpaEventKind.Other, null)]
    public void Events_AreToldApart(string text, WpaEventKind kind, string? reason)
    {
        WpaEvent told = Parse(text);
        Assert.Equal(kind, told.Kind);
        Assert.Equal(reason, told.Reason);
    }

    [Theory(DisplayName = "AW-9 what is no event is none")]
    [InlineData("")]
    [InlineData("<")]
    [InlineData("<3")]
    [InlineData("<3 CTRL-EVENT-CONNECTED")]
    [InlineData("<x>CTRL-EVENT-CONNECTED")]
    [InlineData("OK\n")]
    [InlineData("IFNAME=")]
    [InlineData("IFNAME=wlan0")]
    [InlineData("IFNAME=wlan0 CTRL-EVENT-CONNECTED")]
    public void Garbage_IsNoEvent(string text) => Assert.Null(WpaEvent.Parse(Encoding.Latin1.GetBytes(text)));

    [Fact(DisplayName = "AW-9 64 KiB of garbage, NUL and bad UTF-8 are survived; text is printable")]
    public void HostileOctets_GiveNothingOrPrintableText()
    {
        Assert.Null(WpaEvent.Parse(new byte[65536]));
        WpaEvent told = WpaEvent.Parse([.. "<3>CTRL-EVENT-CONNECTED - Connection to "u8, 0, 0xff, 0xc3, 0x1b, (byte)'['])!;
        Assert.Null(told.Bssid);
        Assert.EndsWith("\\x00\\xff\\xc3\\x1b[", told.Text, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "AW-9 F6 a seeded fuzz of events, answers and escapes")]
    public void Fuzz_NeverThrowsAndStaysPrintable()
    {
        string[] seeds =
        [
            "<3>CTRL-EVENT-SSID-TEMP-DISABLED id=0 ssid=\"a\\x00b\\\"\\\\\" auth_failures=3 duration=30 reason=WRONG_KEY",
            "IFNAME=wlan0 <3>CTRL-EVENT-CONNECTED - Connection to 02:00:00:00:01:00 completed [id=0 id_str=]",
            "bssid=02:00:00:00:01:00\nssid=a\\x00b\\\"\nid=0\nkey_mgmt=WPA2-PSK\nwpa_state=COMPLETED\nsuppPortStatus=Authorized\n",
            "dot1xSuppEapolFramesRx=3\n",
        ];
        var random = new Random(20260);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] octets = Encoding.ASCII.GetBytes(seeds[random.Next(seeds.Length)]);
            for (int change = random.Next(1, 6); change > 0; change--) octets[random.Next(octets.Length)] = (byte)random.Next(256);
            octets = octets[..random.Next(octets.Length + 1)];
            if (WpaEvent.Parse(octets) is { } told) Assert.All(told.Text, c => Assert.InRange(c, ' ', '~'));
            _ = WpaStatus.Parse(octets);
            _ = WpaStatus.EapolFramesReceived(octets);
            Assert.InRange(WpaText.Unescape(octets).Length, 0, octets.Length);
        }
    }

    [Fact(DisplayName = "AW-10 a name that was escaped has its own octets, and is shown escaped")]
    public void Ssid_Escaped_IsUnescapedAndShownEscaped()
    {
        WpaStatus status = WpaStatus.Parse("ssid=a\\x00b\\\"\\\\\nwpa_state=COMPLETED\n"u8)!;
        Assert.Equal("a\0b\"\\"u8.ToArray(), status.Ssid!.Value.ToArray());
        Assert.Equal("a\\x00b\"\\\\", EscapedText.Of(status.Ssid.Value.AsSpan()));
    }

    [Fact]
    public void Status_OfARadioAndOfAWire_IsRead()
    {
        WpaStatus radio = WpaStatus.Parse("bssid=02:00:00:00:01:00\nfreq=2412\nssid=home\nid=3\nkey_mgmt=WPA2/IEEE 802.1X/EAP\nwpa_state=4WAY_HANDSHAKE\n"u8)!;
        Assert.Equal((WpaState.FourWayHandshake, 3, true, false), (radio.State, radio.NetworkId, radio.IsEap, radio.IsWired));
        WpaStatus wire = WpaStatus.Parse("bssid=01:80:c2:00:00:03\nssid=\nid=0\nkey_mgmt=IEEE 802.1X (no WPA)\nwpa_state=COMPLETED\nsuppPortStatus=Authorized\nEAP state=SUCCESS\n"u8)!;
        Assert.Equal((true, true, "SUCCESS"), (wire.IsWired, wire.PortAuthorised, wire.EapState));
        Assert.Null(wire.Ssid);
        Assert.False(WpaStatus.Parse("key_mgmt=WPA2-PSK\nwpa_state=COMPLETED\n"u8)!.IsEap);
        Assert.Null(WpaStatus.Parse("FAIL\n"u8));
        Assert.Equal(WpaState.Unknown, WpaStatus.Parse("wpa_state=LATER\n"u8)!.State);
    }

    [Theory]
    [InlineData("ctrl_interface=/run/wpa\n", "/run/wpa", true)]
    [InlineData("ctrl_interface=DIR=/run/wpa GROUP=netdev\n", "/run/wpa", true)]
    [InlineData("  ctrl_interface=/run/wpa # for wpa_cli\n", "/run/wpa", true)]
    [InlineData("# ctrl_interface=/run/other\nap_scan=1\n", "/run/wpa_supplicant", false)]
    [InlineData("network={\n ctrl_interface=/run/other\n}\n", "/run/wpa_supplicant", false)]
    [InlineData("network={\n}\nctrl_interface=@abstract:wpa\n", "@abstract:wpa", true)]
    [InlineData("", "/run/wpa_supplicant", false)]
    public void ConfigurationFile_SaysWhereTheSocketIs(string text, string directory, bool names)
    {
        WpaConfigurationFile file = WpaConfigurationFile.Parse(text);
        Assert.Equal((directory, names), (file.ControlDirectory, file.NamesDirectory));
        Assert.Equal(directory + "/wlan0", file.SocketOf("wlan0"));
    }

    private static WpaEvent Parse(string text) => WpaEvent.Parse(Encoding.ASCII.GetBytes(text))!;
}
