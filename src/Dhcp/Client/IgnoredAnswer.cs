using System.Collections.Immutable;

namespace BondDhcp.Dhcp.Client;

/// <summary>
/// An answer that the configuration has ignored, as words for a person can be made of it: a server that answers is not silent.
/// </summary>
/// <param name="Xid">The exchange that it answered; of later ones it says nothing.</param>
/// <param name="Server">Who answered.</param>
/// <param name="Missing">Names of the options that are required and were not in it; empty where the server is none to listen to.</param>
/// <param name="Rejected">It is in <c>reject-server</c>, and not only missing in <c>require-server</c>.</param>
internal sealed record IgnoredAnswer(uint Xid, string Server, ImmutableArray<string> Missing, bool Rejected)
{
    /// <summary>What is said of it.</summary>
    public string Words => Missing.IsEmpty
        ? $"server {Server} answered, but {(Rejected ? "reject-server excludes it" : "require-server does not name it")}"
        : $"server {Server} answered without option {string.Join(", ", Missing)}, which 'require' wants";
}
