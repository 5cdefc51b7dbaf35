using BondDhcp.Host.Runner;
using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Runner;

/// <summary>What is told of a packet that was not used.</summary>
public sealed class DroppedReportTests
{
    private static string? XidOf(Report report) => report.Fields.FirstOrDefault(field => field.Name == "xid").Value as string;

    [Theory(DisplayName = "dropped carries the xid where the packet is long enough to have one")]
    [InlineData("02010600deadbeef", "deadbeef")]
    [InlineData("02010600deadbe", null)]
    [InlineData("", null)]
    public void Dropped4_HasTheXid(string octets, string? xid) => Assert.Equal(xid, XidOf(InterfaceReports.Dropped("op", 1, Convert.FromHexString(octets))));

    [Theory(DisplayName = "dropped (v6) carries the xid of a client's message; one between relays has none")]
    [InlineData("07abcdef", "abcdef")]
    [InlineData("0700001f0001", "00001f")]
    [InlineData("07abcd", null)]
    [InlineData("0dabcdef", null)]
    public void Dropped6_HasTheXid(string octets, string? xid) => Assert.Equal(xid, XidOf(Dhcp6Reports.Dropped("xid", 1, Convert.FromHexString(octets))));
}
