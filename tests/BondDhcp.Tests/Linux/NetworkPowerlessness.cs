using System.Runtime.InteropServices;

namespace BondDhcp.Tests.Linux;

/// <summary>While one is in force the calling thread may not change the network: the kernel refuses with EPERM.</summary>
internal sealed partial class NetworkPowerlessness : IDisposable
{
    // <linux/capability.h>: _LINUX_CAPABILITY_VERSION_3; two words of effective, permitted and inheritable capabilities.
    private const uint Version = 0x20080522;
    private const uint NetAdmin = 1u << 12;
    private const int Words = 6;

    private readonly uint[] _before;

    private NetworkPowerlessness(uint[] before) => _before = before;

    /// <summary>Takes CAP_NET_ADMIN from what is in force; the end gives it back.</summary>
    public static NetworkPowerlessness Begin()
    {
        uint[] before = new uint[Words];
        Check(CapGet([Version, 0], before));
        uint[] without = [.. before];
        without[0] &= ~NetAdmin;
        Check(CapSet([Version, 0], without));
        return new NetworkPowerlessness(before);
    }

    public void Dispose() => Check(CapSet([Version, 0], _before));

    private static void Check(int result)
    {
        if (result != 0) throw new InvalidOperationException($"capabilities: errno {Marshal.GetLastPInvokeError()}");
    }

    [LibraryImport("libc", EntryPoint = "capget", SetLastError = true)]
    private static partial int CapGet(uint[] header, [Out] uint[] data);

    [LibraryImport("libc", EntryPoint = "capset", SetLastError = true)]
    private static partial int CapSet(uint[] header, uint[] data);
}
