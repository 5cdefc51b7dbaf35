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
internal sealed record DaemonFacts(string Version, DateTimeOffset StartedAt, long Events, long EventsLost);

/// <summary>The names of the messages of a family.</summary>
internal static class MessageNames
{
    /// <summary>The name of a type; "other" for 0, as which types without a name are counted.</summary>
    public static string Of(bool ipv6, int type) =>
        type == 0 ? "other" : ipv6 ? Dhcp6MessageName.Of((Dhcp6MessageType)type) : Dhcp4MessageName.Of((Dhcp4MessageType)type);
}
