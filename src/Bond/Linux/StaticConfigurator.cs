using System.Collections.Immutable;
using System.Net.Sockets;
using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Interop;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Netlink;
using BondDhcp.Net;
using BondDhcp.Net.Linux.Interop;

namespace BondDhcp.Bond.Linux;

/// <summary>
/// Gives an interface the addresses and routes that somebody wrote down, of both families, and takes away exactly what
/// was given. A step that fails is named and hinders no other.
/// </summary>
/// <param name="rtnl">For requests; stays the caller's.</param>
public sealed class StaticConfigurator(RtnlSocket rtnl)
{
    /// <summary>
    /// Makes the interface as wanted. May be repeated at any time, and should be after the interface was set down: the
    /// kernel flushes routes and IPv6 addresses then.
    /// </summary>
    /// <param name="interfaceIndex">ifindex.</param>
    /// <param name="wanted">What was written down.</param>
    /// <param name="permitted">Those of its addresses that may be used now.</param>
    /// <param name="owned">What is recorded as ours.</param>
    /// <param name="claim">Is told, before the kernel is asked, what may be ours afterwards.</param>
    public StaticOutcome Apply(
        int interfaceIndex, StaticConfiguration wanted, ImmutableArray<StaticAddress> permitted, StaticOwnership owned,
        Action<StaticOwnership> claim)
    {
        ImmutableArray<PresentAddress> present = ReadAddresses(interfaceIndex);
        ImmutableArray<StaticAct> acts = StaticPlan.Change(wanted, permitted, owned, present);
        claim(StaticPlan.Claim(owned, acts));
        var run = new Run(rtnl, interfaceIndex, owned, wanted.Metric);
        foreach (PresentAddress there in present)
            if (permitted.Contains(there.Address)) run.Meet(there);
        foreach (StaticAct act in acts) run.Carry(act);
        return run.End(ReadAddresses(interfaceIndex));
    }

    /// <summary>Takes away what is <paramref name="owned"/> and nothing else; what is gone already is no error.</summary>
    public StaticOutcome Remove(int interfaceIndex, StaticOwnership owned)
    {
        var run = new Run(rtnl, interfaceIndex, owned, 0);
        foreach (StaticAct act in StaticPlan.Remove(owned)) run.Carry(act);
        return run.End(ReadAddresses(interfaceIndex));
    }

    /// <summary>The addresses of both families on an interface at this moment.</summary>
    public ImmutableArray<PresentAddress> ReadAddresses(int interfaceIndex)
    {
        List<InterfaceAddress> ipv4 = [];
        List<Ipv6InterfaceAddress> ipv6 = [];
        rtnl.ReadAddresses(interfaceIndex, ipv4);
        rtnl.ReadIpv6Addresses(interfaceIndex, ipv6);
        return
        [
            .. ipv4.Select(one => new PresentAddress(StaticAddress.Of(one.Prefix), one.Protocol, false, false)),
            .. ipv6.Select(one => new PresentAddress(
                StaticAddress.Of(new Ipv6Prefix(one.Address, one.PrefixLength)), one.Protocol, one.IsTentative && !one.IsDuplicate, one.IsDuplicate)),
        ];
    }

    /// <summary>Those of <paramref name="routes"/> that the kernel has not; null where it does not say.</summary>
    public List<StaticRoute>? FindMissing(int interfaceIndex, IEnumerable<StaticRoute> routes)
    {
        List<InstalledRoute> ipv4 = [];
        List<StaticRoute> ipv6 = [];
        if (!rtnl.ReadRoutes(interfaceIndex, InstalledRoute.StaticProtocol, ipv4).Succeeded) return null;
        // A kernel without IPv6 has none.
        bool asksIpv6 = routes.Any(static route => route.Destination.Family == AddressFamily.InterNetworkV6);
        if (asksIpv6 && !rtnl.ReadIpv6StaticRoutes(interfaceIndex, ipv6).Succeeded) return null;
        return routes.Where(route => !ipv4.Exists(route.IsInstalledAs) && !ipv6.Exists(route.IsInstalledAs));
    }

    /// <summary>One change under way.</summary>
    private sealed class Run(RtnlSocket rtnl, int interfaceIndex, StaticOwnership owned, uint metric)
    {
        // Networks of /31 and /32 have no broadcast address (RFC 3021).
        private const int LongestWithBroadcast = 30;

        private readonly ImmutableArray<StaticAct>.Builder _done = ImmutableArray.CreateBuilder<StaticAct>();
        private readonly ImmutableArray<string>.Builder _problems = ImmutableArray.CreateBuilder<string>();
        private readonly ImmutableArray<string>.Builder _leftOver = ImmutableArray.CreateBuilder<string>();
        private readonly ImmutableArray<string>.Builder _notes = ImmutableArray.CreateBuilder<string>();
        private readonly List<StaticAddress> _addresses = [.. owned.Addresses];
        private readonly List<StaticRoute> _routes = [.. owned.Routes];

        /// <summary>An address that is wanted and was there before: ours by its mark or our record, else left as it is.</summary>
        public void Meet(PresentAddress there)
        {
            if (there.Mark == InterfaceAddress.StaticMark && !_addresses.Contains(there.Address)) _addresses.Add(there.Address);
            if (!_addresses.Contains(there.Address)) _notes.Add($"{there.Address}: somebody else configured it; left as it is");
        }

        public void Carry(StaticAct act)
        {
            string? error = act switch
            {
                StaticAct.AddAddress add => Add(add),
                StaticAct.RemoveAddress remove => Remove(remove),
                StaticAct.AddRoute add => Add(add),
                StaticAct.RemoveRoute remove => Remove(remove),
                _ => throw new ArgumentOutOfRangeException(nameof(act)),
            };
            if (error is null) return;
            _problems.Add(error);
            if (act is StaticAct.RemoveAddress or StaticAct.RemoveRoute) _leftOver.Add(error);
        }

        public StaticOutcome End(ImmutableArray<PresentAddress> present) => new()
        {
            Owned = new StaticOwnership { Addresses = [.. _addresses], Routes = [.. _routes] },
            Done = _done.ToImmutable(),
            Present = present,
            Notes = _notes.ToImmutable(),
            Problems = _problems.ToImmutable(),
            LeftOver = _leftOver.ToImmutable(),
        };

        private string? Add(StaticAct.AddAddress act)
        {
            if (act.Address.Ipv4 is { } prefix)
            {
                AddressMessage.WriteAdd(rtnl.Writer, DescribeIpv4(prefix), replace: false);
            }
            else
            {
                Ipv6AddressMessage.WriteAdd(rtnl.Writer, DescribeIpv6(act.Address), replace: false);
            }
            RtnlResult result = rtnl.Execute(rtnl.Writer.Finish());
            if (result.Errno == KernelNumbers.EEXIST)
            {
                // It came while one looked away, and is another program's.
                _notes.Add($"{act.Address}: somebody else configured it; left as it is");
                return null;
            }
            if (!result.Succeeded)
            {
                _addresses.Remove(act.Address);
                return $"{act.Address}: {result}";
            }
            if (!_addresses.Contains(act.Address)) _addresses.Add(act.Address);
            _done.Add(act);
            return null;
        }

        private string? Remove(StaticAct.RemoveAddress act)
        {
            RtnlResult result;
            if (act.Address.Ipv4 is { } prefix)
            {
                InterfaceAddress address = DescribeIpv4(prefix);
                using SubnetPromotion promotion = SubnetPromotion.Prepare(rtnl, address);
                if (promotion.Error is { } refused) return $"{act.Address}: not removed, others of its subnet would go with it: {refused}";
                AddressMessage.WriteRemove(rtnl.Writer, address);
                result = rtnl.Execute(rtnl.Writer.Finish());
            }
            else
            {
                Ipv6AddressMessage.WriteRemove(rtnl.Writer, DescribeIpv6(act.Address));
                result = rtnl.Execute(rtnl.Writer.Finish());
            }
            if (!result.Succeeded && !IsGone(result)) return $"{act.Address}: {result}";
            _addresses.Remove(act.Address);
            if (result.Succeeded) _done.Add(act);
            return null;
        }

        private string? Add(StaticAct.AddRoute act)
        {
            StaticRouteMessage.WriteAdd(rtnl.Writer, interfaceIndex, act.Route);
            RtnlResult result = rtnl.Execute(rtnl.Writer.Finish());
            if (result.Errno == KernelNumbers.EEXIST)
            {
                // The very same route is there: ours if it is recorded, another program's if not. It bears no other mark.
                if (!_routes.Contains(act.Route)) _notes.Add($"route {act.Route}: somebody else configured it; left as it is");
                return null;
            }
            if (!result.Succeeded)
            {
                _routes.Remove(act.Route);
                return $"route {act.Route}: {result}";
            }
            if (!_routes.Contains(act.Route)) _routes.Add(act.Route);
            _done.Add(act);
            return null;
        }

        private string? Remove(StaticAct.RemoveRoute act)
        {
            StaticRouteMessage.WriteRemove(rtnl.Writer, interfaceIndex, act.Route);
            RtnlResult result = rtnl.Execute(rtnl.Writer.Finish());
            if (!result.Succeeded && !IsGone(result)) return $"route {act.Route}: {result}";
            _routes.Remove(act.Route);
            if (result.Succeeded) _done.Add(act);
            return null;
        }

        private InterfaceAddress DescribeIpv4(Ipv4Prefix prefix) => new(interfaceIndex, prefix)
        {
            Broadcast = prefix.PrefixLength <= LongestWithBroadcast ? prefix.DirectedBroadcast : null,
            Metric = metric,
            Protocol = InterfaceAddress.StaticMark,
        };

        private Ipv6InterfaceAddress DescribeIpv6(StaticAddress address) =>
            new(interfaceIndex, Ipv6Address.FromBytes(address.Address.GetAddressBytes()), address.PrefixLength)
            {
                Metric = metric,
                Protocol = InterfaceAddress.StaticMark,
            };

        // The address, the route, its table, the interface: somebody was quicker, or the interface went with it all.
        private static bool IsGone(RtnlResult result) =>
            result.Errno is KernelNumbers.EADDRNOTAVAIL or KernelNumbers.ESRCH or KernelNumbers.ENODEV or Rtnl.ENOENT;
    }
}
