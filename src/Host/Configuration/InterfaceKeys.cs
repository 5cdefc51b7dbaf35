using System.Collections.Immutable;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Options;
using BondDhcp.Host.Text;
using BondDhcp.Net;
using Tomlyn.Syntax;

namespace BondDhcp.Host.Configuration;

/// <summary>The keys of <c>[interface.NAME]</c> that this version carries out.</summary>
internal static class InterfaceKeys
{
    /// <summary>Longer, and a lease would wait for servers that are not there.</summary>
    private const int MaxOfferWaitMilliseconds = 60_000;

    /// <summary>Reads one value into the configuration.</summary>
    public delegate void Reader(InterfaceDraft draft, ConfigurationValue value);

    /// <summary>Every key that may stand there.</summary>
    public static readonly Dictionary<string, Reader> All = Build();

    private static Dictionary<string, Reader> Build()
    {
        Dictionary<string, Reader> keys = new(StringComparer.Ordinal);
        void Add(string key, Func<InterfaceConfiguration, ConfigurationValue, InterfaceConfiguration> read) =>
            keys.Add(key, (draft, value) => draft.Configuration = read(draft.Configuration, value));

        Add("dhcp4", static (i, v) => i with { Dhcp4 = v.Boolean() });
        keys.Add("inform", static (draft, v) =>
        {
            draft.Configuration = draft.Configuration with { Inform = v.Boolean() };
            draft.Inform = v;
        });
        Add("iaid", static (i, v) => i with { Iaid = ReadIaid(v) });
        Add("release-on-stop", static (i, v) => i with { ReleaseOnStop = v.Boolean() });
        Add("conflict-detection", static (i, v) => v.Word(
            ("fast", ConflictDetection.Fast), ("before", ConflictDetection.Before),
            ("concurrent", ConflictDetection.Concurrent), ("off", ConflictDetection.Off)) is var chosen
            // The default, written down, stays what it is: for static addresses another one.
            ? i with { ConflictDetection = chosen, StaticConflictDetection = chosen == ConflictDetection.Fast ? ConflictDetection.Before : chosen } : i);
        Add("defend", static (i, v) => i with
        {
            Defend = v.Word(("once", AddressDefence.Once), ("never", AddressDefence.Never), ("always", AddressDefence.Always)),
        });
        Add("metric", static (i, v) => i with { Metric = (uint)v.Integer(0, uint.MaxValue) });
        Add("chaddr", static (i, v) => i with
        {
            Chaddr = v.Word(("auto", ChaddrPolicy.Auto), ("current", ChaddrPolicy.Current), ("lease", ChaddrPolicy.Lease)),
        });
        Add("broadcast", static (i, v) => i with
        {
            Broadcast = v.Word(("auto", BroadcastPolicy.Auto), ("always", BroadcastPolicy.Always), ("never", BroadcastPolicy.Never)),
        });
        Add("offer-wait", static (i, v) => i with { OfferWait = TimeSpan.FromMilliseconds(v.Integer(0, MaxOfferWaitMilliseconds, " (milliseconds)")) });
        Add("dnav4", static (i, v) => i with { DetectNetworkAttachment = v.Boolean() });
        Add("rapid-commit", static (i, v) => ReadRapidCommit(v) is var (ipv4, ipv6) ? i with { RapidCommit = ipv4, RapidCommit6 = ipv6 } : i);
        Add("ipv6-only", static (i, v) => i with { Ipv6Only = v.Boolean() });
        Add("lease-routes", static (i, v) => i with
        {
            LeaseRoutes = v.Word(
                ("limited", LeaseRoutes.Limited), ("accept", LeaseRoutes.Accept),
                ("default-only", LeaseRoutes.DefaultOnly), ("ignore", LeaseRoutes.Ignore)),
        });
        Add("protected-routes", static (i, v) => i with { ProtectedRoutes = ReadPrefixes(v) });
        Add("require-server", static (i, v) => ReadServers(v) is var (ipv4, duids) ? i with { RequireServers = ipv4, RequireDuids = duids } : i);
        Add("reject-server", static (i, v) => ReadServers(v) is var (ipv4, duids) ? i with { RejectServers = ipv4, RejectDuids = duids } : i);
        Add("dns", static (i, v) => i with { Dns = ReadDns(v) });
        Dhcp6Keys.AddTo(keys);
        BondKeys.AddTo(keys);
        SupplicantKeys.AddTo(keys);
        StaticKeys.AddTo(keys);
        NameServerKeys.AddTo(keys);
        OptionKeys.AddTo(keys);
        AnonymityKeys.AddTo(keys);
        return keys;
    }

    /// <summary>Refuses a server that is asked for and refused, where it is refused.</summary>
    public static void CheckServers(InterfaceDraft draft)
    {
        InterfaceConfiguration its = draft.Configuration;
        if (draft.Find("reject-server") is not { } rejected) return;
        foreach ((OptionItem item, SourceSpan span) in rejected.OptionItems())
        {
            if (item.Text is not { } text) continue; // refused already
            string? server =
                Ipv4Address.TryParse(text, out Ipv4Address address) ? (its.RequireServers.Contains(address) ? address.ToString() : null)
                : Duid.TryParse(text, out Duid? duid) && its.RequireDuids.Contains(duid) ? duid.ToString() : null;
            if (server is not null) rejected.Refuse(new ConfigurationValue.Item(text, span), $"require-server names {server} too; remove it from one of the two");
        }
    }

    private static uint? ReadIaid(ConfigurationValue value)
    {
        if (value.AsText == "auto") return null;
        if (value.AsInteger is >= 0 and <= uint.MaxValue and { } number) return (uint)number;
        value.Refuse("must be \"auto\" or a number from 0 to 4294967295");
        return null;
    }

    private static (bool Ipv4, bool Ipv6) ReadRapidCommit(ConfigurationValue value)
    {
        if (value.AsBoolean is { } both) return (both, both);
        if (value.AsText is "dhcp4" or "dhcp6") return (value.AsText == "dhcp4", value.AsText == "dhcp6");
        value.Refuse($"must be true, false, \"dhcp4\" or \"dhcp6\"{(value.AsText is { } given ? Suggestion.Phrase(given, ["dhcp4", "dhcp6"]) : "")}");
        return (false, false);
    }

    private static DnsOutput ReadDns(ConfigurationValue value)
    {
        if (value.AsBoolean == false) return DnsOutput.None;
        if (value.AsText == "auto") return DnsOutput.Auto;
        if (value.AsText == "file") return DnsOutput.File;
        value.Refuse("must be \"auto\", \"file\" or false");
        return DnsOutput.Auto;
    }

    private static ImmutableArray<Ipv4Prefix> ReadPrefixes(ConfigurationValue value)
    {
        ImmutableArray<Ipv4Prefix>.Builder prefixes = ImmutableArray.CreateBuilder<Ipv4Prefix>();
        foreach (ConfigurationValue.Item item in value.Items())
        {
            if (Ipv4Prefix.TryParse(item.Text, out Ipv4Prefix prefix)) prefixes.Add(prefix.Masked);
            else if (!StaticText.IsIpv6Prefix(item.Text)) // of use to DHCPv6 alone, harmless here
                value.Refuse(item, $"'{EscapedText.Of(item.Text)}' is not PREFIX/LENGTH, such as \"10.0.0.0/8\"");
        }
        return prefixes.ToImmutable();
    }

    // DHCPv4 knows a server by its address, DHCPv6 by its DUID.
    private static (ImmutableArray<Ipv4Address> Ipv4, ImmutableArray<Duid> Duids) ReadServers(ConfigurationValue value)
    {
        ImmutableArray<Ipv4Address>.Builder servers = ImmutableArray.CreateBuilder<Ipv4Address>();
        ImmutableArray<Duid>.Builder duids = ImmutableArray.CreateBuilder<Duid>();
        foreach (ConfigurationValue.Item item in value.Items())
        {
            if (Ipv4Address.TryParse(item.Text, out Ipv4Address server) && server.IsUsableUnicast) servers.Add(server);
            else if (item.Text.Contains(':', StringComparison.Ordinal) && Duid.TryParse(item.Text, out Duid? duid)) duids.Add(duid);
            else value.Refuse(item, $"'{EscapedText.Of(item.Text)}' is not the IPv4 address of a server, nor the DUID of one in colon-separated hex");
        }
        return (servers.ToImmutable(), duids.ToImmutable());
    }
}
