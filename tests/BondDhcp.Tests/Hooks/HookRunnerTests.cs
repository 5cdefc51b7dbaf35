using System.Diagnostics;
using BondDhcp.Host.Hooks;
using BondDhcp.Host.Loop;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Hooks;

/// <summary>Hooks as programs in a directory of the test's own, in a loop that the test turns.</summary>
public sealed class HookRunnerTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly EventLoop _loop = new();
    private readonly List<(string Interface, Report Report)> _journal = [];
    private HookRunner _runner;

    public HookRunnerTests()
    {
        Directory.CreateDirectory(At("hooks"));
        _runner = Make(null);
    }

    public void Dispose()
    {
        _runner.Dispose();
        _loop.Dispose();
        _directory.Dispose();
    }

    private HookRunner Make(TimeSpan? limit)
    {
        HookRunner runner = new(_loop, (name, source, report) =>
        {
            Assert.Equal("hooks", source);
            _journal.Add((name, report));
        }, limit)
        { Directory = At("hooks") };
        runner.Begin();
        return runner;
    }

    private string At(string name) => Path.Combine(_directory.Path, name);

    private void Hook(string name, string body, int mode = 0x1ed)
    {
        File.WriteAllText(At($"hooks/{name}"), $"#!/bin/sh\n{body}\n");
        File.SetUnixFileMode(At($"hooks/{name}"), (UnixFileMode)mode);
    }

    private string Said => File.Exists(At("said")) ? File.ReadAllText(At("said")) : "";

    private string[] Warnings => [.. _journal.Where(one => one.Report.Event == "warning").Select(one => one.Report.Fields[0].Value.ToString()!)];

    private TimeSpan Until(Func<bool> reached)
    {
        var clock = Stopwatch.StartNew();
        while (!reached())
        {
            _loop.Turn(5);
            if (clock.Elapsed > TimeSpan.FromSeconds(20)) Assert.Fail($"it did not come: {Said}\n{string.Join('\n', Warnings)}");
        }
        return clock.Elapsed;
    }

    private void Run(params ReadOnlySpan<HookEvent> events)
    {
        foreach (HookEvent one in events) _runner.Raise(one);
        bool settled = false;
        _runner.Settle(() => settled = true);
        Until(() => settled);
    }

    private static HookEvent Event(HookReason reason, string name = "bond0") => new(name, reason) { New = [new HookVariable("ip_address", "192.0.2.50")], Subject = $"{reason}" };

    [Fact]
    public void Hooks_RunInTheOrderOfTheirNames_WithNothingOfOurs()
    {
        Hook("20-second", $"cat >> {At("said")}; echo >> {At("said")}");
        Hook("10-first", $"env | sort >> {At("said")}");
        Hook("B", $"echo B $# >> {At("said")}");
        Run(Event(HookReason.Bound));
        string[] lines = Said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            ["LC_ALL=C", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "interface=bond0", "medium=", "new_ip_address=192.0.2.50", "reason=BOUND"],
            lines[..^2].Where(line => !line.StartsWith("PWD=", StringComparison.Ordinal) && !line.StartsWith("pid=", StringComparison.Ordinal)));
        Assert.StartsWith("{\"schema\":1,", lines[^2], StringComparison.Ordinal);
        Assert.Contains("\"reason\":\"BOUND\"", lines[^2], StringComparison.Ordinal);
        Assert.Equal("B 0", lines[^1]);
        Assert.Equal(new HookSnapshot(At("hooks"), 3, 0, 0), _runner.Snapshot);
        Assert.Empty(Warnings);
    }

    [Fact]
    public void Names_ThatRunPartsPassesOver_AreNotRun()
    {
        foreach (string name in (string[])["hook.sh", "hook~", ".hidden", "hook.dpkg-old", "a b"]) Hook(name, $"echo {name} >> {At("said")}");
        Hook("plain", $"echo plain >> {At("said")}", 0x1a4);
        Directory.CreateDirectory(At("hooks/directory"));
        Run(Event(HookReason.Bound));
        Assert.Equal("", Said);
        Assert.Empty(Warnings);
    }

    [Fact]
    public void Hooks_ThatOthersCouldHaveWritten_AreNotRun_AndNamedOnce()
    {
        Hook("open", $"echo open >> {At("said")}", 0x1ff);
        Hook("good", $"echo good >> {At("said")}");
        Run(Event(HookReason.Bound), Event(HookReason.Expire));
        Assert.Equal("good\ngood\n", Said);
        Assert.Equal($"{At("hooks/open")} can be written by its group or by others: it is not run", Assert.Single(Warnings));
        File.SetUnixFileMode(At("hooks"), (UnixFileMode)0x1ff);
        Run(Event(HookReason.Bound));
        Assert.Equal("good\ngood\n", Said);
        Assert.EndsWith("can be written by its group or by others: no hook is run", Warnings[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Directory_ThatIsNotThere_IsNamedOnce_AndHooksThatComeLaterRun()
    {
        Directory.Delete(At("hooks"));
        Run(Event(HookReason.Bound), Event(HookReason.Expire));
        Assert.EndsWith("No such file or directory: no hook is run", Assert.Single(Warnings), StringComparison.Ordinal);
        Directory.CreateDirectory(At("hooks"));
        Hook("late", $"echo $reason >> {At("said")}");
        Run(Event(HookReason.Release));
        Assert.Equal("RELEASE\n", Said);
    }

    [Fact]
    public void Off_ByDefault_NothingRuns()
    {
        Hook("hook", $"echo x >> {At("said")}");
        _runner.Directory = "";
        Run(Event(HookReason.Bound));
        Assert.Equal("", Said);
        Assert.Null(_runner.Snapshot);
    }

    [Fact]
    public void Failure_IsNamedWithItsLastWords_Counted_AndEndsNothing()
    {
        Hook("10-bad", "echo first; printf 'last \\033[31mword' >&2; exit 3");
        Hook("20-good", $"echo good >> {At("said")}");
        Hook("15-broken", "");
        File.WriteAllText(At("hooks/15-broken"), "#!/no/such/interpreter\n");
        Run(Event(HookReason.Bound));
        Assert.Equal("good\n", Said);
        Assert.Equal(("hook 10-bad for BOUND failed (exit code 3): first; last \x1b[31mword", 2L, 1L), (Warnings[0], _runner.Snapshot!.Failed, _runner.Snapshot.Ran));
        Assert.Contains("hook 15-broken for BOUND could not be started", Warnings[1], StringComparison.Ordinal);
        // As the log prints it.
        Assert.DoesNotContain('\x1b', EscapedText.Of(Warnings[0], 1024));
    }

    [Fact]
    public void Time_ThatIsOver_EndsTheHookAndWhatItStarted_AndTheNextRuns()
    {
        _runner.Dispose();
        _runner = Make(TimeSpan.FromMilliseconds(300));
        Hook("10-slow", $"trap '' TERM; sleep 77 & echo $! > {At("child")}; echo waiting; wait; wait; sleep 77");
        Hook("20-next", $"echo next >> {At("said")}");
        var clock = Stopwatch.StartNew();
        _runner.Raise(Event(HookReason.Bound));
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromMilliseconds(250)); // nobody waits for it
        Until(() => Said == "next\n");
        Assert.Equal("hook 10-slow for BOUND took too long and was ended: waiting", Assert.Single(Warnings));
        int child = int.Parse(File.ReadAllText(At("child")), System.Globalization.CultureInfo.InvariantCulture);
        Until(() => !Directory.Exists($"/proc/{child}") || File.ReadAllText($"/proc/{child}/stat").Contains(") Z ", StringComparison.Ordinal));
    }

    [Fact]
    public void Events_OfOneInterface_KeepTheirOrder_AndThoseOfAnotherDoNotWait()
    {
        // The first of bond0 ends when that of eth0 has: who had to wait for it would never come.
        Hook("hook", $"[ $interface != bond0 ] || [ $reason != PREINIT ] || while [ ! -s {At("said")} ]; do sleep 0.05; done; echo $interface $reason >> {At("said")}");
        Run(Event(HookReason.Preinit), Event(HookReason.Bound), Event(HookReason.Expire), Event(HookReason.Bound, "eth0"));
        Assert.Equal(["eth0 BOUND", "bond0 PREINIT", "bond0 BOUND", "bond0 EXPIRE"], Said.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Output_WithoutEnd_IsKeptWithinBounds()
    {
        Hook("loud", "yes | head -c 10000000; exit 1");
        Run(Event(HookReason.Bound));
        Report told = _journal.First(one => one.Report.Event == "hook").Report;
        Assert.InRange(told.Fields.Single(one => one.Name == "output").Value.ToString()!.Length, 1, 2048);
        Assert.InRange(Warnings[0].Length, 1, 512);
    }

    [Fact]
    public void Settling_WithAHookThatTakesLong_IsOverInTime()
    {
        Hook("slow", "sleep 5");
        var clock = Stopwatch.StartNew();
        Run(Event(HookReason.Release));
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4.9));
    }

    [Fact(DisplayName = "AX-5 an interface's name that would mean something to a script runs no hook")]
    public void InterfaceName_ThatIsNoName_RunsNothing()
    {
        Hook("hook", $"echo x >> {At("said")}");
        Run(Event(HookReason.Bound, "a$(id)"));
        Assert.Equal("", Said);
        Assert.StartsWith("no hook is run", Assert.Single(Warnings), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "hooks written for dhclient go on working: read into one shell, enter before exit, resolv.conf and host name left alone")]
    public void Adapter_RunsTheHooksOfDhclient()
    {
        foreach (string name in (string[])["enter", "exit"]) Directory.CreateDirectory(At($"dhcp/dhclient-{name}-hooks.d"));
        // As packages bring them: resolvconf's, ntp's, systemd-timesyncd's and isc-dhcp-client's, by shape.
        Dhclient("dhclient-enter-hooks.d/resolvconf", $"make_resolv_conf() {{ echo make_resolv_conf >> {At("said")}; }}\nset_hostname() {{ echo set_hostname >> {At("said")}; }}\nfrom_enter=yes");
        Dhclient("dhclient-exit-hooks.d/ntp", $$"""
            ntp_servers_setup_add() {
                if [ "$new_ntp_servers" = "$old_ntp_servers" ]; then return; fi
                for server in $new_ntp_servers; do echo "server $server iburst" >> {{At("said")}}; done
            }
            case $reason in
                BOUND|RENEW|REBIND|REBOOT) ntp_servers_setup_add ;;
                EXPIRE|FAIL|RELEASE|STOP) echo "no servers" >> {{At("said")}} ;;
            esac
            """);
        Dhclient("dhclient-exit-hooks.d/zz-routes", $$"""
            if [ "$reason" = BOUND ] && [ -n "$new_rfc3442_classless_static_routes" ]; then
                set -- $new_rfc3442_classless_static_routes
                echo "route $2.$3.$4.0/$1 via $5.$6.$7.$8 dev $interface enter=$from_enter" >> {{At("said")}}
            fi
            return 1
            """);
        Dhclient("dhclient-exit-hooks.d/rfc3442-classless-routes", $"echo twice >> {At("said")}");
        Dhclient("dhclient-exit-hooks.d/passed.over", $"echo passed >> {At("said")}");
        Dhclient("dhclient-exit-hooks", $"read line; echo \"plain $reason stdin=$line mtu=$new_interface_mtu\" >> {At("said")}");
        Hook("dhclient-hooks", $"DHCLIENT_HOOKS={At("dhcp")} exec {Path.Combine(SourceTree.Root, "hooks", "dhclient-hooks")}");
        Run(new HookEvent("bond0", HookReason.Bound)
        {
            New =
            [
                new("ntp_servers", "192.0.2.1 192.0.2.2"), new("rfc3442_classless_static_routes", "24 192 168 10 192 0 2 1"), new("interface_mtu", "576"),
            ],
        });
        Assert.Equal(
            [
                "plain BOUND stdin= mtu=", "server 192.0.2.1 iburst", "server 192.0.2.2 iburst",
                "route 192.168.10.0/24 via 192.0.2.1 dev bond0 enter=yes",
            ],
            Said.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal($"hook dhclient-hooks for BOUND failed (exit code 1): {At("dhcp")}/dhclient-exit-hooks.d/zz-routes gave 1", Assert.Single(Warnings));
        File.Delete(At("said"));
        Run(new HookEvent("bond0", HookReason.Release) { Old = [new("ntp_servers", "192.0.2.1")] });
        Assert.Equal(["plain RELEASE stdin= mtu=", "no servers"], Said.Split('\n', StringSplitOptions.RemoveEmptyEntries));

        void Dhclient(string name, string body) => File.WriteAllText(At($"dhcp/{name}"), body + "\n");
    }
}
