using System.Collections.Immutable;
using BondDhcp.Bond.Links;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Host.Coexistence;
using BondDhcp.Host.Components;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Masters;
using BondDhcp.Host.Paths;
using BondDhcp.Host.Runner;
using BondDhcp.Host.Status;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Daemon;

/// <summary>What the kernel and the runners say of an interface, as <c>status</c> shows it.</summary>
internal static class InterfaceView
{
    private const string NotThere = "the interface is not there";

    // IFA_PROTO of addresses the kernel made itself: loopback, router advertisement, link-local.
    private const byte KernelLoopback = 1;

    /// <summary>The interface of this name, or its name alone while it is not there.</summary>
    /// <param name="network">What the kernel says.</param>
    /// <param name="supervision">Masters, supplicants, static configuration.</param>
    /// <param name="name">The interface's name.</param>
    /// <param name="configuration">Its section; null where it has none.</param>
    /// <param name="dhcp4">Its DHCPv4; null where that is not configured.</param>
    /// <param name="dhcp6">Its DHCPv6; null where that is not configured.</param>
    public static InterfaceSnapshot Of(
        NetworkState network, Supervision supervision, string name, InterfaceConfiguration? configuration, LeaseComponent? dhcp4, LeaseComponent? dhcp6)
    {
        InterfaceSnapshot shown = new()
        {
            Name = name,
            Anonymity = configuration is { Anonymity: true },
            IsAddressed = configuration is not null && (configuration.HasDhcp || configuration.HasStaticAddressing),
            Why = NotThere,
            Dhcp4 = dhcp4?.Dhcp4,
            Dhcp6 = dhcp6?.Dhcp6,
            Counters4 = dhcp4?.Counters,
            Counters6 = dhcp6?.Counters,
            Drops = Together(dhcp4?.Drops ?? [], dhcp6?.Drops ?? []),
            Supplicant = SupplicantOf(supervision, name),
            Slaves = [.. SlaveViews.Of(network, supervision, name).Select(slave => slave with { NetworkWhy = WhyNotAsked(configuration) })],
        };
        shown = shown with { Rivals = RivalsOf(shown, dhcp4, dhcp6) };
        if (!network.Table.TryFind(name, out Link? link)) return shown;
        PathView path = supervision.Gate.Look(link);
        return shown with
        {
            // Asked for at this moment: the event that tells of a failover may still be under way.
            Mac = network.HardwareAddresses.TryRead(link.Index, out MacAddress mac) ? mac : link.Mac,
            Carrier = link.Carrier,
            OperState = InterfaceReports.OperStateOf(link),
            IsUsable = path.Usable,
            Why = path.Usable ? null : path.Why,
            ActiveSlave = link.Bond is { } bond && network.Table.Links.TryGetValue(bond.ActiveSlave, out Link? active) ? active.Name : null,
            Failovers = FailoversOf(supervision.Master(name)),
            Addresses = AddressesOf(network, supervision, link, shown.Dhcp4?.Lease, shown.Dhcp6?.Lease),
        };
    }

    /// <summary>What an interface's supplicant says; null where none runs.</summary>
    public static SupplicantSnapshot? SupplicantOf(Supervision supervision, string name) =>
        supervision.Supplicant(name)?.View is { } view ? new SupplicantSnapshot(view.State, view.Ssid, view.Bssid?.ToString()) { Restarts = supervision.Supplicant(name)!.Restarts } : null;

    // One that is in the way of both families is one program.
    private static ImmutableArray<RivalSnapshot> RivalsOf(InterfaceSnapshot shown, LeaseComponent? dhcp4, LeaseComponent? dhcp6)
    {
        string[] devices = [shown.Name, .. shown.Slaves.Select(slave => slave.Name)];
        List<Rival> rivals = [.. dhcp4?.Rivals ?? []];
        rivals.AddRange((dhcp6?.Rivals ?? []).Where(rival => !rivals.Exists(rival.IsSameAs)));
        return [.. rivals.Select(rival => new RivalSnapshot(rival, RivalAdvice.On(rival, devices)))];
    }

    private static FailoverSnapshot? FailoversOf(MasterRunner? master) => master is { Link.Bond: not null, Failovers: var failovers }
        ? new FailoverSnapshot(failovers.Count, failovers.Previous, failovers.Reason, failovers.WithoutLink)
        : null;

    private static ImmutableArray<AddressSnapshot> AddressesOf(
        NetworkState network, Supervision supervision, Link link, Dhcp4Lease? lease, Dhcp6Lease? ipv6Lease)
    {
        Dictionary<string, string> written = supervision.Static(link.Name) is { } runner
            ? runner.Snapshot.Addresses.ToDictionary(view => view.Address.ToString(), view => view.Origin)
            : [];
        IEnumerable<AddressSnapshot> addresses =
        [
            .. network.Table.Addresses.Where(one => one.InterfaceIndex == link.Index).Select(one => Shown(one, lease)),
            .. Ipv6Addresses(network, link.Index, ipv6Lease),
        ];
        return [.. addresses.Select(one => written.TryGetValue(one.Address, out string? origin) ? one with { Origin = origin } : one)];
    }

    // How long the kernel keeps an address that is not ours was true when it said so; that moment is not known here.
    private static AddressSnapshot Shown(InterfaceAddress address, Dhcp4Lease? lease)
    {
        bool leased = lease is not null && address.Prefix == lease.Prefix;
        string origin = leased ? "dhcp4" : OriginOf(address.Protocol);
        return new AddressSnapshot(address.Prefix.ToString(), origin, leased ? lease!.ExpiresAt : Instant.Never);
    }

    // Others configure most of these: they are read when somebody asks.
    private static List<AddressSnapshot> Ipv6Addresses(NetworkState network, int interfaceIndex, Dhcp6Lease? lease)
    {
        List<Ipv6InterfaceAddress> addresses = [];
        if (!network.Rtnl.ReadIpv6Addresses(interfaceIndex, addresses).Succeeded) return [];
        Instant now = BoottimeClock.Now;
        return addresses.Where(one => !one.IsTentative).Select(one => new AddressSnapshot(
            one.ToString(), lease?.Holds(one.Address) == true ? "dhcp6" : OriginOf(one.Protocol),
            one.ValidSeconds == InterfaceAddress.Forever ? Instant.Never : now + TimeSpan.FromSeconds(one.ValidSeconds)));
    }

    // A reason of one name is the same reason in both families.
    private static ImmutableArray<KeyValuePair<string, long>> Together(
        IEnumerable<KeyValuePair<string, long>> one, IEnumerable<KeyValuePair<string, long>> other)
    {
        List<KeyValuePair<string, long>> drops = one.Concat(other);
        return
        [
            .. drops.Select(drop => drop.Key).Distinct()
                .Select(reason => KeyValuePair.Create(reason, drops.Where(drop => drop.Key == reason).Sum(drop => drop.Value))),
        ];
    }

    private static string OriginOf(byte protocol) => protocol is >= KernelLoopback and <= Ipv6InterfaceAddress.KernelLinkLocal ? "kernel" : "foreign";

    // Which network a backup leads into is asked by ARP for the lease's gateway. IPv6 has no such question that is free of
    // side effects: an NS from the unspecified address for the router's own is a claim on it to switches that guard addresses
    // (RFC 6620), and one from an address would need one on the slave.
    private static string? WhyNotAsked(InterfaceConfiguration? configuration) =>
        configuration is { Dhcp4: false, Dhcp6: not null } ? "only a lease of DHCPv4 has a gateway to ask for; after a failover DHCPv6 asks its servers" : null;
}
