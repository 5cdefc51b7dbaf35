using System.Buffers.Binary;
using System.Text.Json;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Resolver;
using BondDhcp.Host.Text;
using BondDhcp.Net;

namespace BondDhcp.Host.Status;

/// <summary>Writes the object <c>dhcp6</c> of <c>status</c> and <c>lease</c>. Fields are added, never renamed.</summary>
internal static class Dhcp6Json
{
    /// <summary>The object, or null where DHCPv6 is not configured.</summary>
    public static void Write(Utf8JsonWriter json, Dhcp6Snapshot? dhcp6, DateTimeOffset boot)
    {
        json.WritePropertyName("dhcp6");
        if (dhcp6 is null) json.WriteNullValue();
        else WriteLease(json, dhcp6, boot);
    }

    /// <summary>The object <c>dhcp6</c> of <c>lease --json</c>.</summary>
    public static void WriteLease(Utf8JsonWriter json, Dhcp6Snapshot dhcp6, DateTimeOffset boot)
    {
        Dhcp6Lease? lease = dhcp6.Lease;
        Dhcp6Reply? reply = dhcp6.Reply;
        json.WriteStartObject();
        json.WriteString("state", dhcp6.State);
        WriteText(json, "duid", (lease?.ClientIdentifier ?? dhcp6.ClientIdentifier)?.ToString());
        WriteText(json, "iaid", (lease?.Iaid ?? dhcp6.Iaid) is { } iaid ? TextOf(iaid) : null);
        WriteText(json, "server", reply?.ServerIdentifier.ToString());
        json.WriteStartArray("addresses");
        foreach (Dhcp6LeasedAddress leased in lease?.Addresses ?? [])
        {
            json.WriteStartObject();
            json.WriteString("address", leased.Address.ToString());
            WriteLifetimes(json, leased.PreferredUntil, leased.ValidUntil, boot);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("prefixes");
        foreach (Dhcp6LeasedPrefix leased in lease?.Prefixes ?? [])
        {
            json.WriteStartObject();
            json.WriteString("prefix", leased.Prefix.ToString());
            WriteText(json, "excluded", leased.Excluded?.ToString());
            WriteLifetimes(json, leased.PreferredUntil, leased.ValidUntil, boot);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        WriteTexts(json, "dns", reply?.DnsServers.Select(server => server.ToString()));
        WriteTexts(json, "searchDomains", reply?.SearchDomains);
        WriteTexts(json, "ntp", reply is null ? null : NetworkOffer.Of(reply).NtpServers);
        WriteText(json, "captivePortal", reply?.CaptivePortal);
        WriteText(json, "timeZone", reply?.TzdbTimeZone);
        WriteText(json, "posixTimeZone", reply?.PosixTimeZone);
        OfferJson.WriteEncryptedResolvers(json, reply?.EncryptedResolvers ?? []);
        WriteText(json, "obtainedAt", (lease?.ObtainedAt ?? dhcp6.Information?.ObtainedAt) is { } obtainedAt ? TimeText.Rfc3339(obtainedAt, boot) : null);
        WriteText(json, "renewAt", (lease?.RenewAt ?? dhcp6.Information?.RefreshAt) is { } renewAt ? TimeText.Rfc3339(renewAt, boot) : null);
        WriteText(json, "rebindAt", lease is null ? null : TimeText.Rfc3339(lease.RebindAt, boot));
        WriteText(json, "expiresAt", lease is null ? null : TimeText.Rfc3339(lease.ExpiresAt, boot));
        json.WriteStartArray("options");
        foreach (Dhcp6Option option in reply?.Options ?? []) WriteOption(json, option, reply!.Configured.Contains(option.Code));
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string TextOf(Iaid iaid)
    {
        Span<byte> octets = stackalloc byte[Iaid.Length];
        BinaryPrimitives.WriteUInt32BigEndian(octets, iaid.Value);
        return HexText.Colons(octets);
    }

    private static void WriteLifetimes(Utf8JsonWriter json, Instant preferred, Instant valid, DateTimeOffset boot)
    {
        WriteText(json, "preferredUntil", TimeText.Rfc3339(preferred, boot));
        WriteText(json, "validUntil", TimeText.Rfc3339(valid, boot));
    }

    private static void WriteOption(Utf8JsonWriter json, Dhcp6Option option, bool configured)
    {
        string hex = HexText.Colons(option.Data.AsSpan());
        json.WriteStartObject();
        json.WriteNumber("code", option.Code);
        json.WriteString("name", Dhcp6OptionTable.Of(option.Code).Name);
        json.WriteString("value", Dhcp6OptionText.Format(option.Code, option.Data.AsSpan()) ?? hex);
        json.WriteString("hex", hex);
        SnapshotJson.WriteOrigin(json, configured);
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is null) json.WriteNull(name);
        else json.WriteString(name, text);
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string>? values)
    {
        json.WriteStartArray(name);
        foreach (string value in values ?? []) json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
