using System.Runtime.InteropServices;
using System.Text;
using BondDhcp.Net.Linux;
using BondDhcp.Net.Linux.Interop;
using Tmds.Linux;

namespace BondDhcp.Host.Control.Linux;

/// <summary>Who is at the other end of a connection, by SO_PEERCRED.</summary>
/// <param name="ProcessId">0 when the process is in a namespace we do not see.</param>
/// <param name="UserId">Effective user.</param>
/// <param name="GroupId">Effective group; the supplementary ones are in /proc.</param>
internal readonly record struct PeerCredentials(int ProcessId, uint UserId, uint GroupId);

/// <summary>Stream sockets in the unix(7) domain. A name that begins with <c>@</c> is in the abstract namespace.</summary>
internal static unsafe class UnixSocket
{
    /// <summary>sun_path with its terminating zero.</summary>
    public const int MaxPathLength = 107;

    /// <summary>Read and written by everybody: who may do what is decided by credentials.</summary>
    private const int SocketMode = 0x1b6; // 0666

    /// <summary>Nothing to read or no room to write now.</summary>
    public const int WouldBlock = -1;

    /// <summary>The other side is gone.</summary>
    public const int Closed = 0;

    /// <summary>Listens, without blocking; null when the name is taken.</summary>
    /// <exception cref="LinuxException">The socket cannot be made there.</exception>
    public static FileDescriptor? Listen(string name, int backlog)
    {
        FileDescriptor socket = FileDescriptor.Own(
            LibC.socket(LibC.AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC | LibC.SOCK_NONBLOCK, 0), "socket");
        sockaddr_un address = AddressOf(name, out int length);
        if (LibC.bind(socket.Number, (sockaddr*)&address, length) < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            socket.Dispose();
            return error == KernelNumbers.EADDRINUSE ? null : throw new LinuxException($"bind({name})", error);
        }
        if (name[0] != '@') SetMode(name);
        if (LibC.listen(socket.Number, backlog) < 0) throw LinuxException.Last("listen");
        return socket;
    }

    /// <summary>Connects, blocking; null when nobody listens there.</summary>
    public static FileDescriptor? Connect(string name, out int errno)
    {
        FileDescriptor socket = FileDescriptor.Own(LibC.socket(LibC.AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC, 0), "socket");
        sockaddr_un address = AddressOf(name, out int length);
        int result;
        do
        {
            result = LibC.connect(socket.Number, (sockaddr*)&address, length);
            errno = result < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
        while (errno == KernelNumbers.EINTR);
        if (errno == 0) return socket;
        socket.Dispose();
        return null;
    }

    /// <summary>The next connection, not blocking; null when there is none, or no descriptor left for it.</summary>
    public static FileDescriptor? Accept(FileDescriptor listener)
    {
        int result = LibC.accept4(listener.Number, null, null, LibC.SOCK_CLOEXEC | LibC.SOCK_NONBLOCK);
        return result < 0 ? null : FileDescriptor.Own(result, "accept4");
    }

    /// <summary>Reads what there is: a count, <see cref="Closed"/> or <see cref="WouldBlock"/>.</summary>
    public static int Receive(FileDescriptor socket, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            // A read with a time limit is not taken up again by the kernel after a signal, and the runtime uses signals.
            long count;
            do count = (long)LibC.recv(socket.Number, start, buffer.Length, 0);
            while (count < 0 && Marshal.GetLastPInvokeError() == KernelNumbers.EINTR);
            return Outcome(count);
        }
    }

    /// <summary>Writes what there is room for: a count, <see cref="Closed"/> or <see cref="WouldBlock"/>.</summary>
    public static int Send(FileDescriptor socket, ReadOnlySpan<byte> data)
    {
        fixed (byte* start = data) return Outcome((long)LibC.send(socket.Number, start, data.Length, LibC.MSG_NOSIGNAL));
    }

    /// <summary>How long a blocking read waits before it gives <see cref="WouldBlock"/>; at least a millisecond.</summary>
    public static void SetReceiveTimeout(FileDescriptor socket, TimeSpan timeout)
    {
        long microseconds = Math.Max(1000, timeout.Ticks / TimeSpan.TicksPerMicrosecond);
        long* value = stackalloc long[] { microseconds / 1_000_000, microseconds % 1_000_000 }; // struct timeval
        if (LibC.setsockopt(socket.Number, LibC.SOL_SOCKET, LibC.SO_RCVTIMEO, value, 2 * sizeof(long)) < 0)
            throw LinuxException.Last("setsockopt(SO_RCVTIMEO)");
    }

    /// <summary>Who connected; of a connection made, who listens.</summary>
    public static PeerCredentials Peer(FileDescriptor socket)
    {
        uint* credentials = stackalloc uint[3]; // struct ucred: pid, uid, gid
        socklen_t length = 3 * sizeof(uint);
        if (LibC.getsockopt(socket.Number, LibC.SOL_SOCKET, LibC.SO_PEERCRED, credentials, &length) < 0)
            throw LinuxException.Last("getsockopt(SO_PEERCRED)");
        return new PeerCredentials((int)credentials[0], credentials[1], credentials[2]);
    }

    // What bind(2) makes has the process's umask taken off.
    private static void SetMode(string path)
    {
        fixed (byte* start = Encoding.UTF8.GetBytes(path + '\0'))
            if (LibC.chmod(start, SocketMode) < 0) throw LinuxException.Last($"chmod({path})");
    }

    private static int Outcome(long result)
    {
        if (result >= 0) return (int)result;
        return Marshal.GetLastPInvokeError() is KernelNumbers.EAGAIN or KernelNumbers.EINTR ? WouldBlock : Closed;
    }

    internal static sockaddr_un AddressOf(string name, out int length)
    {
        byte[] octets = Encoding.UTF8.GetBytes(name);
        if (octets.Length is 0 or > MaxPathLength)
            throw new IOException($"'{name}' is too long for a socket: at most {MaxPathLength} bytes");
        sockaddr_un address = default;
        address.sun_family = LibC.AF_UNIX;
        bool isAbstract = octets[0] == '@';
        if (isAbstract) octets[0] = 0;
        octets.CopyTo(new Span<byte>(address.sun_path, MaxPathLength));
        // An abstract name ends where the address ends; a path ends at its zero.
        length = sizeof(ushort) + octets.Length + (isAbstract ? 0 : 1);
        return address;
    }
}
