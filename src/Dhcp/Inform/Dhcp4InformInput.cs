using BondDhcp.Dhcp.Client;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Inform;

/// <summary>What happens to a client that asks by DHCPINFORM.</summary>
public abstract record Dhcp4InformInput
{
    private Dhcp4InformInput()
    {
    }

    /// <summary>Begins.</summary>
    /// <param name="Address">The address to ask for; null while none is on the interface.</param>
    /// <param name="Usable">The link can carry frames.</param>
    /// <param name="Why">Why it cannot.</param>
    public sealed record Start(Ipv4Prefix? Address, bool Usable, string Why) : Dhcp4InformInput;

    /// <summary>Ends; nothing is sent.</summary>
    /// <param name="Forget">What a server said is not in force any more.</param>
    public sealed record Stop(bool Forget) : Dhcp4InformInput;

    /// <summary>The link can carry frames.</summary>
    public sealed record LinkUsable(PathClass Network) : Dhcp4InformInput;

    /// <summary>It cannot.</summary>
    public sealed record LinkUnusable(string Why) : Dhcp4InformInput;

    /// <summary>What carries the interface is another device, address or attachment.</summary>
    public sealed record PathChanged(PathClass Network) : Dhcp4InformInput;

    /// <summary>The address to ask for is another one, or none.</summary>
    public sealed record AddressChanged(Ipv4Prefix? Address) : Dhcp4InformInput;

    /// <summary>The rim sent the last message again because the hardware address changed under it.</summary>
    public sealed record Retransmitted(MacAddress Chaddr) : Dhcp4InformInput;

    /// <summary>A user's command.</summary>
    public sealed record Command(DhcpCommand What) : Dhcp4InformInput;

    /// <summary>Awake after suspend.</summary>
    public sealed record Resumed : Dhcp4InformInput;

    /// <summary>The settings are others, of the same client: a server is asked anew.</summary>
    public sealed record Reconfigured(Dhcp4Settings Settings) : Dhcp4InformInput;

    /// <summary><see cref="Dhcp4InformClient.NextDeadline"/> has come.</summary>
    public sealed record DeadlineReached : Dhcp4InformInput;
}
