using System.Buffers.Binary;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Simulation;

namespace BondDhcp.Tests.Simulation6;

/// <summary>As <see cref="AnonymityCheck"/>, for DHCPv6: addresses, prefixes and servers are each known to one identity alone.</summary>
internal sealed class Anonymity6Check
{
    private static readonly Dhcp6Identification s_talkative = new()
    {
        ClientIdentifier = Fixture6.Client,
        FullyQualifiedName = "host7.example.org",
        Sent = [new Dhcp6Option(15, [0, 1, 7]), new Dhcp6Option(16, [0, 0, 0, 9])],
    };

    private static readonly MacAddress[] s_macs = [Fixture.A, Fixture.B, Fixture.Stranger];
    private static readonly Ipv6Address[] s_addresses = [Fixture6.L, Fixture6.L2, Fixture6.L3];
    private static readonly Ipv6Prefix[] s_prefixes = [Fixture6.P, Fixture6.P2, Ipv6Prefix.Parse("2001:db8:5600::/56")];
    private static readonly Duid[] s_servers = [Fixture6.Server, Fixture6.Server2, Fixture6.Server3];

    public static Ipv6Address AddressOf(MacAddress mac) => s_addresses[Array.IndexOf(s_macs, mac)];

    public static Ipv6Prefix PrefixOf(MacAddress mac) => s_prefixes[Array.IndexOf(s_macs, mac)];

    public static Duid ServerOf(MacAddress mac) => s_servers[Array.IndexOf(s_macs, mac)];

    // Since the link was not watched, or the network may be another one, somebody has said something.
    private bool _heard;

    /// <summary>Checks one step. Throws <see cref="InvariantException"/>.</summary>
    public void Check(Dhcp6Input? input, Dhcp6Client before, Dhcp6Client after, List<Dhcp6Effect> effects, MacAddress mac)
    {
        if (input is null) _heard = true;
        else if (input is Dhcp6Input.PathChanged { Network: not PathClass.Same } or Dhcp6Input.Resumed || before.State is Dhcp6State.Stopped) _heard = false;
        foreach (Dhcp6Effect effect in effects)
        {
            if (effect is Dhcp6Effect.Transmit { Message: var said } && !_heard)
                Require(said.Type is Dhcp6MessageType.Solicit or Dhcp6MessageType.InformationRequest, "before anybody has said anything nothing is named", said);
            if (effect is Dhcp6Effect.Transmit { Message: var message }) CheckMessage(message, mac);
            if (effect is Dhcp6Effect.Announce announce)
                Require(!announce.Addresses.Any(address => s_macs.Any(other => other != mac && AddressOf(other) == address)), "no address of another identity is announced", announce);
            if (effect is Dhcp6Effect.Persist persist)
                Require(persist.Memory.Leases.All(lease => lease.ClientIdentifier.Equals(Duid.FromMac(mac))), "nothing of another identity is stored", persist);
        }
        Require(
            after.Lease is not { } lease || lease.ClientIdentifier.Equals(Duid.FromMac(mac)) || after.State is Dhcp6State.Stopped,
            "a lease is of the present identity", after.StateName);
    }

    private static void CheckMessage(Dhcp6Transmission message, MacAddress mac)
    {
        byte[] buffer = new byte[Dhcp6MessageWriter.MaxLength];
        byte[] octets = buffer[..Dhcp6MessageWriter.Write(message, s_talkative, buffer)];
        foreach (MacAddress other in s_macs)
        {
            if (other == mac) continue;
            foreach (byte[] part in (byte[][])[[.. Duid.FromMac(other).Octets[4..]], [.. ServerOf(other).Octets], OctetsOf(AddressOf(other)), OctetsOf(PrefixOf(other).Network)])
                Require(octets.AsSpan().IndexOf(part) < 0, $"no octets of {other}: {HexText.Colons(part)}", message);
        }
        Require(octets.AsSpan().IndexOf(Fixture6.Client.Octets) < 0, "nothing of the DUID of before", message);
        List<(ushort Code, byte[] Data)> options = [];
        for (int i = 4; i < octets.Length;)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(octets.AsSpan(i + 2));
            options.Add((BinaryPrimitives.ReadUInt16BigEndian(octets.AsSpan(i)), octets[(i + 4)..(i + 4 + length)]));
            i += 4 + length;
        }
        bool informs = message.Type == Dhcp6MessageType.InformationRequest;
        ushort[] allowed = informs ? [8, 6] : [1, 2, 8, 6, 3, 25];
        Require(options.All(option => allowed.Contains(option.Code)), $"only {string.Join(' ', allowed)}, not {string.Join(' ', options.Select(option => option.Code))}", message);
        byte[] client = [.. Duid.FromMac(mac).Octets];
        Require(informs || options.Single(option => option.Code == 1).Data.SequenceEqual(client), "1 is a DUID-LL of the hardware address", message);
        foreach ((ushort code, byte[] data) in options)
        {
            if (code == 3) Require(data.AsSpan(0, 4).SequenceEqual(client.AsSpan(6, 4)), "the IAID of addresses is of the hardware address", message);
            if (code == 25) Require(data.AsSpan(0, 4).IndexOfAnyExcept((byte)0) < 0, "the IAID of prefixes is 0", message);
        }
    }

    private static byte[] OctetsOf(Ipv6Address address)
    {
        byte[] octets = new byte[Ipv6Address.Length];
        address.CopyTo(octets);
        return octets;
    }

    private static void Require(bool holds, string rule, object subject)
    {
        if (!holds) throw new InvariantException($"{rule}: {subject}");
    }
}
