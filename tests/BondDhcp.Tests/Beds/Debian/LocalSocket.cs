using System.Net.Sockets;

namespace BondDhcp.Tests.Beds.Debian;

/// <summary>Sockets that QEMU listens on once it has started.</summary>
internal static class LocalSocket
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static async Task<NetworkStream> ConnectAsync(string path)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await Wait.UntilAsync(() => File.Exists(path), Patience, path);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        return new NetworkStream(socket, ownsSocket: true);
    }
}
