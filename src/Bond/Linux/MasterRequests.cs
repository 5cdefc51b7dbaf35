using System.Collections.Immutable;
using BondDhcp.Bond.Interop;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Netlink;
using BondDhcp.Bond.Plan;
using BondDhcp.Net;

namespace BondDhcp.Bond.Linux;

/// <summary>The requests that make bonds and bridges, change them and give them slaves. Refusals are values.</summary>
/// <param name="rtnl">For requests; stays the caller's.</param>
public sealed class MasterRequests(RtnlSocket rtnl)
{
    /// <summary>Makes a bond or bridge with its options, in one request; EEXIST where the name is taken.</summary>
    public RtnlResult Create(string name, MasterKind kind, ImmutableArray<BondSetting> settings)
    {
        BondMessage.WriteCreate(rtnl.Writer, name, kind == MasterKind.Bridge ? "bridge" : "bond", settings.AsSpan());
        return rtnl.Execute(rtnl.Writer.Finish());
    }

    /// <summary>Changes options of a bond.</summary>
    public RtnlResult SetOptions(int index, ImmutableArray<BondSetting> settings)
    {
        BondMessage.WriteOptions(rtnl.Writer, index, settings.AsSpan());
        return rtnl.Execute(rtnl.Writer.Finish());
    }

    /// <summary>Makes the bond prefer a slave.</summary>
    public RtnlResult SetPrimary(int index, int slaveIndex)
    {
        BondMessage.WriteSlaveOption(rtnl.Writer, index, Rtnl.IFLA_BOND_PRIMARY, slaveIndex);
        return rtnl.Execute(rtnl.Writer.Finish());
    }

    /// <summary>Makes the bond use a slave.</summary>
    public RtnlResult SetActiveSlave(int index, int slaveIndex)
    {
        BondMessage.WriteSlaveOption(rtnl.Writer, index, Rtnl.IFLA_BOND_ACTIVE_SLAVE, slaveIndex);
        return rtnl.Execute(rtnl.Writer.Finish());
    }

    /// <summary>Gives a link a master; with 0 takes it from the one it has.</summary>
    public RtnlResult SetMaster(int index, int masterIndex)
    {
        BondMessage.WriteSetMaster(rtnl.Writer, index, masterIndex);
        return rtnl.Execute(rtnl.Writer.Finish());
    }

    /// <summary>Sets a link up.</summary>
    public RtnlResult SetUp(int index) => rtnl.SetUp(index);

    /// <summary>Sets a link down.</summary>
    public RtnlResult SetDown(int index)
    {
        LinkMessage.WriteSetDown(rtnl.Writer, index);
        return rtnl.Execute(rtnl.Writer.Finish());
    }

    /// <summary>Sets a link's MTU in bytes.</summary>
    public RtnlResult SetMtu(int index, int mtu) => rtnl.SetMtu(index, mtu);

    /// <summary>Deletes a link.</summary>
    public RtnlResult Delete(int index)
    {
        BondMessage.WriteDelete(rtnl.Writer, index);
        return rtnl.Execute(rtnl.Writer.Finish());
    }

    /// <summary>A link as it is at this moment; null when it is gone.</summary>
    public Link? Find(int index) => rtnl.FindLink(index);

    /// <summary>
    /// Gives a link that is up its link-local address again, the one that the kernel makes when a link comes up; nothing where one
    /// is there or none is to be. EOPNOTSUPP with words where only the kernel knows which it would be.
    /// </summary>
    public RtnlResult RestoreLinkLocal(int index)
    {
        if (Find(index) is not { Mac: { } mac } || rtnl.FindIpv6State(index) is not { IsDisabled: false } state || state.LinkLocalSource == LinkLocalSource.None)
            return RtnlResult.Success;
        List<Ipv6InterfaceAddress> addresses = [];
        RtnlResult result = rtnl.ReadIpv6Addresses(index, addresses);
        if (!result.Succeeded || addresses.Exists(static one => one.Address.IsLinkLocal)) return result;
        if (state.LinkLocalSource == LinkLocalSource.Other)
            return new RtnlResult(BondDhcp.Net.Linux.Interop.KernelNumbers.EOPNOTSUPP, "it gets a link-local address when it is set down and up");
        // RFC 4862 section 5.3.
        var address = new Ipv6Address(((UInt128)0xfe80 << 112) | mac.ModifiedEui64);
        Ipv6AddressMessage.WriteAdd(rtnl.Writer, new Ipv6InterfaceAddress(index, address, 64) { Protocol = Ipv6InterfaceAddress.KernelLinkLocal }, replace: false);
        result = rtnl.Execute(rtnl.Writer.Finish());
        return result.Errno == BondDhcp.Net.Linux.Interop.KernelNumbers.EEXIST ? RtnlResult.Success : result;
    }

    /// <summary>
    /// Removes every IPv4 and IPv6 address of a link; <paramref name="removed"/> gets the text of each. One that somebody
    /// else, or the kernel with another of its subnet, removed first is no error.
    /// </summary>
    public RtnlResult Flush(int index, List<string> removed)
    {
        List<InterfaceAddress> addresses = [];
        RtnlResult result = rtnl.ReadAddresses(index, addresses);
        foreach (InterfaceAddress address in addresses)
        {
            AddressMessage.WriteRemove(rtnl.Writer, address);
            Note(rtnl.Execute(rtnl.Writer.Finish()), address.Prefix.ToString(), removed, ref result);
        }
        List<Ipv6InterfaceAddress> ipv6Addresses = [];
        RtnlResult ipv6 = rtnl.ReadIpv6Addresses(index, ipv6Addresses);
        if (result.Succeeded && ipv6.Errno != BondDhcp.Net.Linux.Interop.KernelNumbers.EAFNOSUPPORT) result = ipv6;
        foreach (Ipv6InterfaceAddress address in ipv6Addresses)
        {
            Ipv6AddressMessage.WriteRemove(rtnl.Writer, address);
            Note(rtnl.Execute(rtnl.Writer.Finish()), address.ToString(), removed, ref result);
        }
        return result;
    }

    private static void Note(RtnlResult result, string address, List<string> removed, ref RtnlResult first)
    {
        if (result.Succeeded || result.Errno == BondDhcp.Net.Linux.Interop.KernelNumbers.EADDRNOTAVAIL) removed.Add(address);
        else if (first.Succeeded) first = result;
    }
}
