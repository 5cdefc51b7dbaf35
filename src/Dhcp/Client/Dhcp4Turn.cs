using System.Diagnostics;
using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client;

/// <summary>One step of the client: the working copy of its value, and what the step may use. Lives for one step only.</summary>
internal sealed partial class Dhcp4Turn(
    Dhcp4Client client, Dhcp4Surroundings surroundings, Instant now, EntropySource entropy, List<Dhcp4Effect> effects)
{
    /// <summary>The value as it is now.</summary>
    public Dhcp4Client Client { get; private set; } = client;

    private Dhcp4Settings Settings => Client.Settings;

    private MacAddress Mac => surroundings.Mac;

    /// <summary>Takes an input apart.</summary>
    public void Handle(Dhcp4Input input)
    {
        switch (input)
        {
            // Stopped or about to be, perhaps with an address left behind: nothing is done about what happens to it.
            case Dhcp4Input.ArpReceived or Dhcp4Input.Resumed or Dhcp4Input.AddressRemoved or Dhcp4Input.ConfigurationFailed
                when Client.State is Dhcp4State.Stopped or Dhcp4State.Releasing:
                break;
            case Dhcp4Input.DeadlineReached: break; // What is due runs after every input.
            case Dhcp4Input.Start start: Start(start); break;
            case Dhcp4Input.Stop stop: Stop(stop.Release); break;
            case Dhcp4Input.LinkUsable usable: LinkBecameUsable(usable.Network, usable.Gateway); break;
            case Dhcp4Input.LinkUnusable unusable: LinkBecameUnusable(unusable.Why, unusable.InterfaceGone); break;
            case Dhcp4Input.PathChanged changed: PathChanged(new PendingPathChange(changed.Network, changed.Gateway, changed.Why)); break;
            case Dhcp4Input.ArpReceived arp: HearArp(arp.Packet); break;
            case Dhcp4Input.Retransmitted when Settings.Anonymous: break; // Nothing is, with another hardware address.
            case Dhcp4Input.Retransmitted retransmitted: NoteRetransmission(retransmitted.Chaddr); break;
            case Dhcp4Input.Command command: Obey(command.What); break;
            case Dhcp4Input.SearchAnew: SearchAnew(); break;
            case Dhcp4Input.Resumed: Resume(); break;
            case Dhcp4Input.AddressRemoved: RestoreAddress(); break;
            case Dhcp4Input.ConfigurationFailed failed: ConfigurationFailed(failed.Error); break;
            default: throw new UnreachableException(input.ToString());
        }
    }

    /// <summary>
    /// Remembers the hardware address read for this step. The event that tells of a change may still be under way: what
    /// this step sends goes out from the new address all the same, with the BROADCAST flag for the next two messages.
    /// </summary>
    public void NoteHardwareAddress()
    {
        if (Client.LastMac == Mac) return;
        bool first = Client.LastMac == MacAddress.Zero;
        var former = Client.FormerMacs.RemoveAll(one => one.Mac == Mac || one.Mac == Client.LastMac);
        if (former.Length >= Dhcp4Client.MaxFormerMacs) former = former.RemoveAt(0);
        Client = Client with
        {
            LastMac = Mac,
            FormerMacs = first ? former : former.Add(new FormerMac(Client.LastMac, now)),
            // Under another identity the first message is as the first of any client.
            BroadcastsLeft = first || Settings.Anonymous ? 0 : BroadcastsAfterChange,
        };
        if (Settings.Anonymous) TakeIdentity(first);
    }

    /// <summary>The reply to either of these survives one more flip of the path.</summary>
    private const int BroadcastsAfterChange = 2;

    private void Enter(Dhcp4State next)
    {
        Dhcp4State previous = Client.State;
        Debug.Assert(Dhcp4Transitions.AreLegal(previous, next), $"{previous.Name} -> {next.Name}");
        Client = Client with { State = next };
        if (previous.Name != next.Name)
            Tell("state", ("from", previous.Name), ("to", next.Name), ("why", next switch
            {
                Dhcp4State.Stopped stopped => stopped.Why,
                Dhcp4State.Waiting waiting => waiting.Why,
                _ => null,
            }));
    }

    private void Tell(string name, params ReadOnlySpan<(string Name, object? Value)> fields) =>
        effects.Add(new Dhcp4Effect.Tell(Report.Of(name, fields)));

    private void Warn(string message) => Tell("warning", ("message", message));

    /// <summary>The BROADCAST flag of a message outside verification, and one less of the flags owed after a change.</summary>
    private bool TakeBroadcast(bool otherwise)
    {
        switch (Settings.Broadcast)
        {
            case BroadcastPolicy.Always: return true;
            case BroadcastPolicy.Never: return false;
            default:
                if (Client.BroadcastsLeft == 0) return otherwise;
                Client = Client with { BroadcastsLeft = Client.BroadcastsLeft - 1 };
                return true;
        }
    }

    /// <summary>Hands a message to the rim. The caller has asked <see cref="MaySend"/>.</summary>
    private Dhcp4Exchange Send(Dhcp4Transmission message, Dhcp4Exchange exchange)
    {
        if (Settings.Anonymous) message = message with { AnonymousOrder = Client.OptionOrder };
        effects.Add(new Dhcp4Effect.Transmit(message));
        Client = Client with { Budget = Client.Budget.DhcpSent(surroundings.PathIndex, now), HeldBackUntil = Instant.Zero };
        return exchange.Sent(message.Chaddr ?? Mac);
    }

    /// <summary>False when the path's cap is reached; <paramref name="at"/> is then when to try again.</summary>
    private bool MaySend(out Instant at)
    {
        at = Client.Budget.DhcpAllowedAt(surroundings.PathIndex, now, surroundings.OtherSenders);
        if (at > now + TransmitBudget.NotableDelay) NoteHeldBack(at);
        return at <= now;
    }

    // Once: who is held back is asked again at every input.
    private void NoteHeldBack(Instant until)
    {
        if (Client.HeldBackUntil <= now) Warn(TransmitBudget.HeldBackWords(until, now));
        Client = Client with { HeldBackUntil = until };
    }

    /// <summary>For a message that is sent once: false, with a warning, when even what is kept back for it is used up.</summary>
    private bool MaySendLastWord(string name)
    {
        if (Client.Budget.AllowsLastWord(surroundings.PathIndex, now, surroundings.OtherSenders)) return true;
        Warn($"no {name} is sent: {TransmitBudget.DhcpPerMinute} DHCP messages in a minute are the limit");
        return false;
    }

    private bool MaySendArp(out Instant at)
    {
        at = Client.Budget.ArpAllowedAt(surroundings.PathIndex, now, surroundings.OtherSenders, surroundings.ArpPerSecondOfOthers);
        return at <= now;
    }

    private void SendArp(ArpPacket packet, MacAddress destination)
    {
        effects.Add(new Dhcp4Effect.TransmitArp(packet, destination));
        Client = Client with { Budget = Client.Budget.ArpSent(surroundings.PathIndex, now) };
    }

    /// <summary>The rim sent the last message again because the hardware address changed under it.</summary>
    private void NoteRetransmission(MacAddress chaddr)
    {
        Dhcp4Exchange Add(Dhcp4Exchange exchange) => exchange.IsUnderWay ? exchange.Sent(chaddr) : exchange;
        Client = Client with
        {
            Budget = Client.Budget.DhcpSent(surroundings.PathIndex, now),
            Beside = Client.Beside is { } beside ? beside with { Exchange = Add(beside.Exchange) } : null,
            State = Client.State switch
            {
                Dhcp4State.Selecting s => s with { Acquisition = s.Acquisition with { Exchange = Add(s.Acquisition.Exchange) } },
                Dhcp4State.Requesting s => s with { Acquisition = s.Acquisition with { Exchange = Add(s.Acquisition.Exchange) } },
                Dhcp4State.Rebooting s => s with { Verification = AddToCurrentForm(s.Verification, Add) },
                Dhcp4State.Verifying s => s with { Verification = AddToCurrentForm(s.Verification, Add) },
                Dhcp4State.Renewing s => s with { Extension = s.Extension with { Exchange = Add(s.Extension.Exchange) } },
                Dhcp4State.Rebinding s => s with { Extension = s.Extension with { Exchange = Add(s.Extension.Exchange) } },
                _ => Client.State,
            },
        };
    }

    private static Dhcp4Verification AddToCurrentForm(Dhcp4Verification verification, Func<Dhcp4Exchange, Dhcp4Exchange> add)
    {
        if (verification.First.Chaddr is null) return verification with { First = verification.First with { Exchange = add(verification.First.Exchange) } };
        return verification.Second is { Chaddr: null } second
            ? verification with { Second = second with { Exchange = add(second.Exchange) } }
            : verification;
    }

    /// <summary>A hardware address that is, or lately was, one of this host's: its frames are echoes, not another host.</summary>
    private bool IsOwn(MacAddress mac)
    {
        if (mac == Mac || surroundings.HostMacs.Contains(mac)) return true;
        foreach (FormerMac former in Client.FormerMacs)
            if (former.Mac == mac && now - former.Until <= Dhcp4Client.EchoTime) return true;
        return false;
    }
}
