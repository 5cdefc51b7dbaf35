using BondDhcp.Dhcp.Linux;
using BondDhcp.Dhcp.Nd;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Loop;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Runner;

/// <summary>The sockets of DHCPv6 on one interface: one that announces, and one on the link-local address while there is one.</summary>
/// <param name="loop">Where messages are waited for.</param>
/// <param name="messagesReady">Called when <see cref="Receive"/> has something.</param>
internal sealed class Dhcp6Sockets(EventLoop loop, Action messagesReady) : IDisposable
{
    private static readonly SocketResult s_closed = new(SocketOutcome.Refused, 0, 0);

    private readonly Action<Readiness> _ready = _ => messagesReady();
    private NdSocket? _neighbours;
    private Dhcp6Socket? _messages;
    private LoopWatch? _watch;

    /// <summary>The interface; 0 while closed.</summary>
    public int InterfaceIndex { get; private set; }

    /// <summary>The link-local address that messages go from; null while there is none.</summary>
    public Ipv6Address? Local => _messages?.Local;

    /// <summary>Opens what needs no address.</summary>
    public void Open(int interfaceIndex)
    {
        Close();
        InterfaceIndex = interfaceIndex;
        _neighbours = NdSocket.Open();
    }

    /// <summary>Goes over to a link-local address, or to none. Gives the reason where its port could not be had.</summary>
    public string? Hold(Ipv6Address? local)
    {
        if (Local == local) return null;
        _watch?.Dispose();
        _messages?.Dispose();
        _watch = null;
        _messages = null;
        if (local is not { } address || InterfaceIndex == 0) return null;
        _messages = Dhcp6Socket.Open(InterfaceIndex, address, out int errno);
        if (_messages is null)
            return $"port {Dhcp6Socket.ClientPort} of {address}: {new SocketResult(SocketOutcome.Refused, 0, errno).Words}";
        _watch = loop.Register(_messages.Descriptor, Readiness.Read, _ready);
        return null;
    }

    /// <summary>Closes them; nothing when they are closed.</summary>
    public void Close()
    {
        Hold(null);
        InterfaceIndex = 0;
        _neighbours?.Dispose();
        _neighbours = null;
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    /// <summary>Sends a DHCP message.</summary>
    public SocketResult Send(ReadOnlySpan<byte> message) => _messages?.Send(message) ?? s_closed;

    /// <summary>Sends a Neighbour Discovery packet.</summary>
    public SocketResult Send(in NdPacket packet) => _neighbours?.Send(InterfaceIndex, packet) ?? s_closed;

    /// <summary>Reads one message; <see cref="SocketOutcome.Empty"/> when there is none.</summary>
    public SocketResult Receive(Span<byte> buffer, out Dhcp6Reception reception)
    {
        reception = default;
        return _messages?.Receive(buffer, out reception) ?? new SocketResult(SocketOutcome.Empty, 0, 0);
    }
}
