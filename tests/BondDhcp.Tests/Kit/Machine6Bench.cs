using System.Collections.Immutable;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Kit;

/// <summary>A DHCPv6 message that left.</summary>
public sealed record Sent6Message(Instant At, Dhcp6Transmission Message)
{
    public double Seconds => At.Seconds;

    public uint Xid => Message.Xid;

    public Dhcp6MessageType Type => Message.Type;
}

/// <summary>
/// A DHCPv6 client on a bench: a clock that stands still until it is moved, a kernel that says at once that an address is
/// free unless a test wants otherwise, and a record of everything that came out. Deadlines are delivered to the tick.
/// </summary>
public sealed class Machine6Bench
{
    private readonly List<Dhcp6Effect> _effects = [];

    public Machine6Bench(Func<Dhcp6Settings, Dhcp6Settings>? configure = null, EntropySource? entropy = null)
    {
        var settings = new Dhcp6Settings { ClientIdentifier = Fixture6.Client, Iaid = Fixture6.Iaid, DelayFirstSolicit = false };
        Client = Dhcp6Client.Create(configure is null ? settings : configure(settings));
        Entropy = entropy ?? ScriptedEntropy.Middle();
        Surroundings = new Dhcp6Surroundings { PathIndex = 2 };
    }

    public Dhcp6Client Client { get; private set; }

    public EntropySource Entropy { get; set; }

    public Instant Now { get; private set; } = Instant.Zero;

    public Dhcp6Surroundings Surroundings { get; set; }

    /// <summary>The kernel finds every address free as soon as it is configured.</summary>
    public bool AddressesAreFree { get; set; } = true;

    public string State => Client.StateName;

    public double Seconds => Now.Seconds;

    public List<Sent6Message> Sent { get; } = [];

    public List<Dhcp6Effect> Effects { get; } = [];

    public Transcript6 Transcript { get; } = new();

    /// <summary>The addresses and prefixes that the effects so far have left on the interface.</summary>
    public ImmutableHashSet<Ipv6Prefix> Configured { get; private set; } = [];

    /// <summary>The last DHCP message, forgotten or not.</summary>
    public Sent6Message Last { get; private set; } = null!;

    /// <summary>What the client would find in the store after a restart.</summary>
    public Dhcp6Memory Stored { get; private set; } = Dhcp6Memory.Empty;

    public IEnumerable<Report> Told(string name) =>
        Effects.OfType<Dhcp6Effect.Tell>().Select(tell => tell.Report).Where(report => report.Event == name);

    public Machine6Bench Start(Dhcp6Memory? memory = null, bool present = false, bool usable = true, bool linkLocal = true, RouterFlags? router = null)
    {
        if (present) Configured = OnInterface(memory!.Leases[0]);
        return Step(new Dhcp6Input.Start(memory ?? Dhcp6Memory.Empty, present, usable, linkLocal ? Fixture6.LinkLocal : null, router));
    }

    /// <summary>As the daemon starts anew what was stopped: another client in the place of this one, with what is stored.</summary>
    public Machine6Bench Restart()
    {
        Step(new Dhcp6Input.Stop(false));
        Client = Dhcp6Client.CreateAfter(Client, Client.Settings);
        return Start(Stored);
    }

    public Machine6Bench Step(Dhcp6Input input)
    {
        _effects.Clear();
        Client = Client.Step(input, Surroundings, Now, Entropy, _effects);
        Record(Transcript6.Describe(input));
        return this;
    }

    /// <summary>Another slave becomes the active one, and the event tells of it.</summary>
    public Machine6Bench FailOver(PathClass network = PathClass.Unknown, MacAddress? gateway = null)
    {
        Surroundings = Surroundings with { PathIndex = Surroundings.PathIndex == 2 ? 3 : 2 };
        return Step(new Dhcp6Input.PathChanged(network, "activeSlave", gateway));
    }

    /// <summary>A message arrives; one without a transaction id has that of the last message sent.</summary>
    public Dhcp6DropReason Receive(Reply6Message message, Ipv6Address? source = null, Ipv6Address? destination = null)
    {
        if (message.Xid == 0) message.Xid = Last.Xid;
        Assert.Equal(Dhcp6DropReason.None, Dhcp6MessageView.TryParse(message.ToOctets(), out Dhcp6MessageView view));
        _effects.Clear();
        var reception = new Dhcp6Reception(source ?? Fixture6.ServerAddress, destination ?? Client.LinkLocal ?? Fixture6.LinkLocal);
        Client = Client.Receive(view, reception, Surroundings, Now, Entropy, _effects, out Dhcp6DropReason dropped);
        string what = FormattableString.Invariant($"receive {Dhcp6MessageName.Of(message.Type)} xid #{Transcript.NumberOf(message.Xid)}");
        Record(dropped == Dhcp6DropReason.None ? what : $"{what}, dropped: {dropped}");
        return dropped;
    }

    /// <summary>As <see cref="Receive"/>, for a message that must be used.</summary>
    public Machine6Bench Take(Reply6Message message)
    {
        Assert.Equal(Dhcp6DropReason.None, Receive(message));
        return this;
    }

    /// <summary>Lets time pass, delivering every deadline on the way and at the end.</summary>
    public Machine6Bench Run(double until)
    {
        Instant end = Instant.FromSeconds(until);
        while (Client.NextDeadline <= end)
        {
            Now = Instant.Max(Now, Client.NextDeadline);
            Step(Dhcp6Input.DeadlineReached.Instance);
        }
        Now = Instant.Max(Now, end);
        return this;
    }

    /// <summary>Lets this many seconds pass.</summary>
    public Machine6Bench After(double seconds) => Run(Seconds + seconds);

    /// <summary>Lets time pass in which the machine sleeps: no deadline is delivered.</summary>
    public Machine6Bench Sleep(double seconds)
    {
        Now += TimeSpan.FromSeconds(seconds);
        return this;
    }

    /// <summary>From nothing to REQUEST: SOLICIT, ADVERTISE, the end of the first RT.</summary>
    public Machine6Bench Request(Reply6Message? advertise = null)
    {
        Start();
        Take(advertise ?? Fixture6.Advertise()).After(1.2);
        Assert.Equal(Dhcp6MessageType.Request, Last.Type);
        return this;
    }

    /// <summary>From nothing to bound, with the REPLY given, else with <see cref="Fixture6.L"/>.</summary>
    public Machine6Bench Bind(Reply6Message? reply = null, Reply6Message? advertise = null)
    {
        Request(advertise);
        Take(reply ?? Fixture6.Reply());
        Assert.Equal("bound", State);
        return Forget();
    }

    /// <summary>Bound to one address and one prefix, both with T1 300, T2 480, valid 900.</summary>
    public static Machine6Bench WithPrefix(EntropySource? entropy = null)
    {
        var bench = new Machine6Bench(settings => settings with { PrefixLengthHint = 56 }, entropy);
        return bench.Bind(
            Fixture6.Reply().IaPd(300, 480, (Fixture6.P, 600, 900)),
            Fixture6.Advertise().IaPd(300, 480, (Fixture6.P, 600, 900)));
    }

    /// <summary>Empties the record, so that a test looks at what comes next.</summary>
    public Machine6Bench Forget()
    {
        Sent.Clear();
        Effects.Clear();
        return this;
    }

    /// <summary>When DHCP messages left, in seconds.</summary>
    public double[] Times => [.. Sent.Select(message => message.Seconds)];

    /// <summary>The times between them.</summary>
    public double[] Gaps => [.. Times.Skip(1).Zip(Times, (later, earlier) => later - earlier)];

    public bool IsConfigured(Ipv6Address address) => Configured.Contains(new Ipv6Prefix(address, Ipv6Address.Bits));

    public static ImmutableHashSet<Ipv6Prefix> OnInterface(Dhcp6Lease lease) =>
    [
        .. lease.Addresses.Select(one => new Ipv6Prefix(one.Address, Ipv6Address.Bits)), .. lease.Prefixes.Select(one => one.Prefix),
    ];

    private void Record(string input)
    {
        List<Ipv6Address> tentative = [];
        foreach (Dhcp6Effect effect in _effects)
        {
            switch (effect)
            {
                case Dhcp6Effect.Transmit transmit: Sent.Add(Last = new Sent6Message(Now, transmit.Message)); break;
                case Dhcp6Effect.Configure configure:
                    tentative.AddRange(configure.Lease.Addresses.Select(one => one.Address).Where(Client.Tentative.Contains));
                    Configured = OnInterface(configure.Lease);
                    break;
                case Dhcp6Effect.Deconfigure: Configured = []; break;
                case Dhcp6Effect.Persist persist: Stored = persist.Memory; break;
            }
        }
        Effects.AddRange(_effects);
        Transcript.Add(Now, input, Client, _effects);
        if (!AddressesAreFree) return;
        foreach (Ipv6Address address in tentative) Step(new Dhcp6Input.AddressReady(address));
    }
}
