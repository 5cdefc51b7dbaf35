using System.Collections.Immutable;
using System.Text;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Store;
using BondDhcp.Host.Commands;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Daemon;
using BondDhcp.Host.Import.Compare;
using BondDhcp.Host.Import.Isc;
using BondDhcp.Host.Import.Running;
using BondDhcp.Host.Text;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Import;

/// <summary>
/// <c>import</c>: the configuration made from those of other programs; DUID and leases into the state directory. stdout has the
/// TOML and nothing else.
/// </summary>
internal sealed class ImportCommand
{
    private readonly Invocation _invocation;
    private readonly ImportRoot _root;
    private readonly string _stateDirectory;
    private bool _failed;

    private ImportCommand(Invocation invocation)
    {
        _invocation = invocation;
        _root = new ImportRoot(invocation.Root);
        bool isOther = !_root.IsHere && invocation.StateDirectory == Invocation.UsualStateDirectory;
        _stateDirectory = isOther ? invocation.Root.TrimEnd('/') + Invocation.UsualStateDirectory : invocation.StateDirectory;
    }

    // What gethostname() gives on that system.
    private string HostName => _root.IsHere ? Environment.MachineName : (_root.ReadText("/etc/hostname") ?? "").Trim();

    /// <inheritdoc cref="CommandSpec.Run"/>
    public static int Run(Invocation invocation)
    {
        if (!Directory.Exists(invocation.Root)) return Refuse($"--root: '{EscapedText.Of(invocation.Root)}' is no directory");
        var command = new ImportCommand(invocation);
        if (invocation.StopDhclient && !command._root.IsHere) return Refuse("--stop-dhclient is for the running system, not for one below --root");
        if (invocation is { Replace: true, Output: null }) return Refuse("--replace belongs to --output FILE");
        return command.Run();
    }

    private static int Refuse(string why)
    {
        Console.Error.WriteLine($"bonddhcp: {why}");
        return ExitCode.Usage;
    }

    private static void Say(string text) => Console.Error.WriteLine($"bonddhcp: {TerminalText.Of(text)}");

    private int Fail(string why)
    {
        Say(why);
        _failed = true;
        return ExitCode.Failed;
    }

    private int Run()
    {
        IReadOnlyList<DhclientProcess> processes = _root.IsHere ? DhclientProcess.All() : [];
        ImportOutcome outcome = Read(processes);
        foreach (string error in outcome.Errors) Say(error);
        if (outcome.Errors.Count > 0) return ExitCode.Usage;
        if (outcome.Reader.Files.Count == 0 && outcome.Configuration.Interfaces.IsEmpty)
            return Fail($"nothing to import is found below {_invocation.Root}");
        // Whoever runs has the state in hand, and would write over what is written now.
        int holder = 0;
        using RuntimeDirectory? runtime = _root.IsHere ? RuntimeDirectory.TryTake(_invocation.RuntimeDirectory, out holder) : null;
        if (_root.IsHere && runtime is null)
            return Fail(FormattableString.Invariant($"the daemon runs (process {holder}) on {_invocation.RuntimeDirectory}; end it first, as by SIGUSR2, which leaves everything"));
        if (!Output(outcome.Toml)) return ExitCode.Failed;
        foreach (ImportNote note in outcome.Reader.Draft.Lost) Say($"left out: {note}");
        foreach (ImportNote note in outcome.Reader.Draft.Remarks) Say($"{note}");
        Keep(outcome, isLast: !_invocation.StopDhclient, processes);
        if (!_failed && _invocation.StopDhclient) Stop(outcome, processes);
        if (!_invocation.StopDhclient) Name(outcome, processes);
        return _failed ? ExitCode.Failed : ExitCode.Done;
    }

    private ImportOutcome Read(IReadOnlyList<DhclientProcess> processes) =>
        ImportOutcome.Of(_root, _invocation.Arguments, processes, name => _root.IsHere ? Adoption.MacOf(name) : null, TimeProvider.System.GetUtcNow());

    // Atomically, and never over what somebody else wrote.
    private bool Output(string toml)
    {
        if (_invocation.Output is not { } file)
        {
            using StreamWriter output = QueryCommands.Output();
            output.Write(toml);
            return true;
        }
        if (File.Exists(file) && !_invocation.Replace && File.ReadAllText(file) != toml)
        {
            Fail($"{file} is there and says something else; --replace writes over it");
            return false;
        }
        if (StateFile.Write(file, Encoding.UTF8.GetBytes(toml)) is not { } problem) return true;
        Fail($"{file}: {problem}");
        return false;
    }

    private void Keep(ImportOutcome outcome, bool isLast, IReadOnlyList<DhclientProcess> running)
    {
        var clock = new StoreClock(BoottimeClock.Now, TimeProvider.System.GetUtcNow(), StoreClock.ReadBootId());
        var state = new ImportState(_stateDirectory, clock, Say);
        Duid duid = state.KeepDuid(outcome.Identity.Duid, MachineId.Parse(_root.ReadText(MachineId.DefaultPath) ?? ""));
        var adoption = new Adoption(_invocation.RuntimeDirectory, Say);
        foreach (InterfaceConfiguration one in outcome.Configuration.Interfaces)
        {
            if (one.Dhcp4) Keep4(outcome, one, duid, state, isLast && _root.IsHere && !running.Any(process => process.Serves(one.Name, isDhcp6: false)) ? adoption : null, isLast);
            if (one.Dhcp6 is not null) Keep6(outcome, one, duid, state, isLast && _root.IsHere && !running.Any(process => process.Serves(one.Name, isDhcp6: true)) ? adoption : null);
        }
        _failed |= state.Failed;
    }

    private void Keep4(ImportOutcome outcome, InterfaceConfiguration one, Duid duid, ImportState state, Adoption? adoption, bool compares)
    {
        MacAddress? mac = _root.IsHere ? Adoption.MacOf(one.Name) : null;
        bool isKnown = true;
        InterfaceIdentity identity = InterfaceIdentity.Create(outcome.Configuration, one, duid, HostName, () =>
        {
            ImmutableArray<byte>? kept = state.KeepMacIdentifier(one.Name, mac);
            isKnown = kept is not null;
            return kept ?? Dhcp4ClientIdentifier.FromMac(MacAddress.Zero);
        });
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        var clock = new StoreClock(BoottimeClock.Now, now, StoreClock.ReadBootId());
        (DhclientLease Lease, string File)? last = ImportState.Last(outcome.Reader, one.Name, now);
        Dhcp4Lease? lease = null;
        if (last is { } found && found.Lease.Expire > now && isKnown)
        {
            lease = ImportedLeases.Of(found.Lease, identity.Settings.ClientIdentifier, mac, clock, out string why);
            if (lease is null) Say($"{found.File}:{found.Lease.Line}: the lease of {found.Lease.Address} is not used: {why}");
        }
        Dhcp4Memory memory = state.Keep(one.Name, lease, last?.Lease.Address);
        bool present = lease is not null && adoption?.Take(one.Name, lease) == true;
        if (!compares) return;
        FirstPacket theirs = DhclientPacket.Of(
            outcome.Reader.Dhclient?.Of(one.Name), outcome.Identity.Sent(one.Name), last?.Lease, now, mac, HostName);
        if (OurPacket.Of(identity, memory, present, mac, clock.Now, new KernelEntropy()) is not { } ours) return;
        Say($"{one.Name}: the first packet; what differs has a star");
        foreach (string line in PacketComparison.Lines(theirs, ours)) Console.Error.WriteLine(TerminalText.Of(line));
    }

    private static void Keep6(ImportOutcome outcome, InterfaceConfiguration one, Duid duid, ImportState state, Adoption? adoption)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        if (ImportState.Last6(outcome.Reader, one.Name, now) is not { } last) return;
        var clock = new StoreClock(BoottimeClock.Now, now, StoreClock.ReadBootId());
        if (ImportedLeases.Of(last.Lease, InterfaceIdentity.IaidOf(one), duid, clock, out string why) is not { } lease)
        {
            Say($"{last.File}:{last.Lease.Line}: the DHCPv6 lease is not used: {why}");
            return;
        }
        state.Keep(one.Name, lease);
        adoption?.Take(one.Name, lease);
    }

    private static IEnumerable<DhclientProcess> Concerned(ImportOutcome outcome, IReadOnlyList<DhclientProcess> processes) =>
        processes.Where(process => outcome.Configuration.Interfaces.Any(one => (one.Dhcp4 && process.Serves(one.Name, false)) || (one.Dhcp6 is not null && process.Serves(one.Name, true))));

    // What it wrote to its lease file last counts: the files are read again when it has ended.
    private void Stop(ImportOutcome outcome, IReadOnlyList<DhclientProcess> processes)
    {
        List<DhclientProcess> left = [.. processes];
        foreach (DhclientProcess process in Concerned(outcome, processes))
        {
            if (DhclientStop.Stop(process) is { } why) Fail($"{process} is not stopped: {why}");
            else
            {
                left.Remove(process);
                Say($"{process} is stopped, without a release");
            }
        }
        Keep(Read(processes), isLast: true, left);
    }

    private static void Name(ImportOutcome outcome, IReadOnlyList<DhclientProcess> processes)
    {
        List<DhclientProcess> concerned = [.. Concerned(outcome, processes)];
        foreach (DhclientProcess process in concerned) Say($"{process} is running");
        if (concerned.Count > 0) Say("'bonddhcp import --stop-dhclient' ends it without a release and leaves its address; 'dhclient -x' would take the address away");
    }
}
