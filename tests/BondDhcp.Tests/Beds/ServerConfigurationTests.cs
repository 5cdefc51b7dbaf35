using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Beds;

/// <summary>The beds themselves: each server configuration hands out the lease the other tests rely on, to a client that is not ours.</summary>
public sealed class ServerConfigurationTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(ServerConfiguration.DnsmasqDefault, false)]
    [InlineData(ServerConfiguration.DnsmasqIgnoreClientId, false)]
    [InlineData(ServerConfiguration.DnsmasqHost, true)]
    [InlineData(ServerConfiguration.IscDefault, false)]
    [InlineData(ServerConfiguration.IscIgnoreClientUids, false)]
    [InlineData(ServerConfiguration.IscHost, true)]
    [InlineData(ServerConfiguration.KeaDefault, false)]
    [InlineData(ServerConfiguration.KeaAuthoritative, false)]
    [InlineData(ServerConfiguration.KeaMatchClientIdFalse, false)]
    [InlineData(ServerConfiguration.KeaReservation, true)]
    [InlineData(ServerConfiguration.UdhcpdDefault, false)]
    [InlineData(ServerConfiguration.UdhcpdStaticLease, true)]
    public async Task Server_Udhcpc_GetsTheExpectedLease(ServerConfiguration configuration, bool reserved)
    {
        await using NetworkBed bed = await NetworkBed.CreateAsync(output.WriteLine);
        ServerPlan plan = new() { LeaseSeconds = 300 };
        await bed.StartServerAsync(configuration, plan);

        string script = Path.Combine(bed.Client.Scratch, "script");
        await File.WriteAllTextAsync(script, "#!/bin/sh\n[ \"$1\" != bound ] || ip address add $ip/$mask dev $interface\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        bed.Client.Run("busybox", "udhcpc", "-f", "-q", "-n", "-t", "5", "-T", "1", "-i", NetworkBed.ClientInterface, "-s", script);

        string address = Assert.Single(bed.ClientAddresses());
        if (reserved) Assert.Equal($"{ServerPlan.ReservedAddress}/24", address);
        else Assert.InRange(LastOctet(address), LastOctet(plan.PoolFirst), LastOctet(plan.PoolLast));
        TracedFrame ack = await bed.Trace.WaitForDhcpAsync("ACK", TimeSpan.FromSeconds(2));
        Assert.Equal(ServerPlan.DefaultAddress, ack.Dhcp!.ServerIdentifier);
        Assert.Equal([0, 0, 1, 44], ack.Dhcp.Options[51]);
        Assert.Equal(address, Assert.Single(bed.Events.Addresses(NetworkBed.ClientInterface)).Address);
    }

    private static int LastOctet(string address) => int.Parse(address.Split('/')[0].Split('.')[3], System.Globalization.CultureInfo.InvariantCulture);
}
