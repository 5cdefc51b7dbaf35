using System.Diagnostics;
using BondDhcp.Host.Resolver;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Linux;
using Xunit;

namespace BondDhcp.Tests.Resolver;

/// <summary>
/// The programs themselves, where nothing of this machine's can be reached: both kinds of resolvconf, and systemd-resolved
/// with a bus of its own.
/// </summary>
public sealed class RealResolverTests
{
    // Debian's resolvconf on a machine whose resolv.conf is its link, and openresolv where it writes the file.
    private static void WithResolvconf(string package, Action<ResolverBed, Func<string[]>> test) => PrivateMounts.WithPrivateSystem(() =>
    {
        using var bed = new ResolverBed();
        string program = DebianPackage.InstallResolvconf(package);
        File.Delete("/etc/resolv.conf");
        if (package == "resolvconf")
        {
            File.WriteAllText("/run/resolvconf/enable-updates", "");
            File.CreateSymbolicLink("/etc/resolv.conf", "/run/resolvconf/resolv.conf");
        }
        bed.Places = bed.Places with { Resolvconf = program };
        test(bed, () => File.Exists("/etc/resolv.conf") ? [.. File.ReadAllLines("/etc/resolv.conf").Where(line => line.Length > 0 && line[0] != '#')] : []);
    });

    private static void TellAndTakeBack(ResolverBed bed, Func<string[]> lines)
    {
        const string both = "[interface.bond0]\ndhcp4 = true\nmetric = 100\n[interface.eth0]\ndhcp4 = true\n";
        bed.Start(both);
        Assert.Equal(new ResolverWays(false, true), bed.Places.Look());
        bed.Offer4("bond0", "192.0.2.53");
        bed.Offer6("bond0", "2001:db8::53", "fe80::1");
        bed.Settle();
        Assert.Empty(bed.Warnings);
        Assert.Equal(["nameserver 192.0.2.53", "nameserver 2001:db8::53", "nameserver fe80::1%bond0", "search example.org lab.example"], lines().Order(StringComparer.Ordinal));
        bed.Offer4("eth0", "198.51.100.53");
        bed.Settle();
        Assert.Contains("nameserver 192.0.2.53", lines());

        // Its record outlives the daemon, and so does what it told.
        bed.Start(both);
        bed.Offer4("bond0", "192.0.2.53");
        bed.Settle();
        bed.Runner.Offer("bond0", OfferFamily.Ipv4, null);
        bed.Settle();
        Assert.Equal(["nameserver 198.51.100.53"], lines().Where(line => line.StartsWith("nameserver", StringComparison.Ordinal)));
        bed.Runner.Offer("eth0", OfferFamily.Ipv4, null);
        bed.Settle();
        Assert.Empty(lines());

        // Written down, with no lease.
        bed.Start("[interface.bond0]\nname-servers = [\"192.0.2.99\", \"fe80::9%bond0\"]\nsearch-domains = [\"static.example\"]\n");
        bed.OfferStatic("bond0");
        bed.Settle();
        Assert.Equal(["nameserver 192.0.2.99", "nameserver fe80::9%bond0", "search static.example"], lines().Order(StringComparer.Ordinal));
        bed.Runner.Offer("bond0", OfferFamily.Static, null);
        bed.Settle();
        Assert.Empty(lines());
        Assert.Empty(bed.Warnings);
    }

    [PackageFact("openresolv", DisplayName = "D12 openresolv itself takes both families of each interface, and gives them up")]
    public void Openresolv_IsToldAndGivesUp() => WithResolvconf("openresolv", TellAndTakeBack);

    [PackageFact("resolvconf", DisplayName = "D12 Debian's resolvconf itself takes both families of each interface, and gives them up")]
    public void DebianResolvconf_IsToldAndGivesUp() => WithResolvconf("resolvconf", TellAndTakeBack);

    [PackageFact("systemd-resolved", DisplayName = "AP-11 D12 systemd-resolved itself: told, started again and told again within 2 s, reverted")]
    public void Resolved_IsToldAgainAfterARestart() => PrivateNetwork.Run(() => PrivateMounts.WithPrivateSystem(() =>
    {
        string root = DebianPackage.Root("systemd-resolved");
        string resolvectl = Path.Combine(root, "usr/bin/resolvectl");
        MakeUsers();
        List<Process> processes = [];
        try
        {
            processes.Add(StartBus());
            Process resolved = StartResolved(root, processes);
            using var bed = new ResolverBed();
            bed.Places = bed.Places with { Resolvectl = resolvectl, ResolvedDirectory = "/run/systemd/resolve" };
            Assert.True(bed.Places.Look().Resolved);
            bed.Start("[interface.c0]\ndhcp4 = true\n");
            bed.Offer4("c0", "192.0.2.53");
            bed.Offer6("c0", "2001:db8::53", "fe80::1");
            bed.Until(() => Shown() == "192.0.2.53 2001:db8::53 fe80::1");
            bed.Settle();
            string told = PrivateNetwork.Command(resolvectl, "domain c0");
            Assert.EndsWith(": example.org lab.example\n", told, StringComparison.Ordinal);

            // What it keeps over a restart is taken from it, so that only being told again can bring it back.
            resolved.Kill();
            resolved.WaitForExit();
            Assert.False(bed.Places.Look().Resolved);
            Directory.Delete("/run/systemd/resolve/netif", recursive: true);
            StartResolved(root, processes);
            TimeSpan took = bed.Until(() => Shown() == "192.0.2.53 2001:db8::53 fe80::1");
            Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(2));
            bed.Settle();
            // Being told makes it write into its directory, which must not be taken for another start.
            int events = bed.Journal.Count;
            bed.For(1000);
            Assert.Equal(events, bed.Journal.Count);

            bed.Runner.Offer("c0", OfferFamily.Ipv6, null);
            bed.Runner.Offer("c0", OfferFamily.Ipv4, null);
            bed.Until(() => Shown() == "");
        }
        finally
        {
            foreach (Process process in processes)
            {
                process.Kill();
                process.WaitForExit();
                process.Dispose();
            }
        }

        // "Link 3 (c0): 192.0.2.53 fe80::1%2147483646": scopes as it likes them.
        string Shown() => System.Text.RegularExpressions.Regex.Replace(PrivateNetwork.Command(resolvectl, "dns c0").Split("):")[1].Trim(), "%[^ ]+", "");
    }));

    // The user that it becomes, in the private /etc.
    private static void MakeUsers()
    {
        Directory.CreateDirectory("/run/dbus");
        foreach ((string file, string line) in (ReadOnlySpan<(string, string)>)[("/etc/passwd", "systemd-resolve:x:991:991::/:/usr/sbin/nologin\n"), ("/etc/group", "systemd-resolve:x:991:\n")])
            if (!File.ReadAllText(file).Contains("systemd-resolve:", StringComparison.Ordinal)) File.AppendAllText(file, line);
    }

    private static Process StartBus()
    {
        File.WriteAllText("/run/bus.conf", """
            <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
            <busconfig><type>system</type><listen>unix:path=/run/dbus/system_bus_socket</listen><auth>EXTERNAL</auth>
            <policy context="default"><allow user="*"/><allow own="*"/><allow send_type="method_call"/><allow send_type="signal"/><allow send_destination="*"/>
            <allow receive_type="method_call"/><allow receive_type="method_return"/><allow receive_type="error"/><allow receive_type="signal"/></policy></busconfig>
            """);
        Process bus = Start("dbus-daemon", "--config-file=/run/bus.conf", "--nofork");
        Await(() => File.Exists("/run/dbus/system_bus_socket"), bus);
        return bus;
    }

    private static Process StartResolved(string root, List<Process> processes)
    {
        Directory.CreateDirectory("/run/systemd/resolve");
        PrivateNetwork.Command("chown", "systemd-resolve: /run/systemd/resolve");
        string socket = Path.Combine("/run/systemd/resolve", ResolverPlaces.ResolvedSocketName);
        DateTime before = File.GetCreationTimeUtc(socket);
        Process resolved = Start(Path.Combine(root, "lib/systemd/systemd-resolved"));
        processes.Add(resolved);
        Await(() => File.Exists(socket) && File.GetLastWriteTimeUtc(socket) > before, resolved);
        return resolved;
    }

    private static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;

    private static void Await(Func<bool> reached, Process process)
    {
        var clock = Stopwatch.StartNew();
        while (!reached())
        {
            Assert.False(process.HasExited && clock.ElapsedMilliseconds > 1000, "it ended");
            if (clock.ElapsedMilliseconds > 15_000) Assert.Fail("it did not start");
            Thread.Sleep(10);
        }
    }
}
