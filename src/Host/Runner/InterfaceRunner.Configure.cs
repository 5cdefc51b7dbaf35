using System.Collections.Immutable;
using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Linux;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Runner;

/// <summary>Leases onto the interface and off it.</summary>
internal sealed partial class InterfaceRunner
{
    private Ipv4Ownership _owned = Ipv4Ownership.None;
    private OwnershipFile? _record;
    private string _lastProblems = "";
    private ImmutableArray<RefusedRoute> _refusedRoutes = [];

    /// <inheritdoc/>
    public override ImmutableArray<RefusedRoute> RefusedRoutes => Lease is null ? [] : _refusedRoutes;

    // False when the kernel refused it, which the machine has been told.
    private bool Configure(Dhcp4Lease lease)
    {
        if (Taken is not { } link) return true; // It is configured when the interface comes.
        LeaseConfiguration its = LeaseConfiguration.Of(lease, Options.Interface, BoottimeClock.Now, link.MaxMtu);
        Ipv4Outcome outcome = Network.Configurator.Apply(link.Index, its.Wanted, _owned);
        Own(outcome.Owned);
        if (outcome.Error is { } error)
        {
            Feed(new Dhcp4Input.ConfigurationFailed(error));
            return false;
        }
        ForgetMissingRoutes();
        List<string> problems = [.. its.Warnings, .. outcome.Problems];
        _refusedRoutes = [.. its.RefusedRoutes, .. RefusedByKernel(lease, outcome)];
        foreach (RefusedRoute refused in its.RefusedRoutes)
            problems.Add($"route to {refused.Route.Destination} not taken: {refused.Why}");
        if (Sockets.HoldUdp(lease.Address) is { } unheld) problems.Add($"port 68 of {lease.Address}: {unheld}");
        WarnOnce(problems);
        return true;
    }

    // The host route to a gateway is no route of the lease's; without it the route through that gateway is refused too.
    private static List<RefusedRoute> RefusedByKernel(Dhcp4Lease lease, Ipv4Outcome outcome)
    {
        List<RefusedRoute> refused = [];
        foreach (RefusedIpv4Route one in outcome.RefusedRoutes)
        {
            foreach (Dhcp4Route route in lease.Ack.Routes)
                if (route.Destination.Masked == one.Route.Destination && route.Gateway == (one.Route.Gateway ?? Ipv4Address.Any)) refused.Add(new RefusedRoute(route, one.Why));
        }
        return refused;
    }

    private void Own(Ipv4Ownership owned)
    {
        _owned = owned;
        RecordSoon();
    }

    /// <inheritdoc/>
    protected override string? WriteRecord() => _record?.Write(_owned);

    // The same at every renewal would be the same again.
    private void WarnOnce(List<string> problems)
    {
        string together = string.Join('\n', problems);
        if (together == _lastProblems) return;
        _lastProblems = together;
        foreach (string problem in problems) Warn(problem);
    }

    private void Deconfigure(Dhcp4Lease lease)
    {
        if (Client.Lease is null)
        {
            Sockets.HoldUdp(null);
            ForgetMissingRoutes();
        }
        if (Taken is not { } link) return;
        // Also with the prefix that it had under another configuration.
        ImmutableArray<Ipv4Prefix> addresses = _owned.Addresses.RemoveAll(address => address.Address != lease.Address);
        var its = new Ipv4Ownership
        {
            Addresses = addresses,
            Routes = _owned.Routes.RemoveAll(route => route.PreferredSource != lease.Address),
            Mtu = !addresses.IsEmpty && addresses.Length == _owned.Addresses.Length ? _owned.Mtu : null,
        };
        Ipv4Outcome outcome = Network.Configurator.Remove(link.Index, its);
        Own(new Ipv4Ownership
        {
            Addresses = [.. _owned.Addresses.Except(its.Addresses), .. outcome.Owned.Addresses],
            Routes = [.. _owned.Routes.Except(its.Routes), .. outcome.Owned.Routes],
            Mtu = its.Mtu is null ? _owned.Mtu : outcome.Owned.Mtu,
        });
        foreach (string problem in outcome.Problems) Warn(problem);
    }

    /// <inheritdoc/>
    protected override void ConfigureAgain()
    {
        if (Started && Lease is { } lease && IsPresent(lease.Prefix)) Configure(lease);
    }

    // Told that it went; asked whether it is gone. What was replaced went and came, and the table may not show yet what
    // was configured a moment ago.
    private void CheckAddress()
    {
        // Also where somebody else had configured it, who takes it away now: the lease is in force all the same.
        if (Taken is not { } link || Lease is not { } lease) return;
        List<InterfaceAddress> present = [];
        if (!Network.Rtnl.ReadAddresses(link.Index, present).Succeeded) return;
        if (present.Exists(address => address.Prefix == lease.Prefix)) return;
        _owned = _owned with { Addresses = _owned.Addresses.Remove(lease.Prefix) };
        Feed(new Dhcp4Input.AddressRemoved());
    }

    /// <inheritdoc/>
    protected override string[] TakeMissingRoutes()
    {
        if (Taken is not { } link || Lease is not { } lease || _owned.Routes.IsEmpty) return [];
        List<InterfaceAddress> addresses = [];
        List<InstalledRoute> routes = [];
        // Without the address they went with it, and come back with it.
        if (!Network.Rtnl.ReadAddresses(link.Index, addresses).Succeeded || !addresses.Exists(address => address.Prefix == lease.Prefix)) return [];
        if (!Network.Rtnl.ReadRoutes(link.Index, InstalledRoute.DhcpProtocol, routes).Succeeded) return [];
        ImmutableArray<InstalledRoute> missing = _owned.Routes.RemoveAll(routes.Contains);
        if (missing.IsEmpty) return [];
        Own(_owned with { Routes = _owned.Routes.RemoveRange(missing) });
        return [.. missing.Select(NameOf)];
    }

    private static string NameOf(InstalledRoute route)
    {
        string destination = route.Destination.PrefixLength == 0 ? "default" : route.Destination.ToString();
        return route.Gateway is { } gateway ? $"route {destination} via {gateway}" : $"route {destination}";
    }

    /// <summary>
    /// Takes for ours what an earlier run left on the interface: what it recorded and, where the record is missing, an
    /// address of a stored lease that bears our mark, or has the lease's prefix where the kernel keeps no marks, with the routes that have it as their source.
    /// </summary>
    private void Adopt(Dhcp4Memory memory)
    {
        if (Taken is not { } link) return;
        string? warning = null;
        _record = Options.OpenRecord?.Invoke(link.Index);
        Ipv4Ownership recorded = _record?.Read(out warning) ?? Ipv4Ownership.None;
        if (warning is not null) Warn(warning);

        if (memory.Leases.IsEmpty && recorded.IsEmpty) return;

        // Asked for, because the table may not show yet what a runner before this one did in the same turn.
        List<InterfaceAddress> present = [];
        Network.Rtnl.ReadAddresses(link.Index, present);
        ImmutableArray<Ipv4Prefix> addresses =
        [
            .. present.Where(address => recorded.Addresses.Contains(address.Prefix)
                || (BearsOurMark(address) && IsStored(address.Prefix.Address))
                || (KeepsNoMarks && IsStoredAs(address.Prefix))).Select(address => address.Prefix),
        ];
        IEnumerable<InstalledRoute> routes = recorded.Routes;
        if (!addresses.IsEmpty)
        {
            List<InstalledRoute> installed = [];
            Network.Rtnl.ReadRoutes(link.Index, InstalledRoute.DhcpProtocol, installed);
            routes = routes.Union(installed.Where(route => addresses.Any(address => address.Address == route.PreferredSource)));
        }
        _owned = new Ipv4Ownership { Addresses = addresses, Routes = [.. routes], Mtu = recorded.Mtu };

        // Whatever the prefix: the configuration may have another one by now.
        bool IsStored(Ipv4Address address) => memory.Leases.Any(lease => lease.Address == address);
        // With another prefix somebody else may have configured it: it is the server's, or the one that is in force.
        bool IsStoredAs(Ipv4Prefix prefix) => memory.Leases.Any(lease => lease.Prefix == prefix || InForce(lease).Prefix == prefix);
    }

    // The lease that is to be verified holds it, or else no lease does: the file was damaged. The kernel ends it with the
    // lifetime it was given, which is the lease's; until then a server may give the same again.
    private void WarnOfLeftovers(Dhcp4Memory memory)
    {
        string[] without = [.. _owned.Addresses.Where(address => memory.Leases.IsEmpty || memory.Leases[0].Address != address.Address).Select(address => address.ToString())];
        if (without.Length > 0) Warn(LeftoverWarning(without));
    }

    /// <summary>What no lease holds goes with the network that gave it, and when the client ends with a release.</summary>
    private void RemoveLeftovers()
    {
        if (Client.Lease is not null || _owned.IsEmpty || Taken is not { } link) return;
        // Under the anonymity profile it may be of another identity.
        if (!(ClientIsStopped && !_keeps) && View.Network != PathClass.Different && (ClientIsStopped || !Configuration.Anonymity)) return;
        Ipv4Outcome outcome = Network.Configurator.Remove(link.Index, _owned);
        Own(outcome.Owned);
        WarnOnce([.. outcome.Problems]);
    }

    private bool IsOwned(Ipv4Address address) => _owned.Addresses.Any(owned => owned.Address == address);

    // As the lease says, or ours with the prefix of another configuration.
    private bool IsPresent(Ipv4Prefix prefix) =>
        Taken is { } link && Network.Table.FindAddress(link.Index, prefix.Address)?.Prefix is { } present
        && (present == prefix || _owned.Addresses.Contains(present));

    private static bool BearsOurMark(InterfaceAddress address) => address.Protocol == InterfaceAddress.OurProtocol;

    // A kernel before 5.18: there the stored lease alone says that an address is ours. A later one marks at least the
    // loopback's address.
    private bool KeepsNoMarks => Network.Table.Addresses.All(static address => address.Protocol == 0);
}
