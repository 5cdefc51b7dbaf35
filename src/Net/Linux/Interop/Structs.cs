using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace BondDhcp.Net.Linux.Interop;

#pragma warning disable CS1591 // The fields are documented by the kernel's headers under the same names.

/// <summary>struct timespec of the 64-bit ABIs.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Timespec
{
    public long Seconds;
    public long Nanoseconds;
}

/// <summary>struct itimerspec.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Itimerspec
{
    public Timespec Interval;
    public Timespec Value;
}

/// <summary>struct sock_filter: one instruction of a classic BPF program.</summary>
/// <param name="code">Operation.</param>
/// <param name="jt">Instructions to skip when the comparison holds.</param>
/// <param name="jf">Instructions to skip when it does not.</param>
/// <param name="k">Operand.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly struct SockFilter(ushort code, byte jt, byte jf, uint k)
{
    public readonly ushort Code = code;
    public readonly byte Jt = jt;
    public readonly byte Jf = jf;
    public readonly uint K = k;
}

/// <summary>struct sock_fprog: a BPF program.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct SockFprog
{
    public ushort Length;
    public SockFilter* Filter;
}

/// <summary>struct tpacket_auxdata (linux/if_packet.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TpacketAuxdata
{
    public uint Status;
    public uint Length;
    public uint SnapLength;
    public ushort Mac;
    public ushort Net;
    public ushort VlanTci;
    public ushort VlanTpid;
}

/// <summary>struct ifreq with the members used here: name, and hardware address or index, which share their place.</summary>
[StructLayout(LayoutKind.Explicit, Size = 40)]
public struct Ifreq
{
    [FieldOffset(0)] public InterfaceName Name;
    [FieldOffset(16)] public int Index;
    [FieldOffset(16)] public ushort HardwareFamily;
    [FieldOffset(18)] public HardwareOctets Hardware;

    /// <summary>ifr_name: NUL-terminated, so 15 octets of name.</summary>
    [InlineArray(KernelNumbers.IFNAMSIZ)]
    public struct InterfaceName
    {
        private byte _first;
    }

    /// <summary>sa_data of ifr_hwaddr.</summary>
    [InlineArray(14)]
    public struct HardwareOctets
    {
        private byte _first;
    }
}

/// <summary>posix_spawnattr_t, which is opaque: room for it, with some to spare (336 in glibc).</summary>
[StructLayout(LayoutKind.Sequential, Size = 512)]
public struct SpawnAttributes
{
    // The strictest alignment there is in it.
    private readonly long _first;
}

/// <summary>posix_spawn_file_actions_t, which is opaque: room for it, with some to spare (80 in glibc).</summary>
[StructLayout(LayoutKind.Sequential, Size = 256)]
public struct SpawnFileActions
{
    private readonly long _first;
}

/// <summary>sigset_t: one bit for each signal; zero is the empty set.</summary>
[InlineArray(16)]
public struct SignalSet
{
    private ulong _first;

    /// <summary>Every signal.</summary>
    public static SignalSet Full
    {
        get
        {
            SignalSet all = default;
            ((Span<ulong>)all).Fill(ulong.MaxValue);
            return all;
        }
    }
}

/// <summary>struct inotify_event without its name, which follows.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct InotifyEvent
{
    /// <summary>wd.</summary>
    public int Watch;
    /// <summary>mask.</summary>
    public uint Mask;
    /// <summary>cookie.</summary>
    public uint Cookie;
    /// <summary>len: octets of the name, its padding with zeros included.</summary>
    public uint NameLength;
}
