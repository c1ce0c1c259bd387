using System.Text;

namespace CACL.Learning.Weights;

/// <summary>Text out of a file for a message: hostile names can be millions of characters long or carry control characters.</summary>
internal static class SafeText
{
    /// <summary>The text, cut and without control characters.</summary>
    public static string Of(string text)
    {
        var head = text.Length > 80 ? text[..80] + "…" : text;
        var clean = new StringBuilder(head.Length);
        foreach (var c in head) clean.Append(char.IsControl(c) ? '\uFFFD' : c);
        return clean.ToString();
    }
}
