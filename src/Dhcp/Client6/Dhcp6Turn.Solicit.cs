using System.Collections.Immutable;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client6;

internal sealed partial class Dhcp6Turn
{
    /// <summary>The search for a server (RFC 9915 section 18.2.1). Nothing of an earlier lease is in use any more.</summary>
    private void Solicit()
    {
        TimeSpan delay = Settings.DelayFirstSolicit && !Client.HasSolicited ? Dhcp6Timing.Delay(entropy) : TimeSpan.Zero;
        Dhcp6Exchange exchange = NewExchange(Dhcp6MessageType.Solicit, Dhcp6Timing.Solicit, delay: delay);
        var solicitation = new Dhcp6Solicitation(exchange, Instant.Never, [], default, default, Refused: false);
        Client = Client with { InformationBeside = null, OptionOrder = Settings.Anonymous ? entropy.NextUInt32() : 0 };
        Enter(new Dhcp6State.Soliciting(solicitation));
        AdvanceSolicit(solicitation);
    }

    private void AdvanceSolicit(Dhcp6Solicitation solicitation)
    {
        if (!solicitation.Advertises.IsEmpty && solicitation.CollectUntil <= now)
        {
            TakeBestAdvertise(solicitation);
            return;
        }
        if (solicitation.Exchange.SendAt > now) return;
        bool first = !solicitation.Exchange.IsUnderWay;
        Dhcp6Exchange exchange = Transmit(
            solicitation.Exchange with { Schedule = Dhcp6Timing.Solicit with { MaxTimeout = Client.SolMaxRt } }, WantAnything);
        if (first && exchange.IsUnderWay)
        {
            solicitation = solicitation with { CollectUntil = exchange.SendAt };
            Client = Client with { HasSolicited = true };
        }
        solicitation = solicitation with { Exchange = exchange };
        Enter(new Dhcp6State.Soliciting(solicitation));
        if (IsInformationMissing(solicitation)) RequestInformationBeside();
    }

    private bool HasRequiredOptions(Dhcp6Reply reply)
    {
        foreach (ushort code in Settings.RequireOptions)
            if (!reply.Options.Any(option => option.Code == code)) return false;
        return true;
    }

    private Dhcp6DropReason ReceiveInSolicit(Dhcp6Reply reply, Dhcp6Solicitation solicitation)
    {
        if (reply.Type == Dhcp6MessageType.Reply)
        {
            if (!Settings.RapidCommit) return Dhcp6DropReason.RapidCommit;
            HearLimits(reply);
            return HasRequiredOptions(reply) ? GrantRapidly(reply) : Dhcp6DropReason.MissingOption;
        }
        solicitation = HearLimits(reply, solicitation);
        Enter(new Dhcp6State.Soliciting(solicitation));
        if (!HasRequiredOptions(reply)) return Dhcp6DropReason.MissingOption;
        // RFC 9915 section 18.2.9: ignored but for the limits; the retransmission timer goes on.
        if (Completeness(reply) == 0)
        {
            Enter(new Dhcp6State.Soliciting(solicitation with { Refused = true }));
            TellRefusal(reply);
            return Dhcp6DropReason.None;
        }
        int known = IndexOf(solicitation.Advertises, reply.ServerIdentifier);
        if (known < 0 && solicitation.Advertises.Length >= Dhcp6Solicitation.MaxAdvertises) return Dhcp6DropReason.TooManyAdvertises;
        solicitation = solicitation with
        {
            Advertises = known < 0 ? solicitation.Advertises.Add(reply) : solicitation.Advertises.SetItem(known, reply),
        };
        if (reply.Preference == MaxPreference || solicitation.CollectUntil <= now) TakeBestAdvertise(solicitation);
        else Enter(new Dhcp6State.Soliciting(solicitation));
        return Dhcp6DropReason.None;
    }

    private static int IndexOf(ImmutableArray<Dhcp6Reply> advertises, Duid server)
    {
        for (int i = 0; i < advertises.Length; i++)
            if (advertises[i].ServerIdentifier.Equals(server)) return i;
        return -1;
    }

    /// <summary>RFC 9915 section 21.8: a client looks no further.</summary>
    private const byte MaxPreference = byte.MaxValue;

    /// <summary>
    /// Highest preference, then most of what is wanted, then the server of the last lease, then the first to answer
    /// (RFC 9915 section 18.2.9). The others are kept for when this one does not answer.
    /// </summary>
    private void TakeBestAdvertise(Dhcp6Solicitation solicitation)
    {
        Dhcp6Lease? last = Client.Memory.Leases.IsEmpty ? null : Client.Memory.Leases[0];
        (byte, int, bool) RankOf(Dhcp6Reply reply) =>
            (reply.Preference, Completeness(reply), last is not null && reply.ServerIdentifier.Equals(last.ServerIdentifier));
        RequestAdvertised([.. solicitation.Advertises.OrderByDescending(RankOf)]);
    }

    /// <summary>How many of the IAs wanted have something in them.</summary>
    private int Completeness(Dhcp6Reply reply)
    {
        if (!IsAccepted(reply.Status)) return 0;
        int addresses = Client.WantsAddresses && !OfferedAddresses(reply).IsEmpty ? 1 : 0;
        int prefixes = Client.WantsPrefixes && !OfferedPrefixes(reply).IsEmpty ? 1 : 0;
        return addresses + prefixes;
    }

    private ImmutableArray<Ipv6Address> OfferedAddresses(Dhcp6Reply reply) =>
        Find(reply.IaNas, Client.Iaid) is { Status.IsSuccess: true } ia
            ? [.. ia.Addresses.Where(one => one.ValidSeconds > 0 && one.Status.IsSuccess).Take(Dhcp6Lease.MaxLeasesPerIa).Select(one => one.Address)]
            : [];

    private ImmutableArray<Ipv6Prefix> OfferedPrefixes(Dhcp6Reply reply) =>
        Find(reply.IaPds, Client.PrefixIaid) is { Status.IsSuccess: true } ia
            ? [.. ia.Prefixes.Where(one => one.ValidSeconds > 0 && one.Status.IsSuccess).Take(Dhcp6Lease.MaxLeasesPerIa).Select(one => one.Prefix)]
            : [];

    private static T? Find<T>(ImmutableArray<T> ias, Iaid iaid) where T : Dhcp6Ia
    {
        foreach (T ia in ias)
            if (ia.Iaid == iaid) return ia;
        return null;
    }

    /// <summary>SOL_MAX_RT and INF_MAX_RT of an ADVERTISE: taken where all that give one agree, else the default (RFC 9915 section 18.2.9).</summary>
    private Dhcp6Solicitation HearLimits(Dhcp6Reply advertise, Dhcp6Solicitation solicitation)
    {
        solicitation = solicitation with
        {
            SolMaxRt = solicitation.SolMaxRt.With(advertise.SolMaxRtSeconds),
            InfMaxRt = solicitation.InfMaxRt.With(advertise.InfMaxRtSeconds),
        };
        Client = Client with
        {
            SolMaxRt = Agreed(solicitation.SolMaxRt, Client.SolMaxRt, Dhcp6Timing.Solicit.MaxTimeout),
            InfMaxRt = Agreed(solicitation.InfMaxRt, Client.InfMaxRt, Dhcp6Timing.InformationRequest.MaxTimeout),
        };
        return solicitation;
    }

    private static TimeSpan Agreed(HeardLimit heard, TimeSpan present, TimeSpan otherwise) =>
        heard.Seconds is not { } seconds ? present : heard.Disagreed ? otherwise : TimeSpan.FromSeconds((long)seconds);

    /// <summary>The same of a REPLY, whatever its status (RFC 9915 section 18.2.10).</summary>
    private void HearLimits(Dhcp6Reply reply) => Client = Client with
    {
        SolMaxRt = reply.SolMaxRtSeconds is { } solicit ? TimeSpan.FromSeconds((long)solicit) : Client.SolMaxRt,
        InfMaxRt = reply.InfMaxRtSeconds is { } information ? TimeSpan.FromSeconds((long)information) : Client.InfMaxRt,
    };

    private void TellRefusal(Dhcp6Reply reply)
    {
        Dhcp6Status status = reply.Status;
        if (status.IsSuccess) status = Find(reply.IaNas, Client.Iaid)?.Status ?? status;
        if (status.IsSuccess) status = Find(reply.IaPds, Client.PrefixIaid)?.Status ?? status;
        Tell("refused", ("server", reply.ServerIdentifier), ("status", status.Name), ("text", string.IsNullOrEmpty(status.Text) ? null : status.Text));
    }
}
