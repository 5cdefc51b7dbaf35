using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using BondDhcp.Bond.Links;

namespace BondDhcp.Host.Coexistence;

/// <summary>A packet socket.</summary>
/// <param name="Protocol">The ethertype it receives; 3 (ETH_P_ALL) for every one.</param>
/// <param name="Device">Index of the interface it is bound to; 0 for every one.</param>
/// <param name="Inode">The number by which a process's descriptor names it.</param>
internal readonly record struct PacketHolder(ushort Protocol, int Device, ulong Inode);

/// <summary>Reads the socket tables of /proc/net. Pure; what is no such line is passed over.</summary>
internal static class SocketTable
{
    /// <summary>ETH_P_IP: what a client that reads IPv4 alone asks for, and hardly anybody else.</summary>
    public const ushort Ipv4 = 0x0800;

    /// <summary>ETH_P_ALL: clients of ISC and dhcpcd, and everybody who looks at packets.</summary>
    public const ushort All = 0x0003;

    // Columns of /proc/net/packet: sk RefCnt Type Proto Iface R Rmem User Inode.
    private const int PacketProtocol = 3, PacketDevice = 4, PacketInode = 8;

    // Columns of /proc/net/udp and udp6: sl local rem st tx:rx tr:when retrnsmt uid timeout inode.
    private const int UdpLocal = 1, UdpInode = 9;

    /// <summary>The packet sockets in /proc/net/packet that may be a DHCP client's: of IPv4 or of every protocol.</summary>
    public static List<PacketHolder> ReadPackets(ReadOnlySpan<byte> table)
    {
        List<PacketHolder> found = [];
        while (TryReadLine(ref table, out ReadOnlySpan<byte> line))
        {
            if (!TryReadNumber(Column(line, PacketProtocol), 'x', out ulong protocol) || protocol is not (Ipv4 or All)) continue;
            if (!TryReadNumber(Column(line, PacketDevice), 'D', out ulong device) || !TryReadNumber(Column(line, PacketInode), 'D', out ulong inode)) continue;
            found.Add(new PacketHolder((ushort)protocol, (int)device, inode));
        }
        return found;
    }

    /// <summary>The sockets in /proc/net/udp or /proc/net/udp6 that are bound to a port. Which interface they are bound to is not in there.</summary>
    public static List<PortHolder> ReadPorts(ReadOnlySpan<byte> table, ushort port)
    {
        List<PortHolder> found = [];
        while (TryReadLine(ref table, out ReadOnlySpan<byte> line))
        {
            ReadOnlySpan<byte> local = Column(line, UdpLocal);
            int colon = local.IndexOf((byte)':');
            if (colon < 0 || !TryReadNumber(local[(colon + 1)..], 'x', out ulong bound) || bound != port) continue;
            if (ReadAddress(local[..colon]) is not { } address || !TryReadNumber(Column(line, UdpInode), 'D', out ulong inode)) continue;
            found.Add(new PortHolder(address, 0, inode));
        }
        return found;
    }

    // Words of 32 bits in hexadecimal; in memory each is in network byte order.
    private static IPAddress? ReadAddress(ReadOnlySpan<byte> hex)
    {
        const int wordDigits = 8, ipv6Digits = 32;
        if (hex.Length is not (wordDigits or ipv6Digits)) return null;
        Span<uint> words = stackalloc uint[hex.Length / wordDigits];
        for (int i = 0; i < words.Length; i++)
        {
            if (!uint.TryParse(Encoding.ASCII.GetString(hex.Slice(i * wordDigits, wordDigits)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out words[i]))
                return null;
        }
        return new IPAddress(MemoryMarshal.AsBytes(words));
    }

    private static bool TryReadLine(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> line)
    {
        line = default;
        if (rest.IsEmpty) return false;
        int end = rest.IndexOf((byte)'\n');
        line = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return true;
    }

    private static ReadOnlySpan<byte> Column(ReadOnlySpan<byte> line, int number)
    {
        for (; ; number--)
        {
            line = line.TrimStart((byte)' ');
            int end = line.IndexOf((byte)' ');
            if (number == 0) return end < 0 ? line : line[..end];
            if (end < 0) return default;
            line = line[end..];
        }
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> text, char format, out ulong value) =>
        Utf8Parser.TryParse(text, out value, out int used, format) && used == text.Length && used > 0;
}
