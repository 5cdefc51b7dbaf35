using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace BondDhcp.Net;

/// <summary>An IPv6 address with a prefix length; host bits may be set, so that it also names an interface address.</summary>
/// <param name="Address">The address as given; <see cref="Network"/> masks it.</param>
/// <param name="PrefixLength">0 to 128.</param>
public readonly record struct Ipv6Prefix(Ipv6Address Address, int PrefixLength)
{
    /// <summary>::/0.</summary>
    public static readonly Ipv6Prefix Default;

    /// <summary>The first address: host bits zero.</summary>
    public Ipv6Address Network => new(Address.Value & MaskOf(PrefixLength));

    /// <summary>The same prefix with host bits zero.</summary>
    public Ipv6Prefix Masked => new(Network, PrefixLength);

    /// <summary>True when <paramref name="address"/> is inside.</summary>
    public bool Contains(Ipv6Address address) => (address.Value & MaskOf(PrefixLength)) == Network.Value;

    /// <summary>True when every address of <paramref name="other"/> is inside.</summary>
    public bool Contains(Ipv6Prefix other) => PrefixLength <= other.PrefixLength && Contains(other.Address);

    /// <summary>True when any address is in both.</summary>
    public bool Overlaps(Ipv6Prefix other) => Contains(other) || other.Contains(this);

    /// <summary>Reads <c>2001:db8::/32</c>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Ipv6Prefix prefix)
    {
        prefix = default;
        int slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (text is null || slash < 0) return false;
        ReadOnlySpan<char> length = text.AsSpan(slash + 1);
        if (!Ipv6Address.TryParse(text.AsSpan(0, slash), out Ipv6Address address)) return false;
        if (!int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out int bits) || bits > Ipv6Address.Bits) return false;
        prefix = new Ipv6Prefix(address, bits);
        return true;
    }

    /// <summary>As <see cref="TryParse"/>.</summary>
    /// <exception cref="FormatException">Not an IPv6 prefix.</exception>
    public static Ipv6Prefix Parse(string text) =>
        TryParse(text, out Ipv6Prefix prefix) ? prefix : throw new FormatException($"'{text}' is not an IPv6 prefix.");

    /// <summary><c>2001:db8::/32</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{Address}/{PrefixLength}");

    // A shift of the whole width shifts nothing.
    private static UInt128 MaskOf(int length) => length == 0 ? UInt128.Zero : UInt128.MaxValue << Ipv6Address.Bits - length;
}
