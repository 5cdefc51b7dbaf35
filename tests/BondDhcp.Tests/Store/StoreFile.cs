using System.Security.Cryptography;
using System.Text;

namespace BondDhcp.Tests.Store;

/// <summary>A file with the store's envelope around content of a test's own.</summary>
internal static class StoreFile
{
    public static byte[] Sealed(string content) => Sealed(Encoding.UTF8.GetBytes(content));

    public static byte[] Sealed(byte[] covered)
    {
        byte[] head = Encoding.ASCII.GetBytes($"{{\"sha256\":\"{Convert.ToHexStringLower(SHA256.HashData(covered))}\",\n");
        return [.. head, .. covered];
    }
}
