namespace BondDhcp.Net.Linux;

/// <summary>What reading a state file came to.</summary>
public readonly struct StateFileContent
{
    /// <summary>No such file: nothing was stored yet.</summary>
    public static StateFileContent Missing => default;

    private StateFileContent(byte[]? octets, string? problem, bool mustBeSetAside)
    {
        Octets = octets;
        Problem = problem;
        MustBeSetAside = mustBeSetAside;
    }

    /// <summary>The content; null when there is none that can be used.</summary>
    public byte[]? Octets { get; }

    /// <summary>Why it cannot be used, to follow the file's name; null for a file that is missing or sound.</summary>
    public string? Problem { get; }

    /// <summary>The file itself is not to be trusted; otherwise it only could not be read now.</summary>
    public bool MustBeSetAside { get; }

    internal static StateFileContent Of(byte[] octets) => new(octets, null, false);

    internal static StateFileContent Refused(string why) => new(null, why, true);

    internal static StateFileContent Unreadable(string error) => new(null, "cannot be read: " + error, false);
}
