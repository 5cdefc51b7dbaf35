using System.Globalization;
using BondDhcp.Host.Control.Linux;

namespace BondDhcp.Host.Control;

/// <summary>Who may change things: root, the daemon's own user, and the members of one group.</summary>
/// <param name="groupFile">/etc/group, or another in tests.</param>
/// <param name="processDirectory">/proc.</param>
internal sealed class ControlPermission(string groupFile = "/etc/group", string processDirectory = "/proc")
{
    private uint? _group;

    /// <summary>Sets the group; false when there is none of this name. Empty for none.</summary>
    public bool SetGroup(string name)
    {
        _group = name.Length == 0 ? null : FindGroup(name);
        return name.Length == 0 || _group is not null;
    }

    /// <summary>True when this peer may change things.</summary>
    public bool MayChange(PeerCredentials peer)
    {
        if (peer.UserId == 0) return true;
        if (_group is not { } group) return false;
        return peer.GroupId == group || (peer.ProcessId > 0 && SupplementaryGroups(peer).Contains(group));
    }

    /// <summary>True for the name of a group of this host, and for none.</summary>
    public static bool IsGroup(string name) => new ControlPermission().SetGroup(name);

    private uint? FindGroup(string name)
    {
        try
        {
            foreach (string line in File.ReadLines(groupFile))
            {
                string[] fields = line.Split(':');
                if (fields.Length >= 3 && fields[0] == name
                    && uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out uint id)) return id;
            }
        }
        catch (IOException)
        {
            return null; // no such file, no such group: the caller says so
        }
        return null;
    }

    // SO_PEERCRED has no supplementary groups. The process is the one that connected: it is still connected, and its
    // user is compared, so that a number used again by another user gains nothing.
    private IEnumerable<uint> SupplementaryGroups(PeerCredentials peer)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines($"{processDirectory}/{peer.ProcessId.ToString(CultureInfo.InvariantCulture)}/status");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // it is gone: nothing is allowed to nobody
        }
        bool sameUser = false;
        IEnumerable<uint> groups = [];
        foreach (string line in lines)
        {
            if (line.StartsWith("Uid:", StringComparison.Ordinal)) sameUser = Numbers(line) is [_, uint effective, ..] && effective == peer.UserId;
            if (line.StartsWith("Groups:", StringComparison.Ordinal)) groups = Numbers(line);
        }
        return sameUser ? groups : [];
    }

    private static uint[] Numbers(string line) =>
        [.. line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..]
            .Split((char[])['\t', ' '], StringSplitOptions.RemoveEmptyEntries)
            .Select(word => uint.Parse(word, NumberStyles.None, CultureInfo.InvariantCulture))];
}
