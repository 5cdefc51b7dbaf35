using System.Collections.Immutable;
using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Interop;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Netlink;
using BondDhcp.Net;
using BondDhcp.Net.Linux.Interop;

namespace BondDhcp.Bond.Linux;

/// <summary>
/// Gives an interface an address with lifetimes, its routes and its MTU, and takes away exactly what was given. The
/// same address is refreshed in place, never removed and added. The connected route is the kernel's own, with our
/// metric (IFA_RT_PRIORITY): unlike one installed here it comes back by itself when the interface was down.
/// </summary>
/// <param name="rtnl">For requests; stays the caller's.</param>
public sealed class Ipv4Configurator(RtnlSocket rtnl)
{
    /// <summary>
    /// Configures <paramref name="wanted"/> in place of what is <paramref name="owned"/>. May be repeated at any time,
    /// and should be after the interface was set down: the kernel flushes routes through gateways then.
    /// </summary>
    public Ipv4Outcome Apply(int interfaceIndex, Ipv4Configuration wanted, Ipv4Ownership owned)
    {
        if (wanted.Valid <= TimeSpan.Zero) return Refused(owned, $"{wanted.Address}: its lifetime is over");
        int mtu = 0;
        if (wanted.Mtu is not null || owned.Mtu is not null)
        {
            if (rtnl.FindLink(interfaceIndex) is not { } link) return Refused(owned, Describe(KernelNumbers.ENODEV));
            mtu = link.Mtu;
        }

        var run = new Run(rtnl, interfaceIndex, owned, mtu);
        foreach (Ipv4Act act in Ipv4Plan.Change(interfaceIndex, wanted, owned, mtu))
        {
            // Without the new address the old one stays.
            if (run.Carry(act) is { } error && act is Ipv4Act.AddAddress) return run.End(error);
        }
        return run.End(Verify(interfaceIndex, wanted, run));
    }

    /// <summary>Takes away what is <paramref name="owned"/> and nothing else; what is gone already is no error.</summary>
    public Ipv4Outcome Remove(int interfaceIndex, Ipv4Ownership owned)
    {
        var run = new Run(rtnl, interfaceIndex, owned, 0);
        string? error = null;
        int mtu = owned.Mtu is null ? 0 : rtnl.FindLink(interfaceIndex)?.Mtu ?? 0;
        foreach (Ipv4Act act in Ipv4Plan.Remove(interfaceIndex, owned, mtu))
        {
            string? refused = run.Carry(act);
            if (act is Ipv4Act.RemoveAddress) error ??= refused;
        }
        return run.End(error);
    }

    // The kernel's word is an acknowledgement; what it then shows is what counts.
    private string? Verify(int interfaceIndex, Ipv4Configuration wanted, Run run)
    {
        List<InterfaceAddress> addresses = [];
        List<InstalledRoute> routes = [];
        RtnlResult result = rtnl.ReadAddresses(interfaceIndex, addresses);
        if (!result.Succeeded) return $"{wanted.Address}: {result}";
        if (addresses.Find(address => address.Prefix == wanted.Address) is not { } present)
            return $"{wanted.Address}: acknowledged, but it is not there";
        if (present.Broadcast != wanted.Broadcast) run.Note($"{wanted.Address}: its broadcast address stays {present.Broadcast?.ToString() ?? "unset"}");

        result = rtnl.ReadRoutes(interfaceIndex, wanted.Protocol, routes);
        if (!result.Succeeded) run.Note($"routes could not be read: {result}");
        else run.Missing(routes);
        return null;
    }

    private static Ipv4Outcome Refused(Ipv4Ownership owned, string error) => new() { Owned = owned, Error = error };

    private static string Describe(int errno) => new RtnlResult(errno).ToString();

    /// <summary>One change under way.</summary>
    private sealed class Run(RtnlSocket rtnl, int interfaceIndex, Ipv4Ownership owned, int mtuBefore)
    {
        private readonly ImmutableArray<Ipv4Act>.Builder _done = ImmutableArray.CreateBuilder<Ipv4Act>();
        private readonly ImmutableArray<string>.Builder _problems = ImmutableArray.CreateBuilder<string>();
        private readonly ImmutableArray<RefusedIpv4Route>.Builder _refusedRoutes = ImmutableArray.CreateBuilder<RefusedIpv4Route>();
        private readonly List<Ipv4Prefix> _addresses = [.. owned.Addresses];
        private readonly List<InstalledRoute> _routes = [.. owned.Routes];
        private OwnedMtu? _mtu = owned.Mtu;

        /// <summary>Carries out an act; gives what the kernel said against it.</summary>
        public string? Carry(Ipv4Act act)
        {
            string? error = act switch
            {
                Ipv4Act.AddAddress add => Add(add),
                Ipv4Act.RemoveAddress remove => Remove(remove),
                Ipv4Act.AddRoute add => Add(add),
                Ipv4Act.RemoveRoute remove => Remove(remove),
                Ipv4Act.SetMtu set => Set(set),
                _ => throw new ArgumentOutOfRangeException(nameof(act)),
            };
            if (error is not null) Note(error);
            return error;
        }

        public void Note(string problem) => _problems.Add(problem);

        /// <summary>Notes those of our routes that are not among <paramref name="present"/>.</summary>
        public void Missing(List<InstalledRoute> present)
        {
            foreach (InstalledRoute route in _routes)
                if (!present.Contains(route)) Note($"route {Name(route)}: acknowledged, but it is not there");
        }

        public Ipv4Outcome End(string? error) => new()
        {
            Error = error,
            Owned = new Ipv4Ownership { Addresses = [.. _addresses], Routes = [.. _routes], Mtu = _mtu },
            Done = _done.ToImmutable(),
            Problems = _problems.ToImmutable(),
            RefusedRoutes = _refusedRoutes.ToImmutable(),
        };

        private string? Add(Ipv4Act.AddAddress act)
        {
            InterfaceAddress address = act.Address;
            AddressMessage.WriteAdd(rtnl.Writer, address, act.Refresh);
            RtnlResult result = rtnl.Execute(rtnl.Writer.Finish());
            if (result.Errno == KernelNumbers.EEXIST)
            {
                // One with our mark and no record is ours from before the record was lost. Any other is foreign: it
                // serves, but its lifetimes and its end are not our business.
                List<InterfaceAddress> there = [];
                rtnl.ReadAddresses(interfaceIndex, there);
                if (there.Find(other => other.Prefix == address.Prefix)?.Protocol != InterfaceAddress.OurProtocol)
                {
                    Note($"{address.Prefix}: somebody else configured it; left as it is");
                    return null;
                }
                AddressMessage.WriteAdd(rtnl.Writer, address, replace: true);
                result = rtnl.Execute(rtnl.Writer.Finish());
            }
            if (!result.Succeeded) return $"{address.Prefix}: {result}";
            if (!_addresses.Contains(address.Prefix)) _addresses.Add(address.Prefix);
            _done.Add(act);
            return null;
        }

        private string? Remove(Ipv4Act.RemoveAddress act)
        {
            InterfaceAddress address = act.Address;
            RtnlResult result;
            using (SubnetPromotion promotion = SubnetPromotion.Prepare(rtnl, address))
            {
                if (promotion.Error is { } refused) return $"{address.Prefix}: not removed, others of its subnet would go with it: {refused}";
                AddressMessage.WriteRemove(rtnl.Writer, address);
                result = rtnl.Execute(rtnl.Writer.Finish());
            }
            if (!result.Succeeded && !IsGone(result)) return $"{address.Prefix}: {result}";
            _addresses.Remove(address.Prefix);
            if (result.Succeeded) _done.Add(act);
            return null;
        }

        private string? Add(Ipv4Act.AddRoute act)
        {
            RouteMessage.WriteAdd(rtnl.Writer, act.Route);
            RtnlResult result = rtnl.Execute(rtnl.Writer.Finish());
            // The very same route is there: ours if it is recorded, another program's if not.
            if (result.Errno == KernelNumbers.EEXIST) return null;
            if (!result.Succeeded)
            {
                _routes.Remove(act.Route);
                _refusedRoutes.Add(new RefusedIpv4Route(act.Route, result.ToString()));
                return $"route {Name(act.Route)}: {result}";
            }
            if (!_routes.Contains(act.Route)) _routes.Add(act.Route);
            _done.Add(act);
            return null;
        }

        private string? Remove(Ipv4Act.RemoveRoute act)
        {
            RouteMessage.WriteRemove(rtnl.Writer, act.Route);
            RtnlResult result = rtnl.Execute(rtnl.Writer.Finish());
            if (!result.Succeeded && !IsGone(result)) return $"route {Name(act.Route)}: {result}";
            _routes.Remove(act.Route);
            if (result.Succeeded) _done.Add(act);
            return null;
        }

        private string? Set(Ipv4Act.SetMtu act)
        {
            RtnlResult result = rtnl.SetMtu(interfaceIndex, act.Mtu);
            if (!result.Succeeded && !IsGone(result)) return FormattableString.Invariant($"MTU {act.Mtu}: {result}");
            int before = _mtu?.Before ?? mtuBefore;
            _mtu = act.Mtu == before || mtuBefore == 0 ? null : new OwnedMtu(before, act.Mtu);
            if (result.Succeeded) _done.Add(act);
            return null;
        }

        // The address, the route, its table, the interface: somebody was quicker, or the interface went with it all.
        private static bool IsGone(RtnlResult result) =>
            result.Errno is KernelNumbers.EADDRNOTAVAIL or KernelNumbers.ESRCH or KernelNumbers.ENODEV or Rtnl.ENOENT;

        private static string Name(InstalledRoute route) =>
            route.Gateway is { } gateway ? $"{route.Destination} via {gateway}" : $"{route.Destination} on-link";
    }
}
