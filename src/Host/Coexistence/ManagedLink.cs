namespace BondDhcp.Host.Coexistence;

/// <summary>What systemd-networkd or NetworkManager wrote down of a link in its runtime directory. Pure.</summary>
/// <param name="IsManaged">It configures the link.</param>
/// <param name="File">The file of its configuration that says so; null where that is not written down.</param>
internal readonly record struct ManagedLink(bool IsManaged, string? File)
{
    /// <summary>
    /// Reads /run/systemd/netif/links/INDEX. A link that networkd has not made up its mind about (<c>pending</c>: udev is
    /// not done with it, which without udev is for ever) is managed only once a file of its configuration fits.
    /// </summary>
    public static ManagedLink OfNetworkd(string text)
    {
        string? file = ValueOf(text, "NETWORK_FILE");
        return ValueOf(text, "ADMIN_STATE") switch
        {
            null or "unmanaged" or "linger" => default,
            "pending" or "initialized" => new ManagedLink(file is not null, file),
            _ => new ManagedLink(true, file),
        };
    }

    /// <summary>Reads /run/NetworkManager/devices/INDEX.</summary>
    public static ManagedLink OfNetworkManager(string text) => new(ValueOf(text, "managed") is "true" or "1", null);

    private static string? ValueOf(string text, string key)
    {
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            int equals = line.IndexOf('=');
            if (equals > 0 && line[..equals].Trim().SequenceEqual(key)) return line[(equals + 1)..].Trim().ToString();
        }
        return null;
    }
}
