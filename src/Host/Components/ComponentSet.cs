using System.Collections.Immutable;
using BondDhcp.Dhcp.Client;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Status;

namespace BondDhcp.Host.Components;

/// <summary>Every component there is: they are started and stopped in the order in which they stand on each other.</summary>
/// <param name="create">Makes what does a component's work.</param>
/// <param name="stopped">What the user stopped.</param>
/// <param name="liesOn">True when an interface is a VLAN, or the like, on another, and goes with it; null where there are none.</param>
internal sealed class ComponentSet(
    Func<ComponentSpec, ComponentWork> create, StoppedComponents stopped, Func<string, string, bool>? liesOn = null)
{
    private readonly List<Component> _components = [];

    // Not configured any more, and being taken down; and those of the same names that are configured anew meanwhile.
    private readonly List<Component> _leaving = [];
    private readonly List<Component> _held = [];
    private DaemonConfiguration _configuration = new();

    /// <summary>There are others, or a user stopped or started some.</summary>
    public event Action? Changed;

    /// <summary>The components, in the order in which they are started.</summary>
    public IReadOnlyList<Component> All => _components;

    /// <summary>The component of this name; null when there is none.</summary>
    public Component? Find(string name) => _components.Find(component => component.Name == name);

    /// <summary>DHCPv4 on this interface; null where it is not configured.</summary>
    public LeaseComponent? FindDhcp4(string interfaceName) => Find(ComponentSpec.NameOf(ComponentKind.Dhcp4, interfaceName)) as LeaseComponent;

    /// <summary>DHCPv6 on this interface; null where it is not configured.</summary>
    public LeaseComponent? FindDhcp6(string interfaceName) => Find(ComponentSpec.NameOf(ComponentKind.Dhcp6, interfaceName)) as LeaseComponent;

    /// <summary>Begins with a configuration.</summary>
    public void Start(DaemonConfiguration configuration)
    {
        _configuration = configuration;
        stopped.Changed += () => Changed?.Invoke();
        foreach (ComponentSpec spec in ComponentGraph.Of(configuration)) Add(spec);
    }

    /// <summary>
    /// Changes to a new configuration: what is the same is not touched, what is new starts, what is gone is taken down,
    /// and what differs goes on with what it has.
    /// </summary>
    /// <param name="configuration">The new one.</param>
    /// <param name="everywhere">Whom on every interface it concerns, because of what stands above the sections.</param>
    /// <param name="done">Called when the rest goes on and what is gone has been taken down, perhaps before this returns, with what could not be taken away first.</param>
    public void Apply(DaemonConfiguration configuration, Concern everywhere, Completion done)
    {
        _configuration = configuration;
        IReadOnlyList<ComponentSpec> wanted = ComponentGraph.Of(configuration);
        Component[] gone = [.. _components.Where(component => !ComponentChange.GoesOn(component.Spec, wanted.FirstOrDefault(spec => spec.Name == component.Name)))];
        foreach (Component one in gone)
        {
            _components.Remove(one);
            _held.Remove(one);
            _leaving.Add(one);
        }
        int left = 2;
        string? failure = null;
        void OneLess(string? error)
        {
            failure ??= error;
            if (--left == 0) done(failure);
        }
        EndFrom(FirstToEnd, gone, static _ => true, leftOver =>
        {
            Forget(gone);
            OneLess(leftOver);
        });
        foreach (Component component in _components)
        {
            ComponentSpec spec = wanted.First(one => one.Name == component.Name);
            Concern concern = everywhere | InterfaceSettings.Differences(component.Spec.Owner, spec.Owner);
            component.Reconfigure(spec.Owner, ComponentChange.Disturbs(spec.Kind, concern));
            failure ??= component.LeftOver;
        }
        foreach (ComponentSpec spec in wanted)
            if (Find(spec.Name) is null) Add(spec);
        Changed?.Invoke();
        OneLess(null);
    }

    /// <summary>A sentence for each component that does not begin, because a user stopped or released it in an earlier run, with what begins it.</summary>
    public IEnumerable<string> Idle()
    {
        foreach (Component component in _components)
            if (component.WhyStopped is { } why) yield return $"{component.Name} stays stopped by an earlier command: {why}; 'bonddhcp {WhatBegins(component, why)}' begins it";
    }

    // What stopped with a master comes back with it.
    private string WhatBegins(Component component, string why)
    {
        if (why.StartsWith(StoppedWithAnother, StringComparison.Ordinal) && Find(why[StoppedWithAnother.Length..]) is { } other) return "start " + other.Name;
        if (why != LeaseComponent.Released) return "start " + component.Name;
        return $"acquire {component.Spec.Interface} {(component.Spec.Kind == ComponentKind.Dhcp6 ? "-6" : "-4")}";
    }

    /// <summary>Starts a component by the user's wish, after what it stands on; a master brings back what stopped with it.</summary>
    public void Start(Component component, Completion done)
    {
        component.TryAgain();
        // What stopped with a master that it is a VLAN on has no interface before that is there.
        List<Component> all = [.. _components.Where(other => StandsOn(component, other) || component.WhyStopped == StoppedWith(other)), component];
        // In the order of the list, which is that of starting.
        foreach (Component other in _components)
            if (!all.Contains(other) && all.Any(one => other.WhyStopped == StoppedWith(one))) all.Add(other);
        InTurn([.. all.Select(one => (Action<Completion>)one.Start)], done);
    }

    /// <summary>Stops a component by the user's wish, after what stands on it.</summary>
    public void Stop(Component component, Completion done)
    {
        List<Action<Completion>> steps = [];
        foreach (Component other in Dependents(component))
        {
            if (other.WhyStopped is not null) continue;
            steps.Add(next => other.Stop(StoppedWith(component), next));
        }
        steps.Add(next => component.Stop(Component.StoppedByCommand, next));
        InTurn(steps, done);
    }

    /// <summary>Down and up again, with what stands on it; a client is answered for when its lease is there.</summary>
    public void Restart(Component component, Completion done) =>
        Stop(component, unwritten => Start(component, error =>
        {
            if (error is null && component is LeaseComponent client) client.Execute(DhcpCommand.Acquire, done);
            else done(error);
        }));

    /// <summary>
    /// Ends every component, leases first and supplicants last; <paramref name="done"/> is called when the last has
    /// ended.
    /// </summary>
    /// <param name="takeDown">Whether what a component gave is taken away; otherwise it stays.</param>
    /// <param name="done">Called from the loop, perhaps before this returns, with what could not be taken away first.</param>
    public void EndAll(Func<Component, bool> takeDown, Completion done) =>
        EndFrom(FirstToEnd, [.. _components, .. _leaving], component => _leaving.Contains(component) || takeDown(component), done);

    /// <summary>As <see cref="EndAll"/>, with what SIGTERM takes down.</summary>
    public void EndAtTerm(Completion done) => EndAll(IsTakenDownAtTerm, done);

    /// <summary>SIGTERM takes something down.</summary>
    public bool TakesDownAtTerm => _leaving.Count > 0 || _components.Exists(IsTakenDownAtTerm);

    /// <summary>The components for <c>status</c>, or those of one interface.</summary>
    public ImmutableArray<ComponentSnapshot> Snapshots(string? interfaceName) =>
    [
        .. _components.Where(component => interfaceName is null || component.Spec.Interface == interfaceName || component.Spec.Owner.Name == interfaceName)
            .Select(component => component.Snapshot()),
    ];

    // The order of the kinds is that in which everything is taken down.
    private const ComponentKind FirstToEnd = 0;

    private static bool IsClient(ComponentKind kind) => kind is ComponentKind.Dhcp4 or ComponentKind.Dhcp6;

    private bool IsTakenDownAtTerm(Component component) => ComponentGraph.IsReleasedOnStop(component.Spec, _configuration);

    // What stands on it directly or by way of others: leases before static addresses, those before slaves and masters.
    private List<Component> Dependents(Component component)
    {
        List<Component> all = [component];
        for (int i = 0; i < all.Count; i++)
            foreach (Component other in _components)
                if (StandsOn(other, all[i]) && !all.Contains(other)) all.Add(other);
        return all.Skip(1).OrderBy(other => (other.Spec.Kind, !LiesOn(other, component)));
    }

    // As it is written down, or as the kernel has it at this moment: which VLANs there are nobody writes down.
    private bool StandsOn(Component one, Component other) => ComponentGraph.StandsOn(one.Spec, other.Spec) || LiesOn(one, other);

    private bool LiesOn(Component one, Component master) =>
        master.Spec.Kind == ComponentKind.Master && one.Spec.Kind is not (ComponentKind.Master or ComponentKind.Supplicant)
        && liesOn?.Invoke(one.Spec.Interface, master.Spec.Interface) == true;

    private const string StoppedWithAnother = "stopped with ";

    private static string StoppedWith(Component component) => StoppedWithAnother + component.Name;

    // Each kind when the one before it has ended.
    private static void EndFrom(
        ComponentKind kind, IReadOnlyList<Component> components, Func<Component, bool> takeDown, Completion done, string? failure = null)
    {
        if (!Enum.IsDefined(kind))
        {
            done(failure);
            return;
        }
        Component[] now = [.. components.Where(component => component.Spec.Kind == kind)];
        int left = now.Length + 1;
        void OneLess(string? error)
        {
            failure ??= error;
            if (--left == 0) EndFrom(kind + 1, components, takeDown, done, failure);
        }
        foreach (Component component in now) component.End(takeDown(component), OneLess);
        OneLess(null);
    }

    // Two of one name would each take what the other has for somebody else's doing.
    private void Forget(IReadOnlyCollection<Component> gone)
    {
        _leaving.RemoveAll(component => gone.Contains(component));
        foreach (Component held in _held.ToArray())
        {
            if (_leaving.Exists(component => component.Name == held.Name) || !_held.Remove(held)) continue;
            held.StartUnlessStopped(static _ => { });
        }
    }

    // One after the other; what went wrong first is told at the end, and ends nothing.
    private static void InTurn(IReadOnlyList<Action<Completion>> steps, Completion done, int next = 0, string? error = null)
    {
        if (next == steps.Count) done(error);
        else steps[next](one => InTurn(steps, done, next + 1, error ?? one));
    }

    private void Add(ComponentSpec spec)
    {
        Component component = IsClient(spec.Kind) ? new LeaseComponent(spec, create, stopped) : new Component(spec, create, stopped);
        int rank = ComponentGraph.StartRank(spec.Kind);
        _components.Insert(_components.FindLastIndex(other => ComponentGraph.StartRank(other.Spec.Kind) <= rank) + 1, component);
        if (_leaving.Exists(other => other.Name == spec.Name)) _held.Add(component);
        else component.StartUnlessStopped(static _ => { });
    }
}
