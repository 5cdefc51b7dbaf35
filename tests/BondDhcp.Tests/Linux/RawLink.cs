using System.Buffers.Binary;
using BondDhcp.Net;
using BondDhcp.Net.Linux;
using BondDhcp.Net.Linux.Interop;
using Tmds.Linux;

namespace BondDhcp.Tests.Linux;

/// <summary>Puts whole Ethernet frames on an interface, as another station would.</summary>
internal sealed unsafe class RawLink : IDisposable
{
    private readonly FileDescriptor _socket;
    private readonly int _interfaceIndex;

    public RawLink(int interfaceIndex)
    {
        _interfaceIndex = interfaceIndex;
        _socket = FileDescriptor.Own(LibC.socket(LibC.AF_PACKET, LibC.SOCK_RAW | LibC.SOCK_CLOEXEC, 0), "socket");
    }

    public void Send(ReadOnlySpan<byte> frame)
    {
        var address = new sockaddr_ll { sll_family = (ushort)(int)LibC.AF_PACKET, sll_ifindex = _interfaceIndex };
        fixed (byte* start = frame)
        {
            if (LibC.sendto(_socket.Number, start, frame.Length, 0, (sockaddr*)&address, sizeof(sockaddr_ll)) < 0)
                throw LinuxException.Last("sendto");
        }
    }

    /// <summary>Receives every frame from here on but those sent on the interface itself.</summary>
    public void Listen()
    {
        int one = 1;
        if (LibC.setsockopt(_socket.Number, KernelNumbers.SOL_PACKET, LibC.PACKET_IGNORE_OUTGOING, &one, sizeof(int)) != 0)
            throw LinuxException.Last("setsockopt");
        var address = new sockaddr_ll
        {
            sll_family = (ushort)(int)LibC.AF_PACKET,
            sll_ifindex = _interfaceIndex,
            sll_protocol = BinaryPrimitives.ReverseEndianness((ushort)3), // ETH_P_ALL
        };
        if (LibC.bind(_socket.Number, (sockaddr*)&address, sizeof(sockaddr_ll)) != 0) throw LinuxException.Last("bind");
    }

    /// <summary>The next frame that is there; null when there is none.</summary>
    public byte[]? TryReceive()
    {
        byte[] buffer = new byte[2048];
        fixed (byte* start = buffer)
        {
            long length = LibC.recv(_socket.Number, start, buffer.Length, LibC.MSG_DONTWAIT);
            return length < 0 ? null : buffer[..(int)length];
        }
    }

    /// <summary>An Ethernet frame; with a tag when <paramref name="vlan"/> is not null.</summary>
    public static byte[] Frame(MacAddress destination, MacAddress source, ushort etherType, ReadOnlySpan<byte> payload, int? vlan = null)
    {
        int header = vlan is null ? 14 : 18;
        byte[] frame = new byte[Math.Max(60, header + payload.Length)];
        destination.CopyTo(frame);
        source.CopyTo(frame.AsSpan(6));
        if (vlan is { } tag)
        {
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), 0x8100);
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(14), (ushort)tag);
        }
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(header - 2), etherType);
        payload.CopyTo(frame.AsSpan(header));
        return frame;
    }

    public void Dispose() => _socket.Dispose();
}
