using System.Runtime.InteropServices;

namespace BondDhcp.Bond.Interop;

#pragma warning disable CS1591 // The fields are documented by the kernel's headers under the same names.

/// <summary>struct ifinfomsg (linux/rtnetlink.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IfInfoMessage
{
    public byte Family;
    public byte Padding;
    public ushort HardwareType;
    public int Index;
    public uint Flags;
    public uint Change;
}

/// <summary>struct ifaddrmsg (linux/if_addr.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IfAddressMessage
{
    public byte Family;
    public byte PrefixLength;
    public byte Flags;
    public byte Scope;
    public int Index;
}

/// <summary>struct ifa_cacheinfo (linux/if_addr.h): seconds; 0xffffffff is for ever.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AddressCacheInfo
{
    public uint Preferred;
    public uint Valid;
    public uint Created;
    public uint Updated;
}

/// <summary>struct rtmsg (linux/rtnetlink.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RtMessage
{
    public byte Family;
    public byte DestinationLength;
    public byte SourceLength;
    public byte Tos;
    public byte Table;
    public byte Protocol;
    public byte Scope;
    public byte Type;
    public uint Flags;
}

/// <summary>struct prefixmsg (linux/rtnetlink.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PrefixMessageHeader
{
    public byte Family;
    public byte Padding1;
    public ushort Padding2;
    public int Index;
    public byte Type;
    public byte Length;
    public byte Flags;
    public byte Padding3;
}

/// <summary>struct prefix_cacheinfo (linux/rtnetlink.h): seconds; 0xffffffff is for ever.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PrefixCacheInfo
{
    public uint Preferred;
    public uint Valid;
}

/// <summary>struct ndmsg (linux/neighbour.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NeighbourMessageHeader
{
    public byte Family;
    public byte Padding1;
    public ushort Padding2;
    public int Index;
    public ushort State;
    public byte Flags;
    public byte Type;
}

/// <summary>struct timeval of the 64-bit ABIs (sys/time.h), as SO_RCVTIMEO takes it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SocketTimeout
{
    public long Seconds;
    public long Microseconds;
}

/// <summary>struct sockaddr_nl (linux/netlink.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NetlinkSocketAddress
{
    public ushort Family;
    public ushort Padding;
    public uint PortId;
    public uint Groups;
}

/// <summary>struct inet_diag_sockid (linux/inet_diag.h): ports and addresses in network byte order.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct InetDiagSocketId
{
    public ushort SourcePort;
    public ushort DestinationPort;
    public InetDiagAddress Source;
    public InetDiagAddress Destination;
    public uint Interface;
    public uint Cookie0;
    public uint Cookie1;
}

/// <summary>An address of struct inet_diag_sockid: IPv4 in the first four octets.</summary>
[System.Runtime.CompilerServices.InlineArray(4)]
internal struct InetDiagAddress
{
    private uint _first;
}

/// <summary>struct inet_diag_req_v2 (linux/inet_diag.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct InetDiagRequest
{
    public byte Family;
    public byte Protocol;
    public byte Extensions;
    public byte Padding;
    public uint States;
    public InetDiagSocketId Id;
}

/// <summary>struct inet_diag_msg (linux/inet_diag.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct InetDiagMessage
{
    public byte Family;
    public byte State;
    public byte Timer;
    public byte Retransmissions;
    public InetDiagSocketId Id;
    public uint Expires;
    public uint ReceiveQueue;
    public uint WriteQueue;
    public uint UserId;
    public uint Inode;
}
