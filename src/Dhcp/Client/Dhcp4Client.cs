using System.Collections.Immutable;
using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client;

/// <summary>
/// The DHCPv4 client of RFC 2131 for an interface whose hardware address may change. Pure: no I/O, no clock, no log.
/// A value; every step gives the next one and appends what is to be done.
/// </summary>
/// <remarks>
/// Identity (option 61) never changes by itself, except under the anonymity profile, where it is the hardware address. That
/// is an argument of every step and is kept only as the chaddr under which the present lease was granted.
/// </remarks>
public sealed partial record Dhcp4Client
{
    /// <summary>A client that has not been started.</summary>
    /// <param name="settings">The configuration.</param>
    /// <param name="sent">What one before it sent, which counts on; null for none.</param>
    public static Dhcp4Client Create(Dhcp4Settings settings, TransmitBudget? sent = null) => new() { Settings = settings, Budget = sent ?? new() };

    /// <summary>The configuration.</summary>
    public required Dhcp4Settings Settings { get; init; }

    /// <summary>Option 61 as it is sent now; empty under the anonymity profile before a hardware address is known.</summary>
    public ImmutableArray<byte> ClientIdentifier =>
        !Settings.Anonymous ? Settings.ClientIdentifier : LastMac == MacAddress.Zero ? [] : Dhcp4ClientIdentifier.FromMac(LastMac);

    /// <summary>Where it is.</summary>
    public Dhcp4State State { get; init; } = new Dhcp4State.Stopped("not started");

    /// <summary>The state's name in JSON.</summary>
    public string StateName => State.Name;

    /// <summary>The lease in force: its address is configured. Null without one.</summary>
    public Dhcp4Lease? Lease { get; init; }

    /// <summary>What is kept across restarts.</summary>
    public Dhcp4Memory Memory { get; init; } = Dhcp4Memory.Empty;

    /// <summary>The link can carry frames.</summary>
    public bool LinkUsable { get; init; }

    /// <summary>Why the link cannot be used; empty when it can.</summary>
    public string LinkUnusableWhy { get; init; } = "not started";

    /// <summary>An acquisition that runs beside a lease nobody confirms.</summary>
    public Dhcp4Acquisition? Beside { get; init; }

    /// <summary>Announcements still to be made.</summary>
    public Announcement? Announcement { get; init; }

    /// <summary>The router being asked.</summary>
    public GatewayProbe? GatewayProbe { get; init; }

    /// <summary>The conflict window of an address already in use (<see cref="ConflictDetection.Concurrent"/>).</summary>
    public AddressProbe? ConcurrentProbe { get; init; }

    /// <summary>DHCPNAKs in a row.</summary>
    public int Refusals { get; init; }

    /// <summary>Conflicts in a row.</summary>
    public int Conflicts { get; init; }

    internal Instant LinkUnusableSince { get; init; }

    /// <summary>
    /// The anonymity profile: since a time in which nobody watched the link (before the start, or stopped) no server has said
    /// that this is the network of the lease in force. No message names that lease, or its server.
    /// </summary>
    internal bool IsUnconfirmed { get; init; }

    /// <summary>The order of options under the anonymity profile; one for an acquisition and what follows of it, as an ordinary client has one.</summary>
    internal uint OptionOrder { get; init; }

    internal MacAddress LastMac { get; init; }

    internal ImmutableArray<FormerMac> FormerMacs { get; init; } = [];

    internal int BroadcastsLeft { get; init; }

    internal PathDamping Damping { get; init; } = new();

    /// <summary>What was sent, for the caps of each path.</summary>
    public TransmitBudget Budget { get; internal init; } = new();

    /// <summary>Until when the cap holds the next message back for longer than <see cref="TransmitBudget.NotableDelay"/>.</summary>
    internal Instant HeldBackUntil { get; init; }

    internal Instant? LastAnnouncedAt { get; init; }

    internal bool AnnounceAfterGateway { get; init; }

    /// <summary>
    /// The lease before was left in its own network: it is not replaced in the store by one whose gateway is not known,
    /// however alike server and subnet look.
    /// </summary>
    internal bool LeftNetwork { get; init; }

    /// <summary>Who answers for this router in the network that the path is in now, as told with the last change; null for not known.</summary>
    internal HeardGateway? HeardGateway { get; init; }

    internal Instant? LastGatewayProbeAt { get; init; }

    internal Instant? DefendedAt { get; init; }

    /// <summary>The gateway's last answer was none: an offer of another address is then worth more than the lease.</summary>
    internal bool GatewayWasSilent { get; init; }

    internal Dhcp4Reply? HeldNak { get; init; }

    internal RestoreBudget Restores { get; init; }

    internal Instant RestoreAt { get; init; } = Instant.Never;

    internal DhcpCommand? PendingCommand { get; init; }

    /// <summary>Former hardware addresses remembered, so that a late echo of a frame is not taken for another host.</summary>
    internal const int MaxFormerMacs = 4;

    /// <summary>
    /// How long one is: a frame is nowhere in a network for longer, and the device it belonged to may be another host's
    /// soon after.
    /// </summary>
    internal static readonly TimeSpan EchoTime = TimeSpan.FromSeconds(10);

    /// <summary>A deadline handler that does not move its deadline is an error; this many turns show it.</summary>
    private const int MaxTurnsAtOnce = 64;

    /// <summary>The ARP packets wanted at present.</summary>
    public ArpWatch ArpWatch => new(ProbedAddress ?? Lease?.Address, GatewayProbe?.Gateway);

    private Ipv4Address? ProbedAddress =>
        (State.AcquisitionInState?.Probe ?? State.VerificationInState?.Probe ?? Beside?.Probe)?.Address;

    /// <summary>Takes an input; appends what is to be done to <paramref name="effects"/>, in order.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="surroundings">The interface as the kernel shows it at this moment.</param>
    /// <param name="now">The instant; never before that of the last step.</param>
    /// <param name="entropy">Randomness.</param>
    /// <param name="effects">Appended to.</param>
    public Dhcp4Client Step(
        Dhcp4Input input, Dhcp4Surroundings surroundings, Instant now, EntropySource entropy, List<Dhcp4Effect> effects)
    {
        var turn = new Dhcp4Turn(this, surroundings, now, entropy, effects);
        turn.NoteHardwareAddress();
        turn.Handle(input);
        return Finish(turn, now);
    }

    /// <summary>What an input makes due at once is done at once: no deadline is left in the past.</summary>
    private static Dhcp4Client Finish(Dhcp4Turn turn, Instant now)
    {
        for (int i = 0; turn.Client.NextDeadline <= now; i++)
        {
            if (i == MaxTurnsAtOnce) throw new InvalidOperationException($"A deadline of state {turn.Client.StateName} does not move.");
            turn.RunDue();
        }
        return turn.Client;
    }

    /// <summary>Takes a DHCP message read in place; <paramref name="dropped"/> says why it was not used.</summary>
    /// <param name="message">A well-formed message.</param>
    /// <param name="reception">What the socket said about it.</param>
    /// <param name="surroundings">As in <see cref="Step"/>.</param>
    /// <param name="now">As in <see cref="Step"/>.</param>
    /// <param name="entropy">As in <see cref="Step"/>.</param>
    /// <param name="effects">As in <see cref="Step"/>.</param>
    /// <param name="dropped">None when it was used.</param>
    public Dhcp4Client Receive(
        in Dhcp4MessageView message, in Dhcp4Reception reception, Dhcp4Surroundings surroundings, Instant now,
        EntropySource entropy, List<Dhcp4Effect> effects, out Dhcp4DropReason dropped)
    {
        // Everything on a shared segment passes here: what is not ours leaves without an allocation.
        dropped = Screen(message, reception);
        if (dropped != Dhcp4DropReason.None) return this;
        dropped = Dhcp4ReplyReader.TryRead(message, out Dhcp4Reply? reply);
        if (dropped != Dhcp4DropReason.None) return this;

        var turn = new Dhcp4Turn(this, surroundings, now, entropy, effects);
        turn.NoteHardwareAddress();
        dropped = turn.Receive(reply!);
        return Finish(turn, now).AfterAnswer(reply!, dropped);
    }
}

/// <summary>A router's address and the station that answers for it.</summary>
internal readonly record struct HeardGateway(Ipv4Address Address, MacAddress Mac);

/// <summary>A hardware address that the interface had until <paramref name="Until"/>.</summary>
internal readonly record struct FormerMac(MacAddress Mac, Instant Until);
