using System.Collections.Immutable;
using BondDhcp.Net;

namespace BondDhcp.Bond.Links;

/// <summary>A network interface as the kernel last described it. Immutable; the index is its identity, the name is not.</summary>
public sealed record Link
{
    /// <summary>ifindex.</summary>
    public required int Index { get; init; }

    /// <summary>The name at present; at most 15 octets, with any character but slash and white space.</summary>
    public required string Name { get; init; }

    /// <summary>Alternative names.</summary>
    public ImmutableArray<string> AlternativeNames { get; init; } = [];

    /// <summary>ARPHRD_ of the hardware; 1 is Ethernet.</summary>
    public ushort HardwareType { get; init; }

    /// <summary>The hardware address at present; null where it does not have six octets.</summary>
    public MacAddress? Mac { get; init; }

    /// <summary>The one the device was made with; null where there is none (veth, bond).</summary>
    public MacAddress? PermanentMac { get; init; }

    /// <summary>State flags.</summary>
    public LinkFlags Flags { get; init; }

    /// <summary>RFC 2863 operational state.</summary>
    public OperationalState OperationalState { get; init; }

    /// <summary>The device senses a carrier.</summary>
    public bool Carrier { get; init; }

    /// <summary>Bytes, without the Ethernet header.</summary>
    public int Mtu { get; init; }

    /// <summary>The largest MTU the device takes; 0 where it sets no limit.</summary>
    public int MaxMtu { get; init; }

    /// <summary>Index of the bond or bridge it belongs to; 0 for none.</summary>
    public int MasterIndex { get; init; }

    /// <summary>Index of the device below (VLAN) or at the other end (veth); 0 for none.</summary>
    public int LowerIndex { get; init; }

    /// <summary><c>bond</c>, <c>bridge</c>, <c>veth</c>; null for a device of hardware.</summary>
    public string? Kind { get; init; }

    /// <summary>What a bond says of itself; null for any other link.</summary>
    public BondState? Bond { get; init; }

    /// <summary>What the bond says of this slave; null where it is none.</summary>
    public BondSlaveState? BondSlave { get; init; }

    /// <summary>What a bridge does with this port: 0 disabled, 1 listening, 2 learning, 3 forwarding, 4 blocking; null where it is no port.</summary>
    public byte? BridgePortState { get; init; }

    /// <summary>Set up by the administrator.</summary>
    public bool IsUp => (Flags & LinkFlags.Up) != 0;

    /// <summary>
    /// It can carry a frame: carrier, and an operational state that is not against it. UNKNOWN is what drivers report
    /// that do not maintain one.
    /// </summary>
    public bool IsUsable =>
        IsUp && (Flags & LinkFlags.LowerUp) != 0 && OperationalState is (OperationalState.Up or OperationalState.Unknown);

    /// <summary>True for the name or one of the alternative names.</summary>
    public bool IsNamed(string name) => Name == name || AlternativeNames.Contains(name, StringComparer.Ordinal);
}

/// <summary>net_device flags (linux/if.h), those that are looked at.</summary>
[Flags]
public enum LinkFlags : uint
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>Set up by the administrator.</summary>
    Up = 0x1,
    /// <summary>Can broadcast.</summary>
    Broadcast = 0x2,
    /// <summary>The loopback device.</summary>
    Loopback = 0x8,
    /// <summary>Operational.</summary>
    Running = 0x40,
    /// <summary>Does no ARP.</summary>
    NoArp = 0x80,
    /// <summary>A bond.</summary>
    Master = 0x400,
    /// <summary>A slave of a bond.</summary>
    Slave = 0x800,
    /// <summary>The driver signals that the lower layer is up.</summary>
    LowerUp = 0x1_0000,
    /// <summary>Waits for something, as for 802.1X.</summary>
    Dormant = 0x2_0000,
}

/// <summary>IFLA_OPERSTATE (RFC 2863).</summary>
public enum OperationalState : byte
{
    /// <summary>The driver does not say.</summary>
    Unknown = 0,
    /// <summary>Something it needs is missing.</summary>
    NotPresent = 1,
    /// <summary>Down.</summary>
    Down = 2,
    /// <summary>A lower layer is down.</summary>
    LowerLayerDown = 3,
    /// <summary>In a test mode.</summary>
    Testing = 4,
    /// <summary>Waits for an external event.</summary>
    Dormant = 5,
    /// <summary>Up.</summary>
    Up = 6,
}

/// <summary>A bond's settings and choice.</summary>
/// <param name="Mode">0 balance-rr, 1 active-backup, 2 balance-xor, 3 broadcast, 4 802.3ad, 5 balance-tlb, 6 balance-alb.</param>
/// <param name="ActiveSlave">Index of the slave in use; 0 for none.</param>
/// <param name="Primary">Index of the preferred slave; 0 for none.</param>
/// <param name="PrimaryReselect">0 always, 1 better, 2 failure.</param>
/// <param name="FailOverMac">0 none, 1 active, 2 follow.</param>
/// <param name="MiimonMilliseconds">Interval of link monitoring; 0 is no monitoring.</param>
/// <param name="UpDelayMilliseconds">Delay before a link that came back is used.</param>
/// <param name="DownDelayMilliseconds">Delay before a link that failed is left.</param>
/// <param name="PeerNotifications">num_grat_arp and num_unsol_na.</param>
public sealed record BondState(
    byte Mode, int ActiveSlave, int Primary, byte PrimaryReselect, byte FailOverMac,
    uint MiimonMilliseconds, uint UpDelayMilliseconds, uint DownDelayMilliseconds, byte PeerNotifications)
{
    /// <summary>Every option, those above included.</summary>
    public BondValues Values { get; init; } = BondValues.None;

    /// <summary>The mode in which one slave is used at a time.</summary>
    public const byte ActiveBackup = 1;

    /// <summary>The primary reselect in which the primary is used whenever it can be.</summary>
    public const byte ReselectAlways = 0;
}

/// <summary>A slave as its bond sees it.</summary>
/// <param name="IsBackup">Not the one in use.</param>
/// <param name="MiiStatus">0 up, 1 going down, 2 down, 3 coming back.</param>
/// <param name="LinkFailureCount">Times the link failed.</param>
/// <param name="PermanentMac">The hardware address it goes back to when it leaves.</param>
public sealed record BondSlaveState(bool IsBackup, byte MiiStatus, uint LinkFailureCount, MacAddress? PermanentMac);
