using BondDhcp.Net;

namespace BondDhcp.Host.Text;

/// <summary>What the daemon answered, made fit for a terminal whatever it contains.</summary>
internal static class TerminalText
{
    /// <summary>Longer values are cut: nothing that is shown comes near it.</summary>
    private const int Limit = 4096;

    /// <summary>Printable ASCII as it is, what was escaped before included; all else escaped.</summary>
    public static string Of(string text)
    {
        foreach (char c in text)
            if (c is < ' ' or >= '\x7f') return EscapedText.Of(text, Limit);
        return text;
    }
}
