using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Options;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Loop;
using BondDhcp.Host.Paths;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Runner;

/// <summary>
/// Runs DHCPv6 on one interface: where its client machine and the kernel meet. Router advertisements are the kernel's
/// business; what comes of them is read from it. Called on the loop's thread only.
/// </summary>
internal sealed partial class Dhcp6Runner : DhcpRunner
{
    private readonly LeaseMemory<Dhcp6Memory> _memory;
    private readonly Dhcp6Sockets _sockets;
    private readonly DropCounters<Dhcp6DropReason> _drops = new();
    private readonly LoopDeadline _retryPort;
    private OptionReading<Dhcp6Reply> _reading;

    /// <summary>A runner that has not been started.</summary>
    /// <param name="loop">The loop it lives in.</param>
    /// <param name="network">Links and addresses.</param>
    /// <param name="gate">Says when the interface can carry frames, and by what.</param>
    /// <param name="options">What to run.</param>
    /// <param name="memory">What is kept across restarts.</param>
    /// <param name="entropy">Randomness.</param>
    /// <param name="journal">Is told of everything, with the part that tells: <c>dhcp6</c> or <c>link</c>.</param>
    public Dhcp6Runner(
        EventLoop loop, NetworkState network, PathGate gate, Dhcp6RunnerOptions options, LeaseMemory<Dhcp6Memory> memory,
        EntropySource entropy, Action<string, Report> journal)
        : base(loop, network, gate, entropy, journal)
    {
        _memory = memory;
        Options = options;
        Client = Dhcp6Client.Create(options.Dhcp6);
        _reading = new OptionReading<Dhcp6Reply>(options.Interface.Options6, Dhcp6OptionsInForce.Of);
        Action receive = ReceiveMessages;
        _sockets = new Dhcp6Sockets(loop, () => Guard(receive));
        _retryPort = loop.AddDeadline(() => Guard(FollowLinkLocal));
    }

    /// <summary>
    /// The lease or the configuration in force is another, or is gone. Told when its addresses can be used; not when the
    /// client ends and everything stays.
    /// </summary>
    public event Action<Dhcp6Change>? LeaseChanged;

    /// <summary>The configuration.</summary>
    public Dhcp6RunnerOptions Options { get; private set; }

    /// <summary>The machine as it is now.</summary>
    public Dhcp6Client Client { get; private set; }

    /// <summary>Why the client is not as wanted; null when it is.</summary>
    public string? ClientWhy => WithMissingRouter(WithMissingRoutes(Client.WhyAt(BoottimeClock.Now, Unsent)));

    /// <summary>The lease as the configuration has it read; <see cref="Client"/> has it as the server gave it. Null without one.</summary>
    public Dhcp6Lease? Lease => Client.Lease is { } lease ? InForce(lease) : null;

    /// <summary>The message whose options are in force, as the configuration has it read; null for none.</summary>
    public Dhcp6Reply? Reply => Client.Configuration is { } reply ? _reading.Of(reply) : null;

    // Configuration without a lease, as the configuration has it read.
    private Dhcp6Information? Information => Client.Information is { } information ? information with { Reply = _reading.Of(information.Reply) } : null;

    /// <summary>Messages not used, by reason.</summary>
    public DropCounters<Dhcp6DropReason> Drops => _drops;

    /// <inheritdoc/>
    protected override InterfaceConfiguration Configuration => Options.Interface;

    /// <inheritdoc/>
    protected override string Source => "dhcp6";

    /// <inheritdoc/>
    protected override bool TellsOfLink => Options.Interface is { Dhcp4: false, Inform: false };

    /// <summary>Gives a command; <paramref name="done"/> is told once how it ended, and why where it failed.</summary>
    public void Command(DhcpCommand command, Action<bool, string?> done) => Command(() => Feed(new Dhcp6Input.Command(command)), done);

    /// <summary>
    /// Goes on under another configuration. Another identity, and configuration alone instead of leases or the other way round, is
    /// another client: the lease is given back and what is wanted now is acquired.
    /// </summary>
    public void Reconfigure(Dhcp6RunnerOptions options)
    {
        Dhcp6Settings before = Options.Dhcp6, after = options.Dhcp6;
        bool sameClient = after.Anonymous == before.Anonymous && after.ClientIdentifier.Equals(before.ClientIdentifier) && after.Iaid == before.Iaid
            && (after.Mode == Dhcp6Mode.Stateless) == (before.Mode == Dhcp6Mode.Stateless);
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

    /// <summary>The section is another in what does not concern this client.</summary>
    public void Note(InterfaceConfiguration section) => Options = Options with { Interface = section };

    // What the server said may mean something else from now on; and what it is asked for, or told, it is told at once.
    private void GoOnUnder(Dhcp6RunnerOptions options)
    {
        bool asksTheSame = options.Dhcp6.Asked.AsSpan().SequenceEqual(Options.Dhcp6.Asked.AsSpan())
            && options.Identification.SendsTheSame(Options.Identification);
        bool searchesTheSame = asksTheSame && options.Dhcp6.SearchesAs(Options.Dhcp6)
            && options.Identification.FullyQualifiedName == Options.Identification.FullyQualifiedName;
        uint? question = Client.State.ExchangeInState?.Xid;
        bool followsRouters = options.Dhcp6.Mode == Dhcp6Mode.Auto && Options.Dhcp6.Mode != Dhcp6Mode.Auto;
        Take(options);
        if (Started && followsRouters) WarnOfAdvertisements();
        if (Started) Guard(() => Feed(new Dhcp6Input.Reconfigured(options.Dhcp6)));
        else Client = Client with { Settings = options.Dhcp6 };
        Guard(ConfigureAgain);
        Guard(TellLease);
        if (!asksTheSame && Client is { State: Dhcp6State.Bound or Dhcp6State.Unconfirmed or Dhcp6State.InformationBound, LinkUsable: true }) Command(DhcpCommand.Renew, static (_, _) => { });
        // Not once more what was begun anew by now.
        if (!searchesTheSame && Started && Client.State.ExchangeInState?.Xid == question) Guard(() => Feed(Dhcp6Input.SearchAnew.Instance));
    }

    private void Take(Dhcp6RunnerOptions options)
    {
        Options = options;
        _reading = _reading.Under(options.Interface.Options6);
    }

    /// <inheritdoc/>
    protected override bool ClientIsStopped => Client.State is Dhcp6State.Stopped;

    /// <inheritdoc/>
    protected override void ResetClient() => Client = Options.Last.Value is { } last
        ? Dhcp6Client.CreateAfter(last, Options.Dhcp6)
        : Dhcp6Client.Create(Options.Dhcp6);

    /// <inheritdoc/>
    protected override void StartClient()
    {
        _keeps = false;
        Dhcp6Memory memory = _memory.Load();
        Adopt(memory);
        WarnOfLeftovers(memory);
        string? why = HoldLinkLocal();
        Feed(new Dhcp6Input.Start(memory, IsPresent(memory), Usable, _sockets.Local, RoutersSay, WhyUnusable));
        if (why is not null) Feed(new Dhcp6Input.LinkLocalGone(why));
        WarnOfAdvertisements();
    }

    /// <inheritdoc/>
    protected override void StopClient(bool release)
    {
        _keeps = !release;
        Feed(new Dhcp6Input.Stop(release));
    }

    /// <inheritdoc/>
    protected override void SetStoredAside(string why) => _memory.SetAside(why);

    /// <inheritdoc/>
    protected override void DeadlineReached()
    {
        LookForRouter();
        Feed(Dhcp6Input.DeadlineReached.Instance);
    }

    // The client reads the address at every step.
    /// <inheritdoc/>
    protected override void HardwareAddressChanged()
    {
        if (Options.Dhcp6.Anonymous) Feed(Dhcp6Input.DeadlineReached.Instance);
    }

    /// <inheritdoc/>
    protected override void Resumed() => Feed(new Dhcp6Input.Resumed());
}
