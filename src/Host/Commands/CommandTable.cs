using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Commands;

/// <summary>Every command there is.</summary>
internal static class CommandTable
{
    private const int Any = int.MaxValue;

    /// <summary>The commands in the order of the help.</summary>
    public static readonly CommandSpec[] All =
    [
        new("run", "", "the daemon, in the foreground", [], 0, 0, RunToTheEnd)
        {
            Details = "Logs to stderr. SIGTERM ends it and leaves everything configured, except on interfaces with\n"
                + "release-on-stop, and a second one ends it at once; SIGUSR2 ends it and leaves everything;\n"
                + "SIGHUP reads the configuration again.",
        },
        new("check", "", "read the configuration and print what is wrong with it", [], 0, 0, CheckCommand.Run),
        new("status", "[IFACE] [--json] [--format text|json|openmetrics]", "components, interfaces, leases, and why anything is not as wanted", ["--json", "--format"], 0, 1, QueryCommands.Status)
        {
            Details = "openmetrics is for node_exporter's textfile collector: write it to a file beside, and rename that.",
        },
        new("lease", "[IFACE] [--json]", "leases with every option; from the state directory when no daemon answers", ["--json"], 0, 1, QueryCommands.Lease),
        new("watch", "[IFACE] [--json]", "events as they come, of every interface or one", ["--json"], 0, 1, QueryCommands.Watch),
        new("timeline", "[IFACE] [--since 10m] [--json]", "events kept, of every interface or one", ["--since", "--json"], 0, 1, QueryCommands.Timeline),
        new("start", "COMPONENT...", "start components, such as dhcp4@bond0, and what they stand on", [], 1, Any, ChangeCommands.Run),
        new("stop", "[COMPONENT...]", "stop components, and what stands on them, until start or reboot; without one, take all down and end the daemon", [], 0, Any, ChangeCommands.Run),
        new("restart", "COMPONENT... [--timeout 60]", "stop and start again; dhcp4@ releases and acquires anew", ["--timeout"], 1, Any, ChangeCommands.Run),
        new("renew", "IFACE [-4] [-6] [--timeout 60]", "extend the lease now", ["-4", "-6", "--timeout"], 1, 1, ChangeCommands.Run),
        new("rebind", "IFACE [-4] [-6] [--timeout 60]", "extend the lease now, with any server", ["-4", "-6", "--timeout"], 1, 1, ChangeCommands.Run),
        new("release", "IFACE [-4] [-6] [--timeout 60]", "give the lease back and stay idle until acquire", ["-4", "-6", "--timeout"], 1, 1, ChangeCommands.Run),
        new("acquire", "IFACE [-4] [-6] [--timeout 60]", "get a lease; nothing when there is one", ["-4", "-6", "--timeout"], 1, 1, ChangeCommands.Run),
        new("reload", "", "apply a changed configuration with the least disturbance", [], 0, 0, ChangeCommands.Run),
        new("wait-online", "[IFACE] [--timeout 120] [-4] [-6]", "wait until addresses are there, and for the daemon too", ["--timeout", "-4", "-6"], 0, 1, WaitOnlineCommand.Run)
        {
            Details = "Without IFACE every interface with DHCP or addresses; without -4 or -6 any one family. Link-local and\ntentative addresses do not count.",
        },
        new("decode", "FILE [--json]", "print the DHCPv4 and DHCPv6 messages of a pcap or pcapng file", ["--json"], 1, 1, DecodeCommand.Run)
        {
            Details = "- as FILE is standard input.",
        },
        new("import", "[--root DIR] [--output FILE [--replace]] [--stop-dhclient] [PATH...]", "make the configuration from those of ifupdown, dhclient and dhcp6c",
            ["--root", "--output", "--replace", "--stop-dhclient"], 0, Any, Import.ImportCommand.Run)
        {
            Details = "Reads /etc/network/interfaces, dhclient.conf, dhclient's leases, dhcp6c's files, /etc/conf.d/network.conf, modprobe.d\n"
                + "and enabled units; or each PATH, whatever it is. Prints TOML, each line with where it came from; what has no\n"
                + "counterpart, and the first packet beside dhclient's, on stderr. DUID and lease go into the state directory, so that\n"
                + "the address stays; with --root that is DIR/var/lib/bonddhcp unless --state-dir says otherwise.",
        },
        new("demo", "", "show a lease that outlives the failover of a bond, in private namespaces; needs root, ip and dnsmasq", [], 0, 0, DemoCommand.Run),
    ];

    // Everything is written by then: what the runtime does at an ordinary end could only hold it up.
    private static int RunToTheEnd(Invocation invocation)
    {
        ProcessEnd.Now(Daemon.RunCommand.Run(invocation));
        return ExitCode.Done;
    }
}
