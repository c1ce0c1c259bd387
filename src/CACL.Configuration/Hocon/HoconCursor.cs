using K = CACL.Configuration.Hocon.HoconTokenKind;

namespace CACL.Configuration.Hocon;

/// <summary>
/// A place in a text's tokens, the last of which is the end: what is there, what is passed over, and what is not expected there.
/// </summary>
internal sealed class HoconCursor(IReadOnlyList<HoconToken> tokens)
{
    private int _at;

    /// <summary>The token here.</summary>
    public HoconToken Current => tokens[_at];

    /// <summary>The token so many places on, or the end.</summary>
    public HoconToken Ahead(int places) => tokens[Math.Min(_at + places, tokens.Count - 1)];

    /// <summary>Goes on by tokens that were looked at.</summary>
    public void Advance(int places = 1) => _at += places;

    /// <summary>Passes over spaces within the line.</summary>
    public void SkipSpaces()
    {
        while (Current.Kind == K.Space) _at++;
    }

    /// <summary>Passes over spaces and ends of lines.</summary>
    public void SkipBlank()
    {
        while (Current.Kind is K.Space or K.NewLine) _at++;
    }

    /// <summary>
    /// Passes over what separates two fields or elements: one comma, or any number of new lines, or both. At the end of the text the
    /// caller knows better.
    /// </summary>
    /// <param name="what">What is separated, for messages: "fields".</param>
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

    /// <summary>The error that says what stands here and where it should not.</summary>
    public HoconException Unexpected(string place) => new(Current.Origin, $"unexpected {Current.Description} {place}.");
}
