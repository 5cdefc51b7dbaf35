using System.Runtime.InteropServices;
using BondDhcp.Net.Linux.Interop;

namespace BondDhcp.Net.Linux;

/// <summary>Randomness of getrandom(2); the runtime's generator would bring OpenSSL with it.</summary>
public sealed class KernelEntropy : EntropySource
{
    /// <inheritdoc/>
    public override unsafe uint NextUInt32()
    {
        uint value;
        Fill(new Span<byte>(&value, sizeof(uint)));
        return value;
    }

    /// <summary>Fills <paramref name="destination"/>, at most 256 octets, which getrandom(2) never gives in part.</summary>
    /// <exception cref="LinuxException">The kernel has no getrandom(2).</exception>
    public static unsafe void Fill(Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(destination.Length, 256);
        fixed (byte* start = destination)
        {
            while (Libc.GetRandom(start, (nuint)destination.Length, 0) != destination.Length)
            {
                // Only before the kernel's pool is ready, early at boot, can a signal interrupt the wait.
                int error = Marshal.GetLastPInvokeError();
                if (error != KernelNumbers.EINTR) throw new LinuxException("getrandom", error);
            }
        }
    }
}
