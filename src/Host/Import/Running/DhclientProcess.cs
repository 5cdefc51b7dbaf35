using System.Globalization;
using BondDhcp.Host.Import.Compare;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Import.Running;

/// <summary>A dhclient that runs in our network namespace, by its command line (dhclient(8)).</summary>
/// <param name="Identity">The process.</param>
/// <param name="IsDhcp6">Started with -6.</param>
/// <param name="Interfaces">The interfaces named; empty for all there are.</param>
internal sealed record DhclientProcess(ProcessIdentity Identity, bool IsDhcp6, IReadOnlyList<string> Interfaces) : ClientProcess(Identity, IsDhcp6, Interfaces)
{
    /// <summary>As the kernel has it.</summary>
    public const string ProcessName = "dhclient";

    private static readonly HashSet<string> s_withValue = new(StringComparer.Ordinal)
    {
        "-p", "-D", "-s", "-g", "-cf", "-df", "-lf", "-pf", "-sf", "-e", "-4o6", "--dad-wait-time", "--decline-wait-time", "--prefix-len-hint",
        "-C", "-H", "-F", "-V", "-timeout", // those that Fedora adds
    };

    /// <summary>-i: it sends the DUID in DHCPv4.</summary>
    public bool SendsDuid { get; init; }

    /// <summary>-C: the client identifier as text.</summary>
    public string? ClientIdentifier { get; init; }

    /// <summary>What it was started for in DHCPv6.</summary>
    public Dhclient6Wish Wish { get; init; } = new();

    /// <inheritdoc/>
    public override string ToString() => Describe(IsDhcp6 ? "dhclient -6" : ProcessName);

    /// <summary>Reads a command line, program included; null for one that does not stay (-r, -x and the like).</summary>
    public static DhclientProcess? Of(ProcessIdentity identity, IReadOnlyList<string> command)
    {
        List<string> interfaces = [], files = [];
        bool isDhcp6 = false, sendsDuid = false;
        string? clientIdentifier = null;
        bool isStateless = false, temporary = false;
        int addresses = 0, prefixes = 0;
        byte? hint = null;
        for (int i = 1; i < command.Count; i++)
        {
            string word = command[i];
            string value = s_withValue.Contains(word) && i + 1 < command.Count ? command[++i] : "";
            switch (word)
            {
                case "-6": isDhcp6 = true; break;
                case "-i": sendsDuid = true; break;
                case "-C": clientIdentifier = value; break;
                case "-S": isStateless = true; break;
                case "-N": addresses++; break;
                case "-P": prefixes++; break;
                case "-T": temporary = true; break;
                case "--prefix-len-hint": hint = byte.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out byte length) && length <= 128 ? length : null; break;
                case "-cf" or "-lf" when value.StartsWith('/'): files.Add(value); break;
                case "-r" or "-x" or "-n" or "--version" or "--help": return null;
                default:
                    if (!word.StartsWith('-')) interfaces.Add(word);
                    break;
            }
        }
        if (addresses == 0 && prefixes == 0 && !temporary) addresses = 1;
        return new DhclientProcess(identity, isDhcp6, interfaces)
        {
            SendsDuid = sendsDuid,
            ClientIdentifier = clientIdentifier,
            Files = files,
            Wish = new Dhclient6Wish { IsStateless = isStateless, Addresses = addresses, Prefixes = prefixes, PrefixLength = hint },
        };
    }
}
