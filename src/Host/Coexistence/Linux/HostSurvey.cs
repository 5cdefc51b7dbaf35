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

    private readonly ProcessTable _table = new(root);
    private readonly string _ownTables = Path.Combine(root, "proc/self/net");
    private byte[] _buffer = [];

    /// <summary>Where systemd-networkd writes down what it does with each link.</summary>
    public string NetworkdLinks { get; } = Path.Combine(root, "run/systemd/netif/links");

    /// <summary>Where NetworkManager does.</summary>
    public string NetworkManagerDevices { get; } = Path.Combine(root, "run/NetworkManager/devices");

    /// <summary>Packet sockets that may be a DHCP client's.</summary>
    public List<PacketHolder> ReadPackets() => SocketTable.ReadPackets(Read($"{_ownTables}/packet"));

    /// <summary>Who is bound to a client's port; without the interface each is bound to, which <see cref="ReadBoundPorts"/> knows.</summary>
    public List<PortHolder> ReadPorts(bool ipv6) =>
        SocketTable.ReadPorts(Read($"{_ownTables}/{(ipv6 ? "udp6" : "udp")}"), RivalFacts.PortOf(ipv6));

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
    public HashSet<ulong> ReadOwnSockets() => _table.OwnSockets();

    /// <summary>
    /// The processes of our network namespace that are known to configure interfaces, or have one of the sockets open;
    /// not this one.
    /// </summary>
    public List<ProcessFacts> ReadProcesses(IReadOnlySet<ulong> sockets)
    {
        ulong? here = _table.Here;
        List<ProcessFacts> found = [];
        HashSet<ulong> left = [.. sockets];
        List<(int Pid, string Name)> others = [];
        foreach (int pid in _table.Pids())
        {
            if (_table.NameOf(pid) is not { } name) continue;
            if (!RivalProgram.MayBe(name)) others.Add((pid, name));
            else if (_table.IsIn(pid, here)) Take(pid, name);
        }
        // Whose the rest is: of a program that nobody knows.
        foreach ((int pid, string name) in others)
        {
            if (left.Count == 0) break;
            if (_table.IsIn(pid, here) && _table.SocketsOf(pid).Overlaps(left)) Take(pid, name);
        }
        return found;

        void Take(int pid, string name)
        {
            HashSet<ulong> open = _table.SocketsOf(pid);
            left.ExceptWith(open);
            found.Add(new ProcessFacts(pid, name, _table.ArgumentsOf(pid, Encoding.UTF8, MaxTitleLength), open));
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
        int length = KernelFile.ReadTable(path, ref _buffer);
        return _buffer.AsSpan(0, Math.Max(0, length));
    }
}
