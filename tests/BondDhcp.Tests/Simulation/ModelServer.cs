using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;

namespace BondDhcp.Tests.Simulation;

/// <summary>What a model server tells clients apart by, and what it does to one it does not know.</summary>
internal enum ServerKind
{
    /// <summary>dnsmasq, ISC dhcpd and Kea as they come: by client identifier; a new chaddr is taken as it is.</summary>
    ClientIdentifier,
    /// <summary>Client identifiers ignored or reservations by hardware address, and a refusal for a stranger: dnsmasq host=MAC, ISC ignore-client-uids.</summary>
    ChaddrRefusing,
    /// <summary>The same, but silent to an INIT-REBOOT or rebinding of a stranger: Kea match-client-id false, ISC host.</summary>
    ChaddrSilent,
    /// <summary>BusyBox: by chaddr; INIT-REBOOT of a stranger refused, renewal and rebinding ignored.</summary>
    Udhcpd,
}

/// <summary>A server as measured, for one client that has one client identifier and several hardware addresses.</summary>
internal sealed class ModelServer(ServerKind kind, Ipv4Address identifier, uint leaseSeconds)
{
    private sealed record Binding(Ipv4Address Address, Instant ExpiresAt);

    // The key is the chaddr, or zero for everything with the one client identifier.
    private readonly Dictionary<MacAddress, Binding> _bindings = [];
    private uint _nextHost = 50;

    public ServerKind Kind { get; } = kind;

    /// <summary>A crashed server hears nothing; it keeps its leases.</summary>
    public bool Crashed { get; set; }

    public int Acknowledged { get; private set; }

    public ReplyMessage? Answer(Dhcp4Transmission message, MacAddress chaddr, Instant now)
    {
        if (Crashed) return null;
        MacAddress key = Kind == ServerKind.ClientIdentifier ? MacAddress.Zero : chaddr;
        switch (message.Type)
        {
            case Dhcp4MessageType.Discover:
                return Grant(Dhcp4MessageType.Offer, message, chaddr, AddressOf(key, now));
            case Dhcp4MessageType.Request when message.RequestKind == Dhcp4RequestKind.Selecting:
                if (message.ServerIdentifier != identifier) return null;
                return message.RequestedAddress == AddressOf(key, now) ? Acknowledge(message, chaddr, key, now) : Refuse(message, chaddr);
            case Dhcp4MessageType.Request:
                return Extend(message, chaddr, key, now);
            default:
                return null;
        }
    }

    private ReplyMessage? Extend(Dhcp4Transmission message, MacAddress chaddr, MacAddress key, Instant now)
    {
        Ipv4Address wanted = message.RequestedAddress ?? message.Ciaddr;
        if (_bindings.TryGetValue(key, out Binding? binding) && binding.Address == wanted && binding.ExpiresAt > now)
            return Acknowledge(message, chaddr, key, now);
        bool refuses = (Kind, message.RequestKind) switch
        {
            (ServerKind.Udhcpd, Dhcp4RequestKind.InitReboot) => true,
            (ServerKind.Udhcpd, _) => false,
            (ServerKind.ChaddrSilent, Dhcp4RequestKind.Renewing) => true,
            (ServerKind.ChaddrSilent, _) => false,
            _ => true,
        };
        return refuses ? Refuse(message, chaddr) : null;
    }

    private Ipv4Address AddressOf(MacAddress key, Instant now)
    {
        if (_bindings.TryGetValue(key, out Binding? binding)) return binding.Address;
        Ipv4Address address = new(Fixture.L.Value - 50 + _nextHost++);
        // Offered, not granted: held, but not to be extended.
        _bindings[key] = new Binding(address, now);
        return address;
    }

    private ReplyMessage Acknowledge(Dhcp4Transmission message, MacAddress chaddr, MacAddress key, Instant now)
    {
        Acknowledged++;
        Ipv4Address address = _bindings[key].Address;
        _bindings[key] = new Binding(address, now + TimeSpan.FromSeconds(leaseSeconds));
        return Grant(Dhcp4MessageType.Ack, message, chaddr, address);
    }

    private ReplyMessage Grant(Dhcp4MessageType type, Dhcp4Transmission message, MacAddress chaddr, Ipv4Address address) =>
        new ReplyMessage(type, message.Xid, chaddr, identifier) { Yiaddr = address }
            .Seconds(51, leaseSeconds)
            .Address(1, Ipv4Address.Parse("255.255.255.0"))
            .Address(3, Fixture.Server);

    private ReplyMessage Refuse(Dhcp4Transmission message, MacAddress chaddr) => new(Dhcp4MessageType.Nak, message.Xid, chaddr, identifier);
}
