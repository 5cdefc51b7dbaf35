using System.Collections.Immutable;
using System.Text.Json;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Paths;
using BondDhcp.Host.Runner;
using BondDhcp.Host.Text;
using BondDhcp.Net;

namespace BondDhcp.Host.Status;

/// <summary>Writes a snapshot as the JSON of <c>status</c> and <c>lease</c>. Fields are added, never renamed.</summary>
internal static class SnapshotJson
{
    /// <summary>Grows when a field changes its meaning.</summary>
    private const int SchemaVersion = 1;

    /// <summary>The object of <c>lease --json</c>.</summary>
    public static void WriteLeases(Utf8JsonWriter json, DaemonSnapshot snapshot)
    {
        WriteStart(json, snapshot);
        json.WriteStartArray("interfaces");
        foreach (InterfaceSnapshot one in snapshot.Interfaces)
        {
            json.WriteStartObject();
            WriteIdentity(json, one);
            WriteDhcp4(json, one.Dhcp4, snapshot.Boot);
            Dhcp6Json.Write(json, one.Dhcp6, snapshot.Boot);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The object of <c>status --json</c>.</summary>
    public static void WriteStatus(Utf8JsonWriter json, DaemonSnapshot snapshot)
    {
        WriteStart(json, snapshot);
        CountersJson.WriteDaemon(json, snapshot.Daemon);
        OfferJson.WriteHooks(json, snapshot.Hooks);
        json.WriteStartArray("components");
        foreach (ComponentSnapshot component in snapshot.Components)
        {
            json.WriteStartObject();
            json.WriteString("name", component.Name);
            json.WriteString("state", component.State);
            WriteText(json, "why", component.Why);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("interfaces");
        foreach (InterfaceSnapshot one in snapshot.Interfaces) WriteInterfaceStatus(json, one, snapshot);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteInterfaceStatus(Utf8JsonWriter json, InterfaceSnapshot one, DaemonSnapshot snapshot)
    {
        json.WriteStartObject();
        WriteIdentity(json, one);
        if (one.Carrier is { } carrier) json.WriteBoolean("carrier", carrier);
        else json.WriteNull("carrier");
        WriteText(json, "operstate", one.OperState);
        json.WriteBoolean("usable", one.IsUsable);
        WriteText(json, "why", one.Why);
        WriteText(json, "activeSlave", one.ActiveSlave);
        WriteFailovers(json, one.Failovers);
        json.WriteStartArray("slaves");
        foreach (SlaveSnapshot slave in one.Slaves) WriteSlave(json, slave);
        json.WriteEndArray();
        WriteSupplicant(json, one.Supplicant);
        json.WriteStartArray("addresses");
        foreach (AddressSnapshot address in one.Addresses)
        {
            json.WriteStartObject();
            json.WriteString("address", address.Address);
            json.WriteString("origin", address.Origin);
            WriteText(json, "validUntil", TimeText.Rfc3339(address.ValidUntil, snapshot.Boot));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartObject("drops");
        foreach ((string reason, long count) in one.Drops) json.WriteNumber(reason, count);
        json.WriteEndObject();
        CountersJson.Write(json, one.Counters4, one.Counters6);
        RivalJson.Write(json, one.Rivals);
        OfferJson.WriteResolver(json, one.Resolver);
        WriteDhcp4(json, one.Dhcp4, snapshot.Boot);
        Dhcp6Json.Write(json, one.Dhcp6, snapshot.Boot);
        json.WriteEndObject();
    }

    private static void WriteSlave(Utf8JsonWriter json, SlaveSnapshot slave)
    {
        json.WriteStartObject();
        json.WriteString("name", slave.Name);
        WriteText(json, "mac", slave.Mac?.ToString());
        json.WriteBoolean("active", slave.IsActive);
        if (slave.Carrier is { } carrier) json.WriteBoolean("carrier", carrier);
        else json.WriteNull("carrier");
        WriteText(json, "operstate", slave.OperState);
        json.WriteBoolean("usable", slave.IsUsable);
        json.WriteString("network", SlaveProbes.WordOf(slave.Network));
        WriteText(json, "networkWhy", slave.NetworkWhy);
        WriteText(json, "miiStatus", slave.MiiStatus);
        WriteSupplicant(json, slave.Supplicant);
        WriteText(json, "why", slave.Why);
        json.WriteEndObject();
    }

    private static void WriteSupplicant(Utf8JsonWriter json, SupplicantSnapshot? supplicant)
    {
        if (supplicant is null)
        {
            json.WriteNull("supplicant");
            return;
        }
        json.WriteStartObject("supplicant");
        json.WriteString("state", supplicant.State);
        WriteText(json, "ssid", supplicant.Ssid);
        WriteText(json, "bssid", supplicant.Bssid);
        json.WriteNumber("restarts", supplicant.Restarts);
        json.WriteEndObject();
    }

    private static void WriteFailovers(Utf8JsonWriter json, FailoverSnapshot? failovers)
    {
        if (failovers is null)
        {
            json.WriteNull("failovers");
            return;
        }
        json.WriteStartObject("failovers");
        json.WriteNumber("count", failovers.Count);
        WriteText(json, "previousSlave", failovers.PreviousSlave);
        WriteText(json, "reason", failovers.Reason);
        json.WriteNumber("withoutLinkSeconds", failovers.WithoutLink.TotalSeconds);
        json.WriteEndObject();
    }

    private static void WriteStart(Utf8JsonWriter json, DaemonSnapshot snapshot)
    {
        json.WriteStartObject();
        json.WriteNumber("schema", SchemaVersion);
        json.WriteString("from", snapshot.From);
        WriteText(json, "duid", snapshot.Duid.IsEmpty ? null : HexText.Colons(snapshot.Duid.AsSpan()));
    }

    private static void WriteIdentity(Utf8JsonWriter json, InterfaceSnapshot one)
    {
        json.WriteString("name", one.Name);
        WriteText(json, "mac", one.Mac?.ToString());
        if (one.Anonymity) json.WriteBoolean("anonymity", true);
    }

    private static void WriteDhcp4(Utf8JsonWriter json, Dhcp4Snapshot? dhcp4, DateTimeOffset boot)
    {
        json.WritePropertyName("dhcp4");
        if (dhcp4 is null) json.WriteNullValue();
        else WriteLease(json, dhcp4, boot);
    }

    /// <summary>The object <c>dhcp4</c> of <c>lease --json</c>.</summary>
    public static void WriteLease(Utf8JsonWriter json, Dhcp4Snapshot dhcp4, DateTimeOffset boot)
    {
        Dhcp4Lease? lease = dhcp4.Lease;
        Dhcp4Reply? ack = lease?.Ack;
        string? At(Instant? instant) => instant is { } at ? TimeText.Rfc3339(at, boot) : null;

        json.WriteStartObject();
        json.WriteString("state", dhcp4.State);
        if (dhcp4.IsInform) json.WriteBoolean("inform", true);
        WriteText(json, "address", lease?.Prefix.ToString());
        WriteTexts(json, "routers", ack?.Routers);
        WriteTexts(json, "dns", ack?.DnsServers);
        WriteText(json, "domain", ack?.DomainName);
        WriteTexts(json, "searchDomains", ack?.SearchDomains);
        WriteTexts(json, "ntp", ack?.NtpServers);
        WriteText(json, "captivePortal", ack?.CaptivePortal);
        WriteText(json, "timeZone", ack?.TimeZoneName);
        WriteText(json, "posixTimeZone", ack?.PosixTimeZone);
        OfferJson.WriteEncryptedResolvers(json, ack?.EncryptedResolvers ?? []);
        json.WriteStartArray("routes");
        foreach (Dhcp4Route route in ack?.Routes ?? [])
        {
            json.WriteStartObject();
            json.WriteString("to", route.Destination.ToString());
            WriteText(json, "via", route.Gateway.IsAny ? null : route.Gateway.ToString());
            foreach (RefusedRoute refused in dhcp4.RefusedRoutes)
            {
                if (refused.Route != route) continue;
                json.WriteString("why", refused.Why);
                break;
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
        WriteText(json, "server", lease?.ServerIdentifier.ToString());
        ImmutableArray<byte> clientIdentifier = lease?.ClientIdentifier ?? dhcp4.ClientIdentifier;
        WriteText(json, "clientId", clientIdentifier.IsEmpty ? null : HexText.Colons(clientIdentifier.AsSpan()));
        if (dhcp4.Iaid is { } iaid) json.WriteNumber("iaid", iaid);
        else json.WriteNull("iaid");
        WriteText(json, "chaddr", lease?.Chaddr.ToString());
        if (lease is not null) json.WriteBoolean("keyedByChaddr", lease.KeyedByChaddr);
        else json.WriteNull("keyedByChaddr");
        if (ack is not null && !dhcp4.IsInform) json.WriteNumber("leaseSeconds", ack.LeaseSeconds);
        else json.WriteNull("leaseSeconds");
        WriteText(json, "obtainedAt", At(lease?.ObtainedAt));
        WriteText(json, "renewAt", At(lease?.RenewAt));
        WriteText(json, "rebindAt", At(lease?.RebindAt));
        WriteText(json, "expiresAt", At(lease?.ExpiresAt));
        WriteText(json, "gatewayMac", lease?.GatewayMac?.ToString());
        json.WriteStartArray("options");
        foreach (Dhcp4Option option in ack?.Options ?? []) WriteOption(json, option, ack!.Configured.Contains(option.Code));
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteOption(Utf8JsonWriter json, Dhcp4Option option, bool configured)
    {
        json.WriteStartObject();
        json.WriteNumber("code", option.Code);
        json.WriteString("name", OptionText.Name(option));
        json.WriteString("value", OptionText.Value(option));
        json.WriteString("hex", HexText.Colons(option.Data.AsSpan()));
        WriteOrigin(json, configured);
        json.WriteEndObject();
    }

    /// <summary><c>origin</c> of an option: whether the configuration has a part in it.</summary>
    internal static void WriteOrigin(Utf8JsonWriter json, bool configured) => json.WriteString("origin", configured ? "configuration" : "server");

    internal static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is null) json.WriteNull(name);
        else json.WriteString(name, text);
    }

    internal static void WriteTexts<T>(Utf8JsonWriter json, string name, ImmutableArray<T>? values)
    {
        json.WriteStartArray(name);
        foreach (T value in values ?? []) json.WriteStringValue(value?.ToString());
        json.WriteEndArray();
    }
}
