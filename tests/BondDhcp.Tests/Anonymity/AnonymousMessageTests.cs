using System.Buffers.Binary;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Linux;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Runner;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Anonymity;

/// <summary>What is in the octets of a message under the anonymity profile, whatever the configuration says beside.</summary>
public class AnonymousMessageTests
{
    // All that a configuration can make talkative.
    private static readonly Dhcp4Identification s_talkative = new()
    {
        ClientIdentifier = Fixture.ClientIdentifier,
        ParameterRequestList = [1, 3, 6, 15, 121],
        FullyQualifiedName = "host7.example.org",
        Sent = [new Dhcp4Option(60, [1]), new Dhcp4Option(77, [2]), new Dhcp4Option(97, [3]), new Dhcp4Option(124, [4]), new Dhcp4Option(125, [5])],
    };

    private static byte[] Write(Dhcp4Transmission message, Dhcp4Identification? identification = null)
    {
        byte[] buffer = new byte[Dhcp4MessageWriter.MaxLength];
        return buffer[..Dhcp4MessageWriter.Write(message, identification ?? s_talkative, Fixture.A, 1500, buffer)];
    }

    private static List<(byte Code, byte[] Data)> OptionsOf(byte[] message)
    {
        List<(byte Code, byte[] Data)> options = [];
        int i = 240;
        for (; message[i] != 255; i += 2 + message[i + 1]) options.Add((message[i], message[(i + 2)..(i + 2 + message[i + 1])]));
        Assert.Equal(-1, message.AsSpan(i + 1).IndexOfAnyExcept((byte)0));
        return options;
    }

    private static Dhcp4Transmission Of(Dhcp4MessageType type, uint order) => new()
    {
        Type = type,
        Xid = 7,
        AnonymousOrder = order,
        // All that a message could carry: what does not belong into one of its type is left out.
        RequestedAddress = type is Dhcp4MessageType.Release ? null : Fixture.L,
        ServerIdentifier = type is Dhcp4MessageType.Discover or Dhcp4MessageType.Inform ? null : Fixture.Server,
        Chaddr = Fixture.Stranger,
        RapidCommit = true,
        AutoConfigure = true,
        Message = "address conflict",
    };

    [Theory(DisplayName = "RFC 7844 3: each message has the options that the profile lists for it and no other, each once, the type first")]
    [InlineData(Dhcp4MessageType.Discover, new[] { 53, 55, 61 })]
    [InlineData(Dhcp4MessageType.Request, new[] { 50, 53, 54, 55, 61 })]
    [InlineData(Dhcp4MessageType.Decline, new[] { 50, 53, 54, 61 })]
    [InlineData(Dhcp4MessageType.Release, new[] { 53, 54, 61 })]
    public void Message_WhateverIsConfigured_HoldsTheProfile(Dhcp4MessageType type, int[] codes)
    {
        HashSet<string> orders = [], lists = [];
        for (uint order = 0; order < 500; order++)
        {
            byte[] message = Write(Of(type, order));
            List<(byte Code, byte[] Data)> options = OptionsOf(message);
            Assert.Equal(53, options[0].Code);
            Assert.Equal(codes, options.Select(option => (int)option.Code).Order());
            Assert.Equal("02:00:00:00:0a:0a", HexText.Colons(message.AsSpan(28, 6)));
            Assert.Equal("01:02:00:00:00:0a:0a", HexText.Colons(options.Single(option => option.Code == 61).Data));
            orders.Add(string.Join(' ', options.Select(option => option.Code)));
            if (options.FirstOrDefault(option => option.Code == 55).Data is not { } list) continue;
            Assert.Equal([1, 3, 6, 15, 121], list.Order().Select(code => (int)code));
            lists.Add(string.Join(' ', list));
            Assert.Equal(message, Write(Of(type, order)));
        }
        // Every order there is of all but the first, and of the list.
        Assert.Equal(Factorial(codes.Length - 1), orders.Count);
        if (codes.Contains(55)) Assert.InRange(lists.Count, 115, Factorial(5));
    }

    private static int Factorial(int n) => n <= 1 ? 1 : n * Factorial(n - 1);

    [Fact(DisplayName = "RFC 7844 3: an ordinary message is as it was")]
    public void Message_WithoutTheProfile_IsAsBefore()
    {
        byte[] message = Write(Of(Dhcp4MessageType.Discover, 0) with { AnonymousOrder = null });
        Assert.Equal([53, 61, 50, 57, 55, 81, 60, 77, 97, 124, 125, 80, 116, 56], OptionsOf(message).Select(option => (int)option.Code));
        Assert.Equal("02:00:00:00:ee:ee", HexText.Colons(message.AsSpan(28, 6)));
    }

    [Fact(DisplayName = "RFC 7844 3.6: a parameter request list of the longest that a configuration can make keeps every code")]
    public void ParameterRequestList_OfAnyLength_KeepsItsCodes()
    {
        byte[] codes = [.. Enumerable.Range(1, 254).Select(code => (byte)code).Where(code => code is not (50 or 51 or 53 or 54 or 55 or 57 or 61)).Take(140)];
        List<(byte Code, byte[] Data)> options = OptionsOf(Write(Of(Dhcp4MessageType.Request, 99), s_talkative with { ParameterRequestList = [.. codes] }));
        byte[] list = options.Single(option => option.Code == 55).Data;
        Assert.Equal(codes, list.Order());
        Assert.NotEqual(codes, list);
    }

    [Theory(DisplayName = "RFC 7844 4: each message of DHCPv6 has the options that belong into it and no other; INFORMATION-REQUEST no identifier")]
    [InlineData(Dhcp6MessageType.Solicit, new[] { 1, 3, 6, 8, 25 })]
    [InlineData(Dhcp6MessageType.Request, new[] { 1, 2, 3, 6, 8, 25 })]
    [InlineData(Dhcp6MessageType.Renew, new[] { 1, 2, 3, 6, 8, 25 })]
    [InlineData(Dhcp6MessageType.Rebind, new[] { 1, 3, 6, 8, 25 })]
    [InlineData(Dhcp6MessageType.Release, new[] { 1, 2, 3, 8, 25 })]
    [InlineData(Dhcp6MessageType.Decline, new[] { 1, 2, 3, 8 })]
    [InlineData(Dhcp6MessageType.InformationRequest, new[] { 6, 8 })]
    public void Message6_WhateverIsConfigured_HoldsTheProfile(Dhcp6MessageType type, int[] codes)
    {
        var talkative = new Dhcp6Identification
        {
            ClientIdentifier = Fixture6.Client,
            FullyQualifiedName = "host7.example.org",
            Sent = [new Dhcp6Option(15, [0, 1, 7]), new Dhcp6Option(16, [0, 0, 0, 9]), new Dhcp6Option(17, [0, 0, 0, 9])],
        };
        HashSet<string> orders = [];
        for (uint order = 0; order < 4000; order++)
        {
            var message = new Dhcp6Transmission
            {
                Type = type,
                Xid = 7,
                Anonymity = new Dhcp6Anonymity(Duid.FromMac(Fixture.A), order),
                ServerIdentifier = codes.Contains(2) ? Fixture6.Server : null,
                OptionRequest = codes.Contains(6) ? [23, 24, 82] : [],
                RapidCommit = true,
                IaNas = codes.Contains(3) ? [new Dhcp6IaNaRequest(Iaid.FromMac(Fixture.A), [Fixture6.L])] : [],
                IaPds = codes.Contains(25) ? [new Dhcp6IaPdRequest(default, [Fixture6.P])] : [],
            };
            byte[] buffer = new byte[Dhcp6MessageWriter.MaxLength];
            byte[] octets = buffer[..Dhcp6MessageWriter.Write(message, talkative, buffer)];
            List<int> seen = [];
            for (int i = 4; i < octets.Length;)
            {
                int length = BinaryPrimitives.ReadUInt16BigEndian(octets.AsSpan(i + 2));
                seen.Add(BinaryPrimitives.ReadUInt16BigEndian(octets.AsSpan(i)));
                if (seen[^1] == 1) Assert.Equal("00:03:00:01:02:00:00:00:0a:0a", HexText.Colons(octets.AsSpan(i + 4, length)));
                if (seen[^1] == 6) Assert.Equal([23, 24, 82], Enumerable.Range(0, 3).Select(n => (int)octets[i + 5 + 2 * n]).Order());
                i += 4 + length;
            }
            Assert.Equal(codes, seen.Order());
            orders.Add(string.Join(' ', seen));
        }
        Assert.InRange(orders.Count, Factorial(codes.Length) - 10, Factorial(codes.Length));
    }

    [Fact(DisplayName = "G7 the hardware address is another when a message is about to leave: it does not, neither with the one nor with the other")]
    public void Send_AddressChangedBefore_SendsNothing()
    {
        var port = new CountingPort(Fixture.B);
        Dhcp4Sent sent = new Dhcp4Transmitter(port).Send(Of(Dhcp4MessageType.Discover, 1), s_talkative, Fixture.A, 1500);
        Assert.Equal((0, SocketOutcome.Refused, null), (port.Sent, sent.Last.Outcome, sent.Again));
        Assert.NotEmpty(sent.Last.Words);
        port.Present = Fixture.A;
        Assert.Equal(SocketOutcome.Done, new Dhcp4Transmitter(port).Send(Of(Dhcp4MessageType.Discover, 1), s_talkative, Fixture.A, 1500).Last.Outcome);
        Assert.Equal(1, port.Sent);
    }

    private sealed class CountingPort(MacAddress present) : TransmitPort
    {
        public MacAddress Present { get; set; } = present;

        public int Sent { get; private set; }

        public override bool TryReadMac(out MacAddress mac)
        {
            mac = Present;
            return true;
        }

        public override SocketResult Broadcast(ReadOnlySpan<byte> packet)
        {
            Sent++;
            return new SocketResult(SocketOutcome.Done, packet.Length, 0);
        }

        public override SocketResult Unicast(ReadOnlySpan<byte> payload, Ipv4Address source, Ipv4Address destination) => Broadcast(payload);
    }
}
