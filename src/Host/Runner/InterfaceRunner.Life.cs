using BondDhcp.Dhcp.Client;

namespace BondDhcp.Host.Runner;

/// <summary>Start, stop, commands and reload.</summary>
internal sealed partial class InterfaceRunner
{
    /// <inheritdoc/>
    protected override bool ClientIsStopped => Client.State is Dhcp4State.Stopped;

    /// <inheritdoc/>
    public override void Command(DhcpCommand command, Action<bool, string?> done) => Command(() => Feed(new Dhcp4Input.Command(command)), done);

    /// <summary>
    /// Goes on under another configuration with the lease it has. Only another client identifier is another client: the
    /// lease is given back and a new one is acquired.
    /// </summary>
    public override void Reconfigure(InterfaceRunnerOptions options)
    {
        bool sameClient = options.Dhcp4.Anonymous == Options.Dhcp4.Anonymous && options.Dhcp4.ClientIdentifier.AsSpan().SequenceEqual(Options.Dhcp4.ClientIdentifier.AsSpan());
        if (sameClient || !Started)
        {
            GoOnUnder(options);
            return;
        }
        Stop(release: true, () =>
        {
            Take(options);
            Start();
        });
    }

    // What the server said may mean something else from now on; and what it is asked for, or told, it is told at once.
    private void GoOnUnder(InterfaceRunnerOptions options)
    {
        Dhcp4Lease? before = Lease is { } lease && IsPresent(lease.Prefix) ? lease : null;
        bool asksTheSame = options.Identification.AsksTheSame(Options.Identification);
        bool searchesTheSame = asksTheSame && options.Dhcp4.SearchesAs(Options.Dhcp4)
            && options.Identification.HostName == Options.Identification.HostName
            && options.Identification.FullyQualifiedName == Options.Identification.FullyQualifiedName;
        Take(options);
        Client = Client with { Settings = options.Dhcp4 };
        Guard(() =>
        {
            if (!Started || before is null || Lease is not { } now) return;
            if (Configure(now) && !ReferenceEquals(now.Ack, before.Ack)) LeaseConfigured?.Invoke(new ConfiguredLease(now, before, StateName));
        });
        if (!asksTheSame && Client is { State: Dhcp4State.Bound, LinkUsable: true }) Command(DhcpCommand.Renew, static (_, _) => { });
        if (!searchesTheSame && Started) Guard(() => Feed(Dhcp4Input.SearchAnew.Instance));
    }

    /// <inheritdoc/>
    protected override void ResetClient() => Client = Dhcp4Client.Create(Options.Dhcp4, Sender.Budget);

    /// <inheritdoc/>
    protected override void StartClient()
    {
        Dhcp4Memory memory = _memory.Load();
        _keeps = false;
        Adopt(memory);
        WarnOfLeftovers(memory);
        // By the address: its prefix is the configuration's as much as the server's, and may have been changed meanwhile.
        bool present = !memory.Leases.IsEmpty && IsOwned(memory.Leases[0].Address);
        Feed(new Dhcp4Input.Start(memory, present, Usable, WhyUnusable));
    }

    /// <inheritdoc/>
    protected override void StopClient(bool release)
    {
        _keeps = !release;
        Feed(new Dhcp4Input.Stop(release));
    }

    /// <inheritdoc/>
    protected override void SetStoredAside(string why) => _memory.SetAside(why);
}
