using BondDhcp.Dhcp.Client;

namespace BondDhcp.Host.Runner;

/// <summary>Start, stop, commands and reload.</summary>
internal sealed partial class InterfaceRunner
{
    /// <inheritdoc/>
    protected override bool ClientIsStopped => Client.State is Dhcp4State.Stopped;

    /// <summary>Gives a command; <paramref name="done"/> is told once how it ended, and why where it failed.</summary>
    public void Command(DhcpCommand command, Action<bool, string?> done) => Command(() => Feed(new Dhcp4Input.Command(command)), done);

    /// <summary>
    /// Goes on under another configuration with the lease it has. Only another client identifier is another client: the
    /// lease is given back and a new one is acquired.
    /// </summary>
    public void Reconfigure(InterfaceRunnerOptions options)
    {
        bool sameClient = options.Dhcp4.ClientIdentifier.AsSpan().SequenceEqual(Options.Dhcp4.ClientIdentifier.AsSpan());
        if (sameClient || !Started)
        {
            Options = options;
            Client = Client with { Settings = options.Dhcp4 };
            Guard(ConfigureAgain);
            return;
        }
        Stop(release: true, () =>
        {
            Options = options;
            Start();
        });
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
        bool present = !memory.Leases.IsEmpty && _owned.Addresses.Contains(memory.Leases[0].Prefix);
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
