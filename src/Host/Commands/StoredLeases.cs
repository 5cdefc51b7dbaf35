using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Store;
using BondDhcp.Host.Status;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Commands;

/// <summary><c>lease</c> without a daemon: what the state directory holds. Nothing there is changed.</summary>
internal static class StoredLeases
{
    /// <summary>Prints the stored leases of the interface asked for, or of all.</summary>
    public static int Print(Invocation invocation, Action<JsonElement> print)
    {
        try
        {
            DaemonSnapshot snapshot = Read(invocation.StateDirectory, invocation.Arguments.FirstOrDefault());
            ArrayBufferWriter<byte> output = new();
            using (Utf8JsonWriter json = new(output)) SnapshotJson.WriteLeases(json, snapshot);
            using JsonDocument document = JsonDocument.Parse(output.WrittenMemory);
            print(document.RootElement);
            return ExitCode.Done;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"bonddhcp: no daemon answers, and the state directory cannot be read: {IoFailure.Of(e, invocation.StateDirectory)}");
            return ExitCode.Failed;
        }
    }

    private static DaemonSnapshot Read(string stateDirectory, string? only)
    {
        StoreClock clock = new(BoottimeClock.Now, TimeProvider.System.GetUtcNow(), StoreClock.ReadBootId());
        Dhcp4LeaseStore store = new(stateDirectory);
        ImmutableArray<InterfaceSnapshot>.Builder interfaces = ImmutableArray.CreateBuilder<InterfaceSnapshot>();
        foreach (string name in store.Interfaces())
        {
            if (only is not null && name != only) continue;
            Dhcp4StoredMemory stored = store.Load(name, clock, setAside: false);
            foreach (string warning in stored.Warnings) Console.Error.WriteLine($"bonddhcp: {EscapedText.Of(warning)}");
            if (stored.Memory.Leases is not [var lease, ..]) continue;
            interfaces.Add(new InterfaceSnapshot { Name = name, Dhcp4 = Dhcp4Snapshot("stopped", lease, lease.ClientIdentifier) });
        }
        return new DaemonSnapshot("state-directory", clock.WallClock - (clock.Now - Instant.Zero))
        {
            Duid = [.. (ReadDuid(stateDirectory) ?? store.FindDuid()) is { } duid ? duid.Octets : []],
            Interfaces = interfaces.ToImmutable(),
        };
    }

    private static Dhcp4Snapshot Dhcp4Snapshot(string state, Dhcp4Lease lease, ImmutableArray<byte> clientIdentifier) =>
        new(state, lease, clientIdentifier, Dhcp4ClientIdentifier.TryGetDuid(clientIdentifier.AsSpan(), out Iaid iaid, out _) ? iaid.Value : null);

    private static Duid? ReadDuid(string stateDirectory)
    {
        string path = Path.Combine(stateDirectory, DuidStore.FileName);
        return File.Exists(path) && Duid.TryParse(File.ReadAllText(path).Trim(), out Duid? duid) ? duid : null;
    }
}
