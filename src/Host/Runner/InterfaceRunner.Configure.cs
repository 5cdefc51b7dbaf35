using System.Collections.Immutable;
using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Linux;
using BondDhcp.Dhcp.Client;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Runner;

/// <summary>Leases onto the interface and off it.</summary>
internal sealed partial class InterfaceRunner
{
    private Ipv4Ownership _owned = Ipv4Ownership.None;
    private OwnershipFile? _record;
    private string _lastProblems = "";

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
        List<string> problems = [.. its.Warnings, .. outcome.Problems];
        foreach (RefusedRoute refused in its.RefusedRoutes)
            problems.Add($"route to {refused.Route.Destination} not taken: {refused.Why}");
        if (Sockets.HoldUdp(lease.Address) is { } unheld) problems.Add($"port 68 of {lease.Address}: {unheld}");
        WarnOnce(problems);
        return true;
    }

    // Recorded after it was done, so that an address does not wait for a disk. Should the program die in between, the
    // mark that the kernel keeps with an address says that it is ours.
    private void Own(Ipv4Ownership owned)
    {
        _owned = owned;
        if (_record?.Write(owned) is { } problem) Warn(problem);
    }

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
        if (Client.Lease is null) Sockets.HoldUdp(null);
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
        HashSet<InstalledRoute> routes = [.. recorded.Routes];
        if (!addresses.IsEmpty)
        {
            List<InstalledRoute> installed = [];
            Network.Rtnl.ReadRoutes(link.Index, InstalledRoute.DhcpProtocol, installed);
            routes.UnionWith(installed.Where(route => addresses.Any(address => address.Address == route.PreferredSource)));
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
