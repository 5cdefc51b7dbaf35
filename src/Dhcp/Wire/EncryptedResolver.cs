using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Text;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Wire;

/// <summary>An encrypted resolver that the network designates (RFC 9463). Reported; nothing here speaks to it.</summary>
/// <param name="Priority">Service priority, 1 and more; the lowest is the best (RFC 9460 section 2.4.1).</param>
/// <param name="Name">The authentication domain name, which its certificate must show.</param>
public sealed record EncryptedResolver(int Priority, string Name)
{
    /// <summary>Where it is; empty in ADN-only mode, where its name is to be looked up.</summary>
    public ImmutableArray<IPAddress> Addresses { get; init; } = [];

    /// <summary>Its protocols by their ALPN identifiers, such as <c>dot</c>, <c>doq</c>, <c>h2</c>.</summary>
    public ImmutableArray<string> Protocols { get; init; } = [];

    /// <summary>Its port; null for the protocol's own.</summary>
    public int? Port { get; init; }

    /// <summary>The URI template of DNS over HTTPS (RFC 9461); null without one.</summary>
    public string? DohPath { get; init; }

    /// <summary><c>dns.example 192.0.2.53 (dot/h2 port 853)</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Name);
        foreach (IPAddress address in Addresses) text.Append(' ').Append(address);
        string details = string.Join(' ', [
            .. Protocols.IsEmpty ? [] : (string[])[string.Join('/', Protocols)],
            .. Port is { } port ? [FormattableString.Invariant($"port {port}")] : (string[])[],
            .. DohPath is { } path ? [path] : (string[])[],
        ]);
        return details.Length == 0 ? text.ToString() : text.Append(" (").Append(details).Append(')').ToString();
    }
}

/// <summary>Reads encrypted resolvers: the same content in both families, with other widths of its lengths.</summary>
public static class EncryptedResolverReader
{
    /// <summary>Resolvers kept of one message.</summary>
    public const int MaxResolvers = 16;

    private const int MaxAddresses = 16;
    private const int MaxProtocols = 16;
    private const int MaxProtocolLength = 32;
    private const int MaxPathLength = 255;

    // SvcParamKeys (RFC 9460 section 14.3.2, RFC 9461 section 5).
    private const int Alpn = 1, Port = 3, Ipv4Hint = 4, Ipv6Hint = 6, DohPath = 7;

    /// <summary>
    /// Option 162 of DHCPv4, fragments joined: every instance that holds, best first. False when one does not hold, or
    /// the instances do not fill the option; those before it are kept.
    /// </summary>
    public static bool ReadIpv4(ReadOnlySpan<byte> data, out ImmutableArray<EncryptedResolver> resolvers)
    {
        List<EncryptedResolver> found = [];
        bool whole = true;
        while (!data.IsEmpty)
        {
            if (!TryTake(ref data, 2, out ReadOnlySpan<byte> instance))
            {
                whole = false;
                break;
            }
            if (Read(instance, widthOfLengths: 1, addressLength: 4) is not { } resolver) whole = false;
            else if (found.Count < MaxResolvers) found.Add(resolver);
        }
        resolvers = [.. found.OrderBy(static one => one.Priority)];
        return whole;
    }

    /// <summary>The data of one option 144 of DHCPv6; null when it does not hold (RFC 9463 section 3.1.8).</summary>
    public static EncryptedResolver? ReadIpv6(ReadOnlySpan<byte> data) => Read(data, widthOfLengths: 2, addressLength: 16);

    private static EncryptedResolver? Read(ReadOnlySpan<byte> data, int widthOfLengths, int addressLength)
    {
        if (data.Length < 2) return null;
        int priority = BinaryPrimitives.ReadUInt16BigEndian(data);
        data = data[2..];
        // 0 is the alias mode, which has no meaning here (RFC 9460 section 2.4.1).
        if (priority == 0 || !TryTake(ref data, widthOfLengths, out ReadOnlySpan<byte> adn)) return null;
        if (!DomainNames.TryReadUncompressed(adn, out string name)) return null;
        var resolver = new EncryptedResolver(priority, name);
        if (data.IsEmpty) return resolver;
        if (!TryTake(ref data, widthOfLengths, out ReadOnlySpan<byte> addresses)) return null;
        if (addresses.IsEmpty || addresses.Length % addressLength != 0) return null;
        ImmutableArray<IPAddress>.Builder found = ImmutableArray.CreateBuilder<IPAddress>();
        for (; !addresses.IsEmpty; addresses = addresses[addressLength..])
        {
            IPAddress address = new(addresses[..addressLength]);
            if (IsServer(address) && found.Count < MaxAddresses) found.Add(address);
        }
        if (found.Count == 0) return null; // RFC 9463 section 3.1.8: one valid address at least.
        return ReadParameters(data, resolver with { Addresses = found.ToImmutable() });
    }

    private static bool TryTake(ref ReadOnlySpan<byte> data, int widthOfLength, out ReadOnlySpan<byte> taken)
    {
        taken = default;
        if (data.Length < widthOfLength) return false;
        int length = widthOfLength == 1 ? data[0] : BinaryPrimitives.ReadUInt16BigEndian(data);
        if (data.Length < widthOfLength + length) return false;
        taken = data.Slice(widthOfLength, length);
        data = data[(widthOfLength + length)..];
        return true;
    }

    // Not multicast, not the loopback (RFC 9463 section 3.1.8).
    private static bool IsServer(IPAddress address) => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
        ? Ipv4Address.FromBytes(address.GetAddressBytes()).IsUsableUnicast
        : !address.IsIPv6Multicast && !address.IsIPv4MappedToIPv6 && !address.Equals(IPAddress.IPv6Loopback) && !address.Equals(IPAddress.IPv6Any);

    // RFC 9460 section 2.2: keys in ascending order, none twice.
    private static EncryptedResolver? ReadParameters(ReadOnlySpan<byte> data, EncryptedResolver resolver)
    {
        for (int last = -1; !data.IsEmpty;)
        {
            if (data.Length < 4) return null;
            int key = BinaryPrimitives.ReadUInt16BigEndian(data);
            data = data[2..];
            if (key <= last || !TryTake(ref data, 2, out ReadOnlySpan<byte> value)) return null;
            last = key;
            switch (key)
            {
                case Ipv4Hint or Ipv6Hint: return null;
                case Alpn when ReadProtocols(value) is { } protocols: resolver = resolver with { Protocols = protocols }; break;
                case Port when value.Length == 2: resolver = resolver with { Port = BinaryPrimitives.ReadUInt16BigEndian(value) }; break;
                case DohPath when ReadPath(value) is { } path: resolver = resolver with { DohPath = path }; break;
                case Alpn or Port or DohPath: return null;
            }
        }
        return resolver;
    }

    private static ImmutableArray<string>? ReadProtocols(ReadOnlySpan<byte> value)
    {
        ImmutableArray<string>.Builder protocols = ImmutableArray.CreateBuilder<string>();
        while (!value.IsEmpty)
        {
            if (!TryTake(ref value, 1, out ReadOnlySpan<byte> protocol) || protocol.Length is 0 or > MaxProtocolLength) return null;
            foreach (byte octet in protocol)
                if (!char.IsAsciiLetterOrDigit((char)octet) && octet is not ((byte)'-' or (byte)'.' or (byte)'/' or (byte)'_')) return null;
            if (protocols.Count < MaxProtocols) protocols.Add(Encoding.ASCII.GetString(protocol));
        }
        return protocols.Count == 0 ? null : protocols.ToImmutable();
    }

    // A relative template: what it is made of is for whoever uses it.
    private static string? ReadPath(ReadOnlySpan<byte> value) =>
        value.Length is 0 or > MaxPathLength || value[0] != '/' || value.ContainsAnyExceptInRange((byte)'!', (byte)'~')
            ? null
            : Encoding.ASCII.GetString(value);
}
