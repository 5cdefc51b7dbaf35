using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Import.Running;

/// <summary>A dhcp6c of WIDE, by its command line (dhcp6c(8)). It serves the interfaces it names, and no others.</summary>
/// <param name="Identity">The process.</param>
/// <param name="Interfaces">The interfaces named.</param>
internal sealed record Dhcp6cProcess(ProcessIdentity Identity, IReadOnlyList<string> Interfaces) : ClientProcess(Identity, true, Interfaces)
{
    /// <summary>As the kernel has it.</summary>
    public const string ProcessName = "dhcp6c";

    /// <inheritdoc/>
    public override string ToString() => Describe(ProcessName);

    /// <summary>Reads a command line, program included; null for one that does not stay (-i), or names no interface.</summary>
    public static Dhcp6cProcess? Of(ProcessIdentity identity, IReadOnlyList<string> command)
    {
        List<string> interfaces = [], files = [];
        for (int i = 1; i < command.Count; i++)
        {
            string word = command[i];
            if (!word.StartsWith('-') || word == "-")
            {
                interfaces.Add(word);
                continue;
            }
            // getopt(3): letters together, and the value behind its letter or in the next word.
            for (int at = 1; at < word.Length; at++)
            {
                if (word[at] == 'i') return null;
                if (word[at] is not ('c' or 'p' or 'P')) continue;
                string value = at + 1 < word.Length ? word[(at + 1)..] : i + 1 < command.Count ? command[++i] : "";
                if (word[at] == 'c' && value.StartsWith('/')) files.Add(value);
                break;
            }
        }
        return interfaces.Count == 0 ? null : new Dhcp6cProcess(identity, interfaces) { Files = files };
    }
}
