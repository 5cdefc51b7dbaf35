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
    }

    /// <summary><c>network-conf</c>: the path, or an empty one for no file.</summary>
    public static DaemonConfiguration ReadNetworkConf(DaemonConfiguration configuration, ConfigurationValue value)
    {
        string path = value.Text();
        if (path.Length > 0 && !Path.IsPathRooted(path)) value.Refuse("must be a path that begins with '/'");
        return configuration with { NetworkConf = path };
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
