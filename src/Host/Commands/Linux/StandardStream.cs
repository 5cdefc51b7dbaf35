using System.Runtime.InteropServices;
using BondDhcp.Net.Linux.Interop;
using Tmds.Linux;

namespace BondDhcp.Host.Commands.Linux;

/// <summary>
/// stdout or stderr, written with write(2). System.Console would send escape sequences to a terminal before the first
/// text and leave its keypad switched, and would go on after the reader of a pipe has left.
/// </summary>
internal sealed unsafe class StandardStream(int descriptor) : Stream
{
    /// <summary>stdout.</summary>
    public const int Output = 1;

    /// <summary>stderr.</summary>
    public const int Error = 2;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Writes all of it, and waits where there is no room.</summary>
    /// <exception cref="IOException">The kernel did not take it: a full disk, a pipe that nobody reads.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            long written;
            fixed (byte* start = buffer) written = (long)LibC.write(descriptor, start, buffer.Length);
            if (written >= 0) buffer = buffer[(int)written..];
            else WaitForRoom(LibC.errno);
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Nothing is held back.</summary>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    // Another process may have made a shared descriptor non-blocking.
    private void WaitForRoom(int error)
    {
        if (error is not (KernelNumbers.EINTR or KernelNumbers.EAGAIN))
            throw new IOException($"{(descriptor == Output ? "stdout" : "stderr")}: {Marshal.GetPInvokeErrorMessage(error)}");
        pollfd wait = new() { fd = descriptor, events = (short)LibC.POLLOUT };
        if (error == KernelNumbers.EAGAIN) _ = LibC.poll(&wait, 1, -1);
    }
}
