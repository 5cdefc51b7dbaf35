using System.Collections.Immutable;
using BondDhcp.Bond.Links;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Inform;
using BondDhcp.Host.Loop;
using BondDhcp.Host.Paths;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Runner;

/// <summary>
/// Asks by DHCPINFORM for what an interface with configured addresses lacks: where <see cref="Dhcp4InformClient"/> and the
/// kernel meet. It configures nothing itself. Called on the loop's thread only.
/// </summary>
internal sealed partial class InformRunner : Dhcp4Runner
{
    /// <summary>A runner that has not been started.</summary>
    /// <param name="loop">The loop it lives in.</param>
    /// <param name="network">Links and addresses.</param>
    /// <param name="gate">Says when the interface can carry frames, and by what.</param>
    /// <param name="options">What to run.</param>
    /// <param name="entropy">Randomness.</param>
    /// <param name="journal">Is told of everything, with the part that tells: <c>dhcp4</c> or <c>link</c>.</param>
    public InformRunner(
        EventLoop loop, NetworkState network, PathGate gate, InterfaceRunnerOptions options, EntropySource entropy, Action<string, Report> journal)
        : base(loop, network, gate, options, entropy, journal) => Client = Dhcp4InformClient.Create(options.Dhcp4);

    /// <summary>What a server said is other than before, or is in force no more. Not told when the runner ends and everything stays.</summary>
    public event Action<InformedLease?>? Informed;

    /// <summary>The machine as it is now.</summary>
    public Dhcp4InformClient Client { get; private set; }

    /// <inheritdoc/>
    public override ImmutableArray<byte> ClientIdentifier => Options.Dhcp4.ClientIdentifier;

    /// <inheritdoc/>
    public override Dhcp4Lease? Lease => Client.Information is { } information ? LeaseOf(information) : null;

    /// <inheritdoc/>
    public override string ClientState => Client.State.Name;

    /// <inheritdoc/>
    public override string? ClientWhy => Client.WhyAt(BoottimeClock.Now);

    /// <inheritdoc/>
    public override bool IsInform => true;

    /// <inheritdoc/>
    protected override MacAddress DecidedFor => _surroundings.Mac;

    /// <inheritdoc/>
    protected override bool ClientIsStopped => Client.State is Dhcp4InformState.Stopped;

    // The address is not DHCP's to keep or to lose.
    /// <inheritdoc/>
    protected override string? HeldAddress => null;

    /// <inheritdoc/>
    protected override bool IsVerifying => false;

    /// <inheritdoc/>
    protected override bool AsksInVain => Client is { Information: null, State: Dhcp4InformState.Requesting };

    /// <inheritdoc/>
    protected override bool IsWaiting => Client.State is Dhcp4InformState.Waiting;

    /// <inheritdoc/>
    public override void Command(DhcpCommand command, Action<bool, string?> done) => Command(() => Feed(new Dhcp4InformInput.Command(command)), done);

    /// <summary>Goes on under another configuration: what was said may mean something else, and is asked for anew where the question is another.</summary>
    public override void Reconfigure(InterfaceRunnerOptions options)
    {
        bool asksTheSame = options.Identification.AsksTheSame(Options.Identification)
            && options.Dhcp4.ClientIdentifier.AsSpan().SequenceEqual(Options.Dhcp4.ClientIdentifier.AsSpan())
            // Where one has answered, who else may is of no account.
            && (Client.State is not Dhcp4InformState.Requesting || options.Dhcp4.SearchesAs(Options.Dhcp4));
        Take(options);
        if (asksTheSame) Client = Client with { Settings = options.Dhcp4 };
        else Guard(() => Feed(new Dhcp4InformInput.Reconfigured(options.Dhcp4)));
        Guard(() =>
        {
            FollowAddress();
            TellInformation();
        });
    }

    /// <inheritdoc/>
    protected override void ResetClient() => Client = Dhcp4InformClient.Create(Options.Dhcp4, Sender.Budget);

    /// <inheritdoc/>
    protected override void StartClient()
    {
        _keeps = false;
        Feed(new Dhcp4InformInput.Start(FindAddress(), Usable, WhyUnusable));
    }

    /// <inheritdoc/>
    protected override void StopClient(bool release)
    {
        _keeps = !release;
        Feed(new Dhcp4InformInput.Stop(release));
    }

    // Nothing is stored.
    /// <inheritdoc/>
    protected override void SetStoredAside(string why)
    {
    }

    /// <inheritdoc/>
    protected override void DeadlineReached() => Feed(new Dhcp4InformInput.DeadlineReached());

    // The next question has it.
    /// <inheritdoc/>
    protected override void HardwareAddressChanged()
    {
    }

    /// <inheritdoc/>
    protected override void Resumed() => Feed(new Dhcp4InformInput.Resumed());

    /// <inheritdoc/>
    protected override bool OpenSockets(Link link) => Sockets.Open(link.Index, link.Name);

    /// <inheritdoc/>
    protected override void CloseSockets() => Sockets.Close();

    /// <inheritdoc/>
    protected override void Adopt() => FollowAddress();

    /// <inheritdoc/>
    protected override void ConfigureAgain()
    {
    }

    /// <inheritdoc/>
    protected override void FollowOther(LinkEvent happened)
    {
    }

    /// <inheritdoc/>
    protected override void Followed(IReadOnlyList<LinkEvent> events)
    {
        if (events.Any(static happened => happened is LinkEvent.AddressAdded or LinkEvent.AddressRemoved or LinkEvent.Resynchronised)) FollowAddress();
    }

    /// <inheritdoc/>
    protected override void LinkBecameUsable() => Feed(new Dhcp4InformInput.LinkUsable(View.Network));

    /// <inheritdoc/>
    protected override void LinkBecameUnusable(string why, bool interfaceGone)
    {
        Feed(new Dhcp4InformInput.LinkUnusable(why));
        if (interfaceGone) Feed(new Dhcp4InformInput.AddressChanged(null));
    }

    /// <inheritdoc/>
    protected override void PathChanged(string why) => Feed(new Dhcp4InformInput.PathChanged(View.Network));

    private void FollowAddress()
    {
        if (Started) Feed(new Dhcp4InformInput.AddressChanged(FindAddress()));
    }

    /// <summary>The first of the configured addresses that is on the interface: it is there when it was found to be free.</summary>
    private Ipv4Prefix? FindAddress()
    {
        if (Taken is not { } link) return null;
        foreach (Bond.Addressing.StaticAddress configured in Options.Interface.Addresses)
            if (configured.Ipv4 is { } prefix && Network.Table.FindAddress(link.Index, prefix.Address)?.Prefix == prefix) return prefix;
        return null;
    }
}
