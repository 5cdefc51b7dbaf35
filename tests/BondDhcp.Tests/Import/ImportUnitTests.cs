using BondDhcp.Tests.Beds.Qemu;
using BondDhcp.Tests.Beds.Scenarios;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Import;

/// <summary>A boot of its own for migrations under a real systemd.</summary>
public sealed class MigrationMachine() : BedFixture(QemuFactAttribute.WhyNot, () => QemuMachine.RunAsync([.. ImportUnitTests.Scenarios]));

/// <summary>Alone, because the machine takes both processors.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MigrationCollection : ICollectionFixture<MigrationMachine>
{
    public const string Name = "migration";
}

/// <summary>The recipe's units under systemd: a dhclient of a unit that would release its lease.</summary>
[Collection(MigrationCollection.Name)]
public sealed class ImportUnitTests(MigrationMachine machine, ITestOutputHelper output)
{
    private static readonly BedScenario s_recipe = new("recipe", """
        make_network
        machine modprobe bonding max_bonds=0
        machine ip link add u0 address $A type veth peer name pu0 netns "$net"
        machine ip link add u1 address $B type veth peer name pu1 netns "$net"
        ip -n "$net" link set pu0 master br0 up
        ip -n "$net" link set pu1 master br0 up
        machine ip link add bond0 type bond mode active-backup miimon 100 fail_over_mac active
        machine ip link set u0 master bond0
        machine ip link set u1 master bond0
        machine ip link set bond0 type bond primary u0
        machine ip link set bond0 up
        serve dnsmasq
        system=/etc/systemd/system
        outside mkdir -p $system/multi-user.target.wants /etc/conf.d /etc/dhcp
        outside tee /etc/conf.d/network.conf > /dev/null <<< "bond0PRIMARY='u0'"
        outside tee /etc/modprobe.d/bonding.conf > /dev/null <<< 'options bonding max_bonds=0 miimon=100 mode=active-backup fail_over_mac=active'
        outside tee /etc/dhcp/dhclient.conf > /dev/null <<< 'send dhcp-client-identifier 00:01:00:01:2a:3b:4c:5d:02:00:00:00:0a:0a;'
        outside tee $system/dhclient@.service > /dev/null <<-END
        	[Service]
        	ExecStart=/sbin/dhclient -d -lf /run/dhclient.leases -pf /run/dhclient.pid %i
        	ExecStop=/sbin/dhclient -r -lf /run/dhclient.leases -pf /run/dhclient.pid %i
        	Restart=always
        END
        outside tee $system/slave@.service $system/u0@.service $system/u1@.service > /dev/null <<< '[Service]'
        outside ln -s $system/dhclient@.service $system/multi-user.target.wants/dhclient@bond0.service
        outside ln -s $system/u0@.service $system/multi-user.target.wants/u0@bond0.service
        outside ln -s $system/u1@.service $system/multi-user.target.wants/u1@bond0.service
        outside systemctl daemon-reload
        has_address() { [[ $(outside ip -4 -o address show bond0) == *'inet 192.0.2.'* ]]; }
        outside systemctl start dhclient@bond0.service
        until_true has_address
        until_true outside test -s /run/dhclient.leases
        note before outside ip -4 -o address show bond0
        note slaves outside cat /sys/class/net/bond0/bonding/slaves
        nsenter --net=/proc/1/ns/net ip -ts -o monitor address > "$dir/addresses.txt" &
        monitor=$!
        program() { outside env DOTNET_ROOT="$DOTNET_ROOT" "$BINARY" --config /run/imported.toml --state-dir /run/imported --runtime-dir /run/bonddhcp-imported "$@"; }
        note import program import --stop-dhclient --output /run/imported.toml
        note toml outside cat /run/imported.toml
        pause 3
        note unit outside systemctl show --property ActiveState,SubState,NRestarts dhclient@bond0.service
        note left outside ip -4 -o address show bond0
        outside sh -c "sed -i '/^request = /,/^]/d; /^dns = /d' /run/imported.toml; echo 'dns = false' >> /run/imported.toml"
        program run > "$dir/daemon.log" 2>&1 &
        until_true eval '[[ $(program status) == *"dhcp4      bound"* ]]'
        pause 3
        note status program status
        note after outside ip -4 -o address show bond0
        note slaves outside cat /sys/class/net/bond0/bonding/slaves
        note log outside journalctl --no-pager -o cat -u dhclient@bond0.service
        note served cat "$dir/server.log"
        # Before the network goes, and the address with it.
        kill $monitor
        program stop
        """);

    public static IReadOnlyList<BedScenario> Scenarios => [s_recipe];

    [QemuFact(DisplayName = "The recipe under systemd: a unit that would release is silenced, its dhclient ends, and the address stays until the daemon has it")]
    public void Import_OfARunningUnit_KeepsTheAddress()
    {
        BedEvidence seen = machine[s_recipe, output];
        string address = AddressIn(seen.Said("before"));
        Assert.Contains("is stopped, without a release", seen.Said("import"), StringComparison.Ordinal);
        Assert.Contains("client-id = \"bare-duid\"", seen.Said("toml"), StringComparison.Ordinal);
        Assert.Contains("slaves = [", seen.Said("toml"), StringComparison.Ordinal);
        Assert.DoesNotContain("ActiveState=active", seen.Said("unit"), StringComparison.Ordinal);
        Assert.Contains("NRestarts=0", seen.Said("unit"), StringComparison.Ordinal);
        Assert.Equal(address, AddressIn(seen.Said("left")));
        Assert.Equal(address, AddressIn(seen.Said("after")));
        Assert.DoesNotContain("Deleted", seen.Said("addresses"), StringComparison.Ordinal);
        Assert.DoesNotContain("DHCPRELEASE", seen.Said("served") + seen.Said("log"), StringComparison.Ordinal);
        Assert.Equal(["u0 u1", "u0 u1"], seen.Said("slaves").Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static string AddressIn(string line) => line.Split(" inet ", 2)[1].Split(' ', 2)[0];
}
