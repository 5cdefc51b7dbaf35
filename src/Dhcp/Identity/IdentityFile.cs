using System.Collections.Immutable;
using System.Text;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Dhcp.Identity;

/// <summary>A state file with one identifier in it, as hexadecimal text on one line, for people to read and copy.</summary>
internal static class IdentityFile
{
    /// <summary>
    /// The octets in the file; null when it is missing or none of ours. A file that is there and cannot be used costs a
    /// warning; it is set aside unless only the disk would not give it.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="isValid">Whether octets are an identifier of the kind that belongs there.</param>
    /// <param name="warnings">Appended to.</param>
    /// <param name="mayReplace">Nothing is lost when a new identifier is written.</param>
    internal static byte[]? Read(
        string path, Func<byte[], bool> isValid, ImmutableArray<string>.Builder warnings, out bool mayReplace)
    {
        StateFileContent content = StateFile.Read(path);
        mayReplace = content.Problem is null || content.MustBeSetAside;
        if (content.Problem is { } problem)
        {
            warnings.Add(content.MustBeSetAside ? StateFile.SetAside(path, problem) : $"{path} {problem}");
            return null;
        }
        if (content.Octets is null) return null;
        if (HexText.TryParse(Encoding.Latin1.GetString(content.Octets).TrimEnd('\n'), out byte[]? octets) && isValid(octets)) return octets;
        warnings.Add(StateFile.SetAside(path, "holds no identifier"));
        return null;
    }

    /// <summary>Keeps an identifier; null when it is on the disk, else why it is not.</summary>
    internal static string? Write(string path, ReadOnlySpan<byte> octets) =>
        StateFile.Write(path, Encoding.ASCII.GetBytes(HexText.Colons(octets) + "\n")) is { } problem ? $"{path}: {problem}" : null;
}
