using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Configuration;
using BondDhcp.Net;

namespace BondDhcp.Host.Import.Compare;

/// <summary>The first packet of DHCPv6 that the daemon will send: made by the client machine itself, from the imported configuration and lease.</summary>
internal static class OurPacket6
{
    /// <summary>A machine that sends nothing within so many steps waits for something that is not there.</summary>
    private const int MaxSteps = 32;

    /// <summary>The packet; null where none is sent, as where a router must advertise DHCPv6 first.</summary>
    /// <param name="identity">Who the host says it is.</param>
    /// <param name="memory">What is stored.</param>
    /// <param name="present">Something of the lease is on the interface and is ours.</param>
    /// <param name="now">The instant.</param>
    /// <param name="entropy">Randomness.</param>
    public static FirstPacket6? Of(Dhcp6Identity identity, Dhcp6Memory memory, bool present, Instant now, EntropySource entropy)
    {
        var surroundings = new Dhcp6Surroundings();
        List<Dhcp6Effect> effects = [];
        Dhcp6Client client = Dhcp6Client.Create(identity.Settings).Step(
            new Dhcp6Input.Start(memory, present, Usable: true, Ipv6Address.Parse("fe80::1")), surroundings, now, entropy, effects);
        for (int i = 0; i < MaxSteps && !client.NextDeadline.IsNever && !effects.Exists(static effect => effect is Dhcp6Effect.Transmit); i++)
        {
            now = Instant.Max(now, client.NextDeadline);
            client = client.Step(Dhcp6Input.DeadlineReached.Instance, surroundings, now, entropy, effects);
        }
        if (effects.OfType<Dhcp6Effect.Transmit>().FirstOrDefault() is not { } transmit) return null;
        byte[] message = new byte[Dhcp6MessageWriter.MaxLength];
        return FirstPacket6.Read(message.AsSpan(0, Dhcp6MessageWriter.Write(transmit.Message, identity.Identification, message)));
    }
}
