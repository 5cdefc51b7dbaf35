using System.Collections.Immutable;
using System.Text;
using BondDhcp.Bond.Links;
using BondDhcp.Host.Commands;
using BondDhcp.Host.Daemon;
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
    private readonly IReadOnlyList<Link> _links;
    private bool _failed;

    private ImportCommand(Invocation invocation)
    {
        _invocation = invocation;
        _root = new ImportRoot(invocation.Root);
        _links = _root.IsHere ? SlaveLinks.Here() : [];
        bool isOther = !_root.IsHere && invocation.StateDirectory == Invocation.UsualStateDirectory;
        _stateDirectory = isOther ? invocation.Root.TrimEnd('/') + Invocation.UsualStateDirectory : invocation.StateDirectory;
    }

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
        IReadOnlyList<ClientProcess> processes = _root.IsHere ? ClientProcess.All() : [];
        ImportOutcome outcome = Read(processes);
        foreach (string error in outcome.Errors) Say(error);
        if (outcome.Errors.Count > 0) return ExitCode.Usage;
        if (outcome.Reader.Files.Count == 0 && outcome.Configuration.Interfaces.IsEmpty)
            return Fail($"nothing to import is found below {_invocation.Root}");
        if (outcome.Configuration.Interfaces.IsEmpty && outcome.Reader.Draft.Global.Keys.Count == 0)
        {
            foreach (ImportNote note in outcome.Reader.Draft.Lost) Say($"left out: {note}");
            return Fail("nothing here is to be imported");
        }
        // Whoever runs has the state in hand, and would write over what is written now.
        int holder = 0;
        using RuntimeDirectory? runtime = _root.IsHere ? RuntimeDirectory.TryTake(_invocation.RuntimeDirectory, out holder) : null;
        if (_root.IsHere && runtime is null)
            return Fail(FormattableString.Invariant($"the daemon runs (process {holder}) on {_invocation.RuntimeDirectory}; end it first, as by SIGUSR2, which leaves everything"));
        if (!Output(outcome)) return ExitCode.Failed;
        foreach (ImportNote note in outcome.Reader.Draft.Lost) Say($"left out: {note}");
        foreach (ImportNote note in outcome.Reader.Draft.Remarks) Say($"{note}");
        Keep(outcome, isLast: !_invocation.StopDhclient, processes, processes);
        if (!_failed && _invocation.StopDhclient) Stop(outcome, processes);
        if (!_invocation.StopDhclient) Name(outcome, processes);
        bool goesOn = _invocation.StopDhclient || (_invocation.Output is not null && Concerned(outcome, processes).Count == 0);
        if (!_failed && _root.IsHere && goesOn) Say(ImportNext.Of(outcome.Reader.Draft, _invocation.Output is { } file ? Path.GetFullPath(file) : null));
        return _failed ? ExitCode.Failed : ExitCode.Done;
    }

    // Below another root a name is meant from there.
    private ImmutableArray<string> Paths => _root.IsHere ? [.. _invocation.Arguments.Select(path => path.Length == 0 ? path : Path.GetFullPath(path))] : _invocation.Arguments;

    private ImportOutcome Read(IReadOnlyList<ClientProcess> processes) =>
        ImportOutcome.Of(_root, Paths, processes, name => _root.IsHere ? Adoption.MacOf(name) : null, TimeProvider.System.GetUtcNow(), Place);

    private SupplicantPlace Place => SupplicantPlace.Usual with { IsWritten = _invocation.Output is not null };

    // Atomically, and never over what somebody else wrote.
    private bool Output(ImportOutcome outcome)
    {
        string toml = outcome.Toml;
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
        // What the configuration names is there before it.
        foreach (ImportedSupplicant made in outcome.Supplicants)
            if (!OutputSupplicant(made, made.BesideOf(Path.GetFullPath(file)))) return false;
        if (StateFile.Write(file, Encoding.UTF8.GetBytes(toml)) is not { } problem) return true;
        Fail($"{file}: {problem}");
        return false;
    }

    // Somebody may have added a network to it, or have changed a pass phrase: it is never written over.
    private bool OutputSupplicant(ImportedSupplicant made, string file)
    {
        byte[] octets = Encoding.UTF8.GetBytes(made.Text);
        bool isThere = Path.Exists(file) || new FileInfo(file).LinkTarget is not null;
        if (isThere && StateFile.WhyUntrusted(file) is { } why)
        {
            Fail($"{file} {why}, and wpa_supplicant would read it as root; take it away to have it made");
            return false;
        }
        string place = _root.NameOf(file) == made.Path ? "" : $"; the configuration names {made.Path}, where it belongs";
        if (isThere && !(PlainFile.Read(file, octets.Length, out _) is { } known && known.AsSpan().SequenceEqual(octets)))
        {
            Say($"{file} is there and is something else than what the wpa- lines of {made.InterfaceName} make: it stays as it is; take it away to have it made{place}");
            return true;
        }
        if ((isThere ? StateFile.MakePrivate(file) : StateFile.CreatePrivate(file, octets)) is { } problem)
        {
            Fail($"{file}: {problem}");
            return false;
        }
        if (!isThere) Say($"{file} is made of the wpa- lines of {made.InterfaceName}, for root alone to read{place}");
        return true;
    }

    private void Keep(ImportOutcome outcome, bool isLast, IReadOnlyList<ClientProcess> running, IReadOnlyList<ClientProcess> started) =>
        _failed |= !new ImportKeeping(_root, _stateDirectory, _invocation.RuntimeDirectory, Say).Keep(outcome, isLast, running, started);

    private IReadOnlyList<string> Taken(ImportOutcome outcome, bool isDhcp6) => [.. outcome.Taken(isDhcp6), .. SlavesOf(outcome).Of(outcome.Configuration)];

    private SlaveLinks SlavesOf(ImportOutcome outcome) => new(outcome.Configuration, _links);

    private List<ClientProcess> Concerned(ImportOutcome outcome, IReadOnlyList<ClientProcess> processes) =>
        processes.Where(process => Taken(outcome, process.IsDhcp6).Any(name => process.Serves(name, process.IsDhcp6)));

    // What it wrote to its lease file last counts: the files are read again when it has ended.
    private void Stop(ImportOutcome outcome, IReadOnlyList<ClientProcess> processes)
    {
        List<ClientProcess> left = [.. processes];
        foreach (ClientProcess process in Concerned(outcome, processes))
        {
            string[] others = [.. process.Interfaces.Except(Taken(outcome, process.IsDhcp6))];
            if (others.Length > 0) Fail($"{process} is not stopped: it serves {string.Join(", ", others)} as well, which would have no client then");
            else if (ClientStop.Stop(process) is { } why) Fail($"{process} is not stopped: {why}");
            else
            {
                left.Remove(process);
                Say($"{process} is stopped, without a release");
                foreach (string name in process.Interfaces)
                    if (SlavesOf(outcome).MasterOf(name) is { } master)
                        Say($"{name} is a slave of {master}: an address that the client left on it goes when its lifetime is over, or with 'ip address del'");
            }
        }
        NameUnknown(outcome, processes);
        Keep(Read(processes), isLast: true, left, processes);
    }

    private void Name(ImportOutcome outcome, IReadOnlyList<ClientProcess> processes)
    {
        List<ClientProcess> concerned = [.. Concerned(outcome, processes)];
        foreach (ClientProcess process in concerned) Say($"{process} is running{OnSlave(outcome, process)}");
        NameUnknown(outcome, processes);
        if (concerned.Count == 0) return;
        bool releases = concerned.Exists(static process => process is Dhcp6cProcess);
        Say("'bonddhcp import --stop-dhclient' ends it without a release and leaves its addresses; "
            + (releases ? "dhcp6c gives them back and takes them away at SIGTERM" : "'dhclient -r' would give the address back, and 'dhclient -x' take it away"));
    }

    // One on a slave of a bond that is not imported is not in the way of anything here, and in that of the bond all the same.
    private void NameUnknown(ImportOutcome outcome, IReadOnlyList<ClientProcess> processes)
    {
        List<ClientProcess> concerned = Concerned(outcome, processes);
        foreach (ClientProcess process in processes)
            if (!concerned.Contains(process) && OnSlave(outcome, process) is { Length: > 0 } where) Say($"{process} is running{where}; that is not imported, and the client is left alone");
    }

    private string OnSlave(ImportOutcome outcome, ClientProcess process)
    {
        SlaveLinks slaves = SlavesOf(outcome);
        foreach (string name in process.Interfaces)
            if (slaves.MasterOf(name) is { } master) return $" on a slave of {master}";
        return "";
    }
}
