using BondDhcp.Host.Import.Running;

namespace BondDhcp.Host.Coexistence;

/// <summary>How a rival is told to keep its hands off. Pure.</summary>
/// <param name="File">The file to write; null where a command is enough.</param>
/// <param name="Content">What to write into it, its lines; empty where there is none.</param>
/// <param name="Command">What to do then, or instead.</param>
internal sealed record RivalAdvice(string? File, IReadOnlyList<string> Content, string Command)
{
    /// <summary>The advice on one rival.</summary>
    /// <param name="rival">The rival.</param>
    /// <param name="interfaces">The interface of ours and the devices below it: a rule for all of them is one rule.</param>
    public static RivalAdvice On(Rival rival, IReadOnlyList<string> interfaces) => rival.Kind switch
    {
        RivalKind.Networkd => new RivalAdvice(
            "/etc/systemd/network/05-bonddhcp.network",
            ["[Match]", $"Name={string.Join(' ', interfaces)}", "[Link]", "Unmanaged=yes"],
            "networkctl reload"),
        RivalKind.NetworkManager => new RivalAdvice(
            "/etc/NetworkManager/conf.d/bonddhcp.conf",
            ["[keyfile]", $"unmanaged-devices={string.Join(';', interfaces.Select(name => $"interface-name:{name}"))}"],
            "systemctl reload NetworkManager"),
        RivalKind.Connman => new RivalAdvice(
            "/etc/connman/main.conf", ["[General]", $"NetworkInterfaceBlacklist={string.Join(',', interfaces)}"], "systemctl restart connman"),
        RivalKind.Dhcpcd when rival.LooksAfterAll => new RivalAdvice(
            "/etc/dhcpcd.conf", [$"denyinterfaces {string.Join(' ', interfaces)}"], "systemctl restart dhcpcd"),
        RivalKind.Dhcpcd => new RivalAdvice(null, [], $"dhcpcd --exit {rival.Interface}"),
        RivalKind.Dhclient => Replaced(rival),
        _ when rival is { Program: Dhcp6cProcess.ProcessName, Pid: not 0 } => Replaced(rival),
        _ when rival.Pid != 0 => new RivalAdvice(null, [], FormattableString.Invariant($"kill {rival.Pid}")),
        _ => new RivalAdvice(null, [], "ss -ulpn and ss -0p show which it is"),
    };

    // Neither dhclient -r, which gives the address back, nor -x, whose script takes it away, nor SIGTERM, at which dhcp6c does both. The
    // import needs the daemon's state for itself; an address that is merely left belongs to nobody.
    private static RivalAdvice Replaced(Rival rival)
    {
        string? kill = rival.Pid != 0 ? FormattableString.Invariant($"kill -9 {rival.Pid}") : rival.File is { } file ? $"kill -9 $(cat {file})" : null;
        string import = "systemctl kill --kill-whom=main -s USR2 bonddhcp; bonddhcp import --stop-dhclient; systemctl start bonddhcp (goes on with its address)";
        return new RivalAdvice(null, [], kill is null ? import : $"{import}, or {kill} (leaves its address; DHCP then begins by itself)");
    }

    /// <summary>In one line: what to write where, and the command.</summary>
    public override string ToString() => File is null ? Command : $"put \"{string.Join("\\n", Content)}\" into {File}, then: {Command}";
}
