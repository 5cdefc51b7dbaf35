using System.Buffers.Binary;
using System.Collections.Immutable;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Identity;

/// <summary>
/// The data octets of option 61 in its four forms, and the notations in which servers' configurations want them for a
/// reservation. The same octets go into every message of a client (RFC 4361 section 6.1).
/// </summary>
public static class Dhcp4ClientIdentifier
{
    /// <summary>The type octet of an identifier made of IAID and DUID (RFC 4361 section 6.1).</summary>
    public const byte TypeDuid = 255;

    /// <summary>The type octet of an Ethernet address (RFC 2132 section 9.14).</summary>
    public const byte TypeEthernet = 1;

    /// <summary>A type and one octet (RFC 2132 section 9.14).</summary>
    public const int MinLength = 2;

    /// <summary>One option without RFC 3396 fragments, which servers do not join here.</summary>
    public const int MaxLength = 255;

    /// <summary><c>duid</c>: 255, IAID, DUID.</summary>
    public static ImmutableArray<byte> FromDuid(Iaid iaid, Duid duid)
    {
        byte[] octets = new byte[1 + Iaid.Length + duid.Octets.Length];
        octets[0] = TypeDuid;
        BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(1), iaid.Value);
        duid.Octets.CopyTo(octets.AsSpan(1 + Iaid.Length));
        return [.. octets];
    }

    /// <summary>
    /// <c>bare-duid</c>: the DUID and nothing else. Not in any RFC; what a dhclient.conf with
    /// <c>send dhcp-client-identifier</c> and a DUID sent, so that its reservations stay good.
    /// </summary>
    public static ImmutableArray<byte> FromBareDuid(Duid duid) => [.. duid.Octets];

    /// <summary><c>mac</c>: 1 and a hardware address (RFC 2132 section 9.14).</summary>
    public static ImmutableArray<byte> FromMac(MacAddress mac)
    {
        byte[] octets = new byte[1 + MacAddress.Length];
        octets[0] = TypeEthernet;
        mac.CopyTo(octets.AsSpan(1));
        return [.. octets];
    }

    /// <summary>Octets given in the configuration, in hexadecimal with or without colons; false unless they are 2 to 255.</summary>
    public static bool TryParse(string text, out ImmutableArray<byte> identifier)
    {
        bool valid = HexText.TryParse(text, out byte[]? octets) && octets.Length is >= MinLength and <= MaxLength;
        identifier = valid ? [.. octets!] : [];
        return valid;
    }

    /// <summary>Takes an identifier of the form <c>duid</c> apart; false for any other.</summary>
    public static bool TryGetDuid(ReadOnlySpan<byte> identifier, out Iaid iaid, out Duid? duid)
    {
        iaid = default;
        duid = null;
        if (identifier.Length < 1 + Iaid.Length || identifier[0] != TypeDuid) return false;
        if (!Duid.TryCreate(identifier[(1 + Iaid.Length)..], out duid)) return false;
        iaid = new Iaid(BinaryPrimitives.ReadUInt32BigEndian(identifier[1..]));
        return true;
    }

    /// <summary>For dnsmasq: <c>dhcp-host=id:ff:32:..,192.0.2.50</c>.</summary>
    public static string Dnsmasq(ReadOnlySpan<byte> identifier) => "id:" + HexText.Colons(identifier);

    /// <summary>For a Kea reservation: <c>"client-id": "ff:32:.."</c>.</summary>
    public static string Kea(ReadOnlySpan<byte> identifier) => $"\"client-id\": \"{HexText.Colons(identifier)}\"";

    /// <summary>For a host of ISC dhcpd: <c>option dhcp-client-identifier ff:32:..;</c>.</summary>
    public static string Isc(ReadOnlySpan<byte> identifier) => $"option dhcp-client-identifier {HexText.Colons(identifier)};";
}
