using System.Collections.Immutable;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Store;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Import.Compare;
using BondDhcp.Host.Import.Isc;
using BondDhcp.Host.Import.Running;
using BondDhcp.Host.Text;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Import;

/// <summary>Keeps what the daemon will need of an import beside its configuration, and shows what it will send first.</summary>
/// <param name="root">The system.</param>
/// <param name="stateDirectory">Where DUID and leases go.</param>
/// <param name="runtimeDirectory">Where the daemon's records are.</param>
/// <param name="say">Is told what was done.</param>
internal sealed class ImportKeeping(ImportRoot root, string stateDirectory, string runtimeDirectory, Action<string> say)
{
    private readonly StoreClock _clock = new(BoottimeClock.Now, TimeProvider.System.GetUtcNow(), StoreClock.ReadBootId());

    // What gethostname() gives on that system.
    private string HostName => root.IsHere ? Environment.MachineName : (root.ReadText("/etc/hostname") ?? "").Trim();

    /// <summary>Keeps DUID and leases; false where something could not be written.</summary>
    /// <param name="outcome">What was imported.</param>
    /// <param name="isLast">Nothing is imported after it: what dhclient left is taken over, and the packets are shown.</param>
    /// <param name="running">The dhclients that run: what is theirs is not taken over.</param>
    public bool Keep(ImportOutcome outcome, bool isLast, IReadOnlyList<DhclientProcess> running)
    {
        var state = new ImportState(stateDirectory, _clock, say);
        Duid duid = state.KeepDuid(outcome.Identity.Duid, MachineId.Parse(root.ReadText(MachineId.DefaultPath) ?? ""));
        Adoption? adoption = isLast && root.IsHere ? new Adoption(runtimeDirectory, say) : null;
        foreach (InterfaceConfiguration one in outcome.Configuration.Interfaces)
        {
            bool runs4 = running.Any(process => process.Serves(one.Name, isDhcp6: false)), runs6 = running.Any(process => process.Serves(one.Name, isDhcp6: true));
            if (one.Dhcp4) Keep4(outcome, one, duid, state, runs4 ? null : adoption, isLast);
            if (one.Dhcp6 is not null) Keep6(outcome, one, duid, state, runs6 ? null : adoption);
        }
        return !state.Failed;
    }

    private void Keep4(ImportOutcome outcome, InterfaceConfiguration one, Duid duid, ImportState state, Adoption? adoption, bool shows)
    {
        MacAddress? mac = root.IsHere ? Adoption.MacOf(one.Name) : null;
        bool isKnown = true;
        InterfaceIdentity identity = InterfaceIdentity.Create(outcome.Configuration, one, duid, HostName, () =>
        {
            ImmutableArray<byte>? kept = state.KeepMacIdentifier(one.Name, mac);
            isKnown = kept is not null;
            return kept ?? Dhcp4ClientIdentifier.FromMac(MacAddress.Zero);
        });
        (DhclientLease Lease, string File)? last = ImportState.Last(outcome.Reader, one.Name, _clock.WallClock);
        Dhcp4Lease? lease = null;
        if (last is { } found && found.Lease.Expire > _clock.WallClock && isKnown)
        {
            lease = ImportedLeases.Of(found.Lease, identity.Settings.ClientIdentifier, mac, _clock, out string why);
            if (lease is null) say($"{found.File}:{found.Lease.Line}: the lease of {found.Lease.Address} is not used: {why}");
        }
        Dhcp4Memory memory = state.Keep(one.Name, lease, last?.Lease.Address);
        bool present = lease is not null && adoption?.Take(one.Name, lease) == true;
        if (!shows) return;
        FirstPacket theirs = DhclientPacket.Of(
            outcome.Reader.Dhclient?.Of(one.Name), outcome.Identity.Sent(one.Name), last?.Lease, _clock.WallClock, mac, HostName);
        if (OurPacket.Of(identity, memory, present, mac, _clock.Now, new KernelEntropy()) is not { } ours) return;
        say($"{one.Name}: the first packet; what differs has a star");
        foreach (string line in PacketComparison.Lines(theirs, ours)) Console.Error.WriteLine(TerminalText.Of(line));
    }

    private void Keep6(ImportOutcome outcome, InterfaceConfiguration one, Duid duid, ImportState state, Adoption? adoption)
    {
        if (ImportState.Last6(outcome.Reader, one.Name, _clock.WallClock) is not { } last) return;
        if (ImportedLeases.Of(last.Lease, InterfaceIdentity.IaidOf(one), duid, _clock, out string why) is not { } lease)
        {
            say($"{last.File}:{last.Lease.Line}: the DHCPv6 lease is not used: {why}");
            return;
        }
        state.Keep(one.Name, lease);
        adoption?.Take(one.Name, lease);
    }
}
