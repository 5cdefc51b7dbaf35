using System.Runtime.InteropServices;
using System.Text;
using BondDhcp.Net;
using BondDhcp.Net.Linux;
using BondDhcp.Net.Linux.Interop;
using Tmds.Linux;

namespace BondDhcp.Dhcp.Linux;

/// <summary>
/// Asks the kernel for an interface's hardware address at this very moment (netdevice(7)). What netlink told may be
/// older than the last failover.
/// </summary>
public sealed unsafe class HardwareAddressReader : IDisposable
{
    // Nobody renames an interface three times within microseconds.
    private const int MaxAttempts = 3;

    private readonly FileDescriptor _socket = FileDescriptor.Own(
        LibC.socket(LibC.AF_INET, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC, 0), "socket");

    /// <summary>
    /// The address of the interface with this index, whatever its name is by now; false when there is none, or when it
    /// is not Ethernet.
    /// </summary>
    public bool TryRead(int interfaceIndex, out MacAddress address)
    {
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            address = default;
            var request = new Ifreq { Index = interfaceIndex };
            if (!TryControl(LibC.SIOCGIFNAME, ref request)) return false;
            // Renamed between the calls: the name is nobody's now or, after a swap, another's. Hence the index again.
            Ifreq named = request;
            if (TryControl(LibC.SIOCGIFHWADDR, ref request)
                && TryControl(LibC.SIOCGIFINDEX, ref named) && named.Index == interfaceIndex)
            {
                return TryAddressOf(request, out address);
            }
        }
        address = default;
        return false;
    }

    /// <summary>The name of the interface with this index; null when there is none.</summary>
    public string? NameOf(int interfaceIndex)
    {
        var request = new Ifreq { Index = interfaceIndex };
        if (!TryControl(LibC.SIOCGIFNAME, ref request)) return null;
        ReadOnlySpan<byte> name = request.Name;
        int end = name.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? name : name[..end]);
    }

    /// <summary>The index of the interface with this name; 0 when there is none.</summary>
    public int IndexOf(string interfaceName)
    {
        var request = default(Ifreq);
        if (Encoding.UTF8.GetByteCount(interfaceName) >= KernelNumbers.IFNAMSIZ) return 0;
        Encoding.UTF8.GetBytes(interfaceName, request.Name);
        return TryControl(LibC.SIOCGIFINDEX, ref request) ? request.Index : 0;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static bool TryAddressOf(in Ifreq request, out MacAddress address)
    {
        address = request.HardwareFamily == KernelNumbers.ARPHRD_ETHER ? MacAddress.FromBytes(request.Hardware) : default;
        return request.HardwareFamily == KernelNumbers.ARPHRD_ETHER;
    }

    private bool TryControl(int operation, ref Ifreq request)
    {
        fixed (Ifreq* pointer = &request)
        {
            if (LibC.ioctl(_socket.Number, operation, pointer) == 0) return true;
        }
        int error = Marshal.GetLastPInvokeError();
        return error is KernelNumbers.ENODEV or KernelNumbers.ENXIO ? false : throw new LinuxException("ioctl", error);
    }
}
