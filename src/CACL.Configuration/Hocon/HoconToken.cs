namespace CACL.Configuration.Hocon;

/// <summary>The kind of a token.</summary>
internal enum HoconTokenKind
{
    End,
    NewLine,
    Space,
    Comma,
    OpenObject,
    CloseObject,
    OpenArray,
    CloseArray,
    Separator,
    Append,
    Quoted,
    Unquoted,
    Substitution,
    OptionalSubstitution,
}

/// <summary>A token of a HOCON text.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Text">Its content: unescaped for strings, the path for substitutions, as written for the rest.</param>
/// <param name="Origin">Where it begins.</param>
internal readonly record struct HoconToken(HoconTokenKind Kind, string Text, HoconOrigin Origin)
{
    /// <summary>Its name in error messages.</summary>
    public string Description => Kind switch
    {
        HoconTokenKind.End => "the end of the text",
        HoconTokenKind.NewLine => "the end of the line",
        HoconTokenKind.Space => "a space",
        HoconTokenKind.Quoted => $"\"{Shorten(Text)}\"",
        HoconTokenKind.Substitution => $"${{{Shorten(Text)}}}",
        HoconTokenKind.OptionalSubstitution => $"${{?{Shorten(Text)}}}",
        _ => $"'{Shorten(Text)}'",
    };

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
