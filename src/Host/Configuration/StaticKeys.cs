using System.Collections.Immutable;
using BondDhcp.Bond.Addressing;

namespace BondDhcp.Host.Configuration;

/// <summary>The keys of <c>[interface.NAME]</c> for what is written down by hand, and where network.conf is.</summary>
internal static class StaticKeys
{
    /// <summary>Adds their readers.</summary>
    public static void AddTo(Dictionary<string, InterfaceKeys.Reader> keys)
    {
        keys.Add("addresses", static (draft, value) =>
        {
            draft.Configuration = draft.Configuration with { Addresses = ReadAddresses(value) };
            draft.HasAddressesKey = true;
        });
        keys.Add("fallback", static (draft, value) => draft.Configuration = draft.Configuration with { Fallback = ReadAddresses(value) });
        keys.Add("routes", ReadRoutes);
        keys.Add("ipv4-link-local", static (draft, value) =>
        {
            draft.Configuration = draft.Configuration with { Ipv4LinkLocal = value.Boolean() };
            draft.LinkLocal = value;
        });
    }

    /// <summary><c>network-conf</c>: the path, or an empty one for no file.</summary>
    public static DaemonConfiguration ReadNetworkConf(DaemonConfiguration configuration, ConfigurationValue value)
    {
        string path = value.Text();
        if (path.Length > 0 && !Path.IsPathRooted(path)) value.Refuse("must be a path that begins with '/'");
        return configuration with { NetworkConf = path };
    }

    /// <summary>What can be said only when the whole section has been read.</summary>
    public static void Check(InterfaceDraft draft)
    {
        if (draft is { Configuration: { Ipv4LinkLocal: true, WantsLinkLocal: false }, LinkLocal: { } value })
            value.Warn("has no effect: the interface has an IPv4 address in 'addresses' or 'fallback' when no lease comes (RFC 3927 section 1.9)");
        if (draft is not { Configuration: { Inform: true } configuration, Inform: { } inform }) return;
        if (configuration.Dhcp4) inform.Refuse("cannot go with dhcp4 = true, which asks for everything already; remove one of them");
        else if (!configuration.Addresses.Any(static address => address.IsIpv4)) inform.Refuse("needs an IPv4 address in 'addresses': it asks for what belongs to an address that is there");
    }

    private static ImmutableArray<StaticAddress> ReadAddresses(ConfigurationValue value)
    {
        ImmutableArray<StaticAddress>.Builder addresses = ImmutableArray.CreateBuilder<StaticAddress>();
        foreach (ConfigurationValue.Item item in value.Items())
        {
            if (StaticText.ReadAddress(item.Text, out string why) is not { } address) value.Refuse(item, why);
            else if (addresses.Any(other => other.Address.Equals(address.Address))) value.Refuse(item, $"{address.Address} is there twice");
            else addresses.Add(address);
        }
        return addresses.ToImmutable();
    }

    private static void ReadRoutes(InterfaceDraft draft, ConfigurationValue value)
    {
        ImmutableArray<StaticRoute>.Builder routes = ImmutableArray.CreateBuilder<StaticRoute>();
        foreach (ConfigurationValue.Item item in value.Items())
        {
            if (StaticRouteText.Read(item.Text, out string why) is not { } route) value.Refuse(item, why);
            else
            {
                routes.Add(route);
                draft.Routes.Add((route, message => value.Refuse(item, message)));
            }
        }
        draft.Configuration = draft.Configuration with { Routes = [.. routes.Distinct()] };
        draft.HasRoutesKey = true;
    }
}
