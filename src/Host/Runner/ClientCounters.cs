namespace BondDhcp.Host.Runner;

/// <summary>
/// What one client has sent, heard and gone through since the daemon was started. Counted where it happens; nothing of it
/// allocates. Used from the loop's thread alone.
/// </summary>
internal sealed class ClientCounters
{
    // One more than the highest message type of either family that has a name; a type beyond counts as 0.
    private const int Types = 38;

    private readonly long[] _sent = new long[Types];
    private readonly long[] _received = new long[Types];
    private byte _lastType;
    private uint _lastXid;

    /// <summary>Messages that the kernel took, by type; 0 for types without a name.</summary>
    public ReadOnlySpan<long> Sent => _sent;

    /// <summary>Messages that the client used, by type; 0 for types without a name.</summary>
    public ReadOnlySpan<long> Received => _received;

    /// <summary>Messages that the kernel did not take.</summary>
    public long SendErrors { get; private set; }

    /// <summary>Messages that were the same exchange's once more: of the type and transaction of the one before.</summary>
    public long Retransmissions { get; private set; }

    /// <summary>Refusals of servers that counted: DHCPNAK, and a status of DHCPv6 that gives no address.</summary>
    public long Refusals { get; private set; }

    /// <summary>Conflicts of an address.</summary>
    public long Conflicts { get; private set; }

    /// <summary>Changes of the hardware address or the device in use, and whether the address outlived them.</summary>
    public FailoverCounter Failovers { get; } = new();

    /// <summary>How long it took to get an address.</summary>
    public AcquisitionClock Acquisitions { get; } = new();

    /// <summary>Servers that were heard.</summary>
    public SeenServers Servers { get; } = new();

    /// <summary>A message went out, or did not.</summary>
    public void NoteSent(byte type, uint xid, bool taken)
    {
        if (!taken) SendErrors++;
        else _sent[type < Types ? type : 0]++;
        if (type == _lastType && xid == _lastXid) Retransmissions++;
        (_lastType, _lastXid) = (type, xid);
    }

    /// <summary>A message was used.</summary>
    public void NoteReceived(byte type) => _received[type < Types ? type : 0]++;

    /// <summary>The journal is told of something; the client tells of what it decided by these names.</summary>
    public void NoteEvent(string name)
    {
        if (name == "refused") Refusals++;
        else if (name == "conflict") Conflicts++;
    }
}

/// <summary>
/// Counts failovers under a lease by what became of the address: it was kept when the server, or its silence, let the
/// client go on with it, and lost when it went before that. Changes while that is open are one failover. Pure.
/// </summary>
internal sealed class FailoverCounter
{
    private string? _address;
    private bool _wasVerified;

    /// <summary>Failovers after which the address was still there.</summary>
    public long Survived { get; private set; }

    /// <summary>Failovers by which the address was lost.</summary>
    public long Lost { get; private set; }

    /// <summary>What became of the last one is not known yet.</summary>
    public bool IsOpen => _address is not null;

    /// <summary>The path has changed; the client is told next. Without an address there is nothing to lose.</summary>
    public void Begin(string? address)
    {
        if (IsOpen || address is null) return;
        _address = address;
        _wasVerified = false;
    }

    /// <summary>The client took a step.</summary>
    /// <param name="address">The address it holds now; null for none.</param>
    /// <param name="isVerifying">It asks whether the address is good on the new path.</param>
    /// <param name="isUsable">The path carries frames.</param>
    public void Step(string? address, bool isVerifying, bool isUsable)
    {
        if (!IsOpen) return;
        if (address != _address)
        {
            Lost++;
            _address = null;
        }
        else if (isVerifying) _wasVerified = true;
        else if (_wasVerified && isUsable)
        {
            Survived++;
            _address = null;
        }
    }
}

/// <summary>Who answers DHCP on the network, by server identifier. Pure.</summary>
internal sealed class SeenServers
{
    /// <summary>A network has a handful; who invents more fills no memory.</summary>
    public const int MaxServers = 32;

    // Of a DUID (RFC 9915 section 11.1); what is longer identifies nobody.
    private const int MaxIdentifierLength = 130;

    private readonly List<byte[]> _servers = [];

    /// <summary>Different servers heard, at most <see cref="MaxServers"/>.</summary>
    public int Count => _servers.Count;

    /// <summary>A message of a server was heard, used or not.</summary>
    public void Note(ReadOnlySpan<byte> identifier)
    {
        if (identifier.IsEmpty || identifier.Length > MaxIdentifierLength || Find(identifier) || _servers.Count == MaxServers) return;
        _servers.Add(identifier.ToArray());
    }

    /// <summary>How many are not the one whose lease is in force.</summary>
    public int CountOthers(ReadOnlySpan<byte> own) => _servers.Count - (Find(own) ? 1 : 0);

    private bool Find(ReadOnlySpan<byte> identifier)
    {
        foreach (byte[] known in _servers)
            if (identifier.SequenceEqual(known)) return true;
        return false;
    }
}
