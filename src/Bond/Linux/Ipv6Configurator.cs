using System.Collections.Immutable;
using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Interop;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Netlink;
using BondDhcp.Net;
using BondDhcp.Net.Linux.Interop;

namespace BondDhcp.Bond.Linux;

/// <summary>
/// Gives an interface the addresses and delegated prefixes that DHCPv6 gave, and takes away exactly what was given. What
/// router advertisements and others configured stays. Whether an address is unique the kernel finds out; its word comes
/// as an event.
/// </summary>
/// <param name="rtnl">For requests; stays the caller's.</param>
public sealed class Ipv6Configurator(RtnlSocket rtnl)
{
    /// <summary>
    /// Makes the interface as <paramref name="wanted"/>, in place of what is <paramref name="owned"/>. May be repeated at
    /// any time, and should be after the interface was set down: the kernel flushes IPv6 addresses then.
    /// </summary>
    public Ipv6Outcome Apply(int interfaceIndex, Ipv6Configuration wanted, Ipv6Ownership owned)
    {
        List<Ipv6InterfaceAddress> present = [];
        List<UnreachableRoute> routes = [];
        var run = new Run(rtnl, interfaceIndex, owned);
        RtnlResult read = rtnl.ReadIpv6Addresses(interfaceIndex, present);
        // Every route of the host is gone through for it: only where there is, or was, a prefix.
        if (read.Succeeded && (!wanted.Prefixes.IsEmpty || !owned.Routes.IsEmpty)) read = rtnl.ReadUnreachableRoutes(routes);
        if (!read.Succeeded)
        {
            foreach (Ipv6WantedAddress address in wanted.Addresses) run.Refuse(address.Address, read.ToString());
            return run.End(present);
        }
        foreach (Ipv6Act act in Ipv6Plan.Change(interfaceIndex, wanted, owned, present, routes)) run.Carry(act);

        // One that was acknowledged and is not there any more had its duplicate answer at once: the kernel's event tells of that.
        rtnl.ReadIpv6Addresses(interfaceIndex, present);
        return run.End(present);
    }

    /// <summary>Takes away what is <paramref name="owned"/> and nothing else; what is gone already is no error.</summary>
    public Ipv6Outcome Remove(int interfaceIndex, Ipv6Ownership owned)
    {
        var run = new Run(rtnl, interfaceIndex, owned);
        foreach (Ipv6Act act in Ipv6Plan.Remove(owned)) run.Carry(act);
        return run.End([]);
    }

    /// <summary>One change under way.</summary>
    private sealed class Run(RtnlSocket rtnl, int interfaceIndex, Ipv6Ownership owned)
    {
        private readonly ImmutableArray<Ipv6Act>.Builder _done = ImmutableArray.CreateBuilder<Ipv6Act>();
        private readonly ImmutableArray<RefusedIpv6Address>.Builder _refused = ImmutableArray.CreateBuilder<RefusedIpv6Address>();
        private readonly ImmutableArray<string>.Builder _problems = ImmutableArray.CreateBuilder<string>();
        private readonly List<Ipv6Address> _addresses = [.. owned.Addresses];
        private readonly List<OwnedPrefixRoute> _routes = [.. owned.Routes];

        public void Carry(Ipv6Act act)
        {
            switch (act)
            {
                case Ipv6Act.AddAddress add: Add(add); break;
                case Ipv6Act.RemoveAddress remove: Remove(remove); break;
                case Ipv6Act.AddRoute add: Add(add); break;
                case Ipv6Act.RemoveRoute remove: Remove(remove); break;
                case Ipv6Act.LeaveAddress leave: _problems.Add($"{leave.Address}: somebody else configured it; left as it is"); break;
                case Ipv6Act.LeaveRoute leave: _problems.Add($"route unreachable {leave.Route.Destination}: somebody else installed it; left as it is"); break;
                default: throw new ArgumentOutOfRangeException(nameof(act));
            }
        }

        public void Refuse(Ipv6Address address, string why)
        {
            if (!_refused.Any(one => one.Address == address)) _refused.Add(new RefusedIpv6Address(address, why));
        }

        public Ipv6Outcome End(List<Ipv6InterfaceAddress> present) => new()
        {
            Owned = new Ipv6Ownership { Addresses = [.. _addresses], Routes = [.. _routes] },
            Done = _done.ToImmutable(),
            Present = [.. present],
            Refused = _refused.ToImmutable(),
            Problems = _problems.ToImmutable(),
        };

        private void Add(Ipv6Act.AddAddress act)
        {
            Ipv6Address address = act.Address.Address;
            RtnlResult result;
            if (act.Address.ValidSeconds == 0) result = new RtnlResult(Rtnl.EINVAL, "its lifetime is over");
            else
            {
                Ipv6AddressMessage.WriteAdd(rtnl.Writer, act.Address, act.Refresh);
                result = rtnl.Execute(rtnl.Writer.Finish());
            }
            if (!result.Succeeded)
            {
                Refuse(address, result.ToString());
                return;
            }
            if (!_addresses.Contains(address)) _addresses.Add(address);
            _done.Add(act);
        }

        private void Remove(Ipv6Act.RemoveAddress act)
        {
            Ipv6AddressMessage.WriteRemove(rtnl.Writer, new Ipv6InterfaceAddress(interfaceIndex, act.Address, Ipv6Address.Bits));
            RtnlResult result = rtnl.Execute(rtnl.Writer.Finish());
            if (!result.Succeeded && !IsGone(result))
            {
                _problems.Add($"{act.Address}: {result}");
                return;
            }
            _addresses.Remove(act.Address);
            if (result.Succeeded) _done.Add(act);
        }

        private void Add(Ipv6Act.AddRoute act)
        {
            var identity = new OwnedPrefixRoute(act.Route.Destination, act.Route.Metric);
            UnreachableRouteMessage.WriteAdd(rtnl.Writer, act.Route);
            RtnlResult result = rtnl.Execute(rtnl.Writer.Finish());
            if (!result.Succeeded)
            {
                _problems.Add($"route unreachable {act.Route.Destination}: {result}");
                return;
            }
            if (!_routes.Contains(identity)) _routes.Add(identity);
            _done.Add(act);
        }

        private void Remove(Ipv6Act.RemoveRoute act)
        {
            UnreachableRouteMessage.WriteRemove(rtnl.Writer, new UnreachableRoute(act.Route.Prefix) { Metric = act.Route.Metric });
            RtnlResult result = rtnl.Execute(rtnl.Writer.Finish());
            if (!result.Succeeded && !IsGone(result))
            {
                _problems.Add($"route unreachable {act.Route.Prefix}: {result}");
                return;
            }
            _routes.Remove(act.Route);
            if (result.Succeeded) _done.Add(act);
        }

        // The address, the route, the interface: somebody was quicker, its time was over, or all went with the interface.
        private static bool IsGone(RtnlResult result) =>
            result.Errno is KernelNumbers.EADDRNOTAVAIL or KernelNumbers.ESRCH or KernelNumbers.ENODEV;
    }
}
