using BondDhcp.Dhcp.Client;
using BondDhcp.Host.Coexistence;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Status;

namespace BondDhcp.Host.Components;

/// <summary>What a component does while it is started: a runner in production, a script in tests.</summary>
internal abstract class ComponentWork : IDisposable
{
    /// <summary>running, waiting, stopped or failed.</summary>
    public abstract string State { get; }

    /// <summary>Why it does not run as wanted; null when it does.</summary>
    public abstract string? Why { get; }

    /// <summary>Begins; what it lacks is waited for.</summary>
    public abstract void Start();

    /// <summary>A person wants it to run, and it does: what was given up is tried again.</summary>
    public virtual void TryAgain()
    {
    }

    /// <summary>Tells once when it is known whether it can be had: at once, where the kernel need not be asked first.</summary>
    public virtual void WhenSettled(Action settled) => settled();

    /// <summary>Ends; <paramref name="done"/> is called once when nothing will be sent or changed any more.</summary>
    /// <param name="takeDown">Take away what it gave (the lease is given back); otherwise all stays.</param>
    /// <param name="done">Called from the loop, perhaps before this returns.</param>
    public abstract void Stop(bool takeDown, Action done);

    /// <summary>
    /// As <see cref="Stop"/> with everything taken away, because a person named it and not only what it belongs to.
    /// </summary>
    public virtual void StopByName(Action done) => Stop(takeDown: true, done);

    /// <summary>What was to be taken away of what it gave and could not be, by a stop or by another configuration; null for nothing.</summary>
    public virtual string? LeftOver => null;

    /// <summary>Goes on under another configuration, with the least disturbance.</summary>
    public abstract void Reconfigure(InterfaceConfiguration owner);

    /// <summary>
    /// The section is another, and nothing in it concerns this work: nothing is to be done. What it reads of the section later,
    /// such as whether the other family has a client, it reads of this one.
    /// </summary>
    public virtual void Note(InterfaceConfiguration owner)
    {
    }

    /// <summary>Lets go; everything stays.</summary>
    public abstract void Dispose();
}

/// <summary>The work of a DHCP client, which can be told more.</summary>
internal abstract class LeaseWork : ComponentWork
{
    /// <summary>Packets not used, by reason.</summary>
    public abstract IEnumerable<KeyValuePair<string, long>> Drops { get; }

    /// <summary>What the client counted; null where it has not begun yet.</summary>
    public virtual CountersSnapshot? Counters => null;

    /// <summary>Other programs that configure the interface, or a device below it.</summary>
    public virtual IReadOnlyList<Rival> Rivals => [];

    /// <summary>Carries out a user's command; <paramref name="done"/> gets success, or why not.</summary>
    public abstract void Execute(DhcpCommand command, Action<bool, string?> done);
}

/// <summary>The work of <c>dhcp4@</c>.</summary>
internal abstract class Dhcp4Work : LeaseWork
{
    /// <summary>How the client fares.</summary>
    public abstract Dhcp4Snapshot Client { get; }
}

/// <summary>The work of <c>dhcp6@</c>.</summary>
internal abstract class Dhcp6Work : LeaseWork
{
    /// <summary>How the client fares.</summary>
    public abstract Dhcp6Snapshot Client { get; }
}
