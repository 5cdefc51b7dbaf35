using System.Text;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Wpa;
using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Wpa;

/// <summary>The machine behind the control socket, driven by hand.</summary>
public sealed class WpaClientTests
{
    private const string First = "02:00:00:00:01:00";
    private const string Second = "02:00:00:00:02:00";

    private readonly List<WpaEffect> _effects = [];
    private WpaClient _client = WpaClient.Create(onWire: false);
    private Instant _now = Instant.FromSeconds(100);

    [Fact(DisplayName = "AW-1 PING, ATTACH, STATUS, one after the other")]
    public void Connect_AsksInOrder()
    {
        Give(new WpaInput.Expect());
        Assert.IsType<WpaEffect.Connect>(Assert.Single(_effects));
        Give(new WpaInput.Connected());
        Assert.Equal("PING", Asked());
        Assert.Equal("attaching", _client.View.State);
        Reply("PONG\n");
        WpaEffect.Send attach = Assert.IsType<WpaEffect.Send>(Assert.Single(_effects));
        Assert.Equal(("ATTACH", true), (attach.Request, attach.OnAttached));
        Told("OK\n");
        Assert.Equal("STATUS", Asked());
        Reply("wpa_state=SCANNING\n");
        Assert.Equal("SCANNING", _client.View.State);
        Assert.Equal("looking for a network", _client.View.Why);
    }

    [Fact(DisplayName = "AW-2 TERMINATING: gone, tried again after 1, 2, 4 ... 30 s, STATUS after it is back")]
    public void Terminating_BacksOffAndAsksAnew()
    {
        Attach(Completed(First));
        Told("<3>CTRL-EVENT-TERMINATING ");
        Assert.Equal("gone", _client.View.State);
        Assert.False(_client.View.PermitsFrames);
        Assert.IsType<WpaEffect.Close>(_effects[0]);
        foreach (double delay in (double[])[1, 2, 4, 8, 16, 30, 30])
        {
            Assert.Equal(delay, (_client.NextDeadline - _now).TotalSeconds);
            Wait(TimeSpan.FromSeconds(delay) - TimeSpan.FromMilliseconds(1));
            Assert.Empty(_effects);
            Wait(TimeSpan.FromMilliseconds(1));
            Assert.IsType<WpaEffect.Connect>(Assert.Single(_effects));
            Give(new WpaInput.ConnectFailed(null));
        }
        Wait(TimeSpan.FromSeconds(30));
        Answer(Completed(First));
        Assert.True(_client.View.PermitsFrames);
    }

    [Fact(DisplayName = "AW-4 CONNECTED elsewhere without DISCONNECTED is one change of the path")]
    public void Roam_IsOneChange()
    {
        Attach(Completed(First));
        int before = _client.View.PathGeneration;
        Told($"<3>CTRL-EVENT-CONNECTED - Connection to {Second} completed [id=0 id_str=]");
        Assert.Equal(before + 1, _client.View.PathGeneration);
        Assert.Equal("STATUS", Asked());
        Reply(Completed(Second));
        Told($"<3>CTRL-EVENT-CONNECTED - Connection to {Second} completed [id=0 id_str=]");
        Assert.Equal(before + 1, _client.View.PathGeneration);
        Assert.Equal(MacAddress.Parse(Second), _client.View.Bssid);
        Assert.True(_client.View.PermitsFrames);
    }

    [Fact(DisplayName = "AW-7 an answer that was on its way when an event came is older than that event: the gate stays as the event says")]
    public void Status_FromBeforeAnEvent_IsNotTaken()
    {
        Attach("wpa_state=4WAY_HANDSHAKE\n");
        Told("<3>Associated with 02:00:00:00:01:00");
        Assert.Equal("STATUS", Asked());
        Told($"<3>CTRL-EVENT-CONNECTED - Connection to {First} completed [id=0 id_str=]");
        Assert.True(_client.View.PermitsFrames);
        int path = _client.View.PathGeneration;
        Reply("wpa_state=4WAY_HANDSHAKE\n");
        Assert.True(_client.View.PermitsFrames);
        // The one that was asked for after it counts, whatever it says.
        Assert.Equal("STATUS", Asked());
        Reply(Completed(First));
        Assert.True(_client.View.PermitsFrames);
        Assert.Equal(("home", path), (_client.View.Ssid, _client.View.PathGeneration));
    }

    [Fact(DisplayName = "AW-5 a wrong key is the reason until there is a connection, or it is tried again")]
    public void WrongKey_StaysTheReason()
    {
        Attach("wpa_state=SCANNING\n");
        Told("<3>CTRL-EVENT-SSID-TEMP-DISABLED id=0 ssid=\"home\" auth_failures=3 duration=30 reason=WRONG_KEY");
        const string why = "wrong key for \"home\", 3 failures, tried again after 30 s";
        Assert.Equal(why, _client.View.Why);
        Assert.False(_client.View.PermitsFrames);
        Reply("wpa_state=SCANNING\n");
        Told("<3>CTRL-EVENT-NETWORK-NOT-FOUND ");
        Assert.Equal(why, _client.View.Why);
        Told("<3>CTRL-EVENT-SSID-REENABLED id=0 ssid=\"home\"");
        Assert.Equal(why, _client.View.Why);
        Told($"<3>Trying to associate with {First} (SSID='home' freq=2412 MHz)");
        ReplyToBoth("wpa_state=ASSOCIATING\n");
        Assert.Equal("associating", _client.View.Why);
        Told($"<3>CTRL-EVENT-CONNECTED - Connection to {First} completed [id=0 id_str=]");
        Assert.Null(_client.View.Why);
    }

    [Theory]
    [InlineData("<3>CTRL-EVENT-NETWORK-NOT-FOUND ", "no configured network is in range")]
    [InlineData("<3>CTRL-EVENT-ASSOC-REJECT bssid=02:00:00:00:01:00 status_code=17", "the access point 02:00:00:00:01:00 refuses the association (status 17)")]
    [InlineData("<3>CTRL-EVENT-EAP-FAILURE EAP authentication failed", "the 802.1X authentication failed")]
    [InlineData("<3>CTRL-EVENT-SSID-TEMP-DISABLED id=0 ssid=\"x\" auth_failures=1 duration=10 reason=AUTH_FAILED", "authentication failed for \"x\", 1 failure, tried again after 10 s")]
    public void Trouble_IsTheReason(string told, string why)
    {
        Attach("wpa_state=SCANNING\n");
        Told(told);
        Reply("wpa_state=SCANNING\n");
        Assert.Equal(why, _client.View.Why);
    }

    [Theory(DisplayName = "AW-7 the gate is closed in every state but COMPLETED with the link operational")]
    [InlineData("4WAY_HANDSHAKE", OperationalState.Dormant, false)]
    [InlineData("4WAY_HANDSHAKE", OperationalState.Up, false)]
    [InlineData("GROUP_HANDSHAKE", OperationalState.Up, false)]
    [InlineData("ASSOCIATED", OperationalState.Up, false)]
    [InlineData("COMPLETED", OperationalState.Dormant, false)]
    [InlineData("COMPLETED", OperationalState.Up, true)]
    public void Gate_FollowsStateAndLink(string state, OperationalState operational, bool open)
    {
        Attach($"bssid={First}\nssid=home\nkey_mgmt=WPA2-PSK\nwpa_state={state}\n");
        Link link = new() { Index = 1, Name = "wlan0", Flags = LinkFlags.Up | LinkFlags.LowerUp, Carrier = true, OperationalState = operational };
        Assert.Equal(open, _client.View.IsOpen(link));
    }

    [Fact(DisplayName = "AW-8 no answer in 10 s: one new connection each time, and after three of them it hangs")]
    public void Silence_ReconnectsThenIsAHang()
    {
        Attach(Completed(First));
        Wait(WpaClient.SilenceDelay);
        Assert.Equal("PING", Asked());
        for (int attempt = 1; attempt < WpaClient.MaxUnanswered; attempt++)
        {
            Wait(WpaClient.ReplyDelay - TimeSpan.FromMilliseconds(1));
            Assert.Empty(_effects);
            Wait(TimeSpan.FromMilliseconds(1));
            Assert.Equal([typeof(WpaEffect.Close), typeof(WpaEffect.Connect)], _effects.Select(effect => effect.GetType()));
            Give(new WpaInput.Connected());
            Assert.Equal("PING", Asked());
        }
        Wait(WpaClient.ReplyDelay);
        Assert.Equal([typeof(WpaEffect.Close), typeof(WpaEffect.Hung)], _effects.Select(effect => effect.GetType()));
        Assert.Equal("gone", _client.View.State);
        Assert.Equal("wpa_supplicant cannot be reached: it does not answer", _client.View.Why);
    }

    [Fact]
    public void Quiet_IsAskedOnlyAfterAMinuteWithoutAWord()
    {
        Attach(Completed(First));
        Assert.Equal(60, (_client.NextDeadline - _now).TotalSeconds);
        Wait(TimeSpan.FromSeconds(59));
        Told("<3>CTRL-EVENT-SCAN-STARTED ");
        Assert.Empty(_effects);
        Assert.Equal(60, (_client.NextDeadline - _now).TotalSeconds);
    }

    [Fact(DisplayName = "AW-9 datagrams that make no sense are counted, and change nothing")]
    public void Garbage_IsCounted()
    {
        Attach(Completed(First));
        WpaView before = _client.View;
        Told("garbage");
        Told("<3");
        Give(new WpaInput.Unsolicited(new byte[65536]));
        Reply("an answer nobody asked for");
        Assert.Equal(4, _client.Ignored);
        Assert.Equal(before, _client.View);
    }

    [Fact]
    public void Wire_WithoutAuthenticator_IsOpen_AndWithOneWhenAuthorised()
    {
        _client = WpaClient.Create(onWire: true);
        Attach("bssid=01:80:c2:00:00:03\nid=0\nkey_mgmt=IEEE 802.1X (no WPA)\nwpa_state=ASSOCIATED\nsuppPortStatus=Unauthorized\n");
        Assert.Equal("MIB", Asked());
        Reply("dot1xSuppEapolFramesRx=0\n");
        Assert.True(_client.View.PermitsFrames);
        Assert.False(_client.View.AuthenticatedByEap);
        Told("<3>CTRL-EVENT-EAP-STARTED EAP authentication started");
        Assert.False(_client.View.PermitsFrames);
        Assert.Equal("waiting for the 802.1X authentication", _client.View.Why);
        int before = _client.View.PathGeneration;
        Told("<3>CTRL-EVENT-CONNECTED - Connection to 01:80:c2:00:00:03 completed [id=0 id_str=]");
        ReplyToBoth("bssid=01:80:c2:00:00:03\nid=0\nkey_mgmt=IEEE 802.1X (no WPA)\nwpa_state=COMPLETED\nsuppPortStatus=Authorized\n");
        Assert.True(_client.View.PermitsFrames);
        Assert.True(_client.View.AuthenticatedByEap);
        Assert.Equal(before + 1, _client.View.PathGeneration);
        Assert.Null(_client.View.Bssid);
        // The supplicant goes and comes: the switch has not noticed.
        Give(new WpaInput.Refused());
        Assert.True(_client.View.PermitsFrames);
        Assert.Equal("gone", _client.View.State);
    }

    [Fact]
    public void Wire_UnpluggedAndInAnother_HearsOnlyTheNewOne()
    {
        _client = WpaClient.Create(onWire: true);
        Attach("bssid=01:80:c2:00:00:03\nwpa_state=ASSOCIATED\nsuppPortStatus=Unauthorized\n");
        Reply("dot1xSuppEapolFramesRx=5\n");
        Assert.False(_client.View.PermitsFrames);
        Give(new WpaInput.Carrier(false));
        Reply("dot1xSuppEapolFramesRx=5\n");
        Give(new WpaInput.Carrier(true));
        Reply("dot1xSuppEapolFramesRx=5\n");
        Assert.True(_client.View.PermitsFrames);
    }

    [Fact]
    public void Command_IsAnswered_AndWithoutASupplicantAtOnce()
    {
        Give(new WpaInput.Command("RECONFIGURE"));
        Assert.Equal(new WpaEffect.Answered("RECONFIGURE", null), Assert.Single(_effects));
        Attach(Completed(First));
        Give(new WpaInput.Command("RECONFIGURE"));
        Assert.Equal("RECONFIGURE", Asked());
        Reply("FAIL\n");
        Assert.Contains(new WpaEffect.Answered("RECONFIGURE", "FAIL"), _effects);
    }

    private static string Completed(string bssid) => $"bssid={bssid}\nssid=home\nid=0\nkey_mgmt=WPA2-PSK\nwpa_state=COMPLETED\n";

    private void Attach(string status)
    {
        Give(new WpaInput.Expect());
        Answer(status);
    }

    private void Answer(string status)
    {
        Give(new WpaInput.Connected());
        Reply("PONG\n");
        Told("OK\n");
        Reply(status);
    }

    private string Asked() => Assert.IsType<WpaEffect.Send>(_effects[^1]).Request;

    private void Reply(string text) => Give(new WpaInput.Reply(Encoding.UTF8.GetBytes(text)));

    // To the STATUS that was out when something was told, and to the one after it.
    private void ReplyToBoth(string text)
    {
        Reply(text);
        Assert.Equal("STATUS", Asked());
        Reply(text);
    }

    private void Told(string text) => Give(new WpaInput.Unsolicited(Encoding.UTF8.GetBytes(text)));

    private void Wait(TimeSpan time)
    {
        _now += time;
        if (_client.NextDeadline <= _now) Give(new WpaInput.Deadline());
        else _effects.Clear();
    }

    private void Give(WpaInput input)
    {
        (_client, System.Collections.Immutable.ImmutableArray<WpaEffect> effects) = _client.Step(input, _now);
        _effects.Clear();
        _effects.AddRange(effects);
    }
}
