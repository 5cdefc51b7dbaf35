using System.Collections.Immutable;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client6;

internal sealed partial class Dhcp6Turn
{
    /// <summary>REQUEST for what the first of these ADVERTISEs offers (RFC 9915 section 18.2.2).</summary>
    private void RequestAdvertised(ImmutableArray<Dhcp6Reply> ordered)
    {
        Dhcp6Reply best = ordered[0];
        ImmutableArray<Ipv6Prefix> prefixes = OfferedPrefixes(best);
        var wanted = new Dhcp6Wanted(
            Client.WantsAddresses ? OfferedAddresses(best) : default,
            !Client.WantsPrefixes ? default : prefixes.IsEmpty ? [Client.PrefixHint] : prefixes);
        RequestOf(best.ServerIdentifier, wanted, ordered.RemoveAt(0));
    }

    private void RequestOf(Duid server, Dhcp6Wanted wanted, ImmutableArray<Dhcp6Reply> others, bool addressesLost = false, bool prefixesLost = false)
    {
        Dhcp6Exchange exchange = NewExchange(Dhcp6MessageType.Request, Dhcp6Timing.Request, server);
        var request = new Dhcp6Request(exchange, wanted, others, addressesLost, prefixesLost);
        Enter(new Dhcp6State.Requesting(request));
        AdvanceRequest(request);
    }

    private void AdvanceRequest(Dhcp6Request request)
    {
        if (request.Exchange.NextAt > now) return;
        if (request.Exchange.IsOver(now))
        {
            Warn($"no answer of server {request.Exchange.Server} to {request.Exchange.Sent} REQUESTs");
            TryNextServer(request);
            return;
        }
        Dhcp6Exchange exchange = Transmit(request.Exchange, Asked(request));
        Enter(new Dhcp6State.Requesting(request with { Exchange = exchange }));
    }

    private Dhcp6DropReason ReceiveInRequest(Dhcp6Reply reply, Dhcp6Request request)
    {
        HearLimits(reply);
        switch (reply.Status.Code)
        {
            case var _ when IsAccepted(reply.Status):
                Granted(reply, request);
                break;
            case Dhcp6StatusCode.NotOnLink when Client.Lease is null && HasLeases(request.Wanted):
                // RFC 9915 section 18.2.10.1: once more, without saying which.
                TellRefusal(reply);
                RequestOf(request.Exchange.Server!, WantAnything, request.Others);
                break;
            case Dhcp6StatusCode.NotOnLink or Dhcp6StatusCode.NoAddrsAvail or Dhcp6StatusCode.NoPrefixAvail or Dhcp6StatusCode.NoBinding:
                Refused(reply, request);
                break;
            default:
                // UnspecFail: the message is repeated at the next timeout, until there were enough (RFC 9915 section 18.2.10).
                TellRefusal(reply);
                break;
        }
        return Dhcp6DropReason.None;
    }

    private static bool HasLeases(in Dhcp6Wanted wanted) =>
        (!wanted.Addresses.IsDefaultOrEmpty && wanted.Addresses.Length > 0)
        || (!wanted.Prefixes.IsDefault && wanted.Prefixes.Any(prefix => !prefix.Network.IsAny));

    /// <summary>A REPLY to a REQUEST: what the server did not know any more is what it gives now, all else is updated.</summary>
    private void Granted(Dhcp6Reply reply, Dhcp6Request request)
    {
        Dhcp6Lease? known = Client.Lease is { } lease ? WithoutLost(lease, request) : null;
        Dhcp6Merged merged = Dhcp6Merged.Of(known, reply, Client, surroundings.Gateway, now);
        if (!merged.Lease.IsEmpty && merged.AnyGranted) Adopt(merged.Lease);
        // As where the whole message has that status: repeated at the next timeout, until there were enough.
        else if (HasFailedForNow(reply, Asked(request))) TellRefusal(reply);
        else Refused(reply, request);
    }

    private static bool HasFailedForNow(Dhcp6Ia? ia) => ia is { Status.Code: Dhcp6StatusCode.UnspecFail };

    /// <summary>Every IA that was asked for has the status that says nothing about another attempt (RFC 9915 section 18.2.10).</summary>
    private bool HasFailedForNow(Dhcp6Reply reply, in Dhcp6Wanted asked) =>
        (asked.Addresses.IsDefault || HasFailedForNow(Find(reply.IaNas, Client.Iaid)))
        && (asked.Prefixes.IsDefault || HasFailedForNow(Find(reply.IaPds, Client.PrefixIaid)));

    private Dhcp6Wanted Asked(Dhcp6Request request) => Client.Lease is { } lease ? WantAgain(lease) : request.Wanted;

    /// <summary>A REPLY to a SOLICIT, with option 14: taken when it gives something.</summary>
    private Dhcp6DropReason GrantRapidly(Dhcp6Reply reply)
    {
        if (Completeness(reply) == 0)
        {
            TellRefusal(reply);
            return Dhcp6DropReason.None;
        }
        Dhcp6Merged merged = Dhcp6Merged.Of(null, reply, Client, surroundings.Gateway, now);
        Adopt(merged.Lease);
        return Dhcp6DropReason.None;
    }

    private static Dhcp6Lease WithoutLost(Dhcp6Lease lease, Dhcp6Request request) => lease with
    {
        Addresses = request.AddressesLost ? [] : lease.Addresses,
        Prefixes = request.PrefixesLost ? [] : lease.Prefixes,
    };

    private void Refused(Dhcp6Reply reply, Dhcp6Request request)
    {
        TellRefusal(reply);
        TryNextServer(request, refused: true);
    }

    /// <summary>This server gave nothing: what it had granted before is lost, another one that advertised is asked, or all begins anew.</summary>
    private void TryNextServer(Dhcp6Request request, bool refused = false)
    {
        if (request.Exchange.AsksAnew) HaveAskedAnew();
        if (Client.Lease is { } lease)
        {
            Dhcp6Lease left = WithoutLost(lease, request);
            if (!left.IsEmpty)
            {
                Replace(left);
                ReturnToLease();
                Refuse("the server refused");
                return;
            }
            Lose(LeaseEnd.Refused);
            BackOff();
            return;
        }
        if (!request.Others.IsEmpty) RequestAdvertised(request.Others);
        else if (refused) BackOff();
        else Discover();
    }

    /// <summary>The next attempt comes at once after the first refusal, later after the others.</summary>
    private void BackOff()
    {
        Client = Client with { Refusals = Client.Refusals + 1 };
        Refuse("the server refused");
        TimeSpan wait = DhcpTiming.DelayAfterRefusals(Client.Refusals);
        if (wait == TimeSpan.Zero) Discover();
        else Enter(new Dhcp6State.Waiting("the server refused; the next attempt waits", now + wait));
    }
}
