using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Options;
using BondDhcp.Dhcp.Store;
using BondDhcp.Host.Configuration;
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
            DaemonSnapshot snapshot = Read(invocation.StateDirectory, invocation.Arguments.FirstOrDefault(), Configured(invocation.ConfigurationFile));
            if (snapshot.Interfaces.IsEmpty)
            {
                string whose = invocation.Arguments is [var asked] ? $" of '{EscapedText.Of(asked)}'" : "";
                Console.Error.WriteLine($"bonddhcp: no daemon answers in {invocation.RuntimeDirectory}, and the state directory {invocation.StateDirectory} holds no lease{whose}; start one with 'systemctl start bonddhcp' or 'bonddhcp run'");
                // Beside it there is nothing to say in words.
                if (!invocation.Json && snapshot.Duid.IsEmpty) return ExitCode.Done;
            }
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

    // The leases are the server's; what the configuration makes of them is known where it can be read.
    private static DaemonConfiguration Configured(string file) =>
        (File.Exists(file) ? ConfigurationReader.ReadFile(file).Configuration : null) ?? new DaemonConfiguration();

    private static DaemonSnapshot Read(string stateDirectory, string? only, DaemonConfiguration configuration)
    {
        StoreClock clock = new(BoottimeClock.Now, TimeProvider.System.GetUtcNow(), StoreClock.ReadBootId());
        Dhcp4LeaseStore store = new(stateDirectory);
        Dhcp6LeaseStore store6 = new(stateDirectory);
        ImmutableArray<InterfaceSnapshot>.Builder interfaces = ImmutableArray.CreateBuilder<InterfaceSnapshot>();
        foreach (string name in store.Interfaces().Union(store6.Interfaces()).Order(StringComparer.Ordinal))
        {
            if (only is not null && name != only) continue;
            Dhcp4Lease? lease = Load(store, name, clock).Leases is [var newest, ..] ? newest : null;
            Dhcp6Lease? lease6 = Load(store6, name, clock).Leases is [var newest6, ..] ? newest6 : null;
            if (lease is null && lease6 is null) continue;
            if (configuration.Find(name) is { } one)
            {
                lease = lease is null ? null : lease with { Ack = Dhcp4OptionsInForce.Of(lease.Ack, one.Options4) };
                lease6 = lease6 is null ? null : lease6 with { Reply = Dhcp6OptionsInForce.Of(lease6.Reply, one.Options6) };
            }
            interfaces.Add(new InterfaceSnapshot
            {
                Name = name,
                Anonymity = configuration.Find(name) is { Anonymity: true },
                Dhcp4 = lease is null ? null : SnapshotOf("stopped", lease, lease.ClientIdentifier),
                Dhcp6 = lease6 is null ? null : new Dhcp6Snapshot("stopped", lease6, lease6.Reply, lease6.ClientIdentifier, lease6.Iaid),
            });
        }
        return new DaemonSnapshot("state-directory", clock.WallClock - (clock.Now - Instant.Zero))
        {
            Duid = [.. (ReadDuid(stateDirectory) ?? store.FindDuid() ?? store6.FindDuid(name => configuration.Find(name) is not { Anonymity: true })) is { } duid ? duid.Octets : []],
            Interfaces = interfaces.ToImmutable(),
        };
    }

    private static T Load<T>(LeaseStore<T> store, string name, StoreClock clock) where T : class
    {
        StoredMemory<T> stored = store.Load(name, clock, setAside: false);
        foreach (string warning in stored.Warnings) Console.Error.WriteLine($"bonddhcp: {EscapedText.Of(warning)}");
        return stored.Memory;
    }

    private static Dhcp4Snapshot SnapshotOf(string state, Dhcp4Lease lease, ImmutableArray<byte> clientIdentifier) =>
        new(state, lease, clientIdentifier, Dhcp4Snapshot.IaidOf(clientIdentifier));

    private static Duid? ReadDuid(string stateDirectory)
    {
        string path = Path.Combine(stateDirectory, DuidStore.FileName);
        return File.Exists(path) && Duid.TryParse(File.ReadAllText(path).Trim(), out Duid? duid) ? duid : null;
    }
}
