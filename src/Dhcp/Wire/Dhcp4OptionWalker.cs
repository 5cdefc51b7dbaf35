namespace BondDhcp.Dhcp.Wire;

/// <summary>
/// Walks the options of a message through its fields. An option lies wholly inside its field; one that does not ends
/// the walk and makes it malformed, instead of being read as far as it goes.
/// </summary>
public ref struct Dhcp4OptionWalker
{
    /// <summary>More instances than any server sends; a bound on the work a packet can cause.</summary>
    public const int MaxInstances = 1024;

    private const byte Pad = 0;
    private const byte End = 255;

    private ReadOnlySpan<byte> _rest;
    private ReadOnlySpan<byte> _second;
    private ReadOnlySpan<byte> _third;
    private int _instances;

    internal Dhcp4OptionWalker(ReadOnlySpan<byte> options, ReadOnlySpan<byte> file, ReadOnlySpan<byte> sname)
    {
        _rest = options;
        _second = file;
        _third = sname;
    }

    /// <summary>Code of the present option, 1 to 254.</summary>
    public byte Code { get; private set; }

    /// <summary>Data of the present option.</summary>
    public ReadOnlySpan<byte> Data { get; private set; }

    /// <summary>True after an option that runs past its field, or too many of them.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Goes to the next option; false at the end.</summary>
    public bool MoveNext()
    {
        while (!IsMalformed)
        {
            // A missing end option at the exact end of a field is tolerated; what follows one is not looked at.
            if (_rest.IsEmpty || _rest[0] == End)
            {
                if (_second.IsEmpty && _third.IsEmpty) return false;
                _rest = _second.IsEmpty ? _third : _second;
                if (_second.IsEmpty) _third = default;
                _second = default;
                continue;
            }
            if (_rest[0] == Pad)
            {
                _rest = _rest[1..];
                continue;
            }
            if (_rest.Length < 2 || _rest.Length < 2 + _rest[1] || ++_instances > MaxInstances)
            {
                IsMalformed = true;
                return false;
            }
            Code = _rest[0];
            Data = _rest.Slice(2, _rest[1]);
            _rest = _rest[(2 + Data.Length)..];
            return true;
        }
        return false;
    }
}
