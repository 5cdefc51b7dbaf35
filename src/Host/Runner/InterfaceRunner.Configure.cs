using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Links;
using BondDhcp.Dhcp.Client;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Runner;

/// <summary>Leases onto the interface and off it.</summary>
internal sealed partial class InterfaceRunner
{
    private Ipv4Ownership _owned = Ipv4Ownership.None;
    private string _lastProblems = "";

    private void Configure(Dhcp4Lease lease)
    {
        if (_link is not { } link) return; // It is configured when the interface comes.
        List<string> problems = [];
        Ipv4Configuration wanted = LeaseConfiguration.Of(lease, Options, BoottimeClock.Now, link.MaxMtu, problems.Add);
        Ipv4Outcome outcome = _network.Configurator.Apply(link.Index, wanted, _owned);
        _owned = outcome.Owned;
        problems.AddRange(outcome.Problems);
        if (outcome.Error is { } error)
        {
            Feed(new Dhcp4Input.ConfigurationFailed(error));
            return;
        }
        if (_sockets.HoldUdp(lease.Address) is { } refused) problems.Add($"port 68 of {lease.Address}: {refused}");
        WarnOnce(problems);
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
        if (Client.Lease is null) _sockets.HoldUdp(null);
        if (_link is not { } link) return;
        var its = new Ipv4Ownership
        {
            Addresses = _owned.Addresses.RemoveAll(address => address != lease.Prefix),
            Routes = _owned.Routes.RemoveAll(route => route.PreferredSource != lease.Address),
            Mtu = _owned.Addresses.Length == 1 ? _owned.Mtu : null,
        };
        Ipv4Outcome outcome = _network.Configurator.Remove(link.Index, its);
        _owned = new Ipv4Ownership
        {
            Addresses = [.. _owned.Addresses.Except(its.Addresses), .. outcome.Owned.Addresses],
            Routes = [.. _owned.Routes.Except(its.Routes), .. outcome.Owned.Routes],
            Mtu = its.Mtu is null ? _owned.Mtu : outcome.Owned.Mtu,
        };
        foreach (string problem in outcome.Problems) Warn(problem);
    }

    /// <summary>Puts back what the kernel flushed without a word.</summary>
    private void ConfigureAgain()
    {
        if (_started && Client.Lease is { } lease && IsPresent(lease.Prefix)) Configure(lease);
    }

    // Looked for in the table and not in the events: an address that was replaced went and came.
    private void CheckAddress()
    {
        if (_link is null || Client.Lease is not { } lease || !_owned.Addresses.Contains(lease.Prefix)) return;
        if (IsPresent(lease.Prefix)) return;
        _owned = _owned with { Addresses = _owned.Addresses.Remove(lease.Prefix) };
        Feed(new Dhcp4Input.AddressRemoved());
    }

    /// <summary>
    /// Takes what an earlier run left on the interface for ours: an address of a stored lease that bears our mark, and
    /// the routes that have it as their source.
    /// </summary>
    private void Adopt(Dhcp4Memory memory)
    {
        if (_link is not { } link) return;
        Ipv4Prefix[] addresses =
            [.. memory.Leases.Select(lease => lease.Prefix).Where(prefix => IsPresent(prefix) && BearsOurMark(prefix))];
        if (addresses.Length == 0) return;
        List<InstalledRoute> routes = [];
        _network.Rtnl.ReadRoutes(link.Index, InstalledRoute.DhcpProtocol, routes);
        _owned = new Ipv4Ownership
        {
            Addresses = [.. addresses],
            Routes = [.. routes.Where(route => addresses.Any(address => address.Address == route.PreferredSource))],
        };
    }

    private bool IsPresent(Ipv4Prefix prefix) =>
        _link is { } link && _network.Table.FindAddress(link.Index, prefix.Address)?.Prefix == prefix;

    // A kernel before 5.18 keeps no mark: there the stored lease alone says that the address is ours. A later one marks
    // at least the loopback's address.
    private bool BearsOurMark(Ipv4Prefix prefix) =>
        _network.Table.FindAddress(_link!.Index, prefix.Address)?.Protocol == InterfaceAddress.OurProtocol
        || _network.Table.Addresses.All(address => address.Protocol == 0);
}
