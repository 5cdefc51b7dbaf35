using System.Collections.Immutable;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Runner;

namespace BondDhcp.Host.Status;

/// <summary>What the client of one family counted.</summary>
/// <param name="Counted">Its counters, as they are when they are written.</param>
/// <param name="Drops">Packets not used, by reason.</param>
/// <param name="ForeignServers">Servers heard whose lease is not in force.</param>
internal sealed record CountersSnapshot(ClientCounters Counted, ImmutableArray<KeyValuePair<string, long>> Drops, int ForeignServers);

/// <summary>The daemon itself.</summary>
/// <param name="Version">Of the program.</param>
/// <param name="StartedAt">When it was started.</param>
/// <param name="Events">Entries that its journal was told of.</param>
/// <param name="EventsLost">Of these, how many have made room for newer ones.</param>
internal sealed record DaemonFacts(string Version, DateTimeOffset StartedAt, long Events, long EventsLost)
{
    /// <summary>What is not in the state directory, which did not take it, or has not yet.</summary>
    public ImmutableArray<UnsavedState> Unsaved { get; init; } = [];
}

/// <summary>What a restart would not know.</summary>
/// <param name="What">For people: the DUID, or the state of a component.</param>
/// <param name="Why">The file, and what the system said; null while the disk is at it and has refused nothing.</param>
/// <param name="WritingFor">How long the disk has been at it; null where it refused it.</param>
internal readonly record struct UnsavedState(string What, string? Why, TimeSpan? WritingFor);

/// <summary>The messages of a family.</summary>
internal static class MessageNames
{
    /// <summary>The name of a type; "other" for 0, as which types without a name are counted.</summary>
    public static string Of(bool ipv6, int type) =>
        type == 0 ? "other" : ipv6 ? Dhcp6MessageName.Of((Dhcp6MessageType)type) : Dhcp4MessageName.Of((Dhcp4MessageType)type);

    /// <summary>True for what a client sends: it is shown also while it has sent none, so that the first one is seen as one more.</summary>
    public static bool AreSent(bool ipv6, int type) => ipv6
        ? (Dhcp6MessageType)type is Dhcp6MessageType.Solicit or Dhcp6MessageType.Request or Dhcp6MessageType.Confirm or Dhcp6MessageType.Renew
            or Dhcp6MessageType.Rebind or Dhcp6MessageType.Release or Dhcp6MessageType.Decline or Dhcp6MessageType.InformationRequest
        : (Dhcp4MessageType)type is Dhcp4MessageType.Discover or Dhcp4MessageType.Request or Dhcp4MessageType.Decline or Dhcp4MessageType.Release;

    /// <summary>True for what a client receives.</summary>
    public static bool AreReceived(bool ipv6, int type) => ipv6
        ? (Dhcp6MessageType)type is Dhcp6MessageType.Advertise or Dhcp6MessageType.Reply
        : (Dhcp4MessageType)type is Dhcp4MessageType.Offer or Dhcp4MessageType.Ack or Dhcp4MessageType.Nak;
}
