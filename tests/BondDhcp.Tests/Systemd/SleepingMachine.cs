using System.Text.Json;
using BondDhcp.Tests.Beds.Debian;
using BondDhcp.Tests.Beds.Qemu;
using BondDhcp.Tests.Beds.Scenarios;
using BondDhcp.Tests.Package;
using Xunit;

namespace BondDhcp.Tests.Systemd;

/// <summary>A Debian system with the package's service on a bond of two cards, which can be put to sleep.</summary>
public sealed class SleepingMachine(BuiltPackage package) : IAsyncLifetime
{
    public const string Bond = "bond0";

    private const string Prepare = """
        echo force-unsafe-io > /etc/dpkg/dpkg.cfg.d/bed
        printf 'auto lo\niface lo inet loopback\n' > /etc/network/interfaces
        mkdir -p /etc/bonddhcp
        printf '%s\n' '[interface.bond0]' 'slaves = ["ens16", "ens17"]' 'primary = "ens16"' 'dhcp4 = true' 'dhcp6 = true' 'dns = false' > /etc/bonddhcp/bonddhcp.toml
        """;

    /// <summary>What the network's first server grants.</summary>
    public const int HourSeconds = 3600;

    private int _leaseSeconds = HourSeconds;
    private string? _seen;

    public DebianMachine Machine { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (SleepFactAttribute.WhyNot is not null) return;
        Machine = await DebianMachine.StartAsync(seen => _seen = seen, Prepare, package.Path);
        try
        {
            await Machine.RunAsync($"dpkg -i /bed/files/{Path.GetFileName(package.Path)}; systemctl start bonddhcp.service");
        }
        catch
        {
            await Machine.DisposeAsync();
            throw;
        }
    }

    public async Task DisposeAsync()
    {
        if (Machine is not null) await Machine.DisposeAsync();
    }

    /// <summary>Sees to leases of this length; others are given back, and their server goes.</summary>
    public async Task<(string Address, string Address6)> BindAsync(int leaseSeconds)
    {
        if (leaseSeconds != _leaseSeconds)
        {
            await Machine.RunAsync($"bonddhcp stop dhcp4@{Bond} dhcp6@{Bond}");
            await (leaseSeconds == HourSeconds ? Machine.Network.ServeAsync() : Machine.Network.ServeAsync(leaseSeconds));
            _leaseSeconds = leaseSeconds;
            await Machine.RunAsync($"bonddhcp start dhcp4@{Bond} dhcp6@{Bond}");
        }
        await WaitUntilBoundAsync();
        return (await AddressAsync("dhcp4"), await AddressAsync("dhcp6"));
    }

    /// <summary>Waits until both leases are in force, nothing is asked about them, and the addresses can be used.</summary>
    public Task WaitUntilBoundAsync() =>
        Machine.UntilAsync($"bonddhcp status {Bond} | grep -q 'dhcp4      bound' && bonddhcp status {Bond} | grep -q 'dhcp6      bound' && bonddhcp wait-online {Bond} -6 --timeout 1");

    /// <summary>The address of a family by its lease, without the length of its prefix.</summary>
    public async Task<string> AddressAsync(string family)
    {
        JsonElement lease = await LeaseAsync(family);
        return family == "dhcp4"
            ? lease.GetProperty("address").GetString()!.Split('/')[0]
            : Assert.Single(lease.GetProperty("addresses").EnumerateArray()).GetProperty("address").GetString()!;
    }

    /// <summary>The object of a family in <c>lease --json</c>.</summary>
    public async Task<JsonElement> LeaseAsync(string family)
    {
        using JsonDocument document = JsonDocument.Parse(await Machine.RunAsync($"bonddhcp lease {Bond} --json"));
        return Assert.Single(document.RootElement.GetProperty("interfaces").EnumerateArray()).GetProperty(family).Clone();
    }

    /// <summary>The events kept, oldest first.</summary>
    public async Task<IReadOnlyList<SleepEvent>> TimelineAsync() =>
        [.. (await Machine.RunAsync("bonddhcp timeline --json")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(SleepEvent.Read)];

    /// <summary>The daemon's process id, by systemd: another one was started anew.</summary>
    public Task<string> ProcessAsync() => Machine.RunAsync("systemctl show --property MainPID bonddhcp.service");

    public override string ToString() => _seen ?? Machine.ToString();
}

/// <summary>An event of the timeline.</summary>
/// <param name="Source">The part that tells.</param>
/// <param name="Name">What happened.</param>
/// <param name="At">When, by the wall clock.</param>
/// <param name="Fields">The whole of it.</param>
public sealed record SleepEvent(string Source, string Name, DateTimeOffset At, JsonElement Fields)
{
    public static SleepEvent Read(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement root = document.RootElement.Clone();
        return new(root.GetProperty("source").GetString()!, root.GetProperty("event").GetString()!, root.GetProperty("at").GetDateTimeOffset(), root);
    }

    /// <summary>A field's text; empty without it.</summary>
    public string this[string field] => Fields.TryGetProperty(field, out JsonElement value) ? value.ToString() : "";

    public override string ToString() => Fields.GetRawText();
}

/// <summary>A test in which a whole system sleeps; skipped, with the reason, where there can be none.</summary>
public sealed class SleepFactAttribute : FactAttribute
{
    public SleepFactAttribute() => Skip = WhyNot;

    public static string? WhyNot { get; } = BuiltPackage.WhyNot ?? QemuFactAttribute.WhyNot ?? BedNeeds.WhyNot("dnsmasq", "dhcpd", "tcpdump");
}
