using System.Buffers.Binary;

namespace BondDhcp.Dhcp.Wire;

/// <summary>
/// Walks options one after the other: code and length of two octets each, then data, no padding (RFC 9915 section 21.1).
/// One that runs past the end makes the whole malformed, instead of being read as far as it goes.
/// </summary>
public ref struct Dhcp6OptionWalker
{
    /// <summary>More instances than any server sends in one place; a bound on the work and memory a packet can cause.</summary>
    public const int MaxInstances = 1024;

    private const int HeaderLength = 4;

    private ReadOnlySpan<byte> _rest;
    private int _instances;

    /// <summary>Walks the options of a message, or those inside one.</summary>
    public Dhcp6OptionWalker(ReadOnlySpan<byte> options) => _rest = options;

    /// <summary>Code of the present option.</summary>
    public ushort Code { get; private set; }

    /// <summary>Data of the present option.</summary>
    public ReadOnlySpan<byte> Data { get; private set; }

    /// <summary>True after an option that runs past the end, or too many of them.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Goes to the next option; false at the end.</summary>
    public bool MoveNext()
    {
        if (_rest.IsEmpty || IsMalformed) return false;
        if (_rest.Length < HeaderLength
            || BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]) is var length && _rest.Length < HeaderLength + length
            || ++_instances > MaxInstances)
        {
            IsMalformed = true;
            return false;
        }
        Code = BinaryPrimitives.ReadUInt16BigEndian(_rest);
        Data = _rest.Slice(HeaderLength, length);
        _rest = _rest[(HeaderLength + length)..];
        return true;
    }

    /// <summary>The data of the first option with this code (RFC 9915 section 21.1: a later one is not used).</summary>
    public static bool TryFind(ReadOnlySpan<byte> options, ushort code, out ReadOnlySpan<byte> data)
    {
        data = default;
        var walker = new Dhcp6OptionWalker(options);
        while (walker.MoveNext())
        {
            if (walker.Code != code) continue;
            data = walker.Data;
            return true;
        }
        return false;
    }
}
