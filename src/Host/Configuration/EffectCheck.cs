using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Options;
using BondDhcp.Host.Statics;
using BondDhcp.Host.Supplicants;
using BondDhcp.Net;
using Tomlyn.Syntax;

namespace BondDhcp.Host.Configuration;

/// <summary>
/// Settings that are sound and, beside what the rest of the configuration says, certain to change nothing: whoever wrote one
/// meant something by it. They are told, not refused. A value that holds anyway is not spoken of: configurations with every
/// key written down are made from examples.
/// </summary>
internal static class EffectCheck
{
    private const string NoDhcp4 = "has no effect: neither dhcp4 nor inform is on";
    private const string NoIpv4 = "has no effect: there is no IPv4 address, neither by dhcp4 nor in 'addresses' or 'fallback'";
    private const string NoDhcp = "has no effect: neither dhcp4 nor dhcp6 is on";
    private const string OnLoopback = "has no effect: lo leads to this host alone, and no server is there";
    private const string Nothing = "has no effect: the section asks for nothing";

    /// <summary>Looks through every interface, when all of them have been read.</summary>
    public static void Of(IReadOnlyList<InterfaceDraft> all, ProblemList problems)
    {
        bool anyDhcp4 = all.Any(static one => one.Configuration.Dhcp4);
        foreach (InterfaceDraft draft in all)
        {
            bool asks = draft.Configuration is { HasDhcp: true } or { HasStatic: true } or { Master: not null } or { Supplicant: not null };
            if (!asks && draft.Values.Count == 0 && !all.Any(master => master.Slaves.Exists(slave => slave.Name == draft.Configuration.Name)))
                problems.Warn(draft.Span, $"[interface.{EscapedText.Of(draft.Configuration.Name)}] asks for nothing: write dhcp4 = true for a lease, or 'addresses' for static ones");
            CheckIpv4(draft);
            CheckFallback(draft);
            CheckLoopback(draft);
            CheckOthers(draft, asks, anyDhcp4);
        }
    }

    private static void CheckIpv4(InterfaceDraft draft)
    {
        InterfaceConfiguration its = draft.Configuration;
        if (its is { Dhcp4: false, Inform: false })
        {
            Warn(draft, "chaddr", its.Chaddr != ChaddrPolicy.Auto, NoDhcp4);
            Warn(draft, "broadcast", its.Broadcast != BroadcastPolicy.Auto, NoDhcp4);
            Warn(draft, "offer-wait", its.OfferWait != TimeSpan.Zero, NoDhcp4);
            Warn(draft, "dnav4", !its.DetectNetworkAttachment, NoDhcp4);
            Warn(draft, "ipv6-only", its.Ipv6Only, NoDhcp4);
            Warn(draft, "lease-routes", its.LeaseRoutes != LeaseRoutes.Limited, NoDhcp4);
            Warn(draft, "protected-routes", !its.ProtectedRoutes.IsEmpty, NoDhcp4);
            CheckServers(draft, its.RequireServers.Length, its.RejectServers.Length, "the IPv4 addresses have no effect: dhcp4 is off");
        }
        if (its.Dhcp6 is null) CheckServers(draft, its.RequireDuids.Length, its.RejectDuids.Length, "the DUIDs have no effect: dhcp6 is off");
        if (its is { Dhcp4: false, Inform: false, WantsLinkLocal: false } && !its.Addresses.Concat(its.Fallback).Any(static address => address.IsIpv4))
        {
            Warn(draft, "conflict-detection", its.ConflictDetection != ConflictDetection.Fast, NoIpv4);
            Warn(draft, "defend", its.Defend != AddressDefence.Once, NoIpv4);
        }
        // Its place is beside a lease: without one they are addresses that come late.
        if (!its.Dhcp4) Warn(draft, "fallback", !its.Fallback.IsEmpty, FormattableString.Invariant($"no lease of IPv4 will ever take their place: they come after {StaticTiming.FallbackDelay.TotalSeconds} seconds and stay; write them in 'addresses', or add dhcp4 = true"));
    }

    // Where both have it, the one that is always there holds.
    private static void CheckFallback(InterfaceDraft draft)
    {
        if (draft.Find("fallback") is not { } fallback) return;
        foreach ((OptionItem item, SourceSpan span) in fallback.OptionItems())
        {
            if (item.Text is { } text && StaticText.ReadAddress(text, out _) is { } address && draft.Configuration.Addresses.Any(own => own.Address.Equals(address.Address)))
                fallback.Warn(new ConfigurationValue.Item(text, span), $"{address.Address} has no effect: it is in 'addresses' too, and so always there");
        }
    }

    // The kernel has this name for its own device in every network namespace.
    private static void CheckLoopback(InterfaceDraft draft)
    {
        InterfaceConfiguration its = draft.Configuration;
        if (its.Name != "lo") return;
        Warn(draft, "dhcp4", its.Dhcp4, OnLoopback);
        Warn(draft, "dhcp6", its.Dhcp6 is not null, OnLoopback);
        Warn(draft, "inform", its.Inform, OnLoopback);
    }

    private static void CheckServers(InterfaceDraft draft, int required, int rejected, string why)
    {
        Warn(draft, "require-server", required > 0, why);
        Warn(draft, "reject-server", rejected > 0, why);
    }

    private static void CheckOthers(InterfaceDraft draft, bool asks, bool anyDhcp4)
    {
        InterfaceConfiguration its = draft.Configuration;
        if (its is { Dhcp4: false, Dhcp6: null })
        {
            Warn(draft, "rapid-commit", its.RapidCommit || its.RapidCommit6, NoDhcp);
            Warn(draft, "iaid", its is { Iaid: not null, Inform: false, WantsLinkLocal: false }, NoDhcp);
        }
        else
        {
            Warn(draft, "rapid-commit", its is { RapidCommit: true, RapidCommit6: false, Dhcp4: false }, "has no effect: dhcp4 is off");
            Warn(draft, "rapid-commit", its is { RapidCommit: false, RapidCommit6: true, Dhcp6: null }, "has no effect: dhcp6 is off");
        }
        if (its.Dhcp6 is null) Warn(draft, "solicit-delay", !its.SolicitDelay, "has no effect: dhcp6 is off");
        if (!its.HasDhcp && !its.HasStatic) Warn(draft, "metric", its.Metric != new InterfaceConfiguration { Name = "" }.Metric, Nothing + " that has a metric");
        if (!its.HasDhcp && !its.HasStaticNames) Warn(draft, "dns", its.Dns != DnsOutput.Auto, "has no effect: no name servers can come, neither from a lease nor from 'name-servers'");
        Warn(draft, "release-on-stop", its.ReleaseOnStop && !asks, Nothing);
        Warn(draft, "enforce", draft.Master.Enforce && its.Master is null, $"has no effect: {its.Name} is left as it is, because it has no slaves and no kind");
        Warn(draft, "path-failover", its.PathFailover && !anyDhcp4, "has no effect: only a lease of DHCPv4 has a gateway to ask for, and dhcp4 is off");
        Warn(draft, "supplicant-driver", draft is { SupplicantFile: "", SupplicantDriver: not SupplicantSettings.DefaultDriver }, "has no effect: there is no 'supplicant'");
    }

    private static void Warn(InterfaceDraft draft, string key, bool isSet, string why)
    {
        if (isSet) draft.Find(key)?.Warn(why);
    }
}
