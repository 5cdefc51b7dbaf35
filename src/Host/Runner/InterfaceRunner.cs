using System.Collections.Immutable;
using BondDhcp.Dhcp.Client;
using BondDhcp.Host.Loop;
using BondDhcp.Host.Paths;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Runner;

/// <summary>
/// Runs DHCPv4 on one interface: the only place where the client machine and the kernel meet. What the kernel says
/// becomes inputs, what the machine decides is carried out in order. Called on the loop's thread only.
/// </summary>
internal sealed partial class InterfaceRunner : Dhcp4Runner
{
    private readonly LeaseMemory<Dhcp4Memory> _memory;

    /// <summary>A runner that has not been started.</summary>
    /// <param name="loop">The loop it lives in.</param>
    /// <param name="network">Links and addresses.</param>
    /// <param name="gate">Says when the interface can carry frames, and by what.</param>
    /// <param name="options">What to run.</param>
    /// <param name="memory">What is kept across restarts.</param>
    /// <param name="entropy">Randomness.</param>
    /// <param name="journal">Is told of everything, with the part that tells: <c>dhcp4</c> or <c>link</c>.</param>
    public InterfaceRunner(
        EventLoop loop, NetworkState network, PathGate gate, InterfaceRunnerOptions options, LeaseMemory<Dhcp4Memory> memory,
        EntropySource entropy, Action<string, Report> journal)
        : base(loop, network, gate, options, entropy, journal)
    {
        _memory = memory;
        Client = Dhcp4Client.Create(options.Dhcp4);
    }

    /// <summary>The lease in force is another, is gone, or more is known of it.</summary>
    public event Action? LeaseChanged;

    /// <summary>A lease is on the interface: a new one, an extended one, or the same once more.</summary>
    public event Action<ConfiguredLease>? LeaseConfigured;

    /// <summary>
    /// A lease was taken away and none is in its place. Not told when the runner ends and everything stays.
    /// </summary>
    public event Action<Dhcp4Lease, LeaseEnd>? LeaseEnded;

    /// <summary>The lease's gateway answered the client on the present path, with this hardware address.</summary>
    public event Action<MacAddress>? GatewayHeard;

    /// <summary>A server has no address for us, and says whether a link-local one may be taken.</summary>
    public event Action<bool>? AutoConfigureHeard;

    /// <summary>The machine as it is now.</summary>
    public Dhcp4Client Client { get; private set; }

    /// <inheritdoc/>
    public override string ClientState => Client.StateName;

    /// <inheritdoc/>
    public override string? ClientWhy => WithMissingRoutes(Client.WhyAt(BoottimeClock.Now, Unsent));

    /// <inheritdoc/>
    public override ImmutableArray<byte> ClientIdentifier => Client.ClientIdentifier;

    /// <inheritdoc/>
    public override Dhcp4Lease? Lease => Client.Lease is { } lease ? InForce(lease) : null;

    /// <summary>The interface's hardware address at this moment; null while it is not there.</summary>
    public MacAddress? Mac =>
        Link is { } link && Network.HardwareAddresses.TryRead(link.Index, out MacAddress mac) ? mac : null;

    /// <inheritdoc/>
    protected override MacAddress DecidedFor => _surroundings.Mac;

    /// <inheritdoc/>
    protected override void DeadlineReached() => Feed(Dhcp4Input.DeadlineReached.Instance);

    // The client reads the address at every step.
    /// <inheritdoc/>
    protected override void HardwareAddressChanged()
    {
        if (Options.Dhcp4.Anonymous) Feed(Dhcp4Input.DeadlineReached.Instance);
    }

    /// <inheritdoc/>
    protected override void Resumed() => Feed(new Dhcp4Input.Resumed());
}
