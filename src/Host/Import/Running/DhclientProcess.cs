using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Import.Running;

/// <summary>A dhclient that runs in our network namespace, by its command line (dhclient(8)).</summary>
/// <param name="Identity">The process.</param>
/// <param name="IsDhcp6">Started with -6.</param>
/// <param name="Interfaces">The interfaces named; empty for all there are.</param>
internal sealed record DhclientProcess(ProcessIdentity Identity, bool IsDhcp6, IReadOnlyList<string> Interfaces)
{
    private const string ProcessName = "dhclient";

    private static readonly HashSet<string> s_withValue = new(StringComparer.Ordinal)
    {
        "-p", "-D", "-s", "-g", "-cf", "-df", "-lf", "-pf", "-sf", "-e", "-4o6", "--dad-wait-time", "--decline-wait-time", "--prefix-len-hint",
        "-C", "-H", "-F", "-V", "-timeout", // those that Fedora adds
    };

    /// <summary>-i: it sends the DUID in DHCPv4.</summary>
    public bool SendsDuid { get; init; }

    /// <summary>-C: the client identifier as text.</summary>
    public string? ClientIdentifier { get; init; }

    /// <summary>-cf and -lf: the files it uses.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>True when it is the client of this interface.</summary>
    public bool Serves(string interfaceName, bool isDhcp6) => IsDhcp6 == isDhcp6 && (Interfaces.Count == 0 || Interfaces.Contains(interfaceName));

    /// <inheritdoc/>
    public override string ToString() =>
        FormattableString.Invariant($"dhclient{(IsDhcp6 ? " -6" : "")} (process {Identity.Pid}){(Interfaces.Count == 0 ? "" : " on " + string.Join(", ", Interfaces))}");

    /// <summary>Reads a command line, program included; null for one that does not stay (-r, -x and the like).</summary>
    public static DhclientProcess? Of(ProcessIdentity identity, IReadOnlyList<string> command)
    {
        List<string> interfaces = [], files = [];
        bool isDhcp6 = false, sendsDuid = false;
        string? clientIdentifier = null;
        for (int i = 1; i < command.Count; i++)
        {
            string word = command[i];
            string value = s_withValue.Contains(word) && i + 1 < command.Count ? command[++i] : "";
            switch (word)
            {
                case "-6": isDhcp6 = true; break;
                case "-i": sendsDuid = true; break;
                case "-C": clientIdentifier = value; break;
                case "-cf" or "-lf" when value.StartsWith('/'): files.Add(value); break;
                case "-r" or "-x" or "-n" or "--version" or "--help": return null;
                default:
                    if (!word.StartsWith('-')) interfaces.Add(word);
                    break;
            }
        }
        return new DhclientProcess(identity, isDhcp6, interfaces) { SendsDuid = sendsDuid, ClientIdentifier = clientIdentifier, Files = files };
    }

    /// <summary>Every dhclient of this network namespace.</summary>
    public static IReadOnlyList<DhclientProcess> All() =>
        [.. ProcessTable.Named(ProcessName).Select(one => Of(one.Identity, one.Command)).OfType<DhclientProcess>()];

    /// <summary>The systemd unit that it runs in, by its control group; null for none.</summary>
    public string? Unit =>
        ProcessTable.ReadText(FormattableString.Invariant($"/proc/{Identity.Pid}/cgroup"))?.Split('\n').Select(line => line.Split('/')[^1])
            .FirstOrDefault(unit => unit.EndsWith(".service", StringComparison.Ordinal));
}
