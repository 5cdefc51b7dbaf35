using System.Collections.Immutable;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Linux;
using BondDhcp.Dhcp.Linux;
using BondDhcp.Host.Loop;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Runner;

/// <summary>What all interfaces share of the kernel: its links and addresses, and how they are asked for and changed.</summary>
internal sealed class NetworkState : IDisposable
{
    private readonly List<LinkEvent> _events = [];
    private readonly LoopWatch _watch;
    private readonly LinkWatch _links;
    private readonly LoopDeadline _reread;
    private bool _following;

    // A kernel that had no memory for an answer has it again soon, or never.
    private static readonly TimeSpan s_rereadDelay = TimeSpan.FromSeconds(1);

    /// <summary>Reads what is there and follows it in the loop.</summary>
    /// <exception cref="LinuxException">The kernel has no netlink, or refused to answer.</exception>
    public NetworkState(EventLoop loop)
    {
        Rtnl = RtnlSocket.Open();
        _links = LinkWatch.Open(Rtnl, _events);
        Configurator = new Ipv4Configurator(Rtnl);
        Ipv6Configurator = new Ipv6Configurator(Rtnl);
        HardwareAddresses = new HardwareAddressReader();
        CollectMacs();
        _events.Clear();
        _watch = loop.Register(_links.Descriptor, Readiness.Read, _ => Follow(_links.Drain));
        _reread = loop.AddDeadline(() => Follow(_links.Reread));
    }

    /// <summary>What happened, in order and in one piece: when it is told, <see cref="Table"/> shows the state after it.</summary>
    public event Action<IReadOnlyList<LinkEvent>>? Changed;

    /// <summary>Links and addresses at present.</summary>
    public LinkTable Table => _links.Table;

    /// <summary>For requests.</summary>
    public RtnlSocket Rtnl { get; }

    /// <summary>Configures addresses and routes.</summary>
    public Ipv4Configurator Configurator { get; }

    /// <summary>Configures what DHCPv6 gives.</summary>
    public Ipv6Configurator Ipv6Configurator { get; }

    /// <summary>Asks for hardware addresses at this very moment.</summary>
    public HardwareAddressReader HardwareAddresses { get; }

    /// <summary>Who sends on which device.</summary>
    public PathSenders Senders { get; } = new();

    /// <summary>Permanent and present hardware addresses of every device in this host.</summary>
    public ImmutableArray<MacAddress> HostMacs { get; private set; } = [];

    /// <inheritdoc/>
    public void Dispose()
    {
        _watch.Dispose();
        _reread.Dispose();
        _links.Dispose();
        Rtnl.Dispose();
        HardwareAddresses.Dispose();
    }

    /// <summary>
    /// Takes in what the kernel has said by now, as after a request of one's own: its events are queued before its
    /// answer. Nothing within <see cref="Changed"/>, whose events are still being told.
    /// </summary>
    /// <param name="interfaceIndex">The link that the request was about, which is read anew; 0 for none.</param>
    public void Drain(int interfaceIndex = 0)
    {
        if (_following) return;
        if (interfaceIndex == 0) Follow(_links.Drain);
        else Follow(events => _links.Refresh(interfaceIndex, events));
    }

    private void Follow(Action<List<LinkEvent>> read)
    {
        _following = true;
        try
        {
            _events.Clear();
            read(_events);
            if (_links.Stale is not null) _reread.At = BoottimeClock.Now + s_rereadDelay;
            if (_events.Count == 0) return;
            CollectMacs();
            Changed?.Invoke(_events);
        }
        finally
        {
            _following = false;
        }
    }

    private void CollectMacs()
    {
        HashSet<MacAddress> macs = [];
        foreach (Link link in Table.Links.Values)
        {
            if (link.Mac is { IsUnicast: true } present) macs.Add(present);
            if (link.PermanentMac is { IsUnicast: true } permanent) macs.Add(permanent);
        }
        // The same set in another array would look like a change.
        if (!macs.SetEquals(HostMacs)) HostMacs = [.. macs];
    }
}
