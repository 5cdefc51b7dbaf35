using BondDhcp.Host.Coexistence.Linux;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Import.Running;

/// <summary>A DHCP client that runs in our network namespace, by its command line.</summary>
/// <param name="Identity">The process.</param>
/// <param name="IsDhcp6">It is one of DHCPv6.</param>
/// <param name="Interfaces">The interfaces named; empty for all there are.</param>
internal abstract record ClientProcess(ProcessIdentity Identity, bool IsDhcp6, IReadOnlyList<string> Interfaces)
{
    /// <summary>The files it was told to use.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>True when it is the client of this interface.</summary>
    public bool Serves(string interfaceName, bool isDhcp6) => IsDhcp6 == isDhcp6 && (Interfaces.Count == 0 || Interfaces.Contains(interfaceName));

    /// <summary>The systemd unit that it runs in, by its control group; null for none.</summary>
    public string? Unit => new ProcessTable().UnitOf(Identity.Pid);

    /// <summary>Every one of this network namespace.</summary>
    public static IReadOnlyList<ClientProcess> All()
    {
        ProcessTable table = new();
        List<ClientProcess> found = [];
        foreach ((ProcessIdentity identity, string[] command) in table.Named(DhclientProcess.ProcessName))
            if (DhclientProcess.Of(identity, command) is { } dhclient) found.Add(dhclient);
        foreach ((ProcessIdentity identity, string[] command) in table.Named(Dhcp6cProcess.ProcessName))
            if (Dhcp6cProcess.Of(identity, command) is { } dhcp6c) found.Add(dhcp6c);
        return found;
    }

    /// <summary>"dhclient -6 (process 123) on c0, c1".</summary>
    protected string Describe(string program) =>
        FormattableString.Invariant($"{program} (process {Identity.Pid}){(Interfaces.Count == 0 ? "" : " on " + string.Join(", ", Interfaces))}");
}
