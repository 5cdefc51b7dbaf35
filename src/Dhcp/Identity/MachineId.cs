using BondDhcp.Net;

namespace BondDhcp.Dhcp.Identity;

/// <summary>/etc/machine-id (machine-id(5)): 32 hexadecimal digits and a newline.</summary>
public static class MachineId
{
    /// <summary>Where it is.</summary>
    public const string DefaultPath = "/etc/machine-id";

    private const int DigitCount = 32;

    /// <summary>Reads the file; null when it is missing, <c>uninitialized</c>, all zeros or anything else that is no identifier.</summary>
    public static byte[]? Read(string path = DefaultPath)
    {
        try
        {
            return Parse(File.ReadAllText(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The caller does without, and says that it did.
            return null;
        }
    }

    /// <summary>As <see cref="Read"/>, of the file's text.</summary>
    public static byte[]? Parse(string text)
    {
        string line = text.TrimEnd('\n');
        if (line.Length != DigitCount || !HexText.TryParse(line, out byte[]? octets)) return null;
        return octets.AsSpan().ContainsAnyExcept((byte)0) ? octets : null;
    }
}
