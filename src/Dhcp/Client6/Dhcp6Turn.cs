using System.Collections.Immutable;
using System.Diagnostics;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client6;

/// <summary>One step of the client: the working copy of its value, and what the step may use. Lives for one step only.</summary>
internal sealed partial class Dhcp6Turn(
    Dhcp6Client client, Dhcp6Surroundings surroundings, Instant now, EntropySource entropy, List<Dhcp6Effect> effects)
{
    /// <summary>The value as it is now.</summary>
    public Dhcp6Client Client { get; private set; } = client;

    private Dhcp6Settings Settings => Client.Settings;

    /// <summary>Takes an input apart.</summary>
    public void Handle(Dhcp6Input input)
    {
        switch (input)
        {
            case Dhcp6Input.Resumed when Client.State is Dhcp6State.Releasing: EndWhatNamesTheNetwork(); break;
            // Stopped or about to be, perhaps with addresses left behind: nothing is done about what happens to them.
            case Dhcp6Input.Resumed or Dhcp6Input.AddressRemoved or Dhcp6Input.ConfigurationFailed or Dhcp6Input.AddressReady
                or Dhcp6Input.AddressDuplicate or Dhcp6Input.PrefixesChanged
                when Client.State is Dhcp6State.Stopped or Dhcp6State.Releasing:
                break;
            case Dhcp6Input.DeadlineReached: break; // What is due runs after every input.
            case Dhcp6Input.Start start: Start(start); break;
            case Dhcp6Input.Stop stop: Stop(stop.Release); break;
            case Dhcp6Input.LinkUsable usable: LinkBecameUsable(usable.Network, usable.Gateway); break;
            case Dhcp6Input.LinkUnusable unusable: LinkBecameUnusable(unusable.Why, unusable.InterfaceGone); break;
            case Dhcp6Input.PathChanged changed: PathChanged(new PendingPathChange(changed.Network, changed.Gateway, changed.Why)); break;
            case Dhcp6Input.LinkLocalReady ready: LinkLocalReady(ready.Address); break;
            case Dhcp6Input.LinkLocalGone gone: LinkLocalGone(gone.Why); break;
            case Dhcp6Input.RouterAdvertised advertised: RouterAdvertised(advertised.Flags); break;
            case Dhcp6Input.PrefixesChanged: PrefixesChanged(); break;
            case Dhcp6Input.AddressReady ready: AddressReady(ready.Address); break;
            case Dhcp6Input.AddressDuplicate duplicate: AddressDuplicate(duplicate.Address); break;
            case Dhcp6Input.AddressRemoved removed: AddressRemoved(removed.Address); break;
            case Dhcp6Input.RoutersAsked asked: NeighbourPacketsSent(asked.Count); break;
            case Dhcp6Input.Reconfigured reconfigured: Reconfigure(reconfigured.Settings); break;
            case Dhcp6Input.Command command: Obey(command.What); break;
            case Dhcp6Input.SearchAnew: SearchAnew(); break;
            case Dhcp6Input.Resumed: Resume(); break;
            case Dhcp6Input.ConfigurationFailed failed: ConfigurationFailed(failed.Error); break;
            default: throw new UnreachableException(input.ToString());
        }
    }

    private void Enter(Dhcp6State next)
    {
        Dhcp6State previous = Client.State;
        Debug.Assert(Dhcp6Transitions.AreLegal(previous, next), $"{previous.Name} -> {next.Name}");
        Client = Client with { State = next, InformationBeside = next is Dhcp6State.Soliciting ? Client.InformationBeside : null };
        if (previous.Name != next.Name)
            Tell("state", ("from", previous.Name), ("to", next.Name), ("why", next switch
            {
                Dhcp6State.Stopped stopped => stopped.Why,
                Dhcp6State.Waiting waiting => waiting.Why,
                _ => null,
            }));
    }

    private void Wait(string why) => Enter(new Dhcp6State.Waiting(why, Instant.Never));

    private void Tell(string name, params ReadOnlySpan<(string Name, object? Value)> fields) =>
        effects.Add(new Dhcp6Effect.Tell(Report.Of(name, fields)));

    private void Warn(string message) => Tell("warning", ("message", message));

    /// <summary>A new exchange, with a transaction id that no other one of ours has (RFC 9915 section 16.1).</summary>
    /// <param name="type">Its message.</param>
    /// <param name="schedule">How it is repeated.</param>
    /// <param name="server">The server it is for; null for any.</param>
    /// <param name="delay">Before the first transmission.</param>
    private Dhcp6Exchange NewExchange(Dhcp6MessageType type, Dhcp6Schedule schedule, Duid? server = null, TimeSpan delay = default) => new()
    {
        Type = type,
        Xid = NewXid(),
        Schedule = schedule,
        Server = server,
        SendAt = now + delay,
        AsksAnew = Client.AsksAnew && type is (Dhcp6MessageType.Renew or Dhcp6MessageType.Rebind or Dhcp6MessageType.Request),
    };

    private uint NewXid()
    {
        // A source stuck at one value must not hang the client.
        for (int i = 0; i < 16; i++)
        {
            uint xid = entropy.NextUInt32() & Dhcp6MessageView.MaxXid;
            if (xid != 0 && !IsInUse(xid)) return xid;
        }
        uint next = 1;
        while (IsInUse(next)) next++;
        return next;
    }

    private bool IsInUse(uint xid) => Client.State.ExchangeInState?.Xid == xid || Client.Decline?.Exchange.Xid == xid || Client.InformationBeside?.Xid == xid
        || Client.PrefixRelease?.Exchange.Xid == xid;

    /// <summary>Sends a message of an exchange, or moves it to when the limits allow it: delayed, not lost (RFC 9915 section 14.1).</summary>
    private Dhcp6Exchange Transmit(Dhcp6Exchange exchange, Dhcp6Wanted wanted)
    {
        Instant allowed = Client.Budget.DhcpAllowedAt(surroundings.PathIndex, now, surroundings.OtherSenders);
        if (allowed > now + TransmitBudget.NotableDelay)
        {
            if (Client.HeldBackUntil <= now) Warn(TransmitBudget.HeldBackWords(allowed, now));
            Client = Client with { HeldBackUntil = allowed };
        }
        Instant at = Instant.Max(
            allowed,
            Client.RateLimit.AllowedAt(now, Settings.RateLimitMessages, Settings.RateLimitInterval));
        if (at > now) return exchange with { SendAt = at };
        return TransmitNow(exchange, wanted);
    }

    private Dhcp6Exchange TransmitNow(Dhcp6Exchange exchange, Dhcp6Wanted wanted)
    {
        effects.Add(new Dhcp6Effect.Transmit(Message(exchange, wanted)));
        Client = Client with
        {
            Budget = Client.Budget.DhcpSent(surroundings.PathIndex, now),
            HeldBackUntil = Instant.Zero,
            RateLimit = Client.RateLimit.MessageSent(now, Settings.RateLimitMessages),
        };
        return exchange.Transmitted(now, entropy);
    }

    /// <summary>RFC 9915 appendix A.2: what each message carries.</summary>
    private Dhcp6Transmission Message(Dhcp6Exchange exchange, Dhcp6Wanted wanted) => new()
    {
        Type = exchange.Type,
        Xid = exchange.Xid,
        ElapsedCentiseconds = exchange.ElapsedAt(now),
        ServerIdentifier = exchange.Server,
        Anonymity = AnonymityNow,
        RapidCommit = exchange.Type == Dhcp6MessageType.Solicit && Settings.RapidCommit,
        OptionRequest = exchange.Type switch
        {
            Dhcp6MessageType.Solicit or Dhcp6MessageType.Request or Dhcp6MessageType.Renew or Dhcp6MessageType.Rebind or Dhcp6MessageType.InformationRequest
                when Settings.Anonymous => Dhcp6OptionRequest.ForAnonymous(exchange.Type == Dhcp6MessageType.InformationRequest, Settings.Asked),
            Dhcp6MessageType.Solicit or Dhcp6MessageType.Request or Dhcp6MessageType.Renew or Dhcp6MessageType.Rebind =>
                Dhcp6OptionRequest.For(Settings.SendsName, prefixes: !wanted.Prefixes.IsDefault, Settings.Asked),
            Dhcp6MessageType.InformationRequest => Dhcp6OptionRequest.ForInformation(Settings.Asked),
            _ => [],
        },
        IaNas = wanted.Addresses.IsDefault ? [] : [new Dhcp6IaNaRequest(Client.Iaid, wanted.Addresses)],
        IaPds = wanted.Prefixes.IsDefault ? [] : [new Dhcp6IaPdRequest(Client.PrefixIaid, wanted.Prefixes)],
    };

    /// <summary>IAs without leases: whatever the server gives, the prefix of about the length wanted.</summary>
    private Dhcp6Wanted WantAnything => new(
        Client.WantsAddresses ? [] : default(ImmutableArray<Ipv6Address>),
        Client.WantsPrefixes ? [Client.PrefixHint] : default(ImmutableArray<Ipv6Prefix>));

    /// <summary>The leases held, and an IA without leases for what is wanted and missing (RFC 9915 section 18.2.4).</summary>
    private Dhcp6Wanted WantAgain(Dhcp6Lease lease)
    {
        Dhcp6Wanted anything = WantAnything;
        Dhcp6Wanted held = Held(lease);
        ImmutableArray<Ipv6Prefix> prefixes = held.Prefixes.IsDefault ? anything.Prefixes : held.Prefixes;
        // RFC 8168 section 3.4: the length alone, beside what is held.
        if (Client.HintsAnew && !held.Prefixes.IsDefault && prefixes.Length < Dhcp6Lease.MaxLeasesPerIa) prefixes = prefixes.Add(Client.PrefixHint);
        return new Dhcp6Wanted(held.Addresses.IsDefault ? anything.Addresses : held.Addresses, prefixes);
    }

    /// <summary>The leases held, and nothing else.</summary>
    private static Dhcp6Wanted Held(Dhcp6Lease lease) => new(
        lease.Addresses.IsEmpty ? default : [.. lease.Addresses.Select(leased => leased.Address)],
        lease.Prefixes.IsEmpty ? default : [.. lease.Prefixes.Select(leased => leased.Prefix)]);
}
