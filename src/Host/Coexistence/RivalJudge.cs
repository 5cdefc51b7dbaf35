using System.Collections.Immutable;
using BondDhcp.Bond.Links;

namespace BondDhcp.Host.Coexistence;

/// <summary>
/// Says who else configures an interface. Pure. A socket proves more than a name, and a name more than nothing: a client
/// that holds a lease may have no socket open, and a sandbox may hide whose a socket is.
/// </summary>
internal sealed class RivalJudge
{
    private readonly RivalFacts _facts;
    private readonly List<Rival> _rivals = [];

    private RivalJudge(RivalFacts facts) => _facts = facts;

    /// <summary>The others, each once; those that only may configure the interface come last.</summary>
    public static ImmutableArray<Rival> Of(RivalFacts facts)
    {
        RivalJudge judge = new(facts);
        judge.JudgeManagers();
        bool packets = judge.JudgePackets(), ports = judge.JudgePorts();
        judge.JudgeNames();
        if (packets || ports) judge.JudgeUnknown(ports);
        judge.JudgePossible();
        return [.. judge._rivals];
    }

    // What they wrote down outlives them: it counts while one of them runs here.
    private void JudgeManagers()
    {
        if (_facts.Networkd.IsManaged && FindProgram(RivalKind.Networkd) is { } networkd)
        {
            string by = _facts.Networkd.File is { } file ? $" by {file}" : "";
            Add(networkd, $"manages {_facts.Interface}{by}", _facts.Networkd.File);
        }
        if (_facts.NetworkManager.IsManaged && FindProgram(RivalKind.NetworkManager) is { } manager) Add(manager, $"manages {_facts.Interface}");
    }

    // True when a packet socket on the interface is a client's, and nobody says whose.
    private bool JudgePackets()
    {
        if (_facts.Ipv6) return false;
        bool unknown = false;
        foreach (PacketHolder holder in _facts.Packets)
        {
            bool here = holder.Device == _facts.Index || (holder.Device == 0 && holder.Protocol == SocketTable.Ipv4);
            if (!here || _facts.Ours.Contains(holder.Inode)) continue;
            ProcessFacts? owner = OwnerOf(holder.Inode);
            // Whoever takes every packet may only be looking: tcpdump, lldpd.
            if (holder.Protocol == SocketTable.All && (owner is null || !IsClient(owner))) continue;
            if (owner is null) unknown |= holder.Device != 0;
            else if (IsClient(owner) || HoldsPort(owner)) Add(owner, holder.Device == 0 ? "reads the IPv4 packets of every interface" : $"has a packet socket on {_facts.Interface}");
        }
        return unknown;
    }

    private bool HoldsPort(ProcessFacts process) => _facts.Ports.Any(port => process.Sockets.Contains(port.Inode));

    // True when a port that concerns the interface is held, and nobody says by whom.
    private bool JudgePorts()
    {
        bool unknown = false;
        foreach (PortHolder holder in _facts.Ports)
        {
            if (_facts.Ours.Contains(holder.Inode)) continue;
            string? of = holder.Device == _facts.Index ? _facts.Interface
                : holder.Device != 0 ? null
                : holder.IsWildcard ? "every interface"
                : _facts.Addresses.Contains(holder.Local) ? holder.Local.ToString()
                : null;
            if (of is null) continue;
            ProcessFacts? owner = OwnerOf(holder.Inode);
            if (owner is null) unknown |= !holder.IsWildcard || holder.Device != 0 || !IsExplained();
            else if (holder.Device != 0 || !holder.IsWildcard || Concerns(owner)) Add(owner, FormattableString.Invariant($"holds port {_facts.Port} of {of}"));
        }
        return unknown;
    }

    // A client that is bound may have closed every socket, as udhcpc does.
    private void JudgeNames()
    {
        foreach (ProcessFacts process in _facts.Processes)
            if (IsClient(process) && process.Names(_facts.Interface)) Add(process, $"was started for {_facts.Interface}");
    }

    // There is a socket such as clients have. Where a program is known that may have it, it is that one. A packet socket alone
    // may be of somebody who only looks, for whom nobody waits.
    private void JudgeUnknown(bool holdsPort)
    {
        if (_rivals.Count > 0) return;
        string what = FormattableString.Invariant($"has a DHCP client's socket open on {_facts.Interface}");
        if (_facts.Processes.FirstOrDefault(process => IsClient(process) && Concerns(process) && process.Sockets.Count == 0) is { } likely) Add(likely, what);
        else _rivals.Add(new Rival(RivalKind.Client, Rival.UnknownProgram, _facts.Interface, what) { IsCertain = holdsPort });
    }

    // connman has no socket open while it is bound and writes nothing down that others may read.
    private void JudgePossible()
    {
        if (FindProgram(RivalKind.Connman) is not { } connman || _rivals.Exists(rival => rival.Kind == RivalKind.Connman)) return;
        if (!SparedInterfaces.ByConnman(_facts.ConnmanConfiguration, _facts.Interface))
            _rivals.Add(Make(connman, $"runs here and may configure {_facts.Interface}", null) with { IsCertain = false });
    }

    // A client of another interface takes port 68 of all, with or without sockets of its own there that we may see.
    private bool IsExplained() => _facts.Processes.Any(process => process.Sockets.Count == 0 && IsClient(process) && !Concerns(process));

    private bool Concerns(ProcessFacts process)
    {
        if (process.Names(_facts.Interface)) return true;
        if (_facts.OtherInterfaces.Any(process.Names)) return false;
        bool here = false, elsewhere = false;
        foreach (PacketHolder holder in _facts.Packets)
        {
            if (!process.Sockets.Contains(holder.Inode)) continue;
            here |= holder.Device == _facts.Index || holder.Device == 0;
            elsewhere |= holder.Device != _facts.Index && holder.Device != 0;
        }
        if (elsewhere && !here) return false;
        // What it was started for may be gone, and its port is still held.
        if (process.NamesAnInterface) return false;
        return RivalProgram.Of(process)?.Kind switch
        {
            RivalKind.Dhcpcd => !SparedInterfaces.ByDhcpcd(_facts.DhcpcdConfiguration, _facts.Interface),
            RivalKind.Connman => !SparedInterfaces.ByConnman(_facts.ConnmanConfiguration, _facts.Interface),
            // Which interfaces these look after they write down.
            RivalKind.Networkd or RivalKind.NetworkManager => false,
            _ => true,
        };
    }

    private bool IsClient(ProcessFacts process) => RivalProgram.Of(process) is { } program && program.Speaks(_facts.Ipv6, process);

    private ProcessFacts? OwnerOf(ulong inode) => _facts.Processes.FirstOrDefault(process => process.Sockets.Contains(inode));

    private ProcessFacts? FindProgram(RivalKind kind) => _facts.Processes.FirstOrDefault(process => RivalProgram.Of(process)?.Kind == kind);

    private void Add(ProcessFacts process, string evidence, string? file = null)
    {
        Rival rival = Make(process, evidence, file);
        if (!_rivals.Exists(known => known.Program == rival.Program)) _rivals.Add(rival);
    }

    private Rival Make(ProcessFacts process, string evidence, string? file)
    {
        RivalProgram? program = RivalProgram.Of(process);
        return new Rival(program?.Kind ?? RivalKind.Client, program?.Name ?? process.Name, _facts.Interface, evidence)
        {
            // Of several processes of one program, the first one stands for it: dhcpcd has a handful.
            Pid = program is null ? process.Pid : _facts.Processes.Where(other => IsLike(other, process)).Min(other => other.Pid),
            LooksAfterAll = !process.Names(_facts.Interface),
            File = file ?? (program?.Kind == RivalKind.Dhclient ? process.ValueOf("-pf") : null),
        };
    }

    private bool IsLike(ProcessFacts one, ProcessFacts other) =>
        RivalProgram.Of(one)?.Name == RivalProgram.Of(other)?.Name && one.Names(_facts.Interface) == other.Names(_facts.Interface);
}
