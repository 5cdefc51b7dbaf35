using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client;

/// <summary>
/// The anonymity profile (RFC 7844): identity, hardware address and IP address change together, and nothing of one identity
/// is in a message under another. A network that may be another one is met with a complete four-way exchange.
/// </summary>
internal sealed partial class Dhcp4Turn
{
    /// <summary>
    /// Who the client is from now on follows from the hardware address read for this step (RFC 7844 section 3.5). What came by
    /// the one before is dropped without a word: giving it back from the new address would tell whose it was.
    /// </summary>
    /// <param name="first">There was none before.</param>
    private void TakeIdentity(bool first)
    {
        Client = Client with { OptionOrder = entropy.NextUInt32() };
        if (first)
        {
            KeepOwn();
            return;
        }
        if (Client.State is Dhcp4State.Releasing)
        {
            FinishRelease();
            return;
        }
        Lose(LeaseEnd.Anonymity);
        EndWhatRunsBeside();
        Client = Client with { HeardGateway = null, LeftNetwork = false, GatewayWasSilent = false };
        KeepOwn();
        // A wait after a refusal or a conflict protects the network, not us.
        if (Client.State is Dhcp4State.Stopped or Dhcp4State.DeclineWait or Dhcp4State.NakBackoff) return;
        if (!Client.LinkUsable)
        {
            Enter(new Dhcp4State.Waiting(Client.LinkUnusableWhy));
            return;
        }
        Enter(new Dhcp4State.Waiting("the hardware address is another one"));
        Client = Client with
        {
            Damping = Client.Damping.Changed(now).Held(new PendingPathChange(PathClass.Unknown, null, PendingPathChange.HardwareAddress), now),
        };
    }

    /// <summary>Of what is remembered the rest is forgotten, in the store too.</summary>
    private void KeepOwn()
    {
        if (Client.Memory is { Leases.IsEmpty: true, LastAddress: null }) return;
        Dhcp4Lease? inForce = Client.Lease;
        if (inForce is null || Client.Memory.Leases.Length > 1 || Client.Memory.LastAddress is not null)
            Remember(inForce is null ? Dhcp4Memory.Empty : new Dhcp4Memory([inForce], null));
    }

    /// <summary>
    /// A lease that is still on the interface after a restart goes on. Whether the network is the same nobody knows, so that no
    /// DHCPREQUEST names the address, at T1 and T2 neither; what a DHCPDISCOVER brings takes its place, and to the same client a
    /// server gives the same.
    /// </summary>
    private void GoOnAnonymously()
    {
        KeepOwn();
        Client = Client with { IsUnconfirmed = true };
        ReturnToLease();
        Replace(Client.Lease!);
    }

    /// <summary>An acquisition under way would name the former network's server and address in this one, flapping or not.</summary>
    private void EndWhatNamesTheNetwork(PathClass network)
    {
        if (!Settings.Anonymous || network == PathClass.Same || Client.Lease is not null) return;
        if (Client.State is Dhcp4State.Requesting or Dhcp4State.Probing or Dhcp4State.Selecting { Acquisition.Offers.IsEmpty: false })
            Enter(new Dhcp4State.Waiting("perhaps another network"));
    }

    /// <summary>True, and the lease is gone, where the network may be another one (RFC 7844 sections 3.2 and 3.3).</summary>
    private bool LeavesAnonymously(PathClass network)
    {
        if (!Settings.Anonymous || network == PathClass.Same || Client.Lease is null) return false;
        Lose(network == PathClass.Different ? LeaseEnd.OtherNetwork : LeaseEnd.Anonymity);
        Enter(new Dhcp4State.Waiting("perhaps another network"));
        return true;
    }
}
