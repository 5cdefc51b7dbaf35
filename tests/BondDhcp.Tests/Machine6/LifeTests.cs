using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Machine6;

public class LifeTests
{
    [Fact]
    public void Life_FromStartToRelease_ReadsLikeTheRfc()
    {
        var bench = new Machine6Bench(settings => settings with { PrefixLengthHint = 60 }) { AddressesAreFree = false };
        bench.Start().After(0.01).Take(Fixture6.Advertise().IaPd(300, 480, (Fixture6.P, 600, 900)));
        bench.After(1.1).Take(Fixture6.Reply().IaPd(300, 480, (Fixture6.P, 600, 900)));
        bench.After(1.5).Step(new Dhcp6Input.AddressReady(Fixture6.L));
        // Another slave takes over.
        bench.After(100).FailOver().After(1).Take(Fixture6.Reply().IaPd(300, 480, (Fixture6.P, 600, 900)));
        // The server has lost its leases by T1, and gives them again.
        bench.After(300).Take(Fixture6.Empty().IaNa(Dhcp6StatusCode.NoBinding).IaPd(Dhcp6StatusCode.NoBinding));
        bench.After(0.01).Take(Fixture6.Reply().IaPd(300, 480, (Fixture6.P, 600, 900)));
        bench.After(1).Step(new Dhcp6Input.Command(DhcpCommand.Release)).After(0.01).Take(Fixture6.Empty());
        Snapshot.Matches(bench.Transcript.ToString());
    }
}
