using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Host.Configuration;

/// <summary>What the configuration makes of one interface's DHCPv6: who it says it is, and what it asks for.</summary>
/// <param name="Settings">For the client machine.</param>
/// <param name="Identification">For every message.</param>
internal sealed record Dhcp6Identity(Dhcp6Settings Settings, Dhcp6Identification Identification)
{
    /// <summary>Joins configuration and identity.</summary>
    /// <param name="daemon">The configuration as a whole.</param>
    /// <param name="one">That of the interface, which wants DHCPv6.</param>
    /// <param name="duid">The host's DUID; the same as in DHCPv4's client identifier (RFC 4361).</param>
    /// <param name="systemHostName">The short host name; used where the configuration wants it and it is one.</param>
    public static Dhcp6Identity Create(DaemonConfiguration daemon, InterfaceConfiguration one, Duid duid, string systemHostName)
    {
        string? name = one.Anonymity ? null : InterfaceIdentity.HostNameOf(daemon, systemHostName);
        // What follows from the hardware address takes its place; the host's own never gets near.
        if (one.Anonymity) duid = Duid.FromMac(MacAddress.Zero);
        return new Dhcp6Identity(
            new Dhcp6Settings
            {
                ClientIdentifier = duid,
                Iaid = one.Anonymity ? default : InterfaceIdentity.IaidOf(one),
                Anonymous = one.Anonymity,
                Mode = one.Dhcp6 ?? Dhcp6Mode.Stateful,
                PrefixLengthHint = one.PrefixLengthHint,
                RapidCommit = one.RapidCommit6 && !one.Anonymity,
                DelayFirstSolicit = one.SolicitDelay,
                SendsName = name is not null,
                Asked = [.. one.Options6.Asked],
                RequireOptions = one.Options6.Require,
                RequireServers = one.RequireDuids,
                RejectServers = one.RejectDuids,
            },
            new Dhcp6Identification
            {
                ClientIdentifier = duid,
                FullyQualifiedName = name,
                Sent = one.Anonymity ? [] : [.. one.Options6.Sent.Select(static option => new Dhcp6Option(option.Code, option.Data))],
            });
    }
}
