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
    /// <summary>When it was sent, by the kernel's clock, as the frames of a trace are.</summary>
    public DateTime At { get; init; }

    public string Text => Encoding.UTF8.GetString(Octets);
}

/// <summary>A datagram socket in the file system, as a service manager or the system's journal has one.</summary>
public sealed class DatagramReader : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly byte[] _buffer = new byte[256 * 1024];

    // SO_TIMESTAMPNS and SCM_TIMESTAMPNS of asm-generic/socket.h.
    private const int Timestamp = 35;
    private const int ControlLength = 128;

    public DatagramReader(string path)
    {
        Path = path;
        _socket.Bind(new UnixDomainSocketEndPoint(path));
        _socket.SetRawSocketOption(LibC.SOL_SOCKET, Timestamp, BitConverter.GetBytes(1));
    }

    public string Path { get; }

    /// <summary>The next one; null when there is none now.</summary>
    public unsafe Datagram? TryRead()
    {
        byte* control = stackalloc byte[ControlLength];
        fixed (byte* start = _buffer)
        {
            iovec part = new() { iov_base = start, iov_len = _buffer.Length };
            msghdr message = default;
            message.msg_iov = &part;
            message.msg_iovlen = 1;
            message.msg_control = control;
            message.msg_controllen = ControlLength;
            long count = (long)LibC.recvmsg((int)_socket.Handle, &message, LibC.MSG_DONTWAIT);
            if (count < 0) return null;
            FileDescriptor? descriptor = null;
            DateTime at = default;
            int end = (int)message.msg_controllen;
            for (int position = 0; position + sizeof(cmsghdr) + sizeof(int) <= end;)
            {
                cmsghdr* header = (cmsghdr*)(control + position);
                byte* data = control + position + sizeof(cmsghdr);
                if (header->cmsg_level != LibC.SOL_SOCKET) throw new InvalidDataException("not of SOL_SOCKET");
                if (header->cmsg_type == KernelNumbers.SCM_RIGHTS) descriptor = FileDescriptor.Own(*(int*)data, "recvmsg");
                else if (header->cmsg_type == Timestamp) at = DateTime.UnixEpoch.AddSeconds(*(long*)data).AddTicks(((long*)data)[1] / 100);
                else throw new InvalidDataException("neither SCM_RIGHTS nor SCM_TIMESTAMPNS");
                position += ((int)header->cmsg_len + 7) & ~7;
            }
            return new Datagram(_buffer[..(int)count], descriptor) { At = at };
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
