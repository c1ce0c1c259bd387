using System.Globalization;
using System.Text;

namespace CACL.Configuration.Hocon;

/// <summary>
/// Splits a text into tokens. Comments are dropped here, and must be separated from unquoted text; white space is kept, since it joins the
/// parts of an unquoted string.
/// </summary>
internal sealed class HoconTokenizer
{
    private readonly string _source;
    private readonly string _text;
    private readonly bool _isFile;
    private readonly List<HoconToken> _tokens = [];
    private int _at;
    private int _line = 1;
    private int _lineStart;

    private HoconTokenizer(string source, string text, bool isFile)
    {
        _source = source;
        _text = text;
        _isFile = isFile;
    }

    private HoconOrigin Here => _isFile ? new(_source, _line, _at - _lineStart + 1) : HoconOrigin.Of(_source);

    /// <summary>Returns the tokens of a text, the last of which is <see cref="HoconTokenKind.End"/>.</summary>
    /// <param name="source">Name for error messages.</param>
    /// <param name="text">The text.</param>
    /// <param name="isFile">Whether it has lines and comments. On a command line <c>#</c> and <c>//</c> are parts of paths.</param>
    /// <exception cref="HoconException">A string is not closed, an escape is unknown, a character is reserved, a comment touches a
    /// text, or a text contains U+0000 or half of a surrogate pair.</exception>
    public static IReadOnlyList<HoconToken> Tokenize(string source, string text, bool isFile = true) =>
        new HoconTokenizer(source, text, isFile).Run();

    private List<HoconToken> Run()
    {
        while (_at < _text.Length) ReadToken();
        // No name, path or number contains these, and the system's calls throw at them or cut the text off there.
        var odd = _tokens.FindIndex(token => IsOdd(token.Text));
        if (odd >= 0)
            throw new HoconException(
                _tokens[odd].Origin, "this text contains the character U+0000 or half of a surrogate pair; take it out.");
        _tokens.Add(new HoconToken(HoconTokenKind.End, "", Here));
        return _tokens;
    }

    private static bool IsOdd(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0') return true;
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return true;
            i++;
        }

        return false;
    }

    private void ReadToken()
    {
        var c = _text[_at];
        if (c == '\n') ReadNewLine();
        else if (IsSpace(c)) ReadWhile(HoconTokenKind.Space, IsSpace);
        else if (StartsComment()) SkipComment();
        else if (c == '"') ReadQuoted();
        else if (c == '$') ReadSubstitution();
        else if (Punctuation(c) is { } kind) Take(kind, 1);
        else if (StartsWith("+=")) Take(HoconTokenKind.Append, 2);
        else ReadUnquoted();
    }

    private static HoconTokenKind? Punctuation(char c) => c switch
    {
        '{' => HoconTokenKind.OpenObject,
        '}' => HoconTokenKind.CloseObject,
        '[' => HoconTokenKind.OpenArray,
        ']' => HoconTokenKind.CloseArray,
        ',' => HoconTokenKind.Comma,
        '=' or ':' => HoconTokenKind.Separator,
        _ => null,
    };

    private static bool IsSpace(char c) => c != '\n' && (char.IsWhiteSpace(c) || c == '\uFEFF');

    private bool StartsWith(string text) => string.CompareOrdinal(_text, _at, text, 0, text.Length) == 0;

    private bool StartsComment() => _isFile && (_text[_at] == '#' || StartsWith("//"));

    private void Take(HoconTokenKind kind, int length)
    {
        _tokens.Add(new HoconToken(kind, _text.Substring(_at, length), Here));
        _at += length;
    }

    private void ReadNewLine()
    {
        Take(HoconTokenKind.NewLine, 1);
        _line++;
        _lineStart = _at;
    }

    private void ReadWhile(HoconTokenKind kind, Func<char, bool> belongs)
    {
        var length = 1;
        while (_at + length < _text.Length && belongs(_text[_at + length])) length++;
        Take(kind, length);
    }

    private void SkipComment()
    {
        // /data/a#b and ${HOME}//clips would silently become other folders.
        if (_tokens is [.., { Kind: HoconTokenKind.Unquoted or HoconTokenKind.Substitution or HoconTokenKind.OptionalSubstitution }])
        {
            var mark = _text[_at] == '#' ? "#" : "//";
            throw new HoconException(
                Here,
                $"'{mark}' touches the text before it. Put the whole text in double quotes if it belongs to the text, "
                + "or a space before it if a comment begins.");
        }

        var end = _text.IndexOf('\n', _at);
        _at = end < 0 ? _text.Length : end;
    }

    private void ReadUnquoted()
    {
        var origin = Here;
        var start = _at;
        while (_at < _text.Length && !EndsUnquoted()) _at++;
        if (_at == start)
        {
            throw new HoconException(origin, $"'{_text[_at]}' is not allowed in unquoted text; put the text in double quotes.");
        }

        _tokens.Add(new HoconToken(HoconTokenKind.Unquoted, _text[start.._at], origin));
    }

    private bool EndsUnquoted()
    {
        var c = _text[_at];
        return c is '\n' or '"' or '$' or '#' or '`' or '^' or '?' or '!' or '@' or '*' or '&' or '\\'
            || Punctuation(c) is not null || IsSpace(c) || StartsComment() || StartsWith("+=");
    }

    private void ReadSubstitution()
    {
        var origin = Here;
        if (!StartsWith("${"))
            throw new HoconException(origin, "'$' must be followed by {key}; put the text in double quotes if the dollar sign is meant.");
        var optional = _at + 2 < _text.Length && _text[_at + 2] == '?';
        var start = _at + (optional ? 3 : 2);
        var end = _text.AsSpan(start).IndexOfAny('}', '\n');
        if (end < 0 || _text[start + end] == '\n') throw new HoconException(origin, "this substitution has no closing '}' on its line.");
        var kind = optional ? HoconTokenKind.OptionalSubstitution : HoconTokenKind.Substitution;
        _tokens.Add(new HoconToken(kind, _text.Substring(start, end).Trim(), origin));
        _at = start + end + 1;
    }

    private void ReadQuoted()
    {
        if (StartsWith("\"\"\"")) ReadTripleQuoted();
        else ReadSimplyQuoted();
    }

    private void ReadTripleQuoted()
    {
        var origin = Here;
        var start = _at + 3;
        var end = _text.IndexOf("\"\"\"", start, StringComparison.Ordinal);
        if (end < 0) throw new HoconException(origin, "this text has no closing \"\"\".");
        // Further quotes directly before the closing three belong to the text.
        while (end + 3 < _text.Length && _text[end + 3] == '"') end++;
        var text = _text[start..end];
        _tokens.Add(new HoconToken(HoconTokenKind.Quoted, text, origin));
        _line += text.Count(c => c == '\n');
        if (text.Contains('\n', StringComparison.Ordinal)) _lineStart = start + text.LastIndexOf('\n') + 1;
        _at = end + 3;
    }

    private void ReadSimplyQuoted()
    {
        var origin = Here;
        var text = new StringBuilder();
        for (_at++; ; _at++)
        {
            if (_at >= _text.Length || _text[_at] == '\n')
            {
                throw new HoconException(origin, "this text has no closing '\"' on its line; put a text of several lines in "
                    + "\"\"\"three quotes\"\"\".");
            }

            if (_text[_at] == '"') break;
            text.Append(_text[_at] == '\\' ? ReadEscape() : _text[_at]);
        }

        _at++;
        _tokens.Add(new HoconToken(HoconTokenKind.Quoted, text.ToString(), origin));
    }

    private char ReadEscape()
    {
        var origin = Here;
        _at++;
        var c = _at < _text.Length ? _text[_at] : '\n';
        if (c == 'u') return ReadUnicodeEscape(origin);
        return c switch
        {
            '"' or '\\' or '/' => c,
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            _ => throw new HoconException(origin, "unknown escape; known are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX. Write \\\\ for a "
                + "backslash."),
        };
    }

    private char ReadUnicodeEscape(HoconOrigin origin)
    {
        var digits = _text.AsSpan(_at + 1, Math.Min(4, _text.Length - _at - 1));
        if (digits.Length < 4 || !ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
        {
            throw new HoconException(origin, "\\u must be followed by four hexadecimal digits.");
        }

        _at += 4;
        return (char)code;
    }
}
