using System.Runtime.InteropServices;
using System.Text;
using BondDhcp.Net.Linux;
using BondDhcp.Net.Linux.Interop;
using Tmds.Linux;

namespace BondDhcp.Bond.Linux;

/// <summary>
/// Two connected datagram sockets to a wpa_supplicant: one for requests, one for what it tells by itself. Ours have
/// abstract names that the kernel chooses: a supplicant with another /tmp or /run than ours can answer them.
/// </summary>
public sealed unsafe class WpaSocket : IDisposable
{
    /// <summary>sun_path with its terminating zero.</summary>
    public const int MaxPathLength = 107;

    private const int SO_PASSCRED = 16;
    private const int SCM_CREDENTIALS = 2;

    private const string AbstractPrefix = "@abstract:";

    private readonly FileDescriptor _requests;
    private readonly FileDescriptor _events;

    private WpaSocket(FileDescriptor requests, FileDescriptor events)
    {
        _requests = requests;
        _events = events;
    }

    /// <summary>For the event loop: answers.</summary>
    public int RequestDescriptor => _requests.Number;

    /// <summary>For the event loop: events.</summary>
    public int EventDescriptor => _events.Number;

    /// <summary>The process that sent the last answer, as the kernel says; 0 before one, or where we cannot see it.</summary>
    public int PeerPid { get; private set; }

    /// <summary>Connects both; null when that is not possible, for the reason <paramref name="errno"/>.</summary>
    public static WpaSocket? TryConnect(string path, out int errno)
    {
        if (Encoding.UTF8.GetByteCount(path) > MaxPathLength)
        {
            errno = LibC.ENAMETOOLONG;
            return null;
        }
        if (Connect(path, out errno) is not { } requests) return null;
        if (Connect(path, out errno) is { } events) return new WpaSocket(requests, events);
        requests.Dispose();
        return null;
    }

    /// <summary>True when somebody listens on a control socket; leaves no trace with it.</summary>
    public static bool IsListening(string path)
    {
        using WpaSocket? socket = TryConnect(path, out _);
        return socket is not null;
    }

    /// <summary>Sends without waiting; errno, 0 when sent.</summary>
    public int Send(string request, bool onEvents)
    {
        fixed (byte* start = Encoding.UTF8.GetBytes(request))
        {
            int length = Encoding.UTF8.GetByteCount(request);
            long sent = (long)LibC.send((onEvents ? _events : _requests).Number, start, length, LibC.MSG_NOSIGNAL | LibC.MSG_DONTWAIT);
            return sent == length ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Takes a datagram: its length, or -1 with <paramref name="errno"/> EAGAIN when there is none.</summary>
    public int Receive(bool onEvents, Span<byte> buffer, out int errno)
    {
        // struct cmsghdr with a struct ucred, rounded up.
        CredentialMessage control = default;
        fixed (byte* start = buffer)
        {
            iovec part = new() { iov_base = start, iov_len = buffer.Length };
            msghdr message = default;
            message.msg_iov = &part;
            message.msg_iovlen = 1;
            message.msg_control = &control;
            message.msg_controllen = sizeof(CredentialMessage);
            long count;
            do
            {
                count = (long)LibC.recvmsg((onEvents ? _events : _requests).Number, &message, LibC.MSG_DONTWAIT);
                errno = count < 0 ? Marshal.GetLastPInvokeError() : 0;
            }
            while (errno == KernelNumbers.EINTR);
            if (count >= 0 && control is { Level: var level, Type: SCM_CREDENTIALS } && level == LibC.SOL_SOCKET) PeerPid = control.Pid;
            return (int)count;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _requests.Dispose();
        _events.Dispose();
    }

    private static FileDescriptor? Connect(string path, out int errno)
    {
        FileDescriptor socket = FileDescriptor.Own(LibC.socket(LibC.AF_UNIX, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC | LibC.SOCK_NONBLOCK, 0), "socket");
        // An address of the family alone: the kernel gives an abstract name (unix(7), autobind).
        sockaddr_un own = default;
        own.sun_family = LibC.AF_UNIX;
        int on = 1;
        if (LibC.setsockopt(socket.Number, LibC.SOL_SOCKET, SO_PASSCRED, &on, sizeof(int)) == 0
            && LibC.bind(socket.Number, (sockaddr*)&own, sizeof(ushort)) == 0)
        {
            sockaddr_un peer = AddressOf(path, out int length);
            if (LibC.connect(socket.Number, (sockaddr*)&peer, length) == 0)
            {
                errno = 0;
                return socket;
            }
        }
        errno = Marshal.GetLastPInvokeError();
        socket.Dispose();
        return null;
    }

    private static sockaddr_un AddressOf(string path, out int length)
    {
        bool isAbstract = path.StartsWith(AbstractPrefix, StringComparison.Ordinal);
        byte[] octets = Encoding.UTF8.GetBytes(isAbstract ? '\0' + path[AbstractPrefix.Length..] : path);
        sockaddr_un address = default;
        address.sun_family = LibC.AF_UNIX;
        octets.CopyTo(new Span<byte>(address.sun_path, MaxPathLength));
        length = sizeof(ushort) + octets.Length + (isAbstract ? 0 : 1);
        return address;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct CredentialMessage
    {
        public nuint Length;
        public int Level;
        public int Type;
        public int Pid;
        public uint UserId;
        public uint GroupId;
        private readonly int _padding;
    }
}
