using System.Runtime.InteropServices;
using System.Text;
using BondDhcp.Net;

namespace BondDhcp.Bond.Netlink;

/// <summary>The attributes of a message or of a nested attribute, bounds-checked: it ends and never throws.</summary>
public ref struct NetlinkAttributeReader
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Reads from the start of <paramref name="octets"/>.</summary>
    public NetlinkAttributeReader(ReadOnlySpan<byte> octets) => _rest = octets;

    /// <summary>The next attribute; false at the end or at the first octets that are none.</summary>
    public bool TryRead(out NetlinkAttribute attribute)
    {
        attribute = default;
        if (_rest.Length < NetlinkWriter.AttributeHeaderLength) return false;
        int length = MemoryMarshal.Read<ushort>(_rest);
        if (length < NetlinkWriter.AttributeHeaderLength || length > _rest.Length) return false;

        attribute = new NetlinkAttribute(
            MemoryMarshal.Read<ushort>(_rest[2..]), _rest[NetlinkWriter.AttributeHeaderLength..length]);
        int next = NetlinkWriter.Align(length);
        _rest = next < _rest.Length ? _rest[next..] : default;
        return true;
    }

    /// <summary>The first attribute of this type among those not yet read.</summary>
    public readonly bool TryFind(ushort type, out NetlinkAttribute attribute)
    {
        NetlinkAttributeReader rest = this;
        while (rest.TryRead(out attribute))
            if (attribute.Type == type) return true;
        return false;
    }
}

/// <summary>One attribute. The typed readers give null for data of the wrong length, as for an attribute that is absent.</summary>
public readonly ref struct NetlinkAttribute
{
    // NLA_F_NESTED and NLA_F_NET_BYTEORDER are flags in the type's two high bits.
    private const ushort TypeMask = 0x3fff;

    internal NetlinkAttribute(ushort type, ReadOnlySpan<byte> data)
    {
        Type = (ushort)(type & TypeMask);
        Data = data;
    }

    /// <summary>Its type, without flags.</summary>
    public ushort Type { get; }

    /// <summary>Its data, without padding.</summary>
    public ReadOnlySpan<byte> Data { get; }

    /// <summary>The attributes inside it.</summary>
    public NetlinkAttributeReader Nested => new(Data);

    /// <summary>One octet.</summary>
    public byte? AsByte() => Data.Length == 1 ? Data[0] : null;

    /// <summary>32 bits in host byte order.</summary>
    public uint? AsUInt32() => Data.Length == sizeof(uint) ? MemoryMarshal.Read<uint>(Data) : null;

    /// <summary>An interface index or another signed number of 32 bits.</summary>
    public int? AsInt32() => Data.Length == sizeof(int) ? MemoryMarshal.Read<int>(Data) : null;

    /// <summary>An IPv4 address.</summary>
    public Ipv4Address? AsAddress() => Data.Length == Ipv4Address.Length ? Ipv4Address.FromBytes(Data) : null;

    /// <summary>An IPv6 address.</summary>
    public Ipv6Address? AsIpv6Address() => Data.Length == Ipv6Address.Length ? Ipv6Address.FromBytes(Data) : null;

    /// <summary>A hardware address of six octets; null for those of other links.</summary>
    public MacAddress? AsMac() => Data.Length == MacAddress.Length ? MacAddress.FromBytes(Data) : null;

    /// <summary>Text up to the first NUL. It may hold any character: escape it where it is printed.</summary>
    public string AsText()
    {
        int end = Data.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? Data : Data[..end]);
    }
}
