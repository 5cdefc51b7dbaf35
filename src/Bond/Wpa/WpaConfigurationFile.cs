using System.Text;
using BondDhcp.Net;

namespace BondDhcp.Bond.Wpa;

/// <summary>A wpa_supplicant.conf, of which only the place of the control socket is of interest. Never written.</summary>
/// <param name="ControlDirectory">Where the control sockets are.</param>
/// <param name="NamesDirectory">The file says so itself; otherwise the supplicant must be told by <c>-O</c>.</param>
/// <param name="Problem">Why the file could not be read, to follow its name; null when it could.</param>
public sealed record WpaConfigurationFile(string ControlDirectory, bool NamesDirectory, string? Problem)
{
    /// <summary>Where wpa_cli and wpa_gui look when they are told nothing.</summary>
    public const string DefaultDirectory = "/run/wpa_supplicant";

    // A file with a thousand networks is a tenth of this.
    private const int MaxLength = 4 * 1024 * 1024;

    private const string Key = "ctrl_interface";
    private const string DirectoryWord = "DIR=";
    private const string GroupWord = " GROUP=";

    /// <summary>Reads the file.</summary>
    public static WpaConfigurationFile Read(string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxLength })
                return new WpaConfigurationFile(DefaultDirectory, false, "is too large");
            return Parse(File.ReadAllText(path, Encoding.Latin1));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new WpaConfigurationFile(DefaultDirectory, false, IoFailure.Of(error, path));
        }
    }

    /// <summary>Reads its text, by the rules of hostap's wpa_config_get_line: the last setting outside of a block counts.</summary>
    public static WpaConfigurationFile Parse(string text)
    {
        string? directory = null;
        bool inBlock = false;
        foreach (ReadOnlySpan<char> raw in text.AsSpan().EnumerateLines())
        {
            ReadOnlySpan<char> line = raw.Trim();
            if (line.IsEmpty || line[0] == '#') continue;
            if (inBlock) inBlock = line is not "}";
            else if (line.EndsWith("{")) inBlock = true;
            else if (line.StartsWith(Key + "=")) directory = DirectoryOf(WithoutComment(line[(Key.Length + 1)..]).ToString());
        }
        return string.IsNullOrEmpty(directory)
            ? new WpaConfigurationFile(DefaultDirectory, false, null)
            : new WpaConfigurationFile(directory, true, null);
    }

    /// <summary>The control socket of an interface.</summary>
    public string SocketOf(string interfaceName) => $"{ControlDirectory}/{interfaceName}";

    private static string DirectoryOf(string value)
    {
        if (!value.StartsWith(DirectoryWord, StringComparison.Ordinal)) return value;
        int group = value.IndexOf(GroupWord, StringComparison.Ordinal);
        return value[DirectoryWord.Length..(group < 0 ? value.Length : group)];
    }

    private static ReadOnlySpan<char> WithoutComment(ReadOnlySpan<char> value)
    {
        int comment = value.IndexOf('#');
        return (comment < 0 ? value : value[..comment]).Trim();
    }
}
