using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Inform;
using BondDhcp.Dhcp.Options;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Components;
using BondDhcp.Host.Configuration;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Inform;

/// <summary>DHCPINFORM (RFC 2131 section 4.4.3), on virtual time.</summary>
public sealed class InformTests
{
    private static readonly Ipv4Prefix s_own = Ipv4Prefix.Parse("192.0.2.60/24");

    private readonly List<(double At, Dhcp4Transmission Message)> _sent = [];
    private readonly List<Dhcp4Effect> _all = [];
    private Dhcp4Surroundings _surroundings = new() { Mac = Fixture.A, HostMacs = [Fixture.A, Fixture.B], PathIndex = 2 };
    private Instant _now = Instant.Zero;
    private Dhcp4InformClient _client = Dhcp4InformClient.Create(new Dhcp4Settings { ClientIdentifier = Fixture.ClientIdentifier });

    private void Feed(Dhcp4InformInput input)
    {
        List<Dhcp4Effect> effects = [];
        _client = _client.Step(input, _surroundings, _now, ScriptedEntropy.Middle(), effects);
        Note(effects);
    }

    private void Note(List<Dhcp4Effect> effects)
    {
        _all.AddRange(effects);
        foreach (Dhcp4Effect.Transmit transmit in effects.OfType<Dhcp4Effect.Transmit>()) _sent.Add((_now.Seconds, transmit.Message));
    }

    private InformTests Start(Ipv4Prefix? address = null)
    {
        Feed(new Dhcp4InformInput.Start(address ?? s_own, Usable: true, ""));
        return this;
    }

    private void For(double seconds)
    {
        Instant end = _now + TimeSpan.FromSeconds(seconds);
        while (_client.NextDeadline <= end)
        {
            _now = Instant.Max(_now, _client.NextDeadline);
            Feed(new Dhcp4InformInput.DeadlineReached());
        }
        _now = end;
    }

    private Dhcp4DropReason Receive(ReplyMessage message)
    {
        Assert.Equal(Dhcp4DropReason.None, Dhcp4MessageView.TryParse(message.ToOctets(), out Dhcp4MessageView view));
        List<Dhcp4Effect> effects = [];
        _client = _client.Receive(view, new Dhcp4Reception(0, Fixture.GatewayMac, true, 0), _surroundings, _now, ScriptedEntropy.Middle(), effects, out Dhcp4DropReason dropped);
        Note(effects);
        return dropped;
    }

    // RFC 2131 table 3: no lease time, yiaddr 0.
    private ReplyMessage Ack(Ipv4Address? server = null) =>
        new ReplyMessage(Dhcp4MessageType.Ack, _sent[^1].Message.Xid, _surroundings.Mac, server ?? Fixture.Server)
            .Address(1, Ipv4Address.Parse("255.255.0.0")).Address(6, Fixture.Server2).Text(15, "example.org");

    [Fact(DisplayName = "A4-66 start: DHCPINFORM with ciaddr our own, no 50, 51, 54; sent at 0, 4, 12, 28 s, and then every 64 s at the latest")]
    public void Start_WithoutAnswer_FollowsTheSchedule()
    {
        Start().For(400);
        Assert.Equal([0, 4, 12, 28, 60, 124, 188, 252, 316, 380], _sent.Select(sent => (int)Math.Round(sent.At)));
        Assert.Single(_sent.Select(sent => sent.Message.Xid).Distinct());
        Assert.Equal([0, 4, 12, 28], _sent.Take(4).Select(sent => (int)sent.Message.Secs));
        Dhcp4Transmission message = _sent[0].Message;
        Assert.Equal((Dhcp4MessageType.Inform, s_own.Address, s_own.Address, Ipv4Address.Broadcast), (message.Type, message.Ciaddr, message.Source, message.Destination));
        byte[] octets = new byte[Dhcp4MessageWriter.MaxLength];
        int length = Dhcp4MessageWriter.Write(
            message, new Dhcp4Identification { ClientIdentifier = Fixture.ClientIdentifier, ParameterRequestList = Dhcp4ParameterRequestList.Default, HostName = "box" },
            Fixture.A, 1500, octets);
        Assert.Equal(Dhcp4DropReason.None, Dhcp4MessageView.TryParseRequest(octets.AsSpan(0, length), out Dhcp4MessageView view));
        Assert.Equal<byte>([53, 61, 57, 55, 12], view.CopyOptions().Select(option => option.Code));
        Assert.Equal((s_own.Address, Fixture.A, false), (view.Ciaddr, view.Chaddr, view.Broadcast));
        Assert.Equal(("requesting", "no DHCP server answers"), (_client.State.Name, _client.Why));
    }

    [Fact(DisplayName = "A4-66 a DHCPACK without 51 and with yiaddr 0 is taken, and the address's own prefix stays")]
    public void Ack_WithoutLeaseTime_IsTaken()
    {
        Start();
        Assert.Equal(Dhcp4DropReason.None, Receive(Ack()));
        Assert.Equal("bound", _client.State.Name);
        Dhcp4Reply said = _client.Information!.Reply;
        Assert.Equal((s_own.Address, 24, 0u, "example.org", Fixture.Server2), (said.Yiaddr, said.PrefixLength, said.LeaseSeconds, said.DomainName, said.DnsServers[0]));
        For(3600);
        Assert.Single(_sent);
        // One that grants something all the same gives no address and no time.
        InformTests other = new InformTests().Start();
        Assert.Equal(Dhcp4DropReason.None, other.Receive(other.Ack().Seconds(51, 60)));
        other.For(3600);
        Assert.Equal((1, "bound"), (other._sent.Count, other._client.State.Name));
    }

    [Fact(DisplayName = "Asked again after a day; what was said stays in force while nobody answers")]
    public void Refresh_AfterADay()
    {
        Start();
        Receive(Ack());
        For(23 * 3600);
        Assert.Single(_sent);
        For(3 * 3600);
        Assert.True(_sent.Count > 3);
        Assert.Equal("renewing", _client.State.Name);
        Assert.NotNull(_client.Information);
        Assert.Equal(Dhcp4DropReason.None, Receive(Ack(Fixture.Server2)));
        Assert.Equal(("bound", Fixture.Server2), (_client.State.Name, _client.Information!.Reply.ServerIdentifier));
    }

    [Fact(DisplayName = "What is not an answer is dropped under its name")]
    public void Others_AreDropped()
    {
        Start();
        Assert.Equal(Dhcp4DropReason.UnexpectedMessage, Receive(Fixture.Offer(_sent[0].Message.Xid, Fixture.A)));
        Assert.Equal(Dhcp4DropReason.Xid, Receive(new ReplyMessage(Dhcp4MessageType.Ack, _sent[0].Message.Xid ^ 1, Fixture.A, Fixture.Server)));
        Assert.Equal(Dhcp4DropReason.Chaddr, Receive(new ReplyMessage(Dhcp4MessageType.Ack, _sent[0].Message.Xid, Fixture.Stranger, Fixture.Server)));
        Assert.Equal(Dhcp4DropReason.ClientIdentifier, Receive(Ack().Option(61, 1, 2, 3)));
        Assert.Equal(Dhcp4DropReason.UnexpectedMessage, Receive(new ReplyMessage(Dhcp4MessageType.Nak, _sent[0].Message.Xid, Fixture.A, Fixture.Server)));
        _client = _client with { Settings = _client.Settings with { RejectServers = [Fixture.Server] } };
        Assert.Equal(Dhcp4DropReason.ServerNotAllowed, Receive(Ack()));
        Assert.Equal($"server {Fixture.Server} answered, but reject-server excludes it", _client.Why);
        _client = _client with { Settings = _client.Settings with { RejectServers = [] } };
        Receive(Ack());
        Assert.Equal(Dhcp4DropReason.NoExchange, Receive(Ack()));
    }

    [Fact(DisplayName = "Another path: asked at once from the new hardware address, at most once a second; another network's words are forgotten")]
    public void PathChange_AsksAgain()
    {
        Start();
        Receive(Ack());
        For(100);
        _surroundings = _surroundings with { Mac = Fixture.B };
        for (int i = 0; i < 5; i++)
        {
            Feed(new Dhcp4InformInput.PathChanged(PathClass.Unknown));
            For(0.1);
        }
        Assert.Equal(2, _sent.Count);
        Assert.NotNull(_client.Information);
        For(1);
        Assert.Equal(3, _sent.Count);
        Assert.Equal(Dhcp4DropReason.None, Receive(Ack()));
        Feed(new Dhcp4InformInput.PathChanged(PathClass.Different));
        Assert.Null(_client.Information);
        Assert.Equal("requesting", _client.State.Name);
    }

    [Fact(DisplayName = "Another address: what was said to the one before is forgotten; none: waited for")]
    public void Address_Another_AsksForIt()
    {
        Start();
        Receive(Ack());
        For(2);
        Feed(new Dhcp4InformInput.AddressChanged(null));
        Assert.Equal(("waiting", "none of the interface's IPv4 addresses is there yet"), (_client.State.Name, _client.Why));
        Assert.Null(_client.Information);
        Feed(new Dhcp4InformInput.AddressChanged(Ipv4Prefix.Parse("192.0.2.61/24")));
        Assert.Equal("192.0.2.61", _sent[^1].Message.Ciaddr.ToString());
        Feed(new Dhcp4InformInput.LinkUnusable("no carrier"));
        Assert.Equal(("waiting", "no carrier"), (_client.State.Name, _client.Why));
        int sent = _sent.Count;
        For(100);
        Assert.Equal(sent, _sent.Count);
        Feed(new Dhcp4InformInput.LinkUsable(PathClass.Unknown));
        Assert.Equal(sent + 1, _sent.Count);
    }

    [Fact(DisplayName = "Commands: renew asks, release forgets and stays idle, acquire asks again; stop sends nothing")]
    public void Commands_AreObeyed()
    {
        Start();
        Receive(Ack());
        For(2);
        Feed(new Dhcp4InformInput.Command(DhcpCommand.Renew));
        Assert.Equal(2, _sent.Count);
        Assert.Empty(_all.OfType<Dhcp4Effect.CommandDone>());
        Receive(Ack());
        Assert.True(Assert.Single(_all.OfType<Dhcp4Effect.CommandDone>()).Succeeded);
        Feed(new Dhcp4InformInput.Command(DhcpCommand.Release));
        Assert.Equal(("stopped", null), (_client.State.Name, _client.Information));
        For(100_000);
        Assert.Equal(2, _sent.Count);
        Feed(new Dhcp4InformInput.Command(DhcpCommand.Acquire));
        Receive(Ack());
        Assert.Equal(("bound", 3), (_client.State.Name, _sent.Count));
        Feed(new Dhcp4InformInput.Stop(Forget: false));
        Assert.NotNull(_client.Information);
        For(100_000);
        Assert.Equal(3, _sent.Count);
        Assert.All(_sent, sent => Assert.Equal(Dhcp4MessageType.Inform, sent.Message.Type));
    }

    [Fact(DisplayName = "Flooded with changes of the path, the cap on messages holds")]
    public void Flapping_StaysUnderTheCap()
    {
        const string heldBack = "^held back: 20 DHCP messages in a minute are the limit, the next in [0-9]+ s$";
        Start();
        for (int i = 0; i < 600; i++)
        {
            Feed(new Dhcp4InformInput.PathChanged(PathClass.Unknown));
            if (i == 400) Assert.Matches(heldBack, _client.WhyAt(_now)!);
            For(0.1);
        }
        Assert.InRange(_sent.Count, 10, TransmitBudget.DhcpPerMinute);
        // Said once, and until when in the status; over with the next message.
        Assert.Matches(heldBack, Assert.Single(_all.OfType<Dhcp4Effect.Tell>(), tell => tell.Report.Event == "warning").Report.Fields[0].Value!.ToString()!);
        int sent = _sent.Count;
        while (_sent.Count == sent && _now.Seconds < 200) For(0.5);
        Assert.DoesNotContain("held back", _client.WhyAt(_now) ?? "", StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Options of the configuration are in force here too")]
    public void Overrides_AreInForce()
    {
        Start();
        Receive(Ack());
        InterfaceConfiguration one = ConfigurationReader.Read(
            "f.toml", "[interface.eth0]\naddresses = [\"192.0.2.60/24\"]\ninform = true\nprepend = { domain-name-servers = \"127.0.0.1\" }").Configuration!.Interfaces[0];
        Dhcp4Reply inForce = Dhcp4OptionsInForce.Of(_client.Information!.Reply, one.Options4);
        Assert.Equal("127.0.0.1 192.0.2.2", string.Join(' ', inForce.DnsServers));
        Assert.Equal((s_own.Address, 24), (inForce.Yiaddr, inForce.PrefixLength));
    }

    [Theory(DisplayName = "inform is refused where it makes no sense, with the reason")]
    [InlineData("dhcp4 = true\naddresses = [\"192.0.2.60/24\"]\ninform = true", "f.toml:4:10: inform: cannot go with dhcp4 = true, which asks for everything already; remove one of them")]
    [InlineData("inform = true", "f.toml:2:10: inform: needs an IPv4 address in 'addresses': it asks for what belongs to an address that is there")]
    [InlineData("addresses = [\"fd00::7/64\"]\ninform = true", "f.toml:3:10: inform: needs an IPv4 address in 'addresses': it asks for what belongs to an address that is there")]
    [InlineData("addresses = [\"192.0.2.60/24\"]\ninform = true", null)]
    public void Configuration_IsChecked(string keys, string? problem)
    {
        ConfigurationResult result = ConfigurationReader.Read("f.toml", "[interface.eth0]\n" + keys);
        Assert.Equal(problem is null ? [] : [problem], result.Problems.Select(one => one.ToString()));
        if (problem is null) Assert.Contains("dhcp4@eth0", ComponentGraph.Of(result.Configuration!).Select(spec => spec.Name));
    }
}
