using BondDhcp.Host.Import.Running;

namespace BondDhcp.Host.Coexistence;

/// <summary>A process in our network namespace.</summary>
/// <param name="Pid">Its number.</param>
/// <param name="Name">Its name as the kernel has it, at most 15 characters.</param>
/// <param name="Arguments">What it was started with, or the title it has given itself.</param>
/// <param name="Sockets">Inodes of the sockets it has open; empty also where we may not look.</param>
internal sealed record ProcessFacts(int Pid, string Name, IReadOnlyList<string> Arguments, IReadOnlySet<ulong> Sockets)
{
    private static readonly char[] s_separators = [' ', '=', ','];

    /// <summary>Its arguments, taken apart: <c>--interface=eth0</c> and <c>dhcpcd: eth0 [ip4]</c> name eth0.</summary>
    public IReadOnlyList<string> Words { get; } =
        [.. Arguments.SelectMany(argument => argument.Split(s_separators, StringSplitOptions.RemoveEmptyEntries))];

    /// <summary>True when its arguments name the interface.</summary>
    public bool Names(string interfaceName) => Words.Contains(interfaceName) || Words.Contains("-i" + interfaceName);

    /// <summary>
    /// True when it was started for interfaces by name, whether there are such now: <c>dhclient eth0</c>, <c>udhcpc -i eth0</c>, a
    /// dhcpcd that calls itself <c>dhcpcd: eth0 [ip4]</c>.
    /// </summary>
    public bool NamesAnInterface => Name switch
    {
        "dhclient" => DhclientProcess.Of(default, Arguments) is { Interfaces.Count: > 0 },
        "dhcp6c" => Dhcp6cProcess.Of(default, Arguments) is not null,
        "dhcpcd" => Words is ["dhcpcd:", [not '[', ..], ['[', ..], ..],
        _ => ValueOf("-i") is not null && (Words.Contains("udhcpc") || Name == "udhcpc"),
    };

    /// <summary>The argument behind an option; null where it has none.</summary>
    public string? ValueOf(string option)
    {
        for (int i = 1; i + 1 < Arguments.Count; i++)
            if (Arguments[i] == option) return Arguments[i + 1];
        return null;
    }
}
