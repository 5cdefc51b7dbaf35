using BondDhcp.Host.Control.Linux;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Resolver;

/// <summary>Where everything is; tests have it elsewhere.</summary>
internal sealed record ResolverPlaces
{
    /// <summary>The socket that systemd-resolved makes anew at each start, and that it leaves behind when it ends.</summary>
    public const string ResolvedSocketName = "io.systemd.Resolve";

    /// <summary>What is replaced with <c>dns = "file"</c>.</summary>
    public string ResolvConf { get; init; } = "/etc/resolv.conf";

    /// <summary>systemd-resolved's runtime directory.</summary>
    public string ResolvedDirectory { get; init; } = "/run/systemd/resolve";

    /// <summary>The program that speaks to systemd-resolved.</summary>
    public string Resolvectl { get; init; } = "resolvectl";

    /// <summary>Debian's resolvconf or openresolv.</summary>
    public string Resolvconf { get; init; } = "resolvconf";

    /// <summary>The first process: resolvconf answers for its network namespace where both see one /run.</summary>
    public string FirstProcess { get; init; } = "/proc/1";

    /// <summary>Where what was in <see cref="ResolvConf"/> is kept.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>Where it is kept who was told what.</summary>
    public required string RuntimeDirectory { get; init; }

    /// <summary>
    /// Who is there at this moment. systemd-resolved runs where somebody listens on its socket: its directory stays when it
    /// ends. One of another network namespace is nobody's here: by name or number it would take our interface for one of its
    /// own. The resolvconf that comes with it is resolvectl by another name, and of no use without it.
    /// </summary>
    public ResolverWays Look()
    {
        bool? resolved = ChildProcess.Find(Resolvectl) is null ? null : IsListeningHere(Path.Combine(ResolvedDirectory, ResolvedSocketName));
        bool resolvconf = ChildProcess.Find(Resolvconf) is { } program && !IsResolvectl(program);
        bool elsewhere = resolvconf && IsResolvconfElsewhere();
        return new ResolverWays(resolved == true, resolvconf && !elsewhere) { AreOfOthers = resolved == false || elsewhere };
    }

    // Null where nobody listens.
    private static bool? IsListeningHere(string path)
    {
        if (!File.Exists(path) || path.Length > UnixSocket.MaxPathLength) return null;
        using FileDescriptor? socket = UnixSocket.Connect(path, out _);
        return socket is null ? null : !IsElsewhere($"/proc/{UnixSocket.Peer(socket).ProcessId}");
    }

    // resolvconf is a program without a process: what it is told it keeps in /run, for whoever shares that. Where the mounts
    // of the first process cannot be read they are taken for the same.
    private bool IsResolvconfElsewhere()
    {
        if (!IsElsewhere(FirstProcess)) return false;
        const string run = "/run";
        return MountTable.Find(Path.Combine(FirstProcess, "mountinfo"), run) is not { } theirs
            || MountTable.Find("/proc/thread-self/mountinfo", run) is not { } ours || theirs == ours;
    }

    // Where that cannot be told, as of a process that is not seen here, it is taken for ours.
    private static bool IsElsewhere(string process) =>
        NetworkNamespaceAt($"{process}/ns/net") is { } theirs && NetworkNamespaceAt("/proc/thread-self/ns/net") is { } ours && theirs != ours;

    private static string? NetworkNamespaceAt(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsResolvectl(string program) =>
        File.ResolveLinkTarget(program, returnFinalTarget: true) is { Name: "resolvectl" };
}
