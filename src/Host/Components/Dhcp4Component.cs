using BondDhcp.Dhcp.Client;
using BondDhcp.Host.Status;

namespace BondDhcp.Host.Components;

/// <summary><c>dhcp4@IF</c>: beside start and stop it takes the commands for a lease.</summary>
internal sealed class Dhcp4Component(ComponentSpec spec, Func<ComponentSpec, ComponentWork> create, StoppedComponents stopped)
    : Component(spec, create, stopped)
{
    private static readonly Dhcp4Snapshot s_stopped = new("stopped", null, [], null);

    private Dhcp4Work? Dhcp4 => Work as Dhcp4Work;

    /// <summary>How the client fares.</summary>
    public Dhcp4Snapshot Client => Dhcp4?.Client ?? s_stopped;

    /// <summary>Packets not used, by reason.</summary>
    public IEnumerable<KeyValuePair<string, long>> Drops => Dhcp4?.Drops ?? [];

    /// <summary>renew, rebind, release, acquire.</summary>
    public void Execute(Dhcp4Command command, Completion done)
    {
        if (Dhcp4 is not { } work || IsStopping)
        {
            if (command == Dhcp4Command.Acquire && WhyStopped is { } why && why != Released) done($"{Name} is stopped; 'bonddhcp start {Name}' starts it");
            else if (command == Dhcp4Command.Acquire) Start(error => AfterStart(error, done));
            else if (command == Dhcp4Command.Release) done(null); // nothing is held: idempotent
            else done($"{Name} is stopped");
            return;
        }
        string? unwritten = command == Dhcp4Command.Acquire ? StoppedComponents.Remove(Name) : null;
        work.Execute(command, (succeeded, why) =>
        {
            if (succeeded && command == Dhcp4Command.Release) unwritten = StoppedComponents.Add(Name, Released);
            done(succeeded ? unwritten : why ?? "refused");
        });
    }

    private const string Released = "released; idle until acquire";

    private void AfterStart(string? error, Completion done)
    {
        if (error is not null || Dhcp4 is null) done(error ?? $"{Name} is stopped");
        else Execute(Dhcp4Command.Acquire, done);
    }
}
