using System.Collections.Immutable;
using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Linux;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Runner;

/// <summary>Leases onto the interface and off it.</summary>
internal sealed partial class Dhcp6Runner
{
    private Ipv6Ownership _owned = Ipv6Ownership.None;
    private Ipv6OwnershipFile? _record;
    private string _lastProblems = "";

    private void Configure(Dhcp6Lease lease)
    {
        if (Taken is not { } link) return; // It is configured when the interface comes.
        Ipv6Outcome outcome = Network.Ipv6Configurator.Apply(link.Index, WantedBy(lease), _owned);
        Own(outcome.Owned);
        ForgetMissingRoutes();
        if (!outcome.Refused.IsEmpty)
        {
            RefusedIpv6Address refused = outcome.Refused[0];
            Feed(new Dhcp6Input.ConfigurationFailed($"{refused.Address}: {refused.Why}"));
            return;
        }
        WarnOnce(outcome.Problems);
        // Of one that was there before, and is as good as before, the kernel tells nothing.
        foreach (Ipv6InterfaceAddress there in outcome.Present)
        {
            if (!lease.Holds(there.Address)) continue;
            if (there.IsUsable) Feed(new Dhcp6Input.AddressReady(there.Address));
            else if (there.IsDuplicate) Feed(new Dhcp6Input.AddressDuplicate(there.Address));
        }
    }

    private Ipv6Configuration WantedBy(Dhcp6Lease lease)
    {
        Instant now = BoottimeClock.Now;
        return new Ipv6Configuration
        {
            Addresses = [.. lease.Addresses.Where(one => one.ValidUntil > now).Select(one =>
                new Ipv6WantedAddress(one.Address, LeftUntil(one.PreferredUntil, now), LeftUntil(one.ValidUntil, now)))],
            Prefixes = [.. lease.Prefixes.Where(one => one.ValidUntil > now).Select(one => one.Prefix)],
            Metric = Options.Interface.Metric,
        };
    }

    private static TimeSpan LeftUntil(Instant end, Instant now) => end.IsNever ? TimeSpan.MaxValue : end - now;

    private void Own(Ipv6Ownership owned)
    {
        _owned = owned;
        RecordSoon();
    }

    /// <inheritdoc/>
    protected override string? WriteRecord() => _record?.Write(_owned);

    // The same at every renewal would be the same again.
    private void WarnOnce(ImmutableArray<string> problems)
    {
        string together = string.Join('\n', problems);
        if (together == _lastProblems) return;
        _lastProblems = together;
        foreach (string problem in problems) Warn(problem);
    }

    private void Deconfigure(Dhcp6Lease lease)
    {
        if (Client.Lease is null) ForgetMissingRoutes();
        if (Taken is not { } link) return;
        var its = new Ipv6Ownership
        {
            Addresses = _owned.Addresses.RemoveAll(address => !lease.Holds(address)),
            Routes = _owned.Routes.RemoveAll(route => !lease.Prefixes.Any(one => one.Prefix == route.Prefix)),
        };
        Ipv6Outcome outcome = Network.Ipv6Configurator.Remove(link.Index, its);
        Own(new Ipv6Ownership
        {
            Addresses = [.. _owned.Addresses.Except(its.Addresses), .. outcome.Owned.Addresses],
            Routes = [.. _owned.Routes.Except(its.Routes), .. outcome.Owned.Routes],
        });
        foreach (string problem in outcome.Problems) Warn(problem);
    }

    /// <inheritdoc/>
    protected override void ConfigureAgain()
    {
        // Without a link-local address IPv6 is not up; all is put back with the next one.
        if (Started && _sockets.Local is not null && Client.Lease is { } lease) Configure(lease);
    }

    /// <inheritdoc/>
    protected override string[] TakeMissingRoutes()
    {
        if (Client.Lease is null || _owned.Routes.IsEmpty) return [];
        List<UnreachableRoute> routes = [];
        if (!Network.Rtnl.ReadUnreachableRoutes(routes).Succeeded) return [];
        ImmutableArray<OwnedPrefixRoute> missing = _owned.Routes.RemoveAll(one => routes.Exists(one.Is));
        if (missing.IsEmpty) return [];
        Own(_owned with { Routes = _owned.Routes.RemoveRange(missing) });
        return [.. missing.Select(route => $"route unreachable {route.Prefix}")];
    }

    /// <summary>
    /// Takes for ours what an earlier run left on the interface: what it recorded and, where the record is missing, the
    /// addresses of a stored lease that bear our mark, and the routes that its prefixes would be given.
    /// </summary>
    private void Adopt(Dhcp6Memory memory)
    {
        if (_ipv6 is not { } table) return;
        string? warning = null;
        _record = Options.OpenRecord?.Invoke(table.InterfaceIndex);
        Ipv6Ownership recorded = _record?.Read(out warning) ?? Ipv6Ownership.None;
        if (warning is not null) Warn(warning);
        _owned = recorded with
        {
            Addresses =
            [
                .. table.Addresses.Where(there => recorded.Addresses.Contains(there.Address)
                    || (there.Protocol == InterfaceAddress.OurProtocol && memory.Leases.Any(lease => lease.Holds(there.Address))))
                    .Select(there => there.Address),
            ],
            Routes = recorded.IsEmpty ? FindRoutes(memory) : recorded.Routes,
        };
    }

    // Protocol and metric are what there is of a mark. Where something is recorded, a route that is not is somebody else's.
    private ImmutableArray<OwnedPrefixRoute> FindRoutes(Dhcp6Memory memory)
    {
        if (memory.Leases.All(lease => lease.Prefixes.IsEmpty)) return [];
        List<UnreachableRoute> routes = [];
        Network.Rtnl.ReadUnreachableRoutes(routes);
        return
        [
            .. memory.Leases.SelectMany(lease => lease.Prefixes).Select(one => Ipv6Plan.IdentityOf(one.Prefix, Options.Interface.Metric))
                .Where(route => routes.Exists(route.Is)).Distinct(),
        ];
    }

    // The lease that is to be confirmed holds them, or else no lease does: the file was damaged. The kernel ends them with
    // the lifetimes they were given, which are the lease's; until then a server may give the same again.
    private void WarnOfLeftovers(Dhcp6Memory memory)
    {
        Dhcp6Lease? lease = memory.Leases.IsEmpty ? null : memory.Leases[0];
        string[] without =
        [
            .. _owned.Addresses.Where(address => lease?.Holds(address) != true).Select(address => address.ToString()),
            .. _owned.Routes.Where(route => lease?.Prefixes.Any(one => one.Prefix == route.Prefix) != true).Select(route => route.Prefix.ToString()),
        ];
        if (without.Length > 0) Warn(LeftoverWarning(without));
    }

    /// <summary>What no lease holds goes with the network that gave it, and when the client ends with a release.</summary>
    private void RemoveLeftovers()
    {
        if (Client.Lease is not null || _owned.IsEmpty || Taken is not { } link) return;
        // Under the anonymity profile it may be of another identity.
        if (!(ClientIsStopped && !_keeps) && View.Network != PathClass.Different && (ClientIsStopped || !Configuration.Anonymity)) return;
        Ipv6Outcome outcome = Network.Ipv6Configurator.Remove(link.Index, _owned);
        Own(outcome.Owned);
        WarnOnce(outcome.Problems);
    }

    private bool IsPresent(Dhcp6Memory memory) =>
        !memory.Leases.IsEmpty
        && (memory.Leases[0].Addresses.Any(one => _owned.Addresses.Contains(one.Address))
            || memory.Leases[0].Prefixes.Any(one => _owned.Routes.Any(route => route.Prefix == one.Prefix)));
}
