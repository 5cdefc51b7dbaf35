using System.Runtime.InteropServices;
using BondDhcp.Bond.Interop;
using BondDhcp.Net.Linux.Interop;

namespace BondDhcp.Bond.Netlink;

/// <summary>Where an exchange stands after a datagram.</summary>
public enum NetlinkProgress
{
    /// <summary>More is to come.</summary>
    Waiting,
    /// <summary>The answer is complete: <see cref="NetlinkExchange{T}.Result"/> and the items are final.</summary>
    Done,
    /// <summary>The answer is complete, but something is missing in it or it mixes two states of the kernel: ask again.</summary>
    Interrupted,
}

/// <summary>Turns a message of an answer into an item; false for one that is none.</summary>
public delegate bool NetlinkParser<T>(NetlinkMessage message, out T item);

/// <summary>
/// One request's answer, put together from datagrams. Pure: the socket hands in what it received. Holds against
/// whatever arrives: datagrams of other processes, answers to earlier requests, dumps that changed under way.
/// </summary>
/// <param name="parse">Reads an item.</param>
/// <param name="items">Where items are put.</param>
public sealed class NetlinkExchange<T>(NetlinkParser<T> parse, List<T> items)
{
    /// <summary>How often a request is made again whose answer was not whole.</summary>
    public const int MaxRestarts = 3;

    // A kernel's text is a short phrase; more is not shown.
    private const int MaxTextLength = 256;

    private uint _sequence;
    private int _attempts;
    private bool _incomplete;

    /// <summary>The kernel's answer; meaningful once done.</summary>
    public RtnlResult Result { get; private set; }

    /// <summary>The request was made, for the first time or again, with this nlmsg_seq; what was gathered is forgotten.</summary>
    public void Begin(uint sequence)
    {
        _sequence = sequence;
        _attempts++;
        _incomplete = false;
        Result = RtnlResult.Success;
        items.Clear();
    }

    /// <summary>Takes one datagram.</summary>
    /// <param name="datagram">Its octets, as many as there was room for.</param>
    /// <param name="senderPortId">nl_pid of its sender: only 0, the kernel, is listened to.</param>
    /// <param name="truncated">It was longer than the room.</param>
    public NetlinkProgress Take(ReadOnlySpan<byte> datagram, uint senderPortId, bool truncated)
    {
        if (senderPortId != 0) return NetlinkProgress.Waiting;
        // The end of the answer may be in what was cut off: it is not waited for.
        if (truncated) return Lose(KernelNumbers.EMSGSIZE);
        var reader = new NetlinkReader(datagram);
        while (reader.TryRead(out NetlinkMessage message))
        {
            // An overrun is announced to the socket, not to one request.
            if (message.Type == Rtnl.NLMSG_OVERRUN) _incomplete = true;
            if (message.Sequence != _sequence) continue;
            if ((message.Flags & Rtnl.NLM_F_DUMP_INTR) != 0) _incomplete = true;
            if (message.Type is Rtnl.NLMSG_DONE or Rtnl.NLMSG_ERROR) return End(message);
            if (message.Type > Rtnl.NLMSG_OVERRUN && parse(message, out T item)) items.Add(item);
        }
        _incomplete |= reader.IsMalformed;
        return NetlinkProgress.Waiting;
    }

    /// <summary>The end of the answer will not come.</summary>
    /// <param name="errno">Why: the result when there have been enough attempts.</param>
    public NetlinkProgress Lose(int errno)
    {
        Result = new RtnlResult(errno);
        return _attempts <= MaxRestarts ? NetlinkProgress.Interrupted : NetlinkProgress.Done;
    }

    /// <summary>There is no answer, and asking again would not help.</summary>
    public NetlinkProgress GiveUp(int errno)
    {
        Result = new RtnlResult(errno);
        return NetlinkProgress.Done;
    }

    // Both carry the errno first, negative; DONE may be without one (a dump that went well, in old kernels).
    private NetlinkProgress End(NetlinkMessage message)
    {
        ReadOnlySpan<byte> payload = message.Payload;
        int error = payload.Length >= sizeof(int) ? MemoryMarshal.Read<int>(payload) : 0;
        // int.MinValue has no positive counterpart; the kernel's numbers are below 4096.
        int errno = error is < 0 and > -4096 ? -error : error == 0 ? 0 : Rtnl.EINVAL;
        Result = new RtnlResult(errno, ReadText(message));
        // On a host that never rests the last answer is as good as any: events tell of what it missed.
        return _incomplete && errno == 0 && _attempts <= MaxRestarts ? NetlinkProgress.Interrupted : NetlinkProgress.Done;
    }

    private static string? ReadText(NetlinkMessage message)
    {
        if ((message.Flags & Rtnl.NLM_F_ACK_TLVS) == 0) return null;
        int start = sizeof(int);
        if (message.Type == Rtnl.NLMSG_ERROR)
        {
            // The request's header follows, and with it the whole request unless capped.
            if (message.Payload.Length < sizeof(int) + NetlinkWriter.HeaderLength) return null;
            uint requestLength = (message.Flags & Rtnl.NLM_F_CAPPED) != 0
                ? NetlinkWriter.HeaderLength
                : MemoryMarshal.Read<uint>(message.Payload[sizeof(int)..]);
            if (requestLength > (uint)message.Payload.Length) return null;
            start += NetlinkWriter.Align((int)requestLength);
        }
        if (start > message.Payload.Length) return null;

        var attributes = new NetlinkAttributeReader(message.Payload[start..]);
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            if (attribute.Type != Rtnl.NLMSGERR_ATTR_MSG) continue;
            string text = attribute.AsText();
            return text.Length <= MaxTextLength ? text : text[..MaxTextLength];
        }
        return null;
    }
}
