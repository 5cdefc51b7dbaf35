using System.Runtime.CompilerServices;
using BondDhcp.Tests.Beds.Debian;
using BondDhcp.Tests.Kit;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Package;

/// <summary>
/// A whole Debian system goes from what it had to bonddhcp, by the commands of the documentation, and on from there: reboot,
/// failover, upgrade, downgrade, removal. What it must never lose is its address.
/// </summary>
[Collection(DebianCollection.Name)]
public sealed partial class MigrationTests(BuiltPackage package, ITestOutputHelper output)
{
    private const string Bond = "bond0";
    private static readonly string s_networkd = Path.Combine(SourceTree.Root, "packaging", "examples", "10-bonddhcp.network");

    // A service of the user's, which notes what the network is like when it may rely on it.
    private const string NeedsNetwork = """
        echo force-unsafe-io > /etc/dpkg/dpkg.cfg.d/bed
        cat > /etc/systemd/system/needs-network.service <<END
        [Unit]
        Wants=network-online.target
        After=network-online.target
        [Service]
        Type=oneshot
        RemainAfterExit=yes
        ExecStart=/bin/sh -c 'ip -o address show dev bond0 > /run/online'
        [Install]
        WantedBy=multi-user.target
        END
        systemctl enable needs-network.service
        """;

    private const string Ifupdown = """
        cat > /etc/network/interfaces <<END
        auto lo
        iface lo inet loopback

        auto bond0
        iface bond0 inet dhcp
            bond-slaves ens16 ens17
            bond-mode active-backup
            bond-primary ens16
            bond-miimon 100
            bond-fail-over-mac active
        iface bond0 inet6 dhcp
        END
        """;

    [DebianFact(DisplayName = "Stock Debian with ifupdown, ifenslave and dhclient: migrated, rebooted, failed over, upgraded, downgraded, removed and purged, with one address throughout")]
    public async Task Ifupdown_IsMigrated()
    {
        string newer = package.WithVersion("99.0-1");
        await using DebianMachine machine = await DebianMachine.StartAsync(output.WriteLine, $"{NeedsNetwork}\n{Ifupdown}", package.Path, newer, s_networkd);
        string installed = $"/bed/files/{Path.GetFileName(package.Path)}";
        await machine.UntilAsync("ip -o address show dev bond0 | grep -q 192.0.2. && ip -o address show dev bond0 | grep -q 2001:db8:55::1..");
        (string address, string address6) = await AddressesAsync(machine);

        // Installed, it touches nothing: there is no configuration.
        await machine.RunAsync($"dpkg -i {installed}");
        Assert.Equal("inactive", await StateAsync(machine, "bonddhcp.service"));
        Assert.Equal((address, address6), await AddressesAsync(machine));

        await machine.RunAsync("""
            bonddhcp import --stop-dhclient --output /etc/bonddhcp/bonddhcp.toml
            bonddhcp check
            printf 'auto lo\niface lo inet loopback\n' > /etc/network/interfaces
            systemctl start bonddhcp.service
            bonddhcp wait-online bond0 -4 --timeout 60
            bonddhcp wait-online bond0 -6 --timeout 60
            """);
        await KeepsAsync(machine, address, address6, "migration");

        // Units of the recipe's names that stand for components have no part in a shutdown either.
        await machine.RunAsync("systemctl start dhcp4@bond0.service dhcp6@bond0.service master@bond0.service");
        await machine.RebootAsync();
        await machine.UntilAsync("systemctl is-active --quiet needs-network.service");
        // network-online.target was reached because there was an address, and not before.
        Assert.Contains($" {address}/", await machine.RunAsync("cat /run/online"), StringComparison.Ordinal);
        Assert.Equal("active", await StateAsync(machine, "bonddhcp-wait-online.service"));
        await machine.RunAsync("bonddhcp wait-online bond0 -6 --timeout 60");
        await KeepsAsync(machine, address, address6, "reboot");
        Assert.Empty(machine.Network.Farewells);

        int mark = machine.Network.Trace.Mark;
        await machine.SetCableAsync(0, plugged: false);
        await machine.UntilAsync("grep -q ens17 /sys/class/net/bond0/bonding/active_slave && bonddhcp status bond0 | grep -q 'dhcp4      bound'");
        await machine.Network.Trace.WaitForAsync(
            frame => frame.SourceMac == DebianMachine.Cards[1].Mac && frame.Arp is { SenderIp: var sender } && sender == address, TimeSpan.FromSeconds(10), "the address announced from the other card", mark);
        await machine.RunAsync($"ping -c 3 -i 0.3 -W 2 {DebianNetwork.RouterAddress}");
        await KeepsAsync(machine, address, address6, "failover");
        await machine.SetCableAsync(0, plugged: true);

        await ReplaceAsync(machine, $"/bed/files/{Path.GetFileName(newer)}");
        await KeepsAsync(machine, address, address6, "upgrade");
        await ReplaceAsync(machine, installed);
        await KeepsAsync(machine, address, address6, "downgrade");

        // One that the administrator stopped is not started by an upgrade.
        await machine.RunAsync($"systemctl stop bonddhcp.service; dpkg -i /bed/files/{Path.GetFileName(newer)}");
        Assert.Equal("inactive", await StateAsync(machine, "bonddhcp.service"));
        await machine.RunAsync("systemctl start bonddhcp.service");

        await KeepsOffAsync(machine);
        await KeepsAsync(machine, address, address6, "systemd-networkd");

        await machine.RunAsync("dpkg --remove bonddhcp");
        Assert.Equal((address, address6), await AddressesAsync(machine));
        Assert.Equal("/etc/bonddhcp/bonddhcp.toml\n", await machine.RunAsync("ls /etc/bonddhcp/bonddhcp.toml"));
        await machine.RunAsync($"dpkg -i {installed}; bonddhcp wait-online bond0 -4 --timeout 60");
        await KeepsAsync(machine, address, address6, "installation after removal");

        await machine.RunAsync("dpkg --purge bonddhcp");
        Assert.Equal((address, address6), await AddressesAsync(machine));
        Assert.Equal("", await machine.RunAsync("find / -xdev -path '*bonddhcp*' ! -path '/bed/*' ! -path '/var/log/*' ! -path '/var/lib/dpkg/*' -print 2>/dev/null; find /run -path '*bonddhcp*'; systemctl --failed --no-legend"));
        Assert.Empty(machine.Network.Farewells);
        Assert.Empty(machine.Removed(Bond, address));
        Assert.Empty(machine.Removed(Bond, address6));
    }

    [DebianFact(DisplayName = "The recipe's six units and their files: migrated with its supplicant, rebooted without a network card, failed over and purged, with one address throughout")]
    public async Task Recipe_IsMigrated()
    {
        await using DebianMachine machine = await DebianMachine.StartAsync(output.WriteLine, $"{NeedsNetwork}\n{Recipe()}", package.Path);
        await machine.Network.AuthenticateAsync("port1");
        await machine.UntilAsync("ip -o address show dev bond0 | grep -q 192.0.2. && ip -o address show dev bond0 | grep -q 2001:db8:55::1..");
        await machine.UntilAsync("wpa_cli -i ens17 status | grep -q 'Supplicant PAE state=AUTHENTICATED'");
        (string address, string address6) = await AddressesAsync(machine);
        string supplicant = await machine.RunAsync("pidof wpa_supplicant");

        await machine.RunAsync($"dpkg -i /bed/files/{Path.GetFileName(package.Path)}");
        await machine.RunAsync("""
            bonddhcp import --stop-dhclient --output /etc/bonddhcp/bonddhcp.toml
            bonddhcp check
            systemctl kill --signal=KILL dhcp6c@bond0.service
            systemctl disable --quiet master@bond0 ens16@bond0 ens17@bond0 static@bond0 dhclient@bond0 dhcp6c@bond0 supplicant@ens17
            cd /etc/systemd/system
            rm master@.service slave@.service ens16@.service ens17@.service static@.service dhclient@.service dhcp6c@.service supplicant@.service
            systemctl daemon-reload
            # Units of these names are the package's now, and no daemon is there to do anything about it.
            systemctl stop master@bond0 ens16@bond0 ens17@bond0 static@bond0
            systemctl reset-failed
            systemctl start bonddhcp.service
            bonddhcp wait-online bond0 -4 --timeout 60
            bonddhcp wait-online bond0 -6 --timeout 60
            """);
        await KeepsAsync(machine, address, address6, "migration");
        Assert.Equal(supplicant, await machine.RunAsync("pidof wpa_supplicant"));
        Assert.Empty(machine.Removed(Bond, address));
        Assert.Empty(machine.Removed(Bond, address6));

        // The card in use fails; the other one's port knows the host by 802.1X.
        await machine.SetCableAsync(0, plugged: false);
        await machine.UntilAsync("grep -q ens17 /sys/class/net/bond0/bonding/active_slave && bonddhcp status bond0 | grep -q 'dhcp4      bound'");
        await machine.RunAsync($"ping -c 3 -i 0.3 -W 2 {DebianNetwork.RouterAddress}");
        await KeepsAsync(machine, address, address6, "failover");
        await machine.SetCableAsync(0, plugged: true);

        // A boot without any card: the service is there, and the rest once a card is.
        await machine.UnplugAsync(0);
        await machine.UnplugAsync(1);
        await machine.RebootAsync();
        await machine.UntilAsync("systemctl is-active --quiet bonddhcp.service");
        Assert.Equal("", (await machine.RunAsync("ls -d /sys/class/net/ens* 2>/dev/null || true")).Trim());
        await machine.PlugAsync(1);
        await machine.UntilAsync("systemctl is-active --quiet needs-network.service");
        await KeepsAsync(machine, address, address6, "boot without a card");
        Assert.Contains("ens17", await machine.RunAsync("systemctl list-units --no-legend 'bonddhcp-supplicant@*'"), StringComparison.Ordinal);
        await machine.PlugAsync(0);
        await machine.UntilAsync("grep -q ens16 /sys/class/net/bond0/bonding/active_slave && bonddhcp status bond0 | grep -q 'dhcp4      bound'");
        await KeepsAsync(machine, address, address6, "the primary back");

        await machine.RunAsync("dpkg --purge bonddhcp");
        Assert.Equal((address, address6), await AddressesAsync(machine));
        Assert.Empty(machine.Network.Farewells);
    }

    private static string Recipe([CallerFilePath] string source = "") => File.ReadAllText(Path.Combine(Path.GetDirectoryName(source)!, "recipe.sh"));
}
