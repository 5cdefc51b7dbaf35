using BondDhcp.Bond.Interop;
using BondDhcp.Bond.Links;
using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Netlink;

public sealed class LinkTableTests
{
    private readonly LinkTable _table = new();
    private readonly List<LinkEvent> _events = [];

    [Fact]
    public void Link_Appears_Changes_Goes_IsToldInOrder()
    {
        Take(NetlinkSamples.Link(5, "c0"));
        Take(NetlinkSamples.Link(5, "c0", flags: LinkFlags.Up));
        Take(NetlinkSamples.Link(5, "c0", type: Rtnl.RTM_DELLINK));
        Assert.Collection(
            _events,
            e => Assert.Equal("c0", Assert.IsType<LinkEvent.LinkAppeared>(e).Link.Name),
            e => Assert.Equal(LinkFlags.Up, Assert.IsType<LinkEvent.LinkChanged>(e).New.Flags),
            e => Assert.Equal(5, Assert.IsType<LinkEvent.LinkGone>(e).Link.Index));
        Assert.Empty(_table.Links);
    }

    [Fact]
    public void Link_DescribedAgain_IsNoEvent()
    {
        static byte[] Sample() => NetlinkSamples.Link(5, "c0", more: static writer =>
        {
            using (writer.Nest(Rtnl.IFLA_PROP_LIST)) writer.AddText(Rtnl.IFLA_ALT_IFNAME, "uplink");
            using (writer.Nest(Rtnl.IFLA_LINKINFO))
            {
                writer.AddText(Rtnl.IFLA_INFO_KIND, "bond");
                using (writer.Nest(Rtnl.IFLA_INFO_DATA)) writer.AddByte(Rtnl.IFLA_BOND_MODE, 1);
            }
        });
        Take(Sample());
        Take(Sample());
        Assert.Single(_events);
        Assert.True(_table.TryFind("uplink", out Link? link));
        Assert.Equal(BondState.ActiveBackup, link.Bond!.Mode);
    }

    [Fact(DisplayName = "AH-3 (table): a renamed link is the same link, found by its new name")]
    public void Link_Renamed_IsFoundByItsNewName()
    {
        Take(NetlinkSamples.Link(5, "eth0"));
        Take(NetlinkSamples.Link(5, "enp3s0"));
        Assert.False(_table.TryFind("eth0", out _));
        Assert.True(_table.TryFind("enp3s0", out Link? link));
        Assert.Equal(5, link.Index);
    }

    [Fact(DisplayName = "The device below in another network namespace is none of ours that has its index")]
    public void LowerIndex_OfAnotherNamespace_IsNone()
    {
        Take(NetlinkSamples.Link(2, "bond0"));
        Take(NetlinkSamples.Link(5, "bond0.5", more: static writer =>
        {
            writer.AddUInt32(Rtnl.IFLA_LINK, 2);
            using (writer.Nest(Rtnl.IFLA_LINKINFO)) writer.AddText(Rtnl.IFLA_INFO_KIND, "vlan");
        }));
        Assert.Equal(2, _table.Links[5].LowerIndex);
        Assert.True(_table.LiesOn("bond0.5", "bond0"));
        Take(NetlinkSamples.Link(5, "bond0.5", more: static writer =>
        {
            writer.AddUInt32(Rtnl.IFLA_LINK, 2);
            using (writer.Nest(Rtnl.IFLA_LINKINFO)) writer.AddText(Rtnl.IFLA_INFO_KIND, "vlan");
            writer.AddUInt32(Rtnl.IFLA_LINK_NETNSID, 0);
        }));
        Assert.Equal(0, _table.Links[5].LowerIndex);
        Assert.False(_table.LiesOn("bond0.5", "bond0"));
    }

    [Fact(DisplayName = "AH-8 (table): a slave that another bond took is told with both masters")]
    public void Slave_TakenByAnotherBond_IsTold()
    {
        Take(NetlinkSamples.Link(5, "w0", more: static writer => writer.AddUInt32(Rtnl.IFLA_MASTER, 2)));
        Take(NetlinkSamples.Link(5, "w0", more: static writer => writer.AddUInt32(Rtnl.IFLA_MASTER, 3)));
        LinkEvent.LinkChanged change = Assert.IsType<LinkEvent.LinkChanged>(_events[^1]);
        Assert.Equal((2, 3), (change.Old.MasterIndex, change.New.MasterIndex));
    }

    [Fact]
    public void Bond_WithSlave_IsReadWhole()
    {
        Take(NetlinkSamples.Link(2, "bond0", more: static writer =>
        {
            using (writer.Nest(Rtnl.IFLA_LINKINFO))
            {
                writer.AddText(Rtnl.IFLA_INFO_KIND, "bond");
                using (writer.Nest(Rtnl.IFLA_INFO_DATA))
                {
                    writer.AddByte(Rtnl.IFLA_BOND_MODE, 1);
                    writer.AddUInt32(Rtnl.IFLA_BOND_ACTIVE_SLAVE, 5);
                    writer.AddUInt32(Rtnl.IFLA_BOND_MIIMON, 100);
                    writer.AddUInt32(Rtnl.IFLA_BOND_PRIMARY, 6);
                    writer.AddByte(Rtnl.IFLA_BOND_FAIL_OVER_MAC, 1);
                    writer.AddByte(Rtnl.IFLA_BOND_NUM_PEER_NOTIF, 2);
                }
            }
        }));
        Take(NetlinkSamples.Link(5, "w0", more: static writer =>
        {
            using (writer.Nest(Rtnl.IFLA_LINKINFO))
            {
                writer.AddText(Rtnl.IFLA_INFO_KIND, "veth");
                writer.AddText(Rtnl.IFLA_INFO_SLAVE_KIND, "bond");
                using (writer.Nest(Rtnl.IFLA_INFO_SLAVE_DATA))
                {
                    writer.AddByte(Rtnl.IFLA_BOND_SLAVE_STATE, 1);
                    writer.AddByte(Rtnl.IFLA_BOND_SLAVE_MII_STATUS, 2);
                    writer.Add(Rtnl.IFLA_BOND_SLAVE_PERM_HWADDR, [2, 0, 0, 0, 0xa, 0xa]);
                }
            }
        }));
        Assert.Equal(new BondState(1, 5, 6, 0, 1, 100, 0, 0, 2), _table.Links[2].Bond! with { Values = BondValues.None });
        Assert.Equal((100L, null), (_table.Links[2].Bond!.Values.Number(Rtnl.IFLA_BOND_MIIMON), _table.Links[2].Bond!.Values.Number(Rtnl.IFLA_BOND_LP_INTERVAL)));
        Assert.Equal(new BondSlaveState(true, 2, 0, MacAddress.Parse("02:00:00:00:0a:0a")), _table.Links[5].BondSlave);
        Assert.Equal("veth", _table.Links[5].Kind);
    }

    [Fact]
    public void Notice_WithoutAnyChange_IsToldStill()
    {
        Take(NetlinkSamples.Link(5, "bond0"));
        Take(NetlinkSamples.Link(5, "bond0", more: static writer => writer.AddUInt32(Rtnl.IFLA_EVENT, 4)));
        Assert.Equal(2, _events.Count);
        Assert.Equal(LinkNotice.NotifyPeers, Assert.IsType<LinkEvent.LinkNoticed>(_events[1]).Notice);
    }

    [Fact]
    public void Bridge_ThatLosesAPort_DoesNotTakeTheLinkAway()
    {
        Take(NetlinkSamples.Link(5, "c0"));
        Take(NetlinkSamples.Link(5, "c0", type: Rtnl.RTM_DELLINK, family: 7));
        Assert.Single(_table.Links);
    }

    [Fact]
    public void WirelessReport_IsNoDescription()
    {
        Take(NetlinkSamples.Link(5, "w1"));
        Take(NetlinkSamples.Link(5, "w1", more: static writer => writer.Add(Rtnl.IFLA_WIRELESS, [1, 2, 3]), flags: LinkFlags.None));
        Assert.Single(_events);
    }

    [Fact(DisplayName = "AX-10 (events): a datagram of another process is passed over")]
    public void Event_OfAnotherProcess_IsPassedOver()
    {
        Assert.True(_table.Take(NetlinkSamples.Link(5, "evil0"), 4711, false, _events));
        Assert.Empty(_events);
    }

    [Fact(DisplayName = "AH-5 (overrun, truncated and malformed datagrams): everything is to be read anew")]
    public void Datagram_ThatLostSomething_AsksForAResync()
    {
        Assert.False(_table.Take(NetlinkSamples.Message(Rtnl.NLMSG_OVERRUN, 0, 0), 0, false, _events));
        Assert.False(_table.Take(NetlinkSamples.Link(5, "c0"), 0, true, _events));
        Assert.False(_table.Take(NetlinkSamples.Link(5, "c0").AsSpan(0, 36), 0, false, _events));
        Assert.Empty(_events);
    }

    [Fact]
    public void FullReading_GivesTheDifferences()
    {
        Take(NetlinkSamples.Link(1, "lo"));
        Take(NetlinkSamples.Link(5, "c0"));
        Take(NetlinkSamples.Link(6, "c1"));
        var kept = new InterfaceAddress(5, Ipv4Prefix.Parse("192.0.2.50/24"));
        var added = new InterfaceAddress(5, Ipv4Prefix.Parse("192.0.2.51/24"));
        var gone = new InterfaceAddress(6, Ipv4Prefix.Parse("198.51.100.1/24"));
        _table.Replace([.. _table.Links.Values], [kept, gone], _events);
        _events.Clear();

        Link renamed = _table.Links[5] with { Name = "c5" };
        _table.Replace([_table.Links[1], renamed], [kept with { ValidSeconds = 10 }, added], _events);
        Assert.Collection(
            _events,
            e => Assert.Equal(gone, Assert.IsType<LinkEvent.AddressRemoved>(e).Address),
            e => Assert.Equal("c1", Assert.IsType<LinkEvent.LinkGone>(e).Link.Name),
            e => Assert.Equal("c5", Assert.IsType<LinkEvent.LinkChanged>(e).New.Name),
            e => Assert.Equal(10u, Assert.IsType<LinkEvent.AddressChanged>(e).New.ValidSeconds),
            e => Assert.Equal(added, Assert.IsType<LinkEvent.AddressAdded>(e).Address));
    }

    [Theory]
    [InlineData(LinkFlags.Up | LinkFlags.LowerUp, OperationalState.Up, true)]
    [InlineData(LinkFlags.Up | LinkFlags.LowerUp, OperationalState.Unknown, true)]
    [InlineData(LinkFlags.Up | LinkFlags.LowerUp, OperationalState.Dormant, false)]
    [InlineData(LinkFlags.Up, OperationalState.Up, false)]
    [InlineData(LinkFlags.LowerUp, OperationalState.Up, false)]
    public void Link_IsUsable_WithCarrierAndNothingAgainstIt(LinkFlags flags, OperationalState state, bool usable) =>
        Assert.Equal(usable, new Link { Index = 1, Name = "x", Flags = flags, OperationalState = state }.IsUsable);

    private void Take(byte[] datagram) => Assert.True(_table.Take(datagram, 0, false, _events));
}
