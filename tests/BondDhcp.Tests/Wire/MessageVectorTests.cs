using System.Buffers.Binary;
using System.Security.Cryptography;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Wire;

/// <summary>Every message of the client against octets, checksums and hashes computed elsewhere.</summary>
public class MessageVectorTests
{
    private const string Cookie = "63825363";
    private const string Option61 = "3d17ff32e8191800048baf2d96b4a2486c9e15ceee096b5ccd";
    private const string Option50 = "3204c0000232";
    private const string Option54 = "3604c0000201";
    private const string Parameters = "390205c0370c01790321060f771a1c2a3a3bff";

    private static readonly Dhcp4Identification Identification = new()
    {
        ClientIdentifier = Fixture.ClientIdentifier,
        ParameterRequestList = Dhcp4ParameterRequestList.Default,
    };

    /// <summary>The first 34 octets, the options from the cookie on, IP checksum, UDP checksum, and the hash of the IP packet.</summary>
    public sealed record Vector(string Head, string Options, int IpChecksum, int UdpChecksum, string Hash);

    public static readonly TheoryData<string> Names = new(All().Select(vector => vector.Name));

    private static IEnumerable<(string Name, Dhcp4Transmission Message, MacAddress Mac, Vector Expected)> All()
    {
        var discover = new Dhcp4Transmission { Type = Dhcp4MessageType.Discover, Xid = 0x3903f326 };
        var request = new Dhcp4Transmission { Type = Dhcp4MessageType.Request, Xid = 0x3903f326 };
        yield return ("DISCOVER", discover, Fixture.A, new(
            "010106003903f3260000000000000000000000000000000000000000020000000a0a",
            Cookie + "350101" + Option61 + Parameters, 0x78e6, 0x9619, "f692eef26028b30c"));
        yield return ("DISCOVER retransmitted after a MAC change",
            discover with { Xid = 0x3903f327, Secs = 4, Broadcast = true }, Fixture.B, new(
            "010106003903f3270004800000000000000000000000000000000000020000000b0b",
            Cookie + "350101" + Option61 + Parameters, 0x78e6, 0x1513, "6b7ce71351d3d318"));
        yield return ("REQUEST selecting",
            request with { RequestKind = Dhcp4RequestKind.Selecting, RequestedAddress = Fixture.L, ServerIdentifier = Fixture.Server },
            Fixture.A, new(
            "010106003903f3260000000000000000000000000000000000000000020000000a0a",
            Cookie + "350103" + Option61 + Option50 + Option54 + Parameters, 0x78e6, 0xa7dc, "785d17fccb956e1e"));
        yield return ("REQUEST init-reboot, form N",
            request with { RequestKind = Dhcp4RequestKind.InitReboot, Xid = 0x11223344, Broadcast = true, RequestedAddress = Fixture.L },
            Fixture.B, new(
            "01010600112233440000800000000000000000000000000000000000020000000b0b",
            Cookie + "350103" + Option61 + Option50 + Parameters, 0x78e6, 0x06a5, "0b5176e8e640657a"));
        yield return ("REQUEST init-reboot, form S",
            request with { RequestKind = Dhcp4RequestKind.InitReboot, Xid = 0x11223345, Broadcast = true, RequestedAddress = Fixture.L, Chaddr = Fixture.A },
            Fixture.B, new(
            "01010600112233450000800000000000000000000000000000000000020000000a0a",
            Cookie + "350103" + Option61 + Option50 + Parameters, 0x78e6, 0x07a5, "c3229cef925dacf2"));
        yield return ("REQUEST renewing",
            request with { RequestKind = Dhcp4RequestKind.Renewing, Xid = 0x11223346, Ciaddr = Fixture.L, Source = Fixture.L, Destination = Fixture.Server },
            Fixture.A, new(
            "010106001122334600000000c0000232000000000000000000000000020000000a0a",
            Cookie + "350103" + Option61 + Parameters, 0xf4b1, 0x3574, "aef5b4e5957c66f3"));
        yield return ("REQUEST rebinding",
            request with { RequestKind = Dhcp4RequestKind.Rebinding, Xid = 0x11223347, Ciaddr = Fixture.L, Source = Fixture.L },
            Fixture.A, new(
            "010106001122334700000000c0000232000000000000000000000000020000000a0a",
            Cookie + "350103" + Option61 + Parameters, 0xb6b3, 0xf774, "1555857ad921c58a"));
        yield return ("DECLINE",
            new Dhcp4Transmission
            {
                Type = Dhcp4MessageType.Decline,
                Xid = 0x11223348,
                RequestedAddress = Fixture.L,
                ServerIdentifier = Fixture.Server,
                Message = "address conflict",
            },
            Fixture.A, new(
            "01010600112233480000000000000000000000000000000000000000020000000a0a",
            Cookie + "350104" + Option61 + Option50 + Option54 + "38106164647265737320636f6e666c696374ff", 0x78e6, 0x6465, "6b8db21a7db3f790"));
        yield return ("RELEASE",
            new Dhcp4Transmission
            {
                Type = Dhcp4MessageType.Release,
                Xid = 0x11223349,
                Ciaddr = Fixture.L,
                ServerIdentifier = Fixture.Server,
                Source = Fixture.L,
                Destination = Fixture.Server,
            },
            Fixture.A, new(
            "010106001122334900000000c0000232000000000000000000000000020000000a0a",
            Cookie + "350107" + Option61 + Option54 + "ff", 0xf4b1, 0x8762, "3f6f55f3a5d43f53"));
    }

    internal static IEnumerable<byte[]> Packets() => All().Select(vector => Frame(vector.Message, vector.Mac));

    private static byte[] Build(Dhcp4Transmission message, MacAddress mac, Dhcp4Identification? identification = null, int mtu = 1500)
    {
        byte[] buffer = new byte[Dhcp4MessageWriter.MaxLength];
        return buffer[..Dhcp4MessageWriter.Write(message, identification ?? Identification, mac, mtu, buffer)];
    }

    private static byte[] Frame(Dhcp4Transmission message, MacAddress mac)
    {
        byte[] packet = new byte[2000];
        return packet[..Ipv4Udp.Write(message.Source, message.Destination, Build(message, mac), packet)];
    }

    private static Dictionary<byte, byte[]> OptionsOf(byte[] message)
    {
        Assert.Equal(Dhcp4DropReason.None, Dhcp4MessageView.TryParseRequest(message, out Dhcp4MessageView view));
        return view.CopyOptions().ToDictionary(option => option.Code, option => option.Data.ToArray());
    }

    [Theory(DisplayName = "A4-1 every message is the vector, octet for octet, with its checksums and hash")]
    [MemberData(nameof(Names))]
    public void Message_Built_IsTheVector(string name)
    {
        (_, Dhcp4Transmission message, MacAddress mac, Vector expected) = All().Single(vector => vector.Name == name);
        byte[] packet = Frame(message, mac);

        byte[] payload = new byte[300];
        Convert.FromHexString(expected.Head).CopyTo(payload, 0);
        Convert.FromHexString(expected.Options).CopyTo(payload, 236);
        Assert.Equal(Convert.ToHexStringLower(payload), Convert.ToHexStringLower(packet.AsSpan(28)));
        Assert.Equal(328, packet.Length);
        Assert.Equal(expected.IpChecksum, BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(10)));
        Assert.Equal(expected.UdpChecksum, BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(26)));
        Assert.Equal(expected.Hash, Convert.ToHexStringLower(SHA256.HashData(packet))[..16]);
    }

    [Theory(DisplayName = "A4-2 what every message has in common")]
    [MemberData(nameof(Names))]
    public void Message_OfAnyKind_HasTheCommonFields(string name)
    {
        (_, Dhcp4Transmission transmission, MacAddress mac, _) = All().Single(vector => vector.Name == name);
        byte[] message = Build(transmission, mac);

        Assert.True(message.Length >= 300);
        Assert.Equal([1, 1, 6, 0], message[..4]);
        Assert.Equal(0, BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(10)) & 0x7fff);
        Assert.All(message[16..28], octet => Assert.Equal(0, octet));
        Assert.Equal("63825363", Convert.ToHexStringLower(message.AsSpan(236, 4)));
        Assert.Equal(53, message[240]);
        Assert.Equal(255, message.Last(octet => octet != 0));
        Assert.Equal(Option61[4..], Convert.ToHexStringLower(OptionsOf(message)[61]));
    }

    [Fact(DisplayName = "A4-2 a DHCPINFORM has them too")]
    public void Inform_Built_HasTheCommonFields()
    {
        byte[] message = Build(
            new Dhcp4Transmission { Type = Dhcp4MessageType.Inform, Xid = 7, Ciaddr = Fixture.L, Source = Fixture.L }, Fixture.A);
        Dictionary<byte, byte[]> options = OptionsOf(message);
        Assert.Equal(300, message.Length);
        Assert.Equal([8], options[53]);
        Assert.Equal(Fixture.ClientIdentifier.ToArray(), options[61]);
        Assert.Equal(Fixture.L, Ipv4Address.FromBytes(message.AsSpan(12)));
        Assert.DoesNotContain((byte)50, options.Keys);
        Assert.DoesNotContain((byte)51, options.Keys);
    }

    [Theory(DisplayName = "A4-3 broadcasts go from 0.0.0.0, a rebinding one from the lease's address; checksums hold")]
    [MemberData(nameof(Names))]
    public void Packet_Framed_HasPortsAddressesAndChecksums(string name)
    {
        (_, Dhcp4Transmission message, MacAddress mac, _) = All().Single(vector => vector.Name == name);
        byte[] packet = Frame(message, mac);
        if (message.Destination == Ipv4Address.Broadcast)
            Assert.Equal(message.RequestKind == Dhcp4RequestKind.Rebinding ? Fixture.L : Ipv4Address.Any, Ipv4Address.FromBytes(packet.AsSpan(12)));
        Assert.Equal(message.Destination, Ipv4Address.FromBytes(packet.AsSpan(16)));
        Assert.Equal(17, packet[9]);
        Assert.Equal([0, 68, 0, 67], packet[20..24]);
        Assert.Equal(0, WireMessage.Checksum(packet.AsSpan(0, 20)));
        byte[] pseudo = [.. packet[12..20], 0, 17, .. packet[24..26], .. packet[20..]];
        Assert.Equal(0, WireMessage.Checksum(pseudo));
    }

    [Fact(DisplayName = "A4-3 a computed UDP checksum of 0 goes out as FFFF")]
    public void Packet_WhoseChecksumIsZero_CarriesAllOnes()
    {
        byte[] payload = new byte[300];
        byte[] packet = new byte[400];
        Ipv4Udp.Write(Ipv4Address.Any, Ipv4Address.Broadcast, payload, packet);
        // The complement of the sum, put into the payload, brings the sum to all ones and the checksum to 0.
        ushort checksum = BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(26));
        BinaryPrimitives.WriteUInt16BigEndian(payload, checksum);
        Ipv4Udp.Write(Ipv4Address.Any, Ipv4Address.Broadcast, payload, packet);
        Assert.Equal(0xffff, BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(26)));
    }

    [Theory(DisplayName = "A4-4 option 57 follows the MTU")]
    [InlineData(9000, 1472)]
    [InlineData(1500, 1472)]
    [InlineData(1280, 1252)]
    [InlineData(576, 576)]
    [InlineData(400, 576)]
    public void Discover_AtMtu_AsksForWhatArrivesWhole(int mtu, int expected)
    {
        byte[] message = Build(new Dhcp4Transmission { Type = Dhcp4MessageType.Discover, Xid = 1 }, Fixture.A, mtu: mtu);
        Assert.Equal(expected, BinaryPrimitives.ReadUInt16BigEndian(OptionsOf(message)[57]));
    }

    [Fact(DisplayName = "A4-6 the parameter request list is one and the same in DISCOVER and every REQUEST")]
    public void ParameterRequestList_OfEveryMessage_IsTheSame()
    {
        var lists = All()
            .Where(vector => vector.Message.Type is Dhcp4MessageType.Discover or Dhcp4MessageType.Request)
            .Select(vector => Convert.ToHexStringLower(OptionsOf(Build(vector.Message, vector.Mac))[55]))
            .ToHashSet();
        byte[] list = Convert.FromHexString(Assert.Single(lists));
        int classless = Array.IndexOf(list, (byte)121);
        Assert.True(classless >= 0 && classless < Array.IndexOf(list, (byte)33) && classless < Array.IndexOf(list, (byte)3));
        Assert.Empty(list.Intersect<byte>([80, 50, 51, 52, 53, 54, 57, 61, 82, 145]));
        Assert.Equal([.. list, 100, 101, 114, 162, 108], Dhcp4ParameterRequestList.For(ipv6Only: true).ToArray());
    }

    [Theory(DisplayName = "A4-9 no host name: neither 12 nor 81; a qualified one: 81; a plain one: 12")]
    [InlineData(null, null, null, null)]
    [InlineData("box", null, "626f78", null)]
    [InlineData(null, "box.example.org", null, "04000003626f78076578616d706c65036f726700")]
    [InlineData("box", "box.example.org", null, "04000003626f78076578616d706c65036f726700")]
    public void Discover_WithAHostName_SendsOneFormOfIt(string? host, string? qualified, string? option12, string? option81)
    {
        var identification = Identification with { HostName = host, FullyQualifiedName = qualified };
        Dictionary<byte, byte[]> options = OptionsOf(
            Build(new Dhcp4Transmission { Type = Dhcp4MessageType.Discover, Xid = 1 }, Fixture.A, identification));
        Assert.Equal(option12, options.TryGetValue(12, out byte[]? plain) ? Convert.ToHexStringLower(plain) : null);
        Assert.Equal(option81, options.TryGetValue(81, out byte[]? full) ? Convert.ToHexStringLower(full) : null);
    }

    [Fact(DisplayName = "A4-12 a DHCPDECLINE carries 50, 54 and 61 and nothing a server could take for a wish")]
    public void Decline_Built_HasItsOptionsOnly()
    {
        (_, Dhcp4Transmission message, MacAddress mac, _) = All().Single(vector => vector.Name == "DECLINE");
        var identification = Identification with { HostName = "box", Sent = [new Dhcp4Option(60, [.. "vendor"u8])] };
        byte[] octets = Build(message, mac, identification);
        Assert.Equal<byte>([50, 53, 54, 56, 61], [.. OptionsOf(octets).Keys.Order()]);
        Assert.Equal(Ipv4Address.Any, Ipv4Address.FromBytes(octets.AsSpan(12)));
        Assert.Equal(Ipv4Address.Any, message.Source);
        Assert.Equal(Ipv4Address.Broadcast, message.Destination);
    }

    [Theory(DisplayName = "AX-3 the largest configuration fits every message")]
    [MemberData(nameof(Names))]
    public void Message_OfTheLargestConfiguration_Fits(string name)
    {
        (_, Dhcp4Transmission transmission, MacAddress mac, _) = All().Single(vector => vector.Name == name);
        string label = new('a', 63);
        var identification = new Dhcp4Identification
        {
            ClientIdentifier = [.. Enumerable.Range(0, 135).Select(i => (byte)i)],
            ParameterRequestList = [.. Enumerable.Range(1, 20 + Dhcp4MessageWriter.MaxAsked).Select(i => (byte)i)],
            FullyQualifiedName = $"{label}.{label}.{label}.{label[..(Dhcp4MessageWriter.MaxFullyQualifiedNameLength - 192)]}",
            Sent = [new Dhcp4Option(60, [.. new byte[255]]), new Dhcp4Option(77, [.. new byte[Dhcp4MessageWriter.MaxSentLength - 4 - 255]])],
        };
        Dhcp4Transmission largest = transmission with { RapidCommit = true, AutoConfigure = true, Broadcast = true };
        byte[] message = Build(largest, mac, identification);
        Assert.InRange(message.Length, 300, 1472);
        Assert.Equal(Dhcp4DropReason.None, Dhcp4MessageView.TryParseRequest(message, out _));
    }

    [Fact(DisplayName = "AX-3 what does not fit is refused, not cut")]
    public void Message_ThatDoesNotFit_IsRefused()
    {
        var identification = Identification with { ClientIdentifier = [.. new byte[256]] };
        Assert.Throws<ArgumentException>(
            () => Build(new Dhcp4Transmission { Type = Dhcp4MessageType.Discover, Xid = 1 }, Fixture.A, identification));
        byte[] small = new byte[280];
        Assert.Throws<ArgumentException>(() => Dhcp4MessageWriter.Write(
            new Dhcp4Transmission { Type = Dhcp4MessageType.Discover, Xid = 1 }, Identification, Fixture.A, 1500, small));
    }
}
