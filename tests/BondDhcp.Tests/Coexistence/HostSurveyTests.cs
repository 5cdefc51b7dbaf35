using System.Net;
using System.Text;
using BondDhcp.Bond.Links;
using BondDhcp.Host.Coexistence;
using BondDhcp.Host.Coexistence.Linux;
using Xunit;

namespace BondDhcp.Tests.Coexistence;

/// <summary>What is read of a host, from directories that look like one.</summary>
public sealed class HostSurveyTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("bonddhcp-survey-");

    public void Dispose() => _root.Delete(recursive: true);

    private void Write(string path, string content)
    {
        string file = Path.Combine(_root.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
    }

    private HostSurvey Survey => new(_root.FullName);

    [Fact]
    public void Packets_OfIpv4AndOfEveryProtocol_AreRead()
    {
        Write("proc/self/net/packet", """
            sk               RefCnt Type Proto  Iface R Rmem   User   Inode
            000000000b74c5d2 3      3    0003   3     1 0      0      2109594
            0000000000000000 3      2    0800   12    1 0      0      17
            0000000000000000 3      2    0806   3     1 0      0      18
            0000000000000000 3      3    888e   3     1 0      0      19
            short
            """);
        Assert.Equal([new PacketHolder(SocketTable.All, 3, 2109594), new PacketHolder(SocketTable.Ipv4, 12, 17)], Survey.ReadPackets());
    }

    [Fact]
    public void Ports_OfTheFamily_AreRead()
    {
        Write("proc/self/net/udp", """
               sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
            13625: 00000000:0044 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 2109598 2 000000006176c199 0
             1234: 050200C0:0044 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 33 2 0000000000000000 0
             1234: 00000000:0043 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 34 2 0000000000000000 0
             zzzz: 0000000z:0044 00000000:0000 07
            """);
        Write("proc/self/net/udp6", """
              sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
            14103: 000080FE000000000000000001000000:0222 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 2110602 2 00000000a6e34e72 0
            """);
        Assert.Equal([new PortHolder(IPAddress.Any, 0, 2109598), new PortHolder(IPAddress.Parse("192.0.2.5"), 0, 33)], Survey.ReadPorts(ipv6: false));
        Assert.Equal([new PortHolder(IPAddress.Parse("fe80::1"), 0, 2110602)], Survey.ReadPorts(ipv6: true));
    }

    [Theory]
    [InlineData("ADMIN_STATE=configured\nOPER_STATE=routable\nNETWORK_FILE=/run/systemd/network/a.network\n", true, "/run/systemd/network/a.network")]
    [InlineData("# This is private data. Do not parse.\nADMIN_STATE=configuring\n", true, null)]
    [InlineData("ADMIN_STATE=failed\n", true, null)]
    [InlineData("ADMIN_STATE=unmanaged\nOPER_STATE=off\n", false, null)]
    [InlineData("ADMIN_STATE=pending\n", false, null)]
    [InlineData("ADMIN_STATE=initialized\nNETWORK_FILE=/etc/systemd/network/a.network\n", true, "/etc/systemd/network/a.network")]
    [InlineData("", false, null)]
    [InlineData("=\n\0\nADMIN_STATE", false, null)]
    public void Networkd_ByItsFile_ManagesOrNot(string content, bool managed, string? file)
    {
        Write("run/systemd/netif/links/7", content);
        Assert.Equal(new ManagedLink(managed, file), Survey.ReadNetworkd(7));
        Assert.Equal(default, Survey.ReadNetworkd(8));
    }

    [Theory]
    [InlineData("[device]\nmanaged=true\nconnection-uuid=3f1e\nroute-metric-default-aspired=100\n", true)]
    [InlineData("[device]\nmanaged=false\n", false)]
    [InlineData("[device]\nperm-hw-addr-fake=02:00:00:00:00:01\n", false)]
    public void NetworkManager_ByItsFile_ManagesOrNot(string content, bool managed)
    {
        Write("run/NetworkManager/devices/7", content);
        Assert.Equal(managed, Survey.ReadNetworkManager(7).IsManaged);
    }

    [Fact]
    public void Processes_OfKnownNamesAndHoldersOfSockets_AreRead()
    {
        Process(10, "dhclient", "dhclient\0-4\0bond0\0", 5);
        Process(11, "bash", "bash\0", 6);
        Process(12, "client", "client\0", 77);
        Write("proc/self/net/dev", "");
        List<ProcessFacts> found = Survey.ReadProcesses(new HashSet<ulong> { 77 });
        Assert.Equal([], found.Select(process => process.Name));

        // In one network namespace the file is one file.
        foreach (int pid in (int[])[10, 11, 12])
        {
            string net = Path.Combine(_root.FullName, $"proc/{pid}/net");
            Directory.Delete(net, recursive: true);
            Directory.CreateSymbolicLink(net, Path.Combine(_root.FullName, "proc/self/net"));
        }
        found = Survey.ReadProcesses(new HashSet<ulong> { 77 });
        Assert.Equal(["dhclient", "client"], found.Select(process => process.Name));
        Assert.Equal(["dhclient", "-4", "bond0"], found[0].Arguments);
        Assert.Equal([5UL], found[0].Sockets);

        void Process(int pid, string name, string title, ulong socket)
        {
            Write($"proc/{pid}/comm", name + "\n");
            Write($"proc/{pid}/cmdline", title);
            Write($"proc/{pid}/net/dev", "");
            Directory.CreateDirectory(Path.Combine(_root.FullName, $"proc/{pid}/fd"));
            File.CreateSymbolicLink(Path.Combine(_root.FullName, $"proc/{pid}/fd/3"), $"socket:[{socket}]");
        }
    }

    [Fact]
    public void Tables_OfRandomOctets_AreReadToTheEnd()
    {
        Random random = new(1);
        byte[] octets = new byte[4000];
        for (int round = 0; round < 200; round++)
        {
            random.NextBytes(octets);
            for (int i = 0; i < octets.Length; i += random.Next(1, 9)) octets[i] = (byte)" \n:0123456789abcdef"[random.Next(19)];
            SocketTable.ReadPackets(octets);
            SocketTable.ReadPorts(octets, 68);
            ManagedLink.OfNetworkd(Encoding.UTF8.GetString(octets));
            ManagedLink.OfNetworkManager(Encoding.UTF8.GetString(octets));
        }
    }
}
