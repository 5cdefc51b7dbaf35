namespace BondDhcp.Net.Linux.Interop;

/// <summary>
/// Numbers of the kernel's interface, in its own spelling, that Tmds.LibC does not have or has not as constants. A test
/// compares each with the C headers.
/// </summary>
public static class KernelNumbers
{
#pragma warning disable CS1591 // Each is documented by the kernel under its own name.
    public const int CLOCK_REALTIME = 0;
    public const int CLOCK_MONOTONIC = 1;
    public const int CLOCK_BOOTTIME = 7;

    public const int TFD_NONBLOCK = 0x800;
    public const int TFD_CLOEXEC = 0x80000;
    public const int TFD_TIMER_ABSTIME = 1;
    public const int TFD_TIMER_CANCEL_ON_SET = 2;

    public const int MADV_DONTNEED = 4;

    public const int SIGPIPE = 13;
    public const int SIG_IGN = 1;
    public const int SYS_pidfd_open = 434;
    public const int SYS_pidfd_send_signal = 424;
    public const int SIGKILL = 9;
    public const int SIGTERM = 15;
    public const int WNOHANG = 1;
    public const int POSIX_SPAWN_SETSIGDEF = 0x04;
    public const int POSIX_SPAWN_SETSIGMASK = 0x08;
    public const int POSIX_SPAWN_SETSID = 0x80;

    public const uint MFD_CLOEXEC = 0x0001;
    public const uint MFD_ALLOW_SEALING = 0x0002;
    public const int F_ADD_SEALS = 1033;
    public const int F_GET_SEALS = 1034;
    public const int F_SEAL_SEAL = 0x0001;
    public const int F_SEAL_SHRINK = 0x0002;
    public const int F_SEAL_GROW = 0x0004;
    public const int F_SEAL_WRITE = 0x0008;
    public const int FD_CLOEXEC = 1;
    public const int SCM_RIGHTS = 0x01;

    public const int IN_NONBLOCK = 0x800;
    public const int IN_CLOEXEC = 0x80000;
    public const uint IN_CLOSE_WRITE = 0x0008;
    public const uint IN_MOVED_FROM = 0x0040;
    public const uint IN_MOVED_TO = 0x0080;
    public const uint IN_CREATE = 0x0100;
    public const uint IN_DELETE = 0x0200;
    public const uint IN_DELETE_SELF = 0x0400;
    public const uint IN_MOVE_SELF = 0x0800;
    public const uint IN_Q_OVERFLOW = 0x4000;
    public const uint IN_IGNORED = 0x8000;
    public const uint IN_ONLYDIR = 0x0100_0000;

    public const int SOL_PACKET = 263;
    public const int PACKET_AUXDATA = 8;
    public const int ETH_P_IP = 0x0800;
    public const int ETH_P_ARP = 0x0806;
    public const int ETH_P_IPV6 = 0x86dd;
    public const int ARPHRD_ETHER = 1;
    public const int IFNAMSIZ = 16;
    public const int SO_ATTACH_FILTER = 26;
    public const int SO_BINDTODEVICE = 25;
    public const int IPV6_HOPLIMIT = 52;

    public const int TP_STATUS_CSUMNOTREADY = 0x08;
    public const int TP_STATUS_VLAN_VALID = 0x10;
    public const int TP_STATUS_CSUM_VALID = 0x80;

    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int ECHILD = 10;
    public const int EINTR = 4;
    public const int EIO = 5;
    public const int ENXIO = 6;
    public const int EAGAIN = 11;
    public const int EACCES = 13;
    public const int EEXIST = 17;
    public const int ENODEV = 19;
    public const int EMSGSIZE = 90;
    public const int EADDRINUSE = 98;
    public const int EOPNOTSUPP = 95;
    public const int EAFNOSUPPORT = 97;
    public const int EADDRNOTAVAIL = 99;
    public const int ENETDOWN = 100;
    public const int ENETUNREACH = 101;
    public const int ENOBUFS = 105;
    public const int EHOSTUNREACH = 113;
    public const int ECONNREFUSED = 111;
    public const int ECANCELED = 125;
    public const int ESRCH = 3;
#pragma warning restore CS1591
}
