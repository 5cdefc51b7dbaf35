using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;

namespace BondDhcp.Tests.Simulation6;

/// <summary>A DHCPv6 server of one network, for one client. Statuses as dnsmasq and Kea give them.</summary>
/// <param name="network">Number of the network: its prefix is 2001:db8:N::/64, the delegated one 2001:db8:N00::/56.</param>
/// <param name="identifier">Its DUID.</param>
/// <param name="leaseSeconds">Valid lifetime; preferred is two thirds, T1 and T2 are 0.5 and 0.8 of that.</param>
internal sealed class Model6Server(int network, Duid identifier, uint leaseSeconds)
{
    private readonly Ipv6Prefix _subnet = Ipv6Prefix.Parse($"2001:db8:{network}::/64");
    private readonly Ipv6Prefix _delegated = Ipv6Prefix.Parse($"2001:db8:{network}00::/56");
    private readonly HashSet<Ipv6Address> _declined = [];
    private bool _bound;

    public int Network { get; } = network;

    /// <summary>A crashed server hears nothing.</summary>
    public bool Crashed { get; set; }

    /// <summary>It answers a SOLICIT with option 14 by a REPLY.</summary>
    public bool CommitsRapidly { get; set; }

    /// <summary>Restarted without its leases.</summary>
    public void ForgetLeases() => _bound = false;

    public bool Owns(Ipv6Address address) => _subnet.Contains(address);

    public Reply6Message? Answer(Dhcp6Transmission message)
    {
        if (Crashed || (message.ServerIdentifier is { } other && !other.Equals(identifier))) return null;
        switch (message.Type)
        {
            case Dhcp6MessageType.Solicit when message.RapidCommit && CommitsRapidly:
                _bound = true;
                return Grant(New(Dhcp6MessageType.Reply, message).Option(14), message);
            case Dhcp6MessageType.Solicit:
                return Grant(New(Dhcp6MessageType.Advertise, message), message);
            case Dhcp6MessageType.Request:
                _bound = true;
                return Grant(New(Dhcp6MessageType.Reply, message), message);
            case Dhcp6MessageType.Confirm:
                bool onLink = message.IaNas.All(ia => ia.Addresses.All(Owns));
                return New(Dhcp6MessageType.Reply, message).Status(onLink ? Dhcp6StatusCode.Success : Dhcp6StatusCode.NotOnLink);
            case Dhcp6MessageType.Renew or Dhcp6MessageType.Rebind:
                return Extend(message);
            case Dhcp6MessageType.Release:
                _bound = false;
                return New(Dhcp6MessageType.Reply, message).Status(Dhcp6StatusCode.Success);
            case Dhcp6MessageType.Decline:
                foreach (Dhcp6IaNaRequest ia in message.IaNas) _declined.UnionWith(ia.Addresses);
                return New(Dhcp6MessageType.Reply, message).Status(Dhcp6StatusCode.Success);
            default:
                return New(Dhcp6MessageType.Reply, message).Dns(Fixture6.Dns);
        }
    }

    private Reply6Message? Extend(Dhcp6Transmission message)
    {
        Reply6Message reply = New(Dhcp6MessageType.Reply, message);
        if (!_bound)
        {
            // RFC 9915 section 18.3.5: a REBIND of what is unknown is answered only where the link decides it.
            bool foreign = message.IaNas.Any(ia => ia.Addresses.Any(address => !Owns(address)))
                || message.IaPds.Any(ia => ia.Prefixes.Any(prefix => prefix != _delegated && !prefix.Network.IsAny));
            if (message.Type == Dhcp6MessageType.Rebind && foreign) return TakeAway(reply, message);
            if (message.Type == Dhcp6MessageType.Rebind) return null;
            if (!message.IaNas.IsEmpty) reply.IaNa(Dhcp6StatusCode.NoBinding);
            if (!message.IaPds.IsEmpty) reply.IaPd(Dhcp6StatusCode.NoBinding);
            return reply;
        }
        return Grant(reply, message);
    }

    private static Reply6Message TakeAway(Reply6Message reply, Dhcp6Transmission message)
    {
        foreach (Dhcp6IaNaRequest ia in message.IaNas) reply.IaNa(0, 0, [.. ia.Addresses.Select(address => (address, 0u, 0u))]);
        foreach (Dhcp6IaPdRequest ia in message.IaPds) reply.IaPd(0, 0, [.. ia.Prefixes.Where(prefix => !prefix.Network.IsAny).Select(prefix => (prefix, 0u, 0u))]);
        return reply;
    }

    private Reply6Message New(Dhcp6MessageType type, Dhcp6Transmission message) => new(type, message.Xid, Fixture6.Client, identifier);

    /// <summary>The one address and the one prefix there are for this client; what it has of others is taken away.</summary>
    private Reply6Message Grant(Reply6Message reply, Dhcp6Transmission message)
    {
        uint preferred = leaseSeconds / 3 * 2;
        (uint t1, uint t2) = (preferred / 2, preferred / 5 * 4);
        foreach (Dhcp6IaNaRequest ia in message.IaNas)
        {
            Ipv6Address own = Address;
            reply.IaNa(t1, t2, [(own, preferred, leaseSeconds), .. ia.Addresses.Where(one => one != own).Select(one => (one, 0u, 0u))]);
        }
        foreach (Dhcp6IaPdRequest ia in message.IaPds)
            reply.IaPd(t1, t2, [(_delegated, preferred, leaseSeconds), .. ia.Prefixes.Where(one => one != _delegated && !one.Network.IsAny).Select(one => (one, 0u, 0u))]);
        return reply.Dns(Fixture6.Dns);
    }

    private Ipv6Address Address
    {
        get
        {
            UInt128 host = 0x100;
            while (_declined.Contains(new Ipv6Address(_subnet.Network.Value + host))) host++;
            return new Ipv6Address(_subnet.Network.Value + host);
        }
    }
}
