using System.Collections.Immutable;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Linux;
using BondDhcp.Dhcp.Options;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Loop;
using BondDhcp.Host.Paths;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Runner;

/// <summary>What the runners of DHCPv4 have in common, with a lease and without: sockets, messages in and out, options as configured.</summary>
internal abstract class Dhcp4Runner : DhcpRunner
{
    /// <summary>So many packets in one turn; a flood leaves the rest of the loop its turn too.</summary>
    protected const int MaxPacketsPerTurn = 64;

    // Where the kernel does not say; any IPv4 host takes 576 (RFC 791), which is what option 57 then is.
    private const int LeastMtu = 576;

    private readonly Dhcp4Transmitter _transmitter;

    /// <summary>A runner that has not been started.</summary>
    /// <param name="loop">The loop it lives in.</param>
    /// <param name="network">Links and addresses.</param>
    /// <param name="gate">Says when the interface can carry frames, and by what.</param>
    /// <param name="options">What to run.</param>
    /// <param name="entropy">Randomness.</param>
    /// <param name="journal">Is told of everything, with the part that tells: <c>dhcp4</c> or <c>link</c>.</param>
    protected Dhcp4Runner(
        EventLoop loop, NetworkState network, PathGate gate, InterfaceRunnerOptions options, EntropySource entropy, Action<string, Report> journal)
        : base(loop, network, gate, entropy, journal)
    {
        Options = options;
        Reading = new OptionReading<Dhcp4Reply>(options.Interface.Options4, Dhcp4OptionsInForce.Of);
        Action packets = ReceivePackets, arp = ReceiveArp;
        Sockets = new InterfaceSockets(loop, network.HardwareAddresses, () => Guard(packets), () => Guard(arp));
        _transmitter = new Dhcp4Transmitter(Sockets);
    }

    /// <summary>The configuration.</summary>
    public InterfaceRunnerOptions Options { get; private set; }

    /// <summary>The lease as the configuration has it read, or what a server said to a DHCPINFORM as a lease without an end; null for nothing.</summary>
    public abstract Dhcp4Lease? Lease { get; }

    /// <summary>Option 61 as it is sent now; empty while it is not known.</summary>
    public abstract ImmutableArray<byte> ClientIdentifier { get; }

    /// <summary>The client's state as JSON names it.</summary>
    public abstract string ClientState { get; }

    /// <summary>Why the client is not as wanted; null when it is.</summary>
    public abstract string? ClientWhy { get; }

    /// <summary>Those of the lease's routes that are not on the interface, with the reason.</summary>
    public virtual ImmutableArray<RefusedRoute> RefusedRoutes => [];

    /// <summary>It asks by DHCPINFORM.</summary>
    public virtual bool IsInform => false;

    /// <summary>Packets not used, by reason.</summary>
    public DropCounters<Dhcp4DropReason> Drops { get; } = new();

    /// <inheritdoc/>
    protected override InterfaceConfiguration Configuration => Options.Interface;

    /// <inheritdoc/>
    protected override string Source => "dhcp4";

    /// <summary>The interface's sockets.</summary>
    protected InterfaceSockets Sockets { get; }

    /// <summary>Replies as the configuration has them read.</summary>
    protected OptionReading<Dhcp4Reply> Reading { get; private set; }

    /// <summary>The hardware address that was read for the decision under way.</summary>
    protected abstract MacAddress DecidedFor { get; }

    /// <summary>Gives a command; <paramref name="done"/> is told once how it ended, and why where it failed.</summary>
    public abstract void Command(DhcpCommand command, Action<bool, string?> done);

    /// <summary>Goes on under another configuration.</summary>
    public abstract void Reconfigure(InterfaceRunnerOptions options);

    /// <summary>The section is another in what does not concern this client.</summary>
    public void Note(InterfaceConfiguration section) => Options = Options with { Interface = section };

    /// <summary>Takes other options, and reads replies by them from now on.</summary>
    protected void Take(InterfaceRunnerOptions options)
    {
        Options = options;
        Reading = Reading.Under(options.Interface.Options4);
    }

    /// <summary>Gives a message to the client; what it decided is not carried out yet.</summary>
    protected abstract void Take(in Dhcp4MessageView message, in Dhcp4Reception reception, out Dhcp4DropReason dropped);

    /// <summary>Carries out what was decided.</summary>
    protected abstract void CarryOut();

    /// <summary>The last message was sent once more with this chaddr.</summary>
    protected abstract void NoteRetransmission(MacAddress chaddr);

    /// <summary>ARP packets that are wanted have come.</summary>
    protected virtual void ReceiveArp()
    {
    }

    /// <summary>Sends a message of the client's.</summary>
    protected void Transmit(Dhcp4Transmission message)
    {
        int mtu = Taken is { Mtu: > 0 and int known } ? known : LeastMtu;
        Dhcp4Sent sent = _transmitter.Send(message, Options.Identification, DecidedFor, mtu);
        Unsent = sent.Last.Outcome == SocketOutcome.Done ? null : sent.Last.Words;
        Counters.NoteSent((byte)message.Type, message.Xid, Unsent is null);
        if (message.Type is Dhcp4MessageType.Discover or Dhcp4MessageType.Request && Lease is null) Counters.Acquisitions.Ask(BoottimeClock.Now);
        Journal(InterfaceReports.Sent(message, Options.Identification, sent.Chaddr, Unsent));
        if (sent.Again is { } again)
        {
            Counters.NoteSent((byte)message.Type, message.Xid, Unsent is null);
            Journal(InterfaceReports.Sent(message, Options.Identification, again, Unsent));
            NoteRetransmission(again);
        }
        NoteOutcome(sent.Last);
    }

    /// <summary>
    /// Down, refused, no buffers: the packet is lost like any that is lost on the way, and the schedule goes on. Netlink tells
    /// of an interface that went down; one that went altogether is not waited for.
    /// </summary>
    protected void NoteOutcome(SocketResult result)
    {
        if (result.Outcome == SocketOutcome.LinkGone) LoseLink("the interface is gone");
    }

    private void ReceivePackets()
    {
        for (int i = 0; i < MaxPacketsPerTurn; i++)
        {
            SocketResult result = Sockets.ReceivePacket(EventLoop.Scratch, out Dhcp4Reception reception);
            if (result.Outcome != SocketOutcome.Done)
            {
                NoteOutcome(result);
                return;
            }
            Receive(EventLoop.Scratch[..result.Length], reception);
        }
    }

    private void Receive(ReadOnlySpan<byte> packet, in Dhcp4Reception reception)
    {
        if (!Started) return;
        Instant now = BoottimeClock.Now;
        scoped Dhcp4MessageView message = default;
        Dhcp4DropReason dropped = Ipv4Udp.TryParse(packet, reception, out Ipv4UdpDatagram datagram);
        if (dropped == Dhcp4DropReason.None) dropped = Dhcp4MessageView.TryParse(datagram.Payload, out message);
        if (dropped == Dhcp4DropReason.None)
        {
            if (message.TryGetOption(InterfaceReports.ServerIdentifierOption, out ReadOnlySpan<byte> server)) Counters.Servers.Note(server);
            Take(message, reception, out dropped);
        }
        if (dropped == Dhcp4DropReason.None) NoteReceived(message, now);
        else if (Drops.Count(dropped, now)) Journal(InterfaceReports.Dropped(DropCounters<Dhcp4DropReason>.NameOf(dropped), Drops[dropped], datagram.Payload));
        CarryOut();
    }

    private void NoteReceived(in Dhcp4MessageView message, Instant now)
    {
        Dhcp4MessageType type = InterfaceReports.TypeOf(message);
        Counters.NoteReceived((byte)type);
        if (type == Dhcp4MessageType.Offer) Counters.Acquisitions.Reach(AcquisitionPart.Offer, now);
        else if (type == Dhcp4MessageType.Ack) Counters.Acquisitions.Reach(AcquisitionPart.Acknowledge, now);
        Journal(InterfaceReports.Received(message));
    }
}
