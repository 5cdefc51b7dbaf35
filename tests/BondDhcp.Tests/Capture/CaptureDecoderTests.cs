using System.Text.Json;
using BondDhcp.Dhcp.Capture;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Wire;
using Xunit;

namespace BondDhcp.Tests.Capture;

public class CaptureDecoderTests
{
    private static (string[] Lines, string? Error) Run(byte[] file, bool json)
    {
        var output = new StringWriter { NewLine = "\n" };
        int packets = CaptureDecoder.Run(new MemoryStream(file), output, json, out string? error);
        string[] lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (json) Assert.Equal(packets, lines.Length);
        return (lines, error);
    }

    private static string? ProblemOf(byte[] packet)
    {
        (string[] lines, string? error) = Run(CaptureFile.Pcap(CaptureFile.Ethernet(packet)), json: true);
        Assert.Null(error);
        using JsonDocument document = JsonDocument.Parse(Assert.Single(lines));
        return document.RootElement.GetProperty("problem").GetString();
    }

    [Fact(DisplayName = "AC-12 decode --json: one object a packet, every field under its name")]
    public void Offer_AsJson_HasEveryField()
    {
        byte[] packet = WireMessage.Offer().Add(121, "100a11c0000209").Add(82, "010465746830").Add(56, 0x1b, 0x41).With(m => m.File = "pxe.bin"u8.ToArray()).ToPacket();
        (string[] lines, _) = Run(CaptureFile.Pcap([0, 1, 2], CaptureFile.Ethernet(packet, null, Fixture.A, 7)), json: true);
        Assert.Equal(
            """
            {"frame":2,"at":"2023-11-14T22:13:20.123456790Z","protocol":"dhcpv4","source":"192.0.2.1","destination":"255.255.255.255","sourcePort":67,"destinationPort":68,"sourceMac":"02:00:00:00:00:01","destinationMac":"02:00:00:00:0a:0a","vlan":7,"message":"DHCPOFFER","xid":"3903f326","op":2,"htype":1,"hlen":6,"hops":0,"secs":0,"flags":0,"broadcast":false,"ciaddr":"0.0.0.0","yiaddr":"192.0.2.50","siaddr":"0.0.0.0","giaddr":"0.0.0.0","chaddr":"02:00:00:00:0a:0a","sname":"","file":"pxe.bin","options":[{"code":53,"name":"message-type","value":"DHCPOFFER","hex":"02"},{"code":54,"name":"server-identifier","value":"192.0.2.1","hex":"c0:00:02:01"},{"code":51,"name":"lease-time","value":"3600","hex":"00:00:0e:10"},{"code":1,"name":"subnet-mask","value":"255.255.255.0","hex":"ff:ff:ff:00"},{"code":3,"name":"routers","value":"192.0.2.1","hex":"c0:00:02:01"},{"code":6,"name":"domain-name-servers","value":"192.0.2.1, 192.0.2.2","hex":"c0:00:02:01:c0:00:02:02"},{"code":121,"name":"classless-static-routes","value":"10.17.0.0/16 via 192.0.2.9","hex":"10:0a:11:c0:00:02:09"},{"code":82,"name":"relay-agent-information","value":null,"hex":"01:04:65:74:68:30","options":[{"code":1,"name":"circuit-id","value":"eth0","hex":"65:74:68:30"}]},{"code":56,"name":"message","value":"\\x1bA","hex":"1b:41"}],"problem":null}
            """, Assert.Single(lines));
    }

    [Fact(DisplayName = "AC-12 decode: a packet as text")]
    public void Discover_AsText_ReadsLikeThis()
    {
        byte[] packet = MessageVectorTests.Packets().ElementAt(1);
        (string[] lines, _) = Run(CaptureFile.Pcap(CaptureFile.Ethernet(packet, Fixture.B)), json: false);
        Assert.Equal(
            """
            1  2023-11-14T22:13:20.123456789Z  DHCPDISCOVER  0.0.0.0:68 > 255.255.255.255:67
                ethernet 02:00:00:00:0b:0b > ff:ff:ff:ff:ff:ff
                op 1 htype 1 hlen 6 hops 0 xid 3903f327 secs 4 flags 0x8000 (broadcast)
                ciaddr 0.0.0.0 yiaddr 0.0.0.0 siaddr 0.0.0.0 giaddr 0.0.0.0 chaddr 02:00:00:00:0b:0b
                option  53 message-type                 DHCPDISCOVER
                option  61 client-identifier            ff:32:e8:19:18:00:04:8b:af:2d:96:b4:a2:48:6c:9e:15:ce:ee:09:6b:5c:cd
                option  57 max-message-size             1472
                option  55 parameter-request-list       1, 121, 3, 33, 6, 15, 119, 26, 28, 42, 58, 59
            """, string.Join('\n', lines));
    }

    [Fact(DisplayName = "AC-12 every message of the client and a server's good ones have no problem")]
    public void Messages_Good_HaveNoProblem()
    {
        Assert.All(MessageVectorTests.Packets(), packet => Assert.Null(ProblemOf(packet)));
        Assert.Null(ProblemOf(WireMessage.Offer().ToPacket()));
        Assert.Null(ProblemOf(WireMessage.Ack().ToPacket()));
        Assert.Null(ProblemOf(WireMessage.Nak().ToPacket()));
        // To a relay, and the answer to a DHCPINFORM.
        Assert.Null(ProblemOf(WireMessage.Offer().ToPacket(67)));
        Assert.Null(ProblemOf(WireMessage.Ack().Without(51).With(m => (m.Ciaddr, m.Yiaddr) = ("192.0.2.50", "0.0.0.0")).ToPacket()));
    }

    public static readonly TheoryData<string, string> BadPackets = new()
    {
        { "ip length", "V1 ipHeader" },
        { "more fragments", "V1 fragment" },
        { "ip checksum", "V2 ipChecksum" },
        { "udp length", "V3 udpLength" },
        { "udp checksum", "V4 udpChecksum" },
        { "op", "V6 op" },
        { "htype", "V7 hardwareType" },
        { "cookie", "V10 cookie" },
        { "option length", "V11 optionLength" },
        { "no type", "V12 messageType" },
        { "force renew", "V12 forceRenew" },
        { "server", "V14 serverIdentifier" },
        { "lease", "V16 leaseTime" },
        { "yiaddr", "V17 yiaddr" },
        { "mask", "V18 subnetMask" },
    };

    [Theory(DisplayName = "AC-12 a bad packet is shown with the rule it breaks")]
    [MemberData(nameof(BadPackets))]
    public void Packet_Bad_NamesTheRule(string what, string rule)
    {
        WireMessage message = WireMessage.Offer();
        byte[] packet = what switch
        {
            "op" => message.With(m => m.Op = 1).ToPacket(),
            "htype" => message.With(m => m.Htype = 6).ToPacket(),
            "cookie" => message.With(m => m.Cookie = 1).ToPacket(),
            "option length" => message.With(m => (m.Tail, m.LeastLength) = ([99, 40], 0)).ToPacket(),
            "no type" => message.Without(53).ToPacket(),
            "force renew" => message.Set(53, "09").ToPacket(),
            "server" => message.Without(54).ToPacket(),
            "lease" => message.Without(51).ToPacket(),
            "yiaddr" => message.With(m => m.Yiaddr = "192.0.2.255").ToPacket(),
            "mask" => message.Set(1, "ff00ff00").ToPacket(),
            _ => message.ToPacket(),
        };
        switch (what)
        {
            case "ip length": packet[3]++; WireMessage.FixIpChecksum(packet); break;
            case "more fragments": packet[6] = 0x20; WireMessage.FixIpChecksum(packet); break;
            case "ip checksum": packet[10] ^= 1; break;
            case "udp length": packet[25]++; break;
            case "udp checksum": packet[26] ^= 1; break;
        }
        Assert.StartsWith(rule + ": ", ProblemOf(packet), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "AC-12 a checksum left to the network card is no problem, none is neither")]
    public void Packet_WithUnfinishedChecksum_HasNoProblem()
    {
        byte[] packet = WireMessage.Offer().ToPacket();
        byte[] pseudo = [.. packet[12..20], 0, 17, .. packet[24..26]];
        ushort sum = (ushort)~WireMessage.Checksum(pseudo);
        (packet[26], packet[27]) = ((byte)(sum >> 8), (byte)sum);
        Assert.Null(ProblemOf(packet));
        packet[26] = packet[27] = 0;
        Assert.Null(ProblemOf(packet));
    }

    [Fact]
    public void Packet_TooShortForAMessage_IsShownWithoutFields()
    {
        byte[] packet = WireMessage.Packet(Fixture.Server, Ipv4Address.Broadcast, 67, 68, [2, 1, 6]);
        (string[] lines, _) = Run(CaptureFile.Pcap(CaptureFile.Ethernet(packet)), json: true);
        using JsonDocument document = JsonDocument.Parse(Assert.Single(lines));
        Assert.Equal(JsonValueKind.Null, document.RootElement.GetProperty("message").ValueKind);
        Assert.Empty(document.RootElement.GetProperty("options").EnumerateArray());
        Assert.StartsWith("V3 udpLength", document.RootElement.GetProperty("problem").GetString(), StringComparison.Ordinal);
        Assert.Contains("(too short)", Run(CaptureFile.Pcap(CaptureFile.Ethernet(packet)), json: false).Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Packet_CutByTheCapture_SaysSo()
    {
        byte[] frame = CaptureFile.Ethernet(WireMessage.Offer().ToPacket());
        byte[] file = CaptureFile.Pcap(bigEndian: false, nanoseconds: false, 0, 0, frame[..290]);
        using JsonDocument document = JsonDocument.Parse(Assert.Single(Run(file, json: true).Lines));
        Assert.Equal("DHCPOFFER", document.RootElement.GetProperty("message").GetString());
        Assert.EndsWith("(the capture keeps 290 of 300 octets)", document.RootElement.GetProperty("problem").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void OtherTraffic_IsPassedOver()
    {
        byte[] tcp = WireMessage.Offer().ToPacket();
        tcp[9] = 6;
        byte[] other = WireMessage.Packet(Fixture.Server, Fixture.L, 53, 4000, new byte[300]);
        byte[] later = WireMessage.Offer().ToPacket();
        later[7] = 1;
        (string[] lines, string? error) = Run(
            CaptureFile.Pcap(LinkType.Raw, tcp, other, later, [], [0x45]), json: true);
        Assert.Empty(lines);
        Assert.Null(error);
    }

    [Fact]
    public void File_Damaged_GivesWhatWasBefore()
    {
        byte[] file = CaptureFile.Pcap(CaptureFile.Ethernet(WireMessage.Offer().ToPacket()), CaptureFile.Ethernet(WireMessage.Ack().ToPacket()));
        (string[] lines, string? error) = Run(file[..^5], json: true);
        Assert.Single(lines);
        Assert.Contains("after frame 1", error, StringComparison.Ordinal);
    }
}
