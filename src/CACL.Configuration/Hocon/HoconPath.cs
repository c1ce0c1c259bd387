using System.Text;

namespace CACL.Configuration.Hocon;

/// <summary>Keys such as <c>a.b."c.d"</c>: three elements, the last of them with a dot.</summary>
public static class HoconPath
{
    /// <summary>The elements of a key that stands alone: of a substitution, a <c>--set</c> option.</summary>
    /// <exception cref="HoconException">Not a key.</exception>
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
            // A character that no key has; told below, with the whole text.
        }

        throw new HoconException(origin, $"'{text}' is not a key; a key looks like cacl.data.stride.");
    }

    /// <summary>The elements that quoted and unquoted tokens in a row form.</summary>
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

    /// <summary>The key as one writes it.</summary>
    public static string Render(IEnumerable<string> path) => string.Join('.', path.Select(HoconWriter.Key));
}
