using System.Globalization;
using System.Text;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Linux;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Coexistence.Linux;

/// <summary>
/// Reads what tells of other programs that configure interfaces: socket tables and processes of our network namespace, and
/// what managers of networks write down. D-Bus is not asked.
/// </summary>
/// <param name="root">The root directory; another in tests.</param>
internal sealed class HostSurvey(string root = "/")
{
    // Titles of processes are a line; one that fills its memory with arguments is not read to the end.
    private const int MaxTitleLength = 4096;

    private byte[] _buffer = [];

    private readonly string _processes = Path.Combine(root, "proc");

    /// <summary>Where systemd-networkd writes down what it does with each link.</summary>
    public string NetworkdLinks { get; } = Path.Combine(root, "run/systemd/netif/links");

    /// <summary>Where NetworkManager does.</summary>
    public string NetworkManagerDevices { get; } = Path.Combine(root, "run/NetworkManager/devices");

    /// <summary>Packet sockets that may be a DHCP client's.</summary>
    public List<PacketHolder> ReadPackets() => SocketTable.ReadPackets(Read($"{_processes}/self/net/packet"));

    /// <summary>Who is bound to a client's port; without the interface each is bound to, which <see cref="ReadBoundPorts"/> knows.</summary>
    public List<PortHolder> ReadPorts(bool ipv6) =>
        SocketTable.ReadPorts(Read($"{_processes}/self/net/{(ipv6 ? "udp6" : "udp")}"), RivalFacts.PortOf(ipv6));

    /// <summary>As <see cref="ReadPorts"/>, with interfaces where the kernel says them: the first time it may have to load a module for it.</summary>
    public List<PortHolder> ReadBoundPorts(bool ipv6)
    {
        List<PortHolder> found = [];
        return SocketDiagnosis.TryReadUdp(ipv6, RivalFacts.PortOf(ipv6), found) ? found : ReadPorts(ipv6);
    }

    /// <summary>What systemd-networkd wrote down of a link.</summary>
    public ManagedLink ReadNetworkd(int index) =>
        ReadText(string.Create(CultureInfo.InvariantCulture, $"{NetworkdLinks}/{index}")) is { } text ? ManagedLink.OfNetworkd(text) : default;

    /// <summary>What NetworkManager wrote down of a link.</summary>
    public ManagedLink ReadNetworkManager(int index) =>
        ReadText(string.Create(CultureInfo.InvariantCulture, $"{NetworkManagerDevices}/{index}")) is { } text ? ManagedLink.OfNetworkManager(text) : default;

    /// <summary>dhcpcd's configuration; empty for none.</summary>
    public string ReadDhcpcdConfiguration() => ReadText(Path.Combine(root, "etc/dhcpcd.conf")) ?? "";

    /// <summary>connman's configuration; empty for none.</summary>
    public string ReadConnmanConfiguration() => ReadText(Path.Combine(root, "etc/connman/main.conf")) ?? "";

    /// <summary>Inodes of our own sockets.</summary>
    public HashSet<ulong> ReadOwnSockets() => ReadSockets("self");

    /// <summary>
    /// The processes of our network namespace that are known to configure interfaces, or have one of the sockets open;
    /// not this one.
    /// </summary>
    public List<ProcessFacts> ReadProcesses(IReadOnlySet<ulong> sockets)
    {
        ulong? here = NamespaceOf("self");
        List<ProcessFacts> found = [];
        HashSet<ulong> left = [.. sockets];
        List<(int Pid, string Name)> others = [];
        foreach (int pid in Pids())
        {
            string? name = ReadName(pid);
            if (name is null) continue;
            if (!RivalProgram.MayBe(name)) others.Add((pid, name));
            else if (NamespaceOf(TextOf(pid)) == here) Take(pid, name);
        }
        // Whose the rest is: of a program that nobody knows.
        foreach ((int pid, string name) in others)
        {
            if (left.Count == 0) break;
            if (NamespaceOf(TextOf(pid)) == here && ReadSockets(TextOf(pid)).Overlaps(left)) Take(pid, name);
        }
        return found;

        void Take(int pid, string name)
        {
            HashSet<ulong> open = ReadSockets(TextOf(pid));
            left.ExceptWith(open);
            found.Add(new ProcessFacts(pid, name, ReadArguments(pid), open));
        }
    }

    private IEnumerable<int> Pids()
    {
        foreach (string path in List(_processes))
        {
            if (int.TryParse(Path.GetFileName(path.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && pid != Environment.ProcessId)
                yield return pid;
        }
    }

    private string? ReadName(int pid) => ReadText($"{_processes}/{TextOf(pid)}/comm")?.TrimEnd('\n');

    private string[] ReadArguments(int pid)
    {
        ReadOnlySpan<byte> title = Read($"{_processes}/{TextOf(pid)}/cmdline");
        return Encoding.UTF8.GetString(title[..Math.Min(title.Length, MaxTitleLength)]).Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }

    // The link /proc/PID/ns/net may be read by none but those who may trace the process. A file of its /proc/PID/net may be
    // read by all, and has one number in all processes of a network namespace, and another in every other one.
    private ulong? NamespaceOf(string process) => KernelFile.Inode($"{_processes}/{process}/net/dev");

    private HashSet<ulong> ReadSockets(string process)
    {
        const string start = "socket:[";
        HashSet<ulong> sockets = [];
        foreach (string path in List($"{_processes}/{process}/fd"))
        {
            string? target = LinkTarget(path);
            if (target?.StartsWith(start, StringComparison.Ordinal) == true
                && ulong.TryParse(target.AsSpan(start.Length).TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out ulong inode)) sockets.Add(inode);
        }
        return sockets;
    }

    private static string? LinkTarget(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // closed meanwhile
        }
    }

    // A process that ended, or one that we may not look at, has nothing.
    private static string[] List(string directory)
    {
        try
        {
            return Directory.GetFileSystemEntries(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private string? ReadText(string path)
    {
        int length = KernelFile.Read(path, ref _buffer);
        return length < 0 ? null : Encoding.UTF8.GetString(_buffer, 0, length);
    }

    // What was read last is overwritten; reading may have made the buffer another one.
    private ReadOnlySpan<byte> Read(string path)
    {
        int length = KernelFile.Read(path, ref _buffer);
        return _buffer.AsSpan(0, Math.Max(0, length));
    }

    private static string TextOf(int pid) => pid.ToString(CultureInfo.InvariantCulture);
}
