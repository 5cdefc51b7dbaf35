using System.Text.Json;
using BondDhcp.Tests.Beds.Debian;
using BondDhcp.Tests.Beds.Qemu;
using Xunit;

namespace BondDhcp.Tests.Package;

/// <summary>What is asked of the machine again and again.</summary>
public sealed partial class MigrationTests
{
    // dpkg -i over the running one: another process, nothing else.
    private static async Task ReplaceAsync(DebianMachine machine, string file)
    {
        string before = await machine.RunAsync("systemctl show --property MainPID bonddhcp.service");
        await machine.RunAsync($"dpkg -i {file}; bonddhcp wait-online bond0 -4 --timeout 60");
        string after = await machine.RunAsync("systemctl show --property MainPID bonddhcp.service");
        Assert.NotEqual(before, after);
    }

    // The lease is in force, and the addresses are the ones that were there.
    private static async Task KeepsAsync(DebianMachine machine, string address, string address6, string what)
    {
        await machine.UntilAsync("bonddhcp status bond0 | grep -q 'dhcp4      bound' && bonddhcp status bond0 | grep -q 'dhcp6      bound'");
        (string, string) now = await AddressesAsync(machine);
        Assert.True((address, address6) == now, $"{what}: {now} in the place of {address} and {address6}");
    }

    private static async Task<(string, string)> AddressesAsync(DebianMachine machine)
    {
        using JsonDocument document = JsonDocument.Parse(await machine.RunAsync($"ip -json address show dev {Bond} scope global"));
        // Those of another scope are empty objects.
        JsonElement[] addresses = [.. document.RootElement.EnumerateArray().SelectMany(link => link.GetProperty("addr_info").EnumerateArray()).Where(one => one.TryGetProperty("local", out _))];
        string Of(string family, string network) => string.Join(' ', addresses
            .Where(one => one.GetProperty("family").GetString() == family).Select(one => one.GetProperty("local").GetString()!).Where(one => one.StartsWith(network, StringComparison.Ordinal)));
        // Of DHCPv6, not what the kernel makes of the prefix by itself.
        return (Of("inet", "192.0.2."), Of("inet6", "2001:db8:55::1"));
    }

    private static async Task<string> StateAsync(DebianMachine machine, string unit) =>
        (await machine.RunAsync($"systemctl show --property ActiveState --value {unit}")).Trim();

    // With the example's names changed as it says, systemd-networkd leaves to bonddhcp what another file of its would have it take.
    private static async Task KeepsOffAsync(DebianMachine machine)
    {
        string states = await machine.RunAsync("""
            sed 's/^Name=.*/Name=bond0 ens16 ens17/' /bed/files/10-bonddhcp.network > /etc/systemd/network/10-bonddhcp.network
            printf '[Match]\nName=bond* en*\n[Network]\nDHCP=yes\n' > /etc/systemd/network/50-all.network
            ip link add enx1 type dummy
            systemctl unmask --quiet systemd-networkd.service systemd-networkd.socket
            systemctl start systemd-networkd.service
            state() { sed -n 's/^ADMIN_STATE=//p' "/run/systemd/netif/links/$(cat "/sys/class/net/$1/ifindex")"; }
            for ((i = 0; i < 60; i++)); do
                case "$(state enx1 2>/dev/null)" in '' | pending | initialized) sleep 0.5 ;; *) break ;; esac
            done
            for name in enx1 bond0 ens16 ens17; do echo "$name $(state "$name")"; done
            systemctl stop systemd-networkd.service systemd-networkd.socket
            ip link delete enx1
            rm /etc/systemd/network/10-bonddhcp.network /etc/systemd/network/50-all.network
            """);
        string[] seen = states.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^4..];
        Assert.StartsWith("enx1 config", seen[0], StringComparison.Ordinal);
        Assert.Equal(["bond0 unmanaged", "ens16 unmanaged", "ens17 unmanaged"], seen[1..]);
    }
}

/// <summary>One package for all, and one machine at a time: it takes both processors.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class DebianCollection : ICollectionFixture<BuiltPackage>
{
    public const string Name = "debian";
}

/// <summary>A test of a whole system with the package; skipped, with the reason, where either cannot be had.</summary>
public sealed class DebianFactAttribute : FactAttribute
{
    public DebianFactAttribute() => Skip = BuiltPackage.WhyNot ?? QemuFactAttribute.WhyNot ?? Beds.Scenarios.BedNeeds.WhyNot("dnsmasq", "tcpdump");
}
