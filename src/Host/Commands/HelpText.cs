namespace BondDhcp.Host.Commands;

/// <summary>What <c>--help</c> prints.</summary>
internal static class HelpText
{
    /// <summary>The program's usage line.</summary>
    public const string Usage = "usage: bonddhcp [--config FILE] [--state-dir DIR] [--runtime-dir DIR] COMMAND";

    /// <summary>Help on everything, or on one command.</summary>
    public static void Write(TextWriter output, CommandSpec? command)
    {
        if (command is not null) WriteCommand(output, command);
        else WriteAll(output);
    }

    /// <summary>The usage line of a command, or of the program.</summary>
    public static string UsageOf(CommandSpec? command) =>
        command is null ? Usage : $"usage: bonddhcp {command.Name} {command.Synopsis}".TrimEnd();

    private static void WriteAll(TextWriter output)
    {
        output.WriteLine("bonddhcp: DHCPv4 and DHCPv6 on a bond, with addresses that stay while its hardware address changes");
        output.WriteLine();
        output.WriteLine(Usage);
        output.WriteLine();
        foreach (CommandSpec one in CommandTable.All) output.WriteLine($"  {one.Name,-12} {one.Summary}");
        output.WriteLine();
        WriteGlobalOptions(output);
        output.WriteLine("  --help, --version   this text, and that of each command; the version");
        output.WriteLine();
        output.WriteLine("exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 no daemon answers, 4 timed out");
        output.WriteLine("bonddhcp COMMAND --help tells more.");
    }

    private static void WriteCommand(TextWriter output, CommandSpec command)
    {
        output.WriteLine(UsageOf(command));
        output.WriteLine();
        output.WriteLine($"{command.Name}: {command.Summary}");
        if (command.Details.Length > 0) output.WriteLine(command.Details);
        output.WriteLine();
        foreach (string option in command.Options) output.WriteLine($"  {Describe(option)}");
        WriteGlobalOptions(output);
    }

    private static void WriteGlobalOptions(TextWriter output)
    {
        output.WriteLine("  --config FILE       configuration, /etc/bonddhcp/bonddhcp.toml");
        output.WriteLine("  --state-dir DIR     leases and DUID, $STATE_DIRECTORY or /var/lib/bonddhcp");
        output.WriteLine("  --runtime-dir DIR   control socket and lock, $RUNTIME_DIRECTORY or /run/bonddhcp");
    }

    private static string Describe(string option) => option switch
    {
        "--json" => "--json              JSON instead of text",
        "--format" => "--format FORMAT     text, json or openmetrics",
        "--since" => "--since SPAN        how far back, such as 90s, 10m or 2h",
        "--timeout" => "--timeout SPAN      how long to wait at most; exit code 4 then",
        "--root" => "--root DIR          the system to import from, /; its own symbolic links stay below it",
        "--output" => "--output FILE       write the configuration there instead of to stdout",
        "--replace" => "--replace           write over a FILE that is there and says something else",
        "--stop-dhclient" => "--stop-dhclient     end the dhclients and dhcp6cs of the interfaces found, without a release",
        "-4" => "-4                  IPv4 alone",
        _ => "-6                  IPv6 alone",
    };
}
