using System.Collections.Immutable;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Status;

namespace BondDhcp.Host.Daemon;

/// <summary>Every component there is, and what a reload does to them.</summary>
/// <param name="create">Makes what does the work on an interface.</param>
/// <param name="look">An interface of this name as the kernel has it, for what is stopped on it.</param>
/// <param name="stopped">What the user stopped.</param>
internal sealed class ComponentSet(
    Func<InterfaceConfiguration, IDhcp4Component> create, Func<string, InterfaceSnapshot> look, StoppedComponents stopped)
{
    private readonly List<Component> _components = [];

    /// <summary>The components, in the order of the configuration.</summary>
    public IReadOnlyList<Component> All => _components;

    /// <summary>The component of this name, or <c>dhcp4@</c> this interface; null when there is none.</summary>
    public Component? Find(string name) =>
        _components.Find(component => component.Name == name || component.Configuration.Name == name);

    /// <summary>Begins with a configuration.</summary>
    public void Start(DaemonConfiguration configuration)
    {
        foreach (InterfaceConfiguration one in configuration.Interfaces)
            if (one.Dhcp4) Add(one);
    }

    /// <summary>
    /// Changes to a new configuration: what is the same is not touched, what is new starts, what is gone is taken down,
    /// and what differs goes on with its lease.
    /// </summary>
    /// <param name="configuration">The new one.</param>
    /// <param name="identityChanged">Client identifier or host name differ: every component is told.</param>
    public void Apply(DaemonConfiguration configuration, bool identityChanged)
    {
        foreach (Component component in _components.ToArray())
        {
            InterfaceConfiguration? wanted = configuration.Find(component.Configuration.Name);
            if (wanted is not { Dhcp4: true })
            {
                _components.Remove(component);
                component.End(release: true, static () => { });
                continue;
            }
            bool disturbs = identityChanged || !wanted.SameAs(component.Configuration with { ReleaseOnStop = wanted.ReleaseOnStop });
            component.Reconfigure(wanted, disturbs);
        }
        foreach (InterfaceConfiguration one in configuration.Interfaces)
            if (one.Dhcp4 && Find(one.Name) is null) Add(one);
    }

    /// <summary>Ends every component; <paramref name="done"/> is called when the last has ended.</summary>
    public void EndAll(Func<Component, bool> release, Action done)
    {
        int left = _components.Count;
        if (left == 0) done();
        foreach (Component component in _components)
        {
            component.End(release(component), () =>
            {
                if (--left == 0) done();
            });
        }
    }

    /// <summary>The components for <c>status</c>.</summary>
    public ImmutableArray<ComponentSnapshot> Snapshots(string? interfaceName) =>
        [.. Selected(interfaceName).Select(component => component.Snapshot())];

    /// <summary>The interfaces for <c>status</c> and <c>lease</c>.</summary>
    public ImmutableArray<InterfaceSnapshot> InterfaceSnapshots(string? interfaceName) =>
        [.. Selected(interfaceName).Select(component => component.InterfaceSnapshot())];

    private IEnumerable<Component> Selected(string? interfaceName) =>
        _components.Where(component => interfaceName is null || component.Configuration.Name == interfaceName);

    private void Add(InterfaceConfiguration configuration)
    {
        Component component = new(configuration, create, look, stopped);
        _components.Add(component);
        component.StartUnlessStopped(static _ => { });
    }
}
