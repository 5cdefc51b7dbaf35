using BondDhcp.Bond.Interop;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Netlink;
using Xunit;

namespace BondDhcp.Tests.Netlink;

public sealed class NetlinkExchangeTests
{
    private const uint Sequence = 7;

    private readonly List<Link> _links = [];
    private readonly NetlinkExchange<Link> _exchange;

    public NetlinkExchangeTests()
    {
        _exchange = new NetlinkExchange<Link>(
            static (NetlinkMessage message, out Link link) => LinkMessage.TryRead(message, out link, out _), _links);
        _exchange.Begin(Sequence);
    }

    [Fact]
    public void Acknowledgement_OfOurRequest_IsDone()
    {
        Assert.Equal(NetlinkProgress.Done, Take(NetlinkSamples.Acknowledgement(Sequence, 0)));
        Assert.True(_exchange.Result.Succeeded);
    }

    [Fact]
    public void Acknowledgement_OfAnotherRequest_IsPassedOver() =>
        Assert.Equal(NetlinkProgress.Waiting, Take(NetlinkSamples.Acknowledgement(Sequence - 1, 0)));

    [Fact(DisplayName = "AX-10 (answers): a datagram of another process is passed over")]
    public void Acknowledgement_OfAnotherProcess_IsPassedOver() =>
        Assert.Equal(NetlinkProgress.Waiting, _exchange.Take(NetlinkSamples.Acknowledgement(Sequence, 0), 4711, false));

    [Fact]
    public void Error_WithText_GivesBoth()
    {
        byte[] text = [4 + 7, 0, 1, 0, .. "no way\0"u8, 0];
        Assert.Equal(
            NetlinkProgress.Done,
            Take(NetlinkSamples.Acknowledgement(Sequence, 22, Rtnl.NLM_F_CAPPED | Rtnl.NLM_F_ACK_TLVS, text)));
        Assert.Equal(new RtnlResult(22, "no way"), _exchange.Result);
        Assert.Equal("Invalid argument: no way", _exchange.Result.ToString());
    }

    [Fact]
    public void Error_WithTextThatIsCutOff_GivesTheNumber()
    {
        Take(NetlinkSamples.Acknowledgement(Sequence, 22, Rtnl.NLM_F_CAPPED | Rtnl.NLM_F_ACK_TLVS, 40, 0, 1, 0, 65));
        Assert.Equal(new RtnlResult(22), _exchange.Result);
    }

    [Fact]
    public void Error_WithoutItsNumber_IsNoException()
    {
        Assert.Equal(NetlinkProgress.Done, Take(NetlinkSamples.Message(Rtnl.NLMSG_ERROR, Rtnl.NLM_F_ACK_TLVS, Sequence, 1, 2)));
        Assert.Null(_exchange.Result.Text);
    }

    [Fact]
    public void Dump_OverTwoDatagrams_GivesEveryItem()
    {
        Assert.Equal(NetlinkProgress.Waiting, Take([.. NetlinkSamples.Link(1, "lo", Sequence), .. NetlinkSamples.Link(2, "c0", Sequence)]));
        Assert.Equal(NetlinkProgress.Done, Take([.. NetlinkSamples.Link(3, "c1", Sequence), .. NetlinkSamples.Done(Sequence)]));
        Assert.Equal(["lo", "c0", "c1"], _links.Select(link => link.Name));
    }

    [Fact(DisplayName = "AH-5 (dump interrupted): the answer is asked for again once it has ended")]
    public void Dump_Interrupted_EndsInterrupted()
    {
        byte[] link = NetlinkSamples.Link(1, "lo", Sequence);
        link[6] |= (byte)Rtnl.NLM_F_DUMP_INTR;
        Assert.Equal(NetlinkProgress.Waiting, Take(link));
        Assert.Equal(NetlinkProgress.Interrupted, Take(NetlinkSamples.Done(Sequence)));
    }

    [Fact(DisplayName = "AH-5 (dump interrupted): also when only its end says so")]
    public void Dump_InterruptedAtItsEnd_EndsInterrupted() =>
        Assert.Equal(NetlinkProgress.Interrupted, Take(NetlinkSamples.Done(Sequence, Rtnl.NLM_F_DUMP_INTR)));

    [Fact(DisplayName = "AH-5 (overrun): the answer is asked for again")]
    public void Dump_WithOverrun_EndsInterrupted()
    {
        Assert.Equal(NetlinkProgress.Waiting, Take(NetlinkSamples.Message(Rtnl.NLMSG_OVERRUN, 0, 0)));
        Assert.Equal(NetlinkProgress.Interrupted, Take(NetlinkSamples.Done(Sequence)));
    }

    [Fact(DisplayName = "AH-5 (truncated datagram): the answer is asked for again at once")]
    public void Dump_Truncated_EndsInterrupted() =>
        Assert.Equal(NetlinkProgress.Interrupted, _exchange.Take(NetlinkSamples.Link(1, "lo", Sequence).AsSpan(0, 20), 0, true));

    [Fact(DisplayName = "AH-5 (dump interrupted): restarted three times, then taken as it is")]
    public void Dump_InterruptedForEver_IsTakenAfterThreeRestarts()
    {
        for (uint restart = 0; restart < 3; restart++)
        {
            Take(NetlinkSamples.Link(1, "lo", Sequence + restart));
            Assert.Equal(NetlinkProgress.Interrupted, Take(NetlinkSamples.Done(Sequence + restart, Rtnl.NLM_F_DUMP_INTR)));
            _exchange.Begin(Sequence + restart + 1);
            Assert.Empty(_links);
        }
        Take(NetlinkSamples.Link(1, "lo", Sequence + 3));
        Assert.Equal(NetlinkProgress.Done, Take(NetlinkSamples.Done(Sequence + 3, Rtnl.NLM_F_DUMP_INTR)));
        Assert.True(_exchange.Result.Succeeded);
        Assert.Single(_links);
    }

    [Fact(DisplayName = "AH-5 (lost datagrams): restarted three times, then an error")]
    public void Answer_LostForEver_IsAnErrorAfterThreeRestarts()
    {
        for (uint restart = 0; restart < 3; restart++)
        {
            Assert.Equal(NetlinkProgress.Interrupted, _exchange.Lose(105));
            _exchange.Begin(Sequence + restart + 1);
        }
        Assert.Equal(NetlinkProgress.Done, _exchange.Lose(105));
        Assert.Equal(105, _exchange.Result.Errno);
    }

    private NetlinkProgress Take(ReadOnlySpan<byte> datagram) => _exchange.Take(datagram, 0, false);
}
