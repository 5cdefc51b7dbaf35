using System.Collections.Immutable;
using System.Runtime.InteropServices;
using BondDhcp.Bond.Linux;
using BondDhcp.Bond.Wpa;
using BondDhcp.Host.Loop;
using BondDhcp.Net.Linux;
using BondDhcp.Net.Linux.Interop;

namespace BondDhcp.Host.Supplicants;

/// <summary>The rim of a <see cref="WpaClient"/>: its sockets and its deadline in the loop.</summary>
internal sealed class SupplicantConnection : IDisposable
{
    // One turn takes so many events; the rest is there at the next.
    private const int MaxDatagramsPerTurn = 64;

    private const int ENOTDIR = 20;

    private readonly EventLoop _loop;
    private readonly Func<string> _path;
    private readonly Action<Action> _guard;
    private readonly LoopDeadline _deadline;
    private readonly Queue<WpaInput> _inputs = new();
    private WpaSocket? _socket;
    private LoopWatch? _requests;
    private LoopWatch? _events;
    private bool _stepping;

    /// <summary>A connection that does nothing before it is given <see cref="WpaInput.Expect"/>.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="path">Where the control socket is, asked for at each attempt.</param>
    /// <param name="onWire">The driver is the one for wires.</param>
    /// <param name="guard">Carries out what the loop calls for; a fault in it is its owner's.</param>
    public SupplicantConnection(EventLoop loop, Func<string> path, bool onWire, Action<Action> guard)
    {
        _guard = guard;
        _loop = loop;
        _path = path;
        Client = WpaClient.Create(onWire);
        _deadline = loop.AddDeadline(() => guard(() => Give(new WpaInput.Deadline())));
    }

    /// <summary>The machine.</summary>
    public WpaClient Client { get; private set; }

    /// <summary>The process that answers; 0 while unknown.</summary>
    public int PeerPid => _socket?.PeerPid ?? 0;

    /// <summary>Something was taken in; what is known may differ.</summary>
    public event Action? Stepped;

    /// <summary>A command was answered; null when no answer came.</summary>
    public event Action<string, string?>? Answered;

    /// <summary>It does not answer any more, though it listens.</summary>
    public event Action? Hung;

    /// <summary>Gives the machine an input and carries out what it wants.</summary>
    public void Give(WpaInput input)
    {
        _inputs.Enqueue(input);
        // An effect may end in an input: it waits for those before it.
        if (_stepping) return;
        _stepping = true;
        try
        {
            while (_inputs.TryDequeue(out WpaInput? next))
            {
                (Client, ImmutableArray<WpaEffect> effects) = Client.Step(next, BoottimeClock.Now);
                foreach (WpaEffect effect in effects) CarryOut(effect);
            }
        }
        finally
        {
            _stepping = false;
        }
        _deadline.At = Client.NextDeadline;
        Stepped?.Invoke();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Close();
        _deadline.Dispose();
    }

    private void CarryOut(WpaEffect effect)
    {
        switch (effect)
        {
            case WpaEffect.Connect: Connect(); break;
            case WpaEffect.Close: Close(); break;
            case WpaEffect.Send send:
                if (_socket is not null && _socket.Send(send.Request, send.OnAttached) != 0) _inputs.Enqueue(new WpaInput.Refused());
                break;
            case WpaEffect.Answered answered: Answered?.Invoke(answered.Request, answered.Reply); break;
            case WpaEffect.Hung: Hung?.Invoke(); break;
        }
    }

    private void Connect()
    {
        Close();
        _socket = WpaSocket.TryConnect(_path(), out int errno);
        if (_socket is null)
        {
            bool isUsual = errno is KernelNumbers.ENOENT or KernelNumbers.ECONNREFUSED or ENOTDIR;
            _inputs.Enqueue(new WpaInput.ConnectFailed(isUsual ? null : Marshal.GetPInvokeErrorMessage(errno)));
            return;
        }
        _requests = _loop.Register(_socket.RequestDescriptor, Readiness.Read, _ => _guard(() => Take(onEvents: false)));
        _events = _loop.Register(_socket.EventDescriptor, Readiness.Read, _ => _guard(() => Take(onEvents: true)));
        _inputs.Enqueue(new WpaInput.Connected());
    }

    private void Close()
    {
        _requests?.Dispose();
        _events?.Dispose();
        _socket?.Dispose();
        _requests = _events = null;
        _socket = null;
    }

    private void Take(bool onEvents)
    {
        for (int i = 0; i < MaxDatagramsPerTurn && _socket is { } socket; i++)
        {
            Span<byte> buffer = _loop.Scratch;
            int length = socket.Receive(onEvents, buffer, out int errno);
            if (length < 0)
            {
                if (errno != KernelNumbers.EAGAIN) Give(new WpaInput.Refused());
                return;
            }
            byte[] octets = buffer[..length].ToArray();
            Give(onEvents ? new WpaInput.Unsolicited(octets) : new WpaInput.Reply(octets));
        }
    }
}
