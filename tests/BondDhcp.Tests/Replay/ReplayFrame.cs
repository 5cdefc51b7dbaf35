using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Capture;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Replay;

/// <summary>A DHCP message of a capture.</summary>
internal sealed record ReplayMessage(Ipv4Address Source, Ipv4Address Destination, byte[] Octets)
{
    private const byte BootRequest = 1;

    /// <summary>A client's.</summary>
    public bool IsRequest => Octets[0] == BootRequest;

    public uint Xid => View.Xid;

    /// <summary>Of a client's message: the type.</summary>
    public Dhcp4MessageType Type => Option(53) is [var type] ? (Dhcp4MessageType)type : default;

    /// <summary>Of a client's message: what a DHCPREQUEST is for, by its fields alone (RFC 2131 section 4.3.2).</summary>
    public Dhcp4RequestKind RequestKind =>
        Type != Dhcp4MessageType.Request ? Dhcp4RequestKind.None
        : Option(54) is not null ? Dhcp4RequestKind.Selecting
        : View.Ciaddr.IsAny ? Dhcp4RequestKind.InitReboot
        : Destination == Ipv4Address.Broadcast ? Dhcp4RequestKind.Rebinding
        : Dhcp4RequestKind.Renewing;

    /// <summary>Of a client's message: the BROADCAST flag.</summary>
    public bool Broadcast => View.Broadcast;

    /// <summary>Of a client's message: an option's data; null without it.</summary>
    public byte[]? Option(byte code) => View.TryGetOption(code, out ReadOnlySpan<byte> data) ? data.ToArray() : null;

    private Dhcp4MessageView View
    {
        get
        {
            Dhcp4DropReason reason = IsRequest
                ? Dhcp4MessageView.TryParseRequest(Octets, out Dhcp4MessageView view)
                : Dhcp4MessageView.TryParse(Octets, out view);
            Assert.Equal(Dhcp4DropReason.None, reason);
            return view;
        }
    }
}

/// <summary>A frame of a capture: ARP, or DHCP.</summary>
/// <param name="Number">Its place in the file, from 1.</param>
/// <param name="At">When it passed the client's interface; the first frame's time is 0.</param>
/// <param name="Source">Ethernet source.</param>
/// <param name="Destination">Ethernet destination.</param>
/// <param name="Arp">The ARP packet; null for DHCP.</param>
/// <param name="Dhcp">The DHCP message; null for ARP.</param>
internal sealed record ReplayFrame(int Number, Instant At, MacAddress Source, MacAddress Destination, ArpPacket? Arp, ReplayMessage? Dhcp)
{
    private const int NanosecondsPerTick = 100;

    /// <summary>Reads a capture; anything in it but ARP and DHCP is an error.</summary>
    public static List<ReplayFrame> ReadAll(string file)
    {
        using FileStream stream = File.OpenRead(file);
        CaptureReader reader = CaptureReader.Open(stream);
        List<ReplayFrame> frames = [];
        long? first = null;
        while (reader.TryRead(out CaptureFrame? frame))
        {
            first ??= frame.At.UnixNanoseconds;
            frames.Add(Read(frame, new Instant((frame.At.UnixNanoseconds - first.Value) / NanosecondsPerTick)));
        }
        Assert.Null(reader.Problem);
        return frames;
    }

    private static ReplayFrame Read(CaptureFrame frame, Instant at)
    {
        Assert.True(LinkFrame.TryPeel(frame.LinkType, frame.Data.Span, out LinkFrame link), $"frame {frame.Number}");
        MacAddress source = link.Source!.Value;
        MacAddress destination = link.Destination!.Value;
        if (link.EtherType == LinkFrame.Arp)
        {
            Assert.True(ArpPacket.TryParse(link.Payload, out ArpPacket arp), $"frame {frame.Number}");
            return new ReplayFrame(frame.Number, at, source, destination, arp, null);
        }
        // Inside a host the checksum of a packet may not be finished; the kernel tells the socket, and the capture does not.
        Assert.Equal(Dhcp4DropReason.None, Ipv4Udp.TryParse(link.Payload, checksumTrusted: true, out Ipv4UdpDatagram datagram));
        return new ReplayFrame(frame.Number, at, source, destination, null,
            new ReplayMessage(datagram.Source, datagram.Destination, datagram.Payload.ToArray()));
    }
}
