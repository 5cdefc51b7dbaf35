using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Simulation;
using Xunit;

namespace BondDhcp.Tests.Simulation6;

/// <summary>Both families on one device share its caps.</summary>
public class SharedPathTests
{
    [Fact(DisplayName = "AM-31 both families, any flapping: together at most 6 DHCP messages a second, 20 a minute and 6 ARP or ND packets a second beside the kernel's")]
    public void BothFamilies_UnderAFlap_KeepTheCapsTogether() => Seeds.ForAll(0, 300, (seed, _) =>
    {
        var shared = new SharedPath(seed);
        if (seed % 2 == 0)
        {
            shared.Start4(Fixture.Memory(Fixture.Lease(10)));
            shared.Start6(Fixture6.Memory(Fixture6.Lease(10)));
        }
        else
        {
            shared.Start6();
            shared.Start4();
        }
        for (int i = 0; i < 120; i++)
        {
            shared.FailOver(move: shared.Random.Next(3) > 0);
            if (shared.Random.Next(3) == 0) shared.Step(new Dhcp6Input.Command(DhcpCommand.Rebind));
            if (shared.Random.Next(3) == 0) shared.Step(new Dhcp4Input.Command(DhcpCommand.Rebind));
            shared.Run(Math.Pow(10, (shared.Random.NextDouble() * 3) - 2));
        }
        Require(shared.Most(dhcp: true, 1) <= TransmitBudget.DhcpPerSecond, $"{shared.Most(true, 1)} DHCP messages in a second");
        Require(shared.Most(dhcp: true, 60) <= TransmitBudget.DhcpPerMinute, $"{shared.Most(true, 60)} DHCP messages in a minute");
        int neighbours = shared.Most(dhcp: false, 1);
        Require(neighbours <= TransmitBudget.ArpPerSecond - TransmitBudget.KernelAnnouncements, $"{neighbours} ARP and ND packets in a second");
        Require(shared.Sent.Exists(packet => packet.IsIpv6) && shared.Sent.Exists(packet => !packet.IsIpv6), "both families send");
    });

    [Theory(DisplayName = "AM-31 a family that has used all it may leaves the other its part: DISCOVER and SOLICIT leave within a second")]
    [InlineData(false)]
    [InlineData(true)]
    public void OneFamilyAtItsCap_LeavesTheOtherItsPart(bool six) => Seeds.ForAll(0, 100, (seed, _) =>
    {
        var shared = new SharedPath(seed);
        if (six) shared.Start4();
        else shared.Start6();
        for (int i = 0; i < 60; i++)
        {
            if (six) shared.Step(new Dhcp4Input.PathChanged(PathClass.Unknown, "hardwareAddress"));
            else shared.Step(new Dhcp6Input.PathChanged(PathClass.Unknown, "hardwareAddress"));
            shared.Run(0.6);
        }
        // It is at its cap: no more than what is kept for last words and the other's part is left.
        int used = shared.Sent.Count(packet => packet.IsDhcp);
        Require(used >= (six ? 10 : 8), $"only {used} messages in {60 * 0.6} s");
        Instant from = shared.Now;
        if (six) shared.Start6();
        else shared.Start4();
        shared.Run(1.1);
        PathPacket? first = shared.Sent.Find(packet => packet.IsDhcp && packet.IsIpv6 == six);
        // A SOLICIT waits up to a second of its own (RFC 9915 section 18.2.1).
        Require(first is not null && first.At - from <= TimeSpan.FromSeconds(six ? 1.01 : 0.01), "the other family starves");
    });

    private static void Require(bool holds, string rule)
    {
        if (!holds) throw new InvariantException(rule);
    }
}
