using System.Text;
using BondDhcp.Dhcp.Capture;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Replay;

/// <summary>A DHCPv6 message of a capture at the client's interface.</summary>
/// <param name="Number">Its place in the file, from 1.</param>
/// <param name="At">When it passed; the first frame's time is 0.</param>
/// <param name="SourceMac">Ethernet source.</param>
/// <param name="Source">IP source.</param>
/// <param name="Destination">IP destination.</param>
/// <param name="Octets">The message.</param>
internal sealed record Replay6Frame(int Number, Instant At, MacAddress SourceMac, Ipv6Address Source, Ipv6Address Destination, byte[] Octets)
{
    private const ushort ClientPort = 546;
    private const ushort ElapsedTime = 8;
    private const int NanosecondsPerTick = 100;

    public Dhcp6MessageType Type => View.Type;

    public uint Xid => View.Xid;

    /// <summary>The client sent it.</summary>
    public bool IsOwn => Type is not (Dhcp6MessageType.Advertise or Dhcp6MessageType.Reply or Dhcp6MessageType.Reconfigure);

    /// <summary>Hundredths of a second; 0 without the option.</summary>
    public int Elapsed => Option(ElapsedTime) is [var high, var low] ? (high << 8) | low : 0;

    private Dhcp6MessageView View
    {
        get
        {
            Assert.Equal(Dhcp6DropReason.None, Dhcp6MessageView.TryParse(Octets, out Dhcp6MessageView view));
            return view;
        }
    }

    /// <summary>The first option of a code at the top of the message; null without it.</summary>
    public byte[]? Option(ushort code) => View.TryGetOption(code, out ReadOnlySpan<byte> data) ? data.ToArray() : null;

    /// <summary>Type and options in their order, but for the time.</summary>
    public string Comparable()
    {
        StringBuilder text = new(Dhcp6MessageName.Of(Type));
        foreach (Dhcp6Option option in View.CopyOptions())
            text.Append(' ').Append(option.Code).Append('=').Append(option.Code == ElapsedTime ? "" : Convert.ToHexStringLower(option.Data.AsSpan()));
        return text.ToString();
    }

    /// <summary>Reads a capture; anything in it but DHCPv6 is an error.</summary>
    public static List<Replay6Frame> ReadAll(string file)
    {
        using FileStream stream = File.OpenRead(file);
        CaptureReader reader = CaptureReader.Open(stream);
        List<Replay6Frame> frames = [];
        long? first = null;
        while (reader.TryRead(out CaptureFrame? frame))
        {
            first ??= frame.At.UnixNanoseconds;
            Assert.True(LinkFrame.TryPeel(frame.LinkType, frame.Data.Span, out LinkFrame link), $"frame {frame.Number}");
            Assert.True(Ipv6Udp.TryParse(link.Payload, out Ipv6Udp udp), $"frame {frame.Number}");
            Assert.Contains(ClientPort, new[] { udp.SourcePort, udp.DestinationPort });
            frames.Add(new Replay6Frame(
                frame.Number, new Instant((frame.At.UnixNanoseconds - first.Value) / NanosecondsPerTick), link.Source!.Value, udp.Source, udp.Destination, udp.Payload.ToArray()));
        }
        Assert.Null(reader.Problem);
        return frames;
    }
}
