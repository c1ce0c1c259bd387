using K = CACL.Configuration.Hocon.HoconTokenKind;

namespace CACL.Configuration.Hocon;

/// <summary>
/// A cursor over a text's tokens, the last of which is the end. It returns the current token, skips tokens, and reports unexpected ones.
/// </summary>
internal sealed class HoconCursor(IReadOnlyList<HoconToken> tokens)
{
    private int _at;

    /// <summary>The current token.</summary>
    public HoconToken Current => tokens[_at];

    /// <summary>Returns the token so many places ahead, or the end.</summary>
    public HoconToken Ahead(int places) => tokens[Math.Min(_at + places, tokens.Count - 1)];

    /// <summary>Advances over tokens that were examined.</summary>
    public void Advance(int places = 1) => _at += places;

    /// <summary>Skips spaces within the line.</summary>
    public void SkipSpaces()
    {
        while (Current.Kind == K.Space) _at++;
    }

    /// <summary>Skips spaces and newlines.</summary>
    public void SkipBlank()
    {
        while (Current.Kind is K.Space or K.NewLine) _at++;
    }

    /// <summary>
    /// Skips what separates two fields or elements: one comma, any number of newlines, or both. What may end the text is up to the caller.
    /// </summary>
    /// <param name="what">What is separated, for messages, such as "fields".</param>
    public void Separate(string what)
    {
        var separated = Current.Kind is K.NewLine or K.End;
        SkipBlank();
        if (Current.Kind == K.Comma)
        {
            separated = true;
            _at++;
            SkipBlank();
        }

        if (!separated) throw Unexpected($"between two {what}; a comma or a new line separates them");
    }

    /// <summary>Returns the error for an unexpected token at this place.</summary>
    public HoconException Unexpected(string place) => new(Current.Origin, $"unexpected {Current.Description} {place}.");
}
