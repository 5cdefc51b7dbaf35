using System.Runtime.InteropServices;
using BondDhcp.Net.Linux.Interop;
using Tmds.Linux;

namespace BondDhcp.Net.Linux;

/// <summary>What a descriptor is ready for: the bits of epoll(7).</summary>
[Flags]
public enum Readiness
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>EPOLLIN: there is something to read, or a connection to accept.</summary>
    Read = 0x001,
    /// <summary>EPOLLPRI: something exceptional, as a change of a file under inspection.</summary>
    Priority = 0x002,
    /// <summary>EPOLLOUT: there is room to write.</summary>
    Write = 0x004,
    /// <summary>EPOLLERR: an error waits; always told.</summary>
    Error = 0x008,
    /// <summary>EPOLLHUP: the other side closed; always told.</summary>
    HangUp = 0x010,
}

/// <summary>One descriptor that is ready.</summary>
/// <param name="Token">The number given when it was added.</param>
/// <param name="Events">What for.</param>
public readonly record struct ReadyDescriptor(ulong Token, Readiness Events);

/// <summary>A set of descriptors to wait for (epoll(7), level-triggered).</summary>
public sealed unsafe class EpollSet : IDisposable
{
    /// <summary>Most descriptors that one wait tells of; the next wait tells of the rest.</summary>
    public const int MaxReady = 32;

    private readonly FileDescriptor _epoll = FileDescriptor.Own(LibC.epoll_create1(LibC.EPOLL_CLOEXEC), "epoll_create1");

    /// <summary>Adds a descriptor; <paramref name="token"/> comes back when it is ready.</summary>
    public void Add(int descriptor, Readiness events, ulong token) => Control(LibC.EPOLL_CTL_ADD, descriptor, events, token);

    /// <summary>Changes what a descriptor is waited for.</summary>
    public void Change(int descriptor, Readiness events, ulong token) => Control(LibC.EPOLL_CTL_MOD, descriptor, events, token);

    /// <summary>Takes a descriptor out; it must still be open.</summary>
    public void Remove(int descriptor) => Control(LibC.EPOLL_CTL_DEL, descriptor, Readiness.None, 0);

    /// <summary>Waits until something is ready, at most <paramref name="milliseconds"/>, -1 for ever; gives how many are.</summary>
    public int Wait(Span<ReadyDescriptor> ready, int milliseconds)
    {
        int room = Math.Min(ready.Length, MaxReady);
        epoll_event* events = stackalloc epoll_event[MaxReady];
        int count = LibC.epoll_wait(_epoll.Number, events, room, milliseconds);
        if (count < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            return error == KernelNumbers.EINTR ? 0 : throw new LinuxException("epoll_wait", error);
        }
        for (int i = 0; i < count; i++) ready[i] = new ReadyDescriptor(events[i].data.u64, (Readiness)events[i].events);
        return count;
    }

    /// <inheritdoc/>
    public void Dispose() => _epoll.Dispose();

    private void Control(int operation, int descriptor, Readiness events, ulong token)
    {
        var one = new epoll_event { events = (int)events };
        one.data.u64 = token;
        if (LibC.epoll_ctl(_epoll.Number, operation, descriptor, &one) != 0) throw LinuxException.Last("epoll_ctl");
    }
}
