using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace BondDhcp.Net;

/// <summary>An IPv4 address with a prefix length; host bits may be set, so that it also names an interface address.</summary>
/// <param name="Address">The address as given; <see cref="Network"/> masks it.</param>
/// <param name="PrefixLength">0 to 32.</param>
public readonly record struct Ipv4Prefix(Ipv4Address Address, int PrefixLength)
{
    /// <summary>0.0.0.0/0.</summary>
    public static readonly Ipv4Prefix Default;

    /// <summary>The netmask.</summary>
    public Ipv4Address Mask => new(MaskOf(PrefixLength));

    /// <summary>The first address: host bits zero.</summary>
    public Ipv4Address Network => new(Address.Value & MaskOf(PrefixLength));

    /// <summary>The last address: host bits one.</summary>
    public Ipv4Address DirectedBroadcast => new(Address.Value | ~MaskOf(PrefixLength));

    /// <summary>The same prefix with host bits zero.</summary>
    public Ipv4Prefix Masked => new(Network, PrefixLength);

    /// <summary>True when <paramref name="address"/> is inside.</summary>
    public bool Contains(Ipv4Address address) => (address.Value & MaskOf(PrefixLength)) == Network.Value;

    /// <summary>True when any address is in both.</summary>
    public bool Overlaps(Ipv4Prefix other) =>
        PrefixLength <= other.PrefixLength ? Contains(other.Address) : other.Contains(Address);

    /// <summary>The prefix length of a contiguous netmask; false for any other, 0.0.0.0 included.</summary>
    public static bool TryFromMask(Ipv4Address mask, out int prefixLength)
    {
        prefixLength = System.Numerics.BitOperations.PopCount(mask.Value);
        return prefixLength > 0 && MaskOf(prefixLength) == mask.Value;
    }

    /// <summary>Reads <c>192.0.2.0/24</c>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Ipv4Prefix prefix)
    {
        prefix = default;
        int slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (text is null || slash < 0) return false;
        ReadOnlySpan<char> length = text.AsSpan(slash + 1);
        if (!Ipv4Address.TryParse(text.AsSpan(0, slash), out Ipv4Address address)) return false;
        if (!int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out int bits) || bits > 32) return false;
        prefix = new Ipv4Prefix(address, bits);
        return true;
    }

    /// <summary>As <see cref="TryParse"/>.</summary>
    /// <exception cref="FormatException">Not an IPv4 prefix.</exception>
    public static Ipv4Prefix Parse(string text) =>
        TryParse(text, out Ipv4Prefix prefix) ? prefix : throw new FormatException($"'{text}' is not an IPv4 prefix.");

    /// <summary><c>192.0.2.0/24</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{Address}/{PrefixLength}");

    private static uint MaskOf(int length) => length == 0 ? 0 : uint.MaxValue << 32 - length;
}
