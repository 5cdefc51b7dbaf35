using System.Collections.Immutable;
using System.Text.Json;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Hooks;
using BondDhcp.Host.Resolver;

namespace BondDhcp.Host.Status;

/// <summary>What is offered beside addresses, and who is told of it, as JSON.</summary>
internal static class OfferJson
{
    /// <summary><c>resolver</c> of an interface in <c>status --json</c>: both families together.</summary>
    public static void WriteResolver(Utf8JsonWriter json, ResolverSnapshot? resolver)
    {
        if (resolver is null)
        {
            json.WriteNull("resolver");
            return;
        }
        json.WriteStartObject("resolver");
        SnapshotJson.WriteText(json, "to", resolver.Way);
        SnapshotJson.WriteTexts(json, "servers", (ImmutableArray<string>?)resolver.Servers);
        SnapshotJson.WriteTexts(json, "searchDomains", (ImmutableArray<string>?)resolver.SearchDomains);
        SnapshotJson.WriteTexts(json, "leftOut", (ImmutableArray<string>?)resolver.LeftOut);
        SnapshotJson.WriteTexts(json, "staticServers", (ImmutableArray<string>?)resolver.StaticServers);
        SnapshotJson.WriteTexts(json, "staticSearchDomains", (ImmutableArray<string>?)resolver.StaticSearchDomains);
        SnapshotJson.WriteText(json, "why", resolver.Why);
        SnapshotJson.WriteTexts(json, "ntp", (ImmutableArray<string>?)resolver.NtpServers);
        SnapshotJson.WriteText(json, "captivePortal", resolver.CaptivePortal);
        SnapshotJson.WriteText(json, "timeZone", resolver.TimeZone);
        WriteEncryptedResolvers(json, resolver.EncryptedResolvers);
        json.WriteEndObject();
    }

    /// <summary><c>encryptedDns</c>: what RFC 9463 hands out.</summary>
    public static void WriteEncryptedResolvers(Utf8JsonWriter json, ImmutableArray<EncryptedResolver> resolvers)
    {
        json.WriteStartArray("encryptedDns");
        foreach (EncryptedResolver one in resolvers)
        {
            json.WriteStartObject();
            json.WriteNumber("priority", one.Priority);
            json.WriteString("name", one.Name);
            SnapshotJson.WriteTexts(json, "addresses", (ImmutableArray<System.Net.IPAddress>?)one.Addresses);
            SnapshotJson.WriteTexts(json, "protocols", (ImmutableArray<string>?)one.Protocols);
            if (one.Port is { } port) json.WriteNumber("port", port);
            else json.WriteNull("port");
            SnapshotJson.WriteText(json, "dohPath", one.DohPath);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary><c>hooks</c> of <c>status --json</c>.</summary>
    public static void WriteHooks(Utf8JsonWriter json, HookSnapshot? hooks)
    {
        if (hooks is null)
        {
            json.WriteNull("hooks");
            return;
        }
        json.WriteStartObject("hooks");
        json.WriteString("directory", hooks.Directory);
        json.WriteNumber("succeeded", hooks.Ran);
        json.WriteNumber("failed", hooks.Failed);
        json.WriteNumber("lost", hooks.Lost);
        json.WriteEndObject();
    }
}
