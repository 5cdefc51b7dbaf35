using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Configuration;
using BondDhcp.Net;

namespace BondDhcp.Host.Import.Compare;

/// <summary>The first packet that the daemon will send: made by the client machine itself, from the imported configuration and lease.</summary>
internal static class OurPacket
{
    private const int EthernetMtu = 1500;

    /// <summary>A machine that sends nothing within so many steps waits for something that is not there.</summary>
    private const int MaxSteps = 32;

    /// <summary>The packet; null where none is sent.</summary>
    /// <param name="identity">Who the host says it is.</param>
    /// <param name="memory">What is stored.</param>
    /// <param name="addressPresent">The lease's address is on the interface and is ours.</param>
    /// <param name="mac">The interface's hardware address; null where it is not known.</param>
    /// <param name="mtu">The interface's MTU, of which option 57 is made; null where it is not known.</param>
    /// <param name="now">The instant.</param>
    /// <param name="entropy">Randomness.</param>
    public static FirstPacket? Of(InterfaceIdentity identity, Dhcp4Memory memory, bool addressPresent, MacAddress? mac, int? mtu, Instant now, EntropySource entropy)
    {
        MacAddress chaddr = mac ?? MacAddress.Zero;
        var surroundings = new Dhcp4Surroundings { Mac = chaddr, HostMacs = [chaddr] };
        List<Dhcp4Effect> effects = [];
        Dhcp4Client client = Dhcp4Client.Create(identity.Settings).Step(new Dhcp4Input.Start(memory, addressPresent, Usable: true), surroundings, now, entropy, effects);
        for (int i = 0; i < MaxSteps && !client.NextDeadline.IsNever && !effects.Exists(effect => effect is Dhcp4Effect.Transmit); i++)
        {
            now = Instant.Max(now, client.NextDeadline);
            client = client.Step(Dhcp4Input.DeadlineReached.Instance, surroundings, now, entropy, effects);
        }
        if (effects.OfType<Dhcp4Effect.Transmit>().FirstOrDefault() is not { } transmit) return null;
        byte[] message = new byte[Dhcp4MessageWriter.MaxLength];
        int length = Dhcp4MessageWriter.Write(transmit.Message, identity.Identification, chaddr, mtu ?? EthernetMtu, message);
        return FirstPacket.Read(message.AsSpan(0, length)) is { } packet ? packet with { Chaddr = mac } : null;
    }
}
