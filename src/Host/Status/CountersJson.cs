using System.Text.Json;
using BondDhcp.Host.Runner;
using BondDhcp.Host.Text;

namespace BondDhcp.Host.Status;

/// <summary>Writes <c>counters</c> of an interface and <c>daemon</c> of <c>status --json</c>. Fields are added, never renamed.</summary>
internal static class CountersJson
{
    /// <summary>The object <c>daemon</c>; null where there is none.</summary>
    public static void WriteDaemon(Utf8JsonWriter json, DaemonFacts? daemon)
    {
        if (daemon is null)
        {
            json.WriteNull("daemon");
            return;
        }
        json.WriteStartObject("daemon");
        json.WriteString("version", daemon.Version);
        json.WriteString("startedAt", TimeText.Rfc3339(daemon.StartedAt));
        json.WriteNumber("events", daemon.Events);
        json.WriteNumber("eventsLost", daemon.EventsLost);
        json.WriteStartArray("unsaved");
        foreach (UnsavedState unsaved in daemon.Unsaved)
        {
            json.WriteStartObject();
            json.WriteString("what", unsaved.What);
            json.WriteString("why", unsaved.Why);
            if (unsaved.WritingFor is { } time) json.WriteNumber("writingSeconds", (long)time.TotalSeconds);
            else json.WriteNull("writingSeconds");
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The object <c>counters</c>: one object for each family, null where it is not configured.</summary>
    public static void Write(Utf8JsonWriter json, CountersSnapshot? ipv4, CountersSnapshot? ipv6)
    {
        json.WriteStartObject("counters");
        Write(json, "dhcp4", ipv4, false);
        Write(json, "dhcp6", ipv6, true);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, CountersSnapshot? one, bool ipv6)
    {
        if (one is null)
        {
            json.WriteNull(name);
            return;
        }
        ClientCounters counted = one.Counted;
        json.WriteStartObject(name);
        WriteMessages(json, "sent", counted.Sent, MessageNames.AreSent, ipv6);
        WriteMessages(json, "received", counted.Received, MessageNames.AreReceived, ipv6);
        json.WriteNumber("sendErrors", counted.SendErrors);
        json.WriteNumber("retransmissions", counted.Retransmissions);
        json.WriteNumber("refusals", counted.Refusals);
        json.WriteNumber("conflicts", counted.Conflicts);
        json.WriteStartObject("drops");
        foreach ((string reason, long count) in one.Drops) json.WriteNumber(reason, count);
        json.WriteEndObject();
        json.WriteNumber("servers", counted.Servers.Count);
        json.WriteNumber("foreignServers", one.ForeignServers);
        json.WriteNumber("failoversSurvived", counted.Failovers.Survived);
        json.WriteNumber("failoversLost", counted.Failovers.Lost);
        WriteAcquisitions(json, counted.Acquisitions);
        json.WriteEndObject();
    }

    private static void WriteMessages(Utf8JsonWriter json, string name, ReadOnlySpan<long> counts, Func<bool, int, bool> isUsual, bool ipv6)
    {
        json.WriteStartObject(name);
        for (int type = 0; type < counts.Length; type++)
            if (counts[type] > 0 || isUsual(ipv6, type)) json.WriteNumber(MessageNames.Of(ipv6, type), counts[type]);
        json.WriteEndObject();
    }

    private static void WriteAcquisitions(Utf8JsonWriter json, AcquisitionClock clock)
    {
        json.WriteStartObject("acquisitions");
        json.WriteNumber("count", clock.Count);
        json.WriteNumber("totalSeconds", clock.Total.TotalSeconds);
        json.WriteStartArray("buckets");
        long sum = 0;
        for (int i = 0; i < AcquisitionClock.Bounds.Length; i++)
        {
            json.WriteStartObject();
            json.WriteNumber("upToSeconds", AcquisitionClock.Bounds[i]);
            json.WriteNumber("count", sum += clock.Buckets[i]);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartObject("last");
        foreach (AcquisitionPart part in Enum.GetValues<AcquisitionPart>())
        {
            string name = NameOf(part);
            if (clock[part] is { } took) json.WriteNumber(name, took.TotalSeconds);
            else json.WriteNull(name);
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string NameOf(AcquisitionPart part) => part switch
    {
        AcquisitionPart.Ask => "askSeconds",
        AcquisitionPart.Offer => "offerSeconds",
        AcquisitionPart.Acknowledge => "acknowledgeSeconds",
        _ => "configureSeconds",
    };
}
