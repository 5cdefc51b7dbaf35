using System.Globalization;
using System.Text.Json;
using BondDhcp.Tests.Beds.Qemu;
using BondDhcp.Tests.Beds.Scenarios;
using Xunit;
using Xunit.Abstractions;
using static BondDhcp.Tests.Bonds.BondAssert;

namespace BondDhcp.Tests.Systemd;

/// <summary>The packaged units on a stock systemd: the sandbox and everything in it, reload, watchdog, restart, stop.</summary>
[Collection(SystemdCollection.Name)]
public sealed class SystemdServiceTests(SystemdMachine machine, ITestOutputHelper output)
{
    private static readonly BedScenario s_service = new("service", """
        dnsmasq_options=(--dhcp-option=option:dns-server,192.0.2.53 --dhcp-option=option:domain-search,bed.example)
        service
        serve dnsmasq
        plug pw0
        store() {
            echo "descriptors $(property NFileDescriptorStore)"
            echo "journals $(ls -l /proc/1/fd | grep -c memfd:bonddhcp-journal)"
            echo "packet sockets of the daemon's network $(($(outside cat /proc/net/packet | wc -l) - 1))"
            echo "of them kept $(ls -l /proc/1/fd | grep -oE 'socket:.[0-9]+' | grep -oE '[0-9]+' | grep -cxFf <(outside awk 'NR > 1 { print $9 }' /proc/net/packet))"
        }
        restarted() { has_property NRestarts "$1" && served_bound; }

        # Before anything runs.
        note verify outside systemd-analyze verify --man=no bonddhcp.service bonddhcp-wait-online.service bonddhcp-supplicant@wlan9.service dhcp4@bond0.service
        mv $toml $toml.off
        note condition ctl start bonddhcp.service
        note condition outside systemctl show --property=ActiveState,ConditionResult,Result bonddhcp.service
        mv $toml.off $toml

        # A hook, one who takes name servers, and a group that may change things.
        mkdir -p /etc/bonddhcp/hooks.d
        printf '%s\n' '#!/bin/sh' 'echo "$reason $interface $new_ip_address" >> /etc/bonddhcp/told' 'touch /run/bed-hook' 'ip -o link show bond0 > /dev/null && systemctl is-active -q dbus.socket bonddhcp-supplicant@*; echo "done $?"' > /etc/bonddhcp/hooks.d/bed
        printf '%s\n' '#!/bin/sh' 'mkdir -p /run/bed-resolvconf' 'if [ "$1" = -a ]; then cat > "/run/bed-resolvconf/$2"; else rm -f "/run/bed-resolvconf/$2"; fi' > /usr/local/sbin/resolvconf
        chmod 755 /etc/bonddhcp/hooks.d/bed /usr/local/sbin/resolvconf
        configure 'hooks = "/etc/bonddhcp/hooks.d"' 'control-group = "adm"' -- 'dns = "auto"'
        dropin watchdog WatchdogSec=8
        note driver eval '[ -e /sys/module/bonding ]; echo "before $?"'
        mark start
        note rc ctl start bonddhcp.service
        until_true served_bound
        note driver eval '[ -e /sys/module/bonding ]; echo "after $?"'
        note link outside udevadm info --query=property --property=ID_NET_LINK_FILE --value /sys/class/net/bond0
        note address leased
        until_true [ -s /run/bed-resolvconf/bond0* ]
        note resolvconf eval 'cat /run/bed-resolvconf/*'
        until_true [ -e /run/bed-hook ]
        note hook cat /etc/bonddhcp/told
        until_true eval '[[ $(property StatusText) == *"bound $(leased)/24"* ]]'
        note status property StatusText
        note rc ctl start bonddhcp-wait-online.service
        note group eval 'outside setpriv --reuid=2 --regid=2 --groups=4 "$BINARY" renew bond0; echo "adm $?"; outside setpriv --reuid=2 --regid=2 --clear-groups "$BINARY" renew bond0; echo "nobody $?"'
        switch_number=$(outside sh -c "basename /sys/class/net/$station/phy80211/rfkill*")
        outside rfkill block "${switch_number#rfkill}"
        until_true eval '[[ $(served status) == *rfkill* || $(served status) == *"switched off"* ]]'
        outside rfkill unblock "${switch_number#rfkill}"
        note security outside systemd-analyze security --no-pager bonddhcp.service
        rm /etc/systemd/system/systemd-networkd.service
        outside systemctl daemon-reload
        note networkd outside systemd-analyze security --no-pager systemd-networkd.service
        note caps eval 'grep -E "^(CapEff|CapBnd|NoNewPrivs|Seccomp):" "/proc/$(property MainPID)/status"'

        # reload: other settings, wrong ones, and /etc/resolv.conf.
        configure 'hooks = "/etc/bonddhcp/hooks.d"' -- 'dns = "file"' 'metric = 77'
        note reload ctl reload bonddhcp.service
        note reload machine ip -4 route show default
        until_true grep -q 192.0.2.53 /etc/resolv.conf
        note resolv stat -c '%F %U %a' /etc/resolv.conf
        note resolv cat /etc/resolv.conf
        echo 'metrik = 78' >> $toml
        note reload ctl reload bonddhcp.service
        note reload property ActiveState
        sed -i /metrik/d $toml
        note address leased

        # The watchdog, kill -9, a bond that is gone, a restart: the journal goes on, and nothing else is kept.
        note store store
        mark stall
        kill -s STOP "$(property MainPID)"
        until_true restarted 1
        note address leased
        note stalled property Result
        mark kill
        kill -s KILL "$(property MainPID)"
        until_true restarted 2
        note address leased
        mark delete
        machine ip link delete bond0
        until_true eval '[ -n "$(leased)" ] && served_bound'
        mark restart
        note rc ctl restart bonddhcp.service
        until_true served_bound
        note address leased
        note store store
        served timeline --json > "$dir/timeline-kept.json"

        # Another time of day.
        served renew bond0
        note log date +%s
        outside date -s "@$(($(date +%s) + 300000))" > /dev/null
        pause 4
        note clock served status
        outside date -s "@$(($(date +%s) - 300000))" > /dev/null
        note address leased
        note fields outside journalctl --no-pager -o json -u bonddhcp.service BONDDHCP_EVENT=leaseBound

        mark stop
        note rc asked stop
        until_true has_property ActiveState inactive
        note stopped outside systemctl show --property=ActiveState,Result,NFileDescriptorStore bonddhcp.service
        note stopped eval 'ls -l /proc/1/fd | grep -c memfd:bonddhcp'
        note stopped eval 'wc -c < /etc/resolv.conf'
        note gone machine ip link show bond0
        note told cat /etc/bonddhcp/told
        """);

    public static IReadOnlyList<BedScenario> Scenarios => [s_service];

    private static string[] Lines(BedEvidence seen, string name) => seen.Said(name).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static double Exposure(BedEvidence seen, string name)
    {
        string line = Lines(seen, name)[^1];
        Assert.Contains("Overall exposure level", line, StringComparison.Ordinal);
        return double.Parse(line.Split(": ", 2)[1].Split(' ')[0], CultureInfo.InvariantCulture);
    }

    [QemuFact(DisplayName = "The units are without fault to systemd-analyze verify; the daemon's exposure is at most 2.6 and not above systemd-networkd's")]
    public void Units_AreSoundAndConfined()
    {
        BedEvidence seen = machine[s_service, output];
        Assert.Equal("", seen.Said("verify"));
        double exposure = Exposure(seen, "security");
        Assert.InRange(exposure, 0, 2.6);
        Assert.True(exposure <= Exposure(seen, "networkd"));
        Assert.Contains("NoNewPrivs:\t1", Lines(seen, "caps"));
        Assert.Contains("Seccomp:\t2", Lines(seen, "caps"));
        // CAP_NET_BIND_SERVICE, CAP_NET_ADMIN, CAP_NET_RAW
        Assert.Contains("CapBnd:\t0000000000003400", Lines(seen, "caps"));
    }

    [QemuFact(DisplayName = "Without a configuration the service does not start, and that is no failure")]
    public void Service_WithoutConfiguration_DoesNotStart() => Assert.Equal(
        ["start bonddhcp.service 0", "ActiveState=inactive", "ConditionResult=no", "Result=success"], Lines(machine[s_service, output], "condition").Order(s_byPlace));

    [QemuFact(DisplayName = "In its sandbox the daemon has the kernel load the bonding driver, runs hooks and resolvconf, replaces /etc/resolv.conf, sees radio switches and who asks; udev leaves the bond's MAC alone")]
    public void Sandbox_LeavesEveryFeature()
    {
        BedEvidence seen = machine[s_service, output];
        Assert.All(Lines(seen, "rc"), line => Assert.EndsWith(" 0", line, StringComparison.Ordinal));
        Assert.Equal("after 0", Lines(seen, "driver")[1]);
        // Otherwise the driver would have made a bond0 of its own, which is not ours and stays.
        Assert.Contains("does not exist", seen.Said("gone"), StringComparison.Ordinal);
        Assert.Equal("/run/systemd/network/80-bonddhcp.link", seen.Said("link").Trim());
        string address = Lines(seen, "address")[0];
        Assert.Contains($"BOUND bond0 {address}", Lines(seen, "hook"));
        Assert.Contains(seen.Timeline("hook"), e => e.ToString().Contains("done 0", StringComparison.Ordinal));
        Assert.Contains("nameserver 192.0.2.53", seen.Said("resolvconf"), StringComparison.Ordinal);
        Assert.Equal("regular file root 644", Lines(seen, "resolv")[0]);
        Assert.Contains("nameserver 192.0.2.53", Lines(seen, "resolv"));
        Assert.Contains("search bed.example", Lines(seen, "resolv"));
        Assert.Contains("adm 0", Lines(seen, "group"));
        Assert.Contains("nobody 1", Lines(seen, "group"));
        Assert.Contains($"bond0 over u0: dhcp4 bound {address}/24", seen.Said("status"), StringComparison.Ordinal);
    }

    [QemuFact(DisplayName = "AP-8 systemctl reload returns when the configuration is in force, fails when it is refused, and the lease stays")]
    public void Reload_IsHonest()
    {
        string[] said = Lines(machine[s_service, output], "reload");
        Assert.Equal("reload bonddhcp.service 0", said[0]);
        Assert.Contains("metric 77", said[1], StringComparison.Ordinal);
        Assert.Equal("reload bonddhcp.service 1", said.Single(line => line.StartsWith("reload", StringComparison.Ordinal) && line != said[0]));
        Assert.Equal("active", said[^1]);
    }

    [QemuFact(DisplayName = "AP-9 a stalled loop sends no WATCHDOG=1 and is restarted; it goes on with the stored lease, and the address stays")]
    public void Stall_IsRestarted()
    {
        BedEvidence seen = machine[s_service, output];
        Assert.Single(Lines(seen, "address").Distinct());
        Assert.DoesNotContain(seen.Events, e => e.Deleted && e.Text.Contains(" inet 192.0.2.", StringComparison.Ordinal) && e.At < seen.At("delete"));
        Assert.Contains("Watchdog timeout", seen.Said("log"), StringComparison.Ordinal);
        Assert.Empty(Sent(seen, "DISCOVER", "stall"));
        Assert.Empty(Sent(seen, "DISCOVER", "kill"));
        Assert.NotEmpty(Sent(seen, "REQUEST", "stall"));
        Assert.DoesNotContain(Sent(seen, "RELEASE"), one => one.Frame.At < seen.At("stop"));
    }

    [QemuFact(DisplayName = "AP-10 the journal is in the descriptor store, and nothing else; the timeline goes on after the watchdog, kill -9, a bond that was deleted, and a restart")]
    public void Timeline_GoesOn()
    {
        BedEvidence seen = machine[s_service, output];
        foreach (string[] store in Lines(seen, "store").Chunk(4))
        {
            Assert.Equal(["descriptors 1", "journals 1", "of them kept 0"], [store[0], store[1], store[3]]);
            Assert.NotEqual("packet sockets of the daemon's network 0", store[2]);
        }
        JsonElement[] kept = [.. seen.Timeline("restarted")];
        Assert.Equal(3, kept.Length);
        Assert.Contains("without a word", kept[0].GetProperty("after").GetString(), StringComparison.Ordinal);
        Assert.Contains("without a word", kept[1].GetProperty("after").GetString(), StringComparison.Ordinal);
        Assert.Equal("SIGUSR2", kept[2].GetProperty("after").GetString());
        Assert.Contains(seen.Timeline("leaseBound"), e => BedEvidence.TimeOf(e) < seen.At("stall"));
    }

    [QemuFact(DisplayName = "AT-9 after 'bonddhcp stop' the service is inactive without failure, its descriptor store empty, resolv.conf as it was")]
    public void Stop_LeavesNothing()
    {
        BedEvidence seen = machine[s_service, output];
        string[] said = Lines(seen, "stopped");
        Assert.Contains("ActiveState=inactive", said);
        Assert.Contains("Result=success", said);
        Assert.Contains("NFileDescriptorStore=0", said);
        Assert.Equal(["0", "0"], said[^2..]);
        Assert.Contains(Lines(seen, "told"), line => line.StartsWith("RELEASE bond0", StringComparison.Ordinal));
    }

    [QemuFact(DisplayName = "The wall clock jumps by days: the lease stays, and nothing is sent because of it")]
    public void WallClock_Jumps()
    {
        BedEvidence seen = machine[s_service, output];
        Assert.Contains("dhcp4      bound", seen.Said("clock"), StringComparison.Ordinal);
        Assert.DoesNotContain(seen.Frames, one => one.Frame.Dhcp is not null && one.Frame.At > seen.At("stop").AddDays(1));
    }

    [QemuFact(DisplayName = "The system's journal has each event with its fields")]
    public void Log_HasFields()
    {
        JsonElement[] entries = [.. Lines(machine[s_service, output], "fields").Select(line => JsonDocument.Parse(line).RootElement)];
        JsonElement first = entries[0];
        Assert.Equal(("bond0", "6", "bonddhcp"), (first.GetProperty("INTERFACE").GetString(), first.GetProperty("PRIORITY").GetString(), first.GetProperty("SYSLOG_IDENTIFIER").GetString()));
        Assert.StartsWith("192.0.2.", first.GetProperty("BONDDHCP_ADDRESS").GetString(), StringComparison.Ordinal);
        Assert.Equal("bonddhcp.service", first.GetProperty("_SYSTEMD_UNIT").GetString());
    }

    // systemctl show has its own order.
    private static readonly Comparer<string> s_byPlace = Comparer<string>.Create(static (one, other) =>
        (one.StartsWith("start", StringComparison.Ordinal) ? 0 : 1, one).CompareTo((other.StartsWith("start", StringComparison.Ordinal) ? 0 : 1, other)));
}
