using BondDhcp.Host.Control;
using BondDhcp.Host.Daemon.Linux;
using BondDhcp.Net;

namespace BondDhcp.Host.Daemon;

/// <summary>The runtime directory: made, locked by one daemon, and the paths in it.</summary>
internal sealed class RuntimeDirectory : IDisposable
{
    private readonly FileLock _lock;

    private RuntimeDirectory(string path, FileLock taken)
    {
        Path = path;
        _lock = taken;
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>The control socket.</summary>
    public string ControlSocket => System.IO.Path.Combine(Path, ControlServer.SocketName);

    /// <summary>Takes the directory; null when another daemon has it, whose process is <paramref name="holder"/>.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static RuntimeDirectory? TryTake(string path, out int holder)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{path}: {IoFailure.Of(e, path)}", e);
        }
        FileLock? taken = FileLock.TryTake(System.IO.Path.Combine(path, "pid"), out holder);
        return taken is null ? null : new RuntimeDirectory(path, taken);
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();
}
