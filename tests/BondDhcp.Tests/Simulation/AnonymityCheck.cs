using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;

namespace BondDhcp.Tests.Simulation;

/// <summary>
/// What must hold for a client under the anonymity profile after every step: who hears all its messages cannot tell from them
/// that two hardware addresses are one host's.
/// </summary>
internal sealed class AnonymityCheck
{
    // All that a configuration can make talkative; none of it may be there.
    private static readonly Dhcp4Identification s_talkative = new()
    {
        ClientIdentifier = Fixture.ClientIdentifier,
        ParameterRequestList = [1, 3, 6, 15, 121, 108, 43],
        HostName = "host7",
        Sent = [new Dhcp4Option(60, [1, 2, 3]), new Dhcp4Option(77, [4])],
    };

    private static readonly Dictionary<MacAddress, Ipv4Address> s_addresses = new()
    {
        [Fixture.A] = Fixture.L,
        [Fixture.B] = Fixture.L2,
        [Fixture.Stranger] = Ipv4Address.Parse("198.51.100.7"),
    };

    /// <summary>What servers give this identity and no other.</summary>
    public static Ipv4Address AddressOf(MacAddress mac) => s_addresses[mac];

    // Since the link was not watched, or the network may be another one, somebody has said something.
    private bool _heard;

    /// <summary>Checks one step. Throws <see cref="InvariantException"/>.</summary>
    public void Check(Dhcp4Input? input, Dhcp4Client before, Dhcp4Client after, List<Dhcp4Effect> effects, MacAddress mac)
    {
        if (input is null) _heard = true;
        else if (input is Dhcp4Input.PathChanged { Network: not PathClass.Same, Why: not PendingPathChange.HardwareAddress } or Dhcp4Input.Resumed || before.State is Dhcp4State.Stopped) _heard = false;
        foreach (Dhcp4Effect effect in effects)
        {
            if (effect is Dhcp4Effect.Transmit { Message: var said } && !_heard)
                Require(said is { Type: Dhcp4MessageType.Discover, RequestedAddress: null }, "before anybody has said anything nothing is named", said);
            if (effect is Dhcp4Effect.TransmitArp { Packet: var asked } && !_heard)
                Require(false, "before anybody has said anything no address is asked for or announced", asked);
            if (effect is Dhcp4Effect.Transmit { Message: var message }) CheckMessage(message, mac);
            if (effect is Dhcp4Effect.TransmitArp { Packet: var packet })
                Require(!IsOthers(packet.SenderAddress, mac) && !IsOthers(packet.TargetAddress, mac), "ARP names no address of another identity", packet);
            if (effect is Dhcp4Effect.Persist persist)
                Require(persist.Memory.LastAddress is null && persist.Memory.Leases.All(lease => lease.Chaddr == mac), "nothing of another identity is stored", persist);
        }
        // What is dropped unread is no step, and does not notice another hardware address.
        Require(
            after.Lease is not { } lease || lease.ClientIdentifier.AsSpan().SequenceEqual(after.ClientIdentifier.AsSpan()),
            "a lease is of the present identity", after.StateName);
        Require(after.State is not Dhcp4State.Rebooting, "no INIT-REBOOT", after.StateName);
    }

    private static void CheckMessage(Dhcp4Transmission message, MacAddress mac)
    {
        byte[] buffer = new byte[Dhcp4MessageWriter.MaxLength];
        byte[] octets = buffer[..Dhcp4MessageWriter.Write(message, s_talkative, mac, 1500, buffer)];
        foreach ((MacAddress other, Ipv4Address address) in s_addresses)
        {
            if (other == mac) continue;
            Require(octets.AsSpan().IndexOf(OctetsOf(other)) < 0, $"no octets of {other}", message);
            Require(octets.AsSpan().IndexOf(OctetsOf(address)) < 0, $"no octets of {address}", message);
        }
        Require(octets.AsSpan().IndexOf(Fixture.ClientIdentifier.AsSpan()[..8]) < 0, "nothing of the client identifier of before", message);
        List<(byte Code, byte[] Data)> options = [];
        for (int i = 240; octets[i] != 255; i += 2 + octets[i + 1]) options.Add((octets[i], octets[(i + 2)..(i + 2 + octets[i + 1])]));
        Require(options[0].Code == 53, "the type comes first", message);
        Require(options.Select(option => option.Code).Distinct().Count() == options.Count, "each once", message);
        Require(options.Single(option => option.Code == 61).Data.SequenceEqual((byte[])[1, .. OctetsOf(mac)]), "61 is the hardware address", message);
        byte[] allowed = message.Type switch
        {
            Dhcp4MessageType.Discover => [53, 61, 55],
            Dhcp4MessageType.Request => [53, 61, 55, 54, 50],
            Dhcp4MessageType.Decline => [53, 61, 54, 50],
            _ => [53, 61, 54],
        };
        Require(options.All(option => allowed.Contains(option.Code)), $"only {string.Join(' ', allowed)}, not {string.Join(' ', options.Select(option => option.Code))}", message);
    }

    private static bool IsOthers(Ipv4Address address, MacAddress mac) => s_addresses.Any(pair => pair.Key != mac && pair.Value == address);

    private static byte[] OctetsOf(MacAddress mac)
    {
        byte[] octets = new byte[MacAddress.Length];
        mac.CopyTo(octets);
        return octets;
    }

    private static byte[] OctetsOf(Ipv4Address address)
    {
        byte[] octets = new byte[Ipv4Address.Length];
        address.CopyTo(octets);
        return octets;
    }

    private static void Require(bool holds, string rule, object subject)
    {
        if (!holds) throw new InvariantException($"{rule}: {subject}");
    }
}
