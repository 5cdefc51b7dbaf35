using BondDhcp.Bond.Addressing;
using BondDhcp.Dhcp.Arp;
using BondDhcp.Host.Statics;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;

namespace BondDhcp.Tests.Static;

/// <summary>The machine on virtual time, with an interface that takes whatever it is given.</summary>
internal sealed class StaticBench
{
    public static readonly StaticAddress Own = StaticAddress.Of(Ipv4Prefix.Parse("192.0.2.60/24"));
    public static readonly Ipv4Address OwnAddress = Own.Ipv4!.Value.Address;

    private readonly HashSet<StaticAddress> _present = [];

    public StaticBench(Func<StaticSettings, StaticSettings>? edit = null)
    {
        var settings = new StaticSettings { Name = "bond0", Addresses = [Own], Metric = 1024 };
        Machine = new StaticMachine(edit?.Invoke(settings) ?? settings);
    }

    public StaticMachine Machine { get; private set; }

    public Instant Now { get; private set; } = Instant.FromSeconds(100);

    /// <summary>Seconds since the start.</summary>
    public double Elapsed => Now.Seconds - 100;

    public MacAddress Mac { get; set; } = Fixture.A;

    /// <summary>What was sent, when, in seconds since the start.</summary>
    public List<(double At, ArpPacket Packet)> Sent { get; } = [];

    public List<(double At, Report Report)> Told { get; } = [];

    /// <summary>When the kernel was to ask about an IPv6 address anew.</summary>
    public List<double> Asked { get; } = [];

    public IEnumerable<double> Probes => Sent.Where(one => one.Packet.IsProbe).Select(one => one.At);

    public IEnumerable<double> Announcements => Sent.Where(one => !one.Packet.IsProbe).Select(one => one.At);

    public bool Has(StaticAddress address) => _present.Contains(address);

    public StaticBench Start(bool usable = true)
    {
        Feed(new StaticInput.Start());
        Feed(new StaticInput.LinkHere([.. _present], usable));
        return this;
    }

    /// <summary>An earlier run's, before the start.</summary>
    public StaticBench Leave(StaticAddress address)
    {
        _present.Add(address);
        return this;
    }

    /// <summary>Another program takes an address away.</summary>
    public void Take(StaticAddress address)
    {
        _present.Remove(address);
        Feed(new StaticInput.Observed([.. _present]));
    }

    public void Claim(MacAddress by) =>
        Feed(new StaticInput.ArpReceived(new ArpPacket(ArpPacket.Reply, by, OwnAddress, Mac, OwnAddress)));

    public void Feed(StaticInput input)
    {
        List<StaticEffect> effects = [];
        Machine = Machine.Step(input, new StaticSurroundings(Mac, [Fixture.A, Fixture.B], 7, []), Now, ScriptedEntropy.Min(), effects);
        foreach (StaticEffect effect in effects)
        {
            if (effect is StaticEffect.Transmit transmit) Sent.Add((Elapsed, transmit.Packet));
            if (effect is StaticEffect.Tell tell) Told.Add((Elapsed, tell.Report));
            if (effect is StaticEffect.AskAgain) Asked.Add(Elapsed);
            if (effect is not StaticEffect.Apply) continue;
            _present.Clear();
            _present.UnionWith(Machine.Permitted);
            Feed(new StaticInput.Applied([.. _present]));
        }
    }

    /// <summary>Time passes, and the process does not run.</summary>
    public void StandStill(double seconds) => Now += TimeSpan.FromSeconds(seconds);

    /// <summary>Time passes, each deadline met.</summary>
    public void For(double seconds)
    {
        Instant end = Now + TimeSpan.FromSeconds(seconds);
        while (Machine.NextDeadline <= end)
        {
            Now = Instant.Max(Now, Machine.NextDeadline);
            Feed(new StaticInput.DeadlineReached());
        }
        Now = end;
    }
}
