using System.Text.Json;
using BondDhcp.Tests.Beds;
using BondDhcp.Tests.Beds.Scenarios;
using Xunit;

namespace BondDhcp.Tests.Bonds;

/// <summary>What scenarios have in common in which the program makes the bond itself.</summary>
internal static class SupervisorAssert
{
    /// <summary>A component in a status of the script, as "state" or "state: why".</summary>
    public static string Component(BedEvidence seen, string status, string name)
    {
        JsonElement one = seen.Status(status).GetProperty("components").EnumerateArray().Single(one => one.GetProperty("name").GetString() == name);
        string state = one.GetProperty("state").GetString()!;
        return one.GetProperty("why").GetString() is { } why ? $"{state}: {why}" : state;
    }

    /// <summary>An interface in a status of the script.</summary>
    public static JsonElement Interface(BedEvidence seen, string status, string name = "bond0") =>
        seen.Status(status).GetProperty("interfaces").EnumerateArray().Single(one => one.GetProperty("name").GetString() == name);

    /// <summary>A slave of bond0 in a status of the script.</summary>
    public static JsonElement Slave(BedEvidence seen, string status, string name) =>
        Interface(seen, status).GetProperty("slaves").EnumerateArray().Single(one => one.GetProperty("name").GetString() == name);

    /// <summary>Every component runs.</summary>
    public static void AllRun(BedEvidence seen, string status) => Assert.All(
        seen.Status(status).GetProperty("components").EnumerateArray(), one => Assert.Equal("running", one.GetProperty("state").GetString()));

    /// <summary>A value of the bond's options as the kernel has it.</summary>
    public static string? Option(BedEvidence seen, string links, string option, string bond = "bond0") =>
        seen.Link(links, bond).GetProperty("linkinfo").GetProperty("info_data").GetProperty(option).ToString();

    /// <summary>The master of a link as the kernel has it; null for none.</summary>
    public static string? MasterOf(BedEvidence seen, string links, string link) =>
        seen.Link(links, link).TryGetProperty("master", out JsonElement master) ? master.GetString() : null;

    /// <summary>Whether a link is set up, as the kernel has it.</summary>
    public static bool IsUp(BedEvidence seen, string links, string link) =>
        seen.Link(links, link).GetProperty("flags").EnumerateArray().Any(flag => flag.GetString() == "UP");

    /// <summary>
    /// Everything was taken down: of the program no link, address, route, socket or process is left, only these devices,
    /// which it was given, with nothing on them but what the kernel put there.
    /// </summary>
    public static void LeftOnly(BedEvidence seen, params string[] devices)
    {
        IEnumerable<string> foreign = seen.TextOf("strays.txt").Where(line => !devices.Any(device =>
            line.Contains($": {device}@", StringComparison.Ordinal) || line.Contains($": {device}: ", StringComparison.Ordinal)
            || (line.Contains($": {device} ", StringComparison.Ordinal) && line.Contains(" inet6 fe80::", StringComparison.Ordinal))));
        Assert.Empty(foreign);
        foreach (string device in devices) Assert.DoesNotContain(seen.TextOf("strays.txt"), line => line.Contains($": {device}", StringComparison.Ordinal) && line.Contains(" master ", StringComparison.Ordinal));
    }

    /// <summary>A device, left behind by the program, is set up.</summary>
    public static bool WasLeftUp(BedEvidence seen, string device) =>
        seen.TextOf("strays.txt").Any(line => line.Contains($": {device}", StringComparison.Ordinal) && line.Contains(",UP", StringComparison.Ordinal));

    /// <summary>From one mark to another nothing was taken down: no link deleted or set down, no address removed.</summary>
    public static void NothingWentDown(BedEvidence seen, string from, string to)
    {
        IEnumerable<KernelEvent> events = seen.Events.Where(e => e.At >= seen.At(from) && e.At < seen.At(to));
        Assert.DoesNotContain(events, e => e.Deleted && (e.Text.Contains(": bond0", StringComparison.Ordinal) || e.Text.Contains(" inet ", StringComparison.Ordinal)));
        Assert.DoesNotContain(events, e => e.Text.Contains("link/ether", StringComparison.Ordinal) && !e.Text.Contains("UP", StringComparison.Ordinal));
        Assert.DoesNotContain(events, e => e.Deleted && e.Text.StartsWith("default ", StringComparison.Ordinal));
    }

    /// <summary>Until a mark the client's address was never taken away, and nothing was given back.</summary>
    public static void KeptTheAddressUntil(BedEvidence seen, string mark)
    {
        Assert.DoesNotContain(seen.Events, e => e.At < seen.At(mark) && e.Deleted && e.IsAddress("bond0"));
        Assert.DoesNotContain(seen.Frames, f => f.Frame.At < seen.At(mark) && f.Frame.Dhcp is { Op: 1, Message: "RELEASE" or "DECLINE" });
    }

    /// <summary>Nothing went wrong within the program.</summary>
    public static void NoFault(BedEvidence seen) => Assert.Empty(seen.Timeline("fault"));

    /// <summary>The warnings of a phase, or all.</summary>
    public static IReadOnlyList<string> Warnings(BedEvidence seen, string? phase = null) =>
        [.. seen.Timeline("warning", phase).Select(e => e.GetProperty("message").GetString()!)];

    /// <summary>A text field of an event; null where it has none.</summary>
    public static string? Field(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>The events of a phase that somebody else caused.</summary>
    public static IReadOnlyList<JsonElement> ByOthers(BedEvidence seen, string name, string phase) =>
        [.. seen.Timeline(name, phase).Where(e => Field(e, "actor") == "external")];
}
