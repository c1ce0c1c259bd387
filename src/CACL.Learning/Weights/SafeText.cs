using System.Text;

namespace CACL.Learning.Weights;

/// <summary>
/// Makes text from a file safe for a message: hostile names can be millions of characters long or contain control characters.
/// </summary>
internal static class SafeText
{
    /// <summary>Returns the text, truncated and without control characters.</summary>
    public static string Of(string text)
    {
        var head = text.Length > 80 ? text[..80] + "…" : text;
        var clean = new StringBuilder(head.Length);
        foreach (var c in head) clean.Append(char.IsControl(c) ? '\uFFFD' : c);
        return clean.ToString();
    }
}
