using BondDhcp.Bond.Interop;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Netlink;

namespace BondDhcp.Bond.Linux;

/// <summary>
/// When the first address of a subnet is removed the kernel removes the later ones of that subnet with it, unless
/// promote_secondaries is set. While one is in force it is set, where there is need; the end restores it.
/// </summary>
internal readonly ref struct SubnetPromotion
{
    private readonly RtnlSocket? _rtnl;
    private readonly int _interfaceIndex;

    private SubnetPromotion(RtnlSocket? rtnl, int interfaceIndex, RtnlResult result)
    {
        _rtnl = rtnl;
        _interfaceIndex = interfaceIndex;
        Error = result.Succeeded ? null : result.ToString();
    }

    /// <summary>What the kernel said against it; null when the address can be removed alone.</summary>
    public string? Error { get; }

    /// <summary>Sees to it that removing <paramref name="address"/> removes no other.</summary>
    public static SubnetPromotion Prepare(RtnlSocket rtnl, InterfaceAddress address)
    {
        List<InterfaceAddress> addresses = [];
        rtnl.ReadAddresses(address.InterfaceIndex, addresses);
        bool needed = addresses.Exists(other =>
            other.IsSecondary && other.Prefix != address.Prefix && other.Prefix.Masked == address.Prefix.Masked);
        if (!needed || IsOn(rtnl, address.InterfaceIndex)) return default;
        RtnlResult result = Set(rtnl, address.InterfaceIndex, true);
        return new SubnetPromotion(result.Succeeded ? rtnl : null, address.InterfaceIndex, result);
    }

    /// <summary>Restores the setting.</summary>
    public void Dispose()
    {
        // The interface may have gone meanwhile; there is nothing to restore then.
        if (_rtnl is not null) Set(_rtnl, _interfaceIndex, false);
    }

    private static RtnlResult Set(RtnlSocket rtnl, int interfaceIndex, bool promote)
    {
        LinkMessage.WriteSetPromoteSecondaries(rtnl.Writer, interfaceIndex, promote);
        return rtnl.Execute(rtnl.Writer.Finish());
    }

    private static bool IsOn(RtnlSocket rtnl, int interfaceIndex)
    {
        List<bool> settings = [];
        LinkMessage.WriteGet(rtnl.Writer, interfaceIndex);
        rtnl.Query<bool>(rtnl.Writer.Finish(), LinkMessage.TryReadPromoteSecondaries, settings);
        return settings is [true];
    }
}
