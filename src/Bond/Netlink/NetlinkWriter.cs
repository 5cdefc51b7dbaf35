using System.Runtime.InteropServices;
using System.Text;
using BondDhcp.Net;

namespace BondDhcp.Bond.Netlink;

/// <summary>
/// Builds one netlink message: host byte order, every part aligned to four octets. Reused from message to message, so
/// that a request allocates nothing.
/// </summary>
/// <example>
/// <code>
/// writer.Begin(RTM_NEWLINK, NLM_F_CREATE);
/// writer.AddHeader(16);
/// using (writer.Nest(IFLA_LINKINFO)) writer.AddText(IFLA_INFO_KIND, "bond");
/// </code>
/// </example>
public sealed class NetlinkWriter
{
    /// <summary>Octets of struct nlmsghdr.</summary>
    internal const int HeaderLength = 16;

    /// <summary>Octets of struct rtattr and struct nlattr.</summary>
    internal const int AttributeHeaderLength = 4;

    // Larger than any request made here; a longer one makes it grow.
    private const int InitialCapacity = 512;

    private byte[] _buffer = new byte[InitialCapacity];
    private int _length;
    private int _nesting;

    /// <summary>Begins a message and forgets the one before; the sequence number is the socket's to fill in.</summary>
    /// <param name="type">nlmsg_type.</param>
    /// <param name="flags">nlmsg_flags beside those that the socket adds (request, acknowledgement, dump).</param>
    public void Begin(ushort type, ushort flags)
    {
        _length = 0;
        _nesting = 0;
        Span<byte> header = Reserve(HeaderLength);
        MemoryMarshal.Write(header[4..], type);
        MemoryMarshal.Write(header[6..], flags);
    }

    /// <summary>Adds the family's fixed header (struct ifinfomsg and the like), zeroed, for the caller to fill in at once.</summary>
    public Span<byte> AddHeader(int length) => Reserve(length);

    /// <summary>Adds an attribute.</summary>
    /// <exception cref="ArgumentException">More octets than rta_len can say.</exception>
    public void Add(ushort type, ReadOnlySpan<byte> data) => data.CopyTo(ReserveAttribute(type, data.Length));

    /// <summary>Adds an attribute of one octet.</summary>
    public void AddByte(ushort type, byte value) => ReserveAttribute(type, 1)[0] = value;

    /// <summary>Adds an attribute of 32 bits in host byte order.</summary>
    public void AddUInt32(ushort type, uint value) => MemoryMarshal.Write(ReserveAttribute(type, sizeof(uint)), value);

    /// <summary>Adds an IPv4 address, in network byte order as everywhere in the kernel.</summary>
    public void AddAddress(ushort type, Ipv4Address address) => address.CopyTo(ReserveAttribute(type, Ipv4Address.Length));

    /// <summary>Adds an IPv6 address.</summary>
    public void AddAddress(ushort type, Ipv6Address address) => address.CopyTo(ReserveAttribute(type, Ipv6Address.Length));

    /// <summary>Adds an address of either family, in network byte order.</summary>
    public void AddAddress(ushort type, System.Net.IPAddress address) => Add(type, address.GetAddressBytes());

    /// <summary>Adds text with the NUL that the kernel wants at its end.</summary>
    public void AddText(ushort type, string text) =>
        Encoding.UTF8.GetBytes(text, ReserveAttribute(type, Encoding.UTF8.GetByteCount(text) + 1));

    /// <summary>Begins an attribute that contains the ones added until the scope is disposed of.</summary>
    /// <param name="type">Its type, with NLA_F_NESTED where the kernel asks for that.</param>
    public Scope Nest(ushort type)
    {
        int start = _length;
        ReserveAttribute(type, 0);
        _nesting++;
        return new Scope(this, start);
    }

    /// <summary>The finished message; valid until the next <see cref="Begin"/>.</summary>
    /// <exception cref="InvalidOperationException">A nested attribute is still open.</exception>
    public Span<byte> Finish()
    {
        if (_nesting != 0) throw new InvalidOperationException("A nested attribute is still open.");
        Span<byte> message = _buffer.AsSpan(0, _length);
        MemoryMarshal.Write(message, (uint)_length);
        return message;
    }

    /// <summary>The length rounded up to the alignment of netlink.</summary>
    internal static int Align(int length) => (length + 3) & ~3;

    private Span<byte> ReserveAttribute(ushort type, int dataLength)
    {
        int length = AttributeHeaderLength + dataLength;
        if (length > ushort.MaxValue) throw new ArgumentException("A netlink attribute has at most 65531 octets.", nameof(dataLength));
        Span<byte> attribute = Reserve(length);
        MemoryMarshal.Write(attribute, (ushort)length);
        MemoryMarshal.Write(attribute[2..], type);
        return attribute[AttributeHeaderLength..];
    }

    // The padding is zeroed too: what an earlier message left there does not leak into this one.
    private Span<byte> Reserve(int length)
    {
        int start = _length;
        int end = start + Align(length);
        if (end > _buffer.Length) Array.Resize(ref _buffer, Math.Max(end, 2 * _buffer.Length));
        _buffer.AsSpan(start, end - start).Clear();
        _length = end;
        return _buffer.AsSpan(start, length);
    }

    private void Close(int start)
    {
        int length = _length - start;
        if (length > ushort.MaxValue) throw new InvalidOperationException("A nested netlink attribute has at most 65535 octets.");
        MemoryMarshal.Write(_buffer.AsSpan(start), (ushort)length);
        _nesting--;
    }

    /// <summary>An open nested attribute.</summary>
    public readonly ref struct Scope
    {
        private readonly NetlinkWriter _writer;
        private readonly int _start;

        internal Scope(NetlinkWriter writer, int start)
        {
            _writer = writer;
            _start = start;
        }

        /// <summary>Ends the attribute: its length is known now.</summary>
        public void Dispose() => _writer.Close(_start);
    }
}
