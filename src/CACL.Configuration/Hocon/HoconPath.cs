using System.Text;

namespace CACL.Configuration.Hocon;

/// <summary>Paths such as <c>a.b."c.d"</c>: three elements, the last of which contains a dot.</summary>
public static class HoconPath
{
    /// <summary>Parses a key that stands alone, in a substitution or a <c>--set</c> option, into its elements.</summary>
    /// <exception cref="HoconException">The text is not a key.</exception>
    public static IReadOnlyList<string> Parse(string text, HoconOrigin origin)
    {
        try
        {
            var tokens = HoconTokenizer.Tokenize(origin.Source, text, isFile: false);
            var parts = tokens.Take(tokens.Count - 1).ToList();
            if (parts.Count > 0 && parts.All(t => t.Kind is HoconTokenKind.Quoted or HoconTokenKind.Unquoted)) return Join(parts, origin);
        }
        catch (HoconException)
        {
            // A character that no key has; reported below, with the whole text.
        }

        throw new HoconException(origin, $"'{text}' is not a key; a key looks like cacl.data.stride.");
    }

    /// <summary>Returns the elements that consecutive quoted and unquoted tokens form.</summary>
    /// <exception cref="HoconException">An element is empty, or there are too many.</exception>
    internal static IReadOnlyList<string> Join(IReadOnlyList<HoconToken> tokens, HoconOrigin origin)
    {
        var elements = new List<string>();
        var current = new StringBuilder();
        var any = false;
        foreach (var token in tokens)
        {
            if (token.Kind == HoconTokenKind.Quoted)
            {
                current.Append(token.Text);
                any = true;
                continue;
            }

            foreach (var c in token.Text)
            {
                if (c == '.') Finish();
                else current.Append(c);
            }
        }

        Finish();
        if (elements.Count > HoconLimits.Nesting)
            throw new HoconException(origin, $"a key of {elements.Count} parts; at most {HoconLimits.Nesting} are allowed.");
        return elements;

        void Finish()
        {
            if (current.Length == 0 && !any)
                throw new HoconException(origin, "a key with an empty part: two dots in a row, or a dot at an end.");
            elements.Add(current.ToString());
            current.Clear();
            any = false;
        }
    }

    /// <summary>Returns the key as it is written.</summary>
    public static string Render(IEnumerable<string> path) => string.Join('.', path.Select(HoconWriter.Key));
}
