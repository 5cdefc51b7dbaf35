using System.Buffers.Binary;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Wire;

/// <summary>V1 to V5, each with its own reason and in this order.</summary>
public class PacketRulesTests
{
    private static readonly Dhcp4Reception Reception = new(0, Fixture.GatewayMac, ChecksumTrusted: false, VlanId: 0);

    public static TheoryData<string, Dhcp4DropReason> Damages { get; } = new()
    {
        { "none", Dhcp4DropReason.None },
        { "version 6", Dhcp4DropReason.IpHeader },
        { "ihl 4", Dhcp4DropReason.IpHeader },
        { "ihl 15 past the packet", Dhcp4DropReason.IpHeader },
        { "ip length over captured", Dhcp4DropReason.IpHeader },
        { "ip length short", Dhcp4DropReason.UdpLength },
        { "tcp", Dhcp4DropReason.IpHeader },
        { "more fragments", Dhcp4DropReason.Fragment },
        { "offset 5", Dhcp4DropReason.Fragment },
        { "dont fragment", Dhcp4DropReason.None },
        { "ip checksum", Dhcp4DropReason.IpChecksum },
        { "udp length over payload", Dhcp4DropReason.UdpLength },
        { "udp length 7", Dhcp4DropReason.UdpLength },
        { "udp length 247", Dhcp4DropReason.UdpLength },
        { "port 67", Dhcp4DropReason.UdpPort },
        { "source port 1067", Dhcp4DropReason.None },
        { "udp checksum", Dhcp4DropReason.UdpChecksum },
        { "udp checksum 0", Dhcp4DropReason.None },
        { "trailer", Dhcp4DropReason.None },
    };

    [Theory(DisplayName = "A4-40, A4-42 (V1 to V4) each damage gives its own reason")]
    [MemberData(nameof(Damages))]
    public void Packet_WithOneDamage_IsDroppedWithItsReason(string damage, Dhcp4DropReason expected)
    {
        byte[] packet = Damage(WireMessage.Offer().ToPacket(), damage);
        Assert.Equal(expected, Ipv4Udp.TryParse(packet, Reception, out Ipv4UdpDatagram datagram));
        if (expected != Dhcp4DropReason.None) return;
        Assert.Equal(WireMessage.Offer().ToOctets(), datagram.Payload.ToArray());
        Assert.Equal(Fixture.Server, datagram.Source);
        Assert.Equal(Ipv4Address.Broadcast, datagram.Destination);
    }

    [Fact(DisplayName = "A4-42 a bad UDP checksum that the kernel vouches for is accepted, a bad IP checksum is not")]
    public void Checksum_Trusted_IsNotVerified()
    {
        Dhcp4Reception trusted = Reception with { ChecksumTrusted = true };
        Assert.Equal(Dhcp4DropReason.None, Ipv4Udp.TryParse(Damage(WireMessage.Offer().ToPacket(), "udp checksum"), trusted, out _));
        Assert.Equal(Dhcp4DropReason.IpChecksum, Ipv4Udp.TryParse(Damage(WireMessage.Offer().ToPacket(), "ip checksum"), trusted, out _));
    }

    [Theory(DisplayName = "A4-70 (wire), V5 packet type and VLAN")]
    [InlineData(0, 0, Dhcp4DropReason.None)]
    [InlineData(1, 0, Dhcp4DropReason.None)]
    [InlineData(2, 0, Dhcp4DropReason.None)]
    [InlineData(3, 0, Dhcp4DropReason.None)]
    [InlineData(4, 0, Dhcp4DropReason.PacketType)]
    [InlineData(0, 5, Dhcp4DropReason.Vlan)]
    public void Reception_ByTypeAndVlan_IsJudged(byte packetType, ushort vlan, Dhcp4DropReason expected) =>
        Assert.Equal(expected, Ipv4Udp.TryParse(WireMessage.Offer().ToPacket(), Reception with { PacketType = packetType, VlanId = vlan }, out _));

    [Fact(DisplayName = "A4-41 (user space) IP options of any length are skipped")]
    public void Packet_WithIpOptions_IsRead()
    {
        for (int words = 6; words <= 15; words++)
        {
            byte[] plain = WireMessage.Offer().ToPacket();
            byte[] packet = [.. plain[..20], .. Enumerable.Repeat((byte)1, 4 * words - 20), .. plain[20..]];
            packet[0] = (byte)(0x40 | words);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
            WireMessage.FixIpChecksum(packet);
            Assert.Equal(Dhcp4DropReason.None, Ipv4Udp.TryParse(packet, Reception, out Ipv4UdpDatagram datagram));
            Assert.Equal(WireMessage.Offer().ToOctets(), datagram.Payload.ToArray());
        }
    }

    [Fact(DisplayName = "A4-40 a packet cut at any length is dropped without an exception")]
    public void Packet_CutAnywhere_IsDropped()
    {
        byte[] packet = WireMessage.Offer().ToPacket();
        for (int length = 0; length < packet.Length; length++)
            Assert.Equal(Dhcp4DropReason.IpHeader, Ipv4Udp.TryParse(packet.AsSpan(0, length), Reception, out _));
    }

    [Fact]
    public void Write_IntoTooSmallABuffer_IsRefused() =>
        Assert.ThrowsAny<ArgumentException>(() => Ipv4Udp.Write(Fixture.Server, Fixture.L, new byte[300], new byte[327]));

    private static byte[] Damage(byte[] packet, string damage)
    {
        Span<byte> octets = packet;
        switch (damage)
        {
            case "version 6": octets[0] = 0x65; break;
            case "ihl 4": octets[0] = 0x44; break;
            case "ihl 15 past the packet": octets[0] = 0x4f; octets[2] = 0; octets[3] = 59; break;
            case "ip length over captured": octets[3]++; break;
            case "ip length short": octets[2] = 0; octets[3] = 200; break;
            case "tcp": octets[9] = 6; break;
            case "more fragments": octets[6] = 0x20; break;
            case "offset 5": octets[7] = 5; break;
            case "dont fragment": octets[6] = 0x40; break;
            case "udp length over payload": octets[25]++; break;
            case "udp length 7": octets[24] = 0; octets[25] = 7; break;
            case "udp length 247": octets[24] = 0; octets[25] = 247; break;
            case "port 67": octets[23] = 67; break;
            case "source port 1067": octets[20] = 4; octets[26..28].Clear(); break;
            case "udp checksum": octets[40]++; break;
            case "udp checksum 0": octets[26..28].Clear(); break;
            case "trailer": packet = [.. packet, 1, 2, 3]; break;
        }
        if (damage == "ip checksum") packet[10]++;
        else WireMessage.FixIpChecksum(packet);
        return packet;
    }
}
