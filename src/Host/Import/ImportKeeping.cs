using System.Collections.Immutable;
using BondDhcp.Bond.Links;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Store;
using BondDhcp.Host.Components;
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
    private bool _shows, _failed;

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
            ClientProcess? served4 = started.FirstOrDefault(process => process.Serves(one.Name, isDhcp6: false)), served6 = started.FirstOrDefault(process => process.Serves(one.Name, isDhcp6: true));
            if (one.Dhcp4) Hand(ComponentKind.Dhcp4, one, runs4 ? null : adoption, served4, Keep4(outcome, one, duid, state, runs4 ? null : adoption));
            if (one.Dhcp6 is not null) Hand(ComponentKind.Dhcp6, one, runs6 ? null : adoption, served6, Keep6(outcome, one, duid, state, runs6 ? null : adoption, served6, stopped: !runs6));
        }
        return !(state.Failed || _failed);
    }

    // A component that was released or stopped before the other client ran stays so in the next run, and nobody would keep the address.
    private void Hand(ComponentKind kind, InterfaceConfiguration one, Adoption? adoption, ClientProcess? served, bool isThere)
    {
        if (adoption is null || !(isThere || served is not null)) return;
        StoppedComponents stopped = new(runtimeDirectory, _clock.BootId);
        string component = ComponentSpec.NameOf(kind, one.Name);
        if (stopped.Why(component) is not { } why) return;
        string? problem = stopped.Remove(component);
        say(problem is null ? $"{component} was marked '{why}' by an earlier command; the mark is taken away, and the next 'bonddhcp run' begins it" : $"{component} stays '{why}': {problem}");
        _failed |= problem is not null;
    }

    // Of a client that still runs nothing is taken over; what is shown is the packet that follows once it has ended and its address stayed.
    private bool WillStay(Adoption? adoption) => _shows && root.IsHere && adoption is null;

    private string Once(Adoption? adoption, string process) => WillStay(adoption) ? $" once {process} has ended by --stop-dhclient" : "";

    // True where its address is there and is ours from now on.
    private bool Keep4(ImportOutcome outcome, InterfaceConfiguration one, Duid duid, ImportState state, Adoption? adoption)
    {
        Link? link = root.IsHere ? Adoption.LinkOf(one.Name) : null;
        MacAddress? mac = link?.Mac;
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
        bool present = lease is not null && (adoption?.Take(one.Name, lease) ?? WillStay(adoption) && Adoption.IsThere(one.Name, lease));
        if (!_shows) return present;
        if (outcome.Reader.UnreadOf(one.Name) is { } unread)
        {
            SayUnknown(one, unread);
            return present;
        }
        FirstPacket theirs = DhclientPacket.Of(
            outcome.Reader.Dhclient?.Of(one.Name), outcome.Identity.Sent(one.Name), last?.Lease, _clock.WallClock, mac, HostName);
        if (OurPacket.Of(identity, memory, present, mac, link?.Mtu, _clock.Now, new KernelEntropy()) is not { } ours) return present;
        say($"{one.Name}: the first packet{Once(adoption, process: DhclientProcess.ProcessName)}; what differs has a star");
        foreach (string line in PacketComparison.Lines(theirs, ours)) Console.Error.WriteLine(TerminalText.Of(line));
        return present;
    }

    private void SayUnknown(InterfaceConfiguration one, SourceLine unread) =>
        say($"{one.Name}: what dhclient sends first is not known, because not all of its configuration could be read ({unread})");

    private bool Keep6(ImportOutcome outcome, InterfaceConfiguration one, Duid duid, ImportState state, Adoption? adoption, ClientProcess? process, bool stopped)
    {
        Dhcp6Lease? lease = null;
        (DhclientLease6 Lease, string File)? last = ImportState.Last6(outcome.Reader, one.Name, _clock.WallClock);
        if (last is { } found)
        {
            lease = ImportedLeases.Of(found.Lease, InterfaceIdentity.IaidOf(one), duid, _clock, out string why);
            if (lease is null) say($"{found.File}:{found.Lease.Line}: the DHCPv6 lease is not used: {why}");
        }
        // dhcp6c keeps no leases; what it had is on the interface.
        bool hasEnded = adoption is not null && stopped;
        Dhcp6Lease? held = process is Dhcp6cProcess && (hasEnded || WillStay(adoption)) && outcome.Reader.Dhcp6c?.Of(one.Name) is { } dhcp6c
            ? new Dhcp6cLeftovers(outcome.Configuration, one, dhcp6c, hasEnded ? say : static _ => { }).Find(InterfaceIdentity.IaidOf(one), duid, _clock)
            : null;
        Dhcp6Lease? left = hasEnded ? held : null;
        lease = left ?? lease;
        string owner = left is not null ? Dhcp6cProcess.ProcessName : DhclientProcess.ProcessName;
        Dhcp6Memory memory = state.Keep(one.Name, lease, owner, isInForce: left is not null);
        bool present = lease is not null && (adoption?.Take(one.Name, lease, owner) ?? WillStay(adoption) && Adoption.IsThere(one.Name, lease));
        bool isTaken = present;
        if (!_shows) return isTaken;
        if (left is null && held is not null)
        {
            memory = new Dhcp6Memory([held, .. memory.Leases.Take(Dhcp6Memory.MaxLeases - 1)]);
            present = Adoption.IsThere(one.Name, held);
        }
        var identity = Dhcp6Identity.Create(outcome.Configuration, one, duid, HostName);
        if (OurPacket6.Of(identity, memory, present, _clock.Now, new KernelEntropy()) is not { } ours) return isTaken;
        foreach ((string program, FirstPacket6 theirs) in Theirs6.Of(outcome.Reader, one, root.IsHere ? Adoption.MacOf(one.Name) : null, process as DhclientProcess, _clock.WallClock))
        {
            if (program != Dhcp6cProcess.ProcessName && outcome.Reader.UnreadOf(one.Name) is { } unread)
            {
                SayUnknown(one, unread);
                continue;
            }
            say($"{one.Name}: the first packet of DHCPv6{Once(adoption, program)}; what differs has a star, and is named below");
            foreach (string line in new PacketComparison6(program, theirs, ours).Lines()) Console.Error.WriteLine(TerminalText.Of(line));
        }
        return isTaken;
    }
}
