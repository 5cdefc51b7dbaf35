using System.Net;
using System.Net.Sockets;
using System.Text;
using BondDhcp.Net.Linux;
using Xunit;

namespace BondDhcp.Tests.Linux;

public sealed class KernelFileTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(300)]
    public void ReadTable_OfSockets_HasAllThatIsThere(int count) => PrivateNetwork.Run(() =>
    {
        const string table = "/proc/thread-self/net/udp";
        Socket[] sockets = [.. Enumerable.Range(0, count).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp))];
        try
        {
            foreach (Socket socket in sockets) socket.Bind(new IPEndPoint(IPAddress.Any, 0));
            byte[] once = [], toTheEnd = [];
            int length = KernelFile.ReadTable(table, ref once), whole = KernelFile.Read(table, ref toTheEnd);
            Assert.Equal(Encoding.ASCII.GetString(toTheEnd, 0, whole), Encoding.ASCII.GetString(once, 0, length));
            Assert.Equal(1 + count, Encoding.ASCII.GetString(once, 0, length).Count(static octet => octet == '\n'));
        }
        finally
        {
            foreach (Socket socket in sockets) socket.Dispose();
        }
    });

    [Fact]
    public void ReadTable_WithoutTheFile_SaysSo()
    {
        byte[] buffer = [];
        Assert.Equal(-1, KernelFile.ReadTable("/proc/self/net/no such table", ref buffer));
    }
}
