using System.Runtime.InteropServices;
using BondDhcp.Net.Linux.Interop;
using Tmds.Linux;

namespace BondDhcp.Net.Linux;

/// <summary>eventfd(2): lets another thread wake the loop.</summary>
public sealed unsafe class WakeDescriptor : IDisposable
{
    private readonly FileDescriptor _event = FileDescriptor.Own(
        LibC.eventfd(0, LibC.EFD_CLOEXEC | LibC.EFD_NONBLOCK), "eventfd");

    /// <summary>For epoll.</summary>
    public int Descriptor => _event.Number;

    /// <summary>Makes the descriptor readable; from any thread.</summary>
    public void Wake()
    {
        ulong one = 1;
        if (LibC.write(_event.Number, &one, sizeof(ulong)) == sizeof(ulong)) return;
        int error = Marshal.GetLastPInvokeError();
        // EAGAIN: the counter is full, so it is readable already.
        if (error != KernelNumbers.EAGAIN) throw new LinuxException("write(eventfd)", error);
    }

    /// <summary>Makes it unreadable again.</summary>
    public void Acknowledge()
    {
        ulong count;
        if (LibC.read(_event.Number, &count, sizeof(ulong)) == sizeof(ulong)) return;
        int error = Marshal.GetLastPInvokeError();
        if (error != KernelNumbers.EAGAIN) throw new LinuxException("read(eventfd)", error);
    }

    /// <inheritdoc/>
    public void Dispose() => _event.Dispose();
}
