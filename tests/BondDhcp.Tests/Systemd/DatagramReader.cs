using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using BondDhcp.Net.Linux;
using BondDhcp.Net.Linux.Interop;
using Tmds.Linux;

namespace BondDhcp.Tests.Systemd;

/// <summary>What came in at a socket.</summary>
/// <param name="Octets">The datagram.</param>
/// <param name="Descriptor">The one that came with it, the test's from here on; null where none did.</param>
public sealed record Datagram(byte[] Octets, FileDescriptor? Descriptor)
{
    public string Text => Encoding.UTF8.GetString(Octets);
}

/// <summary>A datagram socket in the file system, as a service manager or the system's journal has one.</summary>
public sealed class DatagramReader : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly byte[] _buffer = new byte[256 * 1024];

    public DatagramReader(string path)
    {
        Path = path;
        _socket.Bind(new UnixDomainSocketEndPoint(path));
    }

    public string Path { get; }

    /// <summary>The next one; null when there is none now.</summary>
    public unsafe Datagram? TryRead()
    {
        byte* control = stackalloc byte[64];
        fixed (byte* start = _buffer)
        {
            iovec part = new() { iov_base = start, iov_len = _buffer.Length };
            msghdr message = default;
            message.msg_iov = &part;
            message.msg_iovlen = 1;
            message.msg_control = control;
            message.msg_controllen = 64;
            long count = (long)LibC.recvmsg((int)_socket.Handle, &message, LibC.MSG_DONTWAIT);
            if (count < 0) return null;
            FileDescriptor? descriptor = null;
            if ((uint)message.msg_controllen >= sizeof(cmsghdr) + sizeof(int))
            {
                cmsghdr* header = (cmsghdr*)control;
                if (header->cmsg_level != LibC.SOL_SOCKET || header->cmsg_type != KernelNumbers.SCM_RIGHTS) throw new InvalidDataException("no SCM_RIGHTS");
                descriptor = FileDescriptor.Own(*(int*)(control + sizeof(cmsghdr)), "recvmsg");
            }
            return new Datagram(_buffer[..(int)count], descriptor);
        }
    }

    /// <summary>Reads on until one has this beginning, and gives all that came, that one last.</summary>
    public async Task<List<Datagram>> ReadUntilAsync(string beginning, TimeSpan patience)
    {
        List<Datagram> read = [];
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < patience;)
        {
            if (TryRead() is not { } one)
            {
                await Task.Delay(10);
                continue;
            }
            read.Add(one);
            if (one.Text.StartsWith(beginning, StringComparison.Ordinal)) return read;
        }
        throw new TimeoutException($"no '{beginning}' in {patience.TotalSeconds} s, but: {string.Join(" | ", read.Select(one => one.Text))}");
    }

    public void Dispose() => _socket.Dispose();
}
