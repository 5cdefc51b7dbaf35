using System.Buffers.Binary;
using System.Text.Json;
using BondDhcp.Dhcp.Capture;
using BondDhcp.Tests.Wire;
using Xunit;

namespace BondDhcp.Tests.Capture;

/// <summary>DHCPv6 in captures: what is shown of a packet, and what is said against it.</summary>
public class Capture6Tests
{
    private const string Client = "fe80::ff:fe00:a0a";
    private const string Server = "fe80::1";
    private const string Everybody = "ff02::1:2";

    private static (string[] Lines, string? Error) Run(byte[] file, bool json)
    {
        var output = new StringWriter { NewLine = "\n" };
        CaptureDecoder.Run(new MemoryStream(file), output, json, out string? error);
        return (output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries), error);
    }

    private static JsonElement Decode(byte[] packet)
    {
        (string[] lines, string? error) = Run(CaptureFile.Pcap(Frame(packet)), json: true);
        Assert.Null(error);
        return JsonDocument.Parse(Assert.Single(lines)).RootElement;
    }

    private static string? ProblemOf(byte[] packet) => Decode(packet).GetProperty("problem").GetString();

    private static byte[] Frame(byte[] packet) => [0x33, 0x33, 0, 1, 0, 2, 2, 0, 0, 0, 0x0a, 0x0a, 0x86, 0xdd, .. packet];

    private static byte[] FromClient(byte[] message) => Wire6Packet.Of(Client, Everybody, 546, 547, message);

    private static byte[] FromServer(Wire6Message message) => Wire6Packet.Of(Server, Client, 547, 546, message.ToOctets());

    private static byte[] Solicit => Message6VectorTests.Messages().First();

    [Fact(DisplayName = "The UDP checksum of the vectors: SOLICIT from fe80::ff:fe00:a0a to ff02::1:2, f1b1")]
    public void Solicit_OfTheVector_HasItsChecksum()
    {
        byte[] packet = FromClient(Solicit);
        Assert.Equal(0xf1b1, BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(46)));
        Assert.Null(ProblemOf(packet));
    }

    [Fact(DisplayName = "AC-12 decode --json: a REPLY with every field, and what is inside its options")]
    public void Reply_AsJson_HasEveryField()
    {
        byte[] inner = [.. Wire6Message.Option(67, 0x40, 0x78)];
        byte[] packet = FromServer(Wire6Message.Reply().Add(25, Wire6Message.Ia(7, 0, 0, Wire6Message.Prefix("2001:db8:dead:bee0::/59", inner: inner))).Add(13, 0, 0, 0x1b));
        (string[] lines, _) = Run(CaptureFile.Pcap(Frame(packet)), json: true);
        Assert.Equal(
            """
            {"frame":1,"at":"2023-11-14T22:13:20.123456789Z","protocol":"dhcpv6","source":"fe80::1","destination":"fe80::ff:fe00:a0a","sourcePort":547,"destinationPort":546,"sourceMac":"02:00:00:00:0a:0a","destinationMac":"33:33:00:01:00:02","message":"REPLY","xid":"2a2b2d","hopCount":null,"linkAddress":null,"peerAddress":null,"options":[{"code":1,"name":"client-identifier","value":"00:04:8b:af:2d:96:b4:a2:48:6c:9e:15:ce:ee:09:6b:5c:cd","hex":"00:04:8b:af:2d:96:b4:a2:48:6c:9e:15:ce:ee:09:6b:5c:cd"},{"code":2,"name":"server-identifier","value":"00:03:00:01:02:00:00:00:00:01","hex":"00:03:00:01:02:00:00:00:00:01"},{"code":3,"name":"ia-na","value":"iaid 32e81918 t1 300 t2 480","hex":"32:e8:19:18:00:00:01:2c:00:00:01:e0:00:05:00:18:20:01:0d:b8:00:00:00:00:00:00:00:00:00:00:01:00:00:00:02:58:00:00:03:84","options":[{"code":5,"name":"ia-address","value":"2001:db8::100 preferred 600 valid 900","hex":"20:01:0d:b8:00:00:00:00:00:00:00:00:00:00:01:00:00:00:02:58:00:00:03:84"}]},{"code":25,"name":"ia-pd","value":"iaid 00000007 t1 0 t2 0","hex":"00:00:00:07:00:00:00:00:00:00:00:00:00:1a:00:1f:00:00:02:58:00:00:03:84:3b:20:01:0d:b8:de:ad:be:e0:00:00:00:00:00:00:00:00:00:43:00:02:40:78","options":[{"code":26,"name":"ia-prefix","value":"2001:db8:dead:bee0::/59 preferred 600 valid 900","hex":"00:00:02:58:00:00:03:84:3b:20:01:0d:b8:de:ad:be:e0:00:00:00:00:00:00:00:00:00:43:00:02:40:78","options":[{"code":67,"name":"pd-exclude","value":"2001:db8:dead:beef::/64","hex":"40:78"}]}]},{"code":13,"name":"status-code","value":"Success (\\x1b)","hex":"00:00:1b"}],"problem":null}
            """, Assert.Single(lines));
    }

    [Fact(DisplayName = "AC-12 decode: DHCPv6 as text, between DHCPv4 of the same file")]
    public void Relayed_AsText_ReadsLikeThis()
    {
        byte[] relay = [12, 1, .. Wire6Message.Octets("2001:db8:66::1"), .. Wire6Message.Octets(Client), .. Wire6Message.Option(18, 7), .. Wire6Message.Option(9, Solicit)];
        (string[] lines, _) = Run(
            CaptureFile.Pcap(
                Frame(FromServer(Wire6Message.Reply())), CaptureFile.Ethernet(WireMessage.Offer().ToPacket()),
                Frame(Wire6Packet.Of("2001:db8:55::2", "2001:db8:55::1", 547, 547, relay))), json: false);
        Assert.Equal(
            """
            1  2023-11-14T22:13:20.123456789Z  REPLY  [fe80::1]:547 > [fe80::ff:fe00:a0a]:546
                ethernet 02:00:00:00:0a:0a > 33:33:00:01:00:02
                xid 2a2b2d
                option   1 client-identifier            00:04:8b:af:2d:96:b4:a2:48:6c:9e:15:ce:ee:09:6b:5c:cd
                option   2 server-identifier            00:03:00:01:02:00:00:00:00:01
                option   3 ia-na                        iaid 32e81918 t1 300 t2 480
                    option   5 ia-address                   2001:db8::100 preferred 600 valid 900
            """, string.Join('\n', lines[..7]));
        Assert.Contains("DHCPOFFER", lines[7], StringComparison.Ordinal);
        Assert.Equal(
            """
            3  2023-11-14T22:13:20.123456791Z  RELAY-FORW  [2001:db8:55::2]:547 > [2001:db8:55::1]:547
                ethernet 02:00:00:00:0a:0a > 33:33:00:01:00:02
                hops 1 link 2001:db8:66::1 peer fe80::ff:fe00:a0a
                option  18 interface-id                 07
                option   9 relay-message                SOLICIT xid 2a2b2c
                    option   1 client-identifier            00:04:8b:af:2d:96:b4:a2:48:6c:9e:15:ce:ee:09:6b:5c:cd
                    option   8 elapsed-time                 0
                    option   6 option-request               23, 24, 56, 82
                    option   3 ia-na                        iaid 32e81918 t1 0 t2 0
            """, string.Join('\n', lines[^9..]));
    }

    [Fact(DisplayName = "AC-12 messages as they should be have no problem, of clients, servers and relay agents")]
    public void Messages_Good_HaveNoProblem()
    {
        Assert.All(Message6VectorTests.Messages().Take(3), message => Assert.Null(ProblemOf(FromClient(message))));
        Assert.Null(ProblemOf(FromServer(Wire6Message.Reply())));
        Assert.Null(ProblemOf(FromServer(Wire6Message.Advertise())));
        Assert.Null(ProblemOf(FromServer(Wire6Message.Bare().Without(1))));
        Assert.Null(ProblemOf(FromClient(new Wire6Message { Type = 11 }.Add(6, 0, 23).ToOctets())));
        byte[] reply = Relay(13, Relay(13, Wire6Message.Reply().ToOctets()));
        Assert.Null(ProblemOf(Wire6Packet.Of("2001:db8::1", "2001:db8::2", 547, 547, reply)));
        byte[] forward = Relay(12, Relay(12, Solicit));
        Assert.Null(ProblemOf(Wire6Packet.Of("2001:db8::2", "2001:db8::1", 547, 547, forward)));
    }

    private static byte[] Relay(byte type, byte[] inner) => [type, 0, .. new byte[32], .. Wire6Message.Option(9, inner)];

    public static readonly TheoryData<string, string> BadPackets = new()
    {
        { "ip length", "ipHeader" },
        { "jumbo", "ipHeader" },
        { "fragment", "fragment" },
        { "udp length", "udpLength" },
        { "udp shorter", "udpLength" },
        { "udp checksum", "udpChecksum" },
        { "no udp checksum", "udpChecksum" },
        { "multicast reply", "multicast" },
        { "multicast source", "source" },
        { "header", "length" },
        { "option length", "optionLength" },
        { "request to client", "messageType" },
        { "relay to client", "messageType" },
        { "reconfigure", "reconfigure" },
        { "no client", "clientIdentifier" },
        { "no server", "serverIdentifier" },
        { "solicit without client", "clientIdentifier" },
        { "solicit with server", "serverIdentifier" },
        { "renew without server", "serverIdentifier" },
        { "reply to server", "unexpectedMessage" },
        { "relay header", "length" },
        { "relay option", "optionLength" },
        { "relay empty", "relayMessage" },
        { "relay inner", "in the relayed message: optionLength" },
        { "relay turned", "in the relayed message: messageType" },
        { "relays", "in the relayed message: in the relayed message: in the relayed message: in the relayed message: in the relayed message: in the relayed message: in the relayed message: in the relayed message: relays" },
    };

    [Theory(DisplayName = "AC-12 a bad packet is shown with the rule it breaks")]
    [MemberData(nameof(BadPackets))]
    public void Packet_Bad_NamesTheRule(string what, string rule)
    {
        Wire6Message solicit = new Wire6Message { Type = 1 }.Add(1, Wire6Message.ClientHex);
        byte[] ToServer(byte[] message) => Wire6Packet.Of("2001:db8::2", "2001:db8::1", 547, 547, message);
        byte[] nested = Solicit;
        for (int i = 0; i < 9; i++) nested = Relay(12, nested);
        byte[] packet = what switch
        {
            "fragment" => Wire6Packet.WithExtension(FromClient(Solicit), 44, [0, 0, 0, 1, 0, 0, 0, 9]),
            "multicast reply" => Wire6Packet.Of(Server, "ff02::1", 547, 546, Wire6Message.Reply().ToOctets()),
            "multicast source" => Wire6Packet.Of("ff02::1", Everybody, 546, 547, Solicit),
            "header" => FromClient([1, 2, 3]),
            "option length" => FromServer(Wire6Message.Reply().With(m => m.Tail = [0, 1])),
            "request to client" => FromServer(Wire6Message.Reply().With(m => m.Type = 3)),
            "relay to client" => Wire6Packet.Of(Server, Client, 547, 546, Relay(13, Wire6Message.Reply().ToOctets())),
            "reconfigure" => FromServer(Wire6Message.Bare().With(m => m.Type = 10)),
            "no client" => FromServer(Wire6Message.Advertise().Without(1)),
            "no server" => FromServer(Wire6Message.Reply().Without(2)),
            "solicit without client" => FromClient(solicit.Without(1).ToOctets()),
            "solicit with server" => FromClient(solicit.Add(2, Wire6Message.ServerHex).ToOctets()),
            "renew without server" => FromClient(solicit.With(m => m.Type = 5).ToOctets()),
            "reply to server" => FromClient(Wire6Message.Reply().ToOctets()),
            "relay header" => ToServer(Relay(12, Solicit)[..20]),
            "relay option" => ToServer([.. Relay(12, Solicit), 0]),
            "relay empty" => ToServer(Relay(12, Solicit)[..34]),
            "relay inner" => ToServer(Relay(12, [.. Solicit, 0])),
            "relay turned" => ToServer(Relay(13, Relay(12, Solicit))),
            "relays" => ToServer(nested),
            _ => FromServer(Wire6Message.Reply()),
        };
        switch (what)
        {
            case "ip length": packet[5]++; break;
            case "jumbo": packet[4] = packet[5] = 0; break;
            case "udp length": packet[45]++; break;
            case "udp shorter": (packet[44], packet[45]) = (0, 7); break;
            case "udp checksum": packet[46] ^= 1; break;
            case "no udp checksum": packet[46] = packet[47] = 0; break;
        }
        Assert.StartsWith(rule + ": ", ProblemOf(packet), StringComparison.Ordinal);
    }

    [Fact]
    public void Checksum_LeftToTheNetworkCard_IsNoProblem()
    {
        byte[] packet = FromServer(Wire6Message.Reply());
        byte[] pseudo = [.. packet[8..40], 0, 0, packet[44], packet[45], 0, 0, 0, 17];
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(46), (ushort)~WireMessage.Checksum(pseudo));
        Assert.Null(ProblemOf(packet));
    }

    [Fact(DisplayName = "Extension headers are walked; an atomic fragment is a whole packet (RFC 6946)")]
    public void ExtensionHeaders_AreWalked()
    {
        byte[] packet = FromClient(Solicit);
        byte[] options = [0, 0, 1, 4, 0, 0, 0, 0];
        byte[] longer = [0, 1, 1, 12, .. new byte[12]];
        byte[] authentication = [0, 4, 0, 0, .. new byte[20]];
        byte[] atomic = [0, 0, 0, 0, 0, 0, 0, 9];
        foreach ((byte kind, byte[] header) in ((byte, byte[])[])[(0, options), (60, longer), (43, longer), (51, authentication), (44, atomic)])
        {
            packet = Wire6Packet.WithExtension(packet, kind, header);
            JsonElement decoded = Decode(packet);
            Assert.Equal(("SOLICIT", JsonValueKind.Null), (decoded.GetProperty("message").GetString(), decoded.GetProperty("problem").ValueKind));
        }
        for (int i = 0; i < 4; i++) packet = Wire6Packet.WithExtension(packet, 60, options);
        Assert.Empty(Run(CaptureFile.Pcap(Frame(packet)), json: true).Lines);
    }

    [Fact]
    public void OtherTraffic_IsPassedOver()
    {
        byte[] later = Wire6Packet.WithExtension(FromClient(Solicit), 44, [0, 0, 0, 8, 0, 0, 0, 9]);
        byte[] tcp = FromClient(Solicit);
        tcp[6] = 6;
        byte[] endless = FromClient(Solicit);
        (endless[6], endless[40], endless[41]) = (0, 0, 255);
        byte[] other = Wire6Packet.Of(Client, Server, 546, 53, Solicit);
        (string[] lines, string? error) = Run(CaptureFile.Pcap(LinkType.Raw, later, tcp, endless, other, FromClient(Solicit)[..47], [0x60]), json: true);
        Assert.Empty(lines);
        Assert.Null(error);
    }

    [Fact]
    public void Packet_OfOtherLinkTypes_IsFound()
    {
        byte[] packet = FromClient(Solicit);
        Assert.Single(Run(CaptureFile.Pcap(LinkType.Raw, packet), json: true).Lines);
        Assert.Single(Run(CaptureFile.Pcap(LinkType.Ipv6, packet), json: true).Lines);
    }

    [Fact]
    public void Packet_CutByTheCapture_SaysSo()
    {
        byte[] frame = Frame(FromServer(Wire6Message.Reply()));
        JsonElement decoded = JsonDocument.Parse(Assert.Single(Run(CaptureFile.Pcap(false, false, 0, 0, frame[..^6]), json: true).Lines)).RootElement;
        Assert.Equal("REPLY", decoded.GetProperty("message").GetString());
        Assert.Equal(2, decoded.GetProperty("options").GetArrayLength());
        Assert.StartsWith("ipHeader: ", decoded.GetProperty("problem").GetString(), StringComparison.Ordinal);
        Assert.Contains(" octets)", decoded.GetProperty("problem").GetString(), StringComparison.Ordinal);
        Assert.Contains("(too short)", Run(CaptureFile.Pcap(Frame(FromClient([1]))), json: false).Lines[0], StringComparison.Ordinal);
    }
}
