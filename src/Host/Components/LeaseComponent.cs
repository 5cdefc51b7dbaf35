using BondDhcp.Dhcp.Client;
using BondDhcp.Host.Coexistence;
using BondDhcp.Host.Status;

namespace BondDhcp.Host.Components;

/// <summary><c>dhcp4@IF</c> or <c>dhcp6@IF</c>: beside start and stop it takes the commands for a lease.</summary>
internal sealed class LeaseComponent(ComponentSpec spec, Func<ComponentSpec, ComponentWork> create, StoppedComponents stopped)
    : Component(spec, create, stopped)
{
    /// <summary>Why it does not run after <c>release</c>.</summary>
    public const string Released = "released; idle until acquire";

    private static readonly Dhcp4Snapshot s_stopped4 = new("stopped", null, [], null);
    private static readonly Dhcp6Snapshot s_stopped6 = new("stopped", null, null, null, null);

    private LeaseWork? Lease => Work as LeaseWork;

    /// <summary>How the client of DHCPv4 fares.</summary>
    public Dhcp4Snapshot Dhcp4 => (Work as Dhcp4Work)?.Client ?? s_stopped4;

    /// <summary>How the client of DHCPv6 fares.</summary>
    public Dhcp6Snapshot Dhcp6 => (Work as Dhcp6Work)?.Client ?? s_stopped6;

    /// <summary>The client's state as JSON names it.</summary>
    public string ClientState => Work switch
    {
        Dhcp4Work four => four.Client.State,
        Dhcp6Work six => six.Client.State,
        _ => "stopped",
    };

    /// <summary>Packets not used, by reason.</summary>
    public IEnumerable<KeyValuePair<string, long>> Drops => Lease?.Drops ?? [];

    /// <summary>What the client counted; null while there is none.</summary>
    public CountersSnapshot? Counters => Lease?.Counters;

    /// <summary>Other programs that configure the interface, or a device below it.</summary>
    public IReadOnlyList<Rival> Rivals => Lease?.Rivals ?? [];

    /// <summary>renew, rebind, release, acquire.</summary>
    public void Execute(DhcpCommand command, Completion done)
    {
        if (Lease is not { } work || IsStopping)
        {
            if (command == DhcpCommand.Acquire && WhyStopped is { } why && why != Released) done($"{Name} is stopped; 'bonddhcp start {Name}' starts it");
            else if (command == DhcpCommand.Acquire) Start(error => AfterStart(error, done));
            else if (command == DhcpCommand.Release) done(null); // nothing is held: idempotent
            else done(WhyStopped == Released ? $"{Name} has given its lease back; 'acquire' asks for one" : $"{Name} is stopped");
            return;
        }
        string? unwritten = command == DhcpCommand.Acquire ? StoppedComponents.Remove(Name) : null;
        work.Execute(command, (succeeded, why) =>
        {
            if (succeeded && command == DhcpCommand.Release) unwritten = StoppedComponents.Add(Name, Released);
            done(succeeded ? unwritten : why ?? "refused");
        });
    }

    private void AfterStart(string? error, Completion done)
    {
        if (error is not null || Lease is null) done(error ?? $"{Name} is stopped");
        else Execute(DhcpCommand.Acquire, done);
    }
}
