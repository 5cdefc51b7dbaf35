using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;

namespace BondDhcp.Dhcp.Client6;

/// <summary>Other wishes of the same client: it goes on with the lease it has.</summary>
internal sealed partial class Dhcp6Turn
{
    private void Reconfigure(Dhcp6Settings settings)
    {
        bool wantedAddresses = Client.WantsAddresses, wantedPrefixes = Client.WantsPrefixes, wantedInformation = Client.WantsInformation;
        bool hintChanged = Settings.PrefixLengthHint != settings.PrefixLengthHint;
        bool sameMode = Settings.Mode == settings.Mode;
        Client = Client with { Settings = settings };
        if ((sameMode && !hintChanged) || Client.State is Dhcp6State.Stopped or Dhcp6State.Releasing) return;
        if (Client.Lease is { } lease)
        {
            if (settings.PrefixLengthHint is null && !lease.Prefixes.IsEmpty) GiveBackPrefixes(lease);
            else if ((hintChanged && Client.WantsPrefixes) || (!wantedAddresses && Client.WantsAddresses && lease.Addresses.IsEmpty)) AskAnew(hintChanged);
            return;
        }
        bool wantsTheSame = (wantedAddresses, wantedPrefixes, wantedInformation) == (Client.WantsAddresses, Client.WantsPrefixes, Client.WantsInformation);
        // A wait after a refusal or a conflict protects the network; a user does not shorten it.
        if ((wantsTheSame && !hintChanged) || Client.State is Dhcp6State.Declining or Dhcp6State.Waiting { Until.IsNever: false }) return;
        Begin(gateway: null);
    }

    /// <summary>
    /// An IA that is wanted and not held, or another length, is part of the next RENEW (RFC 9915 section 18.2.4), which is now. Where
    /// another question is under way it comes behind that one's answer.
    /// </summary>
    private void AskAnew(bool hintChanged)
    {
        Client = Client with { AsksAnew = true, HintsAnew = hintChanged };
        if (!Client.IsReady) return;
        if (Client.State is Dhcp6State.Renewing) Renew();
        else if (Client.State is Dhcp6State.Rebinding) Rebind();
    }

    /// <summary>A server has answered: what it does not give it would not give to the same question either.</summary>
    private void HaveAskedAnew() => Client = Client with { AsksAnew = false, HintsAnew = false };

    /// <summary>
    /// RELEASE of the prefixes alone, after they are used no more; what else the lease holds stays in force (RFC 9915 section 18.2.7:
    /// the IAs that are released, and no others).
    /// </summary>
    private void GiveBackPrefixes(Dhcp6Lease lease)
    {
        bool mayBeNamed = !Client.IsUnconfirmed && Client.IsReady;
        Dhcp6Lease left = lease with { Prefixes = [], PrefixTimes = Dhcp6IaTimes.Never };
        WarnIfUntold(lease);
        if (left.IsEmpty)
        {
            Lose(LeaseEnd.Released);
        }
        else
        {
            Tell(
                LeaseEndName.EventOf(LeaseEnd.Released), ("prefixes", TextOf(lease.Prefixes.Select(one => one.Prefix.ToString()))),
                ("server", lease.ServerIdentifier), ("why", LeaseEndName.Of(LeaseEnd.Released)));
            Shrink(left, LeaseEnd.Released);
        }
        // A server that is not told keeps them until they end.
        if (mayBeNamed)
        {
            Client = Client with
            {
                PrefixRelease = new Dhcp6PrefixRelease(
                    NewExchange(Dhcp6MessageType.Release, Dhcp6Timing.GiveBack, lease.ServerIdentifier), [.. lease.Prefixes.Select(one => one.Prefix)]),
            };
            AdvancePrefixRelease();
        }
        if (left.IsEmpty) Discover();
    }

    private void AdvancePrefixRelease()
    {
        if (Client.PrefixRelease is not { } release || release.Exchange.NextAt > now || !Client.IsReady) return;
        Dhcp6PrefixRelease? next = release.Exchange.IsOver(now)
            ? null
            : release with { Exchange = Transmit(release.Exchange, new Dhcp6Wanted(default, release.Prefixes)) };
        Client = Client with { PrefixRelease = next };
    }
}
