using System.Collections.Immutable;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
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
    private bool _shows;

    // What gethostname() gives on that system.
    private string HostName => root.IsHere ? Environment.MachineName : (root.ReadText("/etc/hostname") ?? "").Trim();

    /// <summary>Keeps DUID and leases; false where something could not be written.</summary>
    /// <param name="outcome">What was imported.</param>
    /// <param name="isLast">Nothing is imported after it: what dhclient left is taken over, and the packets are shown.</param>
    /// <param name="running">The clients that run: what is theirs is not taken over.</param>
    /// <param name="started">Those that ran when the import began: how they were started says what they send.</param>
    public bool Keep(ImportOutcome outcome, bool isLast, IReadOnlyList<ClientProcess> running, IReadOnlyList<ClientProcess> started)
    {
        _shows = isLast;
        var state = new ImportState(stateDirectory, _clock, say);
        Duid duid = state.KeepDuid(outcome.Identity.Duid, MachineId.Parse(root.ReadText(MachineId.DefaultPath) ?? ""));
        Adoption? adoption = isLast && root.IsHere ? new Adoption(runtimeDirectory, say) : null;
        foreach (InterfaceConfiguration one in outcome.Configuration.Interfaces)
        {
            bool runs4 = running.Any(process => process.Serves(one.Name, isDhcp6: false)), runs6 = running.Any(process => process.Serves(one.Name, isDhcp6: true));
            if (one.Dhcp4) Keep4(outcome, one, duid, state, runs4 ? null : adoption);
            if (one.Dhcp6 is not null) Keep6(outcome, one, duid, state, runs6 ? null : adoption, started.FirstOrDefault(process => process.Serves(one.Name, isDhcp6: true)), stopped: !runs6);
        }
        return !state.Failed;
    }

    private void Keep4(ImportOutcome outcome, InterfaceConfiguration one, Duid duid, ImportState state, Adoption? adoption)
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
        if (!_shows) return;
        FirstPacket theirs = DhclientPacket.Of(
            outcome.Reader.Dhclient?.Of(one.Name), outcome.Identity.Sent(one.Name), last?.Lease, _clock.WallClock, mac, HostName);
        if (OurPacket.Of(identity, memory, present, mac, _clock.Now, new KernelEntropy()) is not { } ours) return;
        say($"{one.Name}: the first packet; what differs has a star");
        foreach (string line in PacketComparison.Lines(theirs, ours)) Console.Error.WriteLine(TerminalText.Of(line));
    }

    private void Keep6(ImportOutcome outcome, InterfaceConfiguration one, Duid duid, ImportState state, Adoption? adoption, ClientProcess? process, bool stopped)
    {
        Dhcp6Lease? lease = null;
        (DhclientLease6 Lease, string File)? last = ImportState.Last6(outcome.Reader, one.Name, _clock.WallClock);
        if (last is { } found)
        {
            lease = ImportedLeases.Of(found.Lease, InterfaceIdentity.IaidOf(one), duid, _clock, out string why);
            if (lease is null) say($"{found.File}:{found.Lease.Line}: the DHCPv6 lease is not used: {why}");
        }
        // dhcp6c keeps no leases; what it had is on the interface.
        Dhcp6Lease? left = adoption is not null && stopped && process is Dhcp6cProcess && outcome.Reader.Dhcp6c?.Of(one.Name) is { } dhcp6c
            ? new Dhcp6cLeftovers(outcome.Configuration, one, dhcp6c, say).Find(InterfaceIdentity.IaidOf(one), duid, _clock)
            : null;
        lease = left ?? lease;
        string owner = left is not null ? Dhcp6cProcess.ProcessName : DhclientProcess.ProcessName;
        Dhcp6Memory memory = state.Keep(one.Name, lease, owner, isInForce: left is not null);
        bool present = lease is not null && adoption?.Take(one.Name, lease, owner) == true;
        if (!_shows) return;
        var identity = Dhcp6Identity.Create(outcome.Configuration, one, duid, HostName);
        if (OurPacket6.Of(identity, memory, present, _clock.Now, new KernelEntropy()) is not { } ours) return;
        foreach ((string program, FirstPacket6 theirs) in Theirs6.Of(outcome.Reader, one, root.IsHere ? Adoption.MacOf(one.Name) : null, process as DhclientProcess, _clock.WallClock))
        {
            say($"{one.Name}: the first packet of DHCPv6; what differs has a star, and is named below");
            foreach (string line in new PacketComparison6(program, theirs, ours).Lines()) Console.Error.WriteLine(TerminalText.Of(line));
        }
    }
}
