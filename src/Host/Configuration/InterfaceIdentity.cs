using System.Collections.Immutable;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;

namespace BondDhcp.Host.Configuration;

/// <summary>What the configuration makes of one interface's DHCPv4: who it says it is, and how it behaves.</summary>
/// <param name="Settings">For the client machine.</param>
/// <param name="Identification">For every message.</param>
internal sealed record InterfaceIdentity(Dhcp4Settings Settings, Dhcp4Identification Identification)
{
    /// <summary>Joins configuration and identity.</summary>
    /// <param name="daemon">The configuration as a whole.</param>
    /// <param name="one">That of the interface.</param>
    /// <param name="duid">The host's DUID.</param>
    /// <param name="systemHostName">The short host name; used where the configuration wants it and it is one.</param>
    /// <param name="macIdentifier">Gives the stored identifier of the form <c>mac</c>; called for that form alone.</param>
    public static InterfaceIdentity Create(
        DaemonConfiguration daemon, InterfaceConfiguration one, Duid duid, string systemHostName, Func<ImmutableArray<byte>> macIdentifier)
    {
        if (one.Anonymity) return CreateAnonymous(one);
        Iaid iaid = IaidOf(one);
        ImmutableArray<byte> clientIdentifier = daemon.ClientIdentifierForm switch
        {
            ClientIdentifierForm.Duid => Dhcp4ClientIdentifier.FromDuid(iaid, duid),
            ClientIdentifierForm.BareDuid => Dhcp4ClientIdentifier.FromBareDuid(duid),
            ClientIdentifierForm.Mac => macIdentifier(),
            _ => daemon.ClientIdentifier,
        };
        string? name = HostNameOf(daemon, systemHostName);
        // A name with a dot says where it belongs, which only option 81 can (RFC 4702 section 3.1: never both).
        bool qualified = name?.Contains('.', StringComparison.Ordinal) == true;
        return new InterfaceIdentity(
            SettingsOf(one, clientIdentifier) with { Chaddr = one.Chaddr, RapidCommit = one.RapidCommit, AutoConfigure = one.WantsLinkLocal },
            new Dhcp4Identification
            {
                ClientIdentifier = clientIdentifier,
                ParameterRequestList = Dhcp4ParameterRequestList.For(one.Ipv6Only, one.Options4.Asked.Select(static code => (byte)code)),
                Sent = [.. one.Options4.Sent.Select(static option => new Dhcp4Option((byte)option.Code, option.Data))],
                HostName = qualified ? null : name,
                FullyQualifiedName = qualified ? name : null,
            });
    }

    // RFC 7844 section 3: no name, nothing that was written down; who it is follows from the hardware address of the moment.
    private static InterfaceIdentity CreateAnonymous(InterfaceConfiguration one) => new(
        SettingsOf(one, []) with { Anonymous = true, Chaddr = ChaddrPolicy.Current },
        new Dhcp4Identification
        {
            ClientIdentifier = [],
            ParameterRequestList = Dhcp4ParameterRequestList.ForAnonymous(one.Ipv6Only, one.Options4.Asked.Select(static code => (byte)code)),
        });

    private static Dhcp4Settings SettingsOf(InterfaceConfiguration one, ImmutableArray<byte> clientIdentifier) => new()
    {
        ClientIdentifier = clientIdentifier,
        ConflictDetection = one.ConflictDetection,
        Defend = one.Defend,
        Broadcast = one.Broadcast,
        OfferWait = one.OfferWait,
        DetectNetworkAttachment = one.DetectNetworkAttachment,
        Ipv6Only = one.Ipv6Only,
        RequireOptions = [.. one.Options4.Require.Select(static code => (byte)code)],
        RequireServers = one.RequireServers,
        RejectServers = one.RejectServers,
    };

    /// <summary>The IAID of both families (RFC 4361 section 6.1): from the interface's name unless a number was written down.</summary>
    internal static Iaid IaidOf(InterfaceConfiguration one) =>
        one.Iaid is { } configured ? new Iaid(configured) : Iaid.FromInterfaceName(one.Name);

    /// <summary>The name that servers are told; null for none.</summary>
    internal static string? HostNameOf(DaemonConfiguration daemon, string systemHostName) => daemon.HostNameSource switch
    {
        HostNameSource.Configured => daemon.HostName,
        HostNameSource.System when NameRules.IsHostName(systemHostName) && systemHostName != "localhost" => systemHostName,
        _ => null,
    };
}
