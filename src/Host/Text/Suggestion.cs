namespace BondDhcp.Host.Text;

/// <summary>Finds the word that was probably meant.</summary>
internal static class Suggestion
{
    /// <summary>More edits than this and the two words have nothing to do with each other.</summary>
    private const int MaxEdits = 3;

    /// <summary>Fewer letters begin too many words.</summary>
    private const int FewestOfABeginning = 3;

    /// <summary>
    /// The one of <paramref name="candidates"/> that begins with the word, else the nearest by edit distance; null when none
    /// is near. Whether letters are capital ones counts for nothing.
    /// </summary>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        candidates = [.. candidates];
        if (word.Length >= FewestOfABeginning && candidates.FirstOrDefault(candidate => candidate.StartsWith(word, StringComparison.OrdinalIgnoreCase)) is { } begun) return begun;
        string? nearest = null;
        int fewest = Math.Min(MaxEdits, Math.Max(1, word.Length / 2)) + 1;
        foreach (string candidate in candidates)
        {
            int edits = Edits(Plain(word), Plain(candidate));
            if (edits >= fewest) continue;
            fewest = edits;
            nearest = candidate;
        }
        return nearest;
    }

    /// <summary><c>; did you mean 'miimon'?</c>, or nothing.</summary>
    public static string Phrase(string word, IEnumerable<string> candidates) =>
        Nearest(word, candidates) is { } nearest ? $"; did you mean '{nearest}'?" : "";

    private static string Plain(string word) => word.ToLowerInvariant().Replace('_', '-');

    // Levenshtein's distance, in one row; adjacent letters exchanged count as two.
    private static int Edits(string left, string right)
    {
        int[] row = new int[right.Length + 1];
        for (int j = 0; j <= right.Length; j++) row[j] = j;
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }
}
