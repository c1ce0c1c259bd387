namespace CACL.Configuration.Keys;

/// <summary>The edit distance between two words.</summary>
public static class EditDistance
{
    /// <summary>
    /// Returns the Damerau–Levenshtein distance (optimal string alignment): insertions, deletions, replacements, swaps of neighbours.
    /// </summary>
    public static int Between(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                var best = Math.Min(replaced, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                var swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                rows[i, j] = swapped ? Math.Min(best, rows[i - 2, j - 2] + 1) : best;
            }
        }

        return rows[a.Length, b.Length];
    }

    /// <summary>
    /// Returns the candidate nearest to a word, or null if none is near (within 2 edits, or a third of its length for long words).
    /// </summary>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        // A word of this length is not a mistyped key, and the table above is quadratic.
        if (word.Length > 200) return null;
        var best = candidates.Select(c => (Word: c, Distance: Between(word, c)))
            .OrderBy(c => c.Distance)
            .ThenBy(c => c.Word, StringComparer.Ordinal)
            .FirstOrDefault();
        return best.Word is not null && best.Distance <= Math.Max(2, word.Length / 3) ? best.Word : null;
    }
}
