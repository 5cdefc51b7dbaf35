namespace BondDhcp.Host.Coexistence;

/// <summary>A program that is known to configure interfaces.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its name, as people know it.</param>
/// <param name="Ipv4">It speaks DHCPv4, unless its arguments say otherwise.</param>
/// <param name="Ipv6">It speaks DHCPv6, unless its arguments say otherwise.</param>
internal sealed record RivalProgram(RivalKind Kind, string Name, bool Ipv4, bool Ipv6)
{
    /// <summary>The kernel keeps so many characters of a process's name (TASK_COMM_LEN).</summary>
    private const int KernelNameLength = 15;

    private static readonly RivalProgram[] s_known =
    [
        new(RivalKind.Networkd, "systemd-networkd", true, true),
        new(RivalKind.NetworkManager, "NetworkManager", true, true),
        new(RivalKind.Connman, "connmand", true, true),
        new(RivalKind.Dhclient, "dhclient", true, true),
        new(RivalKind.Dhcpcd, "dhcpcd", true, true),
        new(RivalKind.Client, "udhcpc", true, false),
        new(RivalKind.Client, "udhcpc6", false, true),
        new(RivalKind.Client, "pump", true, false),
        new(RivalKind.Client, "wickedd-dhcp4", true, false),
        new(RivalKind.Client, "wickedd-dhcp6", false, true),
        new(RivalKind.Client, "dhcp6c", false, true),
        new(RivalKind.Client, "odhcp6c", false, true),
        new(RivalKind.Client, "dibbler-client", false, true),
    ];

    /// <summary>A name under which several programs run: the first argument says which.</summary>
    public const string ManyInOne = "busybox";

    /// <summary>The program of a process; null for one that is not known to configure interfaces.</summary>
    public static RivalProgram? Of(ProcessFacts process) =>
        Named(process.Name == ManyInOne ? (process.Arguments.Count > 1 ? process.Arguments[1] : "") : process.Name);

    /// <summary>True for the name of a process that may be one of them: no other need be looked at closer.</summary>
    public static bool MayBe(string processName) => processName == ManyInOne || Named(processName) is not null;

    // The name of a process is one that the kernel cut.
    private static RivalProgram? Named(string processName)
    {
        foreach (RivalProgram program in s_known)
            if (processName.AsSpan().SequenceEqual(program.Name.AsSpan(0, Math.Min(program.Name.Length, KernelNameLength)))) return program;
        return null;
    }

    /// <summary>True when a process of this program speaks the family, by its arguments or by what it has made of its title.</summary>
    public bool Speaks(bool ipv6, ProcessFacts process)
    {
        IReadOnlyList<string> words = process.Words;
        switch (Kind)
        {
            case RivalKind.Dhclient: return words.Contains("-6") == ipv6;
            case RivalKind.Dhcpcd:
                bool only4 = words.Contains("-4") || words.Contains("--ipv4only") || (words.Contains("[ip4]") && !words.Contains("[ip6]"));
                bool only6 = words.Contains("-6") || words.Contains("--ipv6only") || (words.Contains("[ip6]") && !words.Contains("[ip4]"));
                return ipv6 ? !only4 : !only6;
            default: return ipv6 ? Ipv6 : Ipv4;
        }
    }
}
