using BondDhcp.Net;

namespace BondDhcp.Bond.Links;

/// <summary>What became different about IPv6 on an interface.</summary>
public abstract record Ipv6Event
{
    private Ipv6Event()
    {
    }

    /// <summary>A link-local address can be sent from; there was none before.</summary>
    public sealed record LinkLocalUsable(Ipv6Address Address) : Ipv6Event;

    /// <summary>The link-local address in use is gone, or was found to be another host's.</summary>
    public sealed record LinkLocalLost(Ipv6Address Address) : Ipv6Event;

    /// <summary>An address was found unique, or came so: it can be used.</summary>
    public sealed record AddressUsable(Ipv6InterfaceAddress Address) : Ipv6Event;

    /// <summary>Another host answered for an address (RFC 4862 section 5.4.5).</summary>
    public sealed record AddressDuplicate(Ipv6InterfaceAddress Address) : Ipv6Event;

    /// <summary>An address is gone.</summary>
    public sealed record AddressRemoved(Ipv6InterfaceAddress Address) : Ipv6Event;

    /// <summary>Routers say something else than before of how addresses and settings are had, or say it for the first time.</summary>
    public sealed record RouterFlags(Ipv6LinkFlags Flags) : Ipv6Event;

    /// <summary>Routers advertise a prefix that was not among those known: the host may have moved to another link (RFC 9915 section 18.2.12).</summary>
    public sealed record PrefixAppeared(AdvertisedPrefix Prefix) : Ipv6Event;

    /// <summary>Routers took a prefix back.</summary>
    public sealed record PrefixWithdrawn(AdvertisedPrefix Prefix) : Ipv6Event;
}

/// <summary>IPv6 on one interface as the kernel's events describe it, and what makes the difference from one to the next. Pure.</summary>
/// <param name="interfaceIndex">ifindex.</param>
public sealed class Ipv6Table(int interfaceIndex)
{
    // A hostile link may advertise prefixes without end. Of more than these nothing is concluded.
    private const int MaxPrefixes = 64;

    private const Ipv6LinkFlags OfRouters = Ipv6LinkFlags.Managed | Ipv6LinkFlags.OtherConfiguration;

    // In the order in which they came, and by the address: the kernel sets no limit to those that are added by hand.
    private readonly List<Ipv6InterfaceAddress> _addresses = [];
    private readonly Dictionary<Ipv6Address, Ipv6InterfaceAddress> _byAddress = [];
    private readonly List<Ipv6Prefix> _prefixes = [];

    /// <summary>ifindex.</summary>
    public int InterfaceIndex => interfaceIndex;

    /// <summary>The addresses, tentative ones too.</summary>
    public IReadOnlyCollection<Ipv6InterfaceAddress> Addresses => _addresses;

    /// <summary>The link-local address to send from; null while there is none that is usable.</summary>
    public Ipv6Address? LinkLocal { get; private set; }

    /// <summary>What routers said.</summary>
    public Ipv6LinkFlags Flags { get; private set; }

    /// <summary>A router has advertised itself, as far as the kernel told.</summary>
    public bool HasRouter => (Flags & (OfRouters | Ipv6LinkFlags.AdvertisementReceived)) != 0;

    /// <summary>The address as it was described last; null when it is not there.</summary>
    public Ipv6InterfaceAddress? Find(Ipv6Address address) => _byAddress.GetValueOrDefault(address);

    /// <summary>Takes what the kernel said in one turn; that of other interfaces is passed over.</summary>
    public void Take(IReadOnlyList<LinkEvent> happened, List<Ipv6Event> events)
    {
        // One advertisement may hold several prefixes: the first ones known are no change.
        bool prefixesKnown = _prefixes.Count > 0;
        for (int i = 0; i < happened.Count; i++)
        {
            switch (happened[i])
            {
                case LinkEvent.Ipv6AddressSeen(var address) when address.InterfaceIndex == interfaceIndex: Put(address, events); break;
                case LinkEvent.Ipv6AddressRemoved(var address) when address.InterfaceIndex == interfaceIndex: Remove(address, events); break;
                case LinkEvent.Ipv6FlagsChanged(var index, var flags) when index == interfaceIndex: Put(flags, events); break;
                case LinkEvent.PrefixAdvertised(var prefix) when prefix.InterfaceIndex == interfaceIndex: Put(prefix, prefixesKnown, events); break;
            }
        }
        ChooseLinkLocal(events);
    }

    /// <summary>Takes a full reading, as at the start and after events were lost.</summary>
    public void Replace(IReadOnlyCollection<Ipv6InterfaceAddress> addresses, Ipv6LinkFlags flags, List<Ipv6Event> events)
    {
        Ipv6InterfaceAddress[] before = [.. _addresses];
        Dictionary<Ipv6Address, Ipv6InterfaceAddress> read = new(addresses.Count);
        foreach (Ipv6InterfaceAddress address in addresses) read[address.Address] = address;
        _addresses.Clear();
        foreach (Ipv6InterfaceAddress known in before)
        {
            if (read.TryGetValue(known.Address, out Ipv6InterfaceAddress? still))
            {
                _addresses.Add(still);
                continue;
            }
            _byAddress.Remove(known.Address);
            events.Add(new Ipv6Event.AddressRemoved(known));
        }
        foreach (Ipv6InterfaceAddress address in read.Values)
        {
            Ipv6InterfaceAddress? old = Find(address.Address);
            _byAddress[address.Address] = address;
            if (old is null) _addresses.Add(address);
            AddChange(old, address, events);
        }
        Put(flags, events);
        ChooseLinkLocal(events);
    }

    private void Put(Ipv6InterfaceAddress address, List<Ipv6Event> events)
    {
        Ipv6InterfaceAddress? old = Find(address.Address);
        _byAddress[address.Address] = address;
        if (old is null) _addresses.Add(address);
        else _addresses[PlaceOf(old)] = address;
        AddChange(old, address, events);
    }

    private static void AddChange(Ipv6InterfaceAddress? old, Ipv6InterfaceAddress address, List<Ipv6Event> events)
    {
        if (address.IsUsable && old is not { IsUsable: true }) events.Add(new Ipv6Event.AddressUsable(address));
        else if (address.IsDuplicate && old is not { IsDuplicate: true }) events.Add(new Ipv6Event.AddressDuplicate(address));
    }

    // An address with a lifetime the kernel removes when it finds it duplicate, and says why with the removal. One of
    // which that was known already is only gone now.
    private void Remove(Ipv6InterfaceAddress address, List<Ipv6Event> events)
    {
        if (!_byAddress.Remove(address.Address, out Ipv6InterfaceAddress? old)) return;
        _addresses.RemoveAt(PlaceOf(old));
        if (address.IsDuplicate && !old.IsDuplicate) events.Add(new Ipv6Event.AddressDuplicate(address));
        else events.Add(new Ipv6Event.AddressRemoved(address));
    }

    private int PlaceOf(Ipv6InterfaceAddress known) => _addresses.FindIndex(one => ReferenceEquals(one, known));

    private void Put(Ipv6LinkFlags flags, List<Ipv6Event> events)
    {
        bool heard = HasRouter;
        bool other = (flags & OfRouters) != (Flags & OfRouters);
        Flags = flags;
        // That the kernel's own question was answered too is nothing new.
        if (HasRouter && (other || !heard)) events.Add(new Ipv6Event.RouterFlags(flags));
    }

    private void Put(AdvertisedPrefix prefix, bool prefixesKnown, List<Ipv6Event> events)
    {
        if (prefix.ValidSeconds == 0)
        {
            if (_prefixes.Remove(prefix.Prefix)) events.Add(new Ipv6Event.PrefixWithdrawn(prefix));
            return;
        }
        if (_prefixes.Count >= MaxPrefixes || _prefixes.Contains(prefix.Prefix)) return;
        _prefixes.Add(prefix.Prefix);
        if (prefixesKnown) events.Add(new Ipv6Event.PrefixAppeared(prefix));
    }

    // The one in use stays in use while it can: a server's answers come to it.
    private void ChooseLinkLocal(List<Ipv6Event> events)
    {
        if (LinkLocal is { } used)
        {
            if (Find(used) is { IsUsable: true }) return;
            LinkLocal = null;
            events.Add(new Ipv6Event.LinkLocalLost(used));
        }
        foreach (Ipv6InterfaceAddress candidate in _addresses)
        {
            if (!candidate.Address.IsLinkLocal || !candidate.IsUsable) continue;
            if (LinkLocal is not { } best || candidate.Address.CompareTo(best) < 0) LinkLocal = candidate.Address;
        }
        if (LinkLocal is { } chosen) events.Add(new Ipv6Event.LinkLocalUsable(chosen));
    }
}
