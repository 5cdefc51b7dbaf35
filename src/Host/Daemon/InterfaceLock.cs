using BondDhcp.Host.Control.Linux;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Daemon;

/// <summary>
/// Keeps a second daemon off an interface: a socket with an abstract name, which belongs to the network namespace, as
/// the interface does, and is gone with its process.
/// </summary>
internal sealed class InterfaceLock : IDisposable
{
    private readonly FileDescriptor _socket;

    private InterfaceLock(FileDescriptor socket) => _socket = socket;

    /// <summary>Takes the interface; null when another daemon has it, whose process is <paramref name="holder"/>.</summary>
    public static InterfaceLock? TryTake(string interfaceName, out int holder)
    {
        string name = $"@bonddhcp/{interfaceName}";
        holder = 0;
        if (UnixSocket.Listen(name, backlog: 1) is { } socket) return new InterfaceLock(socket);
        using FileDescriptor? connection = UnixSocket.Connect(name, out _);
        if (connection is not null) holder = UnixSocket.Peer(connection).ProcessId;
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
