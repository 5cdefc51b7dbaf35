using BondDhcp.Host.Control.Linux;
using BondDhcp.Host.Loop;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Control;

/// <summary>The daemon's side of RUNTIME_DIR/control.</summary>
internal sealed class ControlServer : IDisposable
{
    /// <summary>The socket's name in the runtime directory.</summary>
    public const string SocketName = "control";

    /// <summary>Connections at one time.</summary>
    public const int MaxConnections = 64;

    /// <summary>Of these, how many those who may only ask can have: they cannot keep root out.</summary>
    public const int MaxReaders = 48;

    private readonly EventLoop _loop;
    private readonly string _path;
    private readonly FileDescriptor _listener;
    private readonly LoopWatch _watch;
    private readonly ControlPermission _permission;
    private readonly Action<ControlCall> _called;
    private readonly List<ControlConnection> _connections = []; // oldest first

    /// <summary>Listens at <paramref name="path"/>; a socket left there by a dead daemon is replaced.</summary>
    /// <exception cref="LinuxException">The socket cannot be made.</exception>
    public ControlServer(EventLoop loop, string path, ControlPermission permission, Action<ControlCall> called)
    {
        _loop = loop;
        _path = path;
        _permission = permission;
        _called = called;
        File.Delete(path); // the lock on the directory says that its owner is dead
        _listener = UnixSocket.Listen(path, MaxConnections) ?? throw new IOException($"'{path}' is in use");
        _watch = loop.Register(_listener.Number, Readiness.Read, _ => AcceptAll());
    }

    /// <summary>Closes everything; the socket's name goes.</summary>
    public void Dispose()
    {
        _watch.Dispose();
        _listener.Dispose();
        foreach (ControlConnection connection in _connections.ToArray()) connection.Dispose();
        File.Delete(_path);
    }

    private void AcceptAll()
    {
        while (UnixSocket.Accept(_listener) is { } socket)
        {
            ControlConnection connection = new(_loop, socket, OnRequest);
            connection.Ended += () => _connections.Remove(connection);
            _connections.Add(connection);
            if (_connections.Count > MaxConnections) MakeRoom(_connections, connection);
            if (_permission.MayChange(connection.Peer)) continue;
            List<ControlConnection> readers = _connections.FindAll(other => !_permission.MayChange(other.Peer));
            if (readers.Count > MaxReaders) MakeRoom(readers, connection);
        }
    }

    // A client of ours asks as soon as it is connected. Who has not asked yet goes first, the oldest first of all;
    // where all have, the new one finds no room.
    private static void MakeRoom(List<ControlConnection> among, ControlConnection newcomer)
    {
        ControlConnection? idle = among.Find(other => !other.HasAsked && other != newcomer);
        if (idle is not null) idle.Dispose();
        else newcomer.Answer(Commands.ExitCode.Failed, "too many connections", null);
    }

    private void OnRequest(ControlConnection connection, ControlRequest request) =>
        _called(new ControlCall(connection, request, _permission.MayChange(connection.Peer)));
}
